/* Memory of both programs, start, recovery after kill -9. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#define SESSIONS 500

static void memory_rows(const struct daemon *d)
{
    void *ctx = talloc_new(NULL);
    struct client *c[SESSIONS];
    const char *text = "";

    row("hutongd 空闲 | %.1f MB RSS，%.1f MB PSS | —", (double)memory_kb(d->pid, "Rss:") / 1024,
        (double)memory_kb(d->pid, "Pss:") / 1024);
    for (int i = 0; i < SESSIONS; i++)
        c[i] = daemon_client(ctx, d, CLERK);
    row("hutongd，500 个会话在线 | %.1f MB RSS，%.1f MB PSS | ≤ 64 MB + 缓存",
        (double)memory_kb(d->pid, "Rss:") / 1024, (double)memory_kb(d->pid, "Pss:") / 1024);
    for (int i = 0; i < SESSIONS; i++) {
        void *tmp = talloc_new(ctx);
        struct node *b = node_map(tmp), *answer;
        node_str(b, "type", "child");
        node_bool(b, "typing", true);
        if (client_call(c[i], tmp, OP_REC_LIST, b, &answer, &text))
            die("rec.list: %s", text);
        talloc_free(tmp);
    }
    row("hutongd，500 个会话各看过一页列表 | %.1f MB RSS，%.1f MB PSS | ≤ 64 MB + 缓存 %d MB",
        (double)memory_kb(d->pid, "Rss:") / 1024, (double)memory_kb(d->pid, "Pss:") / 1024,
        CACHE_MB);
    talloc_free(ctx);
}

/* Some changes, so that there is something to recover. */
static void work_a_little(const struct daemon *d, int n)
{
    void *ctx = talloc_new(NULL);
    struct client *c = daemon_client(ctx, d, CLERK);
    const char *text = "";

    for (int i = 0; i < n; i++) {
        void *tmp = talloc_new(ctx);
        struct node *answer;
        struct kid k;
        kid_make(atomic_fetch_add(&kid_next, 1), &k);
        if (client_call(c, tmp, OP_REC_ADD, kid_body(tmp, &k), &answer, &text))
            die("rec.add: %s", text);
        talloc_free(tmp);
    }
    talloc_free(ctx);
}

static void life_at(uint64_t total)
{
    struct daemon d;

    stock_take(&d, "life", total);
    row("%llu 名儿童，正常停止后启动 | %.2f 秒 | —", (unsigned long long)total, daemon_start(&d));
    if (total == 100000)
        memory_rows(&d);
    work_a_little(&d, 1000);
    daemon_kill(&d);
    row("%llu 名儿童，存过 1,000 条后 kill -9，恢复并启动 | %.2f 秒 | %s",
        (unsigned long long)total, daemon_start(&d), total == 1000000 ? "≤ 2 秒" : "—");
    daemon_drop(&d);
}

void bench_life(void)
{
    table("### 内存、启动和恢复", "什么|本次|目标");
    life_at(100000);
    if (getenv("BENCH_FULL"))
        life_at(1000000);
}
