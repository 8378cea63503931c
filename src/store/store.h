/*
 * store: Berkeley DB and nothing else (design.md 6, research/bdb.md). One process opens the data
 * directory; one writer thread makes every change; readers run beside it.
 *
 *   store.h            this: opening, reading, writing, what a transaction can do
 *   store_admin.h      backup, verify, upgrade, status, jobs, drafts
 *   store_int.h        what the files of this room share
 *   env.c              environment, settings, the fsync hook, checkpoints, disk watermark
 *   open.c             making, opening, closing
 *   key.c kv.c meta.c  keys; values in pieces; small named values
 *   schema_sync.c schema.c  numbers of forms and fields; which indexes there are
 *   writer.c ask.c     the queue and the batches; the ways in
 *   record.c           record, history, unique keys, indexes and tokens as one change
 *   count.c            numbers of records, next ids
 *   index.c rest.c token.c   list indexes (division first), reference indexes, search tokens
 *   unique.c           unique keys
 *   seen.c             what a reading rests on, and whether it is still so
 *   watch.c            who is told of changes
 *   walk.c stretch.c walk_in.h   ordered reading over several divisions, paging by key
 *   history.c audit.c  what was before; who did what (SM3 chain)
 *   request.c          request numbers: a change happens once
 *   draft.c            drafts
 *   job.c job_run.c    durable jobs; purge.c the daily one that forgets
 *   files.c backup.c verify.c upgrade.c status.c
 *
 * A record's stored blob is cut into pieces under Berkeley DB's overflow threshold. Field and form
 * numbers are given here once and never reused.
 */
#ifndef HUTONG_STORE_H
#define HUTONG_STORE_H

#include "rec/rec.h"

#define STORE_FORMAT 3 /* 1 is kept as the upgrade fixture */

struct store;
struct txn; /* a reader's or the writer's view; valid inside its function only */

struct store_conf {
    const char *dir;
    uint64_t cache_bytes;    /* 0: 64 MiB */
    uint64_t low_disk_bytes; /* below it the register is read-only; 0: 64 MiB */
    unsigned checkpoint_mb;  /* of log; 0: 16 */
    int64_t (*now)(void);    /* clock; NULL: date_now */
    bool keep_logs;          /* an archive fetches and removes old log; else a checkpoint does */
    int64_t until;           /* store_restore: to this moment (time of commits); 0: the newest */
    const char *fault; /* planted for tests: "early_ack" "fsync_fail=7" "format=1"; else NULL */
};

/* Makes an empty store; HE_EXISTS if there is one. */
int store_init(const struct store_conf *, const struct dict *, char **problem);
/*
 * Opens (recovering if the last end was not clean), gives numbers to new forms and fields of dict,
 * starts the writer, resumes jobs. *problem is a Chinese sentence: HE_LOCKED, HE_NEWER, HE_CORRUPT,
 * HE_RULE (the dictionary dropped a field that has values), HE_IO (read-only directory …).
 */
int store_open(void *ctx, const struct store_conf *, struct dict *, struct store **,
               char **problem);
void store_close(struct store **); /* waits for the writer, checkpoints */
bool store_readonly(const struct store *, const char **why);

/* Who changes something, from where and why; borrowed during the call. */
struct store_who {
    const char *user; /* login */
    uint64_t user_id;
    const char *from;   /* terminal or host of the peer */
    const char *op;     /* request name */
    const char *why;    /* reason given, or NULL */
    const char *source; /* "form", "import 12", "ctl" … */
    struct date today;  /* business date; time stamps are always of the real clock */
};

/* A request number: a change with the same one happens once; 30 days. All zero: none. */
struct store_reqno {
    uint64_t user_id;
    uint64_t nonce;
    uint64_t seq;
};

/*
 * fn runs as a reader. It may run again after a deadlock, so it must reset what it built; talloc under
 * a child of its own ctx. Returns when everything it saw is durable.
 */
typedef int (*store_fn)(struct txn *, void *arg);
int store_read(struct store *, store_fn fn, void *arg);
/*
 * As store_read, for a change that is prepared beside the writer: nothing waits for the disk, so that
 * what fn saw may be answered by that change only. The change asks first whether all of it is still so.
 */
struct seen; /* what fn read; under ctx */
int store_look(struct store *, void *ctx, store_fn fn, void *arg, struct seen **);
bool txn_as_seen(struct txn *, const struct seen *);
/*
 * fn runs in the writer thread inside a transaction of its own; a negative return undoes all of it.
 * Returns when it is durable: HE_UNKNOWN when commit or flush failed, HE_FULL / HE_READONLY before
 * anything was tried. With a request number already done, fn does not run and *again (may be NULL) is
 * the answer that txn_answer stored then (talloc under ctx).
 */
int store_write(struct store *, void *ctx, const struct store_reqno *, store_fn fn, void *arg,
                struct node **again);
/*
 * A further part of a change whose earlier parts were written under the same number, for work that
 * would hold the writer too long at once: its answer takes the place of theirs, so that each part's
 * answer must be true of the whole should it be the last.
 */
int store_write_part(struct store *, void *ctx, const struct store_reqno *, store_fn fn, void *arg);
/* The answer to keep with the request number, given again on a repeat. */
int txn_answer(struct txn *, const struct node *);
/* What became of a request number: 0 done (*answer), HE_NOTFOUND not done, HE_BUSY in progress. */
int store_outcome(struct store *, void *ctx, const struct store_reqno *, struct node **answer);

bool txn_writes(const struct txn *);
const struct dict *txn_dict(const struct txn *);

/* Records. HE_NOTFOUND when there is none; a merged one is found under the id it went to
 * (rec->id then differs from id). Allocated under ctx. */
int txn_get(struct txn *, void *ctx, const struct form *, uint64_t id, struct rec **);
/*
 * Stores rec (id 0: a new id; *rec gets id and version) with history, unique keys, indexes, tokens
 * and one audit row. old is the record as read in this transaction, NULL for a new one. HE_EXISTS with
 * *clash the unique field when a value is taken (and *clash_id by whom); HE_CONFLICT when old is not
 * what is stored. clash and clash_id may be NULL.
 */
int txn_put(struct txn *, const struct store_who *, const struct rec *old, struct rec *rec,
            const struct form_field **clash, uint64_t *clash_id);
/* A line in a record's history without a change of its own, e.g. when a shared person changed. */
int txn_note(struct txn *, const struct store_who *, const struct form *, uint64_t id,
             const struct node *text);
/* After a merge: from is found as to from now on, its record stays in the history only. */
int txn_forward(struct txn *, const struct store_who *, const struct form *, uint64_t from,
                uint64_t to);
/* The id that holds this value of a unique field; HE_NOTFOUND. */
int txn_unique(struct txn *, const struct form_field *, const char *value, uint64_t *id);
/* The same for who only wants it to be nobody's. Beside the writer (store_look) it is taken to be so
 * without looking, which would wait for the batch that is being written: txn_as_seen finds out. */
int txn_unique_vacant(struct txn *, const struct form_field *, const char *value, uint64_t *id);

/* The division of a record: its area field, or its link's. "" when none. Borrowed from rec or ctx. */
const char *txn_area(struct txn *, void *ctx, const struct rec *);

/*
 * Ordered reading. With field NULL in id order; else by an indexed field inside the divisions
 * (NULL-terminated codes of any level; NULL: everywhere), merged to one order. ref fields have no
 * division: lo is the id. after continues behind the last entry of the page before.
 */
struct walk {
    const struct form *form;
    const struct form_field *field;
    const char *const *areas;
    const char *lo, *hi; /* canonical values, inclusive; the unanswered lie in no range */
    bool reverse;
    const char *after; /* opaque, from walk_mark; NULL: from the start */
    bool any_order;    /* much quicker over many divisions; mark is then NULL, after not taken */
    bool
        grouped; /* division by division, by id within each: as quick, with marks; no field, lo, hi,
                        * reverse; where there are no divisions as without it */
};
/* fn returns 0 to go on, 1 to stop, negative for an error. mark is what `after` takes. */
typedef int (*walk_fn)(struct txn *, uint64_t id, const char *mark, void *arg);
int txn_walk(struct txn *, const struct walk *, walk_fn fn, void *arg);
/* The same with the records themselves, each read under ctx. */
typedef int (*record_fn)(struct rec *, void *arg);
int txn_each(struct txn *, void *ctx, const struct walk *, record_fn fn, void *arg);

/* Ids whose tokens begin with prefix (rec_query_tokens), each once, in token order, up to max. */
int txn_search(struct txn *, void *ctx, const struct form *, const char *prefix, size_t max,
               uint64_t **ids, size_t *n);
/* The same among some ids only (in ascending order); *keys says how many tokens may be looked through and
 * is 0 afterwards when that was not enough. */
int txn_search_among(struct txn *, void *ctx, const struct form *, const char *prefix,
                     const uint64_t *among, size_t namong, size_t *keys, size_t max, uint64_t **ids,
                     size_t *n);
/* Grows with every batch that changes a record of the form, and is odd while one does: what was read
 * between two equal even answers is still so as long as the answer stays that. */
uint64_t txn_changes(struct txn *, const struct form *);
/* Number of records of a form (kept in step, not counted). */
int txn_count(struct txn *, const struct form *, uint64_t *n);
/* The same when all of them lie in this division, as in the county's own; HE_NOTFOUND when some do not. */
int txn_count_in(struct txn *, const struct form *, const char *area, uint64_t *n);

/* History, newest first: {version, time, user, from, op, why, source, old: {field: value}, note}. old
 * is empty where the record was new: nothing was answered before. */
typedef int (*history_fn)(const struct node *entry, void *arg);
int txn_history(struct txn *, void *ctx, const struct form *, uint64_t id, history_fn fn,
                void *arg);

/* The same back to a business day: of the first entry of that day or before fn is given its head and note
 * only (old by numbers, not names), and it is the last. */
int txn_history_since(struct txn *, void *ctx, const struct form *, uint64_t id, struct date day,
                      history_fn fn, void *arg);
/* The business day of an entry. */
struct date history_day(const struct node *entry);

/*
 * Told of every record that a committed batch wrote, made or forwarded, before its writers are
 * answered; day is the business date of the change. Runs in the writer's thread: it must be quick and
 * must not wait for a reader. One watcher; set before the register is used, NULL ends it.
 */
typedef void (*store_watch_fn)(const struct form *, uint64_t id, struct date day, void *arg);
void store_watch(struct store *, store_watch_fn, void *arg);

/* An audit row that is not a change: opening, printing, export, search, refusal, sign-in. Durable when
 * the write returns. detail holds references and digests only, never values. */
int txn_audit(struct txn *, const struct store_who *, const struct form *, uint64_t id,
              const struct node *detail);

#endif
