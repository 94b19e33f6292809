/*
 * One table a language. Lines end before column 80; an ssh client puts "(user@host) " before the
 * first one of a prompt.
 */
#include "pam_sspr/text.h"

#include <string.h>

/*
 * The prompt holds the hint, so that nothing is shown where nobody is asked: sshd's password method answers an
 * echo-off prompt by itself, and would show a line of text after the login.
 */
static const char *const english[TEXT_COUNT] = {
	[TEXT_PASSWORD] = "Forgot it? Enter ? instead.\nPassword: ",
	[TEXT_NOT_CHECKED] =
		"Whether you are registered to reset your password could not be checked,\n"
		"so this login ends here. Please try again in a few minutes, or ask your\n"
		"administrator.",
	[TEXT_TOO_MANY_REFUSED] = "Too many registrations are running at this moment; please\n"
				  "log in again in a few minutes.",
	[TEXT_TOO_MANY_LATER] = "Too many registrations are running at this moment; you will\n"
				"be asked at a later login.",
	[TEXT_RESET_NOT_STARTED] =
		"Passwords cannot be reset at this moment. Please try again in a few minutes,\n"
		"or ask your administrator.",
	[TEXT_RESET_TOO_MANY] =
		"Too many passwords are being reset at this moment. Please try again\n"
		"in a few minutes.",
	[TEXT_RESET_BROKE] =
		"Resetting the password broke off. If you had already typed a new one, it may\n"
		"hold now; else the old one does.",
};

static const char *const dutch[TEXT_COUNT] = {
	[TEXT_PASSWORD] = "Vergeten? Typ dan alleen een ?\nWachtwoord: ",
	[TEXT_NOT_CHECKED] =
		"Er kon niet worden nagegaan of u bent geregistreerd om uw wachtwoord opnieuw\n"
		"in te stellen, daarom eindigt deze aanmelding hier. Probeer het over een paar\n"
		"minuten opnieuw, of vraag het uw beheerder.",
	[TEXT_TOO_MANY_REFUSED] =
		"Er lopen op dit moment te veel registraties; meld u over een paar\n"
		"minuten opnieuw aan.",
	[TEXT_TOO_MANY_LATER] = "Er lopen op dit moment te veel registraties; bij een latere\n"
				"aanmelding wordt het u gevraagd.",
	[TEXT_RESET_NOT_STARTED] =
		"Wachtwoorden kunnen op dit moment niet opnieuw worden ingesteld. Probeer het\n"
		"over een paar minuten opnieuw, of vraag het uw beheerder.",
	[TEXT_RESET_TOO_MANY] =
		"Op dit moment worden te veel wachtwoorden opnieuw ingesteld. Probeer het over\n"
		"een paar minuten opnieuw.",
	[TEXT_RESET_BROKE] =
		"Het opnieuw instellen van het wachtwoord is afgebroken. Had u al een nieuw\n"
		"wachtwoord getypt, dan geldt dat nu misschien; anders geldt het oude nog.",
};

static const struct language {
	const char *name; /* before _COUNTRY and .charset */
	const char *const *texts;
} languages[] = {
	{ "en", english },
	{ "nl", dutch },
};

const char *
text_in(const char *lang, enum text text)
{
	const size_t len = strcspn(lang, "_.");
	size_t i;

	for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (strlen(languages[i].name) == len && memcmp(languages[i].name, lang, len) == 0)
			return languages[i].texts[text];
	return english[text];
}
