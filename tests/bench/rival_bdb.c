/*
 * A bare Berkeley DB: one writer thread puts what waits in one transaction and flushes once. The same
 * bytes in the same shape: the values, eight index keys that begin with the village, two unique keys, a
 * history and an audit row, and the tokens and the request number that Hutong keeps as well.
 */
#include "bench/bench.h"

#include <db.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <talloc.h>

#include "base/pinyin.h"

enum { RECORD, UNIQUE_ID, UNIQUE_FILE, HISTORY, AUDIT, REQUEST, TOKEN, INDEX, TREES = INDEX + 8 };

struct add {
    const struct kid *k;
    struct add *next;
    bool done;
    pthread_cond_t wake;
};

struct bare {
    char dir[64];
    DB_ENV *env;
    DB *db[TREES];
    pthread_mutex_t mu;
    pthread_cond_t work;
    struct add *first, **last;
    bool stop;
    uint64_t id;
    pthread_t writer, keeper;
};

static void must(int ret, const char *what)
{
    if (ret)
        die("Berkeley DB %s: %s", what, db_strerror(ret));
}

static void put(DB *db, DB_TXN *txn, const void *key, size_t klen, const void *val, size_t vlen)
{
    DBT k = {.data = base_unconst(key), .size = (u_int32_t)klen};
    DBT v = {.data = base_unconst(val), .size = (u_int32_t)vlen};
    must(db->put(db, txn, &k, &v, 0), "put");
}

static size_t values(const struct kid *k, char *buf)
{
    struct pair p[KID_FIELDS];
    size_t n = kid_pairs(k, p), len = 0;
    for (size_t i = 0; i < n; i++) {
        size_t l = strlen(p[i].value);
        buf[len++] = (char)i;
        buf[len++] = (char)l;
        memcpy(buf + len, p[i].value, l);
        len += l;
    }
    return len;
}

/* Like "n王小雨" and the ID number from its end: as many keys as rec_tokens makes of such a child. */
static void put_tokens(struct bare *b, DB_TXN *txn, const struct kid *k, const char id[8])
{
    char key[64];
    size_t chars = strlen(k->name) / 3;
    for (size_t i = 0; i < 3 * chars; i++) {
        size_t n = (size_t)snprintf(key, sizeof key, "%c%s", (char)('a' + i / chars),
                                    k->name + 3 * (i % chars));
        memcpy(key + n, id, 8);
        put(b->db[TOKEN], txn, key, n + 8, "", 0);
    }
    for (int i = 0; i < 4; i++) {
        size_t n = (size_t)snprintf(key, sizeof key, "d%d%s", i, k->id_no + (i % 2 ? 6 : 0));
        memcpy(key + n, id, 8);
        put(b->db[TOKEN], txn, key, n + 8, "", 0);
    }
}

static void put_indexes(struct bare *b, DB_TXN *txn, const struct kid *k, const char id[8])
{
    const char *v[8] = {k->name, k->birth, "", "3", "0", "1", "0", "03"};
    char key[64];
    for (int i = 0; i < 8; i++) {
        size_t n = (size_t)snprintf(key, sizeof key, "%.5s%s", k->village + 4, v[i]);
        memcpy(key + n + 1, id, 8);
        put(b->db[INDEX + i], txn, key, n + 9, "", 0);
    }
}

static void put_one(struct bare *b, DB_TXN *txn, const struct kid *k)
{
    char buf[4096] = {0}, id[9] = {0};
    uint64_t n = ++b->id;
    for (int i = 7; i >= 0; i--, n >>= 8)
        id[i] = (char)n;
    size_t len = values(k, buf);
    for (size_t at = 0; at < len; at += 900) { /* below the overflow threshold */
        id[8] = (char)(at / 900);
        put(b->db[RECORD], txn, id, 9, buf + at, len - at < 900 ? len - at : 900);
    }
    put(b->db[UNIQUE_ID], txn, k->id_no, 18, id, 8);
    put(b->db[UNIQUE_FILE], txn, k->id_no + 1, 17, id, 8);
    put_indexes(b, txn, k, id);
    put_tokens(b, txn, k, id);
    put(b->db[HISTORY], txn, id, 8, buf, 130);
    put(b->db[AUDIT], txn, id, 8, buf, 260);
    put(b->db[REQUEST], txn, id, 8, buf, 60);
}

static void *writer_main(void *arg)
{
    struct bare *b = arg;
    pthread_mutex_lock(&b->mu);
    for (;;) {
        while (!b->first && !b->stop)
            pthread_cond_wait(&b->work, &b->mu);
        if (!b->first)
            break;
        struct add *all = b->first, *next;
        b->first = NULL;
        b->last = &b->first;
        pthread_mutex_unlock(&b->mu);
        DB_TXN *txn;
        must(b->env->txn_begin(b->env, NULL, &txn, 0), "begin");
        for (struct add *j = all; j; j = j->next)
            put_one(b, txn, j->k);
        must(txn->commit(txn, DB_TXN_NOSYNC), "commit");
        must(b->env->log_flush(b->env, NULL), "flush");
        pthread_mutex_lock(&b->mu);
        for (struct add *j = all; j; j = next) {
            next = j->next;
            j->done = true;
            pthread_cond_signal(&j->wake);
        }
    }
    pthread_mutex_unlock(&b->mu);
    return NULL;
}

/* A checkpoint for every 16 MB of log, as the store does. */
static void *keeper_main(void *arg)
{
    struct bare *b = arg;
    struct timespec pause = {0, 200000000};
    bool stop = false;
    while (!stop) {
        nanosleep(&pause, NULL);
        must(b->env->txn_checkpoint(b->env, 16 << 10, 0, 0), "checkpoint");
        must(b->env->log_archive(b->env, NULL, DB_ARCH_REMOVE), "archive");
        pthread_mutex_lock(&b->mu);
        stop = b->stop;
        pthread_mutex_unlock(&b->mu);
    }
    return NULL;
}

static void bare_open(struct bare *b)
{
    const char *tmp = getenv("TMPDIR");
    memset(b, 0, sizeof *b);
    snprintf(b->dir, sizeof b->dir, "%.30s/hutong-bdb-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(b->dir))
        die("cannot make %s", b->dir);
    must(db_env_create(&b->env, 0), "create");
    must(b->env->set_cachesize(b->env, 0, CACHE_MB << 20, 1), "cache");
    must(b->env->set_lg_bsize(b->env, 2 << 20), "log buffer");
    must(b->env->set_lg_max(b->env, 16 << 20), "log");
    must(b->env->set_lk_max_locks(b->env, 400000), "locks");
    must(b->env->set_lk_max_objects(b->env, 400000), "objects");
    must(b->env->open(b->env, b->dir,
                      DB_CREATE | DB_INIT_LOCK | DB_INIT_LOG | DB_INIT_MPOOL | DB_INIT_TXN |
                          DB_PRIVATE | DB_THREAD,
                      0600),
         "open");
    for (int i = 0; i < TREES; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.db", i);
        must(db_create(&b->db[i], b->env, 0), "db");
        must(b->db[i]->set_pagesize(b->db[i], 4096), "page");
        must(b->db[i]->set_flags(b->db[i], DB_CHKSUM), "checksum");
        must(b->db[i]->open(b->db[i], NULL, name, NULL, DB_BTREE,
                            DB_CREATE | DB_THREAD | DB_AUTO_COMMIT, 0600),
             "open");
    }
    pthread_mutex_init(&b->mu, NULL);
    pthread_cond_init(&b->work, NULL);
    b->last = &b->first;
    if (pthread_create(&b->writer, NULL, writer_main, b) ||
        pthread_create(&b->keeper, NULL, keeper_main, b))
        die("no thread");
}

static void bare_close(struct bare *b)
{
    pthread_mutex_lock(&b->mu);
    b->stop = true;
    pthread_cond_signal(&b->work);
    pthread_mutex_unlock(&b->mu);
    pthread_join(b->writer, NULL);
    pthread_join(b->keeper, NULL);
    for (int i = 0; i < TREES; i++)
        must(b->db[i]->close(b->db[i], 0), "close");
    must(b->env->close(b->env, 0), "close");
    drop_dir(b->dir);
}

static void *bare_session(void *ctx, void *shared, int i)
{
    (void)ctx;
    (void)i;
    return shared;
}

static void bare_one(void *session, const struct kid *k)
{
    struct bare *b = session;
    struct add j = {.k = k};
    pthread_cond_init(&j.wake, NULL);
    pthread_mutex_lock(&b->mu);
    *b->last = &j;
    b->last = &j.next;
    pthread_cond_signal(&b->work);
    while (!j.done)
        pthread_cond_wait(&j.wake, &b->mu);
    pthread_mutex_unlock(&b->mu);
    pthread_cond_destroy(&j.wake);
}

void rival_bdb(double out[3])
{
    struct bare b;
    struct load l = {"裸 Berkeley DB，一个写线程（同一进程）", &b, bare_session, bare_one, NULL};
    bare_open(&b);
    load_row(&l, out);
    bare_close(&b);
}
