/*
 * The kinds of single values: what is permitted, and how it is kept. Nothing is rounded, cut or guessed.
 */
#include "ssprd/core/config_options.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ssprd/core/config_url.h"
#include "text/address.h"

#define DIGITS "0123456789"

int
option_refuse(char **why, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(why, format, args);
	va_end(args);
	if (n >= 0)
		return 1;
	*why = NULL;
	return -ENOMEM;
}

static void *
place_of(struct config *config, const struct option *option)
{
	return (char *)config + option->place;
}

void
option_clear_text(void *place)
{
	char **text = place;

	free(*text);
	*text = NULL;
}

int
option_set_text(struct config *config, const struct option *option, const char *text)
{
	char **place = place_of(config, option);
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*place);
	*place = copy;
	return 0;
}

/* The position of the word among the choices, or -1. */
static int
choice_index(const char *choices, const char *word)
{
	size_t len = strlen(word), n;
	int i;

	for (i = 0; len > 0; i++) {
		n = strcspn(choices, ",");
		if (n == len && memcmp(choices, word, n) == 0)
			return i;
		if (choices[n] == '\0')
			break;
		choices += n + strlen(", ");
	}
	return -1;
}

static int
refuse_choice(const struct option *o, const struct option_value *v, char **why)
{
	return option_refuse(why, "\"%s\" is none of: %s", v->text, o->choices);
}

static int
put_choice(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	int i = choice_index(o->choices, v->text);

	if (i < 0)
		return refuse_choice(o, v, why);
	/* The enums of struct config have the size of an int. */
	memcpy(place_of(config, o), &i, sizeof(i));
	return 0;
}
_Static_assert(sizeof(enum enforce) == sizeof(int) && sizeof(enum local_or_never) == sizeof(int),
	       "put_choice writes an int");

static int
put_yes_no(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	int i = choice_index(o->choices, v->text);

	if (i < 0)
		return refuse_choice(o, v, why);
	*(bool *)place_of(config, o) = i == 1;
	return 0;
}

static int
take_number(const struct option *o, const struct option_value *v, int64_t *number, char **why)
{
	size_t i, n = strspn(v->text, DIGITS);

	if (n == 0 || v->text[n] != '\0')
		return option_refuse(why, "\"%s\" is not a whole number", v->text);
	*number = 0;
	for (i = 0; i < n && *number <= o->max; i++)
		*number = *number * 10 + (v->text[i] - '0');
	if (*number < o->min || *number > o->max)
		return option_refuse(why, "%s is not within %" PRId64 "-%" PRId64, v->text, o->min,
				     o->max);
	return 0;
}

static int
put_int(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	int64_t number = 0;
	int r = take_number(o, v, &number, why);

	if (r == 0)
		*(int *)place_of(config, o) = (int)number;
	return r;
}

static int
put_id(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	int64_t number = 0;
	int r = take_number(o, v, &number, why);

	if (r == 0)
		*(int64_t *)place_of(config, o) = number;
	return r;
}

/* YYYY-MM-DD, a day that exists. */
static bool
take_date(const char *text, struct tm *day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, mday, leap;
	size_t i;

	for (i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !text[i] || !strchr(DIGITS, text[i]))
			return false;
	if (text[10] != '\0')
		return false;
	year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] -
	       '0';
	month = (text[5] - '0') * 10 + text[6] - '0';
	mday = (text[8] - '0') * 10 + text[9] - '0';
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (year < 1970 || month < 1 || month > 12 || mday < 1 ||
	    mday > lengths[month - 1] + (month == 2 ? leap : 0))
		return false;
	day->tm_year = year - 1900;
	day->tm_mon = month - 1;
	day->tm_mday = mday;
	return true;
}

/* The first second of the day: some zones set their clocks at midnight, and then that hour is missing. */
static int64_t
day_start(const struct tm *day)
{
	struct tm guess, got;
	time_t t = 0;
	int hour;

	for (hour = 0; hour < 4; hour++) {
		guess = *day;
		guess.tm_hour = hour;
		guess.tm_isdst = -1;
		t = mktime(&guess);
		if (localtime_r(&t, &got) && got.tm_mday == day->tm_mday)
			break;
	}
	return t;
}

static int
put_date(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	int64_t *place = place_of(config, o);
	struct tm day = { 0 };

	if (v->text[0] == '\0') {
		*place = 0;
		return 0;
	}
	if (!take_date(v->text, &day))
		return option_refuse(why, "\"%s\" is not a date like 2027-01-31", v->text);
	*place = day_start(&day);
	return 0;
}

static int
put_text(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	size_t len = strlen(v->text);

	if (len < (size_t)o->min)
		return option_refuse(why, "it must not be empty");
	if (o->max > 0 && len > (size_t)o->max)
		return option_refuse(why, "it has %zu bytes, at most %" PRId64 " fit", len, o->max);
	return option_set_text(config, o, v->text);
}

static int
put_word(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	if (v->text[0] && choice_index(o->choices, v->text) < 0)
		return refuse_choice(o, v, why);
	return option_set_text(config, o, v->text);
}

static int
put_path(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	if (v->text[0] && v->text[0] != '/')
		return option_refuse(why, "\"%s\" is not an absolute path", v->text);
	if (strlen(v->text) >= PATH_MAX)
		return option_refuse(why, "the path is too long");
	return put_text(config, o, v, why);
}

static int
put_address(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	char wire[ADDRESS_MAX + 1] = "";

	if (v->text[0] && address_parse(v->text, strlen(v->text), wire) != ADDRESS_FINE)
		return option_refuse(why, "\"%s\" is not an address like name@example.org",
				     v->text);
	return option_set_text(config, o, wire);
}

/* What is wrong is not shown: it may be a password. */
static int
refuse_url(enum url_result result, const char *shape, char **why)
{
	if (result == URL_LOGIN)
		return option_refuse(why, "a login does not belong into the URL");
	return option_refuse(why, "it is not a URL like %s", shape);
}

static int
put_mail_url(struct config *config, const struct option *o, const struct option_value *v,
	     char **why)
{
	static const char shape[] = "smtp://mail.example.org:587 or smtps://mail.example.org";
	enum url_result result;
	struct url u;

	if (v->text[0] == '\0')
		return option_set_text(config, o, "");
	result = url_parse(v->text, &u);
	if (result != URL_FINE)
		return refuse_url(result, shape, why);
	if ((strcmp(u.scheme, "smtp") != 0 && strcmp(u.scheme, "smtps") != 0) ||
	    (u.rest[0] && strcmp(u.rest, "/") != 0))
		return refuse_url(URL_SYNTAX, shape, why);
	return option_set_text(config, o, v->text);
}

static int
put_web_url(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	static const char shape[] = "https://gateway.example.org/path";
	enum url_result result;
	struct url u;

	if (v->text[0] == '\0')
		return option_set_text(config, o, "");
	result = url_parse(v->text, &u);
	if (result != URL_FINE)
		return refuse_url(result, shape, why);
	if (strcmp(u.scheme, "http") == 0 && !url_is_loopback(&u))
		return option_refuse(why, "http is for this host only; use https");
	if (strcmp(u.scheme, "http") != 0 && strcmp(u.scheme, "https") != 0)
		return refuse_url(URL_SYNTAX, shape, why);
	return option_set_text(config, o, v->text);
}

const struct option_kind kind_choice = { .put = put_choice };
const struct option_kind kind_yes_no = { .put = put_yes_no };
const struct option_kind kind_int = { .number = true, .put = put_int };
const struct option_kind kind_id = { .number = true, .put = put_id };
const struct option_kind kind_date = { .put = put_date };
const struct option_kind kind_text = { .put = put_text, .clear = option_clear_text };
const struct option_kind kind_word = { .put = put_word, .clear = option_clear_text };
const struct option_kind kind_path = { .put = put_path, .clear = option_clear_text };
const struct option_kind kind_address = { .put = put_address, .clear = option_clear_text };
const struct option_kind kind_mail_url = { .put = put_mail_url, .clear = option_clear_text };
const struct option_kind kind_web_url = { .put = put_web_url, .clear = option_clear_text };
