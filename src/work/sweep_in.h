/* sweep_in: what the files of sweeps share; sweep*.c only. */
#ifndef HUTONG_WORK_SWEEP_IN_H
#define HUTONG_WORK_SWEEP_IN_H

#include "work/business.h"
#include "work/sweep.h"

#define SWEEP_MAX_ROW 1000000 /* rows of a village in one sweep; part of place_no */

/* States of sweeps, units, items (forms/codes/sweep_*.csv). */
#define SWEEP_DRAFT   '1'
#define SWEEP_OPENING '2'
#define SWEEP_RUNNING '3'
#define SWEEP_CLOSED  '4'
#define SWEEP_VOID    '5'

/* What each function here is asked with. */
struct swept {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    struct store_who who;
    const struct rec *sweep; /* NULL before sweep_load */
};

static inline char sweep_code(const struct rec *rec, const char *field)
{
    const char *v = rec_get(rec, field);

    return v ? *v : '\0';
}

const struct form *sweep_form(const struct county *, const char *name);
int sweep_load(struct swept *, uint64_t id);
/* Of body.sweep; HE_NOTFOUND with a sentence. */
int sweep_of(struct swept *, const struct node *body, struct node *out);
/* HE_RULE with a sentence when the sweep does not run. */
int sweep_must_run(const struct swept *, struct node *out);
int sweep_refuse(struct node *out, int err, const char *text);

/* Kept values: "sweep/17", "sweep/17/320681100001", "sweep/17/freeze/2" … */
const char *sweep_key(const struct swept *, const char *rest);
/* A map, empty when there is none yet. */
int sweep_kept(struct swept *, const char *rest, struct node **out);
int sweep_keep(struct swept *, const char *rest, const struct node *);
/* The next number of "samples" or "freezes". */
int sweep_next(struct swept *, const char *what, int64_t *n);

/* Ids of sweeps being opened or running: at most a few. */
int sweep_running(struct txn *, void *ctx, uint64_t **ids, size_t *n);
int sweep_set_running(struct txn *, void *ctx, uint64_t id, bool on);

/* The day that is asked for with the time of the real clock, plus hours; date_time_format's text. */
char *sweep_time(void *ctx, struct date today, long hours);
const char *sweep_id(void *ctx, uint64_t id);

/* Is the division in the sweep's scope? "" of areas is all. */
bool sweep_covers(const struct rec *sweep, const char *area);
/* … and the child by category, group and standing. */
bool sweep_wants(const struct rec *sweep, const struct rec *child);
/* Open villages of the sweep, in order of code; NULL-terminated. */
const char **sweep_villages(void *ctx, const struct county *, const struct rec *sweep);

/* --- counters: long n[sweep_ncounter] of a village --- */

int64_t *sweep_tally(void *ctx);
void sweep_tally_add(int64_t *, const struct rec *item, int sign);
/* Adds to the village's kept counters. */
int sweep_count_add(struct swept *, const char *village, const int64_t *delta);
/* Adds the kept counters of a village to sum, and says its kept value (may be NULL). */
int sweep_count_read(struct swept *, const char *village, int64_t *sum, struct node **kept);
/* Stores an item and counts it: old NULL for a new one. */
int sweep_put_item(struct swept *, const struct rec *old, struct rec *item);
/* The row behind the last of the village: sets row and place_no. */
int sweep_give_row(struct swept *, struct rec *item, const char *village);

/* --- units --- */

/* The unit of a division, NULL when it has none. */
int sweep_unit(struct swept *, const char *area, struct rec **out);
int sweep_unit_make(struct swept *, const char *area);
struct checklist;
/* What sweep_checklist gives, of a file as it is now. */
struct node *sweep_checklist_copy(void *ctx, const struct checklist *);
/* A first answer: village and township are 进行中. */
int sweep_unit_begun(struct swept *, const char *village, struct node *kept);

/* --- items --- */

/* The item of a child or place in the sweep; NULL. field "child" or "place". */
int sweep_item_of(struct swept *, const char *field, uint64_t id, struct rec **out);
/* A new item of a child or place (not stored). */
struct rec *sweep_item_new(struct swept *, const struct rec *subject, char origin);
/* Incomplete and faulty, as the file is now. */
void sweep_judge(const struct rec *child, struct rec *item);

/* --- figures --- */

struct sweep_row {
    const char *area, *title;
    int64_t *n;
    bool zero;     /* a village with items and no change at all */
    int64_t zeros; /* of a township: how many such villages */
};
struct sweep_table {
    struct sweep_row *town, *village;
    size_t ntown, nvillage;
    int64_t *total;
    const char *name, *at;
    int64_t freeze; /* 0: now */
};
/* Of now (freeze 0) or frozen. */
int sweep_table_read(struct swept *, int64_t freeze, struct sweep_table *);
/* The last freeze of that name; 0 none. */
int sweep_freeze_find(struct swept *, const char *name, int64_t *freeze);
/* The last closed sweep of the same kind, not itself; 0 none. */
int sweep_before(struct swept *, uint64_t *id);
int sweep_freeze_make(struct swept *, const char *name, struct date today, int64_t *freeze);

/* --- names: texts that leave the county --- */

/* Findings for each line of text that is not one of was: 'E' private_number, names_child; 'W' maybe_child.
 * A child that the actor may not see is not quoted. */
int sweep_names_check(struct family *, const char *field, const char *text, const char *was);

/* --- the table of business --- */

int sweep_values(struct family *);
int sweep_item_values(struct family *);
int sweep_item_stored(struct family *);
int sweep_bulletin_values(struct family *);
int sweep_child_stored(struct family *);
int sweep_place_stored(struct family *);
int sweep_hazard_values(struct family *);
int sweep_hazard_stored(struct family *);
/* A row that was corrected ends its task. */
int sweep_spot_fixed(struct family *);

#endif
