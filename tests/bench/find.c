/* Search, pages and counts at 10,000, 100,000 and 1,000,000 children: in the server (the request's own
 * work: who asks, the question, the rows) and through the wire. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/pinyin.h"
#include "base/text.h"
#include "work/list.h"

#define ASKS   400
#define PEOPLE 2
#define KINDS  8

static const char *const people[PEOPLE] = {CLERK, DIRECTOR};
static const char *const kind_name[KINDS] = {"按姓名",         "按拼音首字母", "按身份证号末四位",
                                             "按电话",         "两个字的名",   "列表第一页",
                                             "列表中间的一页", "计数"};
enum { NAME, INITIALS, TAIL, PHONE, GIVEN, PAGE, NEXT, COUNT };

struct asks {
    uint64_t total;
    uint64_t *kid[PEOPLE]; /* whom they look for: numbers of kid_make */
    struct lat in[PEOPLE][KINDS], cpu[PEOPLE][KINDS], wire[PEOPLE][KINDS];
};

/* Whom each looks for: the county anybody, the director children of the village. */
static void choose(struct asks *a)
{
    unsigned seed = 7;
    size_t n = 0;

    for (int p = 0; p < PEOPLE; p++)
        a->kid[p] = calloc(ASKS, sizeof **a->kid);
    for (int i = 0; i < ASKS; i++)
        a->kid[0][i] = (uint64_t)rand_r(&seed) * 32768 % a->total;
    for (uint64_t i = 0; i < a->total && n < ASKS; i++) {
        struct kid k;
        kid_make(i, &k);
        if (strcmp(k.village, "320681100001") == 0)
            a->kid[1][n++] = i;
    }
    if (!n)
        die("nobody lives in the village");
    for (size_t i = n; i < ASKS; i++)
        a->kid[1][i] = a->kid[1][i % n];
}

static const char *words(void *ctx, int kind, uint64_t kid)
{
    struct kid k;

    kid_make(kid, &k);
    switch (kind) {
    case NAME:
        return talloc_strdup(ctx, k.name);
    case INITIALS:
        return pinyin_initials(ctx, k.name, 1)[0];
    case TAIL:
        return talloc_strdup(ctx, k.id_no + 14);
    case PHONE:
        return talloc_strdup(ctx, k.phone);
    case GIVEN:
        return talloc_strdup(ctx, k.name + 3);
    }
    return "";
}

/* --- in the server --- */

struct one {
    struct home *h;
    const char *login, *words, *after;
    int kind;
    void *ctx;
    size_t rows;
    const char *next;
};

static int one_read(struct txn *t, void *arg)
{
    struct one *o = arg;
    struct list_ask ask = {.form = dict_form(o->h->dict, "child"), .limit = 20, .after = o->after};
    struct node *out = node_map(o->ctx);
    char *problem = NULL;
    const char *text;
    struct actor *actor;
    int err = actor_load(t, o->ctx, o->h->county, o->login, ACTOR_ANY_UID,
                         (struct date){2026, 11, 22}, &actor, &text);

    if (!err && o->kind == COUNT)
        err = list_count(t, o->ctx, o->h->county, actor, &ask, NULL, out, &problem);
    else if (!err && (o->kind == PAGE || o->kind == NEXT))
        err = list_page(t, o->ctx, o->h->county, actor, &ask, out, &problem);
    else if (!err)
        err = list_find(t, o->ctx, o->h->county, actor, &ask, o->words, out, &problem);
    if (err)
        die("%s as %s: %s %s", kind_name[o->kind], o->login, err_text(err), problem ? problem : "");
    o->rows = node_get(out, "rows") ? node_get(out, "rows")->n : 0;
    o->next = node_text(out, "next");
    return 0;
}

static void ask_inside(struct home *h, struct asks *a, int p, int kind)
{
    const char *after = NULL;
    void *keep = talloc_new(NULL);

    for (int i = 0; i < (kind >= PAGE ? ASKS / 4 : ASKS); i++) {
        struct one o = {.h = h, .login = people[p], .kind = kind, .ctx = talloc_new(NULL)};
        o.words = words(o.ctx, kind, a->kid[p][i]);
        o.after = kind == NEXT ? after : NULL;
        double t = now_s(), cpu = cpu_now_s();
        store_read(h->store, one_read, &o);
        lat_add(&a->in[p][kind], now_s() - t);
        lat_add(&a->cpu[p][kind], cpu_now_s() - cpu);
        if (kind <= GIVEN && !o.rows)
            die("%s finds nobody as %s", o.words, people[p]);
        after = o.next ? talloc_strdup(keep, o.next) : NULL;
        talloc_free(o.ctx);
    }
    talloc_free(keep);
}

/* --- through the wire --- */

static void ask_wire(struct client *c, struct asks *a, int p, int kind)
{
    enum wire_op op = kind == COUNT ? OP_REC_COUNT : kind >= PAGE ? OP_REC_LIST : OP_REC_FIND;
    const char *after = NULL, *text = "";
    void *keep = talloc_new(NULL);

    for (int i = 0; i < (kind >= PAGE ? ASKS / 4 : ASKS); i++) {
        void *ctx = talloc_new(NULL);
        struct node *b = node_map(ctx), *answer;
        node_str(b, "type", "child");
        node_bool(b, "typing", true);
        if (op == OP_REC_FIND)
            node_str(b, "words", words(ctx, kind, a->kid[p][i]));
        if (kind == NEXT && after)
            node_str(b, "after", after);
        double t = now_s();
        if (client_call(c, ctx, op, b, &answer, &text))
            die("%s as %s: %s", kind_name[kind], people[p], text);
        lat_add(&a->wire[p][kind], now_s() - t);
        after = node_text(answer, "next") ? talloc_strdup(keep, node_text(answer, "next")) : NULL;
        talloc_free(ctx);
    }
    talloc_free(keep);
}

/* CPU in the server, beside what the smallest county needed. */
static void show(struct asks *a)
{
    static double small[PEOPLE][KINDS];

    for (int kind = 0; kind < KINDS; kind++)
        for (int p = 0; p < PEOPLE; p++) {
            double cpu = lat_ms(&a->cpu[p][kind], 0.5);

            if (small[p][kind] == 0)
                small[p][kind] = cpu;
            row("%s | %s | %llu | %.2f / %.2f | %.2f / %.2f | %.1f | %.2f / %.2f", kind_name[kind],
                p ? "村" : "县", (unsigned long long)a->total, lat_ms(&a->in[p][kind], 0.5),
                lat_ms(&a->in[p][kind], 0.99), cpu, lat_ms(&a->cpu[p][kind], 0.99),
                cpu / small[p][kind], lat_ms(&a->wire[p][kind], 0.5),
                lat_ms(&a->wire[p][kind], 0.99));
        }
}

static void find_at(uint64_t total)
{
    struct asks a = {.total = total};
    struct daemon d;
    struct home h;
    void *ctx = talloc_new(NULL);

    choose(&a);
    stock_take(&d, "find", total);
    home_open(&h, d.data, CACHE_MB);
    for (int round = 0; round < 2; round++) { /* the first warms the cache */
        for (int p = 0; p < PEOPLE; p++)
            for (int kind = 0; kind < KINDS; kind++) {
                lat_free(&a.in[p][kind]);
                lat_free(&a.cpu[p][kind]);
                ask_inside(&h, &a, p, kind);
            }
    }
    home_close(&h);
    daemon_start(&d);
    for (int round = 0; round < 2; round++)
        for (int p = 0; p < PEOPLE; p++) {
            struct client *c = daemon_client(ctx, &d, people[p]);
            for (int kind = 0; kind < KINDS; kind++) {
                lat_free(&a.wire[p][kind]);
                ask_wire(c, &a, p, kind);
            }
        }
    talloc_free(ctx);
    daemon_drop(&d);
    show(&a);
}

void bench_find(void)
{
    table("### 检索和列表（中位数 / p99 毫秒；目标：检索在服务器内 p99 ≤ 1，100 万时 ≤ 1 万时的 "
          "1.3 倍）",
          "做什么|谁|儿童数|在服务器内|其中占 CPU|CPU 中位数与 1 万时之比|经套接字");
    find_at(10000);
    find_at(100000);
    if (getenv("BENCH_FULL"))
        find_at(1000000);
}
