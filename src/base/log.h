/*
 * Log lines go to stderr (a supervisor or systemd collects them): time, level, event, key=value.
 * Values are escaped so that no input can forge a line. Never log a record's field values.
 */
#ifndef HUTONG_LOG_H
#define HUTONG_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_level_set(enum log_level max);
void log_error(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *event, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Logs the event and ends the process with status 70. */
_Noreturn void log_fatal(const char *event, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
