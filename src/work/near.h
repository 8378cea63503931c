/* Whom a record names, kept in memory for searching in a village; see near.c. Private to this room. */
#ifndef HUTONG_WORK_NEAR_H
#define HUTONG_WORK_NEAR_H

#include "work/work.h"

struct near_link {
    const struct form *form; /* of whom it names */
    uint64_t to, from;
};

struct near *near_new(void *ctx);
/* The record was changed; for the store's watcher. */
void near_forget(struct near *, const struct form *, uint64_t id);
/* Is a record of the form also found by the name behind this field? */
bool near_names(const struct form *, const struct form_field *via);
/* What the record names, one entry a field; out has room for all its fields. None when it is gone. */
int near_links(struct txn *, struct near *, const struct form *, uint64_t id, struct near_link *out,
               size_t *n);

#endif
