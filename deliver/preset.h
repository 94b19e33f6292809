/*
 * Presets: files of the package that hold the keys of [sms] or [voice] for one gateway of the
 * world. They are data: a preset is a piece of sspr.conf, and what the section itself sets wins,
 * key by key.
 */
#ifndef SSPR_DELIVER_PRESET_H
#define SSPR_DELIVER_PRESET_H

#include <stdbool.h>

#include "deliver/delivery.h"
#include "ssprd/core/config.h"

#define PRESET_FOLDER   SSPR_DATADIR "/gateways"
#define PRESET_NAME_MAX 64

enum gateway_kind { GATEWAY_SMS, GATEWAY_VOICE };

/* A gateway's keys, its preset's among them. Declare it empty ({ 0 }). */
struct preset {
	struct config *file;           /* the preset's; NULL none */
	struct gateway_config gateway; /* its texts are borrowed from both */
};

/*
 * Merge the section's own keys with those of the preset that it names, from folder/NAME.conf. own
 * must live as long as *p. DELIVERY_SENT: p->gateway is whole (preset_done). DELIVERY_LATER: no
 * memory. DELIVERY_MISCONFIGURED.
 */
enum delivery preset_merge(struct preset *p, const struct gateway_config *own,
			   enum gateway_kind kind, const char *folder);
void preset_done(struct preset *p);

#endif
