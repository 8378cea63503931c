/*
 * Field types. A value is kept as canonical UTF-8 text everywhere (store, wire, drafts, history,
 * expressions); NULL means never answered. One file and one line in type.c make a type.
 *
 *   text note      one line; many lines
 *   code codes     one value of a code table; several, kept as "41,43" in table order
 *   yesno          1 or 0
 *   date month     "2016-03-12"; "2016-03" also allowed
 *   time           "2026-11-22 14:05:09", +08:00
 *   id phone       citizen ID or other document number; telephone digits
 *   int money      whole number; yuan with two decimals, "1250.00" (exact, read as yuan again)
 *   area region    12-digit code of the county's own divisions; any GB/T 2260 place as 12 digits, or
 *                  one of the words 境外 海上 流动 (names are turned into codes by the caller)
 *   ref user       decimal id of a record; of a user
 *
 * “Unknown is an answer” (decision 6): a field with unknown_ok may hold "?1:reason" (不掌握) or
 * "?2:reason" (拒绝提供). Every type passes it through; expressions see it as unknown.
 */
#ifndef HUTONG_TYPE_H
#define HUTONG_TYPE_H

#include "form/form.h"

enum form_widget { WIDGET_LINE, WIDGET_NOTE, WIDGET_PICK, WIDGET_PICKS, WIDGET_YESNO, WIDGET_DATE,
                   WIDGET_AREA, WIDGET_REF };

struct form_type {
    const char *name;
    enum form_widget widget;
    int max;   /* default length in characters */
    int limit; /* the longest that a form may ask for */
    int width; /* default list width in columns */
    bool numeric; /* compares as a number in expressions */
    /*
     * Turns what a person, a file or a request wrote into canonical text under ctx, *out NULL for an
     * empty answer. On HE_RULE *problem is a Chinese sentence that says what to do and *code a stable
     * word (bad_name, id_checksum, id_date, bad_code, bad_date, bad_phone, too_long …).
     */
    int (*parse)(void *ctx, const struct form_field *, struct date today, const char *in,
                 char **out, const char **code, char **problem);
    /* For people: label of a code, "2016-03-12", …; for ref, area and user the caller resolves names. */
    char *(*show)(void *ctx, const struct form_field *, const char *value);
    /* Bytes whose memcmp order is the order of a list, NUL-free. */
    char *(*sortkey)(void *ctx, const struct form_field *, const char *value);
};

const struct form_type *type_find(const char *name);
const char **type_names(void *ctx); /* NULL-terminated */
bool type_is_unknown(const char *value);            /* "?1:…" or "?2:…" */
int type_parse(void *ctx, const struct form_field *, struct date today, const char *in, char **out,
               const char **code, char **problem);  /* cleans, handles "?", calls the type */
char *type_show(void *ctx, const struct form_field *, const char *value); /* NULL gives "" */
char *type_sortkey(void *ctx, const struct form_field *, const char *value);
/* How lists and prints show it when it must be hidden: by field->mask, else "***"; NULL gives "". */
char *type_mask(void *ctx, const struct form_field *, const char *value);
/* value is one of a multiple choice "41,43" */
bool type_codes_has(const char *value, const char *code);

#endif
