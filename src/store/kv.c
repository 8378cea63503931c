/*
 * Reading and writing keys: the only place that sees Berkeley DB's codes. A reader has no
 * transaction: each call takes and gives back its page locks, so a deadlock with the writer is
 * simply tried again.
 */
#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "store/store_int.h"

#define PIECE_HEAD 5 /* stamp, number of pieces */

/* Rules look at many records and may take one that cannot be read for none: the transaction remembers. */
int txn_broken(struct txn *t, int err)
{
    if ((t->writes || err == HE_IO) && !t->broken)
        t->broken = err;
    return err;
}

int kv_err(struct txn *t, int ret, const char *what)
{
    int err;
    if (ret == 0)
        return 0;
    if (ret == DB_NOTFOUND || ret == DB_KEYEMPTY)
        return HE_NOTFOUND;
    if (ret == DB_LOCK_DEADLOCK || ret == DB_LOCK_NOTGRANTED) {
        t->deadlock = true;
        err = HE_BUSY;
    } else {
        log_error("store", "what=%s bdb=%d text=%s", what, ret, db_strerror(ret));
        err = ret == ENOSPC || ret == EDQUOT                     ? HE_FULL
              : ret == DB_RUNRECOVERY || ret == DB_PAGE_NOTFOUND ? HE_CORRUPT
                                                                 : HE_IO;
    }
    return txn_broken(t, err);
}

static void dbt_in(DBT *d, const void *p, size_t n)
{
    memset(d, 0, sizeof *d);
    d->data = base_unconst(p);
    d->size = (u_int32_t)n;
}

static void dbt_out(DBT *d, void *p, size_t max)
{
    memset(d, 0, sizeof *d);
    d->data = p;
    d->ulen = (u_int32_t)max;
    d->flags = DB_DBT_USERMEM;
}

int kv_get(struct txn *t, DB *db, const struct key *k, void *buf, size_t max, size_t *len)
{
    DBT key, val;
    int ret;
    seen_key(t);
    do {
        dbt_in(&key, k->b, k->len);
        dbt_out(&val, buf, max);
        ret = db->get(db, t->db, &key, &val, 0);
    } while (!t->db && ret == DB_LOCK_DEADLOCK);
    *len = val.size;
    return kv_err(t, ret, "get");
}

int kv_put(struct txn *t, DB *db, const struct key *k, const void *p, size_t len)
{
    DBT key, val;
    MUST(t->writes);
    t->wrote = true;
    dbt_in(&key, k->b, k->len);
    dbt_in(&val, p, len);
    return kv_err(t, db->put(db, t->db, &key, &val, 0), "put");
}

int kv_del(struct txn *t, DB *db, const struct key *k)
{
    DBT key;
    MUST(t->writes);
    t->wrote = true;
    dbt_in(&key, k->b, k->len);
    return kv_err(t, db->del(db, t->db, &key, 0), "del");
}

static int cursor_get(DBC *c, struct key *k, u_int32_t op)
{
    DBT key, val;
    dbt_out(&key, k->b, KEY_MAX);
    key.size = (u_int32_t)k->len;
    dbt_out(&val, NULL, 0);
    val.flags |= DB_DBT_PARTIAL;
    int ret = c->get(c, &key, &val, op);
    k->len = key.size;
    return ret;
}

/* To the first key to deliver. Backwards that is the one before `to`. */
static int cursor_seek(DBC *c, const struct key *from, const struct key *to, bool reverse,
                       struct key *at)
{
    bool end = to && to->len > 0;
    if (!reverse) {
        *at = *from;
        return cursor_get(c, at, from->len ? DB_SET_RANGE : DB_FIRST);
    }
    if (!end)
        return cursor_get(c, at, DB_LAST);
    *at = *to;
    int ret = cursor_get(c, at, DB_SET_RANGE);
    if (ret == 0)
        return cursor_get(c, at, DB_PREV);
    return ret == DB_NOTFOUND ? cursor_get(c, at, DB_LAST) : ret;
}

static int cursor_range(DBC *c, const struct key *from, const struct key *to, bool reverse,
                        struct key *out, size_t max, size_t *n)
{
    struct key at = {0};
    int ret = cursor_seek(c, from, to, reverse, &at);
    for (*n = 0; ret == 0; ret = cursor_get(c, &at, reverse ? DB_PREV : DB_NEXT)) {
        if (reverse ? key_cmp(&at, from) < 0 : to && to->len && key_cmp(&at, to) >= 0)
            break;
        out[(*n)++] = at;
        if (*n == max)
            break;
    }
    return ret == DB_NOTFOUND ? 0 : ret;
}

int kv_range(struct txn *t, DB *db, const struct key *from, const struct key *to, bool reverse,
             struct key *out, size_t max, size_t *n)
{
    DBC *c;
    int ret;
    seen_key(t);
    do {
        *n = 0;
        if ((ret = db->cursor(db, t->db, &c, t->db ? DB_READ_COMMITTED : 0)))
            break;
        ret = cursor_range(c, from, to, reverse, out, max, n);
        int end = c->close(c);
        ret = ret ? ret : end;
    } while (!t->db && ret == DB_LOCK_DEADLOCK);
    return kv_err(t, ret, "range");
}

static int cursor_bulk(DBC *c, const struct key *from, struct kv_bulk *b)
{
    unsigned char start[KEY_MAX];
    DBT key;
    memcpy(start, from->b, from->len);
    dbt_out(&key, start, sizeof start);
    key.size = (u_int32_t)from->len;
    dbt_out(&b->data, b->buf, sizeof b->buf);
    int ret = c->get(c, &key, &b->data, (from->len ? DB_SET_RANGE : DB_FIRST) | DB_MULTIPLE_KEY);
    if (ret == 0)
        DB_MULTIPLE_INIT(b->at, &b->data);
    return ret;
}

int kv_bulk(struct txn *t, DB *db, const struct key *from, struct kv_bulk *b)
{
    DBC *c;
    int ret;
    seen_key(t);
    do {
        b->at = NULL;
        if ((ret = db->cursor(db, t->db, &c, t->db ? DB_READ_COMMITTED : 0)))
            break;
        ret = cursor_bulk(c, from, b);
        int end = c->close(c);
        ret = ret ? ret : end;
    } while (!t->db && ret == DB_LOCK_DEADLOCK);
    return ret == DB_NOTFOUND ? 0 : kv_err(t, ret, "bulk");
}

bool kv_bulk_next(struct kv_bulk *b, struct key *out)
{
    const void *v;
    size_t len;
    return kv_bulk_pair(b, out, &v, &len);
}

bool kv_bulk_pair(struct kv_bulk *b, struct key *out, const void **value, size_t *len)
{
    void *k = NULL, *v = NULL;
    size_t klen, vlen = 0;
    if (b->at)
        DB_MULTIPLE_KEY_NEXT(b->at, &b->data, k, klen, v, vlen);
    if (!k)
        return false;
    *value = v;
    *len = vlen;
    MUST(klen <= KEY_MAX);
    memcpy(out->b, k, klen);
    out->len = klen;
    return true;
}

/* --- values in pieces --- */

static int piece_get(struct txn *t, DB *db, const struct key *k, unsigned i,
                     unsigned char buf[PIECE_HEAD + PIECE_MAX], size_t *len)
{
    struct key pk = *k;
    key_u8(&pk, i);
    int err = kv_get(t, db, &pk, buf, PIECE_HEAD + PIECE_MAX, len);
    return !err && *len < PIECE_HEAD ? txn_broken(t, HE_CORRUPT) : err;
}

/* Pieces 1 … of one write behind the first; HE_CONFLICT when another write came between. */
static int blob_rest(struct txn *t, void *ctx, DB *db, const struct key *k,
                     const unsigned char *head, char **bytes, size_t *len)
{
    unsigned char buf[PIECE_HEAD + PIECE_MAX];
    size_t n;
    for (unsigned i = 1; i < head[4]; i++) {
        int err = piece_get(t, db, k, i, buf, &n);
        if (err == HE_NOTFOUND || (!err && memcmp(buf, head, PIECE_HEAD)))
            return HE_CONFLICT;
        if (err)
            return err;
        n -= PIECE_HEAD;
        *bytes = talloc_realloc(ctx, *bytes, char, *len + n + 1);
        memcpy(*bytes + *len, buf + PIECE_HEAD, n);
        *len += n;
        (*bytes)[*len] = '\0';
    }
    return 0;
}

int blob_get(struct txn *t, void *ctx, DB *db, const struct key *k, char **bytes, size_t *len)
{
    unsigned char head[PIECE_HEAD + PIECE_MAX];
    for (int tries = 0; tries < 1000; tries++) {
        int err = piece_get(t, db, k, 0, head, len);
        if (err)
            return err;
        *len -= PIECE_HEAD;
        *bytes = talloc_size(ctx, *len + 1);
        memcpy(*bytes, head + PIECE_HEAD, *len);
        (*bytes)[*len] = '\0';
        err = blob_rest(t, ctx, db, k, head, bytes, len);
        if (err != HE_CONFLICT)
            return err;
        talloc_free(*bytes);
        if (t->db) /* nobody writes beside the writer: pieces are missing */
            break;
    }
    log_error("store", "what=pieces text=pieces of a value do not fit together");
    return txn_broken(t, HE_CORRUPT);
}

static int blob_count(struct txn *t, DB *db, const struct key *k, unsigned *n)
{
    unsigned char head[PIECE_HEAD + PIECE_MAX];
    size_t len;
    int err = piece_get(t, db, k, 0, head, &len);
    *n = err ? 0 : head[4];
    return err == HE_NOTFOUND ? 0 : err;
}

static int blob_cut(struct txn *t, DB *db, const struct key *k, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        struct key pk = *k;
        key_u8(&pk, i);
        int err = kv_del(t, db, &pk);
        if (err && err != HE_NOTFOUND)
            return err;
    }
    return 0;
}

static unsigned pieces_of(size_t len)
{
    return len ? (unsigned)((len + PIECE_MAX - 1) / PIECE_MAX) : 1;
}

int blob_add(struct txn *t, DB *db, const struct key *k, const void *p, size_t len)
{
    unsigned char buf[PIECE_HEAD + PIECE_MAX];
    unsigned n = pieces_of(len);
    int err;
    if (len > (size_t)PIECE_MAX * PIECES_MAX)
        return HE_TOOBIG;
    uint32_t stamp = ++t->s->stamp;
    memcpy(buf, &stamp, 4);
    buf[4] = (unsigned char)n;
    for (unsigned i = 0; i < n; i++) {
        size_t part = i + 1 < n ? PIECE_MAX : len - (size_t)i * PIECE_MAX;
        struct key pk = *k;
        key_u8(&pk, i);
        memcpy(buf + PIECE_HEAD, (const char *)p + (size_t)i * PIECE_MAX, part);
        if ((err = kv_put(t, db, &pk, buf, PIECE_HEAD + part)))
            return err;
    }
    return 0;
}

int blob_put(struct txn *t, DB *db, const struct key *k, const void *p, size_t len)
{
    unsigned was;
    int err = blob_count(t, db, k, &was);
    if (!err && !(err = blob_add(t, db, k, p, len)))
        err = blob_cut(t, db, k, pieces_of(len), was);
    return err;
}

int blob_del(struct txn *t, DB *db, const struct key *k)
{
    unsigned n;
    int err = blob_count(t, db, k, &n);
    if (err)
        return err;
    return n ? blob_cut(t, db, k, 0, n) : HE_NOTFOUND;
}

int blob_get_node(struct txn *t, void *ctx, DB *db, const struct key *k, struct node **out)
{
    char *bytes;
    size_t len;
    int err = blob_get(t, ctx, db, k, &bytes, &len);
    if (err)
        return err;
    err = node_decode(ctx, bytes, len, out);
    talloc_free(bytes);
    return err ? txn_broken(t, HE_CORRUPT) : 0;
}

static int node_write(struct txn *t, DB *db, const struct key *k, const struct node *n,
                      int (*write)(struct txn *, DB *, const struct key *, const void *, size_t))
{
    char *bytes;
    size_t len;
    node_encode(t->ctx, n, &bytes, &len);
    int err = write(t, db, k, bytes, len);
    talloc_free(bytes);
    return err;
}

int blob_put_node(struct txn *t, DB *db, const struct key *k, const struct node *n)
{
    return node_write(t, db, k, n, blob_put);
}

int blob_add_node(struct txn *t, DB *db, const struct key *k, const struct node *n)
{
    return node_write(t, db, k, n, blob_add);
}

#define FIRST_FEW 4

/* Moves the end of the range that was read past the last key. */
static void range_step(struct key *from, struct key *to, bool reverse, const struct key *last)
{
    if (reverse) {
        *to = *last;
    } else {
        *from = *last;
        key_u8(from, 0);
    }
}

int blob_each(struct txn *t, DB *db, const struct key *from, const struct key *to, bool reverse,
              blob_fn fn, void *arg)
{
    struct key lo = *from, hi = {0}, few[FIRST_FEW], *k = few;
    size_t n = 0, room = FIRST_FEW; /* who wants the newest only is done with these */
    bool full;
    int err;
    if (to)
        hi = *to;
    do {
        if ((err = kv_range(t, db, &lo, &hi, reverse, k, room, &n)))
            break;
        full = n == room;
        if (n)
            range_step(&lo, &hi, reverse, &k[n - 1]);
        for (size_t i = 0; i < n && !err; i++)
            if (k[i].len && k[i].b[--k[i].len] == 0)
                err = fn(t, &k[i], arg);
        if (full && k == few)
            k = talloc_array(t->ctx, struct key, room = WALK_CHUNK);
    } while (!err && full);
    if (k != few)
        talloc_free(k);
    return err > 0 ? 0 : err;
}
