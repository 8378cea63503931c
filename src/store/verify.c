/*
 * Verification both ways: every record has all that should point at it, and everything that points
 * at a record fits it. Then the files page by page. On a running server this is done on an online
 * copy.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/lang.h"
#include "base/text.h"
#include "store/store_int.h"

struct verify {
    struct store *s;
    struct txn *t;
    fault_fn fn;
    void *arg;
    int faults;
    const struct table *tb;
    const struct ix *ix;
    const struct uni *uni;
    void *ctx; /* of one entry */
    uint64_t records;
};

static int fault(struct verify *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fault(struct verify *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = talloc_vasprintf(NULL, fmt, ap);
    va_end(ap);
    v->faults++;
    if (v->fn)
        v->fn(text, v->arg);
    talloc_free(text);
    return 0;
}

static bool there(struct verify *v, DB *db, const struct key *k)
{
    unsigned char b[16];
    size_t len;
    return kv_get(v->t, db, k, b, sizeof b, &len) == 0;
}

static const char *ix_name(const struct ix *ix)
{
    return ix->field ? ix->field->name : N_("地区");
}

#define FORM(v) (v)->tb->form->name
#define ID(id)  ((unsigned long long)(id))

/* --- from the record to what points at it --- */

static void record_pointers(struct verify *v, const struct rec *rec)
{
    const struct table *tb = v->tb;
    const char *area = rec_area(v->t, v->ctx, tb, rec);
    struct key k;
    for (size_t i = 0; i < tb->nix; i++)
        if (atomic_load(&tb->ix[i].ready) && index_key(v->ctx, tb, &tb->ix[i], rec, area, &k) &&
            !there(v, tb->ix[i].db, &k))
            fault(v, _("%s 编号 %llu：索引 %s 里缺少这一条"), FORM(v), ID(rec->id),
                  ix_name(&tb->ix[i]));
    for (size_t i = 0; i < tb->nuni; i++) {
        const char *value = rec_at(rec, tb->uni[i].field);
        uint64_t id;
        if (unique_holds(value) &&
            (txn_unique(v->t, tb->uni[i].field, value, &id) || id != rec->id))
            fault(v, _("%s 编号 %llu：%s 的不重复登记缺失或指向别的记录"), FORM(v), ID(rec->id),
                  tb->uni[i].field->name);
    }
    if (!tb->tok || !atomic_load(&tb->tok_ready))
        return;
    for (const char **w = token_list(v->ctx, tb, rec); w && *w; w++) {
        token_key(&k, *w, rec->id);
        if (!there(v, tb->tok, &k))
            fault(v, _("%s 编号 %llu：检索词里缺少一项"), FORM(v), ID(rec->id));
    }
}

struct versions {
    struct verify *v;
    uint64_t next;     /* version expected next, oldest first */
    uint64_t last_seq; /* audit row of the newest change */
};

static int version_one(struct txn *t, const struct key *k, void *arg)
{
    struct versions *x = arg;
    struct node *n;
    int err = blob_get_node(t, x->v->ctx, t->s->sys[SYS_HISTORY], k, &n);
    if (err)
        return err;
    if (!node_get(n, "old"))
        return 0; /* a note */
    uint64_t version = (uint64_t)node_num(n, "version", 0);
    for (; x->next < version; x->next++)
        fault(x->v, _("%s 编号 %llu：历史里缺少第 %llu 版"), FORM(x->v), ID(key_get(k->b + 2, 8)),
              ID(x->next));
    x->next = version + 1;
    x->last_seq = key_get(k->b + 10, 8);
    return 0;
}

static int audit_record(const struct node *row, void *arg)
{
    char *hex = arg;
    snprintf(hex, 65, "%s", node_text_or(row, "record", ""));
    return 1;
}

static int record_history(struct verify *v, uint64_t id, const struct stored *st)
{
    struct versions x = {v, 1, 0};
    struct key from = {0}, to;
    unsigned char digest[SM3_LEN];
    char want[65], got[65] = "";
    key_u16(&from, (unsigned)v->tb->form->number);
    key_u64(&from, id);
    to = from;
    key_next(&to);
    int err = blob_each(v->t, v->s->sys[SYS_HISTORY], &from, &to, false, version_one, &x);
    if (err)
        return err;
    for (; x.next <= st->version; x.next++)
        fault(v, _("%s 编号 %llu：历史里缺少第 %llu 版"), FORM(v), ID(id), ID(x.next));
    if (!x.last_seq)
        return 0;
    sm3(st->raw, st->raw_len, digest);
    err = txn_audit_walk(v->t, v->ctx, x.last_seq, false, audit_record, got);
    if (!err && strcmp(got, sm3_hex(digest, want)))
        fault(v, _("%s 编号 %llu：内容与审计记录（第 %llu 行）的摘要不一致"), FORM(v), ID(id),
              ID(x.last_seq));
    return err;
}

static int record_one(struct txn *t, const struct key *k, void *arg)
{
    struct verify *v = arg;
    struct stored st;
    struct rec *rec;
    uint64_t id = key_get(k->b, 8);
    v->ctx = talloc_new(t->ctx);
    int err = rec_load(t, v->ctx, v->tb, id, &st);
    if (!err && st.kind == 'R') {
        v->records++;
        if (!(err = rec_from_stored(v->ctx, v->tb, id, &st, &rec)))
            record_pointers(v, rec);
    }
    if (!err)
        err = record_history(v, id, &st);
    talloc_free(v->ctx);
    if (err == HE_CORRUPT)
        return fault(v, _("%s 编号 %llu：内容读不出来"), FORM(v), ID(id));
    return err;
}

/* --- from what points back to the record --- */

static int load(struct verify *v, uint64_t id, struct rec **rec)
{
    struct stored st;
    int err = rec_load(v->t, v->ctx, v->tb, id, &st);
    if (!err && st.kind != 'R')
        err = HE_NOTFOUND;
    return err ? err : rec_from_stored(v->ctx, v->tb, id, &st, rec);
}

static void index_one(struct verify *v, const struct key *k)
{
    uint64_t id = key_get(k->b + k->len - 8, 8);
    struct rec *rec;
    struct key want;
    if (load(v, id, &rec) ||
        !index_key(v->ctx, v->tb, v->ix, rec, rec_area(v->t, v->ctx, v->tb, rec), &want) ||
        key_cmp(k, &want))
        fault(v, _("%s 索引 %s：多出指向编号 %llu 的一项"), FORM(v), ix_name(v->ix), ID(id));
}

static void token_one(struct verify *v, const struct key *k)
{
    uint64_t id = key_get(k->b + k->len - 8, 8);
    struct rec *rec;
    struct key want;
    if (!load(v, id, &rec))
        for (const char **w = token_list(v->ctx, v->tb, rec); w && *w; w++) {
            token_key(&want, *w, id);
            if (key_cmp(k, &want) == 0)
                return;
        }
    fault(v, _("%s 检索词：多出指向编号 %llu 的一项"), FORM(v), ID(id));
}

static void unique_one(struct verify *v, const struct key *k)
{
    unsigned char b[8];
    struct rec *rec;
    struct key want;
    size_t len;
    if (kv_get(v->t, v->uni->db, k, b, sizeof b, &len))
        return;
    uint64_t id = key_get(b, 8);
    const char *value = load(v, id, &rec) ? NULL : rec_at(rec, v->uni->field);
    if (unique_holds(value)) {
        unique_key(value, &want);
        if (key_cmp(k, &want) == 0)
            return;
    }
    fault(v, _("%s 的 %s：不重复登记里多出指向编号 %llu 的一项"), FORM(v), v->uni->field->name,
          ID(id));
}

/* One key of every group (form, id) is enough: the record's own check sees the rest. */
static void history_one(struct verify *v, const struct key *k)
{
    const struct dict *dict = v->s->dict;
    struct stored st;
    for (size_t i = 0; i < dict->nform; i++) {
        v->tb = &v->s->table[i];
        if ((unsigned)dict->form[i].number == key_get(k->b, 2) &&
            rec_load(v->t, v->ctx, v->tb, key_get(k->b + 2, 8), &st))
            fault(v, _("历史里有 %s 编号 %llu，但没有这条记录"), FORM(v), ID(key_get(k->b + 2, 8)));
    }
}

static int each_key(struct verify *v, DB *db, void (*one)(struct verify *, const struct key *))
{
    struct key from = {0}, *k = talloc_array(v->t->ctx, struct key, WALK_CHUNK);
    size_t n = 0;
    int err;
    do {
        err = kv_range(v->t, db, &from, NULL, false, k, WALK_CHUNK, &n);
        for (size_t i = 0; i < n && !err; i++) {
            v->ctx = talloc_new(v->t->ctx);
            one(v, &k[i]);
            talloc_free(v->ctx);
        }
        if (n) {
            from = k[n - 1];
            key_u8(&from, 0);
        }
    } while (!err && n == WALK_CHUNK);
    talloc_free(k);
    return err;
}

/* --- the audit trail and the history of each change in it --- */

static int audit_one(const struct node *row, void *arg)
{
    struct verify *v = arg;
    const char *type = node_text(row, "type");
    const struct form *form = type ? dict_form(v->s->dict, type) : NULL;
    uint64_t seq = (uint64_t)node_num(row, "seq", 0), id = (uint64_t)node_num(row, "id", 0);
    struct key k;
    if (form && node_num(row, "version", 0)) {
        unsigned char b[1024];
        size_t len;
        history_key(&k, form, id, seq);
        key_u8(&k, 0);
        if (kv_get(v->t, v->s->sys[SYS_HISTORY], &k, b, sizeof b, &len))
            fault(v, _("%s 编号 %llu：审计第 %llu 行的修改没有历史"), form->name, ID(id), ID(seq));
    }
    talloc_free_children(v->ctx);
    return 0;
}

static int verify_audit(struct verify *v)
{
    uint64_t rows, bad;
    char head[65];
    int err = store_audit_verify(v->s, &rows, &bad, head);
    if (!err && bad)
        fault(v, _("审计记录从第 %llu 行起被改动过或缺失"), ID(bad));
    v->ctx = talloc_new(v->t->ctx);
    if (!err)
        err = txn_audit_walk(v->t, v->ctx, 1, false, audit_one, v);
    if (err == HE_CORRUPT)
        err = fault(v, _("审计记录有读不出来的行"));
    return err;
}

static int verify_table(struct verify *v, const struct table *tb)
{
    struct key all = {0};
    uint64_t n;
    v->tb = tb;
    v->records = 0;
    int err = blob_each(v->t, tb->rec, &all, NULL, false, record_one, v);
    if (!err && !(err = txn_count(v->t, tb->form, &n)) && n != v->records)
        fault(v, _("%s 的记录数记为 %llu，实有 %llu"), FORM(v), ID(n), ID(v->records));
    for (size_t i = 0; i < tb->nix && !err; i++) {
        v->ix = &tb->ix[i];
        err = tb->ix[i].db ? each_key(v, tb->ix[i].db, index_one) : 0;
    }
    for (size_t i = 0; i < tb->nuni && !err; i++) {
        v->uni = &tb->uni[i];
        err = each_key(v, tb->uni[i].db, unique_one);
    }
    if (!err && tb->tok)
        err = each_key(v, tb->tok, token_one);
    return err;
}

static int verify_all(struct txn *t, void *arg)
{
    struct verify *v = arg;
    int err = 0;
    v->t = t;
    for (size_t i = 0; i < v->s->dict->nform && !err; i++)
        err = verify_table(v, &v->s->table[i]);
    if (!err)
        err = each_key(v, v->s->sys[SYS_HISTORY], history_one);
    return err ? err : verify_audit(v);
}

/* --- files --- */

/* Berkeley DB names the page. */
static void file_said(const DB_ENV *env, const char *prefix, const char *msg)
{
    (void)env;
    (void)prefix;
    log_warn("bdb", "text=%s", msg);
}

static void verify_files(struct verify *v, const char *dir)
{
    char *path = store_path(NULL, dir, "db"), **name;
    size_t n;
    dir_list(path, path, &name, &n);
    for (size_t i = 0; i < n; i++) {
        DB *db;
        int ret = db_create(&db, NULL, 0);
        if (!ret)
            db->set_errcall(db, file_said);
        if (!ret)
            ret = db->verify(db, store_path(path, path, name[i]), NULL, NULL, 0);
        if (ret)
            fault(v, _("数据文件 %s 的页有损坏（%s）"), name[i], db_strerror(ret));
    }
    talloc_free(path);
}

static int verify_dir(const struct store_conf *conf, struct dict *dict, enum open_mode mode,
                      fault_fn fn, void *arg)
{
    struct verify v = {.fn = fn, .arg = arg};
    char *problem = NULL;
    void *ctx = talloc_new(NULL);
    int err = store_open_mode(ctx, conf, dict, mode, &v.s, &problem);
    if (err) {
        fault(&v, "%s", problem);
        if (err != HE_CORRUPT) {
            talloc_free(ctx);
            return err;
        }
    } else if (store_read(v.s, verify_all, &v) < 0) {
        fault(&v, _("核对没有做完：读数据时出错，请查看日志"));
    }
    store_close(&v.s);
    verify_files(&v, conf->dir);
    talloc_free(ctx);
    return v.faults;
}

int store_verify_stopped(const struct store_conf *conf, struct dict *dict, fault_fn fn, void *arg)
{
    return verify_dir(conf, dict, OPEN_VERIFY, fn, arg);
}

int store_verify(struct store *s, fault_fn fn, void *arg)
{
    void *ctx = talloc_new(NULL);
    char *dir = store_path(ctx, s->conf.dir, "verify.tmp"), *said = NULL;
    struct store_conf conf = {.dir = dir, .now = s->conf.now};
    dir_remove(dir);
    int err = backup_copy(s, dir, STORE_FORMAT, &said, ctx);
    if (!err)
        err = verify_dir(&conf, s->dict, OPEN_COPY, fn, arg);
    dir_remove(dir);
    talloc_free(ctx);
    return err;
}
