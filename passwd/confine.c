/*
 * Capabilities by the kernel's own calls: four of them are no reason for a library.
 */
#include "passwd/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Writing the host's files whoever owns them; giving the new shadow file its owner and mode; pam_unix's line in the kernel's
 * audit.
 */
static const int kept[] = { CAP_DAC_OVERRIDE, CAP_CHOWN, CAP_FOWNER, CAP_AUDIT_WRITE };

static uint64_t
kept_mask(void)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		mask |= UINT64_C(1) << kept[i];
	return mask;
}

/* The bounding set: what an exec as uid 0 would bring back. */
static int
bound(uint64_t mask)
{
	for (unsigned int cap = 0; cap < 64; cap++) {
		const int has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (has < 0)
			break; /* the kernel has no more of them */
		if (has == 1 && (mask & UINT64_C(1) << cap) == 0 &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

static int
drop(uint64_t mask)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		sets[i].effective = sets[i].permitted = (uint32_t)(mask >> (32 * i));
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

int
confine_enter(void)
{
	const struct rlimit none = { 0, 0 };
	int r;

	(void)umask(077);
	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = bound(kept_mask());
	return r < 0 ? r : drop(kept_mask());
}
