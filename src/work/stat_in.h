/* Between the files of statistics; nobody else includes it. */
#ifndef HUTONG_WORK_STAT_IN_H
#define HUTONG_WORK_STAT_IN_H

#include <pthread.h>

#include "rec/expr.h"
#include "work/stat.h"

#define STAT_SEEN   64 /* twice as many as a file names */
#define STAT_TABLES 8  /* days kept at once */

/* A condition, or a value to add up, of every child. */
struct stat_pred {
    const char *text; /* of where, with the days filled in; NULL: the base alone */
    struct expr *where;
    int base;          /* the condition that must hold first, -1 */
    const char *check; /* of struct report_column */
    const struct form_field *sum;
    int sum_at; /* which of the sums, -1: a condition */
};

/* What a table holds: the children as of a day, or (on) the records that hang on children and are dated
 * from .. day, as they are now. */
struct stat_key {
    struct date day, from;
    const struct form *form;
    const struct form_field *on; /* NULL: children */
};

struct stat_table {
    struct statistics *stat;
    struct stat_key key;
    struct date day; /* of key */
    bool past;       /* something may have changed on a later day */
    bool building, dropped;
    unsigned users;
    uint64_t used; /* clock of the last use */
    size_t log;    /* what was changed up to here is in it */
    struct stat_pred *pred;
    size_t npred, nsum, nword;
    /* children, or records of theirs */
    uint64_t *id;
    uint32_t *place;    /* in code */
    uint64_t *director; /* of a record: its child */
    uint64_t *bits;     /* [n][nword] */
    int32_t *sum;       /* [n][nsum] */
    size_t n, room;
    uint32_t *slot; /* child id → position + 1 */
    size_t slots;
    /* places */
    char (*code)[13];
    size_t ncode;
    int64_t *count; /* [ncode][npred] */
};

struct stat_change {
    const struct form *form;
    uint64_t id;
    struct date day;
};

struct statistics {
    const struct county *county;
    pthread_mutex_t lock;
    pthread_cond_t built;
    struct stat_table *table[STAT_TABLES];
    bool
        building_past; /* one day gone by at a time: whoever asks for many takes one core, one place */
    uint64_t clock;
    /* the log: numbers go on for ever, entries before base are gone */
    pthread_mutex_t log_lock;
    struct date latest; /* business day anybody has worked on */
    struct stat_change *log;
    size_t base, n, room;
    /* the thread */
    pthread_t thread;
    bool running, stop;
    pthread_cond_t wake;
};

/* One child (record) of a table as of its day, worked out anew. */
struct stat_kid {
    char code[13]; /* "": there was none */
    uint64_t director;
    uint64_t *bits;
    int32_t *sum;
    /* whom the children before it name: brothers and sisters stand next to each other */
    void *ctx;
    struct date day;
    struct rec *seen[STAT_SEEN];
    size_t nseen;
};
/* For children of the table; what it keeps must not be older than a change that is still to be told. */
void stat_kid_new(void *ctx, const struct stat_table *, struct stat_kid *);

/* stat_past.c: *out NULL when there was no such record at the end of that day. past: changes are
 * looked for at all. */
int stat_rec_at(struct txn *, void *ctx, const struct form *, uint64_t id, struct date day,
                bool past, struct rec **out);

/* stat_kid.c */
void stat_preds(struct stat_table *, const struct county *);
/* Position of the condition of a column for a period, -1 when there is none. */
int stat_pred_of(const struct stat_table *, const struct report *, const struct report_column *,
                 const struct stat_period *);
int stat_base_of(const struct stat_table *, const struct report *, const struct stat_period *);
/* … of the children that may have come and gone (in: gone and come back) between two days. */
int stat_touched_of(const struct stat_table *, const struct stat_period *, bool in);
/* … of the children of the report whose file has to be corrected. */
int stat_wrong_of(const struct stat_table *, const struct report *, const struct stat_period *);
int stat_kid(struct txn *, const struct stat_table *, uint64_t id, struct stat_kid *);

/* Position of the condition of a view on the first screen, -1 when there is none. */
int stat_view_pred(const struct stat_table *, const struct form_view *);

/* stat_table.c */
void stat_log_change(const struct form *, uint64_t id, struct date day, void *statistics);
void stat_log_trim(struct statistics *); /* what every table has seen is forgotten */
int stat_build(struct stat_table *);
int stat_refresh(struct stat_table *); /* under the lock; HE_LIMIT: too far behind, build it anew */

/* stat_days.c: n tables, some may be the same, fresh and locked until stat_release of one. */
void stat_release(struct stat_table *);
int stat_take(const struct county *, struct date today, const struct stat_key *, size_t n,
              struct stat_table **out);
/* The table of today, fresh and locked, if it is built; else HE_NOTFOUND and NULL. */
int stat_take_ready(const struct county *, struct date today, struct stat_table **out);
struct stat_key stat_day_key(const struct county *, struct date day);
/* The records that a report counts besides its children. */
struct stat_key stat_of_key(const struct report *, const struct stat_period *);
static inline bool stat_has(const struct stat_table *t, size_t at, int pred)
{
    return t->bits[at * t->nword + (size_t)pred / 64] >> (pred % 64) & 1;
}
/* Position of a child, or -1. */
long stat_find(const struct stat_table *, uint64_t id);

void stat_pick_add(struct stat_pick *, uint64_t id);
/* stat_seen.c. seen[report->ncolumn]: which columns the actor sees; figures: as report.figures does.
 * HE_DENIED: none. */
int stat_columns(void *ctx, const struct county *, const struct actor *, const struct report *,
                 bool figures, bool *seen);
bool stat_column_seen(void *ctx, const struct county *, const struct actor *, const struct report *,
                      int column);
/* May the actor name what the column and its report ask for? */
bool stat_nameable(void *ctx, const struct county *, const struct actor *, const struct report *,
                   int column);
/* A column of the total of a frozen report; HE_NOTFOUND. stat_frozen.c */
int stat_frozen_total(struct txn *, void *ctx, const struct county *, uint64_t id,
                      const char *column, int64_t *v);

/* stat_gate.c: HE_RULE with out's "text"; else *excused names the exceptions, NULL none. */
int stat_gate(void *ctx, const struct county *, const struct actor *, const struct report *,
              const struct stat_answer *, struct node *out, char **excused, char **problem);
int stat_refuse(struct node *out, const char *text);
int64_t stat_total(const struct stat_answer *, int column); /* of the last row */

/* stat_small.c. Are the small figures of a row (total, a division, "" the rest) merged there? */
bool stat_merges(const struct stat_out *, const char *code, bool total, const char *division);
bool stat_is_small(int64_t);
void stat_merge(struct stat_answer *, const struct report *, const struct stat_out *);

/* stat_formula.c */
void stat_formulas(struct stat_answer *, const struct report *);
void stat_identities(struct stat_answer *, const struct report *);

/* stat_move.c: adds the movements of a period to v of every row (NULL rows are passed over). */
struct stat_rows {
    const struct county *county;
    struct stat_row *row;
    size_t n;
    struct stat_pick *pick; /* whose row is `picked`, or NULL */
    size_t picked;
    /* rows that a child of this code and director counts in: fills at, returns how many */
    size_t (*rows_of)(const struct stat_rows *, const char *code, uint64_t director, size_t *at);
};
int stat_moves(const struct stat_rows *, const struct report *, const struct stat_period *,
               const struct stat_table *before, const struct stat_table *after);

#endif
