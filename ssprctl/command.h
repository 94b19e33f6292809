/*
 * A command of ssprctl: one row of the table in main.c, one function in the file of its group.
 */
#ifndef SSPRCTL_COMMAND_H
#define SSPRCTL_COMMAND_H

#include <stdbool.h>

/* The exit codes. Everything but DONE was said on stderr. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* refused, not found, or not good */
	EXIT_USAGE = 2,
	EXIT_UNREACHABLE = 3, /* the daemon is not reachable */
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
};

/* What was asked for. */
struct invocation {
	const char *argument[3]; /* count of them; the others are NULL */
	int count;
	enum format format;
	const char *pam_folder; /* --pam, or NULL */
	const char *by;         /* --by, or NULL */
	const char *minutes;    /* --minutes, or NULL */
	bool all;               /* --all */
};

/* The options that a command takes, as bits. */
enum takes {
	TAKES_FORMATS = 1, /* --json and --csv */
	TAKES_PAM = 2,
	TAKES_BY = 4,
	TAKES_ALL = 8,
	TAKES_MINUTES = 16,
};

struct command {
	const char *name;      /* one or two words */
	const char *arguments; /* "USER SERVICE" */
	int least, most;       /* how many arguments */
	unsigned int takes;    /* enum takes */
	const char *summary;   /* half a line */
	const char *help;      /* what --help says below the usage */
	enum exit_code (*run)(const struct invocation *);
};

enum exit_code status_run(const struct invocation *);
enum exit_code show_run(const struct invocation *);
enum exit_code users_run(const struct invocation *);
enum exit_code policy_check_run(const struct invocation *);
enum exit_code simulate_run(const struct invocation *);
enum exit_code manage_run(const struct invocation *);
enum exit_code freeze_run(const struct invocation *);
enum exit_code set_run(const struct invocation *);
enum exit_code remove_run(const struct invocation *);
enum exit_code code_run(const struct invocation *);
enum exit_code require_run(const struct invocation *);
enum exit_code unblock_run(const struct invocation *);
enum exit_code audit_run(const struct invocation *);
enum exit_code audit_verify_run(const struct invocation *);

#endif
