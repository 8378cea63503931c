/* Sweeps (R-157 … R-177): the list is frozen, answered, followed, counted; nothing is lost on the way. */
#include "server/sweep_box.h"
#include "work/admin.h"

static const struct form *form_of(struct box *b, const char *name)
{
    return dict_form(b->dict, name);
}

/* Every counter of a village agrees with a count of its rows. */
static void agrees(struct box *b, uint64_t sweep, const char *village)
{
    struct node *out;

    asked(b, "xu", sweep_recount,
          text_printf(b->ctx, "sweep=#%llu|area=%s", (unsigned long long)sweep, village), &out);
    cr_assert_eq(node_get(out, "rows")->n, 0, "%s: %s", village, node_json(b->ctx, out));
}

Test(work_sweep, the_list_is_frozen_by_village)
{
    static const struct {
        const char *name, *village, *more, *row, *origin;
    } rows[] = {
        {"赵一", VILLAGE_A, "village_group=12组", "3", "1"},
        {"钱二", VILLAGE_A, "village_group=3组|live_addr=3组9号", "2", "1"},
        {"孙三", VILLAGE_A, "village_group=3组|live_addr=3组1号", "1", "1"},
        {"李四", VILLAGE_B, "child_kinds=90", "1", "2"},
        {"周五", VILLAGE_C, "", "1", "1"},
    };
    uint64_t child[NELEM(rows)], sweep, item;
    struct save s = {.form = NULL};
    struct box b;

    box_new(&b);
    for (size_t i = 0; i < NELEM(rows); i++)
        child[i] = sweep_child(&b, rows[i].name, rows[i].village, rows[i].more);
    s.form = form_of(&b, "place");
    cr_assert_eq(
        box_save(&b, "gao", &s, "name=晒谷场水塘|kind=1|village=" VILLAGE_A "|sign=1|gear=1"), 0);
    sweep = sweep_opened(&b, "survey_due=2026-11-30");
    for (size_t i = 0; i < NELEM(rows); i++) {
        item = sweep_item_id(&b, "child", child[i]);
        cr_assert(item != 0, "%s", rows[i].name);
        sweep_is(&b, item, "row", rows[i].row);
        sweep_is(&b, item, "origin", rows[i].origin);
        sweep_is(&b, item, "name", rows[i].name);
        sweep_is(&b, item, "state", "1");
        sweep_is(&b, item, "missing", "1");
    }
    sweep_is(&b, sweep_item_id(&b, "place", s.rec->id), "row", "4");
    cr_assert_str_eq(box_val(&b, form_of(&b, "sweep"), sweep, "total"), "5");
    cr_assert_str_eq(box_val(&b, form_of(&b, "sweep"), sweep, "checklist"), "summer");
    cr_assert_str_eq(box_val(&b, form_of(&b, "sweep"), sweep, "no"), "2026-01");
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "total"), 4);
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "places"), 1);
    cr_assert_eq(figure(&b, sweep, TOWN_1, "suspect"), 1);
    cr_assert_eq(figure(&b, sweep, "", "total"), 6);
    agrees(&b, sweep, VILLAGE_A);
    agrees(&b, sweep, VILLAGE_B);
    box_free(&b);
}

/* What cannot be opened, and the sentence that says why. */
Test(work_sweep, refused_openings)
{
    static const struct {
        const char *pairs, *text;
        int err;
    } rows[] = {
        {"kind=2|areas=320681999999", "不是本县的区划", HE_RULE},
        {"kind=2|areas=" VILLAGE_C, "已停用", HE_RULE},
        {"kind=2|checklist=nothing", "检查表", HE_RULE},
        {"kind=2", "", 0},
    };
    struct box b;
    struct node *out;
    struct save s;

    box_new(&b);
    sweep_child(&b, "赵一", VILLAGE_A, "");
    {
        struct ask k = {.fn = division_load};

        k.body = node_map(b.ctx);
        out = node_add_map(node_add_list(k.body, "rows"), NULL);
        node_str(out, "code", VILLAGE_C);
        node_str(out, "action", "撤销");
        cr_assert_eq(box_do(&b, "xu", ask_fn, &k), 0);
        sweep_wait(&b, node_num(k.out, "job", 0));
    }
    for (size_t i = 0; i < NELEM(rows); i++) {
        int err;

        s = (struct save){.form = form_of(&b, "sweep")};
        cr_assert_eq(
            box_save(&b, "xu", &s, text_printf(b.ctx, "title=排查%zu|%s", i, rows[i].pairs)), 0);
        err = ask(&b, "xu", sweep_open,
                  text_printf(b.ctx, "id=#%llu", (unsigned long long)s.rec->id), &out);
        cr_assert_eq(err, rows[i].err, "%s: %s", rows[i].pairs, node_text_or(out, "text", ""));
        cr_assert(strstr(node_text_or(out, "text", ""), rows[i].text) != NULL, "%s: %s",
                  rows[i].pairs, node_text_or(out, "text", ""));
    }
    sweep_wait(&b, node_num(out, "job", 0));
    /* a milestone in the past is refused when it is typed, and at opening when time has gone on */
    s = (struct save){.form = form_of(&b, "sweep")};
    cr_assert_eq(box_save(&b, "xu", &s, "title=旧|kind=2|survey_due=2026-11-01"), HE_RULE);
    cr_assert_not_null(box_finding(&s, "milestone_past"));
    s = (struct save){.form = form_of(&b, "sweep")};
    cr_assert_eq(box_save(&b, "xu", &s, "title=新|kind=2|survey_due=2026-11-25"), 0);
    b.today = (struct date){2026, 11, 26};
    cr_assert_eq(ask(&b, "xu", sweep_open,
                     text_printf(b.ctx, "id=#%llu", (unsigned long long)s.rec->id), &out),
                 HE_RULE);
    cr_assert(strstr(node_text_or(out, "text", ""), "过去") != NULL);
    cr_assert_eq(ask(&b, "sun", sweep_sign, "id=#1|ok=?1", &out), HE_NOTFOUND);
    box_free(&b);
}

/* One answer after the other, and what each does to row, file and figures. */
Test(work_sweep, answers)
{
    static const struct {
        const char *pairs, *code, *state, *result, *counter;
        int err;
    } rows[] = {
        {"result=1", NULL, "2", "1", "unchanged", 0},
        {"result=2", "nothing_updated", "1", "", "todo", HE_RULE},
        {"result=1|child.grade=5年级", NULL, "2", "2", "updated", 0},
        {"result=1|father_phone=13812345678", NULL, "2", "2", "updated", 0},
        {"result=4", "exit_why", "1", "", "todo", HE_RULE},
        {"result=4|exit_reason=02|found=1", NULL, "2", "4", "exit", 0},
        {"result=5|reason=不是", "reject_who", "1", "", "todo", HE_RULE},
        {"found=4", "refused_why", "1", "", "todo", HE_RULE},
        {"found=4|reason=家里锁门，电话约了周末", NULL, "2", "", "refused", 0},
        {"found=3|result=1", NULL, "2", "1", "away", 0},
        {"result=1|checked_on=2026-11-23", "checked_future", "1", "", "todo", HE_RULE},
        {"result=1|checked_on=2026-11-01", "checked_early", "1", "", "todo", HE_RULE},
        {"result=1|alone=1", "urgent", "1", "", "todo", HE_RULE},
        {"explain=住院，出院后查", NULL, "1", "", "explained", 0},
    };
    uint64_t child[NELEM(rows)], sweep, item;
    struct save s;
    struct box b;

    box_new(&b);
    for (size_t i = 0; i < NELEM(rows); i++)
        child[i] = sweep_child(&b, text_printf(b.ctx, "孩子%c", (char)('A' + i)), VILLAGE_A,
                               i == 3 ? "father.phone=13900000000" : "");
    sweep = sweep_opened(&b, "start=2026-11-20");
    for (size_t i = 0; i < NELEM(rows); i++) {
        int64_t before = figure(&b, sweep, VILLAGE_A, rows[i].counter);

        item = sweep_item_id(&b, "child", child[i]);
        s = sweep_answer(&b, "gao", item, rows[i].pairs, rows[i].err);
        if (rows[i].code)
            cr_assert(box_finding(&s, rows[i].code) != NULL, "%s", rows[i].pairs);
        sweep_is(&b, item, "state", rows[i].state);
        sweep_is(&b, item, "result", rows[i].result);
        cr_assert_eq(figure(&b, sweep, VILLAGE_A, rows[i].counter), before + !rows[i].err, "%s",
                     rows[i].pairs);
        agrees(&b, sweep, VILLAGE_A);
    }
    /* the file changed at once, with the row as source; the version handed back is the row's */
    cr_assert_str_eq(box_val(&b, b.child, child[2], "grade"), "5年级");
    item = sweep_item_id(&b, "child", child[2]);
    s = sweep_answer(&b, "gao", item, "note=门前有狗", 0);
    cr_assert_eq(s.rec->version, box_get(&b, s.form, item)->version);
    /* leaving waits for township and county, and is explained meanwhile */
    cr_assert_str_eq(box_val(&b, b.child, child[5], "state"), "3");
    cr_assert_str_eq(box_val(&b, b.change, 1, "kind"), "4");
    cr_assert_str_eq(box_val(&b, b.change, 1, "source"),
                     text_printf(b.ctx, "sweep_item %llu",
                                 (unsigned long long)sweep_item_id(&b, "child", child[5])));
    /* a village that is not his, and one who may not */
    sweep_answer(&b, "hu", item, "result=1", HE_DENIED);
    /* two people on one row: the same answer twice is shown to the second */
    item = sweep_item_id(&b, "child", child[1]);
    s = (struct save){.form = form_of(&b, "sweep_item"), .id = item, .version = 1};
    cr_assert_eq(box_save(&b, "gao", &s, "result=1|agreement_seen=1"), 0);
    s = (struct save){.form = form_of(&b, "sweep_item"), .id = item, .version = 1};
    cr_assert_eq(box_save(&b, "sun", &s, "agreement_seen=3"), HE_CONFLICT);
    cr_assert_not_null(s.conflict);
    box_free(&b);
}

/* The township types in: visitor and typist are two. */
Test(work_sweep, typed_in_for_a_director)
{
    uint64_t child, item;
    struct save s;
    struct box b;

    box_new(&b);
    child = sweep_child(&b, "赵一", VILLAGE_A, "");
    sweep_opened(&b, "");
    item = sweep_item_id(&b, "child", child);
    s = (struct save){.form = form_of(&b, "sweep_item"), .id = item, .typed_for = "hu"};
    cr_assert_eq(box_save(&b, "sun", &s, "result=1"), HE_RULE);
    cr_assert_not_null(box_finding(&s, "typed_for"));
    s = (struct save){.form = form_of(&b, "sweep_item"), .id = item, .typed_for = "gao"};
    cr_assert_eq(box_save(&b, "sun", &s, "result=1"), 0);
    cr_assert(!rec_same(box_val(&b, s.form, item, "typist"), box_val(&b, s.form, item, "checker")));
    cr_assert(rec_same(box_val(&b, s.form, item, "typed_for"),
                       box_val(&b, s.form, item, "checker")) != 0);
    box_free(&b);
}

static int move_it(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct save out = {.direct = true, .confirm_all = true};

    return child_move(t, b->ctx, b->county, a, *(uint64_t *)arg, VILLAGE_B, "搬家", &out);
}

/* Children and places that come, change, move and leave while it runs. */
Test(work_sweep, files_that_change_meanwhile)
{
    uint64_t sweep, a, c, fresh, item;
    struct save s;
    struct box b;

    box_new(&b);
    a = sweep_child(&b, "赵一", VILLAGE_A, "father.id_no=320681198001010019");
    c = sweep_child(&b, "赵二", VILLAGE_A, "father.id_no=320681198001010019");
    sweep = sweep_opened(&b, "");
    fresh = sweep_child(&b, "新来", VILLAGE_A, "");
    item = sweep_item_id(&b, "child", fresh);
    sweep_is(&b, item, "origin", "3");
    sweep_is(&b, item, "row", "3");
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "added"), 1);
    sweep_answer(&b, "gao", item, "result=3", 0);
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "new"), 1);
    /* a change of the file by its own form is an update; siblings share the phone, so both are */
    sweep_answer(&b, "gao", sweep_item_id(&b, "child", a), "result=1", 0);
    s = (struct save){.id = a};
    cr_assert_eq(box_save(&b, "gao", &s, "father.phone=13811112222"), 0);
    sweep_is(&b, sweep_item_id(&b, "child", a), "result", "2");
    sweep_is(&b, sweep_item_id(&b, "child", c), "updated", "1");
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "updated"), 2);
    /* the row goes along with the child, once */
    cr_assert_eq(box_do(&b, "xu", move_it, &c), 0);
    item = sweep_item_id(&b, "child", c);
    sweep_is(&b, item, "village", VILLAGE_B);
    sweep_is(&b, item, "row", "1");
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "total"), 2);
    cr_assert_eq(figure(&b, sweep, VILLAGE_B, "total"), 1);
    /* a suspicion is confirmed: what the file says changes under review */
    s = (struct save){.form = b.child};
    cr_assert_eq(box_save(&b, "gao", &s,
                          "name=疑似甲|village=" VILLAGE_A "|child_kinds=90"
                          "|birth_date=2016-01-01|sex=2"),
                 0);
    agrees(&b, sweep, VILLAGE_A);
    agrees(&b, sweep, VILLAGE_B);
    box_free(&b);
}

static const struct node *row_of(const struct node *out, const char *area)
{
    for (const struct node *n = node_first(node_get(out, "rows")); n; n = n->next)
        if (!strcmp(node_text_or(n, "area", ""), area))
            return n;
    return NULL;
}

/* A township submits when every row is closed or explained; the county accepts or returns. */
Test(work_sweep, submitted_accepted_returned)
{
    uint64_t child[3], sweep, item[3];
    struct node *out;
    struct box b;
    char *ask_town;

    box_new(&b);
    for (int i = 0; i < 3; i++)
        child[i] = sweep_child(&b, text_printf(b.ctx, "孩子%c", (char)('A' + i)),
                               i == 2 ? VILLAGE_B : VILLAGE_A, "");
    sweep = sweep_opened(&b, "");
    for (int i = 0; i < 3; i++)
        item[i] = sweep_item_id(&b, "child", child[i]);
    ask_town = text_printf(b.ctx, "sweep=#%llu|area=" TOWN_1, (unsigned long long)sweep);
    sweep_answer(&b, "gao", item[0], "result=1", 0);
    asked(&b, "xu", sweep_figures, text_printf(b.ctx, "sweep=#%llu", (unsigned long long)sweep),
          &out);
    cr_assert_str_eq(node_text(row_of(out, TOWN_1), "state"), "1");
    cr_assert_eq(ask(&b, "sun", sweep_submit, ask_town, &out), HE_RULE);
    cr_assert_eq(node_num(row_of(out, VILLAGE_A), "todo", 0), 1);
    cr_assert_eq(node_num(row_of(out, VILLAGE_B), "todo", 0), 1);
    sweep_answer(&b, "gao", item[1], "explain=住院", 0);
    sweep_answer(&b, "hu", item[2], "result=4|exit_reason=02", 0);
    cr_assert_eq(ask(&b, "gao", sweep_submit, ask_town, &out), HE_NOTFOUND);
    asked(&b, "sun", sweep_submit, ask_town, &out);
    sweep_wait(&b, node_num(out, "job", 0));
    sweep_is(&b, item[0], "state", "6");
    sweep_is(&b, item[1], "state", "1");
    sweep_answer(&b, "gao", item[0], "result=2", HE_RULE);
    cr_assert_eq(ask(&b, "sun", sweep_submit, ask_town, &out), HE_RULE);
    asked(&b, "xu", sweep_accept,
          text_printf(b.ctx, "sweep=#%llu|areas=[" TOWN_1 "," TOWN_2 "]|ok=?0|why=协议栏没有填",
                      (unsigned long long)sweep),
          &out);
    cr_assert_eq(node_num(out, "done", 0), 1);
    cr_assert_eq(node_get(out, "skipped")->n, 1);
    sweep_wait(&b, node_num(out, "job", 0));
    sweep_is(&b, item[0], "state", "2");
    sweep_answer(&b, "gao", item[0], "agreement_seen=1", 0);
    asked(&b, "sun", sweep_submit, ask_town, &out);
    sweep_wait(&b, node_num(out, "job", 0));
    asked(&b, "xu", sweep_accept,
          text_printf(b.ctx, "sweep=#%llu|areas=[" TOWN_1 "]|ok=?1", (unsigned long long)sweep),
          &out);
    sweep_wait(&b, node_num(out, "job", 0));
    sweep_is(&b, item[0], "state", "7");
    asked(&b, "xu", sweep_figures, text_printf(b.ctx, "sweep=#%llu", (unsigned long long)sweep),
          &out);
    cr_assert_str_eq(node_text(row_of(out, TOWN_1), "state"), "4");
    agrees(&b, sweep, VILLAGE_A);
    box_free(&b);
}

/* Period, group and area choose who is on the list; the list of another county stays empty. */
Test(work_sweep, scope)
{
    static const struct {
        const char *more;
        int64_t total;
    } rows[] = {
        {"", 4},           {"areas=" TOWN_1, 3}, {"areas=" VILLAGE_A "，" VILLAGE_C, 3},
        {"groups=3组", 1}, {"categories=32", 1}, {"areas=" VILLAGE_C "|categories=32", 0},
    };
    struct box b;

    box_new(&b);
    sweep_child(&b, "赵一", VILLAGE_A, "village_group=3组");
    sweep_child(&b, "钱二", VILLAGE_A, "village_group=13组");
    sweep_child(&b, "孙三", VILLAGE_B, "child_kinds=10,32|disability_grade=1");
    sweep_child(&b, "李四", VILLAGE_C, "");
    for (size_t i = 0; i < NELEM(rows); i++)
        cr_assert_eq(figure(&b, sweep_opened(&b, rows[i].more), "", "total"), rows[i].total, "%s",
                     rows[i].more);
    box_free(&b);
}

/* Where the holiday is spent, with whom, from when to when, and the four things a caregiver knows. */
Test(work_sweep, holiday_plan)
{
    static const struct {
        const char *pairs, *code;
        int err;
    } rows[] = {
        {"result=1|holiday_where=2|holiday_from=2026-12-20|holiday_to=2026-12-01", "holiday_order",
         HE_RULE},
        {"result=1|holiday_where=2", "holiday_whom", HE_RULE},
        {"result=1|holiday_where=2|holiday_with=母亲|holiday_area=广东省东莞市|holiday_from=2026-"
         "12-01"
         "|holiday_to=2026-12-20|know_where=1|know_who=1|know_what=1|know_back=1",
         NULL, 0},
        {"care_class=1|care_class_name=爱心暑托班 书法|drowning_notice=1|safety_talk=1|counsel=1",
         NULL, 0},
    };
    uint64_t child, item;
    struct box b;

    box_new(&b);
    child = sweep_child(&b, "赵一", VILLAGE_A, "");
    sweep_opened(&b, "");
    item = sweep_item_id(&b, "child", child);
    for (size_t i = 0; i < NELEM(rows); i++) {
        struct save s = sweep_answer(&b, "gao", item, rows[i].pairs, rows[i].err);

        if (rows[i].code)
            cr_assert(box_finding(&s, rows[i].code) != NULL, "%s", rows[i].pairs);
    }
    sweep_is(&b, item, "holiday_with", "母亲");
    sweep_is(&b, item, "know_back", "1");
    sweep_is(&b, item, "care_class_name", "爱心暑托班 书法");
    box_free(&b);
}

/* Open water with sign and gear, net cafés within 200 m of a school: rows of the list too. */
Test(work_sweep, places)
{
    uint64_t water, sweep, item;
    struct save s = {.form = NULL};
    struct box b;

    box_new(&b);
    s.form = form_of(&b, "place");
    cr_assert_eq(box_save(&b, "gao", &s, "name=水塘|kind=1|village=" VILLAGE_A "|sign=1|gear=1"),
                 0);
    water = s.rec->id;
    sweep_child(&b, "赵一", VILLAGE_A, "");
    sweep = sweep_opened(&b, "kind=4");
    item = sweep_item_id(&b, "place", water);
    sweep_answer(&b, "gao", item, "result=1|place_sign=0|place_gear=1|place_patrol=1", 0);
    sweep_is(&b, item, "found", "6");
    cr_assert_str_eq(box_val(&b, s.form, water, "sign"), "0");
    cr_assert_str_eq(box_val(&b, s.form, water, "patrolled_on"), "2026-11-22");
    s = (struct save){.form = form_of(&b, "place")};
    cr_assert_eq(
        box_save(&b, "gao", &s, "name=蓝天网吧|kind=2|village=" VILLAGE_A "|school_distance=150"),
        HE_RULE);
    cr_assert_not_null(box_finding(&s, "cafe_near"));
    s = (struct save){.form = form_of(&b, "place"), .confirm_all = true};
    cr_assert_eq(
        box_save(&b, "gao", &s, "name=蓝天网吧|kind=2|village=" VILLAGE_A "|school_distance=150"),
        0);
    cr_assert(sweep_item_id(&b, "place", s.rec->id) != 0);
    cr_assert_eq(figure(&b, sweep, VILLAGE_A, "places"), 2);
    agrees(&b, sweep, VILLAGE_A);
    box_free(&b);
}
