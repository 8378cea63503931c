/*
 * libconfig, its only home: strict reading. Mistakes are collected, never printed one at a time, and
 * each says file, line and what to do. Catches what libconfig lets pass: unknown keys, an unquoted
 * 12-digit code (silently truncated to a wrong number), a BOM, a second definition.
 */
#ifndef HUTONG_CONF_H
#define HUTONG_CONF_H

#include "base/base.h"

struct conf_errors {
    size_t n;
    char **text; /* "child.form:12: 不认识的项 “labl”" in the order found */
};
struct conf_errors *conf_errors_new(void *ctx);
void conf_error(struct conf_errors *, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

struct conf;      /* one file */
struct conf_item; /* a group, list or value in it; borrowed from its conf */

/*
 * Reads a file; NULL when there is nothing to read. Mistakes of syntax go to errs, and what could be made
 * out beside them is given, so that its own mistakes are found in the same run: who asked looks at
 * errs->n before he uses anything. Freed with ctx.
 */
struct conf *conf_read(void *ctx, const char *path, struct conf_errors *errs);
const struct conf_item *conf_root(const struct conf *);
/* Lines of it lost their sense: that something is missing in it says nothing. */
bool conf_is_broken(const struct conf *);

const struct conf_item *conf_get(const struct conf_item *group, const char *key); /* NULL */
size_t conf_count(const struct conf_item *list_or_group);
const struct conf_item *conf_at(const struct conf_item *list_or_group, size_t i);
const char *conf_name(const struct conf_item *); /* NULL for a list element */
int conf_line(const struct conf_item *);
bool conf_is_group(const struct conf_item *);
bool conf_is_list(const struct conf_item *); /* list or array */
bool conf_is_text(const struct conf_item *);
/* Its value was mistaken and is reported; reading it as any type says no more. */
bool conf_is_mended(const struct conf_item *);

/*
 * Typed reading of group[key]. A missing key gives the default; a value of the wrong type is an
 * error naming both (and for digits without quotes says to put quotes around them).
 */
const char *conf_text(const struct conf_item *group, const char *key, const char *dflt,
                      struct conf_errors *);
long conf_int(const struct conf_item *group, const char *key, long dflt, struct conf_errors *);
bool conf_bool(const struct conf_item *group, const char *key, bool dflt, struct conf_errors *);
/* NULL-terminated list of texts from "a", ["a","b"] or ("a","b"); NULL when the key is missing. */
const char **conf_texts(void *ctx, const struct conf_item *group, const char *key,
                        struct conf_errors *);
/* Every key of group must be one of the NULL-terminated names; offers the nearest name. */
void conf_only(const struct conf_item *group, const char *const names[], struct conf_errors *);
/* Puts the mistakes from the given one on in the order of files and lines. */
void conf_errors_sort(struct conf_errors *, size_t from);
/* The name most like word, for “did you mean”; NULL when none is near. */
const char *conf_nearest(const char *word, const char *const names[]);
/* Reports a mistake at an item; not on a line that lost its sense, where it would be an echo. */
void conf_error_at(struct conf_errors *, const struct conf_item *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
