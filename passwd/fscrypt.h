/*
 * fscrypt's login protectors: where the password opens a home's encryption, a password that root sets would lock the home for good.
 * Reads what lies in .fscrypt/protectors, a folder that any user may write to: every size has a bound, no link is followed.
 */
#ifndef SSPR_PASSWD_FSCRYPT_H
#define SSPR_PASSWD_FSCRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FSCRYPT_FILE_MAX  65536 /* bytes of a protector that are read; they have a few hundred */
#define FSCRYPT_FILES_MAX 4096  /* files of the user and of root in one folder */

/* What is of interest of a ProtectorData (a protobuf message). */
struct protector {
	uint64_t source; /* PROTECTOR_LOGIN: the login password */
	uint64_t uid;
};
#define PROTECTOR_LOGIN 1

/* False: it is no protobuf message. Fields that are absent are 0; of a repeated one the last counts. */
bool protector_parse(const unsigned char *data, size_t len, struct protector *p);

/*
 * Does .fscrypt/protectors in the open folder hold a login protector of that user? 1 yes; 0 no, or there is none. -errno: a file that
 * belongs to the user or to root cannot be read or understood, or there are too many of them. Files of other users tell nothing, however many; the caller keeps the time.
 */
int fscrypt_has_login(int folder, uint32_t uid);

#endif
