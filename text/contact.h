/*
 * Whom users are sent to: [support] contact, as it stands in the middle of a sentence.
 */
#ifndef SSPR_TEXT_CONTACT_H
#define SSPR_TEXT_CONTACT_H

#define CONTACT_NOBODY "your administrator" /* the default: nobody is named */

/* What was configured, or who CONTACT_NOBODY is in the language in force. */
const char *contact_shown(const char *contact);

#endif
