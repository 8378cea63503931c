/* What the tests of room work share: a county with the shipped forms and roles in a directory of its
 * own, three villages of two townships, and calls as one user or another. */
#ifndef HUTONG_TEST_COUNTY_BOX_H
#define HUTONG_TEST_COUNTY_BOX_H

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "unit/tmpdir.h"
#include "work/admin.h"
#include "work/list.h"
#include "work/save.h"

#define COUNTY    "320681000000"
#define TOWN_1    "320681100000"
#define TOWN_2    "320681101000"
#define VILLAGE_A "320681100001"
#define VILLAGE_B "320681100002"
#define VILLAGE_C "320681101200"

struct box {
    void *ctx;
    char *dir;
    struct dict *dict;
    struct roles *roles;
    struct store *store;
    struct county *county;
    struct date today;
};

/* One request: who asks, what is done, what came of it. */
struct call {
    struct box *b;
    const char *login;
    uint64_t uid;
    int (*fn)(struct call *);
    struct txn *txn;
    void *ctx; /* of this run */
    struct actor *actor;
    const char *refused; /* sentence of actor_load */
    struct node *out;
    char *problem;
    /* arguments */
    struct list_ask ask;
    const char *text;
    const char **by;
    const char *right;
    const struct node *body;
    const struct form *form;
    uint64_t id;
};

static inline int call_run(struct txn *txn, void *arg)
{
    struct call *c = arg;
    int err = 0;

    c->txn = txn;
    c->ctx = talloc_new(c->b->ctx);
    c->out = node_map(c->b->ctx);
    c->problem = NULL;
    if (c->login)
        err = actor_load(txn, c->ctx, c->b->county, c->login, c->uid ? c->uid : ACTOR_ANY_UID,
                         c->b->today, &c->actor, &c->refused);
    return err ? err : c->fn(c);
}

static inline int call_read(struct call *c)
{
    return store_read(c->b->store, call_run, c);
}

static inline int call_write(struct call *c)
{
    return store_write(c->b->store, c->b->ctx, NULL, call_run, c, NULL);
}

static inline struct store_who box_who(const struct box *b)
{
    return (struct store_who){.user = "init", .from = "", .op = "init", .today = b->today};
}

/* "name=王小雨|village=…" */
static inline struct rec *box_rec(void *ctx, const struct form *form, const char *pairs)
{
    struct rec *rec = rec_new(ctx, form);
    char *copy = talloc_strdup(ctx, pairs), *save = NULL;

    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *eq = strchr(p, '=');

        *eq = '\0';
        rec_set(rec, p, eq + 1);
    }
    return rec;
}

static inline int put_fn(struct call *c)
{
    struct store_who who = box_who(c->b);
    struct rec *old = NULL, *rec;
    int err = c->id ? txn_get(c->txn, c->ctx, c->form, c->id, &old) : 0;

    if (err)
        return err;
    rec = box_rec(c->ctx, c->form, c->text);
    if (old) {
        struct rec *set = rec;

        rec = rec_copy(c->ctx, old);
        for (size_t i = 0; i < c->form->nfield; i++)
            if (set->val[i])
                rec_set_at(rec, &c->form->field[i], set->val[i]);
    }
    if (c->login)
        who = c->actor->who;
    err = txn_put(c->txn, &who, old, rec, NULL, NULL);
    c->id = rec->id;
    return err;
}

/* Puts a record past every rule; id 0 a new one. login NULL: nobody. */
static inline uint64_t box_put(struct box *b, const char *login, const char *form, uint64_t id,
                               const char *pairs)
{
    struct call c = {.b = b, .login = login, .fn = put_fn, .id = id, .text = pairs};
    int err;

    c.form = dict_form(b->dict, form);
    err = call_write(&c);
    cr_assert_eq(err, 0, "put %s %s: %s", form, pairs, err_name(err));
    return c.id;
}

static inline struct node *row(struct node *rows, const char *const *kv)
{
    struct node *r = node_add_map(rows, NULL);

    for (; *kv; kv += 2)
        node_str(r, kv[0], kv[1]);
    return r;
}
#define ROW(rows, ...) row(rows, (const char *const[]){__VA_ARGS__, NULL})

static inline int load_fn(struct call *c)
{
    return division_load(c->txn, c->ctx, c->b->county, c->actor, c->body, c->out);
}

/* Loads rows as the login and waits; the job's result. */
static inline int box_divisions(struct box *b, const char *login, struct node *rows,
                                struct node **result);

struct job_ask {
    void *ctx;
    uint64_t id;
    struct job *job;
};

static inline int job_fn(struct txn *txn, void *arg)
{
    struct job_ask *a = arg;

    return txn_job_get(txn, a->ctx, a->id, &a->job);
}

static inline int box_divisions(struct box *b, const char *login, struct node *rows,
                                struct node **result)
{
    struct node *body = node_map(b->ctx);
    struct call c = {.b = b, .login = login, .fn = load_fn, .body = body};
    struct job_ask ask = {.ctx = b->ctx};
    int err;

    node_copy(body, "rows", rows);
    if ((err = call_write(&c))) {
        *result = c.out;
        return err;
    }
    ask.id = (uint64_t)node_num(c.out, "job", 0);
    cr_assert_eq(store_job_wait(b->store, ask.id, 20000), 0);
    cr_assert_eq(store_read(b->store, job_fn, &ask), 0);
    cr_assert_eq(ask.job->state, JOB_DONE, "%s", node_json(b->ctx, ask.job->result));
    *result = ask.job->result;
    return 0;
}

static inline int init_fn(struct call *c)
{
    static const char *const sec[] = {"security_admin", NULL}, *const sys[] = {"system_admin",
                                                                               NULL};
    struct store_who who = box_who(c->b);
    int err = user_init(c->txn, c->ctx, c->b->county, &who, "sec", 1001, "安全员", sec);

    return err ? err : user_init(c->txn, c->ctx, c->b->county, &who, "sys", 1002, "系统员", sys);
}

static inline void box_open(struct box *b)
{
    struct store_conf conf = {.dir = text_printf(b->ctx, "%s/data", b->dir),
                              .cache_bytes = 8 << 20,
                              .low_disk_bytes = 1 << 20};
    static const char *rural[] = {"121", "122", "210", "220", NULL};
    struct county_conf county = {.outing_months = 3,
                                 .divorced_counts_absent = true,
                                 .short_home_days = 30,
                                 .rural_classes = rural,
                                 .review_to_county = true,
                                 .page_max = 200};
    struct conf_errors *errs = conf_errors_new(b->ctx);
    char *problem = NULL;

    b->dict = rec_load_dict(b->ctx, SRCDIR "/forms", errs);
    cr_assert(b->dict != NULL, "%s", errs->n ? errs->text[0] : "");
    b->roles = roles_load(b->ctx, SRCDIR "/conf/roles.conf", b->dict, errs);
    cr_assert(b->roles != NULL, "%s", errs->n ? errs->text[0] : "");
    if (!b->county)
        cr_assert_eq(store_init(&conf, b->dict, &problem), 0, "%s", problem ? problem : "");
    cr_assert_eq(store_open(b->ctx, &conf, b->dict, &b->store, &problem), 0, "%s",
                 problem ? problem : "");
    b->county = county_open(b->ctx, b->store, b->dict, b->roles, &county, errs);
    cr_assert(b->county != NULL, "%s", errs->n ? errs->text[0] : "");
}

static inline void box_new(struct box *b)
{
    struct call init = {.b = b, .fn = init_fn};
    struct node *rows, *result;

    memset(b, 0, sizeof *b);
    b->ctx = talloc_new(NULL);
    b->dir = tmpdir_new(b->ctx);
    b->today = (struct date){2026, 3, 10};
    box_open(b);
    cr_assert_eq(call_write(&init), 0);
    rows = node_list(b->ctx);
    ROW(rows, "code", COUNTY, "name", "启东市");
    ROW(rows, "code", TOWN_1, "name", "汇龙镇");
    ROW(rows, "code", VILLAGE_A, "name", "幸福一村居委会");
    ROW(rows, "code", VILLAGE_B, "name", "幸福二村居委会");
    ROW(rows, "code", TOWN_2, "name", "南阳镇");
    ROW(rows, "code", VILLAGE_C, "name", "永兴村", "urban_rural", "220");
    cr_assert_eq(box_divisions(b, "sys", rows, &result), 0, "%s", node_json(b->ctx, result));
    cr_assert_eq(node_num(result, "added", 0), 6, "%s", node_json(b->ctx, result));
}

static inline void box_free(struct box *b)
{
    store_close(&b->store);
    talloc_free(b->ctx);
}

static inline int user_add_fn(struct call *c)
{
    return user_add(c->txn, c->ctx, c->b->county, c->actor, c->body, c->out);
}

static inline int post_add_fn(struct call *c)
{
    return post_add(c->txn, c->ctx, c->b->county, c->actor, c->body, c->out);
}

/* A user with a first post, or another post of one that is there. */
static inline int box_user(struct box *b, const char *login, const char *role, const char *area,
                           uint64_t school, bool again)
{
    struct node *body = node_map(b->ctx);
    struct call c = {.b = b, .login = "sec", .body = body, .fn = again ? post_add_fn : user_add_fn};

    node_str(body, "login", login);
    node_str(body, "role", role);
    if (*area)
        node_str(body, "division", area);
    if (school)
        node_int(body, "school", (int64_t)school);
    int err = call_write(&c);
    if (err)
        cr_log_info("%s %s: %s", login, role, node_text_or(c.out, "text", err_name(err)));
    return err;
}

/* Ids of rows, in ascending order: "1 3". */
static inline const char *row_ids(void *ctx, const struct node *out)
{
    uint64_t id[256];
    size_t n = 0;
    char *s = talloc_strdup(ctx, "");

    for (const struct node *r = node_first(node_get(out, "rows")); r && n < NELEM(id); r = r->next)
        id[n++] = (uint64_t)node_num(r, "id", 0);
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j && id[j - 1] > id[j]; j--) {
            uint64_t x = id[j];

            id[j] = id[j - 1];
            id[j - 1] = x;
        }
    for (size_t i = 0; i < n; i++)
        s = talloc_asprintf_append(s, "%s%llu", i ? " " : "", (unsigned long long)id[i]);
    return s;
}

#endif
