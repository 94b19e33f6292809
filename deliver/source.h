/*
 * What a delivery reads from disk before the sandbox closes. Whatever is wrong is logged here, in
 * one line, and is DELIVERY_MISCONFIGURED; DELIVERY_SENT means that it was read.
 */
#ifndef SSPR_DELIVER_SOURCE_H
#define SSPR_DELIVER_SOURCE_H

#include <stddef.h>

#include "deliver/delivery.h"
#include "ssprd/core/config.h"
#include "text/secret.h"

#define SOURCE_CA_MAX    (4 * 1024 * 1024) /* bytes of certificates */
#define SOURCE_CA_SYSTEM "/etc/ssl/certs/ca-certificates.crt"

/* sspr.conf and its drop-ins. *config is the caller's (config_free). */
enum delivery source_config(const char *file, struct config **config);

/* The same for one file alone: a piece of sspr.conf that only root, or who runs this, may write. */
enum delivery source_piece(const char *path, struct config **config);

/*
 * A password or token: one line, at most max bytes, of a file that nobody but its owner and group
 * can read.
 */
enum delivery source_secret(const char *path, size_t max, struct secret *out);

/* Certificates in PEM. */
enum delivery source_certificates(const char *path, struct secret *out);

#endif
