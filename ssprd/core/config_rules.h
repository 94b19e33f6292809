/*
 * Inside of the configuration: what must hold between keys.
 */
#ifndef SSPR_CORE_CONFIG_RULES_H
#define SSPR_CORE_CONFIG_RULES_H

#include <stddef.h>

#include "ssprd/core/config.h"

#define RULE_KEYS_MAX 9

struct config_rule {
	/* Where the values stand that it looks at, each plus one; 0 ends. The first one that is set is told as the place. */
	size_t keys[RULE_KEYS_MAX + 1];
	/* 0: it holds. 1: *why is a malloc'd sentence. -ENOMEM. */
	int (*check)(const struct config *config, char **why);
};

/* The rules, index 0 to count - 1. NULL past the last one. */
const struct config_rule *config_rule(size_t index);

#endif
