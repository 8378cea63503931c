#include "bench/bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double cpu_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void die(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("bench: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

void lat_add(struct lat *l, double seconds)
{
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 1024;
        l->v = realloc(l->v, l->room * sizeof *l->v);
        MUST(l->v);
    }
    l->v[l->n++] = seconds;
}

void lat_join(struct lat *l, const struct lat *other)
{
    for (size_t i = 0; i < other->n; i++)
        lat_add(l, other->v[i]);
}

static int lat_cmp(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double lat_ms(struct lat *l, double share)
{
    if (!l->n)
        return 0;
    qsort(l->v, l->n, sizeof *l->v, lat_cmp);
    size_t i = (size_t)(share * (double)l->n);
    return l->v[i < l->n ? i : l->n - 1] * 1e3;
}

void lat_free(struct lat *l)
{
    free(l->v);
    memset(l, 0, sizeof *l);
}

void table(const char *title, const char *heads)
{
    printf("\n%s\n\n| ", title);
    int n = 1;
    for (const char *p = heads; *p; p++) {
        n += *p == '|';
        fputs(*p == '|' ? " | " : (char[]){*p, '\0'}, stdout);
    }
    fputs(" |\n|", stdout);
    while (n--)
        fputs("---|", stdout);
    putchar('\n');
    fflush(stdout);
}

void row(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("| ", stdout);
    vprintf(fmt, ap);
    fputs(" |\n", stdout);
    fflush(stdout);
    va_end(ap);
}
