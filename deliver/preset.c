/*
 * Presets, read by the reader of sspr.conf: the same keys, the same checks.
 */
#include "deliver/preset.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deliver/source.h"
#include "text/log.h"

#define NAME_SIGNS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* What a preset may set; the rest is about this host and stands in sspr.conf. */
static const size_t texts[] = {
	offsetof(struct gateway_config, method), offsetof(struct gateway_config, url),
	offsetof(struct gateway_config, auth),   offsetof(struct gateway_config, body),
	offsetof(struct gateway_config, json),   offsetof(struct gateway_config, ok),
	offsetof(struct gateway_config, retry),  offsetof(struct gateway_config, from),
};

/* Lower case letters, digits and dashes: it becomes part of a path. */
static bool
name_good(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= PRESET_NAME_MAX && strspn(name, NAME_SIGNS) == len;
}

static char **
text_at(struct gateway_config *g, size_t place)
{
	return (char **)((char *)g + place);
}

static bool
same_key(const char *a, const char *b)
{
	/* The names of headers know no case. */
	return strncmp(a, "header.", strlen("header.")) == 0 ? strcasecmp(a, b) == 0
							     : strcmp(a, b) == 0;
}

static bool
has_pair(const struct gateway_config *g, const char *key)
{
	size_t i;

	for (i = 0; i < g->pair_count; i++)
		if (same_key(g->pairs[i].key, key))
			return true;
	return false;
}

/* The section's own pairs behind those of the preset that it leaves alone. */
static enum delivery
merge_pairs(struct gateway_config *out, const struct gateway_config *own,
	    const struct gateway_config *base)
{
	size_t i, count = own->pair_count + (base ? base->pair_count : 0);

	out->pair_count = 0;
	out->pairs = calloc(count + 1, sizeof(*out->pairs));
	if (!out->pairs) {
		log_error("out of memory");
		return DELIVERY_LATER;
	}
	for (i = 0; base && i < base->pair_count; i++)
		if (!has_pair(own, base->pairs[i].key))
			out->pairs[out->pair_count++] = base->pairs[i];
	for (i = 0; i < own->pair_count; i++)
		out->pairs[out->pair_count++] = own->pairs[i];
	return DELIVERY_SENT;
}

static struct gateway_config *
section_of(struct config *config, enum gateway_kind kind)
{
	return kind == GATEWAY_SMS ? &config->sms : &config->voice;
}

enum delivery
preset_merge(struct preset *p, const struct gateway_config *own, enum gateway_kind kind,
	     const char *folder)
{
	struct gateway_config *base = NULL;
	char path[PATH_MAX];
	enum delivery d;
	size_t i;

	p->gateway = *own;
	p->gateway.pairs = NULL;
	if (own->preset[0]) {
		if (!name_good(own->preset)) {
			log_error("preset is not the name of a preset, like twilio-sms");
			return DELIVERY_MISCONFIGURED;
		}
		snprintf(path, sizeof(path), "%s/%s.conf", folder, own->preset);
		d = source_piece(path, &p->file);
		if (d != DELIVERY_SENT)
			return d;
		base = section_of(p->file, kind);
	}
	for (i = 0; base && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!*text_at(&p->gateway, texts[i])[0])
			*text_at(&p->gateway, texts[i]) = *text_at(base, texts[i]);
	return merge_pairs(&p->gateway, own, base);
}

void
preset_done(struct preset *p)
{
	free(p->gateway.pairs);
	p->gateway.pairs = NULL;
	config_free(p->file);
	p->file = NULL;
}
