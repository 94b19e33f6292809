/*
 * What the daemon answered, as JSON: dictionaries become objects, numbers and texts themselves,
 * bytes a text in which each byte that is not UTF-8 stands as \xNN.
 */
#ifndef SSPRCTL_DECODE_H
#define SSPRCTL_DECODE_H

struct DBusMessage;
struct json_t;

#define DECODE_DEPTH_MAX 8

/*
 * All arguments of the reply, as an array. NULL: out of memory, nested deeper than
 * DECODE_DEPTH_MAX, or of a type that the Admin interface does not have.
 */
struct json_t *decode_reply(struct DBusMessage *reply);

#endif
