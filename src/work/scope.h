/* Which records a list walks: those that some post of the actor reaches. Private to this room. */
#ifndef HUTONG_WORK_SCOPE_H
#define HUTONG_WORK_SCOPE_H

#include "work/access.h"

struct scope {
    struct access *a;
    const char *within;     /* only this division and below, or NULL */
    const char **areas;     /* divisions, NULL-terminated; NULL: everywhere */
    bool by_area;           /* the areas are to be walked */
    const struct form_field *via; /* a dependent record's link to what these two bind; NULL */
    uint64_t *school;       /* children of these schools besides */
    size_t nschool;
    bool owned;             /* those of the actor himself alone (form owner) */
    bool assigned;          /* and those assigned to the actor */
    bool streams;           /* one walk gives all of it, in the order of any list index */
};

void scope_init(struct scope *, void *ctx, struct access *, const char *within);
/* A walk of a streaming scope: fills form, field, areas. */
struct walk scope_walk(const struct scope *, const struct form_field *);
bool scope_holds(const struct scope *, const char *division); /* of a scope by area */
/*
 * Ids of every record in scope, each once; of a narrower index range when index is not NULL (a superset
 * is meant: the caller judges each). Stops at max: *n is max then.
 */
int scope_ids(const struct scope *, void *ctx, const struct expr_index *index, size_t max,
              uint64_t **ids, size_t *n);

#endif
