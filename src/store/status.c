/* Figures of the running store, for `hutongctl status` and supervision. */
#include <sys/stat.h>
#include <stdlib.h>
#include <talloc.h>

#include "base/io.h"
#include "store/store_int.h"

static int count_records(struct txn *t, void *arg)
{
    struct node *out = node_add_map(arg, "records");
    for (size_t i = 0; i < t->s->dict->nform; i++) {
        uint64_t n;
        int err = txn_count(t, &t->s->dict->form[i], &n);
        if (err)
            return err;
        node_int(out, t->s->dict->form[i].name, (int64_t)n);
    }
    return 0;
}

static int64_t log_bytes(const struct store *s)
{
    void *ctx = talloc_new(NULL);
    char *dir = store_path(ctx, s->conf.dir, "log"), **name;
    struct stat st;
    int64_t sum = 0;
    size_t n;
    dir_list(ctx, dir, &name, &n);
    for (size_t i = 0; i < n; i++)
        if (stat(store_path(ctx, dir, name[i]), &st) == 0)
            sum += st.st_size;
    talloc_free(ctx);
    return sum;
}

static void cache_figures(const struct store *s, struct node *out)
{
    DB_MPOOL_STAT *st = NULL;
    if (s->env->memp_stat(s->env, &st, NULL, 0) || !st)
        return;
    node_int(out, "cache_bytes", ((int64_t)st->st_gbytes << 30) + st->st_bytes);
    node_int(out, "cache_hit", (int64_t)st->st_cache_hit);
    node_int(out, "cache_miss", (int64_t)st->st_cache_miss);
    free(st);
}

static void lock_figures(const struct store *s, struct node *out)
{
    DB_LOCK_STAT *st = NULL;
    if (s->env->lock_stat(s->env, &st, 0) || !st)
        return;
    node_int(out, "deadlocks", (int64_t)st->st_ndeadlocks);
    free(st);
}

void store_status(struct store *s, struct node *out)
{
    const char *why;
    uint64_t room = 0;
    node_int(out, "format", STORE_FORMAT);
    store_read(s, count_records, out);
    node_int(out, "log_bytes", log_bytes(s));
    cache_figures(s, out);
    lock_figures(s, out);
    io_dir_free_bytes(s->conf.dir, &room);
    node_int(out, "free_bytes", (int64_t)room);
    pthread_mutex_lock(&s->mu);
    node_int(out, "commits", (int64_t)s->commits);
    node_int(out, "flushes", (int64_t)s->flushes);
    node_int(out, "requests", (int64_t)s->requests);
    node_int(out, "waiting", (int64_t)s->queue.n);
    pthread_mutex_unlock(&s->mu);
    node_bool(out, "readonly", store_readonly(s, &why));
    if (why)
        node_str(out, "why", why);
}
