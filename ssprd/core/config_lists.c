/*
 * The kinds of values that are lists: words parted by blanks. A list that is set again replaces the one
 * before it. A word that looks like a comma list or a comment is refused: it would silently protect nobody.
 */
#include "ssprd/core/config_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"
#include "text/address.h"
#include "text/phone.h"

#define BLANKS          " \t"
#define PAIR_NAME_MAX   64
#define PAIR_NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

/* Take one word. As option_kind's put: 0, 1 with *why, -ENOMEM. */
typedef int take_word(const char *word, void *arg, char **why);

/* Hand over each word until one is not taken; answers as that did. */
static int
each_word(const char *text, take_word *take, void *arg, char **why)
{
	char *word;
	size_t n;
	int r = 0;

	for (text += strspn(text, BLANKS); *text && r == 0; text += strspn(text, BLANKS)) {
		n = strcspn(text, BLANKS);
		word = strndup(text, n);
		if (!word)
			return -ENOMEM;
		r = take(word, arg, why);
		free(word);
		text += n;
	}
	return r;
}

static void
clear_names(void *place)
{
	struct name_list *list = place;
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct name_list){ 0 };
}

static int
names_add(struct name_list *list, const char *name)
{
	char **grown = reallocarray(list->names, list->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->names = grown;
	grown[list->count] = strdup(name);
	if (!grown[list->count])
		return -ENOMEM;
	list->count++;
	return 0;
}

static int
take_name(const char *name, void *arg, char **why)
{
	const char *bare = name[0] == '@' ? name + 1 : name;

	if (name[0] == '#' || name[0] == ';')
		return option_refuse(why, "a comment stands on a line of its own");
	if (strchr(name, ','))
		return option_refuse(why, "\"%s\": names are parted by blanks, not by commas",
				     name);
	if (bare[0] == '\0' || bare[0] == '@')
		return option_refuse(why, "\"%s\" is not @ and the name of a group", name);
	if (strlen(bare) > USER_NAME_MAX)
		return option_refuse(why, "\"%s\" is too long for a name", name);
	return names_add(arg, name);
}

static int
put_names(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	struct name_list *place = (void *)((char *)config + o->place);
	struct name_list list = { 0 };
	int r = each_word(v->text, take_name, &list, why);

	if (r != 0) {
		clear_names(&list);
		return r;
	}
	clear_names(place);
	*place = list;
	return 0;
}

static bool
list_has_word(const struct name_list *list, const char *word)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->names[i], word) == 0)
			return true;
	return false;
}

static int
put_users(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	struct registration_config *c = &config->registration;
	struct name_list list = { 0 };
	int r = each_word(v->text, take_name, &list, why);
	bool all = list_has_word(&list, "all"), none = list_has_word(&list, "none");

	(void)o;
	if (r == 0 && list.count == 0)
		r = option_refuse(why, "write all, none, or names and @groups");
	if (r == 0 && list.count > 1 && (all || none))
		r = option_refuse(why, "all and none stand alone");
	if (r != 0 || all || none)
		clear_names(&list);
	if (r != 0)
		return r;
	clear_names(&c->users);
	c->users = list;
	c->users_all = all;
	return 0;
}

/* Add the method of this word. */
static int
take_method(const char *word, void *arg, char **why)
{
	enum method method = method_from_word(word);
	struct registration_config *c = arg;
	int i;

	if (method == METHOD_COUNT)
		return option_refuse(why,
				     "\"%s\" is no method; there are app, email, phone, "
				     "office-phone, questions, recovery-codes",
				     word);
	for (i = 0; i < c->method_count; i++)
		if (c->methods[i] == method)
			return option_refuse(why, "%s is given twice", word);
	c->methods[c->method_count++] = method;
	return 0;
}

static int
put_methods(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	struct registration_config taken = { 0 };
	int r = each_word(v->text, take_method, &taken, why);

	(void)o;
	if (r == 0 && taken.method_count == 0)
		r = option_refuse(why, "name at least one method");
	if (r != 0)
		return r;
	memcpy(config->registration.methods, taken.methods, sizeof(taken.methods));
	config->registration.method_count = taken.method_count;
	return 0;
}

static int
take_address(const char *word, void *arg, char **why)
{
	char wire[ADDRESS_MAX + 1];

	(void)arg;
	if (address_parse(word, strlen(word), wire) == ADDRESS_FINE)
		return 0;
	return option_refuse(why, "\"%s\" is not an address like name@example.org", word);
}

static int
take_domain(const char *word, void *arg, char **why)
{
	char domain[DOMAIN_MAX + 1];

	(void)arg;
	if (address_domain(word, strlen(word), domain) == ADDRESS_FINE)
		return 0;
	return option_refuse(why, "\"%s\" is not a domain like example.org", word);
}

/* Between blanks there may be several, parted by commas. */
static int
take_prefix(const char *word, void *arg, char **why)
{
	(void)arg;
	if (phone_prefixes_good(word))
		return 0;
	return option_refuse(why, "\"%s\" is not the beginning of a number like +4915", word);
}

static int
put_addresses(struct config *config, const struct option *o, const struct option_value *v,
	      char **why)
{
	int r = each_word(v->text, take_address, NULL, why);

	return r == 0 ? option_set_text(config, o, v->text) : r;
}

static int
put_domains(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	int r = each_word(v->text, take_domain, NULL, why);

	return r == 0 ? option_set_text(config, o, v->text) : r;
}

static int
put_prefixes(struct config *config, const struct option *o, const struct option_value *v,
	     char **why)
{
	int r = each_word(v->text, take_prefix, NULL, why);

	return r == 0 ? option_set_text(config, o, v->text) : r;
}

static void
clear_pairs(void *place)
{
	struct gateway_config *gateway = place;

	while (gateway->pair_count > 0) {
		gateway->pair_count--;
		free(gateway->pairs[gateway->pair_count].key);
		free(gateway->pairs[gateway->pair_count].value);
	}
	free(gateway->pairs);
	gateway->pairs = NULL;
}

/* The pair of this key: the one there is, or a new one with its key. NULL: no memory. */
static struct gateway_pair *
pair_of(struct gateway_config *gateway, const char *key)
{
	struct gateway_pair *grown;
	size_t i;

	for (i = 0; i < gateway->pair_count; i++)
		if (strcmp(gateway->pairs[i].key, key) == 0)
			return &gateway->pairs[i];
	grown = reallocarray(gateway->pairs, gateway->pair_count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	gateway->pairs = grown;
	grown[i] = (struct gateway_pair){ .key = strdup(key) };
	if (!grown[i].key)
		return NULL;
	gateway->pair_count++;
	return &grown[i];
}

static int
put_pair(struct config *config, const struct option *o, const struct option_value *v, char **why)
{
	struct gateway_config *gateway = (void *)((char *)config + o->place);
	const char *name = strchr(v->key, '.') + 1;
	size_t n = strspn(name, PAIR_NAME_CHARS);
	struct gateway_pair *pair;
	char *value;

	if (n == 0 || n > PAIR_NAME_MAX || name[n] != '\0')
		return option_refuse(why,
				     "the name after the dot is made of letters, digits, - and _");
	if (gateway->pair_count >= CONFIG_PAIRS_MAX)
		return option_refuse(why, "there are %d of header.NAME and field.NAME already",
				     CONFIG_PAIRS_MAX);
	pair = pair_of(gateway, v->key);
	value = strdup(v->text);
	if (!pair || !value) {
		free(value);
		return -ENOMEM;
	}
	if (pair->file == v->file) {
		free(value);
		return option_refuse(why, "it is set twice in this file");
	}
	free(pair->value);
	pair->value = value;
	pair->file = v->file;
	return 0;
}

bool
name_list_has(const struct name_list *list, const char *user, const char *const *groups,
	      size_t count)
{
	size_t i, g;

	for (i = 0; i < list->count; i++) {
		if (list->names[i][0] != '@') {
			if (strcmp(list->names[i], user) == 0)
				return true;
			continue;
		}
		for (g = 0; g < count; g++)
			if (strcmp(list->names[i] + 1, groups[g]) == 0)
				return true;
	}
	return false;
}

const struct option_kind kind_names = { .put = put_names, .clear = clear_names };
const struct option_kind kind_users = { .put = put_users, .clear = clear_names };
const struct option_kind kind_methods = { .put = put_methods };
const struct option_kind kind_addresses = { .put = put_addresses, .clear = option_clear_text };
const struct option_kind kind_domains = { .put = put_domains, .clear = option_clear_text };
const struct option_kind kind_prefixes = { .put = put_prefixes, .clear = option_clear_text };
const struct option_kind kind_pair = { .put = put_pair, .clear = clear_pairs };
