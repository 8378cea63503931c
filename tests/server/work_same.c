/* Duplicates, siblings, merging; the definition test; what comes due. */
#include "server/work_box.h"

#include "work/due.h"

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
    return due_start(t, b->county, a->today, arg);
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

static int handover_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct node *out = node_map(b->ctx), *body = box_pairs(b->ctx, "from=gao|to=hu");
    int err = child_handover(t, b->ctx, b->county, a, body, out);

    *(struct node **)arg = out;
    return err;
}

static int watch_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    return child_watch(t, b->ctx, b->county, a, *(uint64_t *)arg, true, "常常一人在家");
}

Test(work_same, handover_and_watch)
{
    struct box b;
    struct node *out;
    uint64_t id, hu;

    box_new(&b);
    id = add(&b, "xu", "name=王小雨|village=" VILLAGE_A);
    hu = strtoull(box_val(&b, b.child, add(&b, "xu", "name=李小一|village=" VILLAGE_B), "director"),
                  NULL, 10);
    cr_assert_eq(box_do(&b, "gao", handover_fn, &out), HE_DENIED);
    cr_assert_eq(box_do(&b, "xu", handover_fn, &out), 0);
    cr_assert_eq(node_num(out, "children", 0), 1);
    cr_assert_eq(strtoull(box_val(&b, b.child, id, "director"), NULL, 10), hu);
    cr_assert_eq(box_do(&b, "gao", watch_fn, &id), 0);
    cr_assert_str_eq(box_val(&b, b.child, id, "watch_list"), "1");
    box_free(&b);
}
