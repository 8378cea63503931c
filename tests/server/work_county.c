/* Divisions, users and posts: what may be and what moves (domain.md 3.3, 4, decision 12). */
#include "server/county_box.h"

static const char *field_of_id(struct box *b, const char *form, uint64_t id, const char *field);

struct get {
    struct box *b;
    const struct form *form;
    uint64_t id;
    struct rec *rec;
};

static int get_fn(struct txn *txn, void *arg)
{
    struct get *g = arg;

    return txn_get(txn, g->b->ctx, g->form, g->id, &g->rec);
}

static const char *field_of_id(struct box *b, const char *form, uint64_t id, const char *field)
{
    struct get g = {b, dict_form(b->dict, form), id, NULL};

    cr_assert_eq(store_read(b->store, get_fn, &g), 0);
    return rec_get(g.rec, field) ? rec_get(g.rec, field) : "";
}

Test(county, names)
{
    static const struct {
        const char *name, *scope, *code;
        int err;
    } cases[] = {
        {"幸福一村居委会", NULL, VILLAGE_A, 0},
        {"幸福一村", NULL, VILLAGE_A, 0},
        {"幸福一村居民委员会", NULL, VILLAGE_A, 0},
        {"汇龙镇幸福一村", NULL, VILLAGE_A, 0},
        {"启东市汇龙镇幸福二村居委会", NULL, VILLAGE_B, 0},
        {" 永兴村 ", NULL, VILLAGE_C, 0},
        {"永兴村村委会", NULL, VILLAGE_C, 0},
        {"永兴", TOWN_2, VILLAGE_C, 0},
        {"永兴村", TOWN_1, "", HE_NOTFOUND},
        {"幸福", NULL, "", HE_NOTFOUND},
        {"南阳镇", NULL, TOWN_2, 0},
    };
    struct box b;
    struct node *out;

    box_new(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        char code[13] = "";
        int err = area_by_name(b.county, cases[i].name, cases[i].scope, code);

        cr_assert_eq(err, cases[i].err, "%s: %s", cases[i].name, err_name(err));
        if (!err)
            cr_assert_str_eq(code, cases[i].code, "%s", cases[i].name);
    }
    cr_assert_str_eq(area_title(b.ctx, b.county, VILLAGE_A), "汇龙镇 幸福一村居委会");
    cr_assert_str_eq(area_title(b.ctx, b.county, TOWN_2), "南阳镇");
    cr_assert_str_eq(area_title(b.ctx, b.county, "999999999999"), "999999999999");
    area_list(b.ctx, b.county, COUNTY, NULL, 10, out = node_map(b.ctx));
    cr_assert_eq(node_get(out, "rows")->n, 2);
    area_list(b.ctx, b.county, "", "xfyc", 10, out = node_map(b.ctx));
    cr_assert_str_eq(node_text(node_first(node_get(out, "rows")), "code"), VILLAGE_A);
    box_free(&b);
}

/* What is wrong in a file, and that nothing of it is then done. */
Test(county, bad_divisions)
{
    static const struct {
        const char *code, *name, *action, *target;
        int err; /* at once, or 0: found by the job */
    } cases[] = {
        {"12345", "某村", "", "", HE_RULE},
        {VILLAGE_A, "", "", "", HE_RULE},
        {VILLAGE_A, "某村", "删除", "", HE_RULE},
        {VILLAGE_A, "某村", "并入", "", HE_RULE},
        {VILLAGE_A, "某村", "并入", VILLAGE_A, HE_RULE},
        {VILLAGE_A, "某村", "", VILLAGE_B, HE_RULE},
        {"320681100099", "某村", "改名", "", 0},
        {"320681109001", "某村", "", "", 0},
        {VILLAGE_A, "", "并入", "320681100099", 0},
        {VILLAGE_A, "", "并入", TOWN_2, 0},
        {VILLAGE_A, "", "撤销", "", 0}, /* a child is there */
    };
    struct box b;

    box_new(&b);
    box_put(&b, NULL, "child", 0, "name=王小雨|village=" VILLAGE_A "|state=3");
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct node *rows = node_list(b.ctx), *result;
        int err;

        ROW(rows, "code", VILLAGE_B, "name", "不该改名");
        ROW(rows, "code", cases[i].code, "name", cases[i].name, "action", cases[i].action, "target",
            cases[i].target);
        err = box_divisions(&b, "sys", rows, &result);
        cr_assert_eq(err, cases[i].err, "case %zu: %s", i, err_name(err));
        cr_assert(err ? node_text(result, "text") != NULL : node_get(result, "problems")->n == 1,
                  "case %zu: %s", i, node_json(b.ctx, result));
        cr_assert_str_eq(area_find(b.county, VILLAGE_B)->name, "幸福二村居委会");
    }
    cr_assert_eq(box_user(&b, "dir", "director", VILLAGE_A, 0, false), 0);
    cr_assert_eq(box_divisions(&b, "dir", node_list(b.ctx), &(struct node *){NULL}), HE_DENIED);
    box_free(&b);
}

Test(county, merge_divisions)
{
    const char *successor;
    struct node *rows, *result;
    uint64_t child, other, person, pending, done, post;
    struct box b;

    box_new(&b);
    cr_assert_eq(box_user(&b, "dir", "director", VILLAGE_A, 0, false), 0);
    child = box_put(&b, NULL, "child", 0, "name=王小雨|village=" VILLAGE_A "|state=3");
    other = box_put(&b, NULL, "child", 0, "name=李明|village=" VILLAGE_C "|state=3");
    person = box_put(&b, NULL, "person", 0, "name=王强|village=" VILLAGE_A);
    pending = box_put(&b, NULL, "change", 0, "kind=2|child=1|state=1|village=" VILLAGE_A);
    done = box_put(&b, NULL, "change", 0, "kind=2|child=1|state=4|village=" VILLAGE_A);
    rows = node_list(b.ctx);
    ROW(rows, "code", VILLAGE_A, "action", "并入", "target", VILLAGE_B);
    ROW(rows, "code", VILLAGE_C, "name", "永兴新村");
    ROW(rows, "code", "320681100003", "name", "东洲新村居委会");
    cr_assert_eq(box_divisions(&b, "sys", rows, &result), 0);
    cr_assert(node_num(result, "merged", 0) == 1 && node_num(result, "renamed", 0) == 1 &&
                  node_num(result, "added", 0) == 1,
              "%s", node_json(b.ctx, result));
    cr_assert_str_eq(field_of_id(&b, "child", child, "village"), VILLAGE_B);
    cr_assert_str_eq(field_of_id(&b, "child", other, "village"), VILLAGE_C);
    cr_assert_str_eq(field_of_id(&b, "person", person, "village"), VILLAGE_B);
    cr_assert_str_eq(field_of_id(&b, "change", pending, "village"), VILLAGE_B);
    cr_assert_str_eq(field_of_id(&b, "change", done, "village"), VILLAGE_A);
    post = 3; /* behind those of sec and sys */
    cr_assert_str_eq(field_of_id(&b, "post", post, "area"), VILLAGE_B);
    cr_assert_eq(area_check(b.county, VILLAGE_A, b.today, &successor), HE_RULE);
    cr_assert_str_eq(successor, VILLAGE_B);
    cr_assert_eq(area_check(b.county, VILLAGE_A, (struct date){2026, 3, 9}, &successor), 0);
    cr_assert_str_eq(area_find(b.county, VILLAGE_C)->name, "永兴新村");
    cr_assert_str_eq(area_find(b.county, "320681100003")->name, "东洲新村居委会");
    /* The same file again changes nothing. */
    cr_assert_eq(box_divisions(&b, "sys", rows, &result), 0);
    cr_assert_eq(node_num(result, "unchanged", 0), 3, "%s", node_json(b.ctx, result));
    /* A restart reads what was stored. */
    store_close(&b.store);
    b.store = NULL;
    box_open(&b);
    cr_assert_str_eq(area_find(b.county, VILLAGE_A)->successor, VILLAGE_B);
    box_free(&b);
}

static int user_set_fn(struct call *c)
{
    return user_set(c->txn, c->ctx, c->b->county, c->actor, c->body, c->out);
}

static int post_end_fn(struct call *c)
{
    return post_end(c->txn, c->ctx, c->b->county, c->actor, c->body, c->out);
}

static int nothing_fn(struct call *c)
{
    (void)c;
    return 0;
}

static int bind_fn(struct call *c)
{
    return user_bind(c->txn, c->ctx, c->b->county, c->actor, c->uid);
}

static int list_fn(struct call *c)
{
    return user_list(c->txn, c->ctx, c->b->county, c->actor, c->body, c->out);
}

Test(county, posts)
{
    static const struct {
        const char *login, *role, *area;
        bool again;
        int err;
    } cases[] = {
        {"dir", "director", VILLAGE_A, false, 0},
        {"dir", "director", VILLAGE_B, false, HE_EXISTS}, /* the login is taken */
        {"Dir", "director", VILLAGE_A, false, HE_RULE},
        {"dir2", "director", TOWN_1, false, HE_RULE}, /* level */
        {"dir2", "director", "320681100099", false, HE_RULE},
        {"dir2", "director", "", false, HE_RULE},
        {"dir2", "nobody", VILLAGE_A, false, HE_RULE},
        {"dir2", "education", "", false, HE_RULE},     /* no school */
        {"dir", "director", VILLAGE_A, true, HE_RULE}, /* the same once more */
        {"dir", "director", VILLAGE_B, true, 0},
        {"dir", "supervisor", VILLAGE_B, true, HE_RULE},
        {"dir", "security_admin", "", true, HE_RULE}, /* exclusive */
        {"sys", "audit_admin", "", true, HE_RULE},
        {"sys", "director", VILLAGE_A, true, HE_RULE},
        {"sys", "system_admin", COUNTY, true, HE_RULE},
        {"sec", "director", VILLAGE_A, true, HE_DENIED}, /* oneself */
        {"none", "director", VILLAGE_A, true, HE_NOTFOUND},
    };
    struct box b;

    box_new(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        int err = box_user(&b, cases[i].login, cases[i].role, cases[i].area, 0, cases[i].again);

        cr_assert_eq(err, cases[i].err, "case %zu: %s", i, err_name(err));
    }
    box_free(&b);
}

static struct node *body_of(struct box *b, const char *login)
{
    struct node *body = node_map(b->ctx);

    node_str(body, "login", login);
    return body;
}

/* Whether a login with that uid is let in. */
static int sign_in(struct box *b, const char *login, uint64_t uid)
{
    struct call c = {.b = b, .login = login, .uid = uid, .fn = nothing_fn};

    return call_read(&c);
}

Test(county, users)
{
    struct box b;
    struct call c;
    struct node *body;

    box_new(&b);
    cr_assert_eq(box_user(&b, "dir", "director", VILLAGE_A, 0, false), 0);
    cr_assert_eq(sign_in(&b, "dir", 2001), 0);
    c = (struct call){.b = &b, .login = "dir", .uid = 2001, .fn = bind_fn};
    cr_assert_eq(call_write(&c), 0);
    cr_assert_eq(sign_in(&b, "dir", 2001), 0);
    cr_assert_eq(sign_in(&b, "dir", 2002), HE_DENIED, "a reused login");
    cr_assert_eq(sign_in(&b, "dir", ACTOR_ANY_UID), 0);
    cr_assert_eq(sign_in(&b, "nobody", 2001), HE_DENIED);

    node_bool(body = body_of(&b, "dir"), "forget_uid", true);
    c = (struct call){.b = &b, .login = "sec", .fn = user_set_fn, .body = body};
    cr_assert_eq(call_write(&c), 0);
    cr_assert_eq(sign_in(&b, "dir", 2002), 0);
    node_bool(body = body_of(&b, "dir"), "disabled", true);
    c.body = body;
    cr_assert_eq(call_write(&c), 0);
    cr_assert_eq(sign_in(&b, "dir", 2002), HE_DENIED);
    node_bool(body, "disabled", false);
    node_str(body, "until", "2026-03-10");
    cr_assert_eq(call_write(&c), 0);
    cr_assert_eq(sign_in(&b, "dir", 2002), 0);
    b.today.d = 11;
    cr_assert_eq(sign_in(&b, "dir", 2002), HE_DENIED, "expired");
    b.today.d = 10;

    c.body = body_of(&b, "sec");
    cr_assert_eq(call_write(&c), HE_DENIED, "oneself");
    c.login = "dir";
    cr_assert_eq(call_write(&c), HE_DENIED, "without the right");

    c = (struct call){.b = &b, .login = "sys", .fn = list_fn, .body = body_of(&b, "dir")};
    cr_assert_eq(call_read(&c), 0);
    const struct node *row = node_first(node_get(c.out, "rows"));
    const struct node *post = node_first(node_get(row, "posts"));
    cr_assert_str_eq(node_text(post, "title"), "汇龙镇 幸福一村居委会");

    body = node_map(b.ctx);
    node_int(body, "post", node_num(post, "id", 0));
    c = (struct call){.b = &b, .login = "sec", .fn = post_end_fn, .body = body};
    cr_assert_eq(call_write(&c), 0);
    cr_assert_eq(sign_in(&b, "dir", 2002), HE_DENIED, "no post");
    cr_assert_eq(call_write(&c), HE_RULE, "ended already");
    node_int(body, "post", 1);
    cr_assert_eq(call_write(&c), HE_DENIED, "one's own post");
    box_free(&b);
}
