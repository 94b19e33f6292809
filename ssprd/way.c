/* Ways: a row each. */
#include "ssprd/way.h"

#include <stddef.h>
#include <string.h>

#include "ssprd/core/config.h"

static const struct {
	const char *word;
	size_t gateway; /* where struct config has its [sms] or [voice]; 0: it is the mail's */
} ways[] = {
	[WAY_EMAIL] = { "email", 0 },
	[WAY_SMS] = { "sms", offsetof(struct config, sms) },
	[WAY_VOICE] = { "voice", offsetof(struct config, voice) },
};

/* NULL: mail. */
static const struct gateway_config *
gateway_of(const struct config *config, enum way way)
{
	const void *place = (const char *)config + ways[way].gateway;

	return ways[way].gateway ? place : NULL;
}

const char *
way_word(enum way way)
{
	return way >= 0 && way < WAY_COUNT ? ways[way].word : NULL;
}

enum way
way_from_word(const char *word)
{
	int way = 0;

	while (word && way < WAY_COUNT && strcmp(word, ways[way].word) != 0)
		way++;
	return word ? (enum way)way : WAY_COUNT;
}

bool
way_open(const struct config *config, enum way way)
{
	const struct gateway_config *gateway = gateway_of(config, way);

	if (!gateway)
		return config->email.url[0] != '\0';
	return gateway->url[0] || gateway->preset[0] || gateway->program[0];
}

int
way_timeout(const struct config *config, enum way way)
{
	const struct gateway_config *gateway = gateway_of(config, way);

	return gateway ? gateway->timeout : config->email.timeout;
}

const char *
way_program(const struct config *config, enum way way)
{
	const struct gateway_config *gateway = gateway_of(config, way);

	return gateway && gateway->program[0] ? gateway->program : NULL;
}
