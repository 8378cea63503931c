/* A sweep over the county: how long its list takes beside people who save, and what is asked of it daily. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/text.h"

#define CHILDREN 100000

double sweep_begin(struct client *c, void *ctx, int64_t *id)
{
    struct node *b = node_map(ctx), *v, *answer;
    struct timespec pause = {0, 20000000};
    double t = now_s();

    node_str(b, "type", "sweep");
    v = node_add_map(b, "v");
    node_str(v, "title", "暑期排查");
    node_str(v, "kind", "2");
    *id = node_num(bench_call(c, ctx, OP_REC_ADD, b), "id", 0);
    b = node_map(ctx);
    node_int(b, "id", *id);
    bench_call(c, ctx, OP_SWEEP_OPEN, b);
    for (;;) {
        b = node_map(ctx);
        node_str(b, "type", "sweep");
        node_int(b, "id", *id);
        answer = bench_call(c, ctx, OP_REC_GET, b);
        if (strcmp(node_text_or(node_get(answer, "v"), "state", ""), "3") == 0)
            return now_s() - t;
        nanosleep(&pause, NULL);
    }
}

static void opening(const struct daemon *d, struct client *c, void *ctx, int64_t *id)
{
    struct lat all = {0};
    struct beside *others = beside_start(d);
    double cpu = cpu_s(d->pid), took = sweep_begin(c, ctx, id);
    cpu = cpu_s(d->pid) - cpu;
    beside_stop(others, &all);
    row("开启：名单 %d 名，339 个村 | %.1f 秒（处理器 %.1f 秒） | %.1f / %.1f", CHILDREN, took, cpu,
        lat_ms(&all, 0.5), lat_ms(&all, 0.99));
    lat_free(&all);
}

/* Milliseconds of one request, repeated. */
static void asked(struct client *c, const char *name, enum wire_op op, const char *json[][2],
                  int64_t id)
{
    struct lat l = {0};

    for (int i = 0; i < 30; i++) {
        void *ctx = talloc_new(NULL);
        struct node *b = node_map(ctx);

        if (op != OP_SWEEP_MINE && op != OP_REC_LIST)
            node_int(b, "sweep", id);
        for (size_t k = 0; json[k][0]; k++)
            node_str(b, json[k][0], json[k][1]);
        if (op == OP_REC_LIST)
            node_int(b, "limit", 40);
        double t = now_s();
        bench_call(c, ctx, op, b);
        lat_add(&l, now_s() - t);
        talloc_free(ctx);
    }
    row("%s | %.1f 毫秒 | %.1f / %.1f", name, lat_ms(&l, 0.5), lat_ms(&l, 0.5), lat_ms(&l, 0.99));
    lat_free(&l);
}

/* Rows of the first village answered one by one, as a director does. */
static void answering(struct client *c, int64_t id)
{
    void *ctx = talloc_new(NULL);
    struct node *b = node_map(ctx), *answer;
    struct lat l = {0};

    node_str(b, "type", "sweep_item");
    node_str(b, "where", text_printf(ctx, "sweep = %lld and state = '1'", (long long)id));
    node_int(b, "limit", 200);
    answer = bench_call(c, ctx, OP_REC_LIST, b);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        void *tmp = talloc_new(ctx);
        struct node *set = node_map(tmp), *v;

        node_str(set, "type", "sweep_item");
        node_int(set, "id", node_num(e, "id", 0));
        v = node_add_map(set, "v");
        node_str(v, "result", "1");
        double t = now_s();
        bench_call(c, tmp, OP_REC_SET, set);
        lat_add(&l, now_s() - t);
        talloc_free(tmp);
    }
    row("儿童主任逐行作答 | %.1f 毫秒 | %.1f / %.1f", lat_ms(&l, 0.5), lat_ms(&l, 0.5),
        lat_ms(&l, 0.99));
    lat_free(&l);
    talloc_free(ctx);
}

void bench_sweep(void)
{
    const char *none[][2] = {{NULL, NULL}}, *villages[][2] = {{"level", "village"}, {NULL, NULL}};
    const char *grid[][2] = {{"type", "sweep_item"}, {"view", "grid"}, {NULL, NULL}};
    void *ctx = talloc_new(NULL);
    struct client *clerk, *director;
    struct daemon d;
    int64_t id;

    table("### 重点时段排查，名单 100,000 名（目标：开启 ≤ 10 秒，别人的保存 ≤ 50 毫秒）",
          "做什么|用时|中位数 / p99 毫秒（开启时是别人的保存）");
    stock_take(&d, "sweep", CHILDREN);
    daemon_start(&d);
    clerk = daemon_client(ctx, &d, CLERK);
    director = daemon_client(ctx, &d, DIRECTOR);
    opening(&d, clerk, ctx, &id);
    answering(director, id);
    asked(clerk, "全县各镇进度", OP_SWEEP_FIGURES, none, id);
    asked(clerk, "各村进度一页", OP_SWEEP_FIGURES, villages, id);
    asked(director, "儿童主任的进度", OP_SWEEP_MINE, none, id);
    asked(director, "排查表一页 40 行", OP_REC_LIST, grid, id);
    talloc_free(ctx);
    daemon_drop(&d);
}
