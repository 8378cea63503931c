/*
 * A county after a year of visits and in the middle of a sweep: what its people open every day, and a
 * million visits exported, also when it is stopped on the way.
 */
#include "bench/bench.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define ASKS 60

/* --- what people open --- */

struct open {
    const char *what, *target;
    enum wire_op op;
    const char
        *json[6][2]; /* texts of the request; "?name": true, "#name": the number in the text */
};

static struct node *open_body(void *ctx, const struct open *o)
{
    struct node *b = node_map(ctx);

    for (size_t i = 0; i < NELEM(o->json) && o->json[i][0]; i++) {
        const char *key = o->json[i][0], *value = o->json[i][1];

        if (*key == '?')
            node_bool(b, key + 1, true);
        else if (*key == '#')
            node_int(b, key + 1, atoi(value));
        else
            node_str(b, key, value);
    }
    return b;
}

static void open_often(const struct daemon *d, struct client *c, const struct open *o)
{
    struct lat l = {0};
    double first = 0, cpu = 0;

    for (int i = 0; i <= ASKS; i++) {
        void *ctx = talloc_new(NULL);
        struct node *b = open_body(ctx, o);
        double t = now_s();

        if (i == 1)
            cpu = cpu_s(d->pid);
        bench_call(c, ctx, o->op, b);
        if (i)
            lat_add(&l, now_s() - t);
        else
            first = now_s() - t;
        talloc_free(ctx);
    }
    row("%s | %.1f | %.1f / %.1f | %.1f | %s", o->what, 1000 * first, lat_ms(&l, 0.5),
        lat_ms(&l, 0.99), 1000 * (cpu_s(d->pid) - cpu) / ASKS, o->target);
    lat_free(&l);
}

static const struct open of_county[] = {
    {"县：T1 上月末（第一次：启动后在后台算好）",
     "≤ 100 毫秒",
     OP_STAT_RUN,
     {{"report", "t1"}, {"period", "2026-10"}}},
    {"县：T1 今天", "≤ 100 毫秒", OP_STAT_RUN, {{"report", "t1"}, {"period", TODAY}}},
    {"县：今日工作的各项数字", "≤ 100 毫秒", OP_TODO, {{NULL, NULL}}},
    {"县：今日工作的各镇排名", "≤ 100 毫秒", OP_TODO, {{"?places", ""}}},
    {"县：排查进度", "≤ 100 毫秒", OP_SWEEP_MINE, {{NULL, NULL}}},
    {"县：T4 走访，本月", "≤ 100 毫秒", OP_STAT_RUN, {{"report", "t4"}, {"period", "2026-11"}}},
    {"县：T3 动态变化，本月", "≤ 100 毫秒", OP_STAT_RUN, {{"report", "t3"}, {"period", "2026-11"}}},
    {"县：T1 半年前的一天",
     "≤ 100 毫秒",
     OP_STAT_RUN,
     {{"report", "t1"}, {"period", "2026-05-15"}}},
    {"县：走访过期的名单，第一页",
     "≤ 100 毫秒",
     OP_REC_LIST,
     {{"type", "child"}, {"view", "visit_overdue"}, {"?typing", ""}}},
    {"县：走访记录，第一页", "≤ 100 毫秒", OP_REC_LIST, {{"type", "visit"}, {"?typing", ""}}},
};

static const struct open of_director[] = {
    {"儿童主任：今日工作的各项数字", "≤ 20 毫秒", OP_TODO, {{NULL, NULL}}},
    {"儿童主任：排查进度", "≤ 20 毫秒", OP_SWEEP_MINE, {{NULL, NULL}}},
    {"儿童主任：自己的孩子，第一页",
     "≤ 20 毫秒",
     OP_REC_LIST,
     {{"type", "child"}, {"?typing", ""}, {"?count", ""}}},
    {"儿童主任：本月要走访，第一页",
     "≤ 20 毫秒",
     OP_REC_LIST,
     {{"type", "child"}, {"view", "visit_due"}, {"?typing", ""}, {"?count", ""}}},
    {"儿童主任：排查表，40 行",
     "≤ 20 毫秒",
     OP_REC_LIST,
     {{"type", "sweep_item"}, {"view", "grid"}, {"#limit", "40"}, {"?typing", ""}}},
    {"儿童主任：自己的事项，第一页",
     "≤ 20 毫秒",
     OP_REC_LIST,
     {{"type", "task"}, {"view", "mine"}, {"?typing", ""}, {"?count", ""}}},
    {"儿童主任：全年走访记录，第一页",
     "≤ 20 毫秒",
     OP_REC_LIST,
     {{"type", "visit"}, {"?typing", ""}, {"?count", ""}}},
};

static void daily(const struct daemon *d, struct client *clerk, struct client *director)
{
    table("### 一年走访以后：100,000 名儿童，约 120 万次走访，排查正在进行（经套接字，毫秒）",
          "打开什么|第一次|中位数 / p99|hutongd 占 CPU|目标");
    for (size_t i = 0; i < NELEM(of_county); i++)
        open_often(d, clerk, &of_county[i]);
    for (size_t i = 0; i < NELEM(of_director); i++)
        open_often(d, director, &of_director[i]);
}

/* --- export --- */

struct export_run {
    pid_t pid;
    double begun, took, cpu; /* cpu: of both */
    long memory[2];          /* kB at the most: hutongctl, hutongd */
    int status;
};

static void export_start(const struct daemon *d, struct export_run *x)
{
    char path[128];
    snprintf(path, sizeof path, "%s/out/visits.csv", d->dir);
    const char *argv[] = {
        BUILDDIR "/hutongctl", "--config", d->conf, "export", "visit", "--csv", path,
        "--purpose",           "年度归档", NULL};

    *x = (struct export_run){.begun = now_s()};
    fflush(stdout);
    x->pid = fork();
    if (x->pid == 0) {
        setenv("HUTONG_TODAY", TODAY, 1);
        setenv("HUTONG_USER", CLERK, 1);
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(126);
        execv(argv[0], base_unconst(argv));
        _exit(127);
    }
}

/* Waits for its end; after `stop` seconds it is interrupted as by Ctrl-C. */
static void export_wait(const struct daemon *d, struct export_run *x, double stop)
{
    const struct timespec pause = {0, 50000000};
    bool stopped = false;

    while (waitpid(x->pid, &x->status, WNOHANG) == 0) {
        nanosleep(&pause, NULL); /* until then it may still be a copy of this program */
        long now[2] = {memory_kb(x->pid, "Rss:"), memory_kb(d->pid, "Rss:")};

        x->cpu = cpu_s(x->pid) + cpu_s(d->pid);

        for (int i = 0; i < 2; i++)
            x->memory[i] = now[i] > x->memory[i] ? now[i] : x->memory[i];
        if (!stopped && stop > 0 && now_s() - x->begun > stop) {
            kill(x->pid, SIGINT);
            stopped = true;
        }
    }
    x->took = now_s() - x->begun;
}

static int files_in(const char *dir)
{
    DIR *all = opendir(dir);
    int n = 0;

    for (struct dirent *e; all && (e = readdir(all));)
        n += *e->d_name != '.';
    if (all)
        closedir(all);
    return n;
}

static void exports(const struct daemon *d)
{
    char out[80], path[128];
    struct export_run x;
    struct stat st = {0};
    struct lat all = {0};
    struct beside *others;
    double before;

    table("### 导出全年走访，同时有 8 人每秒各保存 5 次（目标：别人的保存 ≤ 50 "
          "毫秒，内存不随行数长）",
          "做什么|用时|hutongctl / hutongd 最多用内存|别人保存的中位数 / p99 毫秒");
    snprintf(out, sizeof out, "%s/out", d->dir);
    snprintf(path, sizeof path, "%s/visits.csv", out);
    mkdir(out, 0700);
    export_start(d, &x);
    export_wait(d, &x, 2);
    row("导出到一半按 Ctrl-C，留下 %d 个文件 | %.1f 秒（2 秒时按） | %.1f MB / %.1f MB | —",
        files_in(out), x.took, (double)x.memory[0] / 1024, (double)x.memory[1] / 1024);
    before = cpu_s(d->pid);
    others = beside_start(d);
    export_start(d, &x);
    export_wait(d, &x, 0);
    beside_stop(others, &all);
    if (!WIFEXITED(x.status) || WEXITSTATUS(x.status) || stat(path, &st))
        die("hutongctl export ended with %d", x.status);
    row("导出约 120 万次走访，%.0f MB CSV | %.1f 秒（处理器 %.1f 秒） | %.1f MB / %.1f MB | %.1f / "
        "%.1f",
        (double)st.st_size / (1 << 20), x.took, x.cpu - before, (double)x.memory[0] / 1024,
        (double)x.memory[1] / 1024, lat_ms(&all, 0.5), lat_ms(&all, 0.99));
    lat_free(&all);
}

void bench_year(void)
{
    struct client *clerk, *director;
    void *ctx = talloc_new(NULL);
    struct daemon d;
    int64_t sweep;

    stock_take_year(&d, "year");
    daemon_start(&d);
    clerk = daemon_client(ctx, &d, CLERK);
    director = daemon_client(ctx, &d, DIRECTOR);
    sweep_begin(clerk, ctx, &sweep);
    daily(&d, clerk, director);
    exports(&d);
    talloc_free(ctx);
    daemon_drop(&d);
}
