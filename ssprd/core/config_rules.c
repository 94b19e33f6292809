/*
 * What must hold between keys. Each rule names the keys it looks at, so that it is left out where one of
 * them was wrong already, and so that its error has a line.
 */
#include "ssprd/core/config_rules.h"

#include <stddef.h>
#include <string.h>

#include "ssprd/core/config_options.h"
#include "ssprd/core/config_url.h"

#define KEY(member) (offsetof(struct config, member) + 1)

static int
enough_offered(const struct config *c, char **why)
{
	enum method offered[METHOD_COUNT];
	int i, count = config_offered(c, offered);
	char names[128] = "";

	if (c->registration.methods_required <= count)
		return 0;
	for (i = 0; i < count; i++) {
		strncat(names, i ? " " : ": ", sizeof(names) - strlen(names) - 1);
		strncat(names, method_word(offered[i]), sizeof(names) - strlen(names) - 1);
	}
	return option_refuse(why, "methods_required is %d, but this policy can offer %d%s",
			     c->registration.methods_required, count, names);
}

static int
reset_within_required(const struct config *c, char **why)
{
	if (c->registration.methods_to_reset <= c->registration.methods_required)
		return 0;
	return option_refuse(why, "methods_to_reset is %d, more than methods_required, which is %d",
			     c->registration.methods_to_reset, c->registration.methods_required);
}

static int
asked_within_registered(const struct config *c, char **why)
{
	if (c->questions.ask_reset <= c->questions.ask_register)
		return 0;
	return option_refuse(why, "reset is %d, more than register, which is %d",
			     c->questions.ask_reset, c->questions.ask_register);
}

static int
mail_has_sender(const struct config *c, char **why)
{
	if (!c->email.url[0] || c->email.from[0])
		return 0;
	return option_refuse(why, "[email] url needs from: the address that codes are sent from");
}

static int
mail_is_private(const struct config *c, char **why)
{
	struct url u;

	if (c->email.tls != TLS_NONE || url_parse(c->email.url, &u) != URL_FINE)
		return 0;
	if (strcmp(u.scheme, "smtps") == 0)
		return option_refuse(why, "tls = none contradicts smtps://");
	if (url_is_loopback(&u))
		return 0;
	return option_refuse(why, "tls = none sends codes in the clear: it is for this host only");
}

static int
mail_login_whole(const struct config *c, char **why)
{
	if (!c->email.user[0] == !c->email.password_file[0])
		return 0;
	return option_refuse(why, "user and password_file belong together: set both or none");
}

static const struct config_rule rules[] = {
	{ { KEY(registration.methods_required), KEY(registration.methods), KEY(email.url),
	    KEY(sms.url), KEY(sms.preset), KEY(sms.program), KEY(voice.url), KEY(voice.preset),
	    KEY(voice.program) },
	  enough_offered },
	{ { KEY(registration.methods_to_reset), KEY(registration.methods_required) },
	  reset_within_required },
	{ { KEY(questions.ask_reset), KEY(questions.ask_register) }, asked_within_registered },
	{ { KEY(email.from), KEY(email.url) }, mail_has_sender },
	{ { KEY(email.tls), KEY(email.url) }, mail_is_private },
	{ { KEY(email.user), KEY(email.password_file) }, mail_login_whole },
};

const struct config_rule *
config_rule(size_t index)
{
	return index < sizeof(rules) / sizeof(rules[0]) ? &rules[index] : NULL;
}
