/* The ways in: who waits for the writer, who only leaves something for it, who reads beside it. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "store/store_int.h"

static int req_wait(struct store *s, struct req *r)
{
    int err = req_refused(s);
    if (err)
        return err;
    r->lang = lang_now();
    sem_init(&r->done, 0, 0);
    pthread_mutex_lock(&s->mu);
    req_add(&s->queue, r);
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->mu);
    while (sem_wait(&r->done)) /* interrupted */
        ;
    sem_destroy(&r->done);
    return r->err;
}

int store_write(struct store *s, void *ctx, const struct store_reqno *no, store_fn fn, void *arg,
                struct node **again)
{
    struct req r = {.fn = fn, .arg = arg, .ctx = ctx, .no = no, .again = again};
    if (again)
        *again = NULL;
    return req_wait(s, &r);
}

int store_write_part(struct store *s, void *ctx, const struct store_reqno *no, store_fn fn,
                     void *arg)
{
    struct req r = {.fn = fn, .arg = arg, .ctx = ctx, .no = no, .part = true};
    return req_wait(s, &r);
}

/* arg is a talloc root of its own and goes with the request. */
int writer_async(struct store *s, store_fn fn, void *arg)
{
    int err = req_refused(s);
    if (!err && atomic_load(&s->disk))
        err = HE_FULL;
    struct req *r = talloc_zero(NULL, struct req);
    r->fn = fn;
    r->arg = talloc_steal(r, arg);
    r->kind = REQ_ASYNC;
    pthread_mutex_lock(&s->mu);
    if (!err && s->queued - s->handled > 10000)
        err = HE_BUSY;
    if (!err) {
        s->queued++;
        req_add(&s->queue, r);
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->mu);
    if (err)
        talloc_free(r);
    return err;
}

void writer_drain(struct store *s)
{
    pthread_mutex_lock(&s->mu);
    uint64_t until = s->queued;
    while (s->handled < until)
        pthread_cond_wait(&s->durable, &s->mu);
    pthread_mutex_unlock(&s->mu);
}

void txn_reader(struct txn *t, struct store *s, void *ctx)
{
    memset(t, 0, sizeof *t);
    t->s = s;
    t->ctx = ctx;
}

/* What it saw was committed at the latest by the batch that is being committed now. */
int store_read(struct store *s, store_fn fn, void *arg)
{
    struct txn t;
    txn_reader(&t, s, base_pool(LOOK_POOL));
    int err = fn(&t, arg);
    if (err >= 0 && t.broken)
        err = t.broken;
    talloc_free(t.ctx);
    uint64_t seen = atomic_load(&s->commit_seq);
    pthread_mutex_lock(&s->mu);
    while (s->threads && s->flushed_seq < seen && !atomic_load(&s->closed))
        pthread_cond_wait(&s->durable, &s->mu);
    if (err >= 0 && s->flushed_seq < seen && s->threads)
        err = HE_UNKNOWN;
    pthread_mutex_unlock(&s->mu);
    return err;
}

bool txn_writes(const struct txn *t)
{
    return t->writes;
}

const struct dict *txn_dict(const struct txn *t)
{
    return t->s->dict;
}

int txn_answer(struct txn *t, const struct node *n)
{
    MUST(t->writes);
    struct node *root = node_map(t->ctx);
    t->answer = node_copy(root, "a", n);
    return 0;
}
