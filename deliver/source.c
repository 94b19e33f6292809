/*
 * What a delivery reads from disk. Lines about it name the file, and nothing of what stands in it.
 */
#include "deliver/source.h"

#include <errno.h>
#include <string.h>

#include "deliver/file.h"
#include "deliver/line.h"
#include "text/log.h"

#define SECRET_MODE 0640
#define PUBLIC_MODE 0755

/* The first mistake; `ssprctl policy check` says them all. */
static enum delivery
judge_config(int result, const char *file, const struct config_errors *errors)
{
	if (result == CONFIG_GOOD)
		return DELIVERY_SENT;
	if (errors->count == 0)
		log_error("%s cannot be read", file);
	else
		log_error("%s:%d: %s", errors->list[0].file, errors->list[0].line,
			  errors->list[0].text);
	return DELIVERY_MISCONFIGURED;
}

enum delivery
source_config(const char *file, struct config **config)
{
	struct config_errors errors = { 0 };
	enum delivery d;

	d = judge_config(config_read(file, config, &errors), file, &errors);
	config_errors_done(&errors);
	return d;
}

static enum delivery
read_public(const char *path, size_t max, struct secret *out)
{
	int r = file_read(path, max, PUBLIC_MODE, out);

	if (r == 0)
		return DELIVERY_SENT;
	if (r == -EACCES)
		log_error("%s cannot be read, or others than root can change it", path);
	else
		log_error("%s: %s", path, strerror(-r));
	return DELIVERY_MISCONFIGURED;
}

enum delivery
source_piece(const char *path, struct config **config)
{
	struct config_errors errors = { 0 };
	struct secret text = { 0 };
	enum delivery d;

	d = read_public(path, CONFIG_FILE_MAX, &text);
	if (d == DELIVERY_SENT)
		d = judge_config(config_parse(path, secret_text(&text), text.len, config, &errors),
				 path, &errors);
	config_errors_done(&errors);
	secret_done(&text);
	return d;
}

/* The line end that an editor leaves is no part of the secret. */
static void
cut_line_end(struct secret *s)
{
	if (s->len > 0 && s->data[s->len - 1] == '\n')
		s->data[--s->len] = '\0';
	if (s->len > 0 && s->data[s->len - 1] == '\r')
		s->data[--s->len] = '\0';
}

enum delivery
source_secret(const char *path, size_t max, struct secret *out)
{
	int r = file_read(path, max, SECRET_MODE, out);

	if (r == -EACCES) {
		log_error("%s cannot be read, or more than its owner and group can (mode 0640 is "
			  "the most)",
			  path);
		return DELIVERY_MISCONFIGURED;
	}
	if (r < 0) {
		log_error("%s: %s", path, strerror(-r));
		return DELIVERY_MISCONFIGURED;
	}
	cut_line_end(out);
	if (out->len > 0 && strlen(secret_text(out)) == out->len && line_is_plain(secret_text(out)))
		return DELIVERY_SENT;
	log_error("%s does not hold a password alone on one line", path);
	return DELIVERY_MISCONFIGURED;
}

enum delivery
source_certificates(const char *path, struct secret *out)
{
	enum delivery d = read_public(path, SOURCE_CA_MAX, out);

	if (d != DELIVERY_SENT || strstr(secret_text(out), "-----BEGIN "))
		return d;
	log_error("%s holds no certificate", path);
	return DELIVERY_MISCONFIGURED;
}
