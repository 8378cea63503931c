/* Duplicates, siblings, merging; the definition test; what comes due. */
#include "server/work_box.h"
#include "store/store_admin.h"

#include "work/due.h"
#include "work/list.h"

#define ID1 "320681201608154021"

static uint64_t add(struct box *b, const char *login, const char *pairs)
{
    struct save s = {.confirm_all = true};
    int err = box_save(b, login, &s, pairs);

    box_log(&s);
    cr_assert_eq(err, 0, "%s: %s", pairs, err_name(err));
    return s.rec->id;
}

/* --- likely duplicates of a record in the making --- */

struct same {
    const char *pairs;
    struct node *out;
};

static int same_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct same *x = arg;
    struct save s = {
        .form = b->child, .dry = true, .confirm_all = true, .value = box_pairs(b->ctx, x->pairs)};

    x->out = node_list(b->ctx);
    work_save(t, b->ctx, b->county, a, &s);
    return child_same(t, b->ctx, b->county, a, s.rec, s.env, x->out);
}

static const struct node *same(struct box *b, const char *login, const char *pairs)
{
    struct same x = {pairs, NULL};

    cr_assert_eq(box_look(b, login, same_fn, &x), 0);
    return node_first(x.out);
}

Test(work_same, duplicates)
{
    struct box b;
    uint64_t id, father;
    const struct node *row;

    box_new(&b);
    id = add(&b, "xu",
             "name=王小雨|id_no=" ID1 "|village=" VILLAGE_A
             "|father.name=王强|father.phone=13800000001");
    father = strtoull(box_val(&b, b.child, id, "father"), NULL, 10);

    row = same(&b, "gao", "name=别人|village=" VILLAGE_A "|id_no=" ID1);
    cr_assert_eq(node_num(row, "id", 0), (int64_t)id);
    cr_assert_str_eq(node_text(row, "why"), "same_id");
    /* From another village: that it is registered, and whom to ask; no name, no village, no id. */
    row = same(&b, "hu", "name=别人|village=" VILLAGE_B "|id_no=" ID1);
    cr_assert_str_eq(node_text(row, "why"), "same_id");
    cr_assert_null(node_get(row, "id"));
    cr_assert_null(node_get(row, "village"));
    cr_assert_null(strstr(node_text(row, "text"), "王小雨"));
    cr_assert_null(strstr(node_text(row, "text"), "幸福一村"));
    cr_assert(strstr(node_text(row, "text"), "051381100000") != NULL);

    row = same(&b, "gao", "name=王小雨|village=" VILLAGE_A "|birth_date=2016-08-15");
    cr_assert_str_eq(node_text(row, "why"), "same_name_birth_village");
    cr_assert(node_flag(row, "merge"));
    cr_assert_null(same(&b, "gao", "name=王小雨|village=" VILLAGE_A "|birth_date=2016-08-16"));

    /* A parent of the same name or phone: the parents are offered. */
    row = same(&b, "gao", "name=王小川|village=" VILLAGE_A "|father.name=王强");
    cr_assert_str_eq(node_text(row, "why"), "sibling");
    cr_assert_eq(strtoull(node_text(row, "father"), NULL, 10), father);
    row = same(&b, "gao",
               "name=王小川|village=" VILLAGE_A "|mother.name=李梅|mother.phone=138 0000 0001");
    cr_assert_null(row, "the phone of a father is no mother's");
    row = same(&b, "gao",
               "name=王小川|village=" VILLAGE_A "|father.name=王大强|father.phone=138-0000-0001");
    cr_assert_str_eq(node_text(row, "why"), "sibling");
    cr_assert_null(same(&b, "hu", "name=王小川|village=" VILLAGE_B "|father.name=王强"));
    cr_assert_null(same(&b, "xu", "name=王小川|village=" VILLAGE_B "|father.name=王强"));
    box_free(&b);
}

/* --- merging --- */

struct pair {
    uint64_t from, to;
};

static int merge_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct pair *p = arg;

    return child_merge(t, b->ctx, b->county, a, p->from, p->to, "重复登记");
}

Test(work_same, merge)
{
    struct box b;
    struct pair p;
    struct save s = {.confirm_all = true};
    struct rec *rec;

    box_new(&b);
    p.to = add(&b, "xu", "name=王小雨|village=" VILLAGE_A "|hobbies=画画");
    p.from = add(&b, "xu",
                 "name=王晓雨|id_no=" ID1 "|village=" VILLAGE_A
                 "|hobbies=下棋|character=活泼|father.name=王强");
    s.id = p.from;
    cr_assert_eq(box_save(&b, "gao", &s, "live_with=4"), 0); /* a change that points at it */
    cr_assert_eq(box_do(&b, "gao", merge_fn, &p), HE_DENIED);
    cr_assert_eq(box_do(&b, "xu", merge_fn, &p), 0);
    rec = box_get(&b, b.child, p.from);
    cr_assert_eq(rec->id, p.to, "the old id leads to the file that stays");
    cr_assert_str_eq(rec_get(rec, "name"), "王小雨");
    cr_assert_str_eq(rec_get(rec, "id_no"), ID1);
    cr_assert_str_eq(rec_get(rec, "hobbies"), "画画");
    cr_assert_str_eq(rec_get(rec, "character"), "活泼");
    cr_assert_not_null(rec_get(rec, "father"));
    cr_assert_str_eq(rec_get(rec, "review_state"), "1");
    cr_assert_eq(rec_ref(box_get(&b, b.change, s.change), "child"), p.to);
    cr_assert_eq(box_do(&b, "xu", merge_fn, &p), HE_CONFLICT);
    box_free(&b);
}

/* --- the definition (decision 1) --- */

#define YES "hukou_type=1|birth_date=2016-08-15|village=" VILLAGE_A "|live_with=4"
#define F_OUT                                                                                      \
    "|father.name=王强|father.out_working=1|father.out_since=2026-01|father.work_area="          \
    "441900000000"
#define M_OUT                                                                                      \
    "|mother.name=李梅|mother.out_working=1|mother.out_since=2026-01|mother.work_area="          \
    "330304000000"
#define M_IN "|mother.name=李梅|mother.out_working=0"

static const struct {
    const char *pairs, *reason; /* a part of it */
    enum definition want;
    int entrust;
} table[] = {
    {YES F_OUT M_OUT, "双方外出", DEF_YES, 1},
    {YES F_OUT M_IN "|mother.guardian_ability=2", "另一方无监护能力", DEF_YES, 2},
    {YES F_OUT M_IN "|mother.guardian_ability=1", "没有双方外出", DEF_NO, 0},
    {YES F_OUT M_IN, "母亲有无监护能力", DEF_OPEN, 0},
    {YES F_OUT "|mother.name=李梅|mother.life_state=2", "另一方无监护能力", DEF_YES, 2},
    {YES F_OUT "|mother_kind=0", "另一方无监护能力", DEF_YES, 2},
    {YES F_OUT M_IN "|mother.special_state=3", "另一方无监护能力", DEF_YES, 2},
    {YES F_OUT M_IN "|parents_state=3", "另一方无监护能力", DEF_YES, 2},
    {"hukou_type=1|birth_date=2016-08-15|village=" VILLAGE_A
     "|live_with=3|parents_state=3" F_OUT M_IN,
     "母亲有无监护能力", DEF_OPEN, 0},
    {YES F_OUT, "母亲是否外出", DEF_OPEN, 0},
    {YES F_OUT
     "|mother.name=李梅|mother.out_working=1|mother.work_area=境外|mother.out_since=2026-01",
     "双方外出", DEF_YES, 1},
    {YES F_OUT "|mother.name=李梅|mother.out_working=1|mother.work_area=320682000000|mother.out_"
               "since=2026-01",
     "双方外出", DEF_YES, 1},
    {YES F_OUT
     "|mother.name=李梅|mother.out_working=1|mother.work_area=320681000000|mother.out_since=2026-01"
     "|mother.guardian_ability=1",
     "没有双方外出", DEF_NO, 0},
    {YES F_OUT "|mother.name=李梅|mother.out_working=1|mother.work_area=320600000000|mother.out_"
               "since=2026-01",
     "务工地点的县", DEF_OPEN, 0},
    {YES F_OUT
     "|mother.name=李梅|mother.out_working=1|mother.out_since=2026-01|mother.work_area=?1:不知道",
     "母亲务工地点", DEF_OPEN, 0},
    {YES F_OUT
     "|mother.name=李梅|mother.out_working=1|mother.work_area=流动|mother.out_since=2026-08-22",
     "双方外出", DEF_YES, 1},
    {YES F_OUT
     "|mother.name=李梅|mother.out_working=1|mother.work_area=流动|mother.out_since=2026-08-23"
     "|mother.guardian_ability=1",
     "没有双方外出", DEF_NO, 0},
    {YES F_OUT M_OUT "|mother.home_stay=1", "双方外出", DEF_YES, 1},
    {YES F_OUT M_OUT "|mother.home_stay=2|mother.guardian_ability=1", "没有双方外出", DEF_NO, 0},
    {"hukou_type=2|birth_date=2016-08-15|village=" VILLAGE_A F_OUT M_OUT, "户籍不是农村", DEF_NO,
     1},
    {"hukou_type=3|birth_date=2016-08-15|village=" VILLAGE_A F_OUT M_OUT, "城乡分类", DEF_OPEN, 1},
    {"hukou_type=3|hukou_area=320681101200|birth_date=2016-08-15|village=" VILLAGE_A F_OUT M_OUT,
     "双方外出", DEF_YES, 1},
    {"hukou_type=3|hukou_area=320681100001|birth_date=2016-08-15|village=" VILLAGE_A F_OUT M_OUT,
     "城乡分类", DEF_OPEN, 1},
    {"birth_date=2016-08-15|village=" VILLAGE_A F_OUT M_OUT, "户籍性质", DEF_OPEN, 1},
    {"hukou_type=1|village=" VILLAGE_A F_OUT M_OUT, "出生日期", DEF_OPEN, 1},
    {"hukou_type=1|birth_date=2010-11-22|village=" VILLAGE_A F_OUT M_OUT, "已满16周岁", DEF_NO, 1},
    {"hukou_type=1|birth_date=2010-11-23|village=" VILLAGE_A F_OUT M_OUT, "双方外出", DEF_YES, 1},
    {"hukou_type=1|birth_date=2016-08-15|village=" VILLAGE_A "|live_with=1" F_OUT M_OUT, "共同生活",
     DEF_NO, 1},
    {YES "|father_kind=0|mother_kind=0", "双方无监护能力", DEF_NO, 3},
    {YES "|father.name=王强|father.out_working=0|father.guardian_ability=2" M_IN
         "|mother.guardian_ability=2",
     "双方无监护能力", DEF_NO, 3},
};

static int definition_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    (void)arg;
    for (size_t i = 0; i < NELEM(table); i++) {
        struct save s = {.form = b->child, .dry = true, .confirm_all = true};
        struct definition_result d;

        s.value = box_pairs(b->ctx, text_printf(b->ctx, "name=王小雨|%s", table[i].pairs));
        work_save(t, b->ctx, b->county, a, &s);
        box_log(&s);
        definition_test(b->ctx, &b->county->conf, s.rec, s.env, &d);
        cr_expect_eq(d.result, table[i].want, "%zu %s: %d %s", i, table[i].pairs, d.result,
                     d.reason);
        cr_expect_eq(d.entrust, table[i].entrust, "%zu %s: %d", i, table[i].pairs, d.entrust);
        cr_expect(strstr(d.reason, table[i].reason) != NULL, "%zu %s: %s", i, table[i].pairs,
                  d.reason);
        cr_expect(*d.inputs != 0);
    }
    return 0;
}

Test(work_same, definition)
{
    struct box b;

    box_new(&b);
    cr_assert_eq(box_look(&b, "xu", definition_fn, NULL), 0);
    box_free(&b);
}

/* --- what comes due --- */

static int retest_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    (void)b;
    return due_start(t, a->today, arg);
}

static uint64_t retest(struct box *b)
{
    uint64_t job = 0;

    b->today = (struct date){2027, 1, 5};
    cr_assert_eq(box_do(b, "xu", retest_fn, &job), 0);
    if (job)
        cr_assert_eq(store_job_wait(b->store, job, 60000), 0);
    return job;
}

/* A day on which nobody saved: the job finds who became or ceased to be one. */
Test(work_same, retest)
{
    struct box b;
    uint64_t young, away;

    box_new(&b);
    young = add(&b, "xu",
                "name=王小雨|child_kinds=10|hukou_type=1|birth_date=2010-11-30|live_with=4|"
                "village=" VILLAGE_A F_OUT M_OUT);
    away = add(&b, "xu",
               "name=王小川|child_kinds=10|" YES "|father.name=王二|father.out_working=1|"
               "father.out_since=2026-10|father.work_area=441900000000" M_OUT);
    cr_assert_str_eq(box_val(&b, b.child, young, "lbc_result"), "1");
    cr_assert_str_neq(box_val(&b, b.child, away, "lbc_result"), "1");
    cr_assert_neq(retest(&b), 0u);
    cr_assert_str_eq(box_val(&b, b.child, young, "lbc_result"), "2");
    cr_assert_str_eq(box_val(&b, b.child, young, "state"), "3");
    cr_assert_str_eq(box_val(&b, b.child, away, "lbc_result"), "1");
    cr_assert_eq(retest(&b), 0u, "once a day");
    box_free(&b);
}

/* --- hand-over and the 关注名单 --- */

struct hand {
    uint64_t only;  /* 0: all */
    const char *to; /* NULL: hu */
    bool dry;
    struct node *out;
};

static int handover_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct hand *h = arg;
    struct node *body =
        box_pairs(b->ctx, text_printf(b->ctx, "from=gao|to=%s", h->to ? h->to : "hu"));

    if (h->only)
        node_int(node_add_list(body, "ids"), NULL, (int64_t)h->only);
    h->out = node_map(b->ctx);
    int err = child_handover(t, b->ctx, b->county, a, body, h->out);
    return !err && h->dry ? HE_CANCELLED : err;
}

/* "children tasks drafts" of an answer. */
static const char *handed(struct box *b, const struct hand *h)
{
    return text_printf(b->ctx, "%lld %lld %lld", (long long)node_num(h->out, "children", -1),
                       (long long)node_num(h->out, "tasks", -1),
                       (long long)node_num(h->out, "drafts", -1));
}

static uint64_t user_id(struct box *b, const char *village)
{
    return strtoull(box_val(b, b->child,
                            add(b, "xu", text_printf(b->ctx, "name=李小一|village=%s", village)),
                            "director"),
                    NULL, 10);
}

static void draft(struct box *b, uint64_t user, const char *key, const char *field,
                  const char *value)
{
    struct node *body = node_map(b->ctx);

    node_str(body, "title", key);
    node_str(node_add_map(body, "v"), field, value);
    cr_assert_eq(store_draft_put(b->store, user, key, body), 0);
}

static size_t drafts(struct box *b, uint64_t user)
{
    struct node *list;

    cr_assert_eq(store_draft_list(b->store, b->ctx, user, &list), 0);
    return list->n;
}

struct three {
    struct box *b;
    uint64_t child, gao, of_child, of_village, of_other;
};

static uint64_t open_task(struct txn *t, const struct three *w, const char *what,
                          const char *village, uint64_t child)
{
    char *pairs =
        text_printf(w->b->ctx, "kind=9|due=2026-12-01|state=1|assignee=%llu|what=%s|village=%s",
                    (unsigned long long)w->gao, what, village);

    if (child)
        pairs = text_printf(w->b->ctx, "%s|child=%llu", pairs, (unsigned long long)child);
    return box_put(t, w->b->ctx, dict_form(w->b->dict, "task"), pairs);
}

static int three_tasks(struct txn *t, void *arg)
{
    struct three *w = arg;

    w->of_child = open_task(t, w, "回访", VILLAGE_A, w->child);
    w->of_village = open_task(t, w, "开会", VILLAGE_A, 0);
    w->of_other = open_task(t, w, "外镇", VILLAGE_C, 0);
    return 0;
}

/* The township sees what moves before it does; its own villages only (decision 12). */
Test(work_same, handover_with_tasks_and_drafts)
{
    struct box b;
    struct hand h = {.dry = true};
    struct three w = {.b = &b};

    box_new(&b);
    const struct form *task = dict_form(b.dict, "task");
    w.child = add(&b, "xu", "name=王小雨|village=" VILLAGE_A);
    w.gao = user_id(&b, VILLAGE_A);
    uint64_t hu = user_id(&b, VILLAGE_B);
    cr_assert_eq(store_write(b.store, b.ctx, NULL, three_tasks, &w, NULL), 0);
    draft(&b, w.gao, text_printf(b.ctx, "child/%llu", (unsigned long long)w.child), "grade", "三");
    draft(&b, w.gao, "child/new/1", "village", VILLAGE_A);
    draft(&b, w.gao, "child/new/2", "village", VILLAGE_C);
    draft(&b, w.gao, "child/new/3", "name", "王五");
    draft(&b, hu, "child/new/3", "name", "李四");
    box_post(&b, "hu", "director", VILLAGE_A);

    cr_assert_eq(box_do(&b, "sun", handover_fn, &h), HE_CANCELLED);
    cr_assert_str_eq(handed(&b, &h), "2 2 2", "%s", node_json(b.ctx, h.out));
    const struct node *named = node_get(h.out, "named");
    cr_expect(strstr(node_json(b.ctx, node_get(named, "children")), "王小雨 汇龙镇") != NULL);
    cr_expect(strstr(node_json(b.ctx, node_get(named, "tasks")), "2026-12-01 开会") != NULL);
    cr_expect(strstr(node_json(b.ctx, node_get(named, "drafts")), "child/new/1") != NULL);
    cr_assert_eq(drafts(&b, w.gao), 4u, "tried only");

    h = (struct hand){.only = w.child};
    cr_assert_eq(box_do(&b, "sun", handover_fn, &h), 0);
    cr_assert_str_eq(handed(&b, &h), "1 1 1", "that child, its task and its draft");
    cr_assert_eq(rec_ref(box_get(&b, b.child, w.child), "director"), hu);
    cr_assert_eq(rec_ref(box_get(&b, task, w.of_child), "assignee"), hu);
    cr_assert_eq(rec_ref(box_get(&b, task, w.of_village), "assignee"), w.gao);

    h = (struct hand){0};
    cr_assert_eq(box_do(&b, "sun", handover_fn, &h), 0);
    cr_assert_str_eq(handed(&b, &h), "1 1 1");
    cr_assert_eq(rec_ref(box_get(&b, task, w.of_village), "assignee"), hu);
    cr_assert_eq(rec_ref(box_get(&b, task, w.of_other), "assignee"), w.gao);
    cr_assert_eq(drafts(&b, w.gao), 2u, "of another township, and one the other has too");
    cr_assert_eq(drafts(&b, hu), 3u);
    box_free(&b);
}

/* Many children go in turns of the writer; free tasks with the last. */
Test(work_same, handover_in_pieces)
{
    struct box b;
    struct hand h = {0};
    int64_t children = 0, tasks = 0;
    int turns = 0;

    box_new(&b);
    struct three w = {.b = &b, .gao = user_id(&b, VILLAGE_A)};
    for (int i = 1; i < 70; i++)
        w.child = add(&b, "xu", text_printf(b.ctx, "name=王小雨|remark=%d|village=" VILLAGE_A, i));
    cr_assert_eq(store_write(b.store, b.ctx, NULL, three_tasks, &w, NULL), 0);
    box_post(&b, "hu", "director", VILLAGE_A);
    do {
        cr_assert_eq(box_do(&b, "sun", handover_fn, &h), 0);
        children += node_num(h.out, "children", 0);
        tasks += node_num(h.out, "tasks", 0);
        cr_assert_lt(++turns, 5);
    } while (node_num(h.out, "left", 0));
    cr_assert_eq(children, 70);
    cr_assert_eq(tasks, 2);
    cr_assert_eq(turns, 2);
    h.to = "gao";
    cr_assert_eq(box_do(&b, "sun", handover_fn, &h), HE_RULE, "to himself");
    box_free(&b);
}

static int watch_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    return child_watch(t, b->ctx, b->county, a, *(uint64_t *)arg, true, "常常一人在家");
}

static int put_disabled(struct txn *t, void *arg)
{
    struct box *b = arg;
    uint64_t id = box_put(t, b->ctx, dict_form(b->dict, "user"), "login=shen|name=沈主任|state=2");

    box_put(t, b->ctx, dict_form(b->dict, "post"),
            text_printf(b->ctx, "user=%llu|role=director|area=" VILLAGE_A, (unsigned long long)id));
    return 0;
}

/* What the next one may not read stays behind. */
Test(work_same, handover_gives_no_secret)
{
    struct box b;
    struct hand h = {0};
    struct node *got;

    box_new(&b);
    uint64_t gao = user_id(&b, VILLAGE_A), hu = user_id(&b, VILLAGE_B);
    struct node *body = node_map(b.ctx), *v = node_add_map(body, "v");
    node_str(v, "village", VILLAGE_A);
    node_str(v, "facts", "夜里一个人在家");
    node_str(v, "reporter", "邻居丁大爷");
    cr_assert_eq(store_draft_put(b.store, gao, "urgent_report/new/1", body), 0);
    box_post(&b, "hu", "director", VILLAGE_A);
    cr_assert_eq(box_do(&b, "sun", handover_fn, &h), 0);
    cr_assert_eq(store_draft_get(b.store, b.ctx, hu, "urgent_report/new/1", &got), 0);
    const char *text = node_json(b.ctx, got);
    cr_expect(strstr(text, "夜里一个人在家") && !strstr(text, "丁大爷"), "%s", text);
    box_free(&b);
}

Test(work_same, handover_and_watch)
{
    /* another village's director, posts of the county, nobody's account any more */
    static const char *const wrong[][2] = {
        {"hu", "管不到"}, {"xu", "岗位"}, {"kong", "岗位"}, {"shen", "岗位"}};
    struct box b;
    struct hand h = {0};
    uint64_t id, hu;

    box_new(&b);
    id = add(&b, "xu", "name=王小雨|village=" VILLAGE_A);
    hu = user_id(&b, VILLAGE_B);
    cr_assert_eq(store_write(b.store, b.ctx, NULL, put_disabled, &b, NULL), 0);
    cr_assert_eq(box_do(&b, "gao", handover_fn, &h), HE_DENIED);
    for (size_t i = 0; i < NELEM(wrong); i++) {
        h.to = wrong[i][0];
        cr_assert_eq(box_do(&b, "xu", handover_fn, &h), HE_RULE, "%s", h.to);
        cr_expect(strstr(node_text_or(h.out, "text", ""), wrong[i][1]) != NULL, "%s: %s", h.to,
                  node_text_or(h.out, "text", ""));
    }
    h.to = NULL;
    box_post(&b, "hu", "director", VILLAGE_A);
    cr_assert_eq(box_do(&b, "xu", handover_fn, &h), 0);
    cr_assert_str_eq(handed(&b, &h), "1 0 0");
    cr_assert_eq(strtoull(box_val(&b, b.child, id, "director"), NULL, 10), hu);
    cr_assert_eq(box_do(&b, "gao", watch_fn, &id), 0);
    cr_assert_str_eq(box_val(&b, b.child, id, "watch_list"), "1");
    box_free(&b);
}

/* --- looked through, nothing changed --- */

struct look {
    uint64_t id[3];
    struct node *out;
};

static int checked_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct look *k = arg;
    struct node *ids = node_list(b->ctx);

    for (size_t i = 0; i < NELEM(k->id); i++)
        node_int(ids, NULL, (int64_t)k->id[i]);
    k->out = node_map(b->ctx);
    return child_checked(t, b->ctx, b->county, a, ids, k->out);
}

static int month_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    const struct list_ask ask = {.form = b->child, .view = "month_check", .limit = 20};
    struct node *out = node_map(b->ctx);
    int err = list_page(t, b->ctx, b->county, a, &ask, out, &b->problem);

    *(size_t *)arg = node_get(out, "rows")->n;
    return err;
}

static size_t month_left(struct box *b)
{
    size_t n = 0;

    cr_assert_eq(box_look(b, "gao", month_fn, &n), 0, "%s", b->problem);
    return n;
}

/* The monthly round: whom nobody changed for a month waits until somebody has looked. */
Test(work_same, looked_through_each_month)
{
    struct box b;
    struct look k;

    box_new(&b);
    k.id[0] = add(&b, "xu", "name=王小雨|sex=2|birth_date=2016-03-12|village=" VILLAGE_A);
    k.id[1] = add(&b, "xu", "name=李小一|sex=1|birth_date=2015-03-12|village=" VILLAGE_A);
    k.id[2] = add(&b, "xu", "name=赵小二|village=" VILLAGE_B);
    cr_assert_eq(month_left(&b), 0u, "new this month");
    b.today = (struct date){2026, 12, 28};
    cr_assert_eq(month_left(&b), 2u);
    cr_assert_eq(box_do(&b, "gao", checked_fn, &k), 0);
    cr_assert_eq(node_num(k.out, "done", 0), 2, "%s", node_json(b.ctx, k.out));
    cr_assert_eq(node_num(node_first(node_get(k.out, "skipped")), "id", 0), (int64_t)k.id[2],
                 "another village's");
    cr_assert_str_eq(box_val(&b, b.child, k.id[0], "checked_on"), "2026-12-28");
    cr_assert_str_eq(box_val(&b, b.child, k.id[0], "updated_on"), "2026-11-22", "no update");
    cr_assert_str_eq(box_val(&b, b.child, k.id[2], "checked_on"), "");
    cr_assert_eq(month_left(&b), 0u);
    b.today = (struct date){2027, 1, 30};
    cr_assert_eq(month_left(&b), 2u);
    box_free(&b);
}
