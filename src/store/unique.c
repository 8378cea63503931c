/* Unique keys: one tree a field, value → id. An answer “unknown” is nobody's value. */
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

#define VALUE_MAX 100
#define VALUE_CUT 60

void unique_key(const char *value, struct key *k)
{
    size_t len = strlen(value);
    unsigned char digest[SM3_LEN];
    key_init(k);
    if (len <= VALUE_MAX) {
        key_bytes(k, value, len);
        return;
    }
    sm3(value, len, digest);
    key_bytes(k, value, VALUE_CUT);
    key_bytes(k, digest, SM3_LEN);
}

bool unique_holds(const char *value)
{
    return value && *value && !type_is_unknown(value);
}

bool unique_whole(const char *value)
{
    return unique_holds(value) && strlen(value) <= VALUE_MAX;
}

static int unique_get(struct txn *t, const struct uni *u, const char *value, uint64_t *id)
{
    unsigned char b[8];
    struct key k;
    size_t len;
    *id = 0;
    for (size_t i = 0; i < t->nvacant; i++) /* nobody but this transaction writes */
        if (t->vacant[i].u == u && strcmp(t->vacant[i].value, value) == 0)
            return HE_NOTFOUND;
    unique_key(value, &k);
    int err = kv_get(t, u->db, &k, b, sizeof b, &len);
    *id = err ? 0 : key_get(b, 8);
    if (err == HE_NOTFOUND && t->writes && t->nvacant < VACANT_MAX &&
        strlen(value) < sizeof t->vacant->value) {
        t->vacant[t->nvacant].u = u;
        strcpy(t->vacant[t->nvacant++].value, value);
    }
    return err;
}

static int unique_put(struct txn *t, const struct uni *u, const char *value, uint64_t id)
{
    struct key k, v = {0};
    t->nvacant = 0;
    unique_key(value, &k);
    key_u64(&v, id);
    return kv_put(t, u->db, &k, v.b, v.len);
}

int txn_unique(struct txn *t, const struct form_field *f, const char *value, uint64_t *id)
{
    const struct table *tb = store_table(t->s, f->form);
    const struct uni *u = NULL;
    for (size_t i = 0; i < tb->nuni; i++)
        if (tb->uni[i].field == f && unique_holds(value))
            u = &tb->uni[i];
    if (!u)
        return HE_NOTFOUND;
    seen_begin(t);
    int err = unique_get(t, u, value, id);
    seen_end(t);
    seen_unique(t, f, value, *id);
    return err;
}

int txn_unique_vacant(struct txn *t, const struct form_field *f, const char *value, uint64_t *id)
{
    if (!t->seen)
        return txn_unique(t, f, value, id);
    seen_unique(t, f, value, *id = 0);
    return HE_NOTFOUND;
}

int unique_clash(struct txn *t, const struct table *tb, const struct rec *old,
                 const struct rec *rec, const struct form_field **clash, uint64_t *clash_id)
{
    for (size_t i = 0; i < tb->nuni; i++) {
        const char *v = rec_at(rec, tb->uni[i].field);
        uint64_t id;
        if (!unique_holds(v) || (old && rec_same(rec_at(old, tb->uni[i].field), v)))
            continue;
        int err = unique_get(t, &tb->uni[i], v, &id);
        if (!err && id != rec->id) {
            if (clash)
                *clash = tb->uni[i].field;
            if (clash_id)
                *clash_id = id;
            return HE_EXISTS;
        }
        if (err && err != HE_NOTFOUND)
            return err;
    }
    return 0;
}

int unique_update(struct txn *t, const struct table *tb, const struct rec *old,
                  const struct rec *rec)
{
    int err = 0;
    for (size_t i = 0; i < tb->nuni && !err; i++) {
        const struct uni *u = &tb->uni[i];
        const char *was = old ? rec_at(old, u->field) : NULL;
        const char *now = rec ? rec_at(rec, u->field) : NULL;
        struct key k;
        if (rec_same(was, now))
            continue;
        if (unique_holds(was)) {
            unique_key(was, &k);
            err = kv_del(t, u->db, &k);
            err = err == HE_NOTFOUND ? 0 : err;
        }
        if (!err && unique_holds(now))
            err = unique_put(t, u, now, rec->id);
    }
    return err;
}

/* --- a field that became unique while records exist --- */

struct build {
    const struct table *tb;
    struct uni *u;
    char **problem;
    void *ctx;
    uint64_t last;
    int left;
    bool more;
};

static int build_one(struct txn *t, const struct key *k, void *arg)
{
    struct build *b = arg;
    void *ctx = talloc_new(t->ctx);
    struct stored st;
    struct rec *rec;
    uint64_t id = key_get(k->b, 8), other;
    int err = rec_load(t, ctx, b->tb, id, &st);
    if (!err && st.kind == 'R' && !(err = rec_from_stored(ctx, b->tb, id, &st, &rec))) {
        const char *v = rec_at(rec, b->u->field);
        if (unique_holds(v)) {
            err = unique_get(t, b->u, v, &other);
            if (!err && other != id)
                err = env_fail(b->ctx, b->problem, HE_RULE,
                               "字段 %s.%s 要求不重复，但编号 %llu 和 %llu 的记录填了相同的值。"
                               "请先去掉 unique，合并或更正后再启用",
                               b->tb->form->name, b->u->field->name, (unsigned long long)other,
                               (unsigned long long)id);
            else if (err == HE_NOTFOUND)
                err = unique_put(t, b->u, v, id);
        }
    }
    talloc_free(ctx);
    b->last = id;
    b->more = --b->left <= 0;
    return err ? err : b->more;
}

static int build_some(struct txn *t, void *arg)
{
    struct build *b = arg;
    struct key from = {0};
    b->left = 500;
    b->more = false;
    key_u64(&from, b->last + 1);
    int err = blob_each(t, b->tb->rec, &from, NULL, false, build_one, b);
    if (!err && !b->more)
        err = schema_ready(t, b->tb->form, b->u->field->number, "uq");
    return err;
}

/* While the store opens: a clash is told to the administrator at once, and nothing is enforced
 * half. */
int unique_build(struct store *s, const struct table *tb, struct uni *u, char **problem, void *ctx)
{
    struct build b = {.tb = tb, .u = u, .problem = problem, .ctx = ctx, .more = true};
    int err = 0;
    while (!err && b.more)
        err = writer_once(s, build_some, &b);
    return err;
}
