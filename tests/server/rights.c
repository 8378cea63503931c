/*
 * Who reads what: roles × records inside and outside of their scope × classes of fields × the side ways
 * (filter, order, count, search, history). The expectations below are written by hand from domain.md 4
 * and know nothing of conf/roles.conf: a word too many there fails here.
 */
#include "server/county_box.h"

enum { CHILD_A1 = 1, CHILD_A2, CHILD_B, CHILD_C };
enum { FATHER_AB = 1, FATHER_C, NOBODY };

/* Values that stand in one place only, so that a leak is found by its text. */
#define ID_A1    "320681201603124021"
#define PHONE_AB "13812345678"
#define ILLNESS  "哮喘病史文字"
#define COURT    "矫正文书第7号"
#define PRISON   "判决书第9号"

static void people(struct box *b)
{
    static const struct {
        const char *login, *role, *area;
        int school; /* is the post at the school */
        bool again;
    } users[] = {
        {"dir_a", "director", VILLAGE_A, 0, false},
        {"dir_b", "director", VILLAGE_B, 0, false},
        {"head_a", "village_head", VILLAGE_A, 0, false},
        {"sup", "supervisor", TOWN_1, 0, false},
        {"sup2", "supervisor", TOWN_2, 0, false},
        {"clerk", "county_clerk", COUNTY, 0, false},
        {"leader", "county_leader", COUNTY, 0, false},
        {"keeper", "named_keeper", COUNTY, 0, false},
        {"edu", "education", "", 1, false},
        {"worker", "social_worker", "", 0, false},
        {"health", "health", TOWN_1, 0, false},
        {"aud", "audit_admin", "", 0, false},
        /* Director of A, and the narrow view of health in B's township: one person. */
        {"mixed", "director", VILLAGE_C, 0, false},
        {"mixed", "health", TOWN_1, 0, true},
        /* Director of A who also keeps the restricted items of the county. */
        {"both", "director", VILLAGE_A, 0, false},
        {"both", "named_keeper", COUNTY, 0, true},
    };

    for (size_t i = 0; i < NELEM(users); i++)
        cr_assert_eq(box_user(b, users[i].login, users[i].role, users[i].area,
                              (uint64_t)users[i].school, users[i].again),
                     0, "%s %s", users[i].login, users[i].role);
}

static int user_id_fn(struct call *c)
{
    c->id = c->actor->id;
    return 0;
}

static void records(struct box *b)
{
    struct call c = {.b = b, .login = "worker", .fn = user_id_fn};

    box_put(b, NULL, "school", 0, "name=汇龙小学|kind=2");
    people(b);
    cr_assert_eq(call_read(&c), 0);
    box_put(b, NULL, "person", 0,
            "name=王强|phone=" PHONE_AB "|id_no=320681198001010017|special_doc=" PRISON
            "|out_working=1");
    box_put(b, NULL, "person", 0, "name=赵刚|phone=13900000002");
    box_put(b, NULL, "person", 0, "name=无人识|phone=13700000003");
    box_put(b, NULL, "child", 0,
            text_printf(b->ctx,
                        "name=王小雨|village=" VILLAGE_A "|state=3|id_no=" ID_A1
                        "|birth_date=2016-03-12|child_kinds=10,31|hiv_status=2|health=30"
                        "|medical_history=" ILLNESS "|correction_doc=" COURT
                        "|father=1|school=1|worker=%llu|special_situation=20",
                        (unsigned long long)c.id));
    box_put(b, NULL, "child", 0, "name=李明|village=" VILLAGE_A "|state=3|child_kinds=10");
    box_put(b, NULL, "child", 0,
            "name=王小风|village=" VILLAGE_B "|state=3|child_kinds=10|father=1|health=10");
    box_put(b, NULL, "child", 0,
            "name=赵云|village=" VILLAGE_C "|state=3|child_kinds=10|father=2|school=1");
}

/* --- which records --- */

static const struct {
    const char *login, *children, *persons;
} scopes[] = {
    {"dir_a", "1 2", "1"},        {"dir_b", "3", "1"},          {"head_a", "1 2", "1"},
    {"sup", "1 2 3", "1"},        {"sup2", "4", "2"},           {"clerk", "1 2 3 4", "1 2"},
    {"leader", "1 2 3 4", "1 2"}, {"keeper", "1 2 3 4", "1 2"}, {"edu", "1 4", "1 2"},
    {"worker", "1", "1"},         {"health", "1 2 3", ""}, /* reads the caregiver only */
    {"mixed", "1 2 3 4", "2"},    {"both", "1 2 3 4", "1 2"},
};
static const char *const childless[] = {"sec", "sys", "aud"};

static int list_fn(struct call *c)
{
    c->ask.form = c->form;
    return list_page(c->txn, c->ctx, c->b->county, c->actor, &c->ask, c->out, &c->problem);
}

static int count_fn(struct call *c)
{
    c->ask.form = c->form;
    return list_count(c->txn, c->ctx, c->b->county, c->actor, &c->ask, c->by, c->out, &c->problem);
}

static int find_fn(struct call *c)
{
    c->ask.form = c->form;
    return list_find(c->txn, c->ctx, c->b->county, c->actor, &c->ask, c->text, c->out, &c->problem);
}

static int view_fn(struct call *c)
{
    struct rec *rec;
    int err = txn_get(c->txn, c->ctx, c->form, c->id, &rec);

    return err ? err : rec_view(c->txn, c->ctx, c->b->county, c->actor, rec, c->out);
}

static int history_fn_(struct call *c)
{
    struct rec *rec;
    int err = txn_get(c->txn, c->ctx, c->form, c->id, &rec);

    return err ? err
               : rec_history_view(c->txn, c->ctx, c->b->county, c->actor, rec, NULL, 50, c->out);
}

static int sees_fn(struct call *c)
{
    struct rec *rec;
    int err = txn_get(c->txn, c->ctx, c->form, c->id, &rec);

    return err ? err : actor_sees(c->txn, c->b->county, c->actor, c->right, rec);
}

static struct call call_of(struct box *b, const char *login, const char *form,
                           int (*fn)(struct call *))
{
    return (struct call){.b = b, .login = login, .form = dict_form(b->dict, form), .fn = fn};
}

static bool among(const char *ids, uint64_t id)
{
    return strchr(ids, (char)('0' + id)) != NULL;
}

static void check_scope(struct box *b, const char *login, const char *form, const char *ids,
                        uint64_t last)
{
    struct call c = call_of(b, login, form, list_fn);

    cr_assert_eq(call_read(&c), 0, "%s %s: %s", login, form, c.problem);
    cr_assert_str_eq(row_ids(b->ctx, c.out), ids, "%s lists %s", login, form);
    c.ask.sort = "-name";
    cr_assert_eq(call_read(&c), 0);
    cr_assert_str_eq(row_ids(b->ctx, c.out), ids, "%s lists %s backwards", login, form);
    c = call_of(b, login, form, count_fn);
    cr_assert_eq(call_read(&c), 0);
    cr_assert_eq(node_num(c.out, "total", -1), (int64_t)(strlen(ids) + 1) / 2, "%s counts %s",
                 login, form);
    for (uint64_t id = 1; id <= last + 1; id++) {
        int want = among(ids, id) ? 0 : HE_NOTFOUND;

        c = call_of(b, login, form, view_fn);
        c.id = id;
        cr_assert_eq(call_read(&c), want, "%s opens %s %llu", login, form, (unsigned long long)id);
        if (want)
            cr_assert_eq(node_first(c.out), NULL, "an answer for a record out of reach");
        c.fn = history_fn_;
        cr_assert_eq(call_read(&c), want, "%s history of %s %llu", login, form,
                     (unsigned long long)id);
    }
}

Test(rights, scope)
{
    struct box b;

    box_new(&b);
    records(&b);
    for (size_t i = 0; i < NELEM(scopes); i++) {
        check_scope(&b, scopes[i].login, "child", scopes[i].children, CHILD_C);
        check_scope(&b, scopes[i].login, "person", scopes[i].persons, NOBODY);
    }
    for (size_t i = 0; i < NELEM(childless); i++) {
        struct call c = call_of(&b, childless[i], "child", list_fn);

        cr_assert_eq(call_read(&c), HE_DENIED, "%s", childless[i]);
        c = call_of(&b, childless[i], "person", count_fn);
        cr_assert_eq(call_read(&c), HE_DENIED, "%s", childless[i]);
        c = call_of(&b, childless[i], "child", find_fn);
        c.text = "王";
        cr_assert_eq(call_read(&c), HE_DENIED, "%s", childless[i]);
        c = call_of(&b, childless[i], "child", view_fn);
        c.id = CHILD_A1;
        cr_assert_eq(call_read(&c), HE_NOTFOUND, "%s", childless[i]);
    }
    box_free(&b);
}

/* --- what hangs on children and villages --- */

/* Task, visit and addition 1 of child A1, 2 of village B, 3 of child C. */
static void dependents(struct box *b)
{
    box_put(b, NULL, "task", 0,
            "kind=6|what=事项一|due=2026-03-20|child=1|state=1|village=" VILLAGE_A);
    box_put(b, NULL, "task", 0, "kind=5|what=事项二|due=2026-03-20|state=1|village=" VILLAGE_B);
    box_put(b, NULL, "task", 0,
            "kind=6|what=事项三|due=2026-03-20|child=4|state=1|village=" VILLAGE_C);
    for (size_t i = 0; i < 3; i++) {
        static const char *const child[] = {"1", "3", "4"};

        box_put(b, NULL, "visit", 0,
                text_printf(b->ctx, "child=%s|kind=1|way=1|visited_on=2026-03-0%zu|seen=1|state=1",
                            child[i], i + 1));
        box_put(b, NULL, "urgent_report", 0,
                text_printf(b->ctx,
                            "child=%s|triggers=1|facts=一|found_on=2026-03-09 10:00:00|village=%s",
                            child[i],
                            i == 0   ? VILLAGE_A
                            : i == 1 ? VILLAGE_B
                                     : VILLAGE_C));
        box_put(b, NULL, "contact", 0,
                text_printf(b->ctx, "child=%s|on=2026-03-09|with=1|channel=1|role=1", child[i]));
        box_put(b, NULL, "addition", 0,
                text_printf(b->ctx, "visit=%zu|child=%s|kind=1|text=更正|on=2026-03-09|village=%s",
                            i + 1, child[i],
                            i == 0   ? VILLAGE_A
                            : i == 1 ? VILLAGE_B
                                     : VILLAGE_C));
    }
}

Test(rights, dependents)
{
    /* ids: of the records; NULL: no right to read the type. may: add change review print. */
    static const struct {
        const char *login, *form, *ids, *may;
    } cases[] = {
        {"dir_a", "task", "1", "yy-y"},
        {"dir_b", "task", "2", "yy-y"},
        {"head_a", "task", "1", "---y"},
        {"sup", "task", "1 2", "yyyy"},
        {"sup2", "task", "3", "yyyy"},
        {"clerk", "task", "1 2 3", "yyyy"},
        {"leader", "task", "1 2 3", "----"},
        {"keeper", "task", "1 2 3", "----"},
        {"edu", "task", NULL, "----"},
        {"worker", "task", NULL, "----"},
        {"health", "task", NULL, "----"},
        {"mixed", "task", "3", "yy-y"},
        {"both", "task", "1 2 3", "yy-y"},
        {"sec", "task", NULL, "----"},
        {"sys", "task", NULL, "----"},
        {"aud", "task", NULL, "----"},
        {"dir_a", "visit", "1", "yy-y"},
        {"dir_b", "visit", "2", "yy-y"},
        {"head_a", "visit", "1", "y--y"},
        {"sup", "visit", "1 2", "yyyy"},
        {"sup2", "visit", "3", "yyyy"},
        {"clerk", "visit", "1 2 3", "yyyy"},
        {"leader", "visit", "1 2 3", "----"},
        {"keeper", "visit", "1 2 3", "----"},
        {"edu", "visit", "1 3", "y---"},
        {"worker", "visit", "1", "y---"},
        {"health", "visit", "1 2", "y---"},
        {"mixed", "visit", "1 2 3", "y---"},
        {"both", "visit", "1 2 3", "yy-y"},
        {"sec", "visit", NULL, "----"},
        {"sys", "visit", NULL, "----"},
        {"aud", "visit", NULL, "----"},
        {"dir_a", "urgent_report", "1", "yy-y"},
        {"dir_b", "urgent_report", "2", "yy-y"},
        {"head_a", "urgent_report", "1", "yy--"},
        {"sup", "urgent_report", "1 2", "yyyy"},
        {"sup2", "urgent_report", "3", "yyyy"},
        {"clerk", "urgent_report", "1 2 3", "yyyy"},
        {"leader", "urgent_report", "1 2 3", "----"},
        {"keeper", "urgent_report", "1 2 3", "-y--"},
        {"edu", "urgent_report", NULL, "----"},
        {"worker", "urgent_report", NULL, "----"},
        {"health", "urgent_report", NULL, "----"},
        {"dir_a", "contact", "1", "yy-y"},
        {"head_a", "contact", "1", "y---"},
        {"sup", "contact", "1 2", "yy-y"},
        {"edu", "contact", "1 3", "y---"},
        {"worker", "contact", "1", "y---"},
        {"leader", "contact", NULL, "----"},
        {"dir_a", "addition", "1", "y---"},
        {"head_a", "addition", "1", "----"},
        {"sup", "addition", "1 2", "y-y-"},
        {"clerk", "addition", "1 2 3", "y-y-"},
        {"leader", "addition", NULL, "----"},
        {"worker", "addition", NULL, "----"},
        {"edu", "addition", NULL, "----"},
        {"health", "addition", NULL, "----"},
    };
    static const char *const verbs[] = {"add", "change", "review", "print"};
    struct box b;

    box_new(&b);
    records(&b);
    dependents(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct call c = call_of(&b, cases[i].login, cases[i].form, list_fn);

        cr_assert_eq(call_read(&c), cases[i].ids ? 0 : HE_DENIED, "%s %s", cases[i].login,
                     cases[i].form);
        if (cases[i].ids)
            cr_assert_str_eq(row_ids(b.ctx, c.out), cases[i].ids, "%s %s", cases[i].login,
                             cases[i].form);
        for (uint64_t id = 1; id <= 3; id++) {
            c = call_of(&b, cases[i].login, cases[i].form, view_fn);
            c.id = id;
            cr_assert_eq(call_read(&c), cases[i].ids && among(cases[i].ids, id) ? 0 : HE_NOTFOUND,
                         "%s opens %s %llu", cases[i].login, cases[i].form, (unsigned long long)id);
        }
        for (size_t v = 0; v < NELEM(verbs); v++) {
            c = call_of(&b, cases[i].login, cases[i].form, sees_fn);
            c.id = cases[i].ids ? (uint64_t)(*cases[i].ids - '0') : 1;
            c.right = text_printf(b.ctx, "%s.%s", cases[i].form, verbs[v]);
            cr_assert_eq(call_read(&c), cases[i].may[v] == 'y', "%s %s", cases[i].login, c.right);
        }
    }
    box_free(&b);
}

/* --- which verbs --- */

Test(rights, verbs)
{
    /* Of child A1 in village A; y: may. Columns: change review approve exit transfer merge print. */
    static const char *const verbs[] = {"change",   "review", "approve", "exit",
                                        "transfer", "merge",  "print"};
    static const struct {
        const char *login, *may;
    } cases[] = {
        {"dir_a", "y--yy-y"}, {"dir_b", "-------"},  {"head_a", "------y"}, {"sup", "yy-yy-y"},
        {"sup2", "-------"},  {"clerk", "yyyyyyy"},  {"leader", "-yy---y"}, {"keeper", "y-----y"},
        {"edu", "------y"},   {"worker", "-------"}, {"health", "-------"}, {"mixed", "-------"},
        {"both", "y--yy-y"},  {"sec", "-------"},    {"sys", "-------"},    {"aud", "-------"},
    };
    struct box b;

    box_new(&b);
    records(&b);
    for (size_t i = 0; i < NELEM(cases); i++)
        for (size_t v = 0; v < NELEM(verbs); v++) {
            struct call c = call_of(&b, cases[i].login, "child", sees_fn);

            c.id = CHILD_A1;
            c.right = text_printf(b.ctx, "child.%s", verbs[v]);
            cr_assert_eq(call_read(&c), cases[i].may[v] == 'y', "%s %s", cases[i].login, verbs[v]);
        }
    box_free(&b);
}

/* --- which fields --- */

Test(rights, fields)
{
    /* "-": not there; "~…": shown so, and no value; else the value. */
    static const struct {
        const char *login;
        int child;
        const char *field, *want;
    } cases[] = {
        {"dir_a", CHILD_A1, "id_no", ID_A1},
        {"dir_a", CHILD_A1, "health", "30"},
        {"dir_a", CHILD_A1, "hiv_status", "-"},
        {"dir_a", CHILD_A1, "correction_doc", "-"},
        {"dir_a", CHILD_A1, "child_kinds", "10"},
        {"dir_a", CHILD_A1, "special_situation", "-"},
        {"dir_a", CHILD_A1, "father.name", "王强"},
        {"dir_a", CHILD_A1, "father.phone", PHONE_AB},
        {"head_a", CHILD_A1, "child_kinds", "10"},
        {"sup", CHILD_A1, "hiv_status", "-"},
        {"clerk", CHILD_A1, "hiv_status", "-"},
        {"clerk", CHILD_A1, "child_kinds", "10"},
        {"leader", CHILD_A1, "id_no", "~320681********4021"},
        {"leader", CHILD_A1, "name", "王小雨"},
        {"leader", CHILD_A1, "health", "-"},
        {"leader", CHILD_A1, "child_kinds", "-"},
        {"leader", CHILD_A1, "father.phone", "~138****5678"},
        {"keeper", CHILD_A1, "hiv_status", "2"},
        {"keeper", CHILD_A1, "child_kinds", "10,31"},
        {"keeper", CHILD_A1, "special_situation", "20"},
        {"edu", CHILD_A1, "id_no", ID_A1},
        {"edu", CHILD_A1, "father.phone", PHONE_AB},
        {"edu", CHILD_A1, "health", "-"},
        {"edu", CHILD_A1, "live_with", "-"},
        {"edu", CHILD_A1, "father.out_working", "-"},
        {"worker", CHILD_A1, "id_no", "-"},
        {"worker", CHILD_A1, "name", "王小雨"},
        {"worker", CHILD_A1, "health", "-"},
        {"health", CHILD_A1, "health", "30"},
        {"health", CHILD_A1, "medical_history", ILLNESS},
        {"health", CHILD_A1, "id_no", "-"},
        {"health", CHILD_A1, "father", "-"},
        {"health", CHILD_A1, "father.name", "-"},
        /* One person, two posts: each record by the post that reaches it. */
        {"mixed", CHILD_C, "child_kinds", "10"},
        {"mixed", CHILD_C, "father.phone", "13900000002"},
        {"mixed", CHILD_A1, "health", "30"},
        {"mixed", CHILD_A1, "id_no", "-"},
        {"mixed", CHILD_A1, "child_kinds", "-"},
        {"mixed", CHILD_A1, "father.name", "-"},
        {"both", CHILD_A1, "hiv_status", "2"},
        {"both", CHILD_B, "health", "10"},
    };
    struct box b;

    box_new(&b);
    records(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct call c = call_of(&b, cases[i].login, "child", view_fn);
        const char *want = cases[i].want, *got, *show;

        c.id = (uint64_t)cases[i].child;
        cr_assert_eq(call_read(&c), 0, "%s", cases[i].login);
        got = node_text(node_get(c.out, "v"), cases[i].field);
        show = node_text(node_get(c.out, "show"), cases[i].field);
        if (*want == '-')
            cr_assert(!got && !show, "%s reads %s: %s", cases[i].login, cases[i].field, got);
        else if (*want == '~')
            cr_assert(!got && show && strcmp(show, want + 1) == 0, "%s reads %s: %s %s",
                      cases[i].login, cases[i].field, got, show);
        else
            cr_assert(got && strcmp(got, want) == 0, "%s reads %s: %s", cases[i].login,
                      cases[i].field, got);
        /* The same in a list, by name. */
        c = call_of(&b, cases[i].login, "child", list_fn);
        c.ask.fields = (const char *[]){cases[i].field, NULL};
        c.ask.raw = true;
        if (call_read(&c)) {
            cr_assert(*want == '-', "%s lists %s: %s", cases[i].login, cases[i].field, c.problem);
            continue;
        }
        for (const struct node *r = node_first(node_get(c.out, "rows")); r; r = r->next) {
            got = node_text(node_get(r, "v"), cases[i].field);
            if (node_num(r, "id", 0) == cases[i].child)
                cr_assert(*want == '-' ? !got : got && strcmp(got, want + (*want == '~')) == 0,
                          "%s lists %s: %s", cases[i].login, cases[i].field, got);
        }
    }
    box_free(&b);
}

/* --- what a query may name --- */

/* The sentence for name, with name taken out: it must be the one of a name that nobody has. */
static char *refusal(struct box *b, struct call *c, const char *name)
{
    char *s = talloc_strdup(b->ctx, c->problem ? c->problem : "(none)"), *at;

    while ((at = strstr(s, name)))
        memset(at, 'x', strlen(name));
    return s;
}

/* A name of the same length that no form has. */
static char *no_name(struct box *b, const char *name)
{
    char *s = talloc_strdup(b->ctx, name), *dot = strchr(s, '.');

    memset(dot ? dot + 1 : s, 'q', strlen(dot ? dot + 1 : s));
    return s;
}

static void check_unknown(struct box *b, struct call *c, const char *name, const char *what)
{
    int err = call_read(c);
    char *got = refusal(b, c, name);
    const char *strange = no_name(b, name), *list[] = {strange, NULL};

    cr_assert_eq(err, HE_USAGE, "%s may %s by %s", c->login, what, name);
    if (c->ask.where)
        c->ask.where = text_printf(b->ctx, "%s%s", strange, c->ask.where + strlen(name));
    if (c->ask.sort)
        c->ask.sort = strange;
    if (c->ask.fields)
        c->ask.fields = list;
    if (c->by)
        c->by = list;
    cr_assert_eq(call_read(c), HE_USAGE);
    cr_assert_str_eq(got, refusal(b, c, strange), "%s %s %s: %s", c->login, what, name, c->problem);
}

Test(rights, hidden_names)
{
    static const struct {
        const char *login, *name;
        bool shown; /* some record shows it, masked or by another post */
    } cases[] = {
        {"dir_a", "hiv_status", false}, {"dir_a", "correction_doc", false},
        {"clerk", "hiv_status", false}, {"leader", "id_no", true},
        {"leader", "health", false},    {"leader", "father.phone", true},
        {"edu", "health", false},       {"edu", "child_kinds", false},
        {"edu", "father.id_no", false}, {"worker", "id_no", false},
        {"health", "father", false},    {"health", "father.name", false},
        {"mixed", "id_no", true},       {"mixed", "child_kinds", true},
        {"mixed", "father.name", true}, {"sup", "father.special_doc", false},
    };
    struct box b;

    box_new(&b);
    records(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct call c = call_of(&b, cases[i].login, "child", list_fn);

        c.ask.where = text_printf(b.ctx, "%s is not empty", cases[i].name);
        check_unknown(&b, &c, cases[i].name, "filter");
        c = call_of(&b, cases[i].login, "child", list_fn);
        c.ask.sort = cases[i].name;
        check_unknown(&b, &c, cases[i].name, "sort");
        c = call_of(&b, cases[i].login, "child", count_fn);
        c.by = (const char *[]){cases[i].name, NULL};
        check_unknown(&b, &c, cases[i].name, "group");
        c = call_of(&b, cases[i].login, "child", list_fn);
        c.ask.fields = (const char *[]){cases[i].name, NULL};
        if (!cases[i].shown)
            check_unknown(&b, &c, cases[i].name, "list");
        else
            cr_assert_eq(call_read(&c), 0, "%s lists %s", cases[i].login, cases[i].name);
    }
    box_free(&b);
}

Test(rights, filters)
{
    /* want: ids; "?": the value does not exist for this user. */
    static const struct {
        const char *login, *where, *want;
    } cases[] = {
        {"dir_a", "child_kinds has '10'", "1 2"},
        {"dir_a", "child_kinds has '31'", "?"},
        {"dir_a", "child_kinds has '自身困境:艾滋病'", "?"},
        {"dir_a", "special_situation is not empty", ""},
        {"dir_a", "child_kinds = '10'", "1 2"},
        {"dir_a", "father.name = '王强'", "1"},
        {"dir_a", "village = '" VILLAGE_B "'", ""},
        {"dir_a", "village within '" TOWN_1 "'", "1 2"},
        {"dir_a", "not state = '4'", "1 2"},
        {"keeper", "child_kinds has '31'", "1"},
        {"keeper", "hiv_status in ('2','3')", "1"},
        {"both", "hiv_status in ('2','3')", "1"}, /* keeper of all that he reaches */
        {"clerk", "village within '" TOWN_1 "' and health = '10'", "3"},
        {"clerk", "state = '3'", "1 2 3 4"},
        {"edu", "school is not empty", "1 4"},
        {"edu", "village = '" VILLAGE_C "'", "4"},
        {"mixed", "health = '30'", "1"},
        /* the narrow post reaches nothing that the wide one does not show */
        {"both", "hiv_status = '2'", "1"},
        {"sup", "birth_date >= 2016-01-01 and birth_date <= 2016-12-31", "1"},
    };
    struct box b;

    box_new(&b);
    records(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct call c = call_of(&b, cases[i].login, "child", list_fn);
        int err, n = (int)(strlen(cases[i].want) + 1) / 2;

        c.ask.where = cases[i].where;
        err = call_read(&c);
        if (*cases[i].want == '?') {
            cr_assert_eq(err, HE_USAGE, "%s %s", cases[i].login, cases[i].where);
            continue;
        }
        cr_assert_eq(err, 0, "%s %s: %s", cases[i].login, cases[i].where, c.problem);
        cr_assert_str_eq(row_ids(b.ctx, c.out), cases[i].want, "%s %s", cases[i].login,
                         cases[i].where);
        c.fn = count_fn;
        cr_assert_eq(call_read(&c), 0);
        cr_assert_eq(node_num(c.out, "total", -1), n, "%s counts %s", cases[i].login,
                     cases[i].where);
    }
    box_free(&b);
}

/* --- groups, order and views --- */

Test(rights, groups)
{
    struct box b;
    struct call c;

    box_new(&b);
    records(&b);
    c = call_of(&b, "dir_a", "child", count_fn);
    c.by = (const char *[]){"child_kinds", NULL};
    cr_assert_eq(call_read(&c), 0);
    cr_assert_str_eq(node_json(b.ctx, node_get(c.out, "rows")),
                     "[{\"v\":[\"农村留守儿童\"],\"k\":[\"10\"],\"n\":2}]");
    c.by = (const char *[]){"special_situation", NULL};
    cr_assert_eq(call_read(&c), 0);
    cr_assert_str_eq(node_json(b.ctx, node_get(c.out, "rows")),
                     "[{\"v\":[\"\"],\"k\":[\"\"],\"n\":2}]");
    c = call_of(&b, "clerk", "child", count_fn);
    c.by = (const char *[]){"village", NULL};
    cr_assert_eq(call_read(&c), 0);
    cr_assert_eq(node_get(c.out, "rows")->n, 3);
    /* A restricted value takes no place of its own in an order: A1 sorts like A2. */
    c = call_of(&b, "dir_a", "child", list_fn);
    c.ask.sort = "special_situation";
    c.ask.limit = 1;
    cr_assert_eq(call_read(&c), 0);
    cr_assert_str_eq(row_ids(b.ctx, c.out), "1");
    c.ask.after = node_text(c.out, "next");
    cr_assert_eq(call_read(&c), 0);
    cr_assert_str_eq(row_ids(b.ctx, c.out), "2");
    cr_assert_eq(node_text(c.out, "next"), NULL);
    /* A view of the named keeper is none for others, and one for who is keeper besides. */
    c = call_of(&b, "dir_a", "child", list_fn);
    c.ask.view = "named_care";
    cr_assert_eq(call_read(&c), HE_USAGE);
    c = call_of(&b, "both", "child", list_fn);
    c.ask.view = "named_care";
    cr_assert_eq(call_read(&c), 0, "%s", c.problem);
    cr_assert_str_eq(row_ids(b.ctx, c.out), "1");
    box_free(&b);
}

/* --- search --- */

Test(rights, search)
{
    static const struct {
        const char *login, *form, *words, *want;
    } cases[] = {
        {"dir_a", "child", "王小雨", "1"},   {"dir_a", "child", "wxy", "1"},
        {"dir_a", "child", "王", "1"},       {"dir_b", "child", "王", "3"},
        {"sup", "child", "王", "1 3"},       {"sup2", "child", "王", ""},
        {"clerk", "child", "王", "1 3"},     {"clerk", "child", "王 小雨", "1"},
        {"clerk", "child", "王小雨 赵", ""}, {"dir_a", "child", "4021", "1"},
        {"leader", "child", "4021", ""},     {"leader", "child", "320681", ""},
        {"leader", "child", "王小雨", "1"},  {"dir_a", "child", "138123", "1"},
        {"leader", "child", "138123", ""},   {"leader", "child", "王强", "1 3"},
        {"dir_a", "child", "王强", "1"},     {"dir_a", "child", "王强 小雨", "1"},
        {"health", "child", "王强", ""},     {"mixed", "child", "王强", ""},
        {"mixed", "child", "赵刚", "4"},     {"mixed", "child", "4021", ""},
        {"worker", "child", "4021", ""},     {"edu", "child", "4021", "1"},
        {"dir_a", "person", "王强", "1"},    {"sup2", "person", "王强", ""},
        {"clerk", "person", "无人识", ""},   {"leader", "person", "138123", ""},
        {"dir_a", "child", "", ""},          {"dir_a", "user", "dir_b", "4"},
        {"dir_a", "visit", "王小雨", "1"},   {"dir_a", "visit", "wxy", "1"},
        {"dir_b", "visit", "王小雨", ""},    {"sup", "visit", "王", "1 2"},
        {"sup2", "task", "赵云", "3"},       {"health", "visit", "4021", ""},
    };
    struct box b;

    box_new(&b);
    records(&b);
    dependents(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct call c = call_of(&b, cases[i].login, cases[i].form, find_fn);

        c.text = cases[i].words;
        cr_assert_eq(call_read(&c), 0, "%s %s: %s", cases[i].login, cases[i].words, c.problem);
        cr_assert_str_eq(row_ids(b.ctx, c.out), cases[i].want, "%s searches %s", cases[i].login,
                         cases[i].words);
    }
    box_free(&b);
}

/* --- duplicates --- */

static int same_fn(struct call *c)
{
    struct rec *child = box_rec(c->ctx, c->form, c->text);
    struct rec_env *env = county_env(c->ctx, c->txn, c->b->county, c->b->today);

    return child_same(c->txn, c->ctx, c->b->county, c->actor, child, env,
                      node_add_list(c->out, "rows"));
}

/* Who registers a child with an identity number of another village learns that it is taken, and no
 * more; the one of the village is shown which child it is. */
Test(rights, duplicates)
{
    static const struct {
        const char *login;
        bool named;
    } cases[] = {{"dir_a", true}, {"dir_b", false}, {"sup", true}, {"sup2", false}};
    struct box b;

    box_new(&b);
    records(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct call c = call_of(&b, cases[i].login, "child", same_fn);
        const char *json;

        c.text = "name=王某|id_no=" ID_A1 "|birth_date=2016-03-12|village=" VILLAGE_B;
        cr_assert_eq(call_read(&c), 0, "%s", cases[i].login);
        json = node_json(b.ctx, c.out);
        cr_assert(strstr(json, "same_id") != NULL, "%s: %s", cases[i].login, json);
        cr_assert_eq(strstr(json, "王小雨") != NULL, cases[i].named, "%s: %s", cases[i].login,
                     json);
        if (!cases[i].named)
            cr_assert(!strstr(json, "幸福一村") && !strstr(json, VILLAGE_A), "%s: %s",
                      cases[i].login, json);
    }
    box_free(&b);
}

/* --- nothing slips through anywhere --- */

static void check_text(struct box *b, struct call *c, const char *const *forbidden)
{
    int err = call_read(c);
    const char *json = node_json(b->ctx, c->out);

    for (; *forbidden; forbidden++) {
        cr_assert(!strstr(json, *forbidden), "%s is told %s: %s", c->login, *forbidden, json);
        cr_assert(!err || !c->problem || !strstr(c->problem, *forbidden), "%s: %s", c->login,
                  c->problem);
    }
}

Test(rights, leaks)
{
    static const struct {
        const char *login, *forbidden[6];
    } cases[] = {
        {"dir_a", {COURT, PRISON, "艾滋", "hiv", "无人识", "赵云"}},
        {"clerk", {COURT, PRISON, "艾滋", "hiv", "无人识"}},
        {"leader", {COURT, PRISON, ID_A1, PHONE_AB, ILLNESS, "hiv"}},
        {"edu", {COURT, PRISON, ILLNESS, "王小风", "child_kinds"}},
        {"worker", {COURT, ID_A1, ILLNESS, "王小风", "child_kinds"}},
        {"health", {COURT, ID_A1, PHONE_AB, "王强", "hiv", "赵云"}},
        {"mixed", {COURT, ID_A1, PHONE_AB, "王强", "hiv"}},
        {"dir_b", {COURT, ID_A1, ILLNESS, "王小雨"}},
    };
    struct box b;

    box_new(&b);
    records(&b);
    /* Changes of hidden and of shown values: both in the history. */
    box_put(&b, "keeper", "child", CHILD_A1, "hiv_status=3|correction_doc=" COURT "续");
    box_put(&b, "keeper", "child", CHILD_A1, "child_kinds=10,31,32|medical_history=" ILLNESS "续");
    box_put(&b, NULL, "change", 0,
            "child=1|kind=2|state=1|village=" VILLAGE_A
            "|proposed={\"child_kinds\":\"10,31\",\"hiv_status\":\"2\",\"id_no\":\"" ID_A1
            "\",\"correction_doc\":\"" COURT "\"}|marks=[\"hiv_status\",\"name\"]");
    for (size_t i = 0; i < NELEM(cases); i++) {
        const char *forbidden[NELEM(cases[i].forbidden) + 1] = {NULL};
        static const char *const forms[] = {"child", "person", "change"};

        memcpy(forbidden, cases[i].forbidden, sizeof cases[i].forbidden);
        for (size_t f = 0; f < NELEM(forms); f++) {
            struct call c = call_of(&b, cases[i].login, forms[f], list_fn);

            check_text(&b, &c, forbidden);
            c.ask.raw = true;
            check_text(&b, &c, forbidden);
            c.ask.fields = (const char *[]){"proposed", NULL};
            check_text(&b, &c, forbidden);
            for (uint64_t id = 1; id <= 4; id++) {
                c = call_of(&b, cases[i].login, forms[f], view_fn);
                c.id = id;
                check_text(&b, &c, forbidden);
                c.fn = history_fn_;
                check_text(&b, &c, forbidden);
            }
            c = call_of(&b, cases[i].login, forms[f], find_fn);
            c.text = "王";
            check_text(&b, &c, forbidden);
        }
    }
    box_free(&b);
}

Test(rights, history)
{
    struct box b;
    struct call c;
    const struct node *row;

    box_new(&b);
    records(&b);
    box_put(&b, "keeper", "child", CHILD_A1, "hiv_status=3");
    box_put(&b, "keeper", "child", CHILD_A1, "child_kinds=10"); /* 31 taken away */
    box_put(&b, "clerk", "child", CHILD_A1, "grade=三|id_no=320681201603124048");
    c = call_of(&b, "dir_a", "child", history_fn_);
    c.id = CHILD_A1;
    cr_assert_eq(call_read(&c), 0);
    /* The keeper's two entries tell nothing that a director reads: they are not there. */
    cr_assert_eq(node_get(c.out, "rows")->n, 2, "%s", node_json(b.ctx, c.out));
    row = node_first(node_get(c.out, "rows"));
    cr_assert_str_eq(node_text(row, "user"), "clerk");
    cr_assert_eq(node_get(row, "changes")->n, 2);
    c = call_of(&b, "keeper", "child", history_fn_);
    c.id = CHILD_A1;
    cr_assert_eq(call_read(&c), 0);
    cr_assert_eq(node_get(c.out, "rows")->n, 4);
    c = call_of(&b, "leader", "child", history_fn_);
    c.id = CHILD_A1;
    cr_assert_eq(call_read(&c), 0);
    cr_assert(strstr(node_json(b.ctx, c.out), "320681********4048") != NULL, "masked, but there");
    box_free(&b);
}
