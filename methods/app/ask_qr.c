/*
 * QR codes, by libqrencode; the only use of it. A code is dark on a light ground. Nobody can ask a terminal for its colours, so
 * characters are first taken as light, as on a console, and as dark where the user says that it could not be read.
 * The error correction is the least (L), since a screen has no scratches; the quiet zone is two modules wide, half of what paper
 * needs, so that the picture fits 24 lines.
 */
#include "methods/app/ask_qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define QUIET        2
#define BYTES_A_CELL 3 /* of a half block in UTF-8 */

/* Is this module dark? Outside of the code is light. */
static bool
dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return (code->data[y * code->width + x] & 1) != 0;
}

/* A module above, one below, each shown (in the colour of characters) or not. */
static const char *
cell(bool above, bool below)
{
	static const char *const cells[2][2] = { { " ", "\u2584" }, { "\u2580", "\u2588" } };

	return cells[above][below];
}

/* out has room for every cell at its widest. */
static size_t
draw(const QRcode *code, bool inverted, char *out)
{
	int end = code->width + QUIET;
	size_t len = 0;

	for (int y = -QUIET; y < end; y += 2) {
		if (len > 0)
			out[len++] = '\n';
		for (int x = -QUIET; x < end; x++) {
			const char *c = cell(dark(code, x, y) == inverted,
					     y + 1 < end && dark(code, x, y + 1) == inverted);
			size_t bytes = strlen(c);

			memcpy(out + len, c, bytes);
			len += bytes;
		}
	}
	return len;
}

static int
draw_into(const QRcode *code, bool inverted, size_t size, struct secret *picture)
{
	size_t side = (size_t)code->width + 2 * QUIET;
	struct secret all = { 0 };
	int r = secret_room(&all, (side + 1) / 2 * (side * BYTES_A_CELL + 1));
	size_t len;

	if (r < 0)
		return r;
	len = draw(code, inverted, (char *)all.data);
	r = len > size ? QR_LONG : secret_set(picture, all.data, len);
	secret_done(&all);
	return r;
}

int
qr_draw(const struct secret *text, bool inverted, int *columns, size_t size, struct secret *picture)
{
	QRcode *code;
	int r;

	secret_done(picture);
	code = QRcode_encodeString8bit(secret_text(text), 0, QR_ECLEVEL_L);
	if (code == NULL)
		return errno == ENOMEM ? -ENOMEM : QR_LONG;
	r = draw_into(code, inverted, size, picture);
	if (r == QR_DRAWN && code->width + 2 * QUIET >= *columns) {
		*columns = code->width + 2 * QUIET + 1;
		secret_done(picture);
		r = QR_WIDE;
	}
	explicit_bzero(code->data, (size_t)code->width * (size_t)code->width);
	QRcode_free(code);
	return r;
}
