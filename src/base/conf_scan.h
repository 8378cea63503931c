/*
 * Reads the source text of a libconfig file before the library does, because the library stops at
 * the first syntax error and takes some mistakes in silence. What it could make out is written again
 * without the mistakes, line under line, so that the library reads the rest. For conf.c only.
 */
#ifndef HUTONG_CONF_SCAN_H
#define HUTONG_CONF_SCAN_H

#include "base/conf.h"

enum conf_token_type {
    CT_END,
    CT_NAME,
    CT_STRING,
    CT_NUMBER,
    CT_BOOL,
    CT_MARK, /* one of = : ; , { } [ ] ( ) */
    CT_BAD,  /* already reported */
};

struct conf_token {
    enum conf_token_type type;
    char mark;
    int line;
    const char *at;
    size_t len;
};

/* What libconfig gets to read in the place of the text, and the lines that lost their sense. */
struct conf_mended {
    char *text;  /* talloc */
    int line;    /* that the end of text is on */
    int *broken; /* talloc array of lines */
};

/* Begins a text that stands for a value with a mistake; no form file holds it. */
#define CONF_MENDED '\x01'

struct conf_scan {
    const char *file;
    const char *p;
    int line;
    bool wrong; /* the word just taken is no value as it stands; it is reported */
    struct conf_errors *errs;
    struct conf_mended *out;
    struct conf_token tok;
};

void conf_scan_next(struct conf_scan *);
/*
 * A text may not go over the end of its line: a forgotten quote would swallow the lines below. Reports
 * such lines and gives the text with nothing but their brackets left, NULL when there are none.
 */
char *conf_scan_torn(struct conf_scan *, const char *text);
/* A mistake that hides what the line says: one message a line, for the rest is mostly its echo. */
void conf_scan_error(struct conf_scan *, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A mistake in one value, which the words around it outlive. */
void conf_scan_wrong(struct conf_scan *, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Checks the whole NUL-terminated text; NULL when it is no UTF-8, out->text NULL when all is well. */
struct conf_mended *conf_scan_check(void *ctx, const char *file, const char *text,
                                    struct conf_errors *);
bool conf_line_broken(const struct conf_mended *, int line);

#endif
