/*
 * What users change themselves: a dialog at this terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "protocol/client.h"
#include "ssprctl/bus.h"
#include "ssprctl/command.h"
#include "ssprctl/safe.h"
#include "ssprctl/self.h"
#include "ssprctl/terminal.h"
#include "text/language.h"

/* Why there is no dialog. */
static const struct {
	enum exit_code code;
	const char *text;
} refusals[] = {
	[CLIENT_NOT_ALLOWED] = { EXIT_REFUSED, N_("sspr has no record of you yet; it makes one at "
						  "your next login") },
	[CLIENT_TOO_MANY] = { EXIT_REFUSED, N_("sspr is busy; try again in a minute") },
	[CLIENT_NO_USER] = { EXIT_REFUSED,
			     N_("sspr has no record of you yet; it makes one at your next login") },
	[CLIENT_BAD_REQUEST] = { EXIT_REFUSED, N_("sspr does not hold such a dialog") },
	[CLIENT_UNAVAILABLE] = { EXIT_REFUSED, N_("sspr cannot reach its data now; please tell "
						  "your administrator") },
	[CLIENT_UNREACHABLE] = { EXIT_UNREACHABLE, N_("the sspr daemon is not reachable") },
};

/* Only these say that what was wanted was done, or was not wanted any more. */
static bool
was_good(enum verdict verdict)
{
	return verdict == VERDICT_REGISTERED || verdict == VERDICT_CONFIRMED ||
	       verdict == VERDICT_NOTICED || verdict == VERDICT_POSTPONED;
}

static enum exit_code
refuse(int answer, const char *problem)
{
	fprintf(stderr, "ssprctl: %s", _(refusals[answer].text));
	if (answer == CLIENT_UNREACHABLE) {
		fputs(": ", stderr);
		safe_print(stderr, problem);
	}
	fputs("\n", stderr);
	return refusals[answer].code;
}

/* What is known of this terminal. */
static void
describe_terminal(struct client_context *context)
{
	struct winsize size = { 0 };
	const char *name = ttyname(STDIN_FILENO);

	if (name)
		context->tty = strncmp(name, "/dev/", 5) == 0 ? name + 5 : name;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		context->columns = size.ws_col;
}

enum exit_code
manage_run(const struct invocation *in)
{
	char problem[CLIENT_PROBLEM_MAX] = "", lang[LANG_NAME_MAX + 1];
	struct client_context context = { .service = "ssprctl", .lang = lang, .interactive = true };
	const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS"), *user = own_name();
	int conversation = -1, answer;
	enum verdict verdict;

	(void)in;
	if (!user)
		return EXIT_REFUSED;
	environment_language(lang);
	describe_terminal(&context);
	answer = sspr_client_converse(address && *address ? address : NULL, BUS_TIMEOUT_MS, user,
				      PURPOSE_MANAGE, &context, &conversation, problem);
	if (answer != CLIENT_OK)
		return refuse(answer, problem);
	verdict = terminal_run(conversation);
	close(conversation);
	if (was_good(verdict))
		return EXIT_DONE;
	fprintf(stderr, "ssprctl: %s\n",
		verdict == VERDICT_FAILED ? _("the dialog broke off; what was proven is saved")
					  : verdict_word(verdict));
	return EXIT_REFUSED;
}
