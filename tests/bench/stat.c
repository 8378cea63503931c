/* The county's table of statistics, and reports of past days, at 100,000 children in 339 villages. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "work/stat.h"

#define CHILDREN 100000
#define ASKS     50

struct who_asks {
    struct home *h;
    struct actor *actor;
};

static int load_actor(struct txn *t, void *arg)
{
    struct who_asks *w = arg;
    const char *text;

    return actor_load(t, w->h->ctx, w->h->county, CLERK, ACTOR_ANY_UID, (struct date){2026, 11, 22},
                      &w->actor, &text);
}

static double ask_ms(struct who_asks *w, const char *name, const char *period, bool deep,
                     size_t *rows)
{
    struct stat_ask ask = {.report = reports_find(w->h->county->reports, name),
                           .period = period,
                           .division = "320681000000",
                           .deep = deep};
    struct stat_answer *a;
    char *problem;
    void *ctx = talloc_new(NULL);
    double t = now_s();
    int err = stat_run(ctx, w->h->county, w->actor, &ask, &a, &problem);

    if (err)
        die("%s: %s", name, problem ? problem : err_text(err));
    t = now_s() - t;
    *rows = a->n;
    talloc_free(ctx);
    return 1000 * t;
}

static void ask_often(struct who_asks *w, const char *what, const char *name, const char *period,
                      bool deep)
{
    struct lat l = {0};
    size_t rows = 0;
    double first = ask_ms(w, name, period, deep, &rows);

    for (int i = 0; i < ASKS; i++)
        lat_add(&l, ask_ms(w, name, period, deep, &rows) / 1000);
    row("%s | %zu | %.0f | %.2f | %.2f", what, rows, first, lat_ms(&l, 0.5), lat_ms(&l, 0.99));
    lat_free(&l);
}

struct edit {
    struct home *h;
    uint64_t id;
};

static int edit_one(struct txn *t, void *arg)
{
    struct edit *e = arg;
    const struct store_who who = {"bench", 1, "bench", "rec.set", NULL, "bench", {2026, 11, 22}};
    struct rec *old, *rec;
    int err = txn_get(t, e->h->ctx, dict_form(e->h->dict, "child"), e->id, &old);

    if (err)
        return err;
    rec = rec_copy(e->h->ctx, old);
    rec_set(rec, "health", strcmp(rec_get(old, "health"), "10") ? "10" : "20");
    return txn_put(t, &who, old, rec, NULL, NULL);
}

/* Somebody saves before each asking. */
static void ask_after_changes(struct who_asks *w)
{
    struct lat l = {0};
    size_t rows = 0;

    for (int i = 0; i < ASKS; i++) {
        struct edit e = {w->h, (uint64_t)i * 37 + 1};
        store_write(w->h->store, w->h->ctx, NULL, edit_one, &e, NULL);
        lat_add(&l, ask_ms(w, "t1", "2026-11-22", false, &rows) / 1000);
    }
    row("T1 县表，每次之前有人保存 | %zu | — | %.2f | %.2f", rows, lat_ms(&l, 0.5),
        lat_ms(&l, 0.99));
    lat_free(&l);
}

void bench_stat(void)
{
    struct home h;
    struct who_asks w = {.h = &h};
    struct daemon d;

    table("### 统计（10 万名儿童、339 个村；毫秒；目标：县表 ≤ 100，≤ PostgreSQL GROUP BY 的一半）",
          "什么|行数|第一次|中位数|p99");
    stock_take(&d, "stat", CHILDREN);
    home_open(&h, d.data, CACHE_MB);
    if (store_read(h.store, load_actor, &w))
        die("nobody asks");
    ask_often(&w, "T1 县表", "t1", "2026-11-22", false);
    ask_often(&w, "T1 到每个村", "t1", "2026-11-22", true);
    ask_often(&w, "T12 数据质量", "t12", "2026-11-22", false);
    ask_after_changes(&w);
    ask_often(&w, "T3 动态变化，本月", "t3", "2026-11", false);
    ask_often(&w, "T1 上月末", "t1", "2026-10", false);
    home_close(&h);
    daemon_drop(&d);
    rival_pg_stat(CHILDREN);
}
