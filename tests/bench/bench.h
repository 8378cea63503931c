/*
 * `make bench`: one run, one table of the figures of design.md 9. Not a test: it asserts nothing but
 * that its own work was done. Its files:
 *
 *   bench.c      main: machine facts, order of the parts
 *   measure.c    clock, percentiles, rows of the table
 *   county.c     a county: divisions, users, seeded children in the proportions of domain.md 5.3
 *   daemon.c     a private hutongd and its clients
 *   year.c       a year of visits
 *   stock.c      counties filled once and copied for every part that wants one
 *   load.c       sessions that register children at once
 *   save.c       … through hutongd and through the store alone
 *   rival_bdb.c rival_sqlite.c rival_pg.c   … and beside others that do the same
 *   find.c       search, lists, counts; in the server and through the wire
 *   stat.c       reports, and PostgreSQL's GROUP BY beside them
 *   beside.c     people who save meanwhile
 *   import.c     a roster beside people who save
 *   sweep.c      a sweep over the county beside people who save
 *   screen.c     bytes and milliseconds of the screens
 *   lived.c      a county after a year of visits, in the middle of a sweep: first screens, lists, export
 *   life.c       memory, start, recovery
 *
 * BENCH_SECONDS (3): of each run of registrations. BENCH_FULL=1: 1,000,000 children too.
 * BENCH_KEEP=DIR: filled counties are kept there for another run.
 * BENCH_ONLY: a word per part to run ("save find stat import sweep screen year life"); "own": without the rivals.
 */
#ifndef HUTONG_BENCH_H
#define HUTONG_BENCH_H

#include <stdatomic.h>
#include <sys/types.h>

#include "wire/client.h"
#include "work/work.h"

#define CACHE_MB 256 /* of everybody who has one */

/* --- measure.c --- */

double now_s(void);
double cpu_now_s(void); /* of this thread: what others on the machine do is not in it */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct lat { /* seconds each */
    double *v;
    size_t n, room;
};
void lat_add(struct lat *, double seconds);
void lat_join(struct lat *, const struct lat *);
double lat_ms(struct lat *, double share); /* 0.5: the median */
void lat_free(struct lat *);

void table(const char *title, const char *heads); /* "a|b|c" */
void row(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* --- county.c --- */

#define DIRECTOR "benchdir" /* of the first village */
#define CLERK    "benchxu"  /* of the county */
#define TODAY    "2026-11-22"

struct kid {
    char name[24], id_no[19], birth[11], village[13], phone[12], addr[64], group[12];
    bool boy;
    int age;
};
/* The n-th child of the seeded county: the same for every run, with an identity number of its own. */
void kid_make(uint64_t n, struct kid *);
/* Its answers, as (field, value) pairs without links; returns how many. */
#define KID_FIELDS 40
struct pair {
    const char *field, *value;
};
size_t kid_pairs(const struct kid *, struct pair out[KID_FIELDS]);

struct home { /* a county opened in this process */
    void *ctx;
    struct dict *dict;
    struct roles *roles;
    struct store *store;
    struct county *county;
};
/* With more cache than CACHE_MB its log is kept longer: for filling. */
void home_open(struct home *, const char *data_dir, unsigned cache_mb);
void home_close(struct home *);
/* A record as rules would leave it, without running them; its id. */
uint64_t home_put(struct txn *, void *ctx, const struct store_who *, const struct form *,
                  const struct pair *, size_t n);
uint64_t kid_director(const struct kid *); /* the user who answers for his village */
/* Divisions, the two users, a director for every other village. */
void home_settle(struct home *);
/* Children from … to with their fathers, mothers and caregivers; two children a family. */
void home_fill(struct home *, uint64_t from, uint64_t to);

/* --- daemon.c --- */

struct daemon {
    char dir[64], conf[96], sock[96], data[96];
    pid_t pid;
    int err;
};
void daemon_make(struct daemon *, const char *name);
double daemon_start(struct daemon *); /* seconds until it is ready */
void daemon_stop(struct daemon *);
void daemon_kill(struct daemon *); /* kill -9 */
void daemon_drop(struct daemon *);
struct client *daemon_client(void *ctx, const struct daemon *, const char *user);
/* Asks what must succeed; the answer under ctx. */
struct node *bench_call(struct client *, void *ctx, enum wire_op, struct node *body);
void drop_dir(const char *path);
/* Kilobytes of a process: "Rss:", "Pss:", "Private_Dirty:" */
long memory_kb(pid_t, const char *what);
double cpu_s(pid_t); /* used so far */

/* --- year.c --- */

#define YEAR_CHILDREN 100000
void home_year(struct home *, uint64_t children);

/* --- stock.c --- */

/* A private server's directory whose county has so many children already. Each size is filled once. */
void stock_take(struct daemon *, const char *name, uint64_t children);
void stock_take_year(struct daemon *, const char *name); /* YEAR_CHILDREN and a year of visits */
void stock_drop(void);

/* --- load.c --- */

struct load {
    const char *name;
    void *shared;
    void *(*open)(void *ctx, void *shared, int i);
    void (*one)(void *session, const struct kid *);
    void (*close)(void *session);
};
struct result {
    double per_s, p50, p99; /* ms */
};
extern atomic_ullong kid_next; /* number of the next child that anybody registers */
void load_run(const struct load *, int sessions, struct result *);
void load_row(const struct load *, double first_per_s[3]);

/* --- beside.c --- */

/* Eight people who register five children a second each until they are stopped; all: how long each
 * of their saves took. */
struct beside *beside_start(const struct daemon *);
void beside_stop(struct beside *, struct lat *all);

/* --- sweep.c --- */

/* Seconds from the request until everybody sees the sweep; its id. */
double sweep_begin(struct client *, void *ctx, int64_t *id);

/* --- the parts --- */

bool bench_own(void); /* BENCH_ONLY says so */

void bench_save(void);
void bench_find(void);
void bench_stat(void);
void bench_import(void);
void bench_sweep(void);
void bench_screen(void);
void bench_year(void);
void bench_life(void);

struct node *kid_body(void *ctx, const struct kid *); /* of rec.add */
/* Each runs and prints its own rows; per_s of 1, 64, 256 sessions to out. */
void rival_bdb(double out[3]);
void rival_sqlite(double each[3], double batch[3]);
void rival_pg(double out[3]);
/* The county's table by GROUP BY over so many children; prints its row. */
void rival_pg_stat(size_t children);

#endif
