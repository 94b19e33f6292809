/*
 * Text encoded for the place where it stands: what is not known to be harmless there is written
 * otherwise.
 */
#include "deliver/escape.h"

#include <string.h>

#define UNRESERVED "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
#define HEX        "0123456789ABCDEF"

void
escape_url(struct draft *d, const char *text, size_t len)
{
	char three[3] = "%";
	size_t i;

	for (i = 0; i < len; i++) {
		if (memchr(UNRESERVED, text[i], strlen(UNRESERVED))) {
			draft_add(d, text + i, 1);
			continue;
		}
		three[1] = HEX[(unsigned char)text[i] >> 4];
		three[2] = HEX[(unsigned char)text[i] & 15];
		draft_add(d, three, sizeof(three));
	}
}

void
escape_json(struct draft *d, const char *text, size_t len)
{
	char six[] = { '\\', 'u', '0', '0', '0', '0' };
	unsigned char c;
	size_t i;

	for (i = 0; i < len; i++) {
		c = (unsigned char)text[i];
		if (c == '"' || c == '\\') {
			draft_add(d, "\\", 1);
			draft_add(d, text + i, 1);
		} else if (c == '\n') {
			draft_add(d, "\\n", 2);
		} else if (c < ' ' || c == 0x7f) {
			six[4] = HEX[c >> 4];
			six[5] = HEX[c & 15];
			draft_add(d, six, sizeof(six));
		} else {
			draft_add(d, text + i, 1);
		}
	}
}

void
escape_xml(struct draft *d, const char *text, size_t len)
{
	static const struct {
		char sign;
		const char *name;
	} names[] = { { '&', "&amp;" },
		      { '<', "&lt;" },
		      { '>', "&gt;" },
		      { '"', "&quot;" },
		      { '\'', "&apos;" } };
	size_t i, n;

	for (i = 0; i < len; i++) {
		for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
			if (text[i] == names[n].sign)
				break;
		if (n < sizeof(names) / sizeof(names[0]))
			draft_text(d, names[n].name);
		else if ((unsigned char)text[i] >= ' ' || text[i] == '\n' || text[i] == '\t')
			draft_add(d, text + i, 1);
	}
}

void
escape_header(struct draft *d, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		draft_add(d, (unsigned char)text[i] < ' ' || text[i] == 0x7f ? " " : text + i, 1);
}
