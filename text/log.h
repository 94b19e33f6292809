/*
 * The log: syslog (authpriv) for programs of the package, or stderr after log_to_stderr, or a
 * function after log_to (a session passes its lines over fd 4). Control characters in a line are
 * shown as ?. Never a secret, nor a name that a stranger typed. Not for pam_sspr, which uses
 * pam_syslog.
 */
#ifndef SSPR_TEXT_LOG_H
#define SSPR_TEXT_LOG_H

#define LOG_LINE_MAX 1024 /* bytes; longer lines are cut */

void log_open(const char *program);
void log_to_stderr(void);
void log_to(void (*line)(int priority, const char *text, void *arg), void *arg);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
