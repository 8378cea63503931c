/*
 * UTF-8 text. Widths come from our own table and never from the C library: ambiguous characters
 * (—·…①) differ by locale and terminal (research/ux.md 0.7), so the caller says which it has.
 */
#ifndef HUTONG_TEXT_H
#define HUTONG_TEXT_H

#include "base/base.h"

/* One code point at *p, advancing *p; invalid bytes give U+FFFD and advance by one. 0 at the end. */
uint32_t text_next(const char **p);
/* Writes cp as UTF-8 (no terminator); returns the bytes written, 1 to 4. */
int text_put(char out[4], uint32_t cp);
/* True when the len bytes are UTF-8: no overlong form, surrogate, or NUL. */
bool text_valid(const char *s, size_t len);

/* Columns of a code point: 0 combining, 1, 2; ambiguous ones count amb_width (1 or 2). */
int text_cp_width(uint32_t cp, int amb_width);
bool text_cp_ambiguous(uint32_t cp);
int text_width(const char *s, int amb_width);
/* Bytes of the longest prefix of s that fits cols columns, whole clusters only; *used its width. */
size_t text_fit(const char *s, int cols, int amb_width, int *used);
/* Characters as a person counts them (combining marks belong to their base). */
size_t text_chars(const char *s);
/* The next (previous) cluster boundary in s after (before) byte offset at. */
size_t text_cluster_next(const char *s, size_t at);
size_t text_cluster_prev(const char *s, size_t at);

/* May the code point be stored at all: no control, bidirectional, zero-width, private use, tag or
 * non-character. Variation selectors may, but text_clean and text_visible take them only behind
 * Han, and only 8 combining marks in a row. */
bool text_cp_allowed(uint32_t cp, bool multiline);

enum text_clean_flags {
    TEXT_MULTILINE = 1, /* keep line feeds (CRLF and CR become LF) */
    TEXT_HALFWIDTH = 2, /* full-width ASCII and ideographic space become half-width */
    TEXT_NOSPACE = 4,   /* drop all white space (numbers with spaces inside) */
    TEXT_UPPER = 8,     /* ASCII letters to upper case */
};
/*
 * Makes input fit to store: drops what text_cp_allowed refuses, turns tabs and line breaks into a
 * space (unless TEXT_MULTILINE), trims both ends, folds runs of blanks to one. Invalid UTF-8 and
 * U+FFFD are dropped. *dropped (may be NULL) counts characters and bad bytes removed, not blanks.
 */
char *text_clean(void *ctx, const char *s, unsigned flags, size_t *dropped);
/* For showing anything anywhere (screen, command, log): every disallowed code point becomes U+FFFD,
 * line feeds stay only with TEXT_MULTILINE. */
char *text_visible(void *ctx, const char *s, unsigned flags);
/* For comparing: half-width, ASCII in lower case, no blanks, no variation selectors nor anything
 * that may not be stored, middle dots of every kind become '·'. */
char *text_fold(void *ctx, const char *s);
/* Name check: 2 to 60 characters; Han of any plane, letters, '·', blanks between letters. Returns
 * NULL when good, else a Chinese sentence that says what to do (a gettext message id). */
const char *text_name_problem(const char *s);

/* A printf into ctx that never returns NULL. */
char *text_printf(void *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
