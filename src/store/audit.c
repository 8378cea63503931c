/*
 * The audit trail: sequence(8) → digest(32) row. The digest is SM3 over the digest before, the
 * sequence and the row, so that a row changed, taken out or put in later breaks the chain from
 * there on; who keeps the head elsewhere also sees rows missing at the end.
 */
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

static void audit_key(struct key *k, uint64_t seq)
{
    key_init(k);
    key_u64(k, seq);
}

void audit_digest(const unsigned char *prev, uint64_t seq, const void *row, size_t len,
                  unsigned char out[SM3_LEN])
{
    struct key k;
    audit_key(&k, seq);
    const void *part[] = {prev, k.b, row};
    const size_t size[] = {SM3_LEN, k.len, len};
    sm3_parts(3, part, size, out);
}

int audit_add(struct txn *t, const struct store_who *who, const struct form *form, uint64_t id,
              uint32_t version, const unsigned char *digest, const struct node *detail,
              uint64_t *seq)
{
    struct node *n = node_map(t->ctx);
    struct key k;
    char hex[65], *row;
    size_t len;
    who_to_node(n, who, store_now(t->s));
    if (form)
        node_str(n, "type", form->name);
    if (id)
        node_int(n, "id", (int64_t)id);
    if (version)
        node_int(n, "version", version);
    if (digest)
        node_str(n, "record", sm3_hex(digest, hex));
    if (detail)
        node_copy(n, "detail", detail);
    node_encode(n, n, &row, &len);
    *seq = t->audit_seq + 1;
    unsigned char *value = talloc_size(n, SM3_LEN + len), head[SM3_LEN];
    audit_digest(t->audit_head, *seq, row, len, head);
    memcpy(value, head, SM3_LEN);
    memcpy(value + SM3_LEN, row, len);
    audit_key(&k, *seq);
    int err = blob_add(t, t->s->sys[SYS_AUDIT], &k, value, SM3_LEN + len);
    if (!err) {
        t->audit_seq = *seq;
        memcpy(t->audit_head, head, SM3_LEN);
    }
    talloc_free(n);
    return err;
}

int txn_audit(struct txn *t, const struct store_who *who, const struct form *form, uint64_t id,
              const struct node *detail)
{
    uint64_t seq;
    MUST(t->writes);
    return audit_add(t, who, form, id, 0, NULL, detail, &seq);
}

/* --- reading --- */

static int audit_row(struct txn *t, void *ctx, const struct key *k, char **value, size_t *len)
{
    int err = blob_get(t, ctx, t->s->sys[SYS_AUDIT], k, value, len);
    return !err && *len < SM3_LEN ? HE_CORRUPT : err;
}

struct reading {
    void *ctx;
    audit_fn fn;
    void *arg;
};

static int audit_one(struct txn *t, const struct key *k, void *arg)
{
    struct reading *r = arg;
    struct node *n;
    char *value, hex[65];
    size_t len;
    int err = audit_row(t, t->ctx, k, &value, &len);
    if (err)
        return err;
    if (!(err = node_decode(r->ctx, value + SM3_LEN, len - SM3_LEN, &n))) {
        node_int(n, "seq", (int64_t)key_get(k->b, 8));
        node_str(n, "digest", sm3_hex((const unsigned char *)value, hex));
        err = r->fn(n, r->arg);
    } else {
        err = HE_CORRUPT;
    }
    talloc_free(value);
    return err;
}

int txn_audit_walk(struct txn *t, void *ctx, uint64_t from_seq, bool reverse, audit_fn fn,
                   void *arg)
{
    struct reading r = {ctx, fn, arg};
    struct key from = {0}, to = {0};
    if (reverse && from_seq)
        key_u64(&to, from_seq + 1);
    else if (!reverse)
        key_u64(&from, from_seq);
    return blob_each(t, t->s->sys[SYS_AUDIT], &from, reverse && from_seq ? &to : NULL, reverse,
                     audit_one, &r);
}

struct verify {
    unsigned char head[SM3_LEN];
    uint64_t rows, bad;
};

static int verify_one(struct txn *t, const struct key *k, void *arg)
{
    struct verify *v = arg;
    unsigned char want[SM3_LEN];
    char *value;
    size_t len;
    uint64_t seq = key_get(k->b, 8);
    int err = audit_row(t, t->ctx, k, &value, &len);
    if (err == HE_CORRUPT) {
        v->bad = seq;
        return 1;
    }
    if (err)
        return err;
    audit_digest(v->head, seq, value + SM3_LEN, len - SM3_LEN, want);
    v->rows++;
    if (seq != v->rows || memcmp(want, value, SM3_LEN))
        v->bad = v->rows;
    memcpy(v->head, value, SM3_LEN);
    talloc_free(value);
    return v->bad ? 1 : 0;
}

static int verify_all(struct txn *t, void *arg)
{
    struct key from = {0};
    memset(arg, 0, sizeof(struct verify));
    return blob_each(t, t->s->sys[SYS_AUDIT], &from, NULL, false, verify_one, arg);
}

int store_audit_verify(struct store *s, uint64_t *rows, uint64_t *bad, char head[65])
{
    struct verify v;
    int err = store_read(s, verify_all, &v);
    *rows = v.rows;
    *bad = v.bad;
    sm3_hex(v.head, head);
    return err;
}

/* --- the newest row --- */

struct newest {
    uint64_t seq;
    unsigned char head[SM3_LEN];
    int64_t time;
};

static int newest_one(struct txn *t, const struct key *k, void *arg)
{
    struct newest *w = arg;
    struct node *n;
    char *value;
    size_t len;
    int err = audit_row(t, t->ctx, k, &value, &len);
    if (!err)
        err = node_decode(t->ctx, value + SM3_LEN, len - SM3_LEN, &n) ? HE_CORRUPT : 0;
    if (err)
        return err;
    w->seq = key_get(k->b, 8);
    memcpy(w->head, value, SM3_LEN);
    w->time = node_num(n, "time", 0);
    return 1;
}

static int newest_row(struct txn *t, void *arg)
{
    struct key from = {0};
    memset(arg, 0, sizeof(struct newest));
    return blob_each(t, t->s->sys[SYS_AUDIT], &from, NULL, true, newest_one, arg);
}

int64_t store_last_time(struct store *s)
{
    struct newest w;
    return store_read(s, newest_row, &w) < 0 ? 0 : w.time;
}

int audit_load_head(struct store *s)
{
    struct newest w;
    struct txn t;
    txn_reader(&t, s, talloc_new(NULL));
    int err = newest_row(&t, &w);
    talloc_free(t.ctx);
    s->audit_seq = w.seq;
    memcpy(s->audit_head, w.head, SM3_LEN);
    return err;
}
