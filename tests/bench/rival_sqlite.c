/* SQLite in the same process: WAL, synchronous=FULL; one commit a request, and one writer's batches. */
#include "bench/bench.h"
#include "config.h"

#ifdef HAVE_SQLITE

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "bench/sql.h"

struct add {
    const struct kid *k;
    struct add *next;
    bool done;
    pthread_cond_t wake;
};

struct lite {
    char dir[64];
    sqlite3 *db;
    sqlite3_stmt *begin, *child, *history, *audit, *commit;
    pthread_mutex_t mu;
    pthread_cond_t work;
    struct add *first, **last;
    bool batch, stop;
    pthread_t writer;
};

static void must(struct lite *l, int rc, const char *what)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE)
        die("SQLite %s: %s", what, sqlite3_errmsg(l->db));
}

static void run(struct lite *l, const char *sql)
{
    must(l, sqlite3_exec(l->db, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *prepare(struct lite *l, const char *sql)
{
    sqlite3_stmt *s;
    must(l, sqlite3_prepare_v2(l->db, sql, -1, &s, NULL), sql);
    return s;
}

static void step(struct lite *l, sqlite3_stmt *s, const char *what)
{
    must(l, sqlite3_step(s), what);
    must(l, sqlite3_reset(s), what);
}

static void insert(struct lite *l, const struct kid *k)
{
    struct sql_values v;
    sql_values(k, &v);
    for (size_t i = 0; i < v.n; i++)
        must(l, sqlite3_bind_text(l->child, (int)i + 1, v.v[i], -1, SQLITE_STATIC), "bind");
    step(l, l->child, "child");
    sqlite3_int64 id = sqlite3_last_insert_rowid(l->db);
    must(l, sqlite3_bind_int64(l->history, 1, id), "bind");
    must(l, sqlite3_bind_text(l->history, 2, SQL_HISTORY_ROW, -1, SQLITE_STATIC), "bind");
    step(l, l->history, "history");
    must(l, sqlite3_bind_int64(l->audit, 1, id), "bind");
    must(l, sqlite3_bind_text(l->audit, 2, SQL_AUDIT_ROW, -1, SQLITE_STATIC), "bind");
    step(l, l->audit, "audit");
}

static void *writer_main(void *arg)
{
    struct lite *l = arg;
    pthread_mutex_lock(&l->mu);
    for (;;) {
        while (!l->first && !l->stop)
            pthread_cond_wait(&l->work, &l->mu);
        if (!l->first)
            break;
        struct add *all = l->first, *next;
        l->first = NULL;
        l->last = &l->first;
        pthread_mutex_unlock(&l->mu);
        step(l, l->begin, "begin");
        for (struct add *j = all; j; j = j->next)
            insert(l, j->k);
        step(l, l->commit, "commit");
        pthread_mutex_lock(&l->mu);
        for (struct add *j = all; j; j = next) {
            next = j->next;
            j->done = true;
            pthread_cond_signal(&j->wake);
        }
    }
    pthread_mutex_unlock(&l->mu);
    return NULL;
}

static void lite_open(struct lite *l, bool batch)
{
    const char *tmp = getenv("TMPDIR");
    char path[96], sql[4096];
    memset(l, 0, sizeof *l);
    l->batch = batch;
    snprintf(l->dir, sizeof l->dir, "%.30s/hutong-sqlite-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(l->dir))
        die("cannot make %s", l->dir);
    snprintf(path, sizeof path, "%s/db", l->dir);
    must(l, sqlite3_open(path, &l->db), "open");
    snprintf(sql, sizeof sql, "pragma cache_size = -%d", CACHE_MB * 1024);
    run(l, sql);
    run(l, "pragma journal_mode = wal");
    run(l, "pragma synchronous = full");
    sql_schema("integer primary key", sql, sizeof sql);
    run(l, sql);
    sql_insert("?", sql, sizeof sql);
    l->child = prepare(l, sql);
    l->history = prepare(l, "insert into history (child, version, row) values (?, 1, ?)");
    l->audit = prepare(l, "insert into audit (child, row) values (?, ?)");
    l->begin = prepare(l, "begin immediate");
    l->commit = prepare(l, "commit");
    pthread_mutex_init(&l->mu, NULL);
    pthread_cond_init(&l->work, NULL);
    l->last = &l->first;
    if (batch && pthread_create(&l->writer, NULL, writer_main, l))
        die("no thread");
}

static void lite_close(struct lite *l)
{
    sqlite3_stmt *all[] = {l->begin, l->child, l->history, l->audit, l->commit};
    if (l->batch) {
        pthread_mutex_lock(&l->mu);
        l->stop = true;
        pthread_cond_signal(&l->work);
        pthread_mutex_unlock(&l->mu);
        pthread_join(l->writer, NULL);
    }
    for (size_t i = 0; i < NELEM(all); i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(l->db);
    drop_dir(l->dir);
}

static void *lite_session(void *ctx, void *shared, int i)
{
    (void)ctx;
    (void)i;
    return shared;
}

static void one_each(struct lite *l, const struct kid *k)
{
    pthread_mutex_lock(&l->mu);
    step(l, l->begin, "begin");
    insert(l, k);
    step(l, l->commit, "commit");
    pthread_mutex_unlock(&l->mu);
}

static void lite_one(void *session, const struct kid *k)
{
    struct lite *l = session;
    struct add j = {.k = k};
    if (!l->batch) {
        one_each(l, k);
        return;
    }
    pthread_cond_init(&j.wake, NULL);
    pthread_mutex_lock(&l->mu);
    *l->last = &j;
    l->last = &j.next;
    pthread_cond_signal(&l->work);
    while (!j.done)
        pthread_cond_wait(&j.wake, &l->mu);
    pthread_mutex_unlock(&l->mu);
    pthread_cond_destroy(&j.wake);
}

void rival_sqlite(double each[3], double batch[3])
{
    struct lite l;
    struct load load = {"SQLite（WAL，FULL），每次一提交（同一进程）", &l, lite_session, lite_one,
                        NULL};
    lite_open(&l, false);
    load_row(&load, each);
    lite_close(&l);
    load.name = "SQLite（WAL，FULL），一个写线程成批提交（同一进程）";
    lite_open(&l, true);
    load_row(&load, batch);
    lite_close(&l);
}

#else

void rival_sqlite(double each[3], double batch[3])
{
    (void)each;
    (void)batch;
    row("SQLite | 未装 libsqlite3-dev | — | —");
}

#endif
