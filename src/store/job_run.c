/*
 * Running jobs. The writer thread itself takes one step of one job when no one waits, or in turn
 * with people's batches when they do; jobs take turns with each other.
 */
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/log.h"
#include "store/store_int.h"

static _Thread_local struct timespec step_begun;

bool job_time_up(const struct job *j)
{
    struct timespec now;
    (void)j;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - step_begun.tv_sec) * 1000 + (now.tv_nsec - step_begun.tv_nsec) / 1000000 >=
           JOB_MS;
}

void store_job_kind(struct store *s, const char *kind, job_step step, void *arg)
{
    MUST(!s->jobs_on);
    s->kind = talloc_realloc(s, s->kind, struct job_kind, s->nkind + 1);
    s->kind[s->nkind++] = (struct job_kind){talloc_strdup(s, kind), step, arg};
}

static const struct job_kind *kind_find(const struct store *s, const char *name)
{
    for (size_t i = 0; i < s->nkind; i++)
        if (strcmp(s->kind[i].kind, name) == 0)
            return &s->kind[i];
    return NULL;
}

void job_builtin(struct store *s)
{
    store_job_kind(s, "store.index", index_build_step, NULL);
    store_job_kind(s, "store.purge", purge_step, NULL);
}

/* --- which --- */

static int scan_one(struct txn *t, const struct key *k, void *arg)
{
    struct store *s = t->s;
    struct job *j;
    uint64_t id = key_get(k->b, 8);
    (void)arg;
    int err = txn_job_get(t, t->ctx, id, &j);
    if (err)
        return err;
    if ((j->state == JOB_WAITING || j->state == JOB_RUNNING) && kind_find(s, j->kind)) {
        s->job_id = talloc_realloc(s, s->job_id, uint64_t, s->njob + 1);
        s->job_id[s->njob++] = id;
    }
    talloc_free(j);
    return 0;
}

static void scan_jobs(struct store *s)
{
    struct key all = {0};
    struct txn t;
    s->jobs_changed = false;
    s->njob = 0;
    txn_reader(&t, s, talloc_new(NULL));
    if (blob_each(&t, s->sys[SYS_JOB], &all, NULL, false, scan_one, NULL))
        log_error("jobs", "text=the list of jobs cannot be read");
    talloc_free(t.ctx);
}

static uint64_t next_job(struct store *s)
{
    for (size_t i = 0; i < s->njob; i++)
        if (s->job_id[i] > s->job_turn)
            return s->job_turn = s->job_id[i];
    return s->job_turn = s->job_id[0];
}

/* --- a step --- */

struct step {
    uint64_t id;
    int err; /* of the step function */
};

static void step_ended(const struct job *j)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long ms =
        (now.tv_sec - step_begun.tv_sec) * 1000 + (now.tv_nsec - step_begun.tv_nsec) / 1000000;
    if (ms >= WRITER_MS)
        log_info("writer.long", "job=%s ms=%ld", j->kind, ms);
}

static int step_run(struct txn *t, void *arg)
{
    struct step *x = arg;
    struct job *j;
    x->err = 0;
    int err = txn_job_get(t, t->ctx, x->id, &j);
    if (err)
        return err;
    const struct job_kind *kind = kind_find(t->s, j->kind);
    t->jobs_dirty = true;
    if (!kind || (j->state != JOB_WAITING && j->state != JOB_RUNNING))
        return 0;
    j->state = JOB_RUNNING;
    clock_gettime(CLOCK_MONOTONIC, &step_begun);
    x->err = kind->step(t, j, kind->arg);
    step_ended(j);
    if (x->err < 0)
        return x->err;
    if (x->err == 0) {
        j->state = JOB_DONE;
        j->ended = store_now(t->s);
    }
    bool more = x->err > 0;
    err = txn_job_put(t, j);
    t->jobs_dirty = !more;
    return err;
}

static int step_failed(struct txn *t, void *arg)
{
    struct step *x = arg;
    struct job *j;
    int err = txn_job_get(t, t->ctx, x->id, &j);
    if (err)
        return err;
    j->state = JOB_FAILED;
    j->ended = store_now(t->s);
    node_str(j->result, "error", err_name(x->err));
    log_error("job", "id=%llu kind=%s err=%s", (unsigned long long)j->id, j->kind,
              err_name(x->err));
    return txn_job_put(t, j);
}

bool job_run_one(struct store *s)
{
    struct step *x;
    if (atomic_load(&s->disk) || atomic_load(&s->closed))
        return false; /* the keeper wakes us again when there is room */
    job_purge_due(s);
    if (s->jobs_changed)
        scan_jobs(s);
    if (!s->njob)
        return false;
    x = talloc_zero(NULL, struct step);
    x->id = next_job(s);
    int err = writer_own(s, step_run, x);
    if (x->err >= 0)
        x->err = err; /* the step was content, but its transaction could not stand */
    if (err < 0 && err != HE_BUSY)
        writer_own(s, step_failed, x);
    talloc_free(x);
    return true;
}

/* --- starting, waiting --- */

void store_job_start(struct store *s)
{
    pthread_mutex_lock(&s->mu);
    s->jobs_on = true;
    s->jobs_changed = true;
    s->jobs_dirty = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->mu);
}

static int job_state(struct txn *t, void *arg)
{
    struct step *x = arg;
    struct job *j;
    int err = txn_job_get(t, t->ctx, x->id, &j);
    return err ? err : j->state == JOB_WAITING || j->state == JOB_RUNNING ? HE_BUSY : 0;
}

int store_job_wait(struct store *s, uint64_t id, int timeout_ms)
{
    struct step x = {.id = id};
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    for (;;) {
        pthread_mutex_lock(&s->mu);
        uint64_t seen = s->flushed_seq;
        pthread_mutex_unlock(&s->mu);
        int err = store_read(s, job_state, &x), late = 0;
        if (err != HE_BUSY)
            return err;
        pthread_mutex_lock(&s->mu);
        while (s->flushed_seq == seen && !late && !s->stop)
            late = pthread_cond_timedwait(&s->durable, &s->mu, &until);
        bool stop = s->stop;
        pthread_mutex_unlock(&s->mu);
        if (late || stop)
            return HE_BUSY;
    }
}
