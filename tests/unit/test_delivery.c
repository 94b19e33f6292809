/*
 * Deliveries: the message on stdin, the verdict of the exit code, the line in the log; so many at
 * a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "ssprd/delivery.h"
#include "tests/unit/program.h"
#include "text/log.h"

/* link: ssprd/delivery.c ssprd/child.c ssprd/loop.c */

static struct deliveries deliveries;
static char log_lines[4096];
static enum reason result;
static int done_count, done_wanted;
static bool all_done;

static void
keep_line(int priority, const char *text, void *arg)
{
	size_t len = strlen(log_lines);

	(void)priority;
	(void)arg;
	snprintf(log_lines + len, sizeof(log_lines) - len, "%s\n", text);
}

static void
done(enum reason reason, void *arg)
{
	(void)arg;
	result = reason;
	all_done = ++done_count >= done_wanted;
}

static int
set_up(void **state)
{
	(void)state;
	log_to(keep_line, NULL);
	log_lines[0] = '\0';
	done_count = 0;
	done_wanted = 1;
	all_done = false;
	if (program_set_up() < 0)
		return -1;
	deliveries = (struct deliveries){ .loop = loop,
					  .children = &children,
					  .config_file = "/etc/sspr/sspr.conf" };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	deliveries_stop(&deliveries);
	program_tear_down();
	return 0;
}

static struct delivery *
make(const char *text, int timeout)
{
	struct delivery_message m = { .to = "a@b.example",
				      .code = "123456",
				      .text = text,
				      .user = "alice",
				      .host = "desk",
				      .lang = "nl",
				      .id = "42" };
	struct delivery *d;

	assert_int_equal(delivery_new(&d, "email", &m, timeout, done, NULL), 0);
	return d;
}

/* Deliver by that script; the reason it came to. */
static enum reason
deliver(const char *lines, const char *text)
{
	deliveries.program = script(lines);
	delivery_start(&deliveries, make(text, 20));
	assert_int_equal(done_count, 0);
	turn_until(&all_done);
	return result;
}

static void
the_message_arrives_whole_as_json(void **state)
{
	json_t *j;

	(void)state;
	assert_int_equal(deliver("cat >$0.out", "Subject \"quoted\"\n\nBody \xc3\xa9\n"),
			 REASON_COUNT);
	j = json_load_file(scratch_path(&scratch, "program.out"), 0, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "to")), "a@b.example");
	assert_string_equal(json_string_value(json_object_get(j, "code")), "123456");
	assert_string_equal(json_string_value(json_object_get(j, "text")),
			    "Subject \"quoted\"\n\nBody \xc3\xa9\n");
	assert_string_equal(json_string_value(json_object_get(j, "user")), "alice");
	assert_string_equal(json_string_value(json_object_get(j, "host")), "desk");
	assert_string_equal(json_string_value(json_object_get(j, "lang")), "nl");
	assert_string_equal(json_string_value(json_object_get(j, "id")), "42");
	json_decref(j);
	assert_string_equal(log_lines, "");
}

static void
nothing_of_the_message_is_on_the_command_line(void **state)
{
	(void)state;
	deliver("cat >/dev/null; echo \"$*\" >$0.out", "text");
	assert_true(scratch_holds(scratch_path(&scratch, "program.out"),
				  "email -c /etc/sspr/sspr.conf\n", 29));
	assert_int_equal(scratch_size(scratch_path(&scratch, "program.out")), 29);
}

static void
an_administrators_program_is_run_in_place_of_ours(void **state)
{
	struct delivery_message m = { .to = "+4915112345678",
				      .code = "123456",
				      .text = "text",
				      .user = "alice",
				      .host = "desk",
				      .lang = "nl",
				      .id = "42" };
	struct delivery *d;
	json_t *j;

	(void)state;
	m.program = script("cat >$0.out; echo \"$*\" >$0.args");
	deliveries.program = "/nonexistent/sspr-deliver";
	assert_int_equal(delivery_new(&d, "sms", &m, 20, done, NULL), 0);
	delivery_start(&deliveries, d);
	turn_until(&all_done);
	assert_int_equal(result, REASON_COUNT);
	assert_true(scratch_holds(scratch_path(&scratch, "program.args"), "sms\n", 4));
	j = json_load_file(scratch_path(&scratch, "program.out"), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(j, "to")), "+4915112345678");
	assert_null(json_object_get(j, "program"));
	json_decref(j);
}

static void
the_exit_code_says_what_became_of_it(void **state)
{
	static const struct {
		const char *script;
		enum reason reason;
	} rows[] = {
		{ "exit 0", REASON_COUNT },        { "exit 75", REASON_LATER },
		{ "exit 69", REASON_BOUNCED },     { "exit 78", REASON_MISCONFIGURED },
		{ "exit 1", REASON_LATER },        { "exit 127", REASON_MISCONFIGURED },
		{ "kill -SEGV $$", REASON_LATER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		done_count = 0;
		all_done = false;
		assert_int_equal(deliver(rows[i].script, "text"), rows[i].reason);
	}
}

static void
its_one_line_goes_to_the_log_and_no_more(void **state)
{
	(void)state;
	deliver("cat >/dev/null; echo 'the server is away' >&2; echo second >&2; exit 75", "text");
	assert_non_null(strstr(log_lines, "later): the server is away"));
	assert_null(strstr(log_lines, "second"));
}

static void
a_flood_on_its_stderr_hurts_nobody(void **state)
{
	(void)state;
	assert_int_equal(
		deliver("cat >/dev/null; yes aaaaaaaaaaaaaaa | head -c 1000000 >&2; exit 69",
			"text"),
		REASON_BOUNCED);
	assert_true(strlen(log_lines) < 600);
}

static void
one_that_does_not_read_its_message_hurts_nobody(void **state)
{
	static char text[60000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(deliver("exec <&-; exit 69", text), REASON_BOUNCED);
}

static void
a_program_that_is_missing_is_a_mistake_of_the_installation(void **state)
{
	(void)state;
	deliveries.program = "/nonexistent/sspr-deliver";
	delivery_start(&deliveries, make("text", 20));
	turn_until(&all_done);
	assert_int_equal(result, REASON_MISCONFIGURED);
	assert_non_null(strstr(log_lines, "/nonexistent/sspr-deliver cannot be executed"));
}

static void
one_that_takes_too_long_is_killed(void **state)
{
	(void)state;
	deliveries.program = script("exec sleep 100");
	delivery_start(&deliveries, make("text", -DELIVERY_GRACE));
	turn_until(&all_done);
	assert_int_equal(result, REASON_LATER);
	assert_non_null(strstr(log_lines, "took over"));
}

static void
only_so_many_run_at_a_time_and_all_are_delivered(void **state)
{
	(void)state;
	done_wanted = 2 * DELIVERIES_MAX;
	deliveries.program = script("cat >/dev/null; exit 0");
	for (int i = 0; i < done_wanted; i++)
		delivery_start(&deliveries, make("text", 20));
	assert_int_equal(deliveries.running_count, DELIVERIES_MAX);
	assert_int_equal(deliveries.waiting_count, DELIVERIES_MAX);
	turn_until(&all_done);
	assert_int_equal(done_count, done_wanted);
	assert_int_equal(deliveries.running_count, 0);
	assert_int_equal(result, REASON_COUNT);
}

static void
a_full_row_says_later_at_once(void **state)
{
	(void)state;
	deliveries.program = script("exec sleep 100");
	for (int i = 0; i < DELIVERIES_MAX + DELIVERIES_WAITING_MAX; i++)
		delivery_start(&deliveries, make("text", 20));
	assert_int_equal(done_count, 0);
	delivery_start(&deliveries, make("text", 20));
	assert_int_equal(done_count, 1);
	assert_int_equal(result, REASON_LATER);
	deliveries_stop(&deliveries);
	assert_int_equal(done_count, 1 + DELIVERIES_MAX + DELIVERIES_WAITING_MAX);
}

static void
a_message_that_is_too_long_or_no_utf8_is_not_made(void **state)
{
	static char text[DELIVERY_JSON_MAX + 1];
	struct delivery_message m = { .to = "a@b.example",
				      .text = text,
				      .user = "alice",
				      .host = "desk",
				      .lang = "",
				      .id = "42" };
	struct delivery *d = NULL;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_true(delivery_new(&d, "email", &m, 20, done, NULL) < 0);
	m.text = "\xff\xfe";
	assert_true(delivery_new(&d, "email", &m, 20, done, NULL) < 0);
	assert_null(d);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_message_arrives_whole_as_json),
		TEST(nothing_of_the_message_is_on_the_command_line),
		TEST(an_administrators_program_is_run_in_place_of_ours),
		TEST(the_exit_code_says_what_became_of_it),
		TEST(its_one_line_goes_to_the_log_and_no_more),
		TEST(a_flood_on_its_stderr_hurts_nobody),
		TEST(one_that_does_not_read_its_message_hurts_nobody),
		TEST(a_program_that_is_missing_is_a_mistake_of_the_installation),
		TEST(one_that_takes_too_long_is_killed),
		TEST(only_so_many_run_at_a_time_and_all_are_delivered),
		TEST(a_full_row_says_later_at_once),
		TEST(a_message_that_is_too_long_or_no_utf8_is_not_made),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
