/* People who save while something big goes on: what they wait is part of its figure. */
#include "bench/bench.h"

#include <pthread.h>
#include <talloc.h>
#include <time.h>

#define PEOPLE 8
#define PAUSE  200000000 /* nanoseconds: five saves a second each */

struct saver {
    const struct daemon *d;
    const atomic_bool *stop;
    struct lat lat;
    pthread_t thread;
};

struct beside {
    atomic_bool stop;
    struct saver saver[PEOPLE];
};

static void *saver_main(void *arg)
{
    struct saver *s = arg;
    void *own = talloc_new(NULL);
    struct client *c = daemon_client(own, s->d, CLERK);
    struct timespec pause = {0, PAUSE};

    while (!atomic_load(s->stop)) {
        void *ctx = talloc_new(NULL);
        struct node *answer;
        const char *text = "";
        struct kid k;
        kid_make(atomic_fetch_add(&kid_next, 1), &k);
        double t = now_s();
        if (client_call(c, ctx, OP_REC_ADD, kid_body(ctx, &k), &answer, &text))
            die("rec.add: %s", text);
        lat_add(&s->lat, now_s() - t);
        talloc_free(ctx);
        nanosleep(&pause, NULL);
    }
    talloc_free(own);
    return NULL;
}

struct beside *beside_start(const struct daemon *d)
{
    struct beside *b = talloc_zero(NULL, struct beside);

    for (int i = 0; i < PEOPLE; i++) {
        b->saver[i].d = d;
        b->saver[i].stop = &b->stop;
        if (pthread_create(&b->saver[i].thread, NULL, saver_main, &b->saver[i]))
            die("no thread");
    }
    return b;
}

void beside_stop(struct beside *b, struct lat *all)
{
    atomic_store(&b->stop, true);
    for (int i = 0; i < PEOPLE; i++) {
        pthread_join(b->saver[i].thread, NULL);
        lat_join(all, &b->saver[i].lat);
        lat_free(&b->saver[i].lat);
    }
    talloc_free(b);
}
