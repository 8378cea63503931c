/*
 * Statistics (domain.md 5, decision 9): the reports of forms/report/ for any day, month or quarter.
 *
 * For a day there is a table in memory: each child with a bit for every condition of every report,
 * and the sums of the bits by village, kept in step. Building it reads every child once, in pieces
 * that never hold the writer; afterwards only what changed is read again, and a report is a sum of
 * sums. A past day takes each record as it was at its end (business day of the change).
 *
 *   stat.h           this
 *   stat_in.h        between these files
 *   stat_days.c      which tables there are; the thread that keeps them ready
 *   stat_table.c     one table: what changed, building, refreshing
 *   stat_kid.c       one child as of a day: its conditions
 *   stat_past.c      a record as of a day
 *   stat_period.c    "2026-11-22" "2026-11" "2026Q4"
 *   stat_run.c       a report for people: rows, columns, rights
 *   stat_seen.c      which columns somebody sees
 *   stat_formula.c   columns of columns, balances; what people read
 *   stat_move.c      who came and went in a period
 *   stat_cross.c     a table somebody made up
 *   stat_view.c      the counts of the first screen, from the table of today
 *   stat_cell.c      the children behind a figure
 *   stat_small.c     small figures merged in files that leave the county
 *   stat_gate.c      what stands in the way of freezing
 *   stat_freeze.c stat_frozen.c  a report that stays as it was: making one, looking at one
 */
#ifndef HUTONG_WORK_STAT_H
#define HUTONG_WORK_STAT_H

#include "form/report.h"
#include "work/list.h"

struct statistics;
/* Called once by county_open, which tells it of changes (stat_log_change). */
struct statistics *stat_new(const struct county *);
/* A thread that keeps the tables of today and of the last day of the month before ready; to be
 * stopped before the store is closed. */
void stat_start(const struct county *);
void stat_stop(const struct county *);

struct stat_period {
    enum report_period kind;
    struct date from, to; /* to is never later than today */
    bool partial;         /* not over on that day */
    char text[12];
};
/* "2026-11-22" "2026-11" "2026Q4"; NULL or "": the first kind of kinds that holds today. HE_USAGE with
 * *problem: no such period, one of another kind, one that has not begun. */
int stat_period(void *ctx, const char *text, unsigned kinds, struct date today,
                struct stat_period *out, char **problem);

#define STAT_NONE       INT64_MIN
#define STAT_SMALL      (INT64_MIN + 1) /* one to four, which the reader is not told apart */
#define STAT_SMALL_TEXT "<5"

/* Where figures go: into a file, out of the county. */
struct stat_out {
    void *ctx;
    const struct actor *actor;
    bool file, outside;
};

/*
 * How many children of each division the views hold today (todo views of child): fn is told once a
 * division. HE_NOTFOUND when there is no table of today yet, and it is not waited for.
 */
typedef void (*stat_view_fn)(const char *division, const int64_t *count, void *arg);
int stat_view_counts(const struct county *, struct date today, const struct form_view *const *,
                     size_t n, stat_view_fn fn, void *arg);

struct stat_row {
    char code[13]; /* "" in reports by director */
    const char *name;
    uint64_t director;
    bool total;
    int64_t *v; /* [report->ncolumn]; a quotient times 10^digits; STAT_NONE: nothing to divide by */
};

/* Which figure is meant. */
struct stat_pick {
    int column;
    bool total;
    const char *code; /* of the row, "" the rest; not of the total */
    uint64_t director;
    uint64_t *ids; /* out: the children behind it, by division */
    size_t n;
};

struct stat_ask {
    const struct report *report;
    const char *period, *division; /* as typed; NULL: now; the actor's own */
    bool deep;                     /* every village, not the divisions right below only */
    struct stat_pick *pick;        /* NULL: the whole table */
    struct stat_out out;           /* {0}: for the screen */
    bool wrong;                    /* also the files to be corrected */
};

struct stat_answer {
    struct stat_period period;
    char division[13];    /* "" when the posts have no common one */
    bool *seen;           /* [report->ncolumn]: the actor may see it */
    struct stat_row *row; /* the last is the total */
    size_t n;
    uint64_t *wrong; /* children of it whose file had to be corrected (quality), if asked */
    size_t nwrong;
    const char **broken; /* identities that do not hold, as sentences */
    size_t nbroken;
};

/* Not inside of a transaction: it reads in pieces of its own. HE_USAGE, HE_DENIED with *problem. */
int stat_run(void *ctx, const struct county *, const struct actor *, const struct stat_ask *,
             struct stat_answer **, char **problem);
/*
 * The children (records of the column's form) behind one figure: answers as list_page does, as list_find
 * with words, as list_count with by, of these alone. What the actor may not name opens nothing, and only
 * what he may read is there. A child that was merged since is shown as the file it went to.
 */
int stat_cell(void *ctx, const struct county *, const struct actor *, const struct stat_ask *,
              const struct list_ask *, const char *words, const char **by, struct node *out,
              char **problem);
/*
 * Freezes the report as it is now, every village of it, as a durable job: {job, frozen, edition}. HE_RULE
 * with out's "text": the period is not over, an identity does not hold, a file has to be corrected or
 * excused first, another edition needs a note. Outside of a transaction, as stat_run.
 */
#define STAT_JOB "stat.freeze"
int stat_freeze(void *ctx, const struct county *, const struct actor *, const struct stat_ask *,
                const char *note, const struct store_reqno *, struct node *out, char **problem);
int stat_freeze_step(struct txn *, struct job *, void *county);
/* {rows: [{id, report, label, period, from, to, division, title, edition, cutoff, state, note, by}]},
 * newest first; report and division may be NULL. */
int stat_frozen_list(struct txn *, void *ctx, const struct county *, const struct actor *,
                     const char *report, const char *division, struct node *out);
/* One of them as stat.run answers, with exceptions and differences [{code, name, column, label, group, was,
 * is}] to the edition before; deep: villages too. from: a row to go on from, bytes: about how many to
 * give; next. HE_NOTFOUND outside of the actor's divisions. */
int stat_frozen_view(struct txn *, void *ctx, const struct county *, const struct actor *,
                     uint64_t id, bool deep, const struct stat_out *, size_t from, size_t bytes,
                     struct node *out);
/*
 * 临时统计: how many records of ask (form, where, area, day) by two fields (paths, or "town"), columns NULL:
 * by one. Answers as stat.run does, the last column and row are totals; a multiple choice counts under
 * each of its codes. from, bytes, next: as stat_frozen_view.
 */
int stat_cross(struct txn *, void *ctx, const struct county *, const struct actor *,
               const struct list_ask *, const char *rows, const char *columns,
               const struct stat_out *, size_t from, size_t bytes, struct node *out,
               char **problem);
/* The figure as people read it: "12", "45.20", "" for none. */
char *stat_show(void *ctx, const struct report_column *, int64_t v);
/* The reports and what the actor may do with them: {rows: [{name, label, periods: […]}]}. */
void stat_list(const struct county *, struct node *out);

#endif
