/*
 * Sweeps (重点时段排查, domain.md 6): a campaign freezes the list of registered children by village;
 * directors answer each row, townships submit, the county accepts, and everything is counted.
 *
 *   sweep.c           what the files share: the running sweeps, names of kept values, business time
 *   sweep_open.c      opening: checks, then a job that makes units and items
 *   sweep_checklist.c the questions it was opened with
 *   sweep_count.c     the counters of each village, kept in step with its items
 *   sweep_item.c      what an answer brings with it; the rules of sweep and bulletin records
 *   sweep_follow.c    children, places and hazards that change while a sweep runs
 *   sweep_mark.c      the same answer for many rows
 *   sweep_unit.c      submitting, accepting, returning: at once for the unit, a job for its items
 *   sweep_spot.c      spot checks: seeded samples and what was found
 *   sweep_figures.c   figures now, frozen, compared
 *   sweep_bulletin.c  bulletins, supervision notices, closing reports
 *   sweep_names.c     no child's name or number in them
 *   sweep_need.c      what the rules need of the forms
 *   sweep_merge.c     a division that goes into another
 *
 * Every function that takes a body says what stands in it; an error's sentence is out's "text".
 */
#ifndef HUTONG_WORK_SWEEP_H
#define HUTONG_WORK_SWEEP_H

#include "work/work.h"

#define SWEEP_OPEN_JOB  "sweep.open"
#define SWEEP_STAGE_JOB "sweep.stage"
int sweep_open_step(struct txn *, struct job *, void *county);
int sweep_stage_step(struct txn *, struct job *, void *county);

/*
 * The counters of a village: how many of its items are so. kept: added up in the village's own value;
 * the others are worked out of kept ones when they are shown (dynamic: updated, new and leaving).
 */
struct sweep_counter {
    const char *name, *label;
    const char *field;  /* of sweep_item; NULL: every item (total), or no item's (hazards) */
    const char *values; /* its first character is one of these; NULL: answered at all */
};
extern const struct sweep_counter sweep_counters[];
extern const size_t sweep_ncounter;
/* Position of a name; MUST exist. */
size_t sweep_counter_at(const char *name);

/*
 * open: {id} a sweep in state 拟定 (again: one whose opening was cut off) → {id, no, job}. HE_RULE with
 * a sentence when its divisions are closed, a milestone is past, or it has no checklist.
 */
int sweep_open(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct node *body, struct node *out);
/* mine: {} → {rows: [{id, no, title, kind, state, start, end, survey_due …, <counter>: n …}]} of the running
 * sweeps with the figures of the divisions the actor answers for. */
int sweep_mine(struct txn *, void *ctx, const struct county *, const struct actor *,
               struct node *out);
/* checklist: {sweep} → {name, label, digest, note, grid: [{field, label, en, codes: [[code, label]]}],
 * need: [field], sections: [{label, en, fields: [as grid]}]} as it was when the sweep was opened. */
int sweep_checklist(struct txn *, void *ctx, const struct county *, const struct node *body,
                    struct node *out);
/* mark: {ids: [item], v: {path: value}, why, typed_for} → {done, skipped: [{id, text}]}; each row is a
 * save of its own, what stands in its way is its text. */
int sweep_mark(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct node *body, struct node *out);

/* --- units --- */

/* submit: {sweep, area: a township} → {job, todo, back, explained, rows: [{area, title, todo, back}] that hold
 * it up}; HE_RULE then. accept: {sweep, areas: [township], ok, why} → {job: the last, done, skipped: [{area, text}]}. */
int sweep_submit(struct txn *, void *ctx, const struct county *, const struct actor *,
                 const struct node *body, struct node *out);
int sweep_accept(struct txn *, void *ctx, const struct county *, const struct actor *,
                 const struct node *body, struct node *out);

/* --- spot checks --- */

/* sample: {sweep, area: a township, seed, size} → {sample, seed, pool, rows: [item id]}: seed and size as
 * the sweep says when they are left out. sampled: {sweep, sample} → {area, title, day, seed, pool, size,
 * by, same: drawn again with the seed it is the same, rows: [item id]}. */
int sweep_sample(struct txn *, void *ctx, const struct county *, const struct actor *,
                 const struct node *body, struct node *out);
int sweep_sampled(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);
/* check: {id: item, ok, fields: [name], note} → {version, fix_due} */
int sweep_check(struct txn *, void *ctx, const struct county *, const struct actor *,
                const struct node *body, struct node *out);

/* --- figures --- */

/*
 * freeze: {sweep, name: survey entry accept bulletin summary dispatch} → {freeze, at}. A milestone is
 * frozen once and not before its day; dispatch any day.
 * figures: {sweep, freeze: number or milestone name, left out: now; level: town village, area, after,
 * outside} → {freeze, name, at, counters: [{name, label}], rows: [{area, title, level, state, watcher, submitted_on, zero,
 * <counter>: n …}], total: {<counter>: n}, next}. outside: for files that leave the county, cells of 1 to
 * 4 of villages are the text "<5" (decision 9). state and watcher only now. freezes: only {freezes: [{freeze,
 * name, at}]}, the newest first.
 * compare: {sweep, with} → {with, title, rows: [{area, title, now: {…}, then: {…}}]} by township
 */
int sweep_freeze(struct txn *, void *ctx, const struct county *, const struct actor *,
                 const struct node *body, struct node *out);
int sweep_figures(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);
int sweep_compare(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);
/* recount: {sweep, area: a village} → {rows: [{counter, kept, counted}]} that differ; none when all is well. */
int sweep_recount(struct txn *, void *ctx, const struct county *, const struct actor *,
                  const struct node *body, struct node *out);

/* --- documents --- */

/* bulletin: {sweep, kind: bulletin notice report, freeze} → {ids: [bulletin]}; HE_RULE before its freeze.
 * sign: {id, ok} → {version}; close: {sweep, void} → {freeze}. */
int sweep_bulletin(struct txn *, void *ctx, const struct county *, const struct actor *,
                   const struct node *body, struct node *out);
int sweep_sign(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct node *body, struct node *out);
int sweep_close(struct txn *, void *ctx, const struct county *, const struct actor *,
                const struct node *body, struct node *out);

/* --- what other files of this room tell --- */

/* A child was stored by who: running sweeps follow. changed: its contents, not only
 * what rules write. */
int sweep_follow(struct txn *, void *ctx, const struct county *, const struct store_who *,
                 const struct rec *child, bool changed);
/* Two files of one child became one: of two items in a sweep the later is 重复. */
int sweep_merged(struct txn *, void *ctx, const struct county *, const struct store_who *,
                 uint64_t child);
/* Moves units and items of running sweeps to the division's successor, in pieces: *more until all are
 * moved. Waits while a sweep is being opened. */
int sweep_merge_area(struct txn *, void *ctx, const struct county *, const struct store_who *,
                     const char *from, const char *to, const struct job *, bool *more);

/* Words for dict_require. */
extern const char *const sweep_required[];

/* Spring Festival of a year; HE_NOTFOUND outside of the table (2023 – 2040). */
int sweep_festival(const struct dict *, int year, struct date *out);

#endif
