/* The message on standard input, as JSON. */
#ifndef SSPR_DELIVER_MESSAGE_JSON_H
#define SSPR_DELIVER_MESSAGE_JSON_H

struct json_t;
struct secret;

/* The caller's, released by json_decref. NULL: it is not JSON as agreed, or no memory; logged. */
struct json_t *message_json(const struct secret *json);

#endif
