/*
 * Packets of a session that lies: the input is a run of messages (a byte length, then so many bytes), which the
 * terminal shows and answers until it has enough. Nothing that is not plain UTF-8 may reach the host.
 */
/* link: pam_sspr/terminal.c pam_sspr/plain.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pam_sspr/plain.h"
#include "pam_sspr/terminal.h"
#include "protocol/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Answers as hosts do: nothing, an error, empty, and too much, by what is asked. */
static int
conv(int count, const struct pam_message **messages, struct pam_response **response, void *arg)
{
	const char *text = messages[0]->msg;
	const size_t len = strlen(text);

	(void)arg;
	if (count != 1 || !text_is_plain(text, len) || len > PACKET_TEXT_MAX)
		abort();
	*response = NULL;
	if (messages[0]->msg_style == PAM_TEXT_INFO || messages[0]->msg_style == PAM_ERROR_MSG ||
	    len % 4 == 0)
		return PAM_SUCCESS;
	if (len % 4 == 1)
		return PAM_CONV_ERR;
	*response = calloc(1, sizeof(**response));
	if (*response != NULL)
		(*response)->resp = len % 4 == 2 ? strdup("") : calloc(1, 1000);
	if (*response != NULL && (*response)->resp != NULL && len % 4 == 3)
		memset((*response)->resp, 'a', 999);
	return PAM_SUCCESS;
}

static void
queue_messages(int fd, const uint8_t *data, size_t size)
{
	size_t len;

	while (size > 0) {
		len = data[0];
		data++;
		size--;
		if (len > size)
			len = size;
		if (send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return;
		data += len;
		size -= len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pam_conv host = { .conv = conv };
	const struct terminal t = { .conv = &host, .interactive = size % 8 != 0, .silence_ms = 0 };
	enum verdict verdict = VERDICT_COUNT;
	const char *problem;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		abort();
	queue_messages(pair[0], data, size);
	if (size % 2 == 0)
		shutdown(pair[0], SHUT_WR);
	problem = terminal_run(&t, pair[1], &verdict);
	if ((problem == NULL) != ((unsigned int)verdict < VERDICT_COUNT))
		abort();
	close(pair[0]);
	close(pair[1]);
	return 0;
}
