/* Cleaning and wrapping: one pass over the text; a line that gets too wide is broken at its last blank. */
#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "session/layout.h"

struct line {
	int width;    /* columns so far */
	bool begun;   /* something but blanks stands on it */
	bool broken;  /* has it a blank to break at? */
	size_t blank; /* where in out */
	int before;   /* columns up to and with that blank */
};

/* Marks that turn the direction of what follows: with them a text can be made to look like another. */
static bool
turns(wchar_t character)
{
	return character == 0x061C || (character >= 0x200E && character <= 0x200F) ||
	       (character >= 0x202A && character <= 0x202E) ||
	       (character >= 0x2066 && character <= 0x2069);
}

/* The next character: its bytes in *len, its columns as answer. What may not be shown is one "?". */
static int
next_character(const char *text, size_t left, const char **shown, size_t *used, size_t *len)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t got = mbrtowc(&character, text, left, &state);
	int width;

	*shown = "?";
	*len = *used = 1;
	if (got == 0 || got > left)
		return 1;
	*used = got;
	width = wcwidth(character);
	if (width < 0 || turns(character))
		return 1;
	*shown = text;
	*len = got;
	return width;
}

static void
place(struct line *l, char *out, size_t at, bool blank, int width, int limit)
{
	l->width += width;
	l->begun = l->begun || !blank;
	if (blank && l->begun) {
		l->broken = true;
		l->blank = at;
		l->before = l->width;
	} else if (l->width > limit && l->broken) {
		out[l->blank] = '\n';
		l->width -= l->before;
		l->broken = false;
	}
}

size_t
layout(const char *text, int columns, char *out, size_t size)
{
	struct line line = { 0 };
	size_t left = strlen(text), len = 0;

	while (left > 0) {
		const char *shown = text;
		size_t used = 1, bytes = 1;
		int width = 0;

		if (*text == '\n')
			line = (struct line){ 0 };
		else
			width = next_character(text, left, &shown, &used, &bytes);
		if (len + bytes >= size)
			break;
		memcpy(out + len, shown, bytes);
		if (*text != '\n')
			place(&line, out, len, *text == ' ', width, columns - 1);
		len += bytes;
		text += used;
		left -= used;
	}
	out[len] = '\0';
	return len;
}
