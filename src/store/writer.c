/*
 * The writer: requests queue to one thread, which runs a batch of them in one transaction, commits it
 * without flushing (that frees its page locks) and has the log flushed once for all of them; only then
 * are they answered. While a flush is on its way the next batch is already being worked on. A step of
 * a job is a batch of its own between those of people.
 *
 * Most requests that fail do so before they wrote anything. Where one did not, the batch is undone and
 * run again, and so are the next ones, with a child transaction for each request, which can be undone
 * alone: a child takes as long as three keys.
 */
#include <string.h>
#include <talloc.h>

#include "base/date.h"
#include "base/lang.h"
#include "base/log.h"
#include "store/store_int.h"

#define TXN_POOL     (16 << 10) /* what most transactions need for themselves */
#define PRIORITY     10000      /* readers have 100: they are the victims of a deadlock */
#define RETRY_MAX    20
#define KEEPER_EVERY 500 /* requests after which the log may have grown by a checkpoint's worth */
#define CAREFUL      32  /* batches with children after one that had to be run again */

/* --- lists of requests --- */

static void list_init(struct req_list *l)
{
    l->first = NULL;
    l->last = &l->first;
    l->n = 0;
}

void req_add(struct req_list *l, struct req *r)
{
    r->next = NULL;
    *l->last = r;
    l->last = &r->next;
    l->n++;
}

static struct req *list_take(struct req_list *l)
{
    struct req *r = l->first;
    if (r && !(l->first = r->next))
        l->last = &l->first;
    if (r)
        l->n--;
    return r;
}

/* --- one request --- */

static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void txn_fresh(struct txn *t, struct store *s)
{
    memset(t, 0, sizeof *t);
    t->s = s;
    t->writes = true;
    t->changed = s->changed.n;
    t->audit_seq = s->audit_seq;
    memcpy(t->audit_head, s->audit_head, SM3_LEN);
}

static int txn_start(struct txn *t, struct store *s, DB_TXN *parent)
{
    txn_fresh(t, s);
    int ret = s->env->txn_begin(s->env, parent, &t->db, DB_READ_COMMITTED);
    if (!ret)
        ret = t->db->set_priority(t->db, PRIORITY);
    t->ctx = base_pool(TXN_POOL);
    return kv_err(t, ret, "txn_begin");
}

static void txn_keep(const struct txn *t)
{
    struct store *s = t->s;
    s->audit_seq = t->audit_seq;
    memcpy(s->audit_head, t->audit_head, SM3_LEN);
    if (t->jobs_dirty)
        s->jobs_changed = s->jobs_dirty = true;
}

/* Makes what the child did part of the batch, or undoes it. */
static int txn_end(struct txn *t, int err)
{
    int flushed;
    if (err >= 0 && t->broken)
        err = t->broken;
    if (err >= 0 && t->db && (flushed = count_flush(t)))
        err = flushed;
    if (err < 0)
        count_forget(t->s);
    if (!t->db)
        err = err < 0 ? err : HE_IO;
    else if (err < 0)
        kv_err(t, t->db->abort(t->db), "abort");
    else if (kv_err(t, t->db->commit(t->db, DB_TXN_NOSYNC), "commit"))
        err = HE_UNKNOWN;
    else
        txn_keep(t);
    if (err < 0)
        watch_forget(t->s, t->changed);
    talloc_free(t->ctx);
    return err;
}

int req_refused(struct store *s)
{
    return atomic_load(&s->closed) ? HE_READONLY : atomic_load(&s->disk) == 2 ? HE_FULL : 0;
}

/* What a request that failed did to the transaction of its batch: the requests before it must be run
 * again, and itself too if it only met a deadlock. */
enum spoilt { SPOILT_NOT, SPOILT, SPOILT_DEADLOCK };

/* In the batch's own transaction. */
static int req_join(struct store *s, DB_TXN *batch, struct req *r, enum spoilt *spoilt)
{
    struct txn t;
    int err = req_refused(s);
    lang_use(r->lang); /* of who asked: a job of the writer's own speaks Chinese */
    if (err)
        return err;
    txn_fresh(&t, s);
    t.db = batch;
    t.ctx = base_pool(TXN_POOL);
    err = request_run(&t, r);
    if (err >= 0 && t.broken)
        err = t.broken;
    if (err >= 0)
        txn_keep(&t);
    else if (t.deadlock)
        *spoilt = SPOILT_DEADLOCK;
    else if (t.wrote || t.broken)
        *spoilt = SPOILT;
    if (err < 0)
        watch_forget(s, t.changed);
    talloc_free(t.ctx);
    return err;
}

static int req_run(struct store *s, DB_TXN *parent, struct req *r)
{
    int err = req_refused(s);
    lang_use(r->lang);
    for (int i = 0; !err && i < RETRY_MAX; i++) {
        struct txn t;
        err = txn_start(&t, s, parent);
        if (!err)
            err = request_run(&t, r);
        err = txn_end(&t, err);
        if (err >= 0 || !t.deadlock)
            return err;
        if (i + 1 < RETRY_MAX)
            err = 0;
    }
    return err;
}

/* --- answering --- */

/*
 * Called and returns under mu. Requests that failed keep their error; the others get err. A request
 * that is waited for is gone once it was posted: it lies on the stack of who waits. Waking takes time,
 * so it is done without the lock.
 */
static void list_finish(struct store *s, struct req_list *l, int err)
{
    struct req_list waited;
    struct req *r;
    list_init(&waited);
    while ((r = list_take(l))) {
        if (err && r->err >= 0)
            r->err = err;
        if (r->kind == REQ_WAITED) {
            req_add(&waited, r);
            continue;
        }
        s->handled += r->kind == REQ_ASYNC;
        talloc_free(r);
    }
    pthread_cond_broadcast(&s->durable);
    pthread_mutex_unlock(&s->mu);
    while ((r = list_take(&waited)))
        sem_post(&r->done);
    pthread_mutex_lock(&s->mu);
}

static void list_move(struct req_list *to, struct req_list *from)
{
    struct req *r;
    while ((r = list_take(from)))
        req_add(to, r);
}

void writer_close(struct store *s, const char *why)
{
    if (atomic_load(&s->closed))
        return;
    snprintf(s->why, sizeof s->why, "%s", why);
    atomic_store(&s->closed, true);
    log_error("read_only", "text=%s", s->why);
}

/* Flushes the log for everything committed so far and answers it. Called and returns under mu. */
static void flush_committed(struct store *s)
{
    uint64_t seq = s->done_seq;
    list_move(&s->inflush, &s->committed);
    s->flushing = true;
    pthread_mutex_unlock(&s->mu);
    int ret = s->env->log_flush(s->env, NULL);
    pthread_mutex_lock(&s->mu);
    s->flushing = false;
    s->flushes++;
    if (ret) {
        log_error("log_flush", "bdb=%d text=%s", ret, db_strerror(ret));
        writer_close(s, N_("写日志失败，已停止保存；请检查磁盘后重新启动服务"));
    } else {
        s->flushed_seq = seq;
    }
    list_finish(s, &s->inflush, ret ? HE_UNKNOWN : 0);
}

static void *flusher_main(void *store)
{
    struct store *s = store;
    pthread_mutex_lock(&s->mu);
    for (;;) {
        while (!s->committed.first && !s->writer_done)
            pthread_cond_wait(&s->flush, &s->mu);
        if (!s->committed.first)
            break;
        flush_committed(s);
    }
    pthread_mutex_unlock(&s->mu);
    return NULL;
}

/* --- batches --- */

static struct req *batch_next(struct store *s)
{
    pthread_mutex_lock(&s->mu);
    struct req *r = list_take(&s->queue);
    if (r)
        req_add(&s->running, r);
    pthread_mutex_unlock(&s->mu);
    return r;
}

/* Runs own, or what waits until the batch is full or old, or *spoilt. Returns how many are to be
 * committed. */
static int batch_run(struct store *s, DB_TXN *parent, struct req *own, enum spoilt *spoilt)
{
    int64_t begun = clock_ms();
    int good = 0;
    if (own) {
        own->err = req_join(s, parent, own, spoilt);
        return own->err >= 0;
    }
    for (int i = 0; i < BATCH_MAX && !*spoilt && clock_ms() - begun < WRITER_MS; i++) {
        struct req *r = batch_next(s);
        if (!r)
            break;
        r->err = s->careful ? req_run(s, parent, r) : req_join(s, parent, r, spoilt);
        good += r->err >= 0;
    }
    s->careful -= s->careful > 0;
    return good;
}

/* The batch again from its beginning, each request for itself. */
static int batch_again(struct store *s, struct txn *t, enum spoilt spoilt)
{
    int good = 0;
    txn_keep(t); /* as it was when the batch began */
    watch_forget(s, 0);
    count_forget(s);
    s->careful = s->running.n > 1 ? CAREFUL : 0;
    int err = kv_err(t, t->db->abort(t->db), "abort");
    talloc_free(t->ctx);
    if (!err)
        err = txn_start(t, s, NULL);
    for (struct req *r = s->running.first; r; r = r->next) {
        if (r->next || spoilt == SPOILT_DEADLOCK)
            r->err = err ? err : req_run(s, t->db, r);
        good += r->err >= 0;
    }
    return good;
}

static void batch_early_ack(struct store *s)
{
    pthread_mutex_lock(&s->mu);
    list_finish(s, &s->running, 0);
    pthread_mutex_unlock(&s->mu);
}

/* What the batch changed is now as every reader sees it. */
static void batch_settle(struct store *s)
{
    for (size_t i = 0; i < s->dict->nform; i++)
        if (atomic_load(&s->table[i].changes) % 2)
            atomic_fetch_add(&s->table[i].changes, 1);
}

/* Returns under mu: the batch is visible and on its way to the disk. */
static void batch_commit(struct store *s, DB_TXN *parent, int good)
{
    int ret = 0;
    if (s->conf.fault && strcmp(s->conf.fault, "early_ack") == 0)
        batch_early_ack(s);
    if (good) {
        atomic_fetch_add(&s->commit_seq, 1);
        ret = parent->commit(parent, DB_TXN_NOSYNC);
    } else if (parent) {
        parent->abort(parent);
    }
    watch_tell(s);
    batch_settle(s);
    pthread_mutex_lock(&s->mu);
    s->commits++;
    s->requests += s->running.n;
    if (ret) {
        count_forget(s);
        log_error("commit", "bdb=%d text=%s", ret, db_strerror(ret));
        writer_close(s, N_("保存失败，已停止保存；请重新启动服务"));
        list_finish(s, &s->running, HE_UNKNOWN);
        return;
    }
    s->done_seq = atomic_load(&s->commit_seq);
    list_move(&s->committed, &s->running);
    if (s->flushed_seq == s->done_seq)
        list_finish(s, &s->committed, 0); /* nothing was written: nothing to wait for */
    else if (!s->queue.first && !s->flushing)
        flush_committed(s);
    else
        pthread_cond_signal(&s->flush);
}

/* Returns the error of own. */
static int batch(struct store *s, struct req *own)
{
    struct txn t;
    env_watch_disk(s);
    int err = txn_start(&t, s, NULL), result = err;
    if (own) {
        pthread_mutex_lock(&s->mu);
        req_add(&s->running, own);
        pthread_mutex_unlock(&s->mu);
    } else if (err) {
        batch_next(s);
    }
    if (err) {
        pthread_mutex_lock(&s->mu);
        list_finish(s, &s->running, err);
    } else {
        enum spoilt spoilt = SPOILT_NOT;
        int good = batch_run(s, t.db, own, &spoilt);
        if (!spoilt && good && count_flush(&t))
            spoilt = SPOILT_DEADLOCK;
        if (spoilt)
            good = batch_again(s, &t, spoilt);
        result = own ? own->err : 0;
        batch_commit(s, t.db, good);
    }
    if (s->requests - s->kept_at >= KEEPER_EVERY) {
        s->kept_at = s->requests;
        pthread_cond_signal(&s->maintain);
    }
    pthread_mutex_unlock(&s->mu);
    talloc_free(t.ctx);
    return result;
}

/* For the writer's own work: steps of jobs. Not yet durable when it returns. */
int writer_own(struct store *s, store_fn fn, void *arg)
{
    struct req *r = talloc_zero(NULL, struct req);
    r->fn = fn;
    r->arg = arg;
    r->kind = REQ_OWN;
    return batch(s, r);
}

static void *writer_main(void *store)
{
    struct store *s = store;
    bool turn = false; /* people and jobs take turns when both wait */
    pthread_mutex_lock(&s->mu);
    for (;;) {
        while (!s->queue.first && !s->stop && !(s->jobs_on && s->jobs_dirty))
            pthread_cond_wait(&s->work, &s->mu);
        if (s->stop && !s->queue.first)
            break;
        bool people = s->queue.first != NULL;
        bool jobs = s->jobs_on && s->jobs_dirty && !s->stop;
        pthread_mutex_unlock(&s->mu);
        if (jobs && (!people || turn)) {
            s->jobs_dirty = job_run_one(s);
            turn = false;
        } else if (people) {
            batch(s, NULL);
            turn = true;
        }
        pthread_mutex_lock(&s->mu);
    }
    s->writer_done = true;
    pthread_cond_signal(&s->flush);
    pthread_mutex_unlock(&s->mu);
    return NULL;
}

/* While the store is being opened: one transaction without the threads. */
int writer_once(struct store *s, store_fn fn, void *arg)
{
    struct txn t;
    int err = txn_start(&t, s, NULL);
    if (!err)
        err = fn(&t, arg);
    err = txn_end(&t, err);
    count_forget(s);
    if (err >= 0 && s->env->log_flush(s->env, NULL))
        err = HE_IO;
    return err;
}

int writer_start(struct store *s)
{
    list_init(&s->queue);
    list_init(&s->committed);
    list_init(&s->running);
    list_init(&s->inflush);
    s->threads = true;
    if (pthread_create(&s->writer, NULL, writer_main, s) ||
        pthread_create(&s->flusher, NULL, flusher_main, s) ||
        pthread_create(&s->keeper, NULL, env_keeper, s))
        return HE_LIMIT;
    return 0;
}

void writer_stop(struct store *s)
{
    if (!s->threads)
        return;
    pthread_mutex_lock(&s->mu);
    s->stop = true;
    pthread_cond_broadcast(&s->work);
    pthread_cond_broadcast(&s->maintain);
    pthread_cond_broadcast(&s->durable);
    pthread_mutex_unlock(&s->mu);
    pthread_join(s->writer, NULL);
    pthread_join(s->flusher, NULL);
    pthread_join(s->keeper, NULL);
    s->threads = false;
}
