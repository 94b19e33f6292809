/*
 * The services whose logins may be asked.
 */
#include "protocol/services.h"

#include <string.h>

#define BLANKS " \t"

bool
services_have(const char *list, const char *service)
{
	const size_t wanted = strlen(service);
	size_t item, lead, len;

	for (; *list; list += item + (list[item] == ',' ? 1 : 0)) {
		item = strcspn(list, ",");
		lead = strspn(list, BLANKS);
		for (len = item; len > lead && strchr(BLANKS, list[len - 1]); len--)
			;
		if (wanted > 0 && lead + wanted == len && memcmp(list + lead, service, wanted) == 0)
			return true;
	}
	return false;
}
