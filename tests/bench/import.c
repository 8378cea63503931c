/* A roster with hutongctl, beside people who save. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"

#define ROWS 20000 /* of the generated roster */

/* Seconds that `hutongctl import child FILE` takes. */
static double import_run(const struct daemon *d, const char *file)
{
    const char *argv[] = {
        BUILDDIR "/hutongctl", "--config", d->conf, "import", "child", file, NULL};
    int status = 0;
    double t = now_s();
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        setenv("HUTONG_TODAY", TODAY, 1);
        setenv("HUTONG_USER", CLERK, 1);
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(126);
        execv(argv[0], base_unconst(argv));
        _exit(127);
    }
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        die("hutongctl import of %s ended with %d", file, status);
    return now_s() - t;
}

/* The headings of the sample roster, with parents and caregiver as most rows have them. */
static void roster_write(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f)
        die("cannot write %s", path);
    fputs(
        "序号,姓名,性别,民族,出生日期,公民身份号码,户籍性质,村(居)代码,现居住地,父亲姓名,"
        "父亲是否外出,父亲务工地点,父亲外出时间,父亲联系电话,母亲姓名,母亲是否外出,委托照护人姓名,"
        "与儿童关系,委托照护人电话,就学情况,是否寄宿,健康状况,监护情况,救助措施\n",
        f);
    for (uint64_t i = 0; i < ROWS; i++) {
        struct kid k, p;
        kid_make(2000000 + i, &k);
        kid_make(3000000 + i, &p);
        fprintf(f,
                "%llu,%s,%s,汉族,%s,%s,农村居民户口,%s,%s,%s,是,广东省深圳市宝安区,2025-03,%s,%s,"
                "是,%s,祖母,%s,%s,否,健康,较好,无\n",
                (unsigned long long)i + 1, k.name, k.boy ? "男" : "女", k.birth, k.id_no, k.village,
                k.addr, p.name, p.phone, p.name, p.name, k.phone, k.age < 6 ? "幼儿园" : "小学");
    }
    fclose(f);
}

static void import_beside(struct daemon *d, const char *file, const char *name, int rows)
{
    struct lat all = {0};
    struct beside *others = beside_start(d);
    double took = import_run(d, file);
    beside_stop(others, &all);
    row("%s | %d | %.0f | %.1f / %.1f", name, rows, rows / took, lat_ms(&all, 0.5),
        lat_ms(&all, 0.99));
    lat_free(&all);
}

void bench_import(void)
{
    struct daemon d;
    struct home h;
    char path[96];

    table("### 导入，同时有 8 人每秒各保存 5 次（目标：每秒 ≥ 6,000 行，别人的保存 ≤ 50 毫秒）",
          "名册|行数|每秒行数|别人保存的中位数 / p99 毫秒");
    daemon_make(&d, "import");
    home_open(&h, d.data, CACHE_MB);
    home_settle(&h);
    home_close(&h);
    daemon_start(&d);
    import_beside(&d, SRCDIR "/tests/data/qidong-2000.csv", "启东样本名册（GB18030）", 2000);
    import_beside(&d, SRCDIR "/tests/data/qidong-2000.csv", "同一份再导一遍（不改动）", 2000);
    snprintf(path, sizeof path, "%s/roster.csv", d.dir);
    roster_write(path);
    import_beside(&d, path, "生成的名册，父母、照护人都是新的", ROWS);
    daemon_drop(&d);
}
