/*
 * A record and all that hangs on it as one change. Stored under form's own tree as
 *   'R' version(4) values by field number        or, after a merge,   'F' version(4) id(8)
 */
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "store/store_int.h"

#define HEAD        5
#define FORWARD_MAX 16

void rec_key(struct key *k, uint64_t id)
{
    key_init(k);
    key_u64(k, id);
}

int rec_load(struct txn *t, void *ctx, const struct table *tb, uint64_t id, struct stored *out)
{
    struct key k;
    rec_key(&k, id);
    seen_begin(t);
    int err = blob_get(t, ctx, tb->rec, &k, &out->raw, &out->raw_len);
    seen_end(t);
    if (err == HE_NOTFOUND)
        seen_record(t, tb, id, 0);
    if (err)
        return err;
    const unsigned char *p = (const unsigned char *)out->raw;
    if (out->raw_len < HEAD || (p[0] == 'F' && out->raw_len != HEAD + 8))
        return txn_broken(t, HE_CORRUPT);
    out->kind = out->raw[0];
    out->version = (uint32_t)key_get(p + 1, 4);
    out->to = out->kind == 'F' ? key_get(p + HEAD, 8) : 0;
    seen_record(t, tb, id, out->version);
    return 0;
}

int rec_from_stored(void *ctx, const struct table *tb, uint64_t id, const struct stored *st,
                    struct rec **out)
{
    int err = rec_decode(ctx, tb->form, st->raw + HEAD, st->raw_len - HEAD, out);
    if (err) {
        log_error("store", "what=decode form=%s id=%llu", tb->form->name, (unsigned long long)id);
        return HE_CORRUPT;
    }
    (*out)->id = id;
    (*out)->version = st->version;
    return 0;
}

int txn_get(struct txn *t, void *ctx, const struct form *form, uint64_t id, struct rec **out)
{
    const struct table *tb = store_table(t->s, form);
    struct stored st;
    for (int i = 0; i < FORWARD_MAX; i++) {
        int err = rec_load(t, t->ctx, tb, id, &st);
        if (err)
            return err;
        if (st.kind == 'R') {
            err = rec_from_stored(ctx, tb, id, &st, out);
            talloc_free(st.raw);
            return err ? txn_broken(t, err) : 0;
        }
        id = st.to;
        talloc_free(st.raw);
    }
    return HE_CORRUPT;
}

const char *rec_area(struct txn *t, void *ctx, const struct table *tb, const struct rec *rec)
{
    struct rec *on;
    const char *v;
    if (!tb->area.field)
        return "";
    if (!tb->area.via) {
        v = rec_at(rec, tb->area.field);
        return v ? v : "";
    }
    uint64_t id = rec_ref(rec, tb->area.via->name);
    if (!id || txn_get(t, ctx, tb->area.via->ref, id, &on))
        return "";
    v = rec_at(on, tb->area.field);
    return v ? v : "";
}

const char *txn_area(struct txn *t, void *ctx, const struct rec *rec)
{
    return rec_area(t, ctx, store_table(t->s, rec->form), rec);
}

/* --- a change --- */

struct change {
    struct txn *t;
    void *ctx;
    const struct store_who *who;
    const struct table *tb;
    struct rec *old; /* as stored; NULL: a new one */
    const char *old_area;
    struct rec *rec; /* NULL: forwarded */
    const char *area;
};

/* Before anything of the change is written; the end of the batch makes it even again. */
static void change_mark(struct txn *t, const struct form *form)
{
    struct table *tb = store_table(t->s, form);
    if (atomic_load(&tb->changes) % 2 == 0)
        atomic_fetch_add(&tb->changes, 1);
}

uint64_t txn_changes(struct txn *t, const struct form *form)
{
    seen_form(t, store_table(t->s, form));
    return atomic_load(&store_table(t->s, form)->changes);
}

static int change_begin(struct change *c, const struct rec *old, uint64_t id)
{
    struct stored st;
    int err = id ? rec_load(c->t, c->ctx, c->tb, id, &st) : HE_NOTFOUND;
    if (err == HE_NOTFOUND)
        return old ? HE_CONFLICT : 0;
    if (err)
        return err;
    if (!old || st.kind != 'R' || st.version != old->version)
        return HE_CONFLICT;
    if ((err = rec_from_stored(c->ctx, c->tb, id, &st, &c->old)))
        return err;
    c->old_area = rec_area(c->t, c->ctx, c->tb, c->old);
    return 0;
}

/* A new id, or room for one that was given (restored data). */
static int change_id(struct change *c)
{
    uint64_t next, n;
    int err = count_get(c->t, c->tb->form->number, &next, &n);
    if (err)
        return err;
    if (!c->rec->id)
        c->rec->id = next;
    if (c->rec->id >= next)
        next = c->rec->id + 1;
    return count_put(c->t, c->tb->form->number, next, n + 1);
}

static int change_store(struct change *c, unsigned char digest[SM3_LEN])
{
    struct key k, head = {0};
    char *bytes;
    size_t len;
    rec_encode(c->ctx, c->rec, &bytes, &len);
    key_u8(&head, 'R');
    key_u32(&head, c->rec->version);
    char *raw = talloc_size(c->ctx, HEAD + len);
    memcpy(raw, head.b, HEAD);
    memcpy(raw + HEAD, bytes, len);
    sm3(raw, HEAD + len, digest);
    rec_key(&k, c->rec->id);
    return (c->old ? blob_put : blob_add)(c->t, c->tb->rec, &k, raw, HEAD + len);
}

/* Everything that points at the record, in a fixed order. */
static int change_pointers(struct change *c)
{
    int err;
    if ((err = unique_update(c->t, c->tb, c->old, c->rec)) ||
        (err = index_update(c->t, c->ctx, c->tb, c->old, c->old_area, c->rec, c->area)) ||
        (err = token_update(c->t, c->ctx, c->tb, c->old, c->rec)))
        return err;
    if (c->old && strcmp(c->old_area, c->area))
        return index_rekey_deps(c->t, c->tb, c->old->id, c->old_area, c->area);
    return 0;
}

static int change_write(struct change *c)
{
    unsigned char digest[SM3_LEN];
    uint64_t seq;
    int err;
    if (!c->old && (err = change_id(c)))
        return err;
    c->rec->version = c->old ? c->old->version + 1 : 1;
    c->area = rec_area(c->t, c->ctx, c->tb, c->rec);
    struct history_new h = {c->tb->form, c->rec->id, c->rec->version, c->old, c->rec, NULL};
    if ((err = change_store(c, digest)) || (err = change_pointers(c)) ||
        (err = audit_add(c->t, c->who, h.form, h.id, h.version, digest, NULL, &seq)))
        return err;
    return history_add(c->t, c->who, &h, seq);
}

static bool same_values(const struct rec *a, const struct rec *b)
{
    for (size_t i = 0; i < a->form->nfield; i++)
        if (!rec_same(a->val[i], b->val[i]))
            return false;
    return true;
}

/* A change that stopped half way must not be committed, whatever its caller makes of the error. */
static int change_end(struct change *c, int err)
{
    if (err < 0 && !c->t->broken)
        c->t->broken = err;
    return err;
}

int txn_put(struct txn *t, const struct store_who *who, const struct rec *old, struct rec *rec,
            const struct form_field **clash, uint64_t *clash_id)
{
    struct change c = {.t = t, .who = who, .tb = store_table(t->s, rec->form), .rec = rec};
    MUST(t->writes);
    if (atomic_load(&t->s->disk))
        return HE_FULL;
    c.ctx = talloc_new(t->ctx);
    int err = change_begin(&c, old, rec->id);
    if (!err)
        err = unique_clash(t, c.tb, c.old, rec, clash, clash_id);
    if (!err && c.old && same_values(c.old, rec)) {
        rec->version = c.old->version;
    } else if (!err) {
        change_mark(t, rec->form);
        err = change_end(&c, change_write(&c));
        if (!err)
            watch_note(t, rec->form, rec->id, who->today);
    }
    talloc_free(c.ctx);
    return err;
}

int txn_note(struct txn *t, const struct store_who *who, const struct form *form, uint64_t id,
             const struct node *text)
{
    struct stored st;
    uint64_t seq;
    MUST(t->writes);
    if (atomic_load(&t->s->disk))
        return HE_FULL;
    int err = rec_load(t, t->ctx, store_table(t->s, form), id, &st);
    if (err)
        return err;
    struct history_new h = {form, id, st.version, NULL, NULL, text};
    struct change c = {.t = t};
    if (!(err = audit_add(t, who, form, id, st.version, NULL, NULL, &seq)))
        err = history_add(t, who, &h, seq);
    return change_end(&c, err);
}

/* --- merging --- */

static int forward_write(struct change *c, uint64_t to)
{
    struct key k, raw = {0};
    struct node *note = node_map(c->ctx);
    unsigned char digest[SM3_LEN];
    uint64_t next, n, seq;
    int err = count_get(c->t, c->tb->form->number, &next, &n);
    if (err)
        return err;
    key_u8(&raw, 'F');
    key_u32(&raw, c->old->version + 1);
    key_u64(&raw, to);
    sm3(raw.b, raw.len, digest);
    rec_key(&k, c->old->id);
    node_int(note, "forward", (int64_t)to);
    struct history_new h = {c->tb->form, c->old->id, c->old->version + 1, c->old, NULL, note};
    if ((err = blob_put(c->t, c->tb->rec, &k, raw.b, raw.len)) || (err = change_pointers(c)) ||
        (err = count_put(c->t, c->tb->form->number, next, n - 1)) ||
        (err = audit_add(c->t, c->who, h.form, h.id, h.version, digest, note, &seq)))
        return err;
    return history_add(c->t, c->who, &h, seq);
}

int txn_forward(struct txn *t, const struct store_who *who, const struct form *form, uint64_t from,
                uint64_t to)
{
    struct change c = {.t = t, .who = who, .tb = store_table(t->s, form)};
    struct rec *was, *on;
    MUST(t->writes);
    if (atomic_load(&t->s->disk))
        return HE_FULL;
    c.ctx = talloc_new(t->ctx);
    int err = txn_get(t, c.ctx, form, to, &on);
    if (!err)
        err = txn_get(t, c.ctx, form, from, &was);
    if (!err && (was->id != from || on->id == from))
        err = HE_CONFLICT;
    if (!err)
        err = change_begin(&c, was, from);
    if (!err) {
        change_mark(t, form);
        c.area = rec_area(t, c.ctx, c.tb, on);
        err = change_end(&c, forward_write(&c, on->id));
        if (!err)
            watch_note(t, form, from, who->today);
    }
    talloc_free(c.ctx);
    return err;
}
