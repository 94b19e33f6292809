/*
 * The judge, asked arbitrary things: the input is a row of messages, each a length (16 bit,
 * little endian) and so many bytes as a session that was taken over might send them. A first
 * message of one byte below 32 says of which kind the dialog is: the bits of enum stage. Real
 * vault and store in a folder of its own. What must hold: no crash; a reply that can be taken
 * apart; nothing registered, changed or proven without a proof that only the judge could have
 * given (there is none in here).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ssprd/catalogue.h"
#include "ssprd/context.h"
#include "ssprd/core/config.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/record.h"
#include "ssprd/reset.h"
#include "ssprd/sending.h"
#include "ssprd/stamps.h"
#include "text/log.h"

/* link: @judge */

#define NOW 1800000000
#define POLICY                                                                                     \
	"[registration]\nmethods = app email phone office-phone questions recovery-codes\n"        \
	"[email]\nurl = smtp://127.0.0.1:25\nfrom = a@b.example\ntls = none\n"                     \
	"[questions]\nhash_memory = 8\nhash_passes = 1\n"                                          \
	"[sms]\nurl = https://gateway.example/\nbody = form\n"                                     \
	"[voice]\nurl = https://gateway.example/\nbody = form\n"                                   \
	"[throttle]\nsends = 3\n"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define APART (200 * 24 * 3600) /* seconds between two inputs: no limit of one reaches the next */
#define FRESH 4096              /* inputs, after which the store is made anew */

static char folder[] = "/dev/shm/sspr-fuzz-XXXXXX"; /* memory: each change is synced */
static struct config *config;
static struct catalogues *catalogues;
static struct slots slots = { .count = 1 };
static struct stamps stamps = { .folder = folder, .config_file = "/nonexistent/sspr.conf" };
static struct judge judge = { .stamps = &stamps, .slots = &slots, .host = "desk" };
static bool
	hashed; /* enough hashes can register the questions: the session says what was answered */

int
sending_make(struct dialog *d, enum method method, enum way way, const char *to, const char *code)
{
	(void)d;
	(void)method;
	(void)way;
	(void)to;
	(void)code;
	return 0;
}

void
sending_let_go(struct dialog *d)
{
	(void)d;
}

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "the judge did what it must not: %s\n", what);
	abort();
}

static void
forget_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)text;
	(void)arg;
}

static void
in_folder(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/%s", folder, name);
}

static void
remove_folder(void)
{
	static const char *const names[] = { "db", "db-wal", "db-shm", "key", "1001", "en.txt" };
	char path[128];

	store_close(judge.store);
	vault_stop(judge.vault);
	catalogues_free(catalogues);
	config_free(config);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		in_folder(path, sizeof(path), names[i]);
		unlink(path);
	}
	rmdir(folder);
}

/* Every FRESH inputs a new database, so that it does not grow without end. */
static void
fresh_store(void)
{
	static int inputs;
	char path[128];

	if (inputs++ % FRESH)
		return;
	store_close(judge.store);
	judge.store = NULL;
	in_folder(path, sizeof(path), "db");
	unlink(path);
	must(store_open(&judge.store, path) == STORE_DONE, "a store");
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct config_errors errors;
	char path[128];
	FILE *f;

	(void)argc;
	(void)argv;
	log_to(forget_line, NULL);
	must(mkdtemp(folder) != NULL, "a folder");
	must(config_parse("f", POLICY, strlen(POLICY), &config, &errors) == CONFIG_GOOD,
	     "a policy");
	config_errors_done(&errors);
	in_folder(path, sizeof(path), "en.txt");
	f = fopen(path, "we");
	must(f && fputs("First?\nSecond?\nThird?\n", f) >= 0 && fclose(f) == 0, "a catalogue");
	must(catalogues_read(&catalogues, folder) == 0, "catalogues");
	in_folder(path, sizeof(path), "key");
	must(vault_start(&judge.vault, path, 1) == 0, "a vault");
	judge.config = config;
	judge.catalogues = catalogues;
	judge.implemented = methods_implemented();
	atexit(remove_folder);
	return 0;
}

/* One message; what is left of the input afterwards. */
static size_t
take_message(const uint8_t *data, size_t size, struct message *m)
{
	size_t len = size >= 2 ? (size_t)data[0] | (size_t)data[1] << 8 : 0;

	if (size < 2)
		return 0;
	if (len > size - 2)
		len = size - 2;
	if (len > REQUEST_MAX)
		len = REQUEST_MAX;
	m->len = len;
	memcpy(m->data, data + 2, len);
	return size - 2 - len;
}

/* What was there before the session came. */
enum stage {
	MANAGING = 1,   /* not a login */
	REGISTERED = 2, /* an app and an address, proven long ago */
	FILLED_IN = 4,  /* an office phone */
	OPEN = 8,       /* a help desk code was redeemed */
	RESETTING = 16, /* a reset: nothing may change, and nothing is proven */
};

static const char key[] = "12345678901234567890", mail[] = "alice@mail.example";

static void
fill_in(const struct user *user, int64_t now)
{
	struct vault_place place = { user->stored.id, "office-phone", "record" };
	struct store_method m = { .method = METHOD_OFFICE_PHONE, .filled_at = now };

	must(vault_seal(judge.vault, &place, "+493012345", 10, &m.sealed, &m.sealed_len) == 0,
	     "a sealed number");
	must(store_method_put(judge.store, user->stored.id, &m) == 0, "a number");
	store_method_done(&m);
}

static void
set_stage(struct dialog *d, const struct user *user, unsigned int stage, int64_t now)
{
	if (stage & REGISTERED) {
		must(record_save(d, METHOD_APP, key, 20, 1) == 0, "an app");
		must(record_save(d, METHOD_EMAIL, mail, strlen(mail), 0) == 0, "an address");
	}
	if (stage & FILLED_IN)
		fill_in(user, now);
	if (stage & OPEN)
		must(store_user_mark(judge.store, user->stored.id, MARK_CODE_OPEN_UNTIL,
				     now + 3600) == 0,
		     "what a code opens");
}

static bool
holds(struct dialog *d, enum method method, const char *value)
{
	struct store_method row;
	struct secret plain = { 0 };
	bool same = record_open(d, method, &row, &plain) == STORE_DONE && row.registered_at &&
		    strcmp(secret_text(&plain), value) == 0;

	secret_done(&plain);
	return same;
}

static void
check_records(struct dialog *d, unsigned int stage)
{
	if (stage & RESETTING) {
		stage &= ~(unsigned int)OPEN; /* changes nothing there */
		must(!d->proven, "a reset that was proven");
		must(d->state != DIALOG_OPEN, "a reset that got past its rounds");
		must(dialog_has(d, METHOD_QUESTIONS) == 0, "questions in a reset");
	}
	must(dialog_has(d, METHOD_PHONE) == 0, "a phone out of nothing");
	must(dialog_has(d, METHOD_OFFICE_PHONE) == 0, "an office phone out of nothing");
	must(dialog_has(d, METHOD_RECOVERY_CODES) == 0, "codes out of nothing");
	if ((stage & MANAGING) && !(stage & OPEN))
		must(dialog_has(d, METHOD_QUESTIONS) == 0, "questions without a proof");
	if (!(stage & REGISTERED)) {
		must(dialog_has(d, METHOD_APP) == 0, "an app out of nothing");
		must(dialog_has(d, METHOD_EMAIL) == 0, "an address out of nothing");
	} else if (!(stage & OPEN)) {
		must(holds(d, METHOD_APP, key), "another app without a proof");
		must(holds(d, METHOD_EMAIL, mail), "another address without a proof");
	}
}

static void
check_reply(const struct dialog *d, int judged, const struct message *reply)
{
	struct fields f;

	must(judged >= 0 && judged <= JUDGED_LATER, "an error without a fault");
	if (judged == JUDGED_VIOLATION) {
		must(d->state == DIALOG_OVER && reply->len == 0, "a word to a violation");
		return;
	}
	if (judged == JUDGED_LATER)
		return;
	must(message_parse(reply, &f), "a reply that cannot be taken apart");
	must(f.op != REPLY_OVER, "an end that nobody asked for");
	must(f.op != REPLY_PROVEN || hashed, "a proof out of nothing");
}

static void
talk(struct dialog *d, const uint8_t *data, size_t size)
{
	static struct message request, reply;

	while (size >= 2) {
		size_t left = take_message(data, size, &request);
		int judged;

		message_done(&reply);
		hashed = request.len > 0 && request.data[0] == REQUEST_TRY && d->salted;
		judged = judge_request(d, &request, &reply);
		check_reply(d, judged, &reply);
		if (judged != JUDGED_REPLY)
			break;
		d->now++;
		data += size - left;
		size = left;
	}
	message_done(&request);
	message_done(&reply);
}

/* The stage that the input asks for; what is left of the input is the session's. */
static unsigned int
take_stage(const uint8_t **data, size_t *size)
{
	unsigned int stage = 0;

	if (*size >= 3 && (*data)[0] == 1 && (*data)[1] == 0 && (*data)[2] < 32) {
		stage = (*data)[2];
		*data += 3;
		*size -= 3;
	}
	return stage;
}

static void
begin(struct dialog *d, enum purpose purpose, const struct context *context, int64_t now)
{
	struct user user = { 0 };

	must(user_tell(&user, &judge, "alice", context, now, true) == STORE_DONE, "a user");
	must(dialog_init(d, &judge, purpose, &user, context, 1, now) == 0, "a dialog");
}

static enum purpose
purpose_of(unsigned int stage)
{
	if (stage & RESETTING)
		return PURPOSE_RESET;
	return stage & MANAGING ? PURPOSE_MANAGE : PURPOSE_ENROLL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct context context = { .service = "sshd",
				   .has_uid = true,
				   .uid = 1001,
				   .has_local_password = true,
				   .local_password = true,
				   .interactive = true };
	unsigned int stage = take_stage(&data, &size);
	static struct dialog d;
	static int64_t now = NOW;

	now += APART;
	fresh_store();
	begin(&d, PURPOSE_ENROLL, &context, now - APART + 3600);
	set_stage(&d, &d.user, stage, now);
	dialog_done(&d);
	begin(&d, purpose_of(stage), &context, now);
	must(d.purpose != PURPOSE_RESET || reset_begin(&d, stage & MANAGING) == 0, "a reset");
	talk(&d, data, size);
	check_records(&d, stage);
	must(store_user_set_aside(judge.store, d.user.stored.id, now) == STORE_DONE, "an end");
	dialog_done(&d);
	must(slots.taken == 0 && !slots.first, "a slot that was lost");
	return 0;
}
