/*
 * The holder of a grant who sends anything: the input is a run of messages (a byte length, then so many bytes), the first of them the
 * choice, the others what PAM's conversation finds. What reaches PAM is a password that can be one.
 */
/* link: passwd/talk.c passwd/grant.c passwd/run.c passwd/tally.c passwd/outcome.c passwd/change.c passwd/account.c passwd/entry.c passwd/home.c passwd/fscrypt.c */
#include <fcntl.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "passwd/grant.h"
#include "passwd/talk.h"
#include "protocol/packet.h"
#include "text/normal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
always(void *arg)
{
	(void)arg;
	return true;
}

static void
check_choice(const uint8_t *data, size_t size)
{
	char text[256], lang[LANG_NAME_MAX + 1];

	memcpy(text, data, size);
	text[size] = '\0';
	(void)grant_choose(text, lang);
	if (strlen(lang) > LANG_NAME_MAX)
		abort();
}

/* One question. False: the talk has ended. */
static bool
ask(struct talk *t, int style, const char *text)
{
	const struct pam_message m = { .msg_style = style, .msg = text };
	const struct pam_message *all = &m;
	struct pam_response *r = NULL;

	talk_begin(t);
	if (talk_converse(1, &all, &r, t) != PAM_SUCCESS) {
		if (t->end == TALK_GOES_ON)
			abort();
		return false;
	}
	if (typed_check(r->resp, strlen(r->resp)) != TYPED_FINE && strlen(r->resp) > 0 &&
	    typed_check(r->resp, strlen(r->resp)) != TYPED_EMPTY)
		abort();
	free(r->resp);
	free(r);
	return true;
}

struct holder {
	int fd;
	const uint8_t *data;
	size_t size;
};

/* The next message; false: there is none. */
static bool
speak(struct holder *h)
{
	const size_t len = h->size == 0 ? 0 : h->data[0] < h->size - 1 ? h->data[0] : h->size - 1;

	if (len == 0 || send(h->fd, h->data + 1, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return false;
	h->data += 1 + len;
	h->size -= 1 + len;
	return true;
}

/* A message an answer. */
static void *
hold(void *arg)
{
	struct holder *h = arg;
	struct packet p;

	while (packet_receive(h->fd, &p, 5000) == PACKET_GOT)
		if ((p.type == PACKET_PROMPT_ECHO || p.type == PACKET_PROMPT_SECRET) && !speak(h))
			break;
	shutdown(h->fd, SHUT_RDWR);
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t len = size > 0 ? data[0] : 0;
	struct talk t = { .wait_ms = 5000, .may_go_on = always };
	struct holder h;
	pthread_t thread;
	int pair[2];

	if (size == 0 || len > size - 1)
		return 0;
	check_choice(data + 1, len);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		abort();
	h = (struct holder){ .fd = pair[0], .data = data + 1 + len, .size = size - 1 - len };
	t.fd = pair[1];
	t.turn = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (len % 2 == 1)
		(void)speak(&h); /* out of turn */
	if (pthread_create(&thread, NULL, hold, &h) != 0)
		abort();
	for (int i = 0; ask(&t, i % 3 == 2 ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF, "New: ");)
		i++;
	close(t.turn);
	shutdown(pair[1], SHUT_RDWR);
	pthread_join(thread, NULL);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
