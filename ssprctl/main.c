/*
 * ssprctl: the command line of sspr. One table of commands; each asks the daemon, or looks at
 * files, and prints. It decides nothing: who may know what is the daemon's to say.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "protocol/limits.h"
#include "ssprctl/command.h"
#include "ssprctl/self.h"
#include "text/language.h"
#include "text/log.h"

#define COMMAND_NONE (-1)

static const struct command commands[] = {
	{ "status", "", 0, 0, TAKES_FORMATS, N_("what is registered for you"),
	  N_("Shows your own record: what you registered, masked, and when you will be\n"
	     "asked again.\n"),
	  status_run },
	{ "manage", "", 0, 0, 0, N_("look at, add, replace, remove, try out"),
	  N_("Opens a dialog about what you registered. Each change takes a proof by\n"
	     "something else that you registered.\n"),
	  manage_run },
	{ "freeze", "CODE", 1, 1, 0, N_("stop password resets with a code from a message"),
	  N_("Each message about a change of your account holds such a code (F-...). It\n"
	     "works once: no password reset of that account until an administrator lifts\n"
	     "it. You need not be logged in as the one whom the message is about.\n"),
	  freeze_run },
	{ "users", "", 0, 0, TAKES_FORMATS, N_("all users that sspr knows"),
	  N_("One line a user, with what is due. For administrators.\n"), users_run },
	{ "show", "USER", 1, 1, TAKES_FORMATS, N_("what is registered for one user"),
	  N_("Shows the record of one user, masked. For administrators, and for users\n"
	     "about themselves.\n"),
	  show_run },
	{ "set", "USER METHOD VALUE", 3, 3, 0, N_("fill in an address or a number"),
	  N_("Fills in the email, phone or office-phone of USER, who is asked to confirm\n"
	     "it at the next login; until then it counts for nothing. What was there\n"
	     "before is replaced. For administrators.\n"),
	  set_run },
	{ "remove", "USER METHOD", 2, 2, 0, N_("remove what is registered or filled in"),
	  N_("Removes app, email, phone, office-phone, questions or recovery-codes of\n"
	     "USER, who is told, and is asked to register again what is then missing.\n"
	     "For administrators.\n"),
	  remove_run },
	{ "require", "USER|--all", 0, 1, TAKES_ALL | TAKES_BY, N_("have it all confirmed again"),
	  N_("What was proven before now counts as stale: the next logins ask for it\n"
	     "again. For administrators.\n"
	     "\n"
	     "  --all       of everybody\n"
	     "  --by DATE   \"not now\" is free until then (YYYY-MM-DD)\n"),
	  require_run },
	{ "code", "USER", 1, 1, TAKES_MINUTES, N_("make a help desk code"),
	  N_("Prints a code that USER types at a login: for a first registration that\n"
	     "needs one, or to replace what can no longer be proven. It works once, is\n"
	     "shown only now, and ends an earlier one. Be sure who gets it. For\n"
	     "administrators, never for themselves.\n"
	     "\n"
	     "  --minutes N   how long it works, 10-480 (60)\n"),
	  code_run },
	{ "unblock", "USER", 1, 1, 0, N_("lift a block or a freeze"),
	  N_("Forgets the failures of USER and lifts a block, and a freeze that a code\n"
	     "from a message began. For administrators.\n"),
	  unblock_run },
	{ "audit verify", "", 0, 0, 0, N_("is a row of the audit changed or missing?"),
	  N_("Walks the chain of all rows, and prints how many there are, and the number\n"
	     "and the head of the last one: the log's newest line with \"audit event=\"\n"
	     "must say the same, else rows were cut off at the end. For administrators.\n"),
	  audit_verify_run },
	{ "audit", "", 0, 0, TAKES_FORMATS, N_("what happened, to whom, by whom"),
	  N_("One line an event, oldest first; those older than retention_days are gone.\n"
	     "For administrators.\n"),
	  audit_run },
	{ "policy check", "[FILE]", 0, 1, 0, N_("is the configuration good?"),
	  N_("Reads FILE and the files in FILE.d (or those in use) and prints each mistake\n"
	     "as FILE:LINE: what is wrong. Nothing is changed.\n"),
	  policy_check_run },
	{ "simulate", "USER SERVICE", 2, 2, TAKES_FORMATS | TAKES_PAM,
	  N_("what would happen at a login, and why"),
	  N_("Reads the PAM file of SERVICE and asks the daemon what a login of USER\n"
	     "through it would meet, as if there were no stamp. Nothing is changed. For\n"
	     "administrators.\n"
	     "\n"
	     "  --pam FOLDER   look there for PAM files, not in /etc/pam.d\n"),
	  simulate_run },
};

#define COMMAND_COUNT ((int)(sizeof(commands) / sizeof(commands[0])))

static enum exit_code
usage(const struct command *c)
{
	if (c)
		fprintf(stderr, _("usage: ssprctl %s %s\n"), c->name, c->arguments);
	else
		fprintf(stderr, "%s", _("usage: ssprctl COMMAND; ssprctl --help shows them\n"));
	return EXIT_USAGE;
}

static enum exit_code
help(const struct command *c)
{
	int i;

	if (c) {
		printf(_("usage: ssprctl %s %s\n"), c->name, c->arguments);
		printf("\n%s", _(c->help));
		if (c->takes & TAKES_FORMATS)
			printf("%s", _("\n  --json, --csv  print for programs\n"));
		return EXIT_DONE;
	}
	printf("%s", _("usage: ssprctl COMMAND\n\n"));
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("  %-13s %-17s %s\n", commands[i].name, commands[i].arguments,
		       _(commands[i].summary));
	printf("%s", _("\nssprctl COMMAND --help says more.\n"));
	return EXIT_DONE;
}

/* How many words of argv the name of this command is, or 0: it is another one. */
static int
words_of(const struct command *c, int argc, char **argv)
{
	const char *second = strchr(c->name, ' ');
	size_t len = second ? (size_t)(second - c->name) : strlen(c->name);

	if (argc < 2 || strlen(argv[1]) != len || memcmp(argv[1], c->name, len) != 0)
		return 0;
	if (!second)
		return 1;
	return argc > 2 && strcmp(argv[2], second + 1) == 0 ? 2 : 0;
}

static int
find_command(int argc, char **argv, int *words)
{
	int i;

	for (i = 0; i < COMMAND_COUNT; i++) {
		*words = words_of(&commands[i], argc, argv);
		if (*words > 0)
			return i;
	}
	return COMMAND_NONE;
}

/* One with a value. */
static int
take_valued(const struct command *c, struct invocation *in, const char *word, const char *next)
{
	if ((c->takes & TAKES_PAM) && strcmp(word, "--pam") == 0)
		in->pam_folder = next;
	else if ((c->takes & TAKES_BY) && strcmp(word, "--by") == 0)
		in->by = next;
	else if ((c->takes & TAKES_MINUTES) && strcmp(word, "--minutes") == 0)
		in->minutes = next;
	else
		return 0;
	return 2;
}

/*
 * An option of this command, with its value where it has one. How many words it took; 0: it is
 * none.
 */
static int
take_option(const struct command *c, struct invocation *in, const char *word, const char *next)
{
	if ((c->takes & TAKES_FORMATS) && strcmp(word, "--json") == 0)
		in->format = FORMAT_JSON;
	else if ((c->takes & TAKES_FORMATS) && strcmp(word, "--csv") == 0)
		in->format = FORMAT_CSV;
	else if ((c->takes & TAKES_ALL) && strcmp(word, "--all") == 0)
		in->all = true;
	else
		return next ? take_valued(c, in, word, next) : 0;
	return 1;
}

static enum exit_code
run(const struct command *c, int argc, char **argv)
{
	struct invocation in = { 0 };
	int i, taken;

	for (i = 0; i < argc; i += taken) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return help(c);
		taken = take_option(c, &in, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
		if (taken > 0)
			continue;
		if (argv[i][0] == '-' || in.count == c->most)
			return usage(c);
		in.argument[in.count++] = argv[i];
		taken = 1;
	}
	if (in.count < c->least)
		return usage(c);
	return c->run(&in);
}

/* What was printed into a full disk or a closed pipe was not done. */
static enum exit_code
finish(enum exit_code code)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("ssprctl");
		return code == EXIT_DONE ? EXIT_REFUSED : code;
	}
	return code;
}

int
main(int argc, char **argv)
{
	char lang[LANG_NAME_MAX + 1];
	int i, words;

	log_open("ssprctl");
	log_to_stderr();
	closelog();
	environment_language(lang);
	language_start(lang);
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return (int)finish(help(NULL));
	i = find_command(argc, argv, &words);
	if (i == COMMAND_NONE)
		return (int)usage(NULL);
	return (int)finish(run(&commands[i], argc - 1 - words, argv + 1 + words));
}
