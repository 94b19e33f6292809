/*
 * A new name in a folder is on disk only when the folder is.
 */
#ifndef SSPR_CORE_DURABLE_H
#define SSPR_CORE_DURABLE_H

/* fsync the folder that holds this path. 0 or -errno. */
int durable_folder_of(const char *path);

#endif
