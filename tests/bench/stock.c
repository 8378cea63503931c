/* Counties filled once, each size going on from the one before, and copied for every part. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_int.h"

#define STEP 50000 /* children between two words of progress */

static char root[80];
static const uint64_t sizes[] = {10000, 100000, 1000000};

#define YEAR 1 /* in place of a number of children: 100,000 with a year of visits */

static void stock_path(uint64_t children, char out[128])
{
    const char *tmp = getenv("TMPDIR"), *keep = getenv("BENCH_KEEP");

    if (!*root && keep) {
        snprintf(root, sizeof root, "%.70s", keep);
        mkdir(root, 0700);
    } else if (!*root) {
        snprintf(root, sizeof root, "%.50s/hutong-stock-XXXXXX", tmp ? tmp : "/tmp");
        if (!mkdtemp(root))
            die("cannot make %s", root);
    }
    snprintf(out, 128, "%s/%llu", root, (unsigned long long)children);
}

/* Half of the memory at most: pages that are written again and again stay in it. */
static unsigned fill_cache_mb(void)
{
    long mb = sysconf(_SC_PHYS_PAGES) / 256 / 2;

    return (unsigned)(mb < 6144 ? mb : 6144);
}

static void stock_copy(const char *from, const char *to)
{
    if (dir_copy_store(from, to) || format_write(to, STORE_FORMAT))
        die("cannot copy %s", from);
}

static void stock_fill(const char *dir, uint64_t from, uint64_t to)
{
    struct home h;
    double begun = now_s();

    home_open(&h, dir, to > 100000 ? fill_cache_mb() : 1024);
    if (!from) {
        home_settle(&h);
        home_close(&h); /* with its divisions */
        home_open(&h, dir, 1024);
    }
    for (uint64_t n = from; n < to; n += STEP) {
        home_fill(&h, n, n + STEP < to ? n + STEP : to);
        fprintf(stderr, "bench: %llu children, %.0f s\n",
                (unsigned long long)(n + STEP < to ? n + STEP : to), now_s() - begun);
    }
    home_close(&h);
}

static void stock_year(const char *dir)
{
    struct home h;

    home_open(&h, dir, fill_cache_mb());
    home_year(&h, YEAR_CHILDREN);
    home_close(&h);
}

static void stock_make(uint64_t children, const char *dir);

/* Where it is, filled now if it was not yet. */
static void stock_have(uint64_t children, char dir[128])
{
    struct stat st;

    stock_path(children, dir);
    if (stat(dir, &st))
        stock_make(children, dir);
}

static void stock_make(uint64_t children, const char *dir)
{
    char half[136], before[128] = "";
    struct daemon d;
    struct stat st;
    uint64_t from = 0;

    snprintf(half, sizeof half, "%s.part", dir);
    if (children == YEAR)
        stock_have(from = YEAR_CHILDREN, before);
    for (size_t i = 0; i < NELEM(sizes) && sizes[i] < children; i++) {
        stock_path(sizes[i], before);
        from = stat(before, &st) ? from : sizes[i];
    }
    if (from) {
        stock_path(from, before);
        drop_dir(half);
        stock_copy(before, half);
    } else {
        daemon_make(&d, "stock");
        stock_copy(d.data, half);
        daemon_drop(&d);
    }
    if (children == YEAR)
        stock_year(half);
    else
        stock_fill(half, from, children);
    if (rename(half, dir))
        die("cannot keep %s", dir);
}

static void stock_use(struct daemon *d, const char *name, uint64_t children)
{
    char dir[128], own[104];

    stock_have(children, dir);
    daemon_make(d, name);
    snprintf(own, sizeof own, "%s/db", d->data); /* beside them stay its marks */
    drop_dir(own);
    snprintf(own, sizeof own, "%s/log", d->data);
    drop_dir(own);
    stock_copy(dir, d->data);
}

void stock_take(struct daemon *d, const char *name, uint64_t children)
{
    stock_use(d, name, children);
}

void stock_take_year(struct daemon *d, const char *name)
{
    stock_use(d, name, YEAR);
}

void stock_drop(void)
{
    if (*root && !getenv("BENCH_KEEP"))
        drop_dir(root);
}
