/*
 * PAM logins without a host program: pam_client [-n COUNT] [-j PARALLEL] [-p PASSWORD] [-a ANSWER] [-m] SERVICE USER...
 * Each login is a process of its own (authenticate, then the account phase) of one of the users in turn. A line a
 * login on stdout: "USER AUTHENTICATE ACCOUNT MILLISECONDS PROMPTS TEXTS", the milliseconds of the account phase. Echo-off
 * prompts get the password, others the answer; without -a they get NULL, as at the end of input. With -m the lines of
 * /proc/self/maps follow each login's.
 */
#include <security/pam_appl.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct person {
	const char *password;
	const char *answer;
	bool maps;
	bool in_account;
	int prompts; /* in the account phase */
	int texts;
};

static int
say(const struct pam_message *m, struct pam_response *r, struct person *p)
{
	const char *answer = NULL;

	if (m->msg_style == PAM_TEXT_INFO || m->msg_style == PAM_ERROR_MSG) {
		p->texts += p->in_account;
		return PAM_SUCCESS;
	}
	p->prompts += p->in_account;
	answer = m->msg_style == PAM_PROMPT_ECHO_OFF ? p->password : p->answer;
	r->resp = answer ? strdup(answer) : NULL;
	return PAM_SUCCESS;
}

static int
converse(int count, const struct pam_message **messages, struct pam_response **responses,
	 void *data)
{
	struct pam_response *r = calloc((size_t)count, sizeof(*r));
	int i;

	if (!r)
		return PAM_CONV_ERR;
	for (i = 0; i < count; i++)
		say(messages[i], &r[i], data);
	*responses = r;
	return PAM_SUCCESS;
}

static long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
show_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096];

	while (maps && fgets(line, sizeof(line), maps))
		fputs(line, stdout);
	if (maps)
		fclose(maps);
	fflush(stdout);
}

static int
log_in(const char *service, const char *user, struct person *person)
{
	struct pam_conv conv = { converse, person };
	pam_handle_t *pam = NULL;
	int authenticated, account = -1;
	long began;
	char line[512];

	if (pam_start(service, user, &conv, &pam) != PAM_SUCCESS)
		return 1;
	authenticated = pam_authenticate(pam, 0);
	began = milliseconds();
	person->in_account = true;
	if (authenticated == PAM_SUCCESS)
		account = pam_acct_mgmt(pam, 0);
	snprintf(line, sizeof(line), "%s %d %d %ld %d %d\n", user, authenticated, account,
		 milliseconds() - began, person->prompts, person->texts);
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		account = PAM_SYSTEM_ERR;
	if (person->maps)
		show_maps();
	pam_end(pam, account);
	return account == PAM_SYSTEM_ERR;
}

static int
log_in_all(const char *service, char **users, int count, int parallel, struct person *person)
{
	int i, running = 0, user_count = 0, status, failed = 0;
	pid_t pid;

	while (users[user_count])
		user_count++;
	for (i = 0; i < count || running > 0;) {
		if (i < count && running < parallel) {
			pid = fork();
			if (pid == 0)
				_exit(log_in(service, users[i % user_count], person));
			failed += pid < 0;
			running += pid > 0;
			i++;
			continue;
		}
		if (wait(&status) > 0)
			failed += status != 0;
		running--;
	}
	return failed ? 1 : 0;
}

int
main(int argc, char **argv)
{
	struct person person = { 0 };
	int option, count = 1, parallel = 1;

	while ((option = getopt(argc, argv, "n:j:p:a:m")) != -1) {
		if (option == 'n')
			count = (int)strtol(optarg, NULL, 10);
		else if (option == 'j')
			parallel = (int)strtol(optarg, NULL, 10);
		else if (option == 'p')
			person.password = optarg;
		else if (option == 'a')
			person.answer = optarg;
		else if (option == 'm')
			person.maps = true;
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;
	return log_in_all(argv[optind], argv + optind + 1, count, parallel, &person);
}
