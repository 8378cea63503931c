/*
 * Reads the source text of a libconfig file before the library does, because the library stops at
 * the first syntax error and takes some mistakes in silence. For conf.c only.
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

struct conf_scan {
    const char *file;
    const char *p;
    int line;
    int said_line; /* one message a line: the rest of a broken line is mostly its echo */
    struct conf_errors *errs;
    struct conf_token tok;
};

void conf_scan_next(struct conf_scan *);
void conf_scan_error(struct conf_scan *, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Checks the whole NUL-terminated text; true when nothing was wrong. */
bool conf_scan_check(const char *file, const char *text, struct conf_errors *);

#endif
