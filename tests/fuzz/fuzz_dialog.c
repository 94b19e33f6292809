/*
 * A whole dialog, driven by arbitrary packets on both sockets, without the sandbox. A second thread is the terminal and
 * the judge: for each prompt and each request it takes the next bytes of the input, which choose a sensible answer or are
 * the answer; when there are no more it closes both sockets. It checks what the session sends: requests that can be taken
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

#include "session/hash.h"
#include "session/session.h"
#include "text/normal.h"

/* link: session/answer.c session/close.c session/enrol.c session/hash.c session/help_code.c session/layout.c session/manage.c session/manage_proof.c session/menu.c session/notice.c session/proof.c session/reconfirm.c session/request.c session/review.c session/sent_code.c session/session.c session/talk.c methods/asks.c methods/app/ask.c methods/app/ask_qr.c methods/email/ask.c methods/office-phone/ask.c methods/phone/ask.c methods/phone/ask_words.c methods/questions/ask.c methods/questions/ask_catalogue.c methods/recovery-codes/ask.c */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OWN_BYTES 0xC0 /* from here on a byte says: the answer follows, its length first */
#define UNASKED   0xFF /* the judge speaks instead of the terminal */

struct peers {
	const uint8_t *data;
	size_t left;
	int terminal, judge;
	unsigned int registered; /* a bit a method */
	int prompts;
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

/* Facts as the byte chooses them. */
static bool
send_facts(struct peers *p, uint8_t how)
{
	static const enum method offered[] = { METHOD_APP, METHOD_EMAIL, METHOD_QUESTIONS,
					       METHOD_PHONE };
	struct facts f = { .state = STATE_REGISTER,
			   .host = "server1",
			   .contact = "the help desk",
			   .time_left = 540,
			   .required = 1 + (how & 3),
			   .postpones_left = (how >> 2 & 3) - 1,
			   .questions = 1 + (how >> 4 & 1),
			   .questions_custom = (how & 32) != 0,
			   .code_digits = 6,
			   .code_minutes = 10,
			   .method_count = 4 };
	struct message m;

	for (int i = 0; i < f.method_count; i++) {
		f.methods[i].method = offered[i];
		f.methods[i].state = (p->registered >> offered[i] & 1) != 0 ? METHOD_REGISTERED : METHOD_MISSING;
		f.done += method_is_registered(&f.methods[i]);
		f.methods[i].stale_at = how & 64 ? 1810000000 : 0;
		if (method_is_registered(&f.methods[i]))
			snprintf(f.methods[i].masked, sizeof(f.methods[i].masked),
				 "a****@e****.org");
	}
	message_start(&m, REPLY_OK);
	must(facts_put(&m, &f) == 0, "facts");
	return send_message(p, &m);
}

static bool
send_tried(struct peers *p, const struct fields *request, uint8_t how)
{
	static const enum reply_status statuses[] = {
		REPLY_PROVEN, REPLY_MORE,        REPLY_WRONG, REPLY_SPENT,  REPLY_EXPIRED,
		REPLY_USED,   REPLY_UNDELIVERED, REPLY_EMPTY, REPLY_REFUSED
	};
	enum reply_status status = statuses[how % (sizeof(statuses) / sizeof(*statuses))];
	char word[32];
	struct message m;

	must(field_text(request, 0, word, sizeof(word)) && method_from_word(word) != METHOD_COUNT,
	     "try of no method");
	if (status == REPLY_PROVEN)
		p->registered |= 1U << method_from_word(word);
	message_start(&m, status);
	if (status == REPLY_UNDELIVERED || status == REPLY_REFUSED)
		message_put_text(&m, reason_word(how % REASON_COUNT));
	else if (status != REPLY_PROVEN)
		message_put_number(&m, how % 4);
	return send_message(p, &m);
}

static bool
send_sent(struct peers *p, uint8_t how)
{
	static const enum reply_status statuses[] = { REPLY_SENT, REPLY_SENT, REPLY_REFUSED,
						      REPLY_THROTTLED, REPLY_SPENT };
	enum reply_status status = statuses[how % 5];
	struct message m;

	message_start(&m, status);
	if (status == REPLY_SENT)
		message_put_text(&m, "a****@e****.org");
	else if (status == REPLY_REFUSED)
		message_put_text(&m, reason_word(how % REASON_COUNT));
	else
		message_put_number(&m, how);
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
answer_sensibly(struct peers *p, const struct fields *request, uint8_t how)
{
	static const char *const seed[] = { "JBSWY3DPEHPK3PXP", "otpauth://totp/a?secret=JBSW" };
	static const char *const slot[] = { "0123456789abcdef", "8", "1" };
	const char *end[] = { verdict_word(how % VERDICT_COUNT), (how & 32) != 0 ? "1" : "0" };

	switch (request->op) {
	case REQUEST_FACTS:
		return send_facts(p, how);
	case REQUEST_QUESTION:
		return send_question(p, request, how);
	case REQUEST_SEED:
		return send_fields(p, seed, 2);
	case REQUEST_SEND:
		return send_sent(p, how);
	case REQUEST_SLOT:
		return send_fields(p, slot, 3);
	case REQUEST_TRY:
		return send_tried(p, request, how);
	case REQUEST_LOG:
		return send_fields(p, NULL, 0);
	case REQUEST_FINISH:
		return send_fields(p, end, 2);
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
	static const char *const answers[] = { "",        "",           "1",         "2",
					       "3",       "n",          "?",         "b",
					       "r",       "m",          "o",         "123456",
					       "654 321", "old boots",  "old boots", "server1",
					       "a@b.org", "yellow cat", "  ",        "9999999" };
	char packet[64];
	uint8_t byte;
	int len;

	if (!take_byte(p, &byte))
		return false;
	if (byte == UNASKED)
		return send_own(p, p->judge);
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
				{ .fd = p->judge, .events = POLLIN } };
	bool going = true;

	while (going) {
		must(poll(fds, 2, 60000) > 0, "nothing, for a minute");
		going = fds[0].revents == 0 || terminal(p);
		if (going && fds[1].revents != 0)
			going = judge(p);
	}
	close(p->terminal);
	close(p->judge);
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
	const struct session_arguments arguments = { .user = "alice", .columns = 80 };
	struct peers p = { .data = data, .left = size };
	struct session s;
	pthread_t thread;
	int ends[2], requests[2];

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
