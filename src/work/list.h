/* Lists, counts and search as an actor may see them: scope, masks and paging in one place. */
#ifndef HUTONG_WORK_LIST_H
#define HUTONG_WORK_LIST_H

#include "work/work.h"

struct list_ask {
    const struct form *form;
    const char *view;     /* name or NULL */
    const char *where;    /* expression or NULL, and-ed to the view's */
    const char *area;     /* division to stay within, or NULL */
    const char *sort;     /* field or "-field"; NULL: the view's, else title */
    const char **fields;  /* paths; NULL: the view's columns */
    const char *after;    /* mark of the page before */
    int limit;            /* rows; 0: 20 */
    bool raw;             /* canonical values (export, commands) instead of shown ones */
    bool count;           /* also count all */
    bool grouped;         /* page: by division and id where that is quicker; pages may be short */
    struct date day;      /* counts: as of the end of this day; y == 0: now */
    const uint64_t *only; /* of these alone, in order and each once; NULL: all */
    size_t nonly;
};

/*
 * Answer {rows: [{id, version, v: {path: text}, mask: [path]}], next: mark or nil, total}. A field or
 * code the actor may not read acts as if it did not exist, in fields, where, sort and counts alike:
 * HE_USAGE with the same sentence as for an unknown name. Who holds several posts may be shown a field
 * of some records that he cannot name in where, sort and by: these take only what each of his posts
 * reads in full. Shown values (not raw) have identity numbers masked for everybody (domain.md 3.9).
 */
int list_page(struct txn *, void *ctx, const struct county *, const struct actor *,
              const struct list_ask *, struct node *out, char **problem);
/* Says what is wrong with the ask without reading a record, for the writer; {total} where it is known so. */
int list_sound(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct list_ask *, struct node *out, char **problem);
/* {total} or {rows: [{v: [labels], k: [values], n}]} with by (paths, or "town"); a multiple choice counts under each of its
 * codes, so those rows do not add up. */
int list_count(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct list_ask *, const char **by, struct node *out, char **problem);
/* Search: words are and-ed; ids, phones and names of linked persons find their children too. What a post
 * reads masked does not find. With ask->count also total. */
int list_find(struct txn *, void *ctx, const struct county *, const struct actor *,
              const struct list_ask *, const char *words, struct node *out, char **problem);
/*
 * One record as the actor may see it, with linked records: {type, id, version, "v": {path: value}, "show":
 * {path: text}, "mask": [path: in show only], "can": [verbs], "missing": [{field, text}], "change": {id,
 * about, kind, state, marks: [path], proposed: {path: value or nil}, proposed_show …}}. HE_NOTFOUND and
 * nothing in out when no post reaches it. A `change` record shows what it proposes the same way.
 */
int rec_view(struct txn *, void *ctx, const struct county *, const struct actor *,
             const struct rec *, struct node *out);
/* {rows: [{version, time, user, op, why, source, changes: [{field, label, old, new, old_show, new_show}],
 * note: {type, id, fields, labels}}], next}, newest first. An entry of which the actor reads nothing is
 * not there. */
int rec_history_view(struct txn *, void *ctx, const struct county *, const struct actor *,
                     const struct rec *, const char *after, int limit, struct node *out);
/* {rows: [{child, title, helper, what, from, done, wanted}]}: the minimums of codes/helper_minimum.csv
 * for every helper who was in touch with a child this term, counted from `from` (R-056 … R-060). */
int helper_count(struct txn *, void *ctx, const struct county *, const struct actor *,
                 struct node *out);
/* First screen: {rows: [{view, type, label, en, count, code}]} of the todo views of the actor's roles.
 * count is nil where counting would keep him waiting (a whole county). */
int todo_list(struct txn *, void *ctx, const struct county *, const struct actor *,
              struct node *out);
/* Villages of a township (townships of a county) by the records of views of rank 1 to 3 in them, most
 * first: {level: "village" "town", views: [{type, view}], places: [{area, name, n, of: [n of a view]}]}.
 * late in place of the rest when it takes too long and nobody is patient; nothing for one village. */
int todo_places(struct txn *, void *ctx, const struct county *, const struct actor *, bool patient,
                struct node *out);

#endif
