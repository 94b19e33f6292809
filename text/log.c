/*
 * The log. One line a call, made safe for a terminal and for the journal (which shows a line with
 * control characters or broken UTF-8 as "blob data"), then given to the one place where lines go.
 */
#include "text/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <utf8proc.h>

static struct {
	const char *program;
	bool to_stderr;
	void (*line)(int priority, const char *text, void *arg);
	void *arg;
} where = { .program = "sspr" };

void
log_open(const char *program)
{
	where.program = program;
	/* Connected now: a sandbox that comes later permits no new socket. */
	openlog(program, LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

void
log_to_stderr(void)
{
	where.to_stderr = true;
}

void
log_to(void (*line)(int priority, const char *text, void *arg), void *arg)
{
	where.line = line;
	where.arg = arg;
}

/* The bytes of a character that can be shown, or 0. */
static size_t
shown_length(const char *at, size_t len)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	n = utf8proc_iterate((const utf8proc_uint8_t *)at, (utf8proc_ssize_t)len, &c);
	if (n <= 0 || utf8proc_category(c) == UTF8PROC_CATEGORY_CC)
		return 0;
	return (size_t)n;
}

static void
make_showable(char *text)
{
	size_t i = 0, n, len = strlen(text);

	while (i < len) {
		n = shown_length(text + i, len - i);
		if (n == 0)
			text[i] = '?';
		i += n ? n : 1;
	}
}

static void
emit(int priority, const char *text)
{
	if (where.line)
		where.line(priority, text, where.arg);
	else if (where.to_stderr)
		dprintf(STDERR_FILENO, "%s: %s\n", where.program, text);
	else
		syslog(LOG_AUTHPRIV | priority, "%s", text);
}

static void __attribute__((format(printf, 2, 0)))
log_line(int priority, const char *format, va_list args)
{
	char text[LOG_LINE_MAX + 1];
	int saved = errno;
	int n;

	n = vsnprintf(text, sizeof(text), format, args);
	if (n < 0)
		(void)snprintf(text, sizeof(text), "a line that cannot be formatted");
	else if ((size_t)n >= sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	make_showable(text);
	emit(priority, text);
	errno = saved;
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_ERR, format, args);
	va_end(args);
}

void
log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_WARNING, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_INFO, format, args);
	va_end(args);
}
