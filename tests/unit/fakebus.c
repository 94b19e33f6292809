/*
 * Children die with the test (PDEATHSIG), are stopped by their own pid, and leave no file behind.
 */
#include "tests/unit/fakebus.h"

#include <dbus/dbus.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/client.h"
#include "protocol/packet.h"

#define TRANSCRIPT_MAX (64 * 1024)

static const char configuration[] =
	"<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
	" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
	"<busconfig><listen>%s</listen><auth>EXTERNAL</auth>%s\n"
	"<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
	"<allow eavesdrop=\"true\"/>"
	"<allow own=\"*\"/></policy></busconfig>\n";

static int
write_configuration(const struct fakebus *bus, const char *limits)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/bus.conf", bus->folder);
	file = fopen(path, "we");
	if (file == NULL)
		return -1;
	fprintf(file, configuration, bus->address, limits);
	return fclose(file);
}

static void
run_bus(const struct fakebus *bus, int ready)
{
	char config[128], print[32];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(config, sizeof(config), "--config-file=%s/bus.conf", bus->folder);
	snprintf(print, sizeof(print), "--print-address=%d", ready);
	fcntl(ready, F_SETFD, 0);
	/* It complains of limits that only root may set. */
	if (freopen("/dev/null", "w", stderr) == NULL)
		_exit(127);
	execlp("dbus-daemon", "dbus-daemon", config, print, "--nofork", "--nopidfile",
	       (char *)NULL);
	_exit(127);
}

int
fakebus_start(struct fakebus *bus, const char *limits)
{
	char line[256];
	int ready[2];
	ssize_t n;

	snprintf(bus->folder, sizeof(bus->folder), "/tmp/sspr-unit-XXXXXX");
	if (mkdtemp(bus->folder) == NULL)
		return -1;
	snprintf(bus->address, sizeof(bus->address), "unix:path=%s/bus", bus->folder);
	if (write_configuration(bus, limits) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	bus->pid = fork();
	if (bus->pid == 0)
		run_bus(bus, ready[1]);
	close(ready[1]);
	n = read(ready[0], line, sizeof(line)); /* it prints its address when it listens */
	close(ready[0]);
	return n > 0 ? 0 : -1;
}

static void
end_child(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	kill(pid, SIGCONT);
	waitpid(pid, NULL, 0);
}

void
fakebus_stop(struct fakebus *bus)
{
	char path[128];

	end_child(bus->pid);
	bus->pid = 0;
	snprintf(path, sizeof(path), "%s/bus.conf", bus->folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/bus", bus->folder);
	unlink(path);
	rmdir(bus->folder);
}

/* In the child from here on, but for the last functions. */

static char *transcript;

static void __attribute__((format(printf, 1, 2))) note(const char *format, ...)
{
	const size_t len = strlen(transcript);
	va_list args;

	va_start(args, format);
	vsnprintf(transcript + len, TRANSCRIPT_MAX - len, format, args);
	va_end(args);
}

static void
note_bytes(DBusMessageIter *array)
{
	const char *bytes = NULL;
	int len = 0;

	dbus_message_iter_get_fixed_array(array, (void *)&bytes, &len);
	note("%.*s", len, bytes);
}

static void
note_value(DBusMessageIter *at)
{
	const int type = dbus_message_iter_get_arg_type(at);
	DBusMessageIter inner;
	DBusBasicValue value;

	if (type == DBUS_TYPE_ARRAY) {
		dbus_message_iter_recurse(at, &inner);
		if (dbus_message_iter_get_element_type(at) == DBUS_TYPE_BYTE) {
			note_bytes(&inner);
			return;
		}
		for (; dbus_message_iter_get_arg_type(&inner) != DBUS_TYPE_INVALID;
		     dbus_message_iter_next(&inner)) {
			note_value(&inner);
			note(" ");
		}
		return;
	}
	memset(&value, 0, sizeof(value));
	dbus_message_iter_get_basic(at, &value);
	if (type == DBUS_TYPE_STRING)
		note("%s", value.str);
	else if (type == DBUS_TYPE_BOOLEAN)
		note("%s", value.bool_val ? "true" : "false");
	else
		note("%lld", (long long)value.i64);
}

/* Check's and Converse's arguments, a line each. */
static void
note_call(DBusMessage *call)
{
	DBusMessageIter top, dict, entry, variant;
	const char *key;

	note("%s %s\nuser=", dbus_message_get_member(call), dbus_message_get_signature(call));
	dbus_message_iter_init(call, &top);
	note_value(&top);
	dbus_message_iter_next(&top);
	if (dbus_message_iter_get_arg_type(&top) == DBUS_TYPE_STRING) {
		note("\npurpose=");
		note_value(&top);
		dbus_message_iter_next(&top);
	}
	dbus_message_iter_recurse(&top, &dict);
	for (; dbus_message_iter_get_arg_type(&dict) == DBUS_TYPE_DICT_ENTRY;
	     dbus_message_iter_next(&dict)) {
		dbus_message_iter_recurse(&dict, &entry);
		dbus_message_iter_get_basic(&entry, &key);
		dbus_message_iter_next(&entry);
		dbus_message_iter_recurse(&entry, &variant);
		note("\n%s:%s=", key, dbus_message_iter_get_signature(&variant));
		note_value(&variant);
	}
	note("\n");
}

static void
put_fact(DBusMessageIter *dict, const char *key, int type, const void *value)
{
	const char signature[] = { (char)type, '\0' };
	DBusMessageIter entry, variant;

	dbus_message_iter_open_container(dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
	dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, signature, &variant);
	dbus_message_iter_append_basic(&variant, type, value);
	dbus_message_iter_close_container(&entry, &variant);
	dbus_message_iter_close_container(dict, &entry);
}

static DBusMessage *
answer_check(DBusMessage *call, const struct script *s)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	const dbus_int32_t left = 2;
	const dbus_int64_t due = 1800000000;
	const double unknown = 1.5;
	DBusMessageIter top, dict;

	dbus_message_iter_init_append(reply, &top);
	dbus_message_iter_append_basic(&top, DBUS_TYPE_STRING, &s->state);
	if (s->check_form == FORM_OTHER)
		return reply;
	dbus_message_iter_open_container(&top, DBUS_TYPE_ARRAY, "{sv}", &dict);
	if (s->message != NULL)
		put_fact(&dict, "message", DBUS_TYPE_STRING, &s->message);
	if (s->more_facts) {
		put_fact(&dict, "postpones_left", DBUS_TYPE_INT32, &left);
		put_fact(&dict, "due", DBUS_TYPE_INT64, &due);
		put_fact(&dict, "weather", DBUS_TYPE_DOUBLE, &unknown);
		put_fact(&dict, "due", DBUS_TYPE_INT32, &left); /* of another type */
	}
	dbus_message_iter_close_container(&top, &dict);
	return reply;
}

/* The test's end goes into the reply; *ours is what the session is played on. */
static DBusMessage *
answer_converse(DBusMessage *call, const struct script *s, int *ours)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	const int kind = s->converse_form == FORM_STREAM ? SOCK_STREAM : SOCK_SEQPACKET;
	const char *word = "other";
	int pair[2];

	if (s->converse_form == FORM_OTHER) {
		dbus_message_append_args(reply, DBUS_TYPE_STRING, &word, DBUS_TYPE_INVALID);
		return reply;
	}
	if (socketpair(AF_UNIX, kind | SOCK_CLOEXEC, 0, pair) < 0)
		_exit(1);
	dbus_message_append_args(reply, DBUS_TYPE_UNIX_FD, &pair[0], DBUS_TYPE_INVALID);
	close(pair[0]);
	*ours = pair[1];
	return reply;
}

static DBusMessage *
answer_error(DBusMessage *call, const char *name)
{
	char whole[128];

	snprintf(whole, sizeof(whole), "%s%s", strchr(name, '.') != NULL ? "" : SSPR_BUS_ERROR,
		 name);
	return dbus_message_new_error(call, whole, "as the script says");
}

static void
hear(int fd)
{
	struct packet p;
	int r = packet_receive(fd, &p, 5000);

	if (r == PACKET_GOT)
		note("heard %c%s\n", p.type, p.text);
	else
		note("heard nothing (%d)\n", r);
}

static void
play(int fd, const struct step *steps)
{
	const struct step *s;
	size_t len;

	for (s = steps; s->what != SEND || s->type != '\0'; s++) {
		switch (s->what) {
		case SEND:
			len = s->len == 0 ? strlen(s->text) : s->len;
			for (int i = 0; i <= s->times - (s->times > 0); i++)
				if (packet_send(fd, s->type, s->text, len, 5000) < 0)
					break;
			break;
		case HEAR:
			hear(fd);
			break;
		case RAW:
			if (send(fd, s->text, s->len, MSG_NOSIGNAL) < 0)
				note("raw bytes were not sent\n");
			break;
		case SILENT:
			poll(NULL, 0, 60 * 1000);
			break;
		case CLOSE:
			close(fd);
			return;
		}
	}
	/* A session that has ended waits for the terminal to go. */
	hear(fd);
	close(fd);
}

static void
on_call(DBusConnection *c, DBusMessage *call, const struct script *s, int *calls)
{
	const bool check = strcmp(dbus_message_get_member(call), "Check") == 0;
	const char *error = check ? s->check_error : s->converse_error;
	const enum form form = check ? s->check_form : s->converse_form;
	DBusMessage *reply;
	int session = -1;

	note_call(call);
	if (form == FORM_SILENT)
		return;
	if (form == FORM_LIMITED_ONCE && ++*calls == 1)
		reply = answer_error(call, DBUS_ERROR_LIMITS_EXCEEDED);
	else if (error != NULL)
		reply = answer_error(call, error);
	else
		reply = check ? answer_check(call, s) : answer_converse(call, s, &session);
	dbus_connection_send(c, reply, NULL);
	dbus_message_unref(reply);
	dbus_connection_flush(c);
	if (session >= 0 && s->steps != NULL) {
		play(session, s->steps);
		_exit(0);
	}
}

static void
run_service(const char *address, const struct script *script, int ready)
{
	DBusConnection *c = dbus_connection_open_private(address, NULL);
	DBusMessage *call;
	int calls = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (c == NULL || !dbus_bus_register(c, NULL) ||
	    dbus_bus_request_name(c, SSPR_BUS_NAME, 0, NULL) !=
		    DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER)
		_exit(1);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	while (dbus_connection_read_write(c, -1)) {
		while ((call = dbus_connection_pop_message(c)) != NULL) {
			if (dbus_message_get_type(call) == DBUS_MESSAGE_TYPE_METHOD_CALL)
				on_call(c, call, script, &calls);
			dbus_message_unref(call);
		}
	}
	_exit(0);
}

int
fakeservice_start(struct fakeservice *service, const struct fakebus *bus,
		  const struct script *script)
{
	int ready[2];
	char byte;
	ssize_t n;

	if (transcript == NULL)
		transcript = mmap(NULL, TRANSCRIPT_MAX, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (transcript == MAP_FAILED || pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	transcript[0] = '\0';
	service->transcript = transcript;
	service->pid = fork();
	if (service->pid == 0)
		run_service(bus->address, script, ready[1]);
	close(ready[1]);
	n = read(ready[0], &byte, 1);
	close(ready[0]);
	return n == 1 ? 0 : -1;
}

const char *
fakeservice_finish(struct fakeservice *service)
{
	end_child(service->pid);
	service->pid = 0;
	return service->transcript;
}

const char *
fakeservice_wait(struct fakeservice *service)
{
	for (int i = 0; i < 500 && waitpid(service->pid, NULL, WNOHANG) == 0; i++)
		poll(NULL, 0, 10);
	return fakeservice_finish(service);
}
