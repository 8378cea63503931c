/*
 * hutong itself in a pseudo-terminal, against a real server: bytes that its terminal gets and
 * milliseconds from the key to the end of what it paints. A director of a village with children.
 */
#include "bench/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/text.h"
#include "screen/harness.h"

#define TIMES 40
#define SAVES 12
#define USERS 10    /* signed in at once */
#define KIDS  10000 /* of the county: some thirty in the village */

struct act {
    struct harness *h;
    struct lat lat;
    size_t bytes, n;
};

/* Waits for the words, if there are any, then for quiet; when the last byte came, or -1. */
static double quiet(struct harness *h, const char *words)
{
    if (words && !harness_wait(h, words, HARNESS_MS))
        return -1;
    harness_settle(h);
    return harness_last(h);
}

/* Sends keys, waits for the words if there are any, then for quiet. The quiet itself (25 ms) is not
 * counted: time ends with the last byte that came before it. */
static void act(struct act *a, const char *keys, const char *words)
{
    harness_bytes_reset(a->h);
    double t = now_s();
    harness_send(a->h, keys);
    double last = quiet(a->h, words);
    if (last < 0)
        die("the screen never shows %s:\n%s", words, harness_text(a->h));
    lat_add(&a->lat, last - t);
    a->bytes += harness_bytes(a->h);
    a->n++;
}

static void act_row(struct act *a, const char *what, const char *target)
{
    row("%s | %zu | %.2f / %.2f | %s", what, a->n ? (a->bytes + a->n / 2) / a->n : 0,
        lat_ms(&a->lat, 0.5), lat_ms(&a->lat, 0.99), target);
    lat_free(&a->lat);
    *a = (struct act){.h = a->h};
}

static struct harness *screen_start(void *ctx, const struct daemon *d, double *took)
{
    const char *argv[] = {BUILDDIR "/hutong", NULL};
    const char *env[] = {text_printf(ctx, "HUTONG_CONFIG=%s", d->conf),
                         "HUTONG_USER=" DIRECTOR,
                         "HUTONG_TODAY=" TODAY,
                         "HUTONG_LANG=zh",
                         text_printf(ctx, "HOME=%s", d->dir),
                         NULL};
    double t = now_s();
    struct harness *h = harness_start(ctx, &(struct harness_opts){.argv = argv, .env = env});
    double last = quiet(h, "今日工作");
    if (last < 0)
        die("hutong shows no first screen:\n%s", harness_text(h));
    *took = last - t;
    return h;
}

static void screen_lists(struct act *a)
{
    act(a, "=31\r", "第1/");
    act_row(a, "打开儿童列表（=31）", "≤ 20 毫秒，p99 ≤ 100");
    for (int i = 0; i < TIMES; i++)
        act(a, i % 20 < 10 ? "\033[B" : "\033[A", NULL);
    act_row(a, "列表中移动一行", "≤ 24 字节，p99 ≤ 2 毫秒");
    for (int i = 0; i < TIMES; i++)
        act(a, i % 2 ? "\0337" : "\0338", i % 2 ? "第1/" : "第2/");
    act_row(a, "翻一页", "≤ 1,200 字节，≤ 20 毫秒");
    for (int i = 0; i < TIMES; i++)
        act(a, "\014", NULL);
    act_row(a, "重画整个屏幕（Ctrl-L）", "≤ 2,600 字节");
}

/* Opens one file after the other, types one character into the name, looks it over, saves. */
static void screen_saves(struct act *a)
{
    struct act review = {.h = a->h}, save = {.h = a->h};

    for (int i = 0; i < SAVES; i++) {
        harness_send(a->h, "\033[B2\r");
        if (quiet(a->h, "证件类型") < 0)
            die("no form:\n%s", harness_text(a->h));
        harness_send(a->h, "雨");
        harness_settle(a->h);
        act(&review, "\023", "核对");
        act(&save, "\r", "已保存");
    }
    act_row(&review, "按保存到核对页", "≤ 20 毫秒，p99 ≤ 100");
    act_row(&save, "确认到已保存（落盘）", "≤ 20 毫秒，p99 ≤ 100");
}

static void screen_forms(struct act *a)
{
    static const char *const han[] = {"雨", "子", "梓", "欣", "宇", "轩"};

    for (int i = 0; i < TIMES / 4; i++) {
        act(a, "2\r", "证件类型");
        harness_send(a->h, "\0333");
        if (quiet(a->h, "第1/") < 0)
            die("the list does not come back:\n%s", harness_text(a->h));
    }
    act_row(a, "打开一份档案修改", "≤ 20 毫秒，p99 ≤ 100");
    harness_send(a->h, "2\r");
    (void)quiet(a->h, "证件类型");
    for (int i = 0; i < 6; i++)
        act(a, han[i], NULL);
    act_row(a, "在表单中输入一个汉字", "≤ 18 字节，p99 ≤ 2 毫秒");
    harness_send(a->h, "\0333");
    if (quiet(a->h, "放弃改动") < 0)
        die("nothing asks what to do:\n%s", harness_text(a->h));
    harness_send(a->h, "3");
    if (quiet(a->h, "第1/") < 0)
        die("the list does not come back:\n%s", harness_text(a->h));
    screen_saves(a);
}

void bench_screen(void)
{
    struct daemon d;
    void *ctx = talloc_new(NULL);
    struct act a = {0};
    struct lat starts = {0};
    double took;

    table("### 屏幕：一台 80×24 xterm，村级用户，全县 10,000 名儿童",
          "做什么|字节（平均）|从按键到画完，中位数 / p99 毫秒|目标");
    stock_take(&d, "screen", KIDS);
    daemon_start(&d);
    for (int i = 0; i < USERS; i++) {
        a.h = screen_start(ctx, &d, &took);
        lat_add(&starts, took);
    }
    row("登录到第一屏 | — | %.1f / %.1f | ≤ 50 毫秒", lat_ms(&starts, 0.5), lat_ms(&starts, 0.99));
    lat_free(&starts);
    screen_lists(&a);
    screen_forms(&a);
    row("hutong 的内存（10 人同时在线） | %.1f MB RSS，%.1f MB PSS | — | ≤ 4 MB RSS，≤ 2 MB PSS",
        (double)memory_kb(harness_pid(a.h), "Rss:") / 1024,
        (double)memory_kb(harness_pid(a.h), "Pss:") / 1024);
    talloc_free(ctx);
    daemon_drop(&d);
}
