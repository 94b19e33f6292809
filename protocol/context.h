/*
 * What the daemon is told about a login, written into a call: the a{sv} of Check, Converse and
 * Simulate.
 */
#ifndef SSPR_PROTOCOL_CONTEXT_H
#define SSPR_PROTOCOL_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

struct DBusMessageIter;
struct client_context;

/*
 * Append text (its first `most` bytes) as an array of bytes: a string of D-Bus must be UTF-8, or
 * libdbus ends the process. False: no memory; the message is then good for nothing.
 */
bool context_append_bytes(struct DBusMessageIter *to, const char *text, size_t most);

/* Append the context. False: no memory. */
bool context_append(struct DBusMessageIter *to, const struct client_context *context);

#endif
