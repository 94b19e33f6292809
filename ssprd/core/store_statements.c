/*
 * Every statement of the store. What belongs to a user is reached only through an active record: a dialog that
 * outlived its record finds and writes nothing.
 */
#include "ssprd/core/store_sql.h"

#define ACTIVE " AND EXISTS (SELECT 1 FROM user WHERE id = ?1 AND set_aside_at = 0)"
#define OWNER  " WHERE id = ?1 AND set_aside_at = 0"
#define USER_COLUMNS                                                                               \
	"id, name, uid, local_password, last_login, groups, told_at, postpones_used,"              \
	" postponed_until, reminded_at, required_at, required_by, dormant_seen, registered_at,"    \
	" code_open_until, frozen_at"
#define METHOD_COLUMNS "method, registered_at, proven_at, last_step, filled_at, filled_by"
#define MARK(name)     #name " = iif(?2 = '" #name "', ?3, " #name ")"
#define AUDIT_COLUMNS                                                                              \
	"id, time, event, user, uid, actor, method, result, reason, service, rhost, session, "     \
	"chain"

const char *const store_statements[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_PROBE] = "INSERT INTO probe (content) VALUES (zeroblob(65536))",
	[SQL_USER_GET] = "SELECT " USER_COLUMNS " FROM user WHERE name = ?1 AND set_aside_at = 0",
	[SQL_USER_INSERT] = "INSERT INTO user (name, uid, local_password, last_login, groups,"
			    " told_at, postpones_used, postponed_until, reminded_at)"
			    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_USER_UPDATE] = "UPDATE user SET uid = ?2, local_password = ?3, last_login = ?4,"
			    " groups = ?5, told_at = ?6, postpones_used = ?7,"
			    " postponed_until = ?8, reminded_at = ?9" OWNER,
	[SQL_USER_SET_ASIDE] = "UPDATE user SET set_aside_at = max(?2, 1)" OWNER,
	[SQL_USER_MARK] = "UPDATE user SET " MARK(required_at) ", " MARK(required_by) ", " MARK(
		dormant_seen) ", " MARK(registered_at) ", " MARK(code_open_until) ", " MARK(frozen_at)
		OWNER,
	[SQL_USER_NAME] = "SELECT name FROM user" OWNER,
	[SQL_USERS] = "SELECT " USER_COLUMNS " FROM user WHERE set_aside_at = 0 ORDER BY name",
	[SQL_METHOD_GET] = "SELECT " METHOD_COLUMNS ", iif(?3, sealed, x'')"
			   " FROM method WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_METHOD_PUT] = "INSERT INTO method (user, " METHOD_COLUMNS ", sealed)"
			   " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM user" OWNER
			   " ON CONFLICT (user, method) DO UPDATE SET"
			   " registered_at = excluded.registered_at,"
			   " proven_at = excluded.proven_at, last_step = excluded.last_step,"
			   " filled_at = excluded.filled_at, filled_by = excluded.filled_by,"
			   " sealed = excluded.sealed",
	[SQL_METHOD_PROVEN] = "UPDATE method SET proven_at = ?3"
			      " WHERE user = ?1 AND method = ?2 AND registered_at > 0" ACTIVE,
	[SQL_METHOD_REMOVE] = "DELETE FROM method WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_METHODS] = "SELECT " METHOD_COLUMNS " FROM method WHERE user = ?1" ACTIVE,
	[SQL_METHOD_STEP] = "UPDATE method SET last_step = ?3"
			    " WHERE user = ?1 AND method = ?2 AND last_step < ?3" ACTIVE,
	[SQL_CODE_GET] = "SELECT hash, expires, tries_used, sealed"
			 " FROM code WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_CODE_PUT] = "INSERT INTO code (user, method, hash, expires, tries_used, sealed)"
			 " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM user" OWNER
			 " ON CONFLICT (user, method) DO UPDATE SET hash = excluded.hash,"
			 " expires = excluded.expires, tries_used = excluded.tries_used,"
			 " sealed = excluded.sealed",
	[SQL_CODE_COUNT] = "UPDATE code SET tries_used = tries_used + 1"
			   " WHERE user = ?1 AND method = ?2" ACTIVE " RETURNING tries_used",
	[SQL_CODE_REMOVE] = "DELETE FROM code WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_RECOVERY_ADD] = "INSERT INTO recovery (user, hash) SELECT id, ?2 FROM user" OWNER,
	[SQL_RECOVERY_FIND] = "SELECT used_at FROM recovery WHERE user = ?1 AND hash = ?2" ACTIVE,
	[SQL_RECOVERY_USE] = "UPDATE recovery SET used_at = max(?3, 1)"
			     " WHERE user = ?1 AND hash = ?2 AND used_at = 0" ACTIVE,
	[SQL_RECOVERY_LEFT] =
		"SELECT count(*) FROM recovery WHERE user = ?1 AND used_at = 0" ACTIVE,
	[SQL_RECOVERY_REMOVE] = "DELETE FROM recovery WHERE user = ?1" ACTIVE,
	[SQL_HELP_GET] = "SELECT hash, expires, tries_used, made_by"
			 " FROM help_code WHERE user = ?1" ACTIVE,
	[SQL_HELP_PUT] = "INSERT INTO help_code (user, hash, expires, tries_used, made_by)"
			 " SELECT id, ?2, ?3, ?4, ?5 FROM user" OWNER
			 " ON CONFLICT (user) DO UPDATE SET hash = excluded.hash,"
			 " expires = excluded.expires, tries_used = excluded.tries_used,"
			 " made_by = excluded.made_by",
	[SQL_HELP_COUNT] = "UPDATE help_code SET tries_used = tries_used + 1"
			   " WHERE user = ?1" ACTIVE " RETURNING tries_used",
	[SQL_HELP_REMOVE] = "DELETE FROM help_code WHERE user = ?1" ACTIVE,
	[SQL_FREEZE_ADD] = "INSERT INTO freeze_code (user, hash, made_at, expires)"
			   " SELECT id, ?2, ?3, ?4 FROM user" OWNER,
	[SQL_FREEZE_TRIM] = "DELETE FROM freeze_code WHERE user = ?1 AND id NOT IN"
			    " (SELECT id FROM freeze_code WHERE user = ?1 ORDER BY id DESC"
			    " LIMIT ?2)",
	[SQL_FREEZE_USE] = "DELETE FROM freeze_code WHERE hash = ?1 AND expires > ?2 AND user IN"
			   " (SELECT id FROM user WHERE set_aside_at = 0) RETURNING user",
	[SQL_NOTICE_ADD] = "INSERT INTO notice (user, time, kind, method, origin)"
			   " SELECT id, ?2, ?3, ?4, ?5 FROM user" OWNER,
	[SQL_NOTICE_TRIM] = "DELETE FROM notice WHERE user = ?1 AND id NOT IN"
			    " (SELECT id FROM notice WHERE user = ?1 ORDER BY id DESC LIMIT ?2)",
	[SQL_NOTICES] = "SELECT id, time, kind, method, origin FROM notice"
			" WHERE user = ?1" ACTIVE " ORDER BY id LIMIT ?2",
	[SQL_NOTICES_TOLD] = "DELETE FROM notice WHERE user = ?1 AND id <= ?2" ACTIVE,
	[SQL_OUTBOX_COUNT] = "SELECT count(*) FROM outbox WHERE user = ?1",
	[SQL_OUTBOX_ADD] = "INSERT INTO outbox (user, kind, made_at, next_try, tries, sealed)"
			   " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM user" OWNER,
	[SQL_OUTBOX_FIRST] = "SELECT id, user, kind, made_at, next_try, tries, sealed FROM outbox"
			     " ORDER BY next_try, id LIMIT 1",
	[SQL_OUTBOX_LATER] = "UPDATE outbox SET next_try = ?2, tries = tries + ?3 WHERE id = ?1",
	[SQL_OUTBOX_REMOVE] = "DELETE FROM outbox WHERE id = ?1",
	[SQL_EVENT_ADD] = "INSERT INTO event (key, time) VALUES (?1, ?2)",
	[SQL_EVENT_COUNT] = "SELECT count(*) FROM event WHERE key = ?1 AND time >= ?2",
	[SQL_EVENT_CLEAR] = "DELETE FROM event WHERE key = ?1",
	[SQL_BLOCK_CLEAR] = "DELETE FROM block WHERE key = ?1",
	[SQL_BLOCK_GET] = "SELECT until FROM block WHERE key = ?1",
	[SQL_BLOCK_PUT] = "INSERT INTO block (key, until) VALUES (?1, ?2)"
			  " ON CONFLICT (key) DO UPDATE SET until = excluded.until",
	[SQL_EVENT_TAKE_BACK] = "DELETE FROM event WHERE rowid IN"
				" (SELECT rowid FROM event WHERE key = ?1 AND time = ?2 LIMIT 1)",
	[SQL_BLOCK_TAKE_BACK] = "DELETE FROM block WHERE key = ?1 AND until = ?2",
	/* Another value each time: what stays the same SQLite does not write. */
	[SQL_DECOY_TOUCH] = "UPDATE decoy SET touched = touched + 1 WHERE id = ?1",
	[SQL_DECOY_GET] = "SELECT hash, expires, tries FROM decoy WHERE id = ?1",
	[SQL_DECOY_PUT] = "UPDATE decoy SET hash = ?2, expires = ?3, tries = ?4 WHERE id = ?1",
	[SQL_DECOY_COUNT] = "UPDATE decoy SET tries = tries + 1 WHERE id = ?1 RETURNING tries",
	[SQL_FORGET_EVENTS] = "DELETE FROM event WHERE time < ?1",
	[SQL_FORGET_BLOCKS] = "DELETE FROM block WHERE until < ?1",
	[SQL_FORGET_CODES] = "DELETE FROM code WHERE expires < ?1",
	[SQL_FORGET_HELP] = "DELETE FROM help_code WHERE expires < ?1",
	[SQL_FORGET_FREEZE] = "DELETE FROM freeze_code WHERE expires < ?1",
	[SQL_AUDIT_ADD] = "INSERT INTO audit (" AUDIT_COLUMNS ")"
			  " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
			  " ?10, ?11, ?12 FROM audit",
	[SQL_AUDIT_HEAD] = "SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1",
	[SQL_AUDIT_EACH] = "SELECT " AUDIT_COLUMNS " FROM audit WHERE id >= ?1 ORDER BY id",
};
