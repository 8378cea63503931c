/*
 * Kills a writing process at any moment and looks whether everything that it acknowledged is there,
 * nothing is half, and the store opens by itself.
 *
 *   kill9 [CYCLES [SEED]]     15 cycles when started by the test run
 *
 * The ledger is a pipe: a thread writes (record, number) into it after the store said "durable", and a
 * reader does so with what it was shown: what anybody has seen must stay. A second
 * round plants a store that answers too early; a harness that does not notice that is worth nothing.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/store_box.h"
#include "store/store_int.h"

#define THREADS 8
#define IDS_MAX 1000000
#define EARLY   200 /* cycles within which the planted fault must be found */

struct ack {
    uint64_t id, n;
};

struct writer {
    struct box *b;
    int fd, no;
    _Atomic uint64_t id; /* its newest record */
};

struct harness {
    struct box b;
    uint32_t *acked; /* by id: last acknowledged number */
    uint64_t ids, acks, lost, faults;
    unsigned seed;
};

/* --- the process that is killed --- */

static void tell(const struct writer *w, uint64_t id, uint64_t n)
{
    struct ack a = {id, n};
    if (write(w->fd, &a, sizeof a) != sizeof a)
        _exit(3);
}

static void write_one(struct writer *w, uint64_t *id, uint64_t n)
{
    void *ctx = talloc_new(NULL);
    struct box own = *w->b;
    own.ctx = ctx;
    struct box_put p = {.b = &own, .form = own.child, .id = n % 4 ? *id : 0};
    p.pairs = p.id ? text_printf(ctx, "remark=%llu", (unsigned long long)n)
                   : text_printf(ctx, "name=王小雨|village=3206810010%02d|remark=%llu", w->no,
                                 (unsigned long long)n);
    int err = store_write(own.s, ctx, NULL, box_put_fn, &p, NULL);
    if (err)
        _exit(3);
    *id = p.id;
    w->id = p.id;
    tell(w, p.id, n);
    talloc_free(ctx);
}

static void *writer_loop(void *arg)
{
    struct writer *w = arg;
    uint64_t id = 0;
    for (uint64_t n = 4; n < 1000000; n++)
        write_one(w, &id, n);
    return NULL;
}

struct look {
    struct writer *w;
    uint64_t id, n;
};

static int look_fn(struct txn *t, void *arg)
{
    struct look *l = arg;
    struct rec *r;
    void *ctx = talloc_new(NULL);
    int err = txn_get(t, ctx, l->w->b->child, l->id, &r);
    if (!err)
        l->n = strtoull(rec_get(r, "remark"), NULL, 10);
    talloc_free(ctx);
    return err;
}

/* What it was shown is as good as acknowledged. */
static void *reader_loop(void *arg)
{
    struct writer *w = arg;
    for (int i = 0;; i = (i + 1) % THREADS) {
        struct look l = {.w = &w[i], .id = w[i].id};
        if (l.id && store_read(w->b->s, look_fn, &l) == 0)
            tell(w, l.id, l.n);
    }
    return NULL;
}

static void victim(struct box *b, int fd)
{
    struct writer w[THREADS];
    pthread_t t[THREADS], reader;
    if (box_try_open(b))
        _exit(4);
    store_job_start(b->s);
    for (int i = 0; i < THREADS; i++) {
        w[i].b = b;
        w[i].fd = fd;
        w[i].no = i;
        atomic_init(&w[i].id, 0);
    }
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, writer_loop, &w[i]))
            _exit(5);
    if (pthread_create(&reader, NULL, reader_loop, w))
        _exit(5);
    pthread_join(t[0], NULL);
    _exit(6);
}

/* --- the ledger --- */

static void note(struct harness *h, const struct ack *a)
{
    if (a->id >= IDS_MAX)
        exit(2);
    if (a->id >= h->ids)
        h->ids = a->id + 1;
    if (h->acked[a->id] < a->n)
        h->acked[a->id] = (uint32_t)a->n;
    h->acks++;
}

/* Kills the victim after some acknowledgements; what is left in the pipe counts too. */
static int cycle_kill(struct harness *h)
{
    int fd[2], status;
    struct ack a;
    unsigned until = (unsigned)rand_r(&h->seed) % 300;
    if (pipe(fd))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        victim(&h->b, fd[1]);
    }
    close(fd[1]);
    for (unsigned n = 0; n < until && read(fd[0], &a, sizeof a) == sizeof a; n++)
        note(h, &a);
    kill(pid, SIGKILL);
    while (read(fd[0], &a, sizeof a) == sizeof a)
        note(h, &a);
    close(fd[0]);
    if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status)) {
        printf("# the writing process ended by itself: status %d\n", status);
        return -1;
    }
    return 0;
}

static int check_fn(struct txn *t, void *arg)
{
    struct harness *h = arg;
    for (uint64_t id = 1; id < h->ids; id++) {
        struct rec *r;
        void *ctx = talloc_new(NULL);
        if (h->acked[id] && (txn_get(t, ctx, h->b.child, id, &r) ||
                             strtoull(rec_get(r, "remark"), NULL, 10) < h->acked[id]))
            h->lost++;
        talloc_free(ctx);
    }
    return 0;
}

static void fault(const char *sentence, void *arg)
{
    struct harness *h = arg;
    h->faults++;
    printf("# %s\n", sentence);
}

static int cycle_check(struct harness *h, bool whole)
{
    if (box_try_open(&h->b)) {
        printf("# cannot open: %s\n", h->b.problem);
        return -1;
    }
    store_read(h->b.s, check_fn, h);
    store_close(&h->b.s);
    if (whole && store_verify_stopped(&h->b.conf, h->b.dict, fault, h) < 0)
        h->faults++;
    return 0;
}

/* Until something is wrong. Returns the cycles that were run. */
static int cycles_run(struct harness *h, int cycles, const char *planted)
{
    int i, bad = 0;
    box_make(&h->b);
    h->b.conf.checkpoint_mb = 1;
    h->acked = talloc_zero_array(h->b.ctx, uint32_t, IDS_MAX);
    for (i = 0; i < cycles && !bad && !h->lost && !h->faults; i++) {
        h->b.conf.fault = planted;
        bad = cycle_kill(h);
        h->b.conf.fault = NULL;
        if (!bad)
            bad = cycle_check(h, !planted && (cycles <= 20 || i % 20 == 19));
    }
    if (bad)
        h->faults++;
    box_free(&h->b);
    return i;
}

int main(int argc, char **argv)
{
    int cycles = argc > 1 ? atoi(argv[1]) : 0;
    unsigned seed = argc > 2 && atoi(argv[2]) > 0 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL);
    struct harness h = {.seed = seed}, early = {.seed = seed};
    if (cycles <= 0)
        cycles = 15;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("1..2\n# seed %u\n", seed);
    cycles = cycles_run(&h, cycles, NULL);
    printf("# %d cycles, %llu acknowledged, %llu lost, %llu faults\n", cycles,
           (unsigned long long)h.acks, (unsigned long long)h.lost, (unsigned long long)h.faults);
    printf("%s 1 - nothing acknowledged is lost, nothing is half\n",
           h.lost || h.faults || !h.acks ? "not ok" : "ok");
    cycles = cycles_run(&early, EARLY, "early_ack");
    printf("# early answers found after %d cycles, %llu lost\n", cycles,
           (unsigned long long)early.lost);
    printf("%s 2 - answers before the flush are found out\n", early.lost ? "ok" : "not ok");
    return h.lost || h.faults || !early.lost;
}
