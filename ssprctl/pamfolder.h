/*
 * PAM files from disk, as a source for pamfile_find: from the folders in which Linux-PAM looks, in
 * its order.
 */
#ifndef SSPRCTL_PAMFOLDER_H
#define SSPRCTL_PAMFOLDER_H

#include "ssprctl/pamfile.h"

/*
 * folder: look there alone; NULL: in /etc/pam.d, then /usr/lib/pam.d. Lives as long as the source.
 */
struct pamfile_source pamfolder_source(const char *folder);

#endif
