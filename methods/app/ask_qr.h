/* An address as a QR code, drawn in characters: half blocks, two rows a line, never a colour. */
#ifndef SSPR_METHODS_APP_ASK_QR_H
#define SSPR_METHODS_APP_ASK_QR_H

#include <stdbool.h>
#include <stddef.h>

#include "text/secret.h"

enum qr {
	QR_DRAWN = 0,
	QR_WIDE, /* wider than the terminal: *columns says how many it needs */
	QR_LONG, /* more than size bytes, or more than a QR code holds */
};

/*
 * Draw text, in lines parted by '\n' that are narrower than *columns, at most size bytes. inverted: for terminals that show dark
 * characters on a light ground. picture is the owner's to wipe, and empty unless QR_DRAWN. -ENOMEM.
 */
int qr_draw(const struct secret *text, bool inverted, int *columns, size_t size,
	    struct secret *picture);

#endif
