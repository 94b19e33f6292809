/*
 * How a gateway is spoken to: the keys of [sms] or [voice], understood and checked before there is
 * a message. Pure; borrows the texts of the configuration.
 */
#ifndef SSPR_DELIVER_RECIPE_H
#define SSPR_DELIVER_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "deliver/delivery.h"
#include "deliver/template.h"
#include "ssprd/core/config.h"

#define RECIPE_LOGIN_MAX (KEYRING_NAME_MAX + 16)

enum recipe_body {
	RECIPE_NO_BODY,     /* fields stand in the URL's query */
	RECIPE_FORM,        /* fields */
	RECIPE_JSON,        /* the text of the key json */
	RECIPE_JSON_FIELDS, /* an object of strings: no key json */
	RECIPE_TEXT,        /* the message's text; fields stand in the URL's query */
};

struct recipe {
	const char *section; /* "sms" or "voice", for what is said */
	const struct gateway_config *gateway;
	bool post;
	enum recipe_body body;
	/*
	 * The login, as templates; "" none. Either of user and password, or the header
	 * Authorization.
	 */
	char user[RECIPE_LOGIN_MAX + 1], password[RECIPE_LOGIN_MAX + 1];
	char authorization[CONFIG_LINE_MAX + 1];
	const char *ok, *retry;
	bool dials_extensions; /* {extension} stands somewhere */
	bool says_number;      /* {to} does */
};

/* gateway must live as long as *r. DELIVERY_SENT, or DELIVERY_MISCONFIGURED. */
enum delivery
recipe_read(struct recipe *r, const char *section, const struct gateway_config *gateway);

/* One template that is in use. */
struct recipe_template {
	const char *key; /* as in the configuration: "field.To" */
	const char *text;
	enum template_place place;
};

/*
 * Walk the templates that are in use: index counts from 0. False: there are no more. Pairs come
 * last, in their order; those with an empty text are none.
 */
bool recipe_template(const struct recipe *r, size_t index, struct recipe_template *t);

/* Read every secret that the recipe names. As keyring_load answers. */
enum delivery
recipe_secrets(const struct recipe *r, struct keyring *k, const struct keyring_folders *folders);

#endif
