/* Whom users are sent to. */
#include "text/contact.h"

#include <string.h>

#include "text/language.h"

const char *
contact_shown(const char *contact)
{
	return strcmp(contact, CONTACT_NOBODY) == 0 ? _("your administrator") : contact;
}
