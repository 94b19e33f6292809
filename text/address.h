/*
 * E-mail addresses as users type them: syntax (RFC 5321 without quoted local parts and address
 * literals), IDN domains (libidn2, non-transitional), forbidden domains. Nothing that passes here can
 * end a line, a header or an SMTP command: no CR, LF, NUL, space, <, >, comma, colon, quote, backslash
 * or control character.
 */
#ifndef SSPR_TEXT_ADDRESS_H
#define SSPR_TEXT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_MAX 254 /* bytes, RFC 3696 erratum 1690 */
#define DOMAIN_MAX  253

enum address {
	ADDRESS_FINE = 0,
	ADDRESS_SYNTAX,
	ADDRESS_LONG, /* as typed or in its ASCII form */
};

/*
 * Check what was typed (len bytes, outer blanks allowed) and write its form for the wire: the local part as
 * typed (ASCII only: RFC 6531 needs SMTPUTF8, which few gateways have), "@", the domain as lower case A-labels.
 * wire holds ADDRESS_MAX + 1 bytes; it is "" unless ADDRESS_FINE.
 */
enum address address_parse(const char *typed, size_t len, char wire[ADDRESS_MAX + 1]);

/* A domain alone, Unicode or A-labels, as it goes over the wire; by the same rules. out is "" unless ADDRESS_FINE. */
enum address address_domain(const char *typed, size_t len, char out[DOMAIN_MAX + 1]);

/*
 * Is the domain of this wire form one of these, or below one? domains: words parted by blanks, Unicode or A-labels.
 * A word that is no domain matches nothing: the configuration refuses such words.
 */
bool address_in_domains(const char *wire, const char *domains);

/* Is it a mailbox on this host: its domain is localhost, or the host's name in full or its first label? */
bool address_on_host(const char *wire, const char *host);

/* "alice@example.org" as "a****@e******.org": first letter of the local part and of the domain, its last label. */
void address_mask(const char *wire, char *out, size_t size);

#endif
