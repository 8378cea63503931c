/* Sessions that each register one child after the other for some seconds. */
#include "bench/bench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

atomic_ullong kid_next = 4000000; /* far from what home_fill makes */

struct session {
    const struct load *load;
    int i;
    double from, until; /* what is counted */
    struct lat lat;
    pthread_barrier_t *ready;
    const double *start;
    pthread_t thread;
};

static double bench_seconds(void)
{
    const char *s = getenv("BENCH_SECONDS");
    double v = s ? atof(s) : 0;
    return v > 0 ? v : 3;
}

static void *session_main(void *arg)
{
    struct session *s = arg;
    void *ctx = talloc_new(NULL);
    void *own = s->load->open(ctx, s->load->shared, s->i);
    struct kid k;
    pthread_barrier_wait(s->ready);
    pthread_barrier_wait(s->ready);
    double from = *s->start + 0.3, until = from + bench_seconds();
    for (;;) {
        kid_make(atomic_fetch_add(&kid_next, 1), &k);
        double t = now_s();
        if (t >= until)
            break;
        s->load->one(own, &k);
        double end = now_s();
        if (end >= from && end < until)
            lat_add(&s->lat, end - t);
    }
    if (s->load->close)
        s->load->close(own);
    talloc_free(ctx);
    return NULL;
}

void load_run(const struct load *l, int sessions, struct result *out)
{
    struct session *s = calloc((size_t)sessions, sizeof *s);
    pthread_barrier_t ready;
    pthread_attr_t attr;
    double start = 0;
    struct lat all = {0};
    MUST(s);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1 << 20);
    pthread_barrier_init(&ready, NULL, (unsigned)sessions + 1);
    for (int i = 0; i < sessions; i++) {
        s[i] = (struct session){.load = l, .i = i, .ready = &ready, .start = &start};
        if (pthread_create(&s[i].thread, &attr, session_main, &s[i]))
            die("no thread %d", i);
    }
    pthread_barrier_wait(&ready);
    start = now_s();
    pthread_barrier_wait(&ready);
    for (int i = 0; i < sessions; i++) {
        pthread_join(s[i].thread, NULL);
        lat_join(&all, &s[i].lat);
        lat_free(&s[i].lat);
    }
    *out = (struct result){(double)all.n / bench_seconds(), lat_ms(&all, 0.5), lat_ms(&all, 0.99)};
    lat_free(&all);
    pthread_barrier_destroy(&ready);
    pthread_attr_destroy(&attr);
    free(s);
}

void load_row(const struct load *l, double per_s[3])
{
    static const int sessions[3] = {1, 64, 256};
    struct result r[3];
    for (int i = 0; i < 3; i++) {
        load_run(l, sessions[i], &r[i]);
        if (per_s)
            per_s[i] = r[i].per_s;
    }
    row("%s | %.0f (%.1f / %.1f) | %.0f (%.1f / %.1f) | %.0f (%.1f / %.1f)", l->name, r[0].per_s,
        r[0].p50, r[0].p99, r[1].per_s, r[1].p50, r[1].p99, r[2].per_s, r[2].p50, r[2].p99);
}
