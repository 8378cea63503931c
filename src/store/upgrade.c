/*
 * Steps from one store format to the next, each one transaction behind an automatic backup.
 *
 *   1 → 2   counters of a form held only the next id (8 bytes); the number of records had to be
 *           counted by reading them. From 2 on it is kept beside the id (16 bytes).
 *   2 → 3   indexes have no entries for usual values, nor those of the division itself. Nothing to
 *           do here: an index that does not fit its field is built anew (schema_sync.c).
 */
#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store_int.h"

#define FORMS_MAX 1000

static int format_put(struct txn *t, int format)
{
    struct node *n;
    int err = meta_get(t, t->ctx, "s/format", &n);
    if (err)
        return err;
    node_int(n, "n", format);
    return meta_put(t, "s/format", n);
}

typedef int (*count_fn)(struct txn *, int form, uint64_t next);

/* fn for each counter: of forms and, as form 0, of jobs. */
static int each_counter(struct txn *t, count_fn fn)
{
    struct key all = {0}, *k = talloc_array(t->ctx, struct key, FORMS_MAX);
    size_t count;
    int err = kv_range(t, t->s->sys[SYS_COUNT], &all, NULL, false, k, FORMS_MAX, &count);
    for (size_t i = 0; i < count && !err; i++) {
        uint64_t next, n;
        int form = (int)key_get(k[i].b, 2);
        if (!(err = count_get(t, form, &next, &n)))
            err = fn(t, form, next);
    }
    return err;
}

/* --- 1 → 2 --- */

struct counting {
    struct table table;
    uint64_t n;
};

static int count_one(struct txn *t, const struct key *k, void *arg)
{
    struct counting *c = arg;
    struct stored st;
    int err = rec_load(t, t->ctx, &c->table, key_get(k->b, 8), &st);
    if (err)
        return err;
    c->n += st.kind == 'R';
    talloc_free(st.raw);
    return 0;
}

static int count_form(struct txn *t, int form, uint64_t next)
{
    struct counting c = {.n = 0};
    struct key all = {0};
    struct txn reader;
    char name[40];
    schema_name(name, "rec", form, 0);
    int err = 0, ret = form ? env_db(t->s->env, NULL, name, 0, &c.table.rec) : ENOENT;
    if (ret && ret != ENOENT)
        return kv_err(t, ret, name);
    if (!ret) {
        txn_reader(&reader, t->s, talloc_new(t->ctx));
        err = blob_each(&reader, c.table.rec, &all, NULL, false, count_one, &c);
        c.table.rec->close(c.table.rec, 0);
    }
    return err ? err : count_put(t, form, next, c.n);
}

static int to_2(struct txn *t, void *arg)
{
    (void)arg;
    int err = each_counter(t, count_form);
    return err ? err : format_put(t, 2);
}

static int to_3(struct txn *t, void *arg)
{
    (void)arg;
    return format_put(t, 3);
}

/* --- running them --- */

static const store_fn step[STORE_FORMAT] = {
    [1] = to_2, [2] = to_3}; /* step[n] leads from n to n + 1 */

static int format_get(struct txn *t, void *arg)
{
    struct node *n;
    int err = meta_get(t, t->ctx, "s/format", &n);
    *(int *)arg = err ? 0 : (int)node_num(n, "n", 0);
    return err;
}

int upgrade_run(struct store *s, char **problem, void *ctx)
{
    int format = 0, err = store_read(s, format_get, &format);
    if (err || format < 1 || format > STORE_FORMAT)
        return env_fail(ctx, problem, err ? err : HE_CORRUPT, "读不出数据的格式号（%d）", format);
    if (format == STORE_FORMAT)
        return format_write(s->conf.dir, STORE_FORMAT);
    char *keep = text_printf(s, "%s/before-format-%d", s->conf.dir, STORE_FORMAT);
    dir_remove(keep); /* of an upgrade that was interrupted: the data are as they were */
    if ((err = backup_copy(s, keep, format, problem, ctx)))
        return env_fail(ctx, problem, err, "升级前的备份没有做成（%s），数据没有改动",
                        err_name(err));
    for (; format < STORE_FORMAT; format++) {
        log_info("upgrade", "from=%d to=%d", format, format + 1);
        if ((err = writer_once(s, step[format], NULL)))
            return env_fail(ctx, problem, err, "从格式 %d 升级失败（%s），数据没有改动；备份在 %s",
                            format, err_name(err), keep);
    }
    return format_write(s->conf.dir, STORE_FORMAT);
}

/* --- for tests: the way back --- */

static int count_drop(struct txn *t, int form, uint64_t next)
{
    struct key k = {0}, v = {0};
    key_u16(&k, (unsigned)form);
    key_u64(&v, next);
    return kv_put(t, t->s->sys[SYS_COUNT], &k, v.b, v.len);
}

static int plant(struct txn *t, void *arg)
{
    int format = *(int *)arg, err = format == 1 ? each_counter(t, count_drop) : 0;
    return err ? err : format_put(t, format);
}

int upgrade_plant(struct store *s, int format)
{
    int err = writer_once(s, plant, &format);
    return err ? err : format_write(s->conf.dir, format);
}
