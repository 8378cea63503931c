/*
 * The dictionary against what the store knows of it. Each form has a node in the meta tree:
 *
 *   s/form/NAME {number, next, area, tokens, search, records, fields: {NAME: {n, type, usual, ix, uq}}}
 *
 * number, n: given once and never reused (next: the next free one). ix, uq, tokens, records: state
 * of the index of a field, of its unique key, of the search tokens, of the index by division and
 * id. What no longer fits the dictionary is thrown away here and built anew by a job.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/text.h"
#include "store/store_int.h"

#define FORM_KEY "s/form/"

struct sync {
    struct txn *t;
    struct schema_ask *ask;
    const struct form *form;
    const struct node *was; /* NULL: a new form */
    struct node *now;
    int number, next;
    uint64_t records;
    bool area_changed;
};

static int drop_file(struct sync *y, const char *kind, int what)
{
    char name[40];
    schema_name(name, kind, y->number, what);
    int ret = y->t->s->env->dbremove(y->t->s->env, y->t->db, name, NULL, 0);
    return ret == ENOENT ? 0 : kv_err(y->t, ret, "dbremove");
}

/* The state that an index has from now on. */
static int next_state(struct sync *y, const char *kind, int what, bool want, int was, bool changed,
                      int *state)
{
    *state = !want ? IX_NONE : y->records ? IX_BUILDING : IX_READY;
    if (was == IX_NONE)
        return 0;
    if (want && !changed) {
        *state = was;
        return 0;
    }
    return drop_file(y, kind, what);
}

static int sync_field(struct sync *y, const struct form_field *f, struct node *fields)
{
    const struct node *olds = node_get(y->was, "fields"), *old = node_get(olds, f->name);
    int ix, uq, err;
    if (!old && f->was)
        old = node_get(olds, f->was);
    int n = (int)node_num(old, "n", 0);
    if (!n)
        n = y->next++;
    const char *type = node_text_or(old, "type", f->type->name), *area = form_division(y->form);
    bool changed = strcmp(type, f->type->name) != 0 || !rec_same(node_text(old, "usual"), f->usual);
    bool division = area && strcmp(area, f->name) == 0; /* served by the index by division and id */
    if ((err = next_state(y, "ix", n, (f->index || f->ref_name) && !division,
                          (int)node_num(old, "ix", 0), changed || (y->area_changed && !f->ref),
                          &ix)) ||
        (err = next_state(y, "uni", n, f->unique, (int)node_num(old, "uq", 0), false, &uq)))
        return err;
    struct node *m = node_add_map(fields, f->name);
    node_int(m, "n", n);
    node_str(m, "type", f->type->name);
    if (f->usual)
        node_str(m, "usual", f->usual);
    node_int(m, "ix", ix);
    node_int(m, "uq", uq);
    return 0;
}

/* --- fields that the dictionary no longer has --- */

struct used {
    uint64_t number, n;
    const struct table *table;
};

static int used_one(struct txn *t, const struct key *k, void *arg)
{
    struct used *u = arg;
    struct stored st;
    size_t n = 0, len;
    uint64_t number;
    const char *v;
    void *ctx = talloc_new(t->ctx);
    int err = rec_load(t, ctx, u->table, key_get(k->b, 8), &st);
    if (!err && st.kind == 'R') {
        struct unpack p = {st.raw + 5, st.raw + st.raw_len};
        for (err = unpack_map(&p, &n); !err && n > 0; n--)
            if (!(err = unpack_uint(&p, &number)) && !(err = unpack_str(&p, &v, &len)))
                u->n += number == u->number;
    }
    talloc_free(ctx);
    return err;
}

static int field_used(struct sync *y, int number, uint64_t *n)
{
    struct table table = {.form = y->form};
    struct used u = {.number = (uint64_t)number, .table = &table};
    struct key all = {0};
    struct txn reader;
    char name[40];
    schema_name(name, "rec", y->number, 0);
    int ret = env_db(y->t->s->env, NULL, name, 0, &table.rec);
    *n = 0;
    if (ret)
        return ret == ENOENT ? 0 : kv_err(y->t, ret, "open");
    txn_reader(&reader, y->t->s, talloc_new(y->t->ctx));
    int err = blob_each(&reader, table.rec, &all, NULL, false, used_one, &u);
    talloc_free(reader.ctx);
    table.rec->close(table.rec, 0);
    *n = u.n;
    return err;
}

static bool still_there(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->nfield; i++)
        if (strcmp(form->field[i].name, name) == 0 ||
            (form->field[i].was && strcmp(form->field[i].was, name) == 0))
            return true;
    return false;
}

static int sync_dropped(struct sync *y)
{
    int err = 0;
    for (const struct node *e = node_first(node_get(y->was, "fields")); e && !err; e = e->next) {
        uint64_t n = 0;
        int number = (int)node_num(e, "n", 0);
        if (still_there(y->form, e->key))
            continue;
        if ((err = field_used(y, number, &n)))
            break;
        if (n)
            err = env_fail(y->ask->ctx, y->ask->problem, HE_RULE,
                           "表单 %s 里少了字段 %s，但已有 %llu 条记录填过它。"
                           "不再使用的字段请写 retired 保留，改了名字的请写 was，不能直接删除",
                           y->form->name, e->key, (unsigned long long)n);
        if (!err && node_num(e, "ix", 0))
            err = drop_file(y, "ix", number);
        if (!err && node_num(e, "uq", 0))
            err = drop_file(y, "uni", number);
    }
    return err;
}

/* --- a form --- */

/* Which fields make tokens and how: a change of it makes them anew. */
static char *search_text(struct sync *y, const struct node *fields)
{
    char *s = talloc_strdup(y->t->ctx, "");
    for (size_t i = 0; i < y->form->nfield; i++) {
        const struct form_field *f = &y->form->field[i];
        if (f->search != SEARCH_NONE)
            s = talloc_asprintf_append(s, "%d:%d%s ",
                                       (int)node_num(node_get(fields, f->name), "n", 0),
                                       (int)f->search, f->unique ? "u" : "");
    }
    return s;
}

static int sync_indexes(struct sync *y, const struct node *fields)
{
    const char *search = search_text(y, fields), *old = node_text_or(y->was, "search", "");
    int state, err;
    if ((err = next_state(y, "tok", 0, *search, (int)node_num(y->was, "tokens", 0),
                          strcmp(search, old) != 0, &state)))
        return err;
    node_int(y->now, "tokens", state);
    node_str(y->now, "search", search);
    if ((err = next_state(y, "ix", 0, form_division(y->form), (int)node_num(y->was, "records", 0),
                          y->area_changed, &state)))
        return err;
    node_int(y->now, "records", state);
    return 0;
}

static int sync_form(struct sync *y, int *next_form)
{
    const char *key = text_printf(y->t->ctx, FORM_KEY "%s", y->form->name);
    struct node *was = NULL;
    uint64_t next_id;
    int err = meta_get(y->t, y->t->ctx, key, &was);
    if (err && err != HE_NOTFOUND)
        return err;
    y->was = was;
    y->number = was ? (int)node_num(was, "number", 0) : (*next_form)++;
    y->next = (int)node_num(was, "next", 1);
    const char *area = form_division(y->form);
    y->area_changed = was && strcmp(node_text_or(was, "area", ""), area ? area : "") != 0;
    if ((err = count_get(y->t, y->number, &next_id, &y->records)))
        return err;
    y->now = node_map(y->t->ctx);
    struct node *fields = node_add_map(y->now, "fields");
    for (size_t i = 0; i < y->form->nfield && !err; i++)
        err = sync_field(y, &y->form->field[i], fields);
    if (err || (err = sync_indexes(y, fields)) || (err = sync_dropped(y)))
        return err;
    node_int(y->now, "number", y->number);
    node_int(y->now, "next", y->next);
    node_str(y->now, "area", area);
    return meta_put(y->t, key, y->now);
}

/* A form file taken away while it has records. */
static int form_gone(struct txn *t, const struct key *k, void *arg)
{
    struct schema_ask *ask = arg;
    char *name =
        talloc_strndup(t->ctx, (const char *)k->b + strlen(FORM_KEY), k->len - strlen(FORM_KEY));
    struct node *was;
    uint64_t next, n = 0;
    int err;
    if (dict_form(t->s->dict, name))
        return 0;
    if ((err = blob_get_node(t, t->ctx, t->s->sys[SYS_META], k, &was)) ||
        (err = count_get(t, (int)node_num(was, "number", 0), &next, &n)))
        return err;
    if (n == 0)
        return 0;
    return env_fail(ask->ctx, ask->problem, HE_RULE,
                    "表单 %s 的文件不见了，但已有 %llu 条记录。请放回 %s.form 再启动", name,
                    (unsigned long long)n, name);
}

int schema_sync(struct txn *t, void *arg)
{
    struct key from = {0}, to;
    struct node *head = NULL;
    int err = meta_get(t, t->ctx, "s/schema", &head);
    if (err && err != HE_NOTFOUND)
        return err;
    int next_form = (int)node_num(head, "next_form", 1);
    key_text(&from, FORM_KEY);
    to = from;
    key_next(&to);
    err = blob_each(t, t->s->sys[SYS_META], &from, &to, false, form_gone, arg);
    for (size_t i = 0; i < t->s->dict->nform && !err; i++) {
        struct sync y = {.t = t, .ask = arg, .form = &t->s->dict->form[i]};
        err = sync_form(&y, &next_form);
    }
    if (err)
        return err;
    head = node_map(t->ctx);
    node_int(head, "next_form", next_form);
    node_str(head, "digest", t->s->dict->digest);
    return meta_put(t, "s/schema", head);
}
