/*
 * The ways on which messages leave this host: which there are today, and what carries each. Pure:
 * the configuration goes in.
 */
#ifndef SSPRD_WAY_H
#define SSPRD_WAY_H

#include <stdbool.h>

struct config;

enum way { WAY_EMAIL, WAY_SMS, WAY_VOICE, WAY_COUNT };

/*
 * "email", "sms", "voice": the argument of sspr-deliver. NULL outside of the enum; WAY_COUNT:
 * unknown, or NULL.
 */
const char *way_word(enum way);
enum way way_from_word(const char *);

/* Is it configured? */
bool way_open(const struct config *, enum way);
/* Seconds that its gateway may take. */
int way_timeout(const struct config *, enum way);
/*
 * The program that is run in place of sspr-deliver; NULL: none. It lives as long as the
 * configuration.
 */
const char *way_program(const struct config *, enum way);

#endif
