/*
 * The module as libpam loads it, a real bus of the test's own beside it, and all that is logged. Included once by such a
 * test, which links tests/unit/fakebus.c.
 */
#ifndef SSPR_TESTS_UNIT_MODULE_FIXTURE_H
#define SSPR_TESTS_UNIT_MODULE_FIXTURE_H

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/fakebus.h"

#define SOMEBODY "daemon" /* every Debian has it, and it is not root */
#define NO_BUS   "bus=unix:path=/nonexistent/bus"
#define TEXT_MAX 8192

static struct fakebus bus;
static struct fakeservice service;
static char folder[64];
static char module_path[PATH_MAX + 64];
static char bus_argument[160];
static void *module;
static char shown[TEXT_MAX], logged[TEXT_MAX];
static int log_lines; /* but for those of level debug */

/* libpam's log lines end here: the program's own syslog is found before the C library's. */
static void __attribute__((format(printf, 2, 0)))
take_line(int priority, const char *format, va_list args)
{
	const size_t len = strlen(logged);

	vsnprintf(logged + len, sizeof(logged) - len, format, args);
	snprintf(logged + strlen(logged), sizeof(logged) - strlen(logged), "\n");
	log_lines += (priority & 7) != 7;
}

void syslog(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void
__syslog_chk(int priority, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));

void
syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	take_line(priority, format, args);
	va_end(args);
}

void
__syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	take_line(priority, format, args);
	va_end(args);
}

static const char *
inside(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* The module stands beside the tests: build/tests/module and build/tests/unit. */
static int
module_load(void **state)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	if (n <= 0)
		return -1;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(module_path, sizeof(module_path), "%s/../module/pam_sspr.so", self);
	module = dlopen(module_path, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		print_error("%s\n", dlerror());
	return module == NULL ? -1 : 0;
}

static int
module_unload(void **state)
{
	(void)state;
	return dlclose(module);
}

static int
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		return -1;
	fputs(text, file);
	return fclose(file);
}

/* A folder for the stacks, and a bus. */
static int
module_set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/sspr-unit-XXXXXX");
	if (mkdtemp(folder) == NULL || fakebus_start(&bus, "") < 0)
		return -1;
	snprintf(bus_argument, sizeof(bus_argument), "bus=%s", bus.address);
	return 0;
}

static int
module_tear_down(void)
{
	static const char *const stacks[] = { "login", "sshd", "su", "cron", "other" };

	fakeservice_finish(&service);
	fakebus_stop(&bus);
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++)
		unlink(inside(stacks[i]));
	return rmdir(folder);
}

static void
serve(const struct script *script)
{
	fakeservice_finish(&service);
	assert_int_equal(fakeservice_start(&service, &bus, script), 0);
}

static int
open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
