/*
 * What an actor sees of records: the one place where posts, classes, masks and restricted code values
 * become shown text, and where a query learns which names it may use. Lists, search, views, history,
 * prints and exports all read through here.
 *
 * Shown is judged per record, by the posts that reach it (actor_narrow). A query names a field only
 * when every post with the read right reads it in full: then no filter, order or count can tell what
 * is not shown. What may not be named does not exist, with the same sentence.
 */
#ifndef HUTONG_WORK_ACCESS_H
#define HUTONG_WORK_ACCESS_H

#include "work/work.h"

struct access {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor; /* the posts with the read right of form */
    const struct form *form;
    struct rec_env env;        /* for expressions: linked records as the actor sees them */
    struct rec **seen;         /* linked records read; see access_forget */
    size_t nseen;
};

/* NULL when no post has "<form>.read" (and, if given, one of the roles). */
struct access *access_new(struct txn *, void *ctx, const struct county *, const struct actor *,
                          const struct form *, const char *const roles[]);
/* Frees linked records when many gathered; between records, never while one is judged. */
void access_forget(struct access *);

/* May a query name the field; this value of it. */
bool access_names(const struct access *, const struct form_field *);
bool access_names_code(const struct access *, const struct form_field *, const char *code);
struct expr_access access_expr(struct access *);
/* A path that a query names (query), or that is asked for to be shown; HE_USAGE with the sentence of a
 * name that does not exist. */
int access_path(struct access *, void *ctx, const char *text, bool query, struct form_path *out,
                char **problem);
char *access_unknown(void *ctx, const char *name);

/* The posts that reach rec; NULL: not seen. */
const struct actor *access_narrow(struct access *, void *ctx, const struct rec *);

struct seen {
    const char *value; /* canonical, restricted codes taken out; the masked text when masked; or NULL */
    bool masked;
};
/* A value of rec (or of the record it links to) as those posts see it. */
struct seen access_value(struct access *, void *ctx, const struct actor *narrow, const struct rec *,
                         struct form_path);
/* The same for people: labels, names of users and divisions, titles of records. "" for nothing.
 * in_list: identity numbers show masked to everybody (minimum necessary, domain.md 3.9). */
char *access_show(struct access *, void *ctx, const struct actor *narrow, const struct rec *,
                  struct form_path, bool in_list, bool *masked);
/* An own field's value out of the record (history): what value would be seen. */
struct seen access_own(void *ctx, const struct actor *narrow, const struct form_field *,
                       const char *value);
char *access_text(struct access *, void *ctx, const struct actor *narrow,
                  const struct form_field *, const char *value);

#endif
