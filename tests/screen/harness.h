/*
 * Runs a program of the screen in a pseudo-terminal whose other side is libvterm, so that tests see
 * what a person would: characters, attributes, the cursor, and the bytes it cost. No sleeps: waits
 * end as soon as the screen shows what was waited for, with a limit for the failing case.
 */
#ifndef TESTS_SCREEN_HARNESS_H
#define TESTS_SCREEN_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { HARNESS_MS = 20000 }; /* the usual limit of a wait; only a failing test reaches it */

struct harness_opts {
    int rows, cols;          /* 0: 24 x 80 */
    const char *term;        /* TERM of the program; NULL: xterm-256color */
    bool gb18030;            /* the terminal speaks GB18030, ambiguous characters are wide */
    bool silent;             /* the terminal answers no questions (old ones do not) */
    const char *const *argv; /* program first, NULL-terminated */
    const char *const *env;  /* more variables, "NAME=value", NULL-terminated; may be NULL */
};

struct harness;
struct harness *harness_start(void *ctx, const struct harness_opts *);
/* Ends the program if it still runs (hangup first) and frees. */
void harness_stop(struct harness *);
int harness_pid(const struct harness *);

/* Types UTF-8 (in the terminal's encoding), or bytes as they are. */
void harness_send(struct harness *, const char *utf8);
void harness_send_raw(struct harness *, const char *bytes, size_t n);
void harness_resize(struct harness *, int rows, int cols);
/* The line drops: the program gets SIGHUP. */
void harness_hangup(struct harness *);

/* True when the screen shows it (gone: no longer shows it) within ms. */
bool harness_wait(struct harness *, const char *needle, int ms);
bool harness_wait_gone(struct harness *, const char *needle, int ms);
bool harness_wait_row(struct harness *, int row, const char *needle, int ms);
bool harness_wait_cursor(struct harness *, int row, int col, int ms);
/* Reads until the program was quiet for a moment (25 ms): the end of a paint, for counting. */
void harness_settle(struct harness *);
/* Exit status (as of waitpid) when the program ends within ms, else -1. */
int harness_wait_exit(struct harness *, int ms);

/* The screen as text, one line a row, blanks at the ends cut; borrowed until the next call. */
const char *harness_text(struct harness *);
const char *harness_row(struct harness *, int row);
/* 'b' bold, 'r' reverse, 'u' underline, '.' none, of one cell. */
char harness_attr(struct harness *, int row, int col);
void harness_cursor(struct harness *, int *row, int *col);
/* Bytes the program sent since the last reset. */
size_t harness_bytes(const struct harness *);
void harness_bytes_reset(struct harness *);
/* When the last of them came, in seconds of the monotonic clock. */
double harness_last(const struct harness *);
/* Everything the program ever sent (the first 64 KiB). */
const char *harness_raw(const struct harness *, size_t *n);
/* Text with SGR attributes and the cursor at the end: cat shows it, screen-png draws it. */
void harness_dump(struct harness *, FILE *);

#endif
