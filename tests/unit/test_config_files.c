/*
 * The configuration as files: sspr.conf, its drop-ins and their order, and files that are none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/core/config.h"
#include "tests/unit/scratch.h"

/* A folder with "c" and "c.d". */
struct files {
	struct scratch outer, drop_ins;
	char main[PATH_MAX];
};

static int
set_up(void **state)
{
	struct files *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f || scratch_make(&f->outer) < 0)
		return -1;
	snprintf(f->main, sizeof(f->main), "%s/c", f->outer.folder);
	snprintf(f->drop_ins.folder, sizeof(f->drop_ins.folder), "%.40s/c.d", f->outer.folder);
	return mkdir(f->drop_ins.folder, 0700);
}

static int
tear_down(void **state)
{
	struct files *f = *state;

	scratch_remove(&f->drop_ins);
	scratch_remove(&f->outer);
	free(f);
	return 0;
}

static void
put(const char *path, const char *text)
{
	assert_int_equal(scratch_write(path, 0, text, strlen(text)), 0);
}

static struct config *
read_good(const struct files *f)
{
	struct config_errors errors;
	struct config *config;

	assert_int_equal(config_read(f->main, &config, &errors), CONFIG_GOOD);
	assert_int_equal(errors.count, 0);
	config_errors_done(&errors);
	return config;
}

/* The first error is told at that file, below the test's folder, and line. */
static void
assert_first_error(const struct files *f, const char *name, int line, const char *text)
{
	struct config_errors errors;
	struct config *config;

	assert_int_equal(config_read(f->main, &config, &errors), CONFIG_WRONG);
	assert_null(config);
	assert_true(errors.count >= 1);
	assert_string_equal(errors.list[0].file + strlen(f->outer.folder) + 1, name);
	assert_int_equal(errors.list[0].line, line);
	assert_string_equal(errors.list[0].text, text);
	config_errors_done(&errors);
}

static void
an_absent_file_is_an_error_and_an_absent_folder_is_not(void **state)
{
	struct files *f = *state;

	assert_first_error(f, "c", 0, "cannot be opened: No such file or directory");
	put(f->main, "");
	assert_int_equal(rmdir(f->drop_ins.folder), 0);
	config_free(read_good(f));
}

static void
drop_ins_are_read_in_order_of_their_names_and_replace(void **state)
{
	struct files *f = *state;
	struct config *c;

	put(f->main, "[codes]\ndigits = 6\ntries = 1\n[sms]\nheader.X = main\n"
		     "[registration]\nexclude = alice bob\n");
	put(scratch_path(&f->drop_ins, "20.conf"), "[codes]\ndigits = 8\n[sms]\nheader.X = last\n");
	put(scratch_path(&f->drop_ins, "10.conf"),
	    "[codes]\ndigits = 7\nlifetime = 60\n[sms]\nheader.X = first\n"
	    "[registration]\nexclude = carol\n");
	c = read_good(f);
	assert_int_equal(c->codes.digits, 8);
	assert_int_equal(c->codes.tries, 1);
	assert_int_equal(c->codes.lifetime, 60);
	assert_int_equal(c->sms.pair_count, 1);
	assert_string_equal(c->sms.pairs[0].value, "last");
	assert_int_equal(c->registration.exclude.count, 1);
	assert_string_equal(c->registration.exclude.names[0], "carol");
	config_free(c);
}

static void
only_names_that_end_in_conf_are_drop_ins(void **state)
{
	struct files *f = *state;

	put(f->main, "");
	put(scratch_path(&f->drop_ins, "a.conf~"), "wrong");
	put(scratch_path(&f->drop_ins, "a.conf.dpkg-old"), "wrong");
	put(scratch_path(&f->drop_ins, ".conf"), "wrong");
	put(scratch_path(&f->drop_ins, ".a.conf"), "wrong");
	put(scratch_path(&f->drop_ins, "README"), "wrong");
	config_free(read_good(f));
	put(scratch_path(&f->drop_ins, "b.conf"), "wrong");
	assert_first_error(f, "c.d/b.conf", 1, "this is neither [section] nor key = value");
	unlink(scratch_path(&f->drop_ins, ".conf"));
	unlink(scratch_path(&f->drop_ins, ".a.conf"));
}

static void
a_section_ends_with_its_file(void **state)
{
	struct files *f = *state;

	put(f->main, "[codes]\n");
	put(scratch_path(&f->drop_ins, "a.conf"), "digits = 7\n");
	assert_first_error(f, "c.d/a.conf", 1, "\"digits\" stands before any [section]");
}

static void
a_rule_is_told_at_the_file_that_broke_it(void **state)
{
	struct files *f = *state;

	put(f->main, "[registration]\nmethods_required = 2\n");
	put(scratch_path(&f->drop_ins, "a.conf"), "\n[registration]\nmethods_required = 6\n");
	assert_first_error(f, "c.d/a.conf", 3,
			   "methods_required is 6, but this policy can offer 2: app questions");
}

static void
errors_of_all_files_are_told(void **state)
{
	struct files *f = *state;
	struct config_errors errors;
	struct config *config;

	put(f->main, "x\n");
	put(scratch_path(&f->drop_ins, "a.conf"), "[y]\n");
	put(scratch_path(&f->drop_ins, "b.conf"), "[codes]\ntries = 0\n");
	assert_int_equal(config_read(f->main, &config, &errors), CONFIG_WRONG);
	assert_int_equal(errors.count, 3);
	assert_string_equal(errors.list[2].text, "tries: 0 is not within 1-10");
	config_errors_done(&errors);
}

static void
what_is_not_a_regular_file_is_refused_without_waiting(void **state)
{
	struct files *f = *state;

	assert_int_equal(mkfifo(f->main, 0600), 0);
	assert_first_error(f, "c", 0, "this is not a regular file");
	unlink(f->main);
	put(f->main, "");
	assert_int_equal(mkfifo(scratch_path(&f->drop_ins, "a.conf"), 0600), 0);
	assert_first_error(f, "c.d/a.conf", 0, "this is not a regular file");
}

static void
a_folder_of_drop_ins_that_is_none_is_refused(void **state)
{
	struct files *f = *state;

	put(f->main, "");
	assert_int_equal(rmdir(f->drop_ins.folder), 0);
	put(scratch_path(&f->outer, "c.d"), "");
	assert_first_error(f, "c.d", 0, "cannot be opened: Not a directory");
}

static void
a_file_is_read_up_to_its_limit(void **state)
{
	struct files *f = *state;

	put(f->main, "[codes]\n");
	assert_int_equal(truncate(f->main, CONFIG_FILE_MAX), 0);
	assert_first_error(f, "c", 2, "the line is longer than 4096 bytes");
	assert_int_equal(truncate(f->main, CONFIG_FILE_MAX + 1), 0);
	assert_first_error(f, "c", 0, "the file is longer than 262144 bytes");
}

static void
more_drop_ins_than_the_limit_are_refused(void **state)
{
	struct files *f = *state;
	char name[32];
	int i;

	put(f->main, "");
	for (i = 0; i < CONFIG_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%02d.conf", i);
		put(scratch_path(&f->drop_ins, name), "[codes]\n");
	}
	config_free(read_good(f));
	put(scratch_path(&f->drop_ins, "x.conf"), "");
	assert_first_error(f, "c.d", 0, "there are more than 64 files");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(an_absent_file_is_an_error_and_an_absent_folder_is_not),
		T(drop_ins_are_read_in_order_of_their_names_and_replace),
		T(only_names_that_end_in_conf_are_drop_ins),
		T(a_section_ends_with_its_file),
		T(a_rule_is_told_at_the_file_that_broke_it),
		T(errors_of_all_files_are_told),
		T(what_is_not_a_regular_file_is_refused_without_waiting),
		T(a_folder_of_drop_ins_that_is_none_is_refused),
		T(a_file_is_read_up_to_its_limit),
		T(more_drop_ins_than_the_limit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
