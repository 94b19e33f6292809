/*
 * The story of a grant: look, offer, hear the choice, look again, act, read what became of it, tell.
 */
#include "passwd/grant.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "passwd/home.h"
#include "passwd/outcome.h"
#include "passwd/run.h"
#include "passwd/talk.h"
#include "protocol/buslink.h"
#include "protocol/packet.h"
#include "text/language.h"
#include "text/log.h"

#define SEND_MS   1000
#define DRAIN_MAX 64 /* packets: what a socket holds, and then some */

struct grant {
	const struct grant_tools *tools;
	const struct account_rules *rules;
	const char *user;
	int fd;
	int64_t end; /* of all */
	struct entry before;
	const char *why; /* for the log */
	bool untold;     /* ssprd is to be told later */
};

static int
host_reset(const char *user)
{
	return tally_reset(TALLY_TOOL, user);
}

static int
host_report(const char *user, const char *what)
{
	return outcome_report(NULL, user, what);
}

const struct grant_tools grant_host = {
	.change = change_run,
	.reset = host_reset,
	.report = host_report,
	.seconds = GRANT_SECONDS,
	.change_ms = GRANT_CHANGE_MS,
	.late_ms = GRANT_LATE_MS,
};

static int
say(const struct grant *g, enum packet_type type, const char *text)
{
	return packet_send(g->fd, type, text, strlen(text), SEND_MS);
}

/* A home on a server that does not answer must not hold this up: the alarm's default ends the process, and the holder sees that. */
static enum account_result
look(struct grant *g, struct entry *e)
{
	enum account_result r;

	(void)alarm(GRANT_WORK_MS / 1000);
	r = account_look(g->rules, g->user, e, &g->why);
	(void)alarm(0);
	return r;
}

/* As in look: this is a home too. */
static bool
has_keyring(const struct grant *g)
{
	bool found;

	(void)alarm(GRANT_WORK_MS / 1000);
	found = home_has_keyring(g->rules->root, &g->before);
	(void)alarm(0);
	return found;
}

enum grant_choice
grant_choose(const char *text, char *lang)
{
	static const char *const words[] = {
		[GRANT_CHOSE_CHANGE] = GRANT_CHANGE " ",
		[GRANT_CHOSE_UNLOCK] = GRANT_UNLOCK " ",
	};

	lang[0] = '\0';
	for (int i = 0; i < GRANT_CHOSE_NOTHING; i++) {
		const char *rest = text + strlen(words[i]);

		if (strncmp(text, words[i], strlen(words[i])) != 0)
			continue;
		if (strcmp(rest, GRANT_NO_LANG) == 0 || language_accept(rest, lang))
			return (enum grant_choice)i;
	}
	return GRANT_CHOSE_NOTHING;
}

/*
 * PAM's own texts have more languages than ours: LANGUAGE stays what the holder said. An answer to setlocale makes gettext look again.
 */
static void
speak(const char *lang)
{
	language_start(lang);
	(void)setenv("LANGUAGE", lang, 1);
	(void)setlocale(LC_ALL, "C.UTF-8");
}

/* Offer, and hear what is wanted. GRANT_CHOSE_NOTHING: nothing, or nobody is there. */
static enum grant_choice
offer(struct grant *g)
{
	const char *words = has_keyring(g) ? GRANT_KEYRING : "";
	char lang[LANG_NAME_MAX + 1] = "";
	enum grant_choice choice = GRANT_CHOSE_NOTHING;
	struct packet p = { 0 };
	int r;

	r = say(g, PACKET_PROMPT_ECHO, words);
	if (r == 0)
		r = packet_receive(g->fd, &p, g->tools->seconds * 1000);
	else
		r = PACKET_CLOSED;
	if (r == PACKET_GOT && p.type == PACKET_ANSWER)
		choice = grant_choose(p.text, lang);
	if (choice != GRANT_CHOSE_NOTHING)
		speak(lang);
	else
		g->why = r == PACKET_LATE                              ? "no answer in time"
			 : r == PACKET_GOT && p.type == PACKET_GAVE_UP ? "given up"
			 : r == PACKET_CLOSED                          ? "its holder is gone"
								       : "out of turn";
	packet_done(&p);
	return choice;
}

/* Why saving failed, as far as this host shows it. */
static const char *
text_of_failure(const struct grant *g, int said)
{
	char etc[4096];
	struct statvfs disk = { 0 };

	if (said == CHANGE_OVERTAKEN)
		return _("Somebody else has just changed this password. What you typed was not "
			 "saved.");
	if (snprintf(etc, sizeof(etc), "%s/etc", g->rules->root) < (int)sizeof(etc) &&
	    statvfs(etc, &disk) == 0) {
		if (disk.f_flag & ST_RDONLY)
			return _("This host cannot save a password now: its disk is read-only. "
				 "The old password holds.");
		if (disk.f_bavail == 0)
			return _("This host cannot save a password now: its disk is full. "
				 "The old password holds.");
	}
	if (said == -ETIMEDOUT && buslink_now() >= g->end)
		return _("The time for a new password is over. The old password holds.");
	if (said == -ETIMEDOUT)
		return _("This host could not save the password in time: its password files may "
			 "be in use. The old password holds.");
	return _("This host could not save the password. The old password holds.");
}

/* Was the hash replaced? 1 yes, 0 no, -errno: it cannot be told. */
static int
was_changed(const struct grant *g, const struct secret *before)
{
	struct entry after = { 0 };
	int r;

	r = entry_read(g->rules->root, g->user, &after);
	if (r > 0)
		r = -ENOENT;
	if (r == 0)
		r = !secret_equal(&after.hash, before);
	entry_done(&after);
	return r;
}

/* The PAM child. What it said of itself, or how run_wait ended it. */
static int
let_change(struct grant *g)
{
	int turns[2], r;
	int64_t began;
	pid_t pid;

	if (pipe2(turns, O_CLOEXEC) < 0)
		return -errno;
	pid = run_fork();
	if (pid == 0) {
		const struct change c = {
			.user = g->user,
			.fd = g->fd,
			.turn = turns[1],
			.wait_ms = g->tools->seconds * 1000,
			.rules = g->rules,
			.before = &g->before.hash,
		};

		close(turns[0]);
		_exit((int)g->tools->change(&c));
	}
	close(turns[1]);
	if (pid > 0) {
		const struct run_limits limits = { .end = g->end,
						   .work_ms = g->tools->change_ms,
						   .turn = turns[0] };

		r = run_wait(pid, &limits, &began);
	} else {
		r = (int)pid;
	}
	close(turns[0]);
	return r;
}

/* What is to be told where the hash still is the old one. */
static enum verdict
not_changed(struct grant *g, int said)
{
	switch (said) {
	case CHANGE_DECLINED:
		g->why = "no password was accepted";
		return VERDICT_DECLINED;
	case CHANGE_GONE:
		g->why = "its holder is gone";
		return VERDICT_DECLINED;
	case CHANGE_REFUSED:
		g->why = "the account may not be changed any more";
		return VERDICT_CONTACT_ADMINISTRATOR;
	default:
		g->why = said == -ETIMEDOUT ? "it took too long" : "the password was not saved";
		(void)say(g, PACKET_ERROR, text_of_failure(g, said));
		return VERDICT_FAILED;
	}
}

static enum verdict
change(struct grant *g)
{
	const int said = let_change(g);
	const int changed = was_changed(g, &g->before.hash);

	if (said == CHANGE_OVERTAKEN || said == CHANGE_REFUSED)
		return not_changed(g, said);
	if (changed == 1)
		return VERDICT_PASSWORD_CHANGED;
	if (changed == 0)
		return not_changed(g, said);
	log_error("grant of %s: the shadow file cannot be read: %s", g->user, strerror(-changed));
	return VERDICT_COUNT;
}

static enum verdict
unlock(struct grant *g)
{
	const int r = g->tools->reset(g->user);

	if (r == TALLY_RESET)
		return VERDICT_UNLOCKED;
	g->why = r == TALLY_ABSENT ? "this host has no faillock" : "faillock failed";
	(void)say(g, PACKET_ERROR,
		  r == TALLY_ABSENT
			  ? _("This host locks no account after wrong passwords: there is nothing "
			      "to unlock.")
			  : _("This host could not unlock the account."));
	return VERDICT_FAILED;
}

/*
 * What was sent and not read: perhaps a password. A socket that is closed with something unread is reset, and the holder would
 * not see the verdict.
 */
static void
drain(const struct grant *g)
{
	struct packet p = { 0 };

	for (int i = 0; i < DRAIN_MAX && packet_receive(g->fd, &p, 0) == PACKET_GOT; i++)
		;
	packet_done(&p);
}

static void
report(struct grant *g, enum verdict v)
{
	const int r = g->tools->report(g->user, verdict_word(v));

	g->untold = r < 0 && r != -EPROTO;
}

/* What else a success takes. */
static void
tell(struct grant *g, enum verdict v)
{
	if (v == VERDICT_PASSWORD_CHANGED)
		(void)g->tools->reset(g->user);
	if (v == VERDICT_PASSWORD_CHANGED || v == VERDICT_UNLOCKED)
		report(g, v);
}

/* The holder has the verdict; everybody concerned has to hear of it too. */
static void
tell_late(struct grant *g, enum verdict v)
{
	int wait = g->tools->late_ms;

	for (int i = 0; g->untold && i < GRANT_LATE_TRIES; i++, wait *= 2) {
		(void)poll(NULL, 0, wait);
		report(g, v);
	}
}

/* The account is ours, and somebody has chosen. */
static enum verdict
act(struct grant *g, enum grant_choice choice)
{
	struct entry now = { 0 };
	enum verdict v;

	if (look(g, &now) != ACCOUNT_FINE)
		return VERDICT_CONTACT_ADMINISTRATOR;
	entry_done(&g->before);
	g->before = now;
	v = choice == GRANT_CHOSE_CHANGE ? change(g) : unlock(g);
	tell(g, v);
	return v;
}

enum verdict
grant_run(const struct grant_tools *tools, const struct account_rules *rules, const char *user,
	  int fd)
{
	struct grant g = {
		.tools = tools,
		.rules = rules,
		.user = user,
		.fd = fd,
		.end = buslink_now() + (int64_t)tools->seconds * 1000,
	};
	enum grant_choice choice;
	enum verdict v;

	if (look(&g, &g.before) != ACCOUNT_FINE) {
		v = VERDICT_CONTACT_ADMINISTRATOR;
	} else {
		choice = offer(&g);
		v = choice == GRANT_CHOSE_NOTHING ? VERDICT_DECLINED : act(&g, choice);
	}
	entry_done(&g.before);
	if (v == VERDICT_COUNT) {
		log_error("grant of %s: what became of it cannot be told", user);
		return v;
	}
	log_info("grant of %s: %s%s%s", user, verdict_word(v), g.why != NULL ? ": " : "",
		 g.why != NULL ? g.why : "");
	drain(&g);
	(void)say(&g, PACKET_END, verdict_word(v));
	close(fd);
	tell_late(&g, v);
	return v;
}

/* Until nobody holds its other end any more: until then a process that was killed may be in its last call. */
static void
await_end(int alive)
{
	struct pollfd fd = { .fd = alive, .events = POLLIN };

	(void)poll(&fd, 1, GRANT_ORPHAN_MS);
}

int
grant_aftermath(const struct grant_tools *tools, const struct account_rules *rules,
		const char *user, const struct secret *before, int alive)
{
	struct grant g = { .tools = tools, .rules = rules, .user = user, .fd = -1 };
	int changed;

	await_end(alive);
	changed = was_changed(&g, before);
	if (changed < 0)
		log_error("grant of %s: what became of it cannot be told: %s", user,
			  strerror(-changed));
	if (changed != 1)
		return changed;
	log_warning("grant of %s: the password had been changed when it was killed", user);
	tell(&g, VERDICT_PASSWORD_CHANGED);
	tell_late(&g, VERDICT_PASSWORD_CHANGED);
	return changed;
}
