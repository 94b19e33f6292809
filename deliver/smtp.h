/*
 * The conversation with the mail server, by libcurl.
 */
#ifndef SSPR_DELIVER_SMTP_H
#define SSPR_DELIVER_SMTP_H

#include <stdint.h>

#include "deliver/delivery.h"
#include "deliver/gateway.h"
#include "deliver/letter.h"
#include "text/secret.h"

struct smtp;

/*
 * Prepare libcurl and TLS for this server, before the sandbox: what they read from disk is read
 * here. g and its secrets must live as long as the result. NULL: out of memory.
 */
struct smtp *smtp_new(const struct gateway *g);

/*
 * Hand the mail to the server, within left_ms. DELIVERY_SENT: the server took it. Other answers
 * were logged, with the server's reply code, never with its words (they quote the address).
 */
enum delivery
smtp_send(struct smtp *s, const struct letter *letter, const struct secret *mail, int64_t left_ms);

/* Says QUIT where a connection stands, which may wait for the server. NULL is fine. */
void smtp_free(struct smtp *s);

#endif
