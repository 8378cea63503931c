/*
 * The daily job that forgets request numbers, drafts and finished jobs after 30 days, and named values
 * on the day that they name.
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

#define DAY 86400

static const enum store_sys stage_db[] = {SYS_REQUEST, SYS_DRAFT, SYS_JOB, SYS_META};

struct purge {
    DB *db;
    bool named;
    int64_t now;
    uint64_t dropped;
    struct key last;
};

/* Requests and drafts say when they were made, jobs when they ended, named values how long they stay. */
static bool purge_old(const struct purge *p, const struct node *n)
{
    const char *word = p->named ? "until" : node_get(n, "kind") ? "ended" : "time";
    int64_t at = n->type == NODE_MAP ? node_num(n, word, 0) : 0;
    return at > 0 && at + (p->named ? 0 : (int64_t)KEEP_DAYS * DAY) < p->now;
}

static int purge_one(struct txn *t, const struct key *k, void *arg)
{
    struct purge *p = arg;
    struct node *n;
    int err = blob_get_node(t, t->ctx, p->db, k, &n);
    if (err)
        return err;
    if (purge_old(p, n)) {
        err = blob_del(t, p->db, k);
        p->dropped++;
    }
    talloc_free(n);
    p->last = *k;
    return err ? err : job_time_up(NULL);
}

static void mark_get(const struct node *mark, struct key *k)
{
    const char *hex = node_text_or(mark, "key", "");
    unsigned b;
    key_init(k);
    for (; sscanf(hex, "%2x", &b) == 1; hex += 2)
        key_u8(k, b);
}

static void mark_put(struct node *mark, const struct key *k)
{
    char hex[2 * KEY_MAX + 1] = "";
    for (size_t i = 0; i < k->len; i++)
        snprintf(hex + 2 * i, 3, "%02x", k->b[i]);
    node_str(mark, "key", hex);
}

/* Job "store.purge"; the mark is the tree and the last key in it. */
int purge_step(struct txn *t, struct job *job, void *arg)
{
    struct purge p = {.now = job->begun};
    size_t stage = (size_t)node_num(job->mark, "stage", 0);
    struct key from;
    (void)arg;
    if (stage >= NELEM(stage_db))
        return 0;
    p.db = t->s->sys[stage_db[stage]];
    p.named = stage_db[stage] == SYS_META;
    mark_get(job->mark, &from);
    if (from.len)
        key_u8(&from, 0xff);
    int err = blob_each(t, p.db, &from, NULL, false, purge_one, &p);
    if (err)
        return err;
    job->done += p.dropped;
    if (!job_time_up(job)) {
        node_int(job->mark, "stage", (int64_t)stage + 1);
        key_init(&p.last);
    }
    mark_put(job->mark, &p.last);
    return 1;
}

static int purge_new(struct txn *t, void *arg)
{
    struct job j = {.kind = "store.purge", .owner = ""};
    struct node *n = node_map(t->ctx);
    (void)arg;
    int err = job_active(t, j.kind, 0, 0);
    if (err != HE_NOTFOUND)
        return err;
    node_int(n, "time", store_now(t->s));
    if ((err = meta_put(t, "s/purge", n)))
        return err;
    return txn_job_new(t, &j);
}

/* Called by the writer now and then. */
void job_purge_due(struct store *s)
{
    int64_t now = store_now(s);
    struct node *n = NULL;
    struct txn t;
    if (now - s->last_purge < DAY)
        return;
    txn_reader(&t, s, talloc_new(NULL));
    meta_get(&t, t.ctx, "s/purge", &n);
    s->last_purge = node_num(n, "time", 0);
    talloc_free(t.ctx);
    if (now - s->last_purge < DAY)
        return;
    s->last_purge = now;
    writer_own(s, purge_new, NULL);
}
