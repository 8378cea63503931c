/* Between the files of a walk: what is asked, and the stretches that are read for it. */
#ifndef HUTONG_WALK_IN_H
#define HUTONG_WALK_IN_H

#include "store/store_int.h"

#define AREA_LEN 5

struct source {
    struct key from, to;
    struct key *k; /* a portion */
    size_t room, n, i;
    bool end;
    bool waits;        /* k[0] only says where it begins */
    struct rest *rest; /* of records that have no entry; NULL: entries */
};

struct merge {
    struct txn *t;
    const struct walk *w;
    void *ctx;
    DB *db;
    const struct ix *ix;  /* NULL: the records themselves */
    const struct ix *all; /* by division and id, where ix has no entries for a usual value */
    bool pieces;          /* the records themselves: one key a piece */
    bool by_area;
    bool straight;            /* as the index lies, by bulk */
    bool marks;               /* … each with its mark */
    size_t prefix;            /* bytes before the order */
    struct key lo, hi, after; /* of the order; hi exclusive */
    bool has_hi, has_after;
    size_t portion;
    struct source *src;
    size_t nsrc, nstretch;
    size_t *heap;
    size_t nheap;
};

/* stretch.c: fills src by what is asked. */
int sources(struct merge *);
uint64_t area_span(const char *code); /* how many codes begin with it */

#endif
