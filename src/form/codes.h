/*
 * Code tables: forms/codes/NAME.csv with the heading
 *   code,label,en,alias,from,to,class,map
 * alias: other spellings that imports meet, separated by '|'; from,to: days of validity; class: C or D
 * when this single value is more sensitive than its field (HIV); map: the code of the national system.
 * The first line may be a comment "# GB/T 2261.1 …" naming the standard.
 */
#ifndef HUTONG_CODES_H
#define HUTONG_CODES_H

#include "form/form.h"

struct code {
    const char *code, *label, *en;
    const char **alias;     /* NULL-terminated */
    struct date from, to;   /* y == 0: open */
    enum form_class class;  /* CLASS_A when not restricted */
    const char *map;
};

struct codes_key;

struct codes {
    const char *name;
    const char *standard;   /* text of the comment line, or NULL */
    struct code *code;
    size_t n;
    bool ordered;          /* the rows stand in the order of their codes: found by halving */
    struct codes_key *key; /* folded spellings in order, for codes_lookup */
    size_t nkey;
    const char *late;      /* the file to be read when dict_codes is asked, NULL */
};

const struct code *codes_find(const struct codes *, const char *code);
/* By code, label, alias or English label, blanks and width folded; NULL when none or ambiguous. */
const struct code *codes_lookup(const struct codes *, const char *typed);
const char *codes_label(const struct codes *, const char *code); /* the code itself when unknown */
int codes_load(void *ctx, const char *path, const char *name, struct codes *out,
               struct conf_errors *errs);

#endif
