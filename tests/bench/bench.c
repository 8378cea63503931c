#include "bench/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

static const char *cpu_model(char *buf, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    const char *found = "?";

    while (f && fgets(buf, (int)size, f))
        if (strncmp(buf, "model name", 10) == 0 && strchr(buf, ':')) {
            buf[strcspn(buf, "\n")] = '\0';
            found = strchr(buf, ':') + 2;
            break;
        }
    if (f)
        fclose(f);
    return found;
}

static const char *fs_name(const char *path)
{
    struct statfs fs;

    if (statfs(path, &fs))
        return "?";
    switch ((unsigned long)fs.f_type) {
    case 0xEF53:
        return "ext4";
    case 0x01021994:
        return "tmpfs";
    case 0x58465342:
        return "xfs";
    case 0x9123683E:
        return "btrfs";
    case 0x794c7630:
        return "overlayfs";
    }
    return "?";
}

/* What a durable save cannot be faster than. */
static double fsync_ms(const char *dir)
{
    char path[128];
    struct lat l = {0};

    snprintf(path, sizeof path, "%.80s/hutong-sync-XXXXXX", dir);
    int fd = mkstemp(path);
    if (fd < 0)
        return 0;
    for (int i = 0; i < 200; i++) {
        double t = now_s();
        if (write(fd, path, sizeof path) < 0 || fdatasync(fd))
            break;
        lat_add(&l, now_s() - t);
    }
    close(fd);
    unlink(path);
    double ms = lat_ms(&l, 0.5);
    lat_free(&l);
    return ms;
}

static void machine(void)
{
    const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    char buf[256], day[16];
    struct utsname u;
    time_t t = time(NULL);

    uname(&u);
    strftime(day, sizeof day, "%Y-%m-%d", localtime(&t));
    printf("测于 %s：%s，%ld 核，%ld MB 内存，%s %s，%s，一次 fdatasync %.2f 毫秒（中位数）。\n"
           "缓存各 %d MB；数据由固定种子生成。\n",
           day, cpu_model(buf, sizeof buf), sysconf(_SC_NPROCESSORS_ONLN),
           sysconf(_SC_PHYS_PAGES) / 256, u.sysname, u.release, fs_name(tmp), fsync_ms(tmp),
           CACHE_MB);
    fflush(stdout);
}

bool bench_own(void)
{
    const char *only = getenv("BENCH_ONLY");
    return only && strstr(only, "own");
}

int main(void)
{
    static const struct {
        const char *word;
        void (*run)(void);
    } part[] = {{"save", bench_save},     {"find", bench_find},   {"stat", bench_stat},
                {"import", bench_import}, {"sweep", bench_sweep}, {"screen", bench_screen},
                {"year", bench_year},     {"life", bench_life}};
    const char *only = getenv("BENCH_ONLY");

    log_level_set(LOG_LEVEL_ERROR);
    signal(SIGPIPE, SIG_IGN);
    atexit(stock_drop);
    machine();
    for (size_t i = 0; i < NELEM(part); i++)
        if (!only || strstr(only, part[i].word))
            part[i].run();
    return 0;
}
