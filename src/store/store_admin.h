/* store_admin: audit trail, drafts, jobs, backup, verification, upgrade, status. */
#ifndef HUTONG_STORE_ADMIN_H
#define HUTONG_STORE_ADMIN_H

#include "store/store.h"

/* Audit rows from sequence number on: {seq, time, user, from, op, type, id, version, digest, …}. */
typedef int (*audit_fn)(const struct node *row, void *arg); /* 1 stops */
int txn_audit_walk(struct txn *, void *ctx, uint64_t from_seq, bool reverse, audit_fn fn,
                   void *arg);
/* Recomputes the SM3 chain; *bad the first row that does not fit (0: none). head: hex of the last. */
int store_audit_verify(struct store *, uint64_t *rows, uint64_t *bad, char head[65]);
/* Time of the newest audit row, for the clock check at start. */
int64_t store_last_time(struct store *);

/* Drafts: per user and key ("child/17", "child/new/1"), durable within a second, without history. */
int store_draft_put(struct store *, uint64_t user_id, const char *key, const struct node *body);
int store_draft_get(struct store *, void *ctx, uint64_t user_id, const char *key,
                    struct node **body); /* body has "time" added */
int store_draft_list(struct store *, void *ctx, uint64_t user_id, struct node **list);
int store_draft_drop(struct store *, uint64_t user_id, const char *key);
int txn_draft_drop(struct txn *, uint64_t user_id, const char *key); /* inside the saving change */
/* A hand-over: the drafts as [{key, time, body}], and one given to another user with its time, without what
 * was typed into some fields (NULL-terminated or NULL). HE_EXISTS when he has one of that key. */
int txn_draft_list(struct txn *, void *ctx, uint64_t user_id, struct node **list);
int txn_draft_give(struct txn *, uint64_t from, uint64_t to, const char *key,
                   const char *const *without);

/*
 * Durable jobs. A step runs in the writer as one transaction of at most 10 ms and stores its mark with
 * its work, so a killed server goes on where it was. Steps of a job run behind people's saves.
 */
struct job {
    uint64_t id;
    const char *kind;
    const char *owner;        /* login */
    uint64_t owner_id;
    enum { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED } state;
    uint64_t done, total;
    int64_t begun, ended;     /* times */
    struct date today;        /* the business date it began with */
    struct node *param;       /* what to do */
    struct node *mark;        /* where it is; the step changes it */
    struct node *result;      /* counts, messages */
};
/* 1: more to do, 0: finished, negative: failed. Must keep under 10 ms: see job_time_up. */
typedef int (*job_step)(struct txn *, struct job *, void *arg);
void store_job_kind(struct store *, const char *kind, job_step step, void *arg); /* before start */
void store_job_start(struct store *); /* begins running; called once all kinds are known */
bool job_time_up(const struct job *);
int txn_job_new(struct txn *, struct job *);       /* fills id */
int txn_job_get(struct txn *, void *ctx, uint64_t id, struct job **);
int txn_job_put(struct txn *, const struct job *); /* for jobs fed by requests (import) */
int txn_job_list(struct txn *, void *ctx, struct node **list);
int txn_job_cancel(struct txn *, uint64_t id);
int store_job_wait(struct store *, uint64_t id, int timeout_ms); /* HE_BUSY on timeout */

/*
 * Small named values of others (import marks, last backup), in a tree of their own. One with "until" (unix
 * seconds) is dropped by the daily purge after that; txn_meta_days gives the seconds so many days on.
 */
int64_t txn_meta_days(const struct txn *, int days);
int txn_meta_get(struct txn *, void *ctx, const char *key, struct node **);
int txn_meta_put(struct txn *, const char *key, const struct node *);

/* Online backup into an empty directory; verified by opening; manifest with digests. */
int store_backup(struct store *, const char *dir, char **problem);
/* On stopped stores (under the directory lock). */
int store_restore(const char *from, const struct store_conf *, char **problem);
int store_recover(const struct store_conf *, char **problem);

/* Checks files (DB verify) and that every index, unique key, token and history entry agrees with its
 * record, both ways. Each fault is named to fn. Returns the number of faults or negative. On a running
 * server it works on an online copy. */
typedef void (*fault_fn)(const char *sentence, void *arg);
int store_verify(struct store *, fault_fn fn, void *arg);
int store_verify_stopped(const struct store_conf *, struct dict *, fault_fn fn, void *arg);

/* {format, records: {child: n …}, log_bytes, cache…, free_bytes, commits, flushes, readonly …} */
void store_status(struct store *, struct node *out);

#endif
