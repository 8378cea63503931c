/* What the tests of room work share: a county of 启东 with the shipped forms and a few users. */
#ifndef HUTONG_TEST_WORK_BOX_H
#define HUTONG_TEST_WORK_BOX_H

#include <criterion/criterion.h>
#include <string.h>
#include <stdlib.h>
#include <talloc.h>

#include "base/err.h"
#include "base/io.h"
#include "base/text.h"
#include "rec/check.h"
#include "unit/tmpdir.h"
#include "work/save.h"

#define VILLAGE_A "320681100001" /* director gao */
#define VILLAGE_B "320681100002" /* director hu */
#define VILLAGE_C "320681101200" /* of another township, nobody's */

struct box {
    void *ctx;
    struct dict *dict;
    struct roles *roles;
    struct store *store;
    struct county *county;
    const struct form *child, *person, *change;
    struct date today;
    char *problem;
};

static const struct store_who box_who = {"init", 0, "test", "test", NULL, "test", {2026, 11, 22}};

/* "name=王小雨|sex=2"; "-" stands for nil. */
static inline struct node *box_pairs(void *ctx, const char *pairs)
{
    struct node *out = node_map(ctx);
    char *copy = talloc_strdup(ctx, pairs), *save = NULL;

    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *eq = strchr(p, '=');
        *eq = '\0';
        node_str(out, p, strcmp(eq + 1, "-") ? eq + 1 : NULL);
    }
    return out;
}

static inline uint64_t box_put(struct txn *t, void *ctx, const struct form *form, const char *pairs)
{
    struct rec *rec = rec_new(ctx, form);
    struct node *v = box_pairs(ctx, pairs);

    for (const struct node *n = node_first(v); n; n = n->next)
        rec_set(rec, n->key, n->str);
    cr_assert_eq(txn_put(t, &box_who, NULL, rec, NULL, NULL), 0);
    return rec->id;
}

static inline void box_user(struct txn *t, struct box *b, const char *login, const char *name,
                            const char *role, const char *area)
{
    uint64_t id = box_put(
        t, b->ctx, dict_form(b->dict, "user"),
        text_printf(b->ctx, "login=%s|name=%s|state=1|phone=0513%s", login, name, area + 4));

    box_put(t, b->ctx, dict_form(b->dict, "post"),
            text_printf(b->ctx, "user=%llu|role=%s|area=%s", (unsigned long long)id, role, area));
}

struct box_more {
    struct box *b;
    const char *login, *role, *area;
};

static inline int box_post_fn(struct txn *t, void *arg)
{
    const struct box_more *m = arg;
    uint64_t id;

    cr_assert_eq(txn_unique(t, form_field(dict_form(m->b->dict, "user"), "login"), m->login, &id),
                 0);
    box_put(t, m->b->ctx, dict_form(m->b->dict, "post"),
            text_printf(m->b->ctx, "user=%llu|role=%s|area=%s|acting=1", (unsigned long long)id,
                        m->role, m->area));
    return 0;
}

/* A further post of a user: who stands in. */
static inline void box_post(struct box *b, const char *login, const char *role, const char *area)
{
    struct box_more m = {b, login, role, area};

    cr_assert_eq(store_write(b->store, b->ctx, NULL, box_post_fn, &m, NULL), 0);
}

static inline int box_fill(struct txn *t, void *arg)
{
    struct box *b = arg;
    const struct form *division = dict_form(b->dict, "division");
    char *text, *save = NULL;
    size_t len;

    cr_assert_eq(io_read_file(b->ctx, SRCDIR "/tests/data/320681-qidong.csv", 1 << 20, &text, &len),
                 0);
    for (char *line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save))
        if (*line >= '0' && *line <= '9')
            box_put(t, b->ctx, division,
                    text_printf(b->ctx, "code=%.12s|name=%s", line, line + 13));
    box_user(t, b, "gao", "高主任", "director", VILLAGE_A);
    box_user(t, b, "hu", "胡主任", "director", VILLAGE_B);
    box_user(t, b, "sun", "孙督导", "supervisor", "320681100000");
    box_user(t, b, "xu", "许股长", "county_clerk", "320681000000");
    box_user(t, b, "kong", "孔专管", "named_keeper", "320681000000");
    return 0;
}

static inline void box_new(struct box *b)
{
    static const char *rural[] = {"121", "122", "210", "220", NULL};
    struct county_conf conf = {.outing_months = 3,
                               .divorced_counts_absent = true,
                               .short_home_days = 30,
                               .rural_classes = rural,
                               .review_to_county = true};
    struct conf_errors *errs;
    struct store_conf store = {.low_disk_bytes = 1 << 20, .cache_bytes = 16 << 20};

    memset(b, 0, sizeof *b);
    b->ctx = talloc_new(NULL);
    b->today = (struct date){2026, 11, 22};
    errs = conf_errors_new(b->ctx);
    b->dict = rec_load_dict(b->ctx, SRCDIR "/forms", errs);
    if (b->dict)
        b->roles = roles_load(b->ctx, SRCDIR "/conf/roles.conf", b->dict, errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert_not_null(b->roles);
    store.dir = text_printf(b->ctx, "%s/data", tmpdir_new(b->ctx));
    cr_assert_eq(store_init(&store, b->dict, &b->problem), 0, "%s", b->problem);
    cr_assert_eq(store_open(b->ctx, &store, b->dict, &b->store, &b->problem), 0, "%s", b->problem);
    cr_assert_eq(store_write(b->store, b->ctx, NULL, box_fill, b, NULL), 0);
    b->county = county_open(b->ctx, b->store, b->dict, b->roles, &conf, errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert_not_null(b->county);
    b->child = dict_form(b->dict, "child");
    b->person = dict_form(b->dict, "person");
    b->change = dict_form(b->dict, "change");
}

static inline void box_free(struct box *b)
{
    store_close(&b->store);
    talloc_free(b->ctx);
}

/* --- somebody does something in one transaction --- */

typedef int (*box_fn)(struct txn *, struct box *, const struct actor *, void *arg);

struct box_call {
    struct box *b;
    const char *login;
    box_fn fn;
    void *arg;
};

static inline int box_call_run(struct txn *t, void *arg)
{
    struct box_call *c = arg;
    const char *text = NULL;
    struct actor *actor;
    int err =
        actor_load(t, c->b->ctx, c->b->county, c->login, ACTOR_ANY_UID, c->b->today, &actor, &text);

    cr_assert_eq(err, 0, "%s: %s", c->login, text);
    actor->who.op = "test";
    actor->who.from = "test";
    return c->fn(t, c->b, actor, c->arg);
}

static inline int box_do(struct box *b, const char *login, box_fn fn, void *arg)
{
    struct box_call c = {b, login, fn, arg};

    return store_write(b->store, b->ctx, NULL, box_call_run, &c, NULL);
}

static inline int box_look(struct box *b, const char *login, box_fn fn, void *arg)
{
    struct box_call c = {b, login, fn, arg};

    return store_read(b->store, box_call_run, &c);
}

static inline int box_save_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    return work_save(t, b->ctx, b->county, a, arg);
}

/* Saves values given as pairs; s keeps what came of it. */
static inline int box_save(struct box *b, const char *login, struct save *s, const char *pairs)
{
    s->form = s->form ? s->form : b->child;
    s->value = box_pairs(b->ctx, pairs);
    s->source = s->source ? s->source : "form";
    return box_do(b, login, box_save_fn, s);
}

struct box_get {
    void *ctx;
    const struct form *form;
    uint64_t id;
    struct rec *rec;
};

static inline int box_get_fn(struct txn *t, void *arg)
{
    struct box_get *g = arg;

    return txn_get(t, g->ctx, g->form, g->id, &g->rec);
}

static inline struct rec *box_get(struct box *b, const struct form *form, uint64_t id)
{
    struct box_get g = {b->ctx, form, id, NULL};

    cr_assert_eq(store_read(b->store, box_get_fn, &g), 0, "%s %llu", form->name,
                 (unsigned long long)id);
    return g.rec;
}

/* "" for an empty field. */
static inline const char *box_val(struct box *b, const struct form *form, uint64_t id,
                                  const char *field)
{
    const char *v = rec_get(box_get(b, form, id), field);

    return v ? v : "";
}

static inline const struct finding *box_finding(const struct save *s, const char *code)
{
    for (size_t i = 0; s->findings && i < s->findings->n; i++)
        if (!strcmp(s->findings->f[i].code, code))
            return &s->findings->f[i];
    return NULL;
}

static inline void box_log(const struct save *s)
{
    for (size_t i = 0; s->findings && i < s->findings->n; i++)
        cr_log_info("%c %s %s: %s", s->findings->f[i].level, s->findings->f[i].field,
                    s->findings->f[i].code, s->findings->f[i].text);
}

#endif
