/*
 * The services whose logins may be asked: pam_sspr's services= option, and what stands for it when
 * it is absent. Shared with ssprctl, which explains what the module would do.
 */
#ifndef SSPR_PROTOCOL_SERVICES_H
#define SSPR_PROTOCOL_SERVICES_H

#include <stdbool.h>

#define SERVICES_DEFAULT "login,sshd,gdm-password,lightdm,sddm,greetd"

/*
 * Is the service on this comma list? Blanks around a name do not count; an empty name is on no
 * list.
 */
bool services_have(const char *list, const char *service);

#endif
