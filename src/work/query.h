/* A question to a list, checked against what the actor may name. Private to this room. */
#ifndef HUTONG_WORK_QUERY_H
#define HUTONG_WORK_QUERY_H

#include "work/list.h"
#include "work/scope.h"

struct query {
    void *ctx;
    struct access *a;
    struct scope scope;
    const struct list_ask *ask;
    const struct form_view *view;
    struct expr *where[2];     /* of the view and of the ask; NULL: true */
    struct expr_index index;   /* serves where: field NULL when none does */
    bool exact;                /* … and says all of it */
    struct form_path sort;     /* field NULL: by id */
    bool reverse;
    struct form_path then[VIEW_THEN]; /* order equal ones, of the view's own sort only */
    size_t nthen;
    struct form_path *column;
    size_t ncolumn;
    int limit;
    bool past;                 /* as of ask->day: each record is taken back, none found by an index */
    const char *within;        /* … its division then, NULL everywhere */
    const char **areas;        /* … of the posts */
};

/* HE_DENIED without the read right; HE_USAGE with *problem. */
int query_open(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct list_ask *, struct query **, char **problem);
/* Is where true of rec. */
bool query_takes(struct query *, const struct rec *);
/* A nameable value of rec as queries use it: without codes that may not be named. */
const char *query_value(struct query *, void *ctx, const struct rec *, struct form_path);
/* Is it one of ask->only (when there are such). */
bool query_only(const struct query *, uint64_t id);
/* Every record of the question, in no order; fn returns 0, 1 to stop, or an error. */
typedef int (*query_fn)(struct query *, const struct rec *, void *arg);
int query_each(struct query *, query_fn, void *arg);
int query_count(struct query *, uint64_t *n);
/* {id, version, v, mask} of rec with the columns, as the posts that reach it see it. */
void query_row(struct query *, struct node *rows, const struct rec *);

#endif
