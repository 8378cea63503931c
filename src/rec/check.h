/*
 * Findings: what is wrong, missing or doubtful about a record. Data, not errors: all are collected
 * (never only the first), each with the field to go to and a sentence that says what to do.
 */
#ifndef HUTONG_CHECK_H
#define HUTONG_CHECK_H

#include "form/report.h"
#include "rec/rec.h"

struct finding {
    char level;         /* 'E' not saved, 'W' saved after 确认无误, 'I' information, 'M' missing for complete */
    const char *field;  /* path text, "" for the whole record */
    const char *code;   /* stable word: id_checksum, missing_name, … (design.md 8) */
    const char *text;   /* Chinese */
};

struct findings {
    struct finding *f;  /* talloc array */
    size_t n;
};

struct findings *findings_new(void *ctx);
void findings_add(struct findings *, char level, const char *field, const char *code,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
size_t findings_count(const struct findings *, char level);
/* Copies those of from, with prefix ("father.") before each field. */
void findings_merge(struct findings *, const struct findings *from, const char *prefix);
void findings_to_node(struct node *parent, const char *key, const struct findings *);

/* What a check may ask of the world; every callback may be NULL (then it is not checked). */
struct rec_env {
    struct date today;
    const char *me;     /* id of the acting user for the expression word me; NULL: unknown */
    void *arg;
    /* The record that a ref field points to, borrowed until the env's ctx goes; NULL if none. */
    const struct rec *(*linked)(void *arg, const struct rec *, const struct form_field *);
    /* Is the division known and open on that day? 0, HE_NOTFOUND, HE_RULE (closed: *successor). */
    int (*area)(void *arg, const char *code, struct date on, const char **successor);
    /* Urban-rural class of a division (111 … 220), NULL when not known. */
    const char *(*area_class)(void *arg, const char *code);
};

/*
 * Parses raw values {"name": "王小雨", "father.name": "…"} (own fields only; dotted ones are the
 * caller's) into rec, cleaning each by its type; text, numbers, true and false, lists (for codes) and
 * nil are taken. A bad one becomes an 'E' finding and leaves the old value. Unknown names: 'E'
 * unknown_field; a change of a field that rules write or that is retired: 'E' system_field,
 * retired_field. Then values are derived: a target that only followed its source follows it again;
 * one that was answered otherwise is an 'E' birth_mismatch or sex_mismatch when raw held either side.
 */
void rec_take(struct rec *, const struct node *raw, const struct rec_env *, struct findings *);
/*
 * 'E' missing_<field> (must; fields that rules write are the rules' care), unknown_refused ("?1:…" in a
 * field without unknown_ok), unknown_village (env->area does not know it), bad_ref; 'W' closed_area;
 * then the rules with their level, their name as code and their message. A rule without require
 * speaks when its `when` is true. Retired fields are not judged.
 */
void rec_check(const struct rec *, const struct rec_env *, struct findings *);
/* 'M' missing_<field>: fields wanted for a complete file that are empty ("?1:…" is an answer). */
void rec_check_complete(const struct rec *, const struct rec_env *, struct findings *);

/* dict_load, then compiles every expression of every form. The mistakes of both go to errs by file and
 * line, and NULL is returned. */
struct dict *rec_load_dict(void *ctx, const char *dir, struct conf_errors *errs);
/* reports_load, its expressions checked. Never NULL; mistakes to errs. */
struct reports *rec_load_reports(void *ctx, const struct dict *, struct conf_errors *errs);

#endif
