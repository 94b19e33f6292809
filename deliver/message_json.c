/* One way of reading it for every kind of message: strings without NUL, no key twice, nothing of it in the log. */
#include "deliver/message_json.h"

#include <jansson.h>
#include <string.h>

#include "text/log.h"
#include "text/secret.h"

json_t *
message_json(const struct secret *json)
{
	json_error_t error;
	json_t *root;

	/*
	 * Without JSON_ALLOW_NUL a string ends where C thinks it ends; jansson refuses bad UTF-8 by
	 * itself.
	 */
	root = json_loadb(secret_text(json), json->len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		/* Where it is broken, but not jansson's words: they quote the text near it. */
		log_error("the message is not JSON as agreed (byte %d)", error.position);
		explicit_bzero(&error, sizeof(error));
	}
	return root;
}
