/*
 * Request numbers: the answer of a change is kept with it in one transaction, so that asking again
 * gives the answer again. A request that was being run when the process died twice is not run a
 * third time: the number being run stands in a mapped file, which outlives the process without a
 * flush.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_int.h"

#define SUSPECTS 64

struct suspect {
    struct store_reqno no;
    uint64_t crashes;
};

struct inflight {
    struct store_reqno now; /* all zero: none */
    struct suspect suspect[SUSPECTS];
};

static bool no_set(const struct store_reqno *no)
{
    return no && (no->user_id || no->nonce || no->seq);
}

static bool no_same(const struct store_reqno *a, const struct store_reqno *b)
{
    return a->user_id == b->user_id && a->nonce == b->nonce && a->seq == b->seq;
}

static void request_key(struct key *k, const struct store_reqno *no)
{
    key_init(k);
    key_u64(k, no->user_id);
    key_u64(k, no->nonce);
    key_u64(k, no->seq);
}

/* --- crashes --- */

static struct suspect *suspect_find(struct inflight *f, const struct store_reqno *no)
{
    for (int i = 0; i < SUSPECTS; i++)
        if (f->suspect[i].crashes && no_same(&f->suspect[i].no, no))
            return &f->suspect[i];
    return NULL;
}

/* What was being run when the last process ended counts as its cause. */
static void suspect_count(struct inflight *f)
{
    if (!no_set(&f->now))
        return;
    struct suspect *x = suspect_find(f, &f->now);
    if (!x) {
        memmove(f->suspect + 1, f->suspect, (SUSPECTS - 1) * sizeof *x);
        x = f->suspect;
        *x = (struct suspect){f->now, 0};
    }
    x->crashes++;
    log_warn("request_crashed", "user=%llu seq=%llu times=%llu", (unsigned long long)x->no.user_id,
             (unsigned long long)x->no.seq, (unsigned long long)x->crashes);
    memset(&f->now, 0, sizeof f->now);
}

int inflight_open(struct store *s)
{
    char *path = store_path(NULL, s->conf.dir, "inflight");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    talloc_free(path);
    if (fd < 0)
        return HE_IO;
    void *map =
        ftruncate(fd, sizeof(struct inflight))
            ? MAP_FAILED
            : mmap(NULL, sizeof(struct inflight), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return HE_IO;
    s->inflight = map;
    suspect_count(s->inflight);
    return 0;
}

void inflight_close(struct store *s)
{
    if (s->inflight)
        munmap(s->inflight, sizeof *s->inflight);
    s->inflight = NULL;
}

static int run_watched(struct txn *t, struct req *r)
{
    struct inflight *f = t->s->inflight;
    struct suspect *x = suspect_find(f, r->no);
    if (x && x->crashes >= 2) {
        log_error("request_refused",
                  "user=%llu seq=%llu text=the server ended twice while running it",
                  (unsigned long long)r->no->user_id, (unsigned long long)r->no->seq);
        return HE_RULE;
    }
    f->now = *r->no;
    int err = r->fn(t, r->arg);
    memset(&f->now, 0, sizeof f->now);
    if (x)
        x->crashes = 0;
    return err;
}

/* --- once --- */

static int answer_get(struct txn *t, void *ctx, const struct store_reqno *no, struct node **answer)
{
    struct node *n;
    struct key k;
    request_key(&k, no);
    int err = blob_get_node(t, t->ctx, t->s->sys[SYS_REQUEST], &k, &n);
    if (err || !answer)
        return err;
    struct node *holder = node_map(ctx);
    const struct node *a = node_get(n, "a");
    *answer = a ? node_copy(holder, "a", a) : holder;
    talloc_free(n);
    return 0;
}

static int answer_put(struct txn *t, const struct store_reqno *no, bool part)
{
    struct node *n = node_map(t->ctx);
    struct key k;
    node_int(n, "time", store_now(t->s));
    if (t->answer)
        node_copy(n, "a", t->answer);
    request_key(&k, no);
    return (part ? blob_put_node : blob_add_node)(t, t->s->sys[SYS_REQUEST], &k, n);
}

int request_run(struct txn *t, struct req *r)
{
    if (!no_set(r->no))
        return r->fn(t, r->arg);
    int err = r->part ? HE_NOTFOUND : answer_get(t, r->ctx, r->no, r->again);
    if (err != HE_NOTFOUND)
        return err;
    if ((err = run_watched(t, r)) < 0)
        return err;
    int put = answer_put(t, r->no, r->part);
    return put ? put : err;
}

/* --- asking --- */

static bool list_has(const struct req_list *l, const struct store_reqno *no)
{
    for (const struct req *r = l->first; r; r = r->next)
        if (no_set(r->no) && no_same(r->no, no))
            return true;
    return false;
}

struct outcome {
    void *ctx;
    const struct store_reqno *no;
    struct node **answer;
};

static int outcome_read(struct txn *t, void *arg)
{
    struct outcome *o = arg;
    return answer_get(t, o->ctx, o->no, o->answer);
}

int store_outcome(struct store *s, void *ctx, const struct store_reqno *no, struct node **answer)
{
    struct outcome o = {ctx, no, answer};
    pthread_mutex_lock(&s->mu);
    bool busy = list_has(&s->queue, no) || list_has(&s->running, no) ||
                list_has(&s->committed, no) || list_has(&s->inflush, no);
    pthread_mutex_unlock(&s->mu);
    return busy ? HE_BUSY : store_read(s, outcome_read, &o);
}
