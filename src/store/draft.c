/*
 * Drafts: user(8) name 0 → {time, key, body}. Handed to the writer without waiting; a read waits
 * for what was handed over before it.
 */
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

#define NAME_BYTES 100
#define BODY_MAX   65536
#define DRAFTS_MAX 200 /* of one user: 12 MiB at most */

static void draft_key(struct key *k, uint64_t user_id, const char *name)
{
    key_init(k);
    key_u64(k, user_id);
    key_text(k, name);
    key_u8(k, 0);
}

struct put {
    struct key key;
    char *bytes; /* NULL: drop */
    size_t len;
};

static int put_run(struct txn *t, void *arg)
{
    struct put *p = arg;
    DB *db = t->s->sys[SYS_DRAFT];
    if (p->bytes)
        return blob_put(t, db, &p->key, p->bytes, p->len);
    int err = blob_del(t, db, &p->key);
    return err == HE_NOTFOUND ? 0 : err;
}

struct room {
    const struct key *key;
    size_t n;
    bool old; /* it is there already */
};

static int room_one(struct txn *t, const struct key *k, void *arg)
{
    struct room *r = arg;
    (void)t;
    r->old |= k->len == r->key->len && memcmp(k->b, r->key->b, k->len) == 0;
    return r->old || ++r->n > 2 * DRAFTS_MAX; /* those in the queue are not seen */
}

static int room_run(struct txn *t, void *arg)
{
    struct room *r = arg;
    struct key from = {0}, to;
    key_bytes(&from, r->key->b, 8); /* the user */
    to = from;
    key_next(&to);
    r->n = 0;
    r->old = false;
    return blob_each(t, t->s->sys[SYS_DRAFT], &from, &to, false, room_one, r);
}

/* HE_LIMIT: the user has as many as he may have. */
static int room_for(struct store *s, const struct key *key)
{
    struct room r = {.key = key};
    int err = store_read(s, room_run, &r);
    return err < 0 ? err : r.old || r.n < DRAFTS_MAX ? 0 : HE_LIMIT;
}

int store_draft_put(struct store *s, uint64_t user_id, const char *name, const struct node *body)
{
    struct put *p = talloc_zero(NULL, struct put);
    struct node *n = node_map(p);
    node_int(n, "time", store_now(s));
    node_str(n, "key", name);
    node_copy(n, "body", body);
    node_encode(p, n, &p->bytes, &p->len);
    talloc_free(n);
    draft_key(&p->key, user_id, name);
    int err = strlen(name) > NAME_BYTES || p->len > BODY_MAX ? HE_TOOBIG : room_for(s, &p->key);
    if (err) {
        talloc_free(p);
        return err;
    }
    return writer_async(s, put_run, p);
}

int store_draft_drop(struct store *s, uint64_t user_id, const char *name)
{
    struct put *p = talloc_zero(NULL, struct put);
    draft_key(&p->key, user_id, name);
    return writer_async(s, put_run, p);
}

int txn_draft_drop(struct txn *t, uint64_t user_id, const char *name)
{
    struct put p = {0};
    draft_key(&p.key, user_id, name);
    return put_run(t, &p);
}

/* What stands in the draft for these fields. */
static void draft_without(const struct node *draft, const char *const *fields)
{
    static const char *const maps[] = {"v", "show", "base"};
    for (; fields && *fields; fields++)
        for (size_t i = 0; i < NELEM(maps); i++)
            if (node_get(node_get(draft, maps[i]), *fields))
                node_remove(base_unconst(node_get(draft, maps[i])), *fields);
}

int txn_draft_give(struct txn *t, uint64_t from, uint64_t to, const char *name,
                   const char *const *without)
{
    DB *db = t->s->sys[SYS_DRAFT];
    struct put old = {0}, put = {0};
    struct node *n, *taken;
    draft_key(&old.key, from, name);
    draft_key(&put.key, to, name);
    int err = blob_get_node(t, t->ctx, db, &put.key, &taken);
    if (err != HE_NOTFOUND)
        return err ? err : HE_EXISTS;
    if ((err = blob_get_node(t, t->ctx, db, &old.key, &n)))
        return err;
    draft_without(node_get(n, "body"), without);
    node_encode(n, n, &put.bytes, &put.len);
    err = put_run(t, &put);
    talloc_free(n);
    return err ? err : put_run(t, &old);
}

struct ask {
    void *ctx;
    struct key from, to;
    struct node **out;
    struct node *list;
    bool bodies;
};

/* The body with its time; NULL when the draft holds none. */
static struct node *draft_body(struct node *parent, const struct node *n)
{
    const struct node *body = node_get(n, "body");
    if (!body || body->type != NODE_MAP)
        return NULL;
    struct node *out = node_copy(parent, NULL, body);
    node_int(out, "time", node_num(n, "time", 0));
    return out;
}

static int get_run(struct txn *t, void *arg)
{
    struct ask *a = arg;
    struct node *n;
    int err = blob_get_node(t, t->ctx, t->s->sys[SYS_DRAFT], &a->from, &n);
    if (err)
        return err;
    *a->out = draft_body(node_list(a->ctx), n);
    return *a->out ? 0 : HE_CORRUPT;
}

int store_draft_get(struct store *s, void *ctx, uint64_t user_id, const char *name,
                    struct node **body)
{
    struct ask a = {.ctx = ctx, .out = body};
    draft_key(&a.from, user_id, name);
    writer_drain(s);
    return store_read(s, get_run, &a);
}

static int list_one(struct txn *t, const struct key *k, void *arg)
{
    struct ask *a = arg;
    struct node *n;
    int err = blob_get_node(t, t->ctx, t->s->sys[SYS_DRAFT], k, &n);
    if (err)
        return err == HE_NOTFOUND ? 0 : err; /* dropped meanwhile */
    struct node *row = node_add_map(a->list, NULL);
    node_str(row, "key", node_text_or(n, "key", ""));
    node_int(row, "time", node_num(n, "time", 0));
    if (a->bodies && node_get(n, "body"))
        node_copy(row, "body", node_get(n, "body"));
    talloc_free(n);
    return 0;
}

static int list_run(struct txn *t, void *arg)
{
    struct ask *a = arg;
    a->list = node_list(a->ctx);
    *a->out = a->list;
    return blob_each(t, t->s->sys[SYS_DRAFT], &a->from, &a->to, false, list_one, a);
}

static struct ask list_ask(void *ctx, uint64_t user_id, struct node **list)
{
    struct ask a = {.ctx = ctx, .out = list};
    key_u64(&a.from, user_id);
    a.to = a.from;
    key_next(&a.to);
    return a;
}

int store_draft_list(struct store *s, void *ctx, uint64_t user_id, struct node **list)
{
    struct ask a = list_ask(ctx, user_id, list);
    writer_drain(s);
    return store_read(s, list_run, &a);
}

int txn_draft_list(struct txn *t, void *ctx, uint64_t user_id, struct node **list)
{
    struct ask a = list_ask(ctx, user_id, list);
    a.bodies = true;
    return list_run(t, &a);
}
