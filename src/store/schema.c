/* Numbers and states from the meta tree into the dictionary; the tables of each form. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store_int.h"

/* File of a table: rec-3.db, tok-3.db, ix-3-12.db (12 a field's number), uni-3-1.db. */
void schema_name(char out[40], const char *kind, int form, int what)
{
    if (strcmp(kind, "ix") && strcmp(kind, "uni"))
        snprintf(out, 40, "%s-%d.db", kind, form);
    else
        snprintf(out, 40, "%s-%d-%d.db", kind, form, what);
}

struct table *store_table(const struct store *s, const struct form *form)
{
    MUST(form && form->dict == s->dict);
    return &s->table[form->pos];
}

/* --- numbers --- */

static int load_form(struct txn *t, struct form *form, struct schema_ask *ask)
{
    struct node *n;
    const char *key = text_printf(t->ctx, "s/form/%s", form->name);
    int err = meta_get(t, t->ctx, key, &n);
    if (err && err != HE_NOTFOUND)
        return err;
    int number = err ? 0 : (int)node_num(n, "number", 0);
    const struct node *fields = err ? NULL : node_get(n, "fields");
    /* a copy is read with the dictionary of a running server: nothing is written then */
    if (form->number != number)
        form->number = number;
    for (size_t i = 0; i < form->nfield; i++) {
        struct form_field *f = &form->field[i];
        int no = (int)node_num(node_get(fields, f->name), "n", 0);
        if (!no)
            return env_fail(ask->ctx, ask->problem, HE_RULE,
                            "字段 %s.%s 还没有登记编号，请先启动一次服务", form->name, f->name);
        if (f->number != no)
            f->number = no;
    }
    return 0;
}

int schema_load(struct store *s, char **problem, void *ctx)
{
    struct schema_ask ask = {problem, ctx};
    struct txn t;
    int err = 0;
    txn_reader(&t, s, talloc_new(NULL));
    for (size_t i = 0; i < s->dict->nform && !err; i++)
        err = load_form(&t, &s->dict->form[i], &ask);
    talloc_free(t.ctx);
    return err;
}

/* --- opening --- */

struct opening {
    struct txn *t;
    struct store *s;
    const struct node *node; /* of the form */
};

static int open_one(struct opening *o, const char *kind, const struct form *form, int what, DB **db)
{
    char name[40];
    schema_name(name, kind, form->number, what);
    int ret = env_db(o->s->env, o->t->db, name, DB_CREATE, db);
    int err = kv_err(o->t, ret, name);
    return ret == EINVAL ? HE_CORRUPT : err; /* what a damaged first page gives */
}

static int open_ix(struct opening *o, struct table *tb, const struct form_field *f, int state)
{
    struct ix *ix = &tb->ix[tb->nix];
    bool division = f && f == tb->area.field && !tb->area.via;
    ix->field = f;
    ix->ref = f && f->ref;
    ix->usual = division ? "" : f ? f->usual : NULL;
    atomic_init(&ix->ready, state == IX_READY || division);
    int err = division ? 0 : open_one(o, "ix", tb->form, f ? f->number : 0, &ix->db);
    tb->nix += !err;
    return err;
}

static int open_field(struct opening *o, struct table *tb, const struct form_field *f)
{
    const struct node *n = node_get(node_get(o->node, "fields"), f->name);
    int ix = (int)node_num(n, "ix", 0), uq = (int)node_num(n, "uq", 0), err = 0;
    if (ix != IX_NONE || (f == tb->area.field && !tb->area.via))
        err = open_ix(o, tb, f, ix);
    if (!err && uq != IX_NONE) {
        struct uni *u = &tb->uni[tb->nuni];
        u->field = f;
        u->building = uq == IX_BUILDING;
        err = open_one(o, "uni", tb->form, f->number, &u->db);
        tb->nuni += !err;
    }
    return err;
}

static int open_table(struct opening *o, struct table *tb, const struct form *form)
{
    struct node *n;
    int err = meta_get(o->t, o->t->ctx, text_printf(o->t->ctx, "s/form/%s", form->name), &n);
    if (err)
        return err;
    o->node = n;
    tb->form = form;
    tb->ix = talloc_zero_array(o->s, struct ix, form->nfield + 1);
    tb->uni = talloc_zero_array(o->s, struct uni, form->nfield + 1);
    if (form_division(form) && form_path_parse(form, form_division(form), &tb->area))
        return HE_RULE;
    if ((err = open_one(o, "rec", form, 0, &tb->rec)))
        return err;
    int tokens = (int)node_num(n, "tokens", 0), records = (int)node_num(n, "records", 0);
    atomic_init(&tb->tok_ready, tokens == IX_READY);
    if (tokens != IX_NONE)
        err = open_one(o, "tok", form, 0, &tb->tok);
    if (!err && records != IX_NONE)
        err = open_ix(o, tb, NULL, records);
    for (size_t i = 0; i < form->nfield && !err; i++)
        err = open_field(o, tb, &form->field[i]);
    return err;
}

static int open_tables(struct txn *t, void *arg)
{
    struct opening o = {.t = t, .s = t->s};
    int err = 0;
    (void)arg;
    for (size_t i = 0; i < t->s->dict->nform && !err; i++)
        err = open_table(&o, &t->s->table[i], &t->s->dict->form[i]);
    return err;
}

/* Which forms take their division from which. */
static void link_deps(struct store *s, struct table *tb)
{
    if (!tb->area.field || !tb->area.via)
        return;
    struct table *on = store_table(s, tb->area.via->ref);
    for (size_t i = 0; i < tb->nix; i++) {
        if (tb->ix[i].field != tb->area.via)
            continue;
        on->dep = talloc_realloc(s, on->dep, struct dep, on->ndep + 1);
        on->dep[on->ndep++] = (struct dep){tb, &tb->ix[i]};
    }
}

int schema_open(struct store *s, char **problem, void *ctx)
{
    s->table = talloc_zero_array(s, struct table, s->dict->nform + 1);
    int err = writer_once(s, open_tables, NULL);
    if (err)
        return env_fail(ctx, problem, err,
                        err == HE_CORRUPT
                            ? _("数据文件有损坏，请用备份恢复：hutongd --restore 备份目录（%s）")
                            : _("打不开数据文件（%s），请查看日志"),
                        err_name(err));
    for (size_t i = 0; i < s->dict->nform; i++)
        link_deps(s, &s->table[i]);
    for (size_t i = 0; i < s->dict->nform && !err; i++)
        for (size_t k = 0; k < s->table[i].nuni && !err; k++)
            if (s->table[i].uni[k].building)
                err = unique_build(s, &s->table[i], &s->table[i].uni[k], problem, ctx);
    return err;
}

static void close_db(DB *db)
{
    if (db)
        db->close(db, 0);
}

void schema_close(struct store *s)
{
    for (size_t i = 0; s->table && i < s->dict->nform; i++) {
        struct table *tb = &s->table[i];
        close_db(tb->rec);
        close_db(tb->tok);
        for (size_t k = 0; k < tb->nix; k++)
            close_db(tb->ix[k].db);
        for (size_t k = 0; k < tb->nuni; k++)
            close_db(tb->uni[k].db);
    }
    s->table = NULL;
}

/* --- states --- */

/* Writes that an index (slot "ix") or unique key ("uq") holds all records. */
int schema_ready(struct txn *t, const struct form *form, int what, const char *slot)
{
    const char *key = text_printf(t->ctx, "s/form/%s", form->name);
    struct node *n;
    int err = meta_get(t, t->ctx, key, &n);
    if (err)
        return err;
    if (what == WHAT_TOKENS)
        node_int(n, "tokens", IX_READY);
    else if (what == 0)
        node_int(n, "records", IX_READY);
    for (size_t i = 0; i < form->nfield && what > 0; i++)
        if (form->field[i].number == what)
            node_int(base_unconst(node_get(node_get(n, "fields"), form->field[i].name)), slot,
                     IX_READY);
    return meta_put(t, key, n);
}

static int build_job(struct txn *t, const struct form *form, int what)
{
    struct job j = {.kind = "store.index", .owner = "", .state = JOB_WAITING};
    uint64_t next;
    int err = job_active(t, j.kind, form->number, what);
    if (err <= 0 && err != HE_NOTFOUND)
        return err;
    j.param = node_map(t->ctx);
    node_int(j.param, "form", form->number);
    node_int(j.param, "what", what);
    node_str(j.param, "name", form->name);
    if ((err = count_get(t, form->number, &next, &j.total)))
        return err;
    log_info("index", "form=%s what=%d records=%llu", form->name, what,
             (unsigned long long)j.total);
    return txn_job_new(t, &j);
}

/* A job for every index that is not ready and has none. */
int schema_jobs(struct txn *t, void *arg)
{
    int err = 0;
    (void)arg;
    for (size_t i = 0; i < t->s->dict->nform && !err; i++) {
        struct table *tb = &t->s->table[i];
        if (tb->tok && !atomic_load(&tb->tok_ready))
            err = build_job(t, tb->form, WHAT_TOKENS);
        for (size_t k = 0; k < tb->nix && !err; k++)
            if (!atomic_load(&tb->ix[k].ready))
                err = build_job(t, tb->form, tb->ix[k].field ? tb->ix[k].field->number : 0);
    }
    return err;
}
