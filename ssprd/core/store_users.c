/*
 * Users, as root told of them last. A record that was set aside keeps its row and its id, and is found no more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/store_sql.h"
#include "text/log.h"

#define GROUP_LIST_MAX (GROUPS_MAX * 256) /* bytes of the names of all groups */

void
store_user_done(struct store_user *user)
{
	free(user->groups);
	user->groups = NULL;
}

/* Columns as USER_COLUMNS in store_sql.c has them. */
static int
read_user(struct query *q, struct store_user *user)
{
	unsigned char *name = NULL, *groups = NULL;
	size_t name_len, groups_len;
	int r = query_get_copy(q, 1, USER_NAME_MAX, &name, &name_len);

	if (r == 0)
		r = query_get_copy(q, 5, GROUP_LIST_MAX, &groups, &groups_len);
	if (r < 0)
		goto out;
	memset(user, 0, sizeof(*user));
	user->id = query_get_number(q, 0);
	if (name)
		memcpy(user->name, name, name_len);
	user->uid = query_get_number(q, 2);
	user->local_password = query_get_number(q, 3) != 0;
	user->last_login = query_get_number(q, 4);
	user->groups = (char *)groups;
	user->told_at = query_get_number(q, 6);
	user->postpones_used = (int)query_get_number(q, 7);
	user->postponed_until = query_get_number(q, 8);
	user->reminded_at = query_get_number(q, 9);
out:
	free(name);
	return r;
}

int
store_user_get(struct store *store, const char *name, struct store_user *user)
{
	struct query q;
	int r;

	query_start(&q, store, SQL_USER_GET);
	query_name(&q, 1, name);
	r = query_row(&q);
	if (r == STORE_DONE)
		r = read_user(&q, user);
	query_done(&q);
	return r;
}

/* The columns that insert and update share; an update has the id where an insert has the name. */
static void
bind_user(struct query *q, const struct store_user *user)
{
	query_number(q, 2, user->uid);
	query_number(q, 3, user->local_password);
	query_number(q, 4, user->last_login);
	query_name(q, 5, user->groups ? user->groups : "");
	query_number(q, 6, user->told_at);
	query_number(q, 7, user->postpones_used);
	query_number(q, 8, user->postponed_until);
	query_number(q, 9, user->reminded_at);
}

int
store_user_put(struct store *store, struct store_user *user)
{
	struct query q;
	int r;

	if (user->groups && strlen(user->groups) > GROUP_LIST_MAX)
		return -EMSGSIZE;
	query_start(&q, store, user->id ? SQL_USER_UPDATE : SQL_USER_INSERT);
	bind_user(&q, user);
	if (user->id)
		query_number(&q, 1, user->id);
	else
		query_bytes(&q, 1, user->name, strnlen(user->name, sizeof(user->name)));
	r = query_change_owned(&q);
	if (r == STORE_DONE && !user->id)
		user->id = query_inserted(store);
	return r;
}

int
store_user_set_aside(struct store *store, int64_t id, int64_t now)
{
	struct query q;

	query_start(&q, store, SQL_USER_SET_ASIDE);
	query_number(&q, 1, id);
	query_number(&q, 2, now);
	return query_change_owned(&q);
}

int
store_users_each(struct store *store, int (*each)(const struct store_user *user, void *arg),
		 void *arg)
{
	struct store_user user;
	struct query q;
	int r;

	query_start(&q, store, SQL_USERS);
	while (query_more(&q, &r)) {
		r = read_user(&q, &user);
		if (r < 0)
			break;
		r = each(&user, arg);
		store_user_done(&user);
		if (r != 0)
			break;
	}
	query_done(&q);
	return r;
}
