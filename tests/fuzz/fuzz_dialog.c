/*
 * A whole dialog, driven by arbitrary packets on both sockets, without the sandbox. The first two bytes of the input say what
 * it is held for and what there is from the start (struct setting). A second thread is the terminal and
 * the judge, and sspr-passwd where a reset gets that far: for each prompt and each request it takes the next bytes of the input, which choose a sensible answer or are
 * the answer; when there are no more it closes all sockets. It checks what the session sends: requests that can be taken
 * apart, packets that a terminal may be given, the first prompt with echo, nothing after the end.
 */
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "protocol/grant.h"
#include "session/hash.h"
#include "session/session.h"
#include "text/normal.h"

/* link: session/answer.c session/close.c session/close_reset.c session/enrol.c session/exchange.c session/hash.c session/help_code.c session/layout.c session/manage.c session/manage_proof.c session/menu.c session/notice.c session/proof.c session/reconfirm.c session/relay.c session/request.c session/reset.c session/reset_case.c session/reset_proof.c session/review.c session/sent_code.c session/session.c session/talk.c methods/asks.c methods/app/ask.c methods/app/ask_qr.c methods/email/ask.c methods/office-phone/ask.c methods/phone/ask.c methods/phone/ask_words.c methods/questions/ask.c methods/questions/ask_catalogue.c methods/recovery-codes/ask.c */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OWN_BYTES 0xC0 /* from here on a byte says: the answer follows, its length first */
#define UNASKED   0xFF /* the judge speaks instead of the terminal */
#define INTERRUPT 0xFE /* sspr-passwd does, where there is a grant */

/* The first byte of an input, modulo their number. */
static const struct setting {
	enum purpose purpose;
	enum state state;
	bool registered; /* some methods are, from the start */
	bool stale;      /* and to be confirmed */
} settings[] = {
	{ PURPOSE_ENROLL, STATE_REGISTER, false, false },
	{ PURPOSE_ENROLL, STATE_RECONFIRM, true, true },
	{ PURPOSE_ENROLL, STATE_NOTICE, true, false },
	{ PURPOSE_MANAGE, STATE_REGISTER, true, false },
	{ PURPOSE_MANAGE, STATE_RECONFIRM, true, true },
	{ PURPOSE_ENROLL, STATE_OK, true, false },
	{ PURPOSE_MANAGE, STATE_REGISTER, false, false },
	{ PURPOSE_RESET, STATE_OK, true, false },
	{ PURPOSE_RESET, STATE_OK, false, false },
};

/* The second one. */
enum {
	HAS_NEEDS_CODE = 1,
	HAS_OPEN = 2,
	HAS_FILLED_IN = 4,
	HAS_NO_SMS = 8,
	HAS_NO_VOICE = 16,
	HAS_CHANGES = 32,
	HAS_EVERY_METHOD = 64,
	HAS_STALE = 128,

	/* of a reset */
	HAS_TOLD = 1,
	HAS_CASE = 2,
	HAS_ALONE = 4,
	HAS_UNLOCK = 32,
	HAS_ASSIST = 128,
};

struct peers {
	const uint8_t *data;
	size_t left;
	int terminal, judge, grant; /* grant: -1 there is none */
	const struct setting *setting;
	uint8_t has;
	unsigned int registered, due; /* a bit a method */
	int prompts;
	int proofs, rounds; /* of a reset: what is still needed, what is left */
	bool ordered;       /* sspr-passwd was told what to do */
	bool ended;
};

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "the session did what it must not: %s\n", what);
	abort();
}

static bool
take_byte(struct peers *p, uint8_t *byte)
{
	if (p->left == 0)
		return false;
	*byte = *p->data++;
	p->left--;
	return true;
}

static size_t
take_bytes(struct peers *p, const uint8_t **bytes)
{
	uint8_t low = 0, high = 0;
	size_t len;

	take_byte(p, &low);
	take_byte(p, &high);
	len = (size_t)low | (size_t)(high & 0x1F) << 8;
	if (len > p->left)
		len = p->left;
	*bytes = p->data;
	p->data += len;
	p->left -= len;
	return len;
}

static bool
send_own(struct peers *p, int fd)
{
	const uint8_t *bytes;
	size_t len = take_bytes(p, &bytes);

	return send(fd, bytes, len, MSG_NOSIGNAL) >= 0;
}

static bool
send_message(struct peers *p, const struct message *m)
{
	return send(p->judge, m->data, m->len, MSG_NOSIGNAL) >= 0;
}

static void
add_method(struct peers *p, struct facts *f, enum method method, uint8_t how)
{
	struct method_fact *fact = &f->methods[f->method_count++];
	bool registered = (p->registered >> method & 1) != 0;
	bool due = registered && (p->due >> method & 1) != 0;

	fact->method = method;
	fact->state = due ? METHOD_STALE : registered ? METHOD_REGISTERED : METHOD_MISSING;
	if (!registered && (p->has & HAS_FILLED_IN) != 0 && method != METHOD_APP) {
		fact->state = METHOD_FILLED_IN;
		snprintf(fact->filled_by, sizeof(fact->filled_by), "root");
	}
	if (fact->state != METHOD_MISSING)
		snprintf(fact->masked, sizeof(fact->masked), "a****@e****.org");
	fact->stale_at = how & 64 ? 1810000000 : 0;
	fact->left = method == METHOD_RECOVERY_CODES && registered ? how % 11 : 0;
	f->done += registered;
	f->stale += due;
}

static void
add_reset(const struct peers *p, struct facts *f, uint8_t how)
{
	f->told = (p->has & HAS_TOLD) != 0;
	f->reset_case = (p->has & HAS_CASE) != 0 ? 1 + how % (CASE_COUNT - 1) : CASE_NONE;
	f->reset_until = f->reset_case == CASE_BLOCKED ? 1810000000 : 0;
	f->proofs = p->proofs;
	f->rounds = p->rounds;
	f->alone = (p->has & HAS_ALONE) != 0;
	f->unlock = (p->has & HAS_UNLOCK) != 0;
	f->assist = (p->has & HAS_ASSIST) != 0;
}

/* Facts as the byte chooses them. */
static bool
send_facts(struct peers *p, uint8_t how)
{
	static const enum method offered[] = { METHOD_APP,          METHOD_EMAIL,
					       METHOD_QUESTIONS,    METHOD_PHONE,
					       METHOD_OFFICE_PHONE, METHOD_RECOVERY_CODES };
	struct facts f = { .state = p->setting->state,
			   .host = "server1",
			   .contact = "the help desk",
			   .time_left = 540,
			   .required = 1 + (how & 3),
			   .postpones_left = (how >> 2 & 3) - 1,
			   .questions = 1 + (how >> 4 & 1),
			   .questions_custom = (how & 32) != 0,
			   .code_digits = 6,
			   .code_minutes = 10,
			   .needs_code = (p->has & HAS_NEEDS_CODE) != 0,
			   .open = (p->has & HAS_OPEN) != 0,
			   .sms = (p->has & HAS_NO_SMS) == 0,
			   .voice = (p->has & HAS_NO_VOICE) == 0,
			   .changes = (p->has & HAS_CHANGES) != 0 ? 2 : 0 };
	struct message m;

	for (int i = 0; i < ((p->has & HAS_EVERY_METHOD) != 0 ? 6 : 4); i++)
		add_method(p, &f, offered[i], how);
	if (p->setting->purpose == PURPOSE_RESET)
		add_reset(p, &f, how);
	message_start(&m, REPLY_OK);
	must(facts_put(&m, &f) == 0, "facts");
	return send_message(p, &m);
}

/* The method that a request is about, its first field. */
static enum method
method_of(const struct fields *request)
{
	char word[32];

	must(field_text(request, 0, word, sizeof(word)) && method_from_word(word) != METHOD_COUNT,
	     "a request about no method");
	return method_from_word(word);
}

static bool
send_status(struct peers *p, enum reply_status status, uint8_t how)
{
	struct message m;

	message_start(&m, status);
	if (status == REPLY_SENT)
		message_put_text(&m, "a****@e****.org");
	else if (status == REPLY_UNDELIVERED || status == REPLY_REFUSED)
		message_put_text(&m, reason_word(how % REASON_COUNT));
	else if (status != REPLY_PROVEN && status != REPLY_OK)
		message_put_number(&m, how % 4);
	return send_message(p, &m);
}

static bool
send_tried(struct peers *p, const struct fields *request, uint8_t how)
{
	static const enum reply_status statuses[] = {
		REPLY_PROVEN, REPLY_MORE,        REPLY_WRONG, REPLY_SPENT,   REPLY_EXPIRED,
		REPLY_USED,   REPLY_UNDELIVERED, REPLY_EMPTY, REPLY_REFUSED, REPLY_BLOCKED
	};
	enum reply_status status = statuses[how % (sizeof(statuses) / sizeof(*statuses))];
	enum method method = method_of(request);

	if (status == REPLY_PROVEN) {
		p->registered |= 1U << method;
		p->due &= ~(1U << method);
		p->proofs -= p->proofs > 0;
	}
	return send_status(p, status, how);
}

static bool
send_sent(struct peers *p, const struct fields *request, uint8_t how)
{
	static const enum reply_status statuses[] = { REPLY_SENT,      REPLY_SENT,  REPLY_REFUSED,
						      REPLY_THROTTLED, REPLY_SPENT, REPLY_BLOCKED };
	char via[8];

	method_of(request);
	must(request->count == 2 ||
		     (request->count == 3 && field_text(request, 2, via, sizeof(via)) &&
		      (strcmp(via, VIA_SMS) == 0 || strcmp(via, VIA_VOICE) == 0)),
	     "a way that there is not");
	return send_status(p, statuses[how % 6], how);
}

static bool
send_helped(struct peers *p, uint8_t how)
{
	static const enum reply_status statuses[] = { REPLY_PROVEN, REPLY_WRONG, REPLY_SPENT,
						      REPLY_EXPIRED };
	enum reply_status status = statuses[how % 4];

	if (status == REPLY_PROVEN)
		p->has = (uint8_t)((p->has | HAS_OPEN) & ~HAS_NEEDS_CODE);
	return send_status(p, status, how);
}

static bool
send_removed(struct peers *p, const struct fields *request, uint8_t how)
{
	enum method method = method_of(request);

	if (how % 4 == 0)
		return send_status(p, REPLY_REFUSED, how);
	p->registered &= ~(1U << method);
	p->has &= (uint8_t)~HAS_FILLED_IN;
	return send_status(p, REPLY_OK, how);
}

static bool
send_changes(struct peers *p, uint8_t how)
{
	static const char *const events[] = { "method-replaced", "reset-changed", "filled-in",
					      "unheard of" };
	static const char *const methods[] = { "email", "", "office-phone", "carrier pigeon" };
	struct message m;

	message_start(&m, REPLY_OK);
	for (int i = 0; i < how % (CHANGES_MAX + 1); i++) {
		message_put_number(&m, 1778500000 + i);
		message_put_text(&m, events[(how + i) % 4]);
		message_put_text(&m, methods[(how / 4 + i) % 4]);
		message_put_text(&m, i % 2 == 0 ? "192.0.2.7" : "");
	}
	return send_message(p, &m);
}

static bool
send_question(struct peers *p, const struct fields *request, uint8_t how)
{
	char text[64];
	int64_t index = -1;
	struct message m;

	must(field_number(request, 0, &index) && index >= 0, "a question without a number");
	if (index > how % 32) {
		message_start(&m, REPLY_NONE);
		return send_message(p, &m);
	}
	snprintf(text, sizeof(text), "What was it, number %d?", (int)index);
	message_start(&m, REPLY_OK);
	message_put_text(&m, text);
	return send_message(p, &m);
}

static bool
send_fields(struct peers *p, const char *const *fields, size_t count)
{
	struct message m;

	message_start(&m, REPLY_OK);
	for (size_t i = 0; i < count; i++)
		message_put_text(&m, fields[i]);
	return send_message(p, &m);
}

static bool
send_seed(struct peers *p, const struct fields *request, uint8_t how)
{
	static const char *const key[] = { "JBSWY3DPEHPK3PXP", "otpauth://totp/a?secret=JBSW" };
	static const char *const question[] = { "Which song did your best friend hum?" };
	static const char *const codes[RECOVERY_CODES] = {
		"8N2G-PED2-MHDN-F984", "Y857-M9PH-Y3QS-NUAV", "6R9M-B5CH-V69S-X53F",
		"DDGK-FV47-HRGA-PYH6", "DJNV-YUGQ-KH5X-DEEQ", "G8MK-MAPM-FXJ5-XKGN",
		"4KU3-TMDG-52E2-VHZV", "EGZ9-UAWT-ANP3-M5U8", "8XND-XCQ8-EFMY-YN3A",
		"AFF9-2945-RMQ3-VKG8",
	};

	if (how % 16 == 15)
		return send_status(p, how & 16 ? REPLY_SPENT : REPLY_BLOCKED, how);
	switch (method_of(request)) {
	case METHOD_RECOVERY_CODES:
		return send_fields(p, codes, RECOVERY_CODES);
	case METHOD_QUESTIONS:
		return send_fields(p, question, 1);
	default:
		return send_fields(p, key, 2);
	}
}

static bool
send_verdict(struct peers *p, const struct fields *request, uint8_t how)
{
	const char *end[] = { verdict_word(how % VERDICT_COUNT), (how & 32) != 0 ? "1" : "0" };
	enum finish reason;
	char word[32];

	must(field_text(request, 0, word, sizeof(word)), "an end without a reason");
	reason = finish_from_word(word);
	must(reason != FINISH_COUNT, "an end without a known reason");
	must(p->setting->purpose == PURPOSE_ENROLL || reason != FINISH_NOT_NOW,
	     "a \"not now\" where nothing was due");
	return send_fields(p, end, 2);
}

static bool
send_checked(struct peers *p, uint8_t how)
{
	struct message m;

	must(p->rounds > 0, "a round more than there are");
	p->rounds--;
	if (how % 4 == 0)
		p->proofs = how / 4 % 3;
	if (how % 4 < 2)
		return send_status(p, how % 4 == 0 ? REPLY_PROVEN : REPLY_OK, how);
	message_start(&m, REPLY_WRONG);
	message_put_number(&m, p->rounds);
	return send_message(p, &m);
}

static bool
send_assisted(struct peers *p, uint8_t how)
{
	static const enum reply_status statuses[] = { REPLY_OK, REPLY_THROTTLED, REPLY_REFUSED };

	return send_status(p, statuses[how % 3], how);
}

/* The next packet of sspr-passwd; what needs no answer is followed by another one. */
static bool
speak(struct peers *p)
{
	static const char *const packets[] = { "?",
					       "?keyring",
					       "*New password: ",
					       "*Retype new password: ",
					       "?New password: ",
					       "eBAD PASSWORD: it is too short",
					       "iTwo \033[1mtries\r are left.",
					       "~",
					       ".password-changed",
					       ".unlocked",
					       ".contact-administrator",
					       ".declined",
					       ".failed",
					       ".registered" };
	const char *packet = "";
	uint8_t byte;

	do {
		if (!take_byte(p, &byte))
			return false;
		if (byte >= OWN_BYTES) {
			packet = p->left > 2 ? (const char *)p->data + 2 : "";
			if (!send_own(p, p->grant))
				return true; /* it has closed it: that is read next */
			continue;
		}
		packet = packets[byte % (sizeof(packets) / sizeof(*packets))];
		if (send(p->grant, packet, strlen(packet), MSG_NOSIGNAL) < 0)
			return true;
	} while (*packet == 'i' || *packet == 'e');
	return true;
}

static bool
send_grant(struct peers *p, uint8_t how)
{
	struct message m;
	int ends[2], r;

	must(p->proofs == 0 && p->grant < 0, "a grant too early, or a second one");
	if (how % 4 == 3)
		return send_status(p, REPLY_REFUSED, how);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
	message_start(&m, REPLY_OK);
	r = message_send_passing(p->judge, &m, ends[1], 0);
	close(ends[1]);
	p->grant = ends[0];
	return r == 0 && speak(p);
}

/* What the session says to sspr-passwd. */
static bool
passwd(struct peers *p)
{
	struct packet packet;
	int r = packet_receive(p->grant, &packet, 0);

	if (r == PACKET_CLOSED) {
		close(p->grant);
		p->grant = -1;
		return true;
	}
	must(r == PACKET_GOT && packet.type == PACKET_ANSWER && packet.len <= PACKET_ANSWER_MAX,
	     "a packet that sspr-passwd may not be given");
	must(p->ordered || strcmp(packet.text, GRANT_CHANGE " nl") == 0 ||
		     strcmp(packet.text, GRANT_UNLOCK " nl") == 0,
	     "another order than there is");
	p->ordered = true;
	return speak(p);
}

static bool
answer_sensibly(struct peers *p, const struct fields *request, uint8_t how)
{
	static const char *const slot[] = { "0123456789abcdef", "8", "1" };

	switch (request->op) {
	case REQUEST_FACTS:
		return send_facts(p, how);
	case REQUEST_QUESTION:
		return send_question(p, request, how);
	case REQUEST_SEED:
		return send_seed(p, request, how);
	case REQUEST_SEND:
		return send_sent(p, request, how);
	case REQUEST_SLOT:
		return send_fields(p, slot, 3);
	case REQUEST_TRY:
		return send_tried(p, request, how);
	case REQUEST_HELP:
		return send_helped(p, how);
	case REQUEST_REMOVE:
		return send_removed(p, request, how);
	case REQUEST_CHANGES:
		return send_changes(p, how);
	case REQUEST_LOG:
	case REQUEST_CLAIM:
		return send_fields(p, NULL, 0);
	case REQUEST_CHECK:
		return send_checked(p, how);
	case REQUEST_ASSIST:
		return send_assisted(p, how);
	case REQUEST_GRANT:
		return send_grant(p, how);
	case REQUEST_FINISH:
		return send_verdict(p, request, how);
	default:
		must(false, "an unknown request");
	}
	return false;
}

static bool
judge(struct peers *p)
{
	struct message m;
	struct fields request;
	uint8_t byte;
	int r = message_receive(p->judge, &m, 0);

	if (r == MESSAGE_CLOSED)
		return false;
	must(r == MESSAGE_GOT && message_parse(&m, &request), "a request that nobody can read");
	must(!p->ended, "a request after the end");
	if (!take_byte(p, &byte))
		return false;
	return byte >= OWN_BYTES ? send_own(p, p->judge) : answer_sensibly(p, &request, byte);
}

static bool
type(struct peers *p)
{
	static const char *const answers[] = { "",
					       "",
					       "1",
					       "2",
					       "3",
					       "n",
					       "?",
					       "b",
					       "r",
					       "m",
					       "o",
					       "123456",
					       "654 321",
					       "old boots",
					       "old boots",
					       "server1",
					       "a@b.org",
					       "yellow cat",
					       "  ",
					       "9999999",
					       "x",
					       "d",
					       "c",
					       "q",
					       "h",
					       "e",
					       "4",
					       "5",
					       "6",
					       "8N2GPED2MH",
					       "8N2G-PED2-MHDN-F984",
					       "8N2G-PED2-MHDN-F948" };
	char packet[64];
	uint8_t byte;
	int len;

	if (!take_byte(p, &byte))
		return false;
	if (byte == UNASKED)
		return send_own(p, p->judge);
	if (byte == INTERRUPT && p->grant >= 0)
		return speak(p);
	if (byte >= OWN_BYTES)
		return send_own(p, p->terminal);
	len = snprintf(packet, sizeof(packet), "=%s",
		       answers[byte % (sizeof(answers) / sizeof(*answers))]);
	return send(p->terminal, packet, (size_t)len, MSG_NOSIGNAL) >= 0;
}

/* What may be shown: UTF-8, and of the control characters the newline alone. */
static bool
showable(const struct packet *packet)
{
	for (size_t i = 0; i < packet->len; i++)
		if ((unsigned char)packet->text[i] < ' ' && packet->text[i] != '\n')
			return false;
	return normal_length(packet->text, packet->len) >= 0;
}

static bool
terminal(struct peers *p)
{
	struct packet packet;
	int r = packet_receive(p->terminal, &packet, 0);

	if (r == PACKET_CLOSED)
		return false;
	must(r == PACKET_GOT && showable(&packet), "a packet that no terminal may be given");
	must(!p->ended, "a packet after the end");
	switch (packet.type) {
	case PACKET_PROMPT_SECRET:
		must(p->prompts > 0, "a first prompt without echo");
		p->prompts++;
		return type(p);
	case PACKET_PROMPT_ECHO:
		p->prompts++;
		return type(p);
	case PACKET_END:
		must(verdict_from_word(packet.text) != VERDICT_COUNT, "an end without a verdict");
		p->ended = true;
		return true;
	case PACKET_INFO:
	case PACKET_ERROR:
	case PACKET_WORKING:
		return true;
	case PACKET_ANSWER:
	case PACKET_GAVE_UP:
		break;
	}
	must(false, "a packet of the terminal's");
	return false;
}

static void *
hold_both_ends(void *arg)
{
	struct peers *p = arg;
	struct pollfd fds[] = { { .fd = p->terminal, .events = POLLIN },
				{ .fd = p->judge, .events = POLLIN },
				{ .events = POLLIN } };
	bool going = true;

	while (going) {
		fds[2].fd = p->grant;
		must(poll(fds, 3, 60000) > 0, "nothing, for a minute");
		going = fds[0].revents == 0 || terminal(p);
		if (going && fds[1].revents != 0)
			going = judge(p);
		if (going && fds[2].revents != 0)
			going = passwd(p);
	}
	close(p->terminal);
	close(p->judge);
	if (p->grant >= 0)
		close(p->grant);
	return NULL;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(setlocale(LC_ALL, "C.UTF-8") != NULL && hash_start() == 0, "the start");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session_arguments arguments = { .user = "alice", .lang = "nl", .columns = 80 };
	struct peers p = {
		.data = data, .left = size, .grant = -1, .proofs = 1, .rounds = RESET_ROUNDS
	};
	struct session s;
	uint8_t kind = 0;
	pthread_t thread;
	int ends[2], requests[2];

	take_byte(&p, &kind);
	take_byte(&p, &p.has);
	p.setting = &settings[kind % (sizeof(settings) / sizeof(*settings))];
	p.registered = p.setting->registered ? (1U << METHOD_COUNT) - 1 : 0;
	p.due = p.setting->stale || (p.has & HAS_STALE) != 0 ? p.registered : 0;
	if (p.setting->registered && (p.has & HAS_FILLED_IN) != 0)
		p.registered &= ~(1U << METHOD_EMAIL | 1U << METHOD_PHONE);
	arguments.purpose = p.setting->purpose;
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, requests) == 0, "no sockets");
	p.terminal = ends[1];
	p.judge = requests[1];
	must(pthread_create(&thread, NULL, hold_both_ends, &p) == 0, "no thread");
	session_init(&s, &arguments, ends[0], requests[0]);
	session_run(&s);
	must(s.text_len == 0, "text was left");
	close(ends[0]);
	close(requests[0]);
	pthread_join(thread, NULL);
	return 0;
}
