#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"
#include "base/date.h"

#define LOG_LINE_MAX 2048

static _Atomic int log_max = LOG_LEVEL_INFO;

void log_level_set(enum log_level max)
{
    log_max = (int)max;
}

/*
 * How many bytes at s would act on a terminal or break the line: C0, DEL, C1, line separators and
 * bidirectional controls. 0 when the character is harmless.
 */
static int log_unsafe(const unsigned char *s)
{
    if (s[0] < 0x20 || s[0] == 0x7f)
        return 1;
    if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f)
        return 2;
    if (s[0] == 0xe2 && s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae)
        return 3;
    if (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)
        return 3;
    return 0;
}

/* Copies in to out, unsafe bytes as \xNN; cuts at the room given, never inside a character. */
static size_t log_escape(char *out, size_t room, const char *in)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *s = (const unsigned char *)in;
    size_t n = 0;

    while (*s && n + 12 < room) {
        int bad = log_unsafe(s);
        if (bad == 0 && *s == '\\')
            out[n++] = '\\';
        if (bad == 0) {
            do
                out[n++] = (char)*s++;
            while ((*s & 0xc0) == 0x80 && n + 1 < room);
            continue;
        }
        for (; bad > 0; bad--, s++) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = hex[*s >> 4];
            out[n++] = hex[*s & 15];
        }
    }
    return n;
}

static void log_line(enum log_level level, const char *event, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* One write a line, so that lines of several threads and processes do not mix. errno is kept. */
static void log_line(enum log_level level, const char *event, const char *fmt, va_list ap)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    char body[LOG_LINE_MAX], line[LOG_LINE_MAX + 128], when[20];
    int saved = errno;

    if ((int)level > log_max)
        return;
    if (vsnprintf(body, sizeof body, fmt, ap) < 0)
        body[0] = '\0';
    int head = snprintf(line, sizeof line, "%s %s %.64s ", date_time_format(date_now(), when),
                        names[level], event);
    size_t n = (size_t)head + log_escape(line + head, sizeof line - (size_t)head - 1, body);
    line[n++] = '\n';
    /* Nothing can be done about a log that cannot be written. */
    ssize_t done = write(STDERR_FILENO, line, n);
    (void)done;
    errno = saved;
}

#define LOG_BODY(level)                                                                            \
    do {                                                                                           \
        va_list ap;                                                                                \
        va_start(ap, fmt);                                                                         \
        log_line(level, event, fmt, ap);                                                           \
        va_end(ap);                                                                                \
    } while (0)

void log_error(const char *event, const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_ERROR);
}

void log_warn(const char *event, const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_WARN);
}

void log_info(const char *event, const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_INFO);
}

void log_debug(const char *event, const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_DEBUG);
}

void log_fatal(const char *event, const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_ERROR);
    _exit(70);
}
