/*
 * Visits: who may record one, what counts, when the next is due, what goes into the file and what it
 * leaves to do; copies by visit time and text only; nothing is altered afterwards.
 */
#include "server/work_box.h"
#include "work/list.h"

static uint64_t new_child(struct box *b, const char *pairs)
{
    struct save s = {.direct = true, .confirm_all = true};
    int err = box_save(b, "xu", &s, pairs);

    box_log(&s);
    cr_assert_eq(err, 0, "%s", err_name(err));
    return s.rec->id;
}

static int visit(struct box *b, const char *login, struct save *s, const char *pairs)
{
    *s = (struct save){.form = dict_form(b->dict, "visit")};
    return box_save(b, login, s, pairs);
}

static uint64_t visited(struct box *b, const char *pairs)
{
    struct save s = {.form = dict_form(b->dict, "visit"), .confirm_all = true};
    int err = box_save(b, "gao", &s, pairs);

    box_log(&s);
    cr_assert_eq(err, 0, "%s: %s", pairs, err_name(err));
    return s.rec->id;
}

#define CHILD_A                                                                                    \
    "name=王小雨|village=" VILLAGE_A "|birth_date=2016-03-12|child_kinds=10|add_date=2026-09-20"

/* Visits in order, and what the file says afterwards. */
Test(work_visit, duty)
{
    static const struct {
        const char *child, *visits[3], *last, *next, *why;
    } cases[] = {
        {"", {NULL}, "", "2026-09-30", "每月走访一次，登记以后还没有走访"},
        {"", {"2026-10-12|seen=1"}, "2026-10-12", "2026-11-30", "每月走访一次，上次2026-10-12"},
        {"", {"2026-10-31|seen=1"}, "2026-10-31", "2026-11-30", "每月走访一次，上次2026-10-31"},
        {"",
         {"2026-11-01|seen=1", "2026-10-12|seen=1"},
         "2026-11-01",
         "2026-12-31",
         "每月走访一次，上次2026-11-01"},
        /* nobody met */
        {"", {"2026-10-12|seen=1", "2026-11-10|seen=4"}, "2026-10-12", "2026-11-30", NULL},
        {"", {"2026-11-10|seen=5"}, "", "2026-09-30", NULL},
        /* a supervisor's revisit is a visit and no duty done */
        {"", {"2026-10-12|seen=1", "2026-11-10|seen=1|kind=2"}, "2026-11-10", "2026-11-30", NULL},
        /* by phone: not at all, for green every second time */
        {"", {"2026-10-12|seen=1", "2026-11-10|seen=3|way=2"}, "2026-11-10", "2026-11-30", NULL},
        {"|risk_level=4|risk_reason=都好",
         {"2026-10-12|seen=1", "2026-11-10|seen=3|way=2"},
         "2026-11-10",
         "2026-12-31",
         NULL},
        {"|risk_level=4|risk_reason=都好",
         {"2026-09-22|seen=1", "2026-10-12|seen=3|way=2", "2026-11-10|seen=3|way=2"},
         "2026-11-10",
         "2026-11-30",
         NULL},
        /* days for red and yellow */
        {"|risk_level=1|risk_reason=独居",
         {"2026-11-20|seen=1"},
         "2026-11-20",
         "2026-11-27",
         "红色关注，7天走访一次，上次2026-11-20"},
        {"|risk_level=2|risk_reason=多病",
         {"2026-11-20|seen=1"},
         "2026-11-20",
         "2026-12-05",
         "黄色关注，15天走访一次，上次2026-11-20"},
        {"|risk_level=3|risk_reason=还好", {"2026-11-20|seen=1"}, "2026-11-20", "2026-12-31", NULL},
        /* other categories by parameter */
        {"|child_kinds=32",
         {"2026-10-12|seen=1"},
         "2026-10-12",
         "2027-01-31",
         "非留守儿童，3个月走访一次，上次2026-10-12"},
    };
    struct box b;

    box_new(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        uint64_t id = new_child(&b, text_printf(b.ctx, CHILD_A "%s", cases[i].child));

        for (size_t v = 0; v < 3 && cases[i].visits[v]; v++)
            visited(&b, text_printf(b.ctx, "child=%llu|visited_on=%s", (unsigned long long)id,
                                    cases[i].visits[v]));
        cr_assert_str_eq(box_val(&b, b.child, id, "visit_last"), cases[i].last, "case %zu", i);
        cr_assert_str_eq(box_val(&b, b.child, id, "visit_next"), cases[i].next, "case %zu", i);
        if (cases[i].why)
            cr_assert_str_eq(box_val(&b, b.child, id, "visit_why"), cases[i].why, "case %zu", i);
    }
    box_free(&b);
}

static int exit_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct save s = {.confirm_all = true};

    (void)arg;
    return child_exit(t, b->ctx, b->county, a, 2, box_pairs(b->ctx, "exit_reason=01"), &s);
}

/* Who may record what (issue 3: bad input). */
Test(work_visit, refused)
{
    static const struct {
        const char *login, *pairs, *code;
    } cases[] = {
        {"gao", "child=1|seen=1|live_with=4|guard=1|mind=1", ""},
        {"gao", "child=1|visited_on=2026-11-23|seen=1", "visited_future"},
        {"gao", "child=1|visited_on=2026-09-19|seen=1", "before_registered"},
        {"gao", "child=1", "missing_seen"},
        {"gao", "seen=1", "missing_child"},
        {"hu", "child=1|seen=1", "bad_ref"},
        {"gao", "child=2|seen=1", "exited"},
        {"gao",
         "child=1|seen=1|live_with=4|guard=1|mind=1|started=2026-11-22 15:00|ended=2026-11-22 "
         "14:00",
         "time_order"},
        {"gao", "child=1|seen=1|promise=每周打电话", "promise_needs_date"},
        {"gao", "child=1|seen=1|state=2", "system_field"},
        {"kong", "child=1|seen=1", NULL},
    };
    struct save s;
    struct box b;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    cr_assert_eq(new_child(&b, CHILD_A), 2);
    cr_assert_eq(box_do(&b, "xu", exit_fn, NULL), 0);
    for (size_t i = 0; i < NELEM(cases); i++) {
        int err = visit(&b, cases[i].login, &s, cases[i].pairs);

        box_log(&s);
        if (!cases[i].code) {
            cr_assert_eq(err, HE_DENIED, "%zu %s", i, err_name(err));
            continue;
        }
        cr_assert_eq(err, *cases[i].code ? HE_RULE : 0, "%zu %s", i, err_name(err));
        cr_assert(!*cases[i].code || box_finding(&s, cases[i].code) != NULL, "%zu", i);
    }
    box_free(&b);
}

/* Answers that change the file, in the same save, with the visit as source. */
Test(work_visit, into_the_file)
{
    static const struct {
        const char *answers, *path, *want;
    } cases[] = {
        {"contact=5|home_parent=1|home_stay=1|home_until=2026-12-20", "father.home_stay", "1"},
        {"contact=5|home_parent=1|home_stay=1|home_until=2026-12-20", "father.home_until",
         "2026-12-20"},
        {"contact=5|home_parent=1|home_stay=2", "father.home_stay", "2"},
        {"contact=5|home_parent=1|home_stay=2", "review_state", "1"}, /* no longer away: reviewed */
        {"contact=5|home_parent=2|home_stay=2", "father.out_working", "1"},
        {"guard=5|new_caregiver=赵桂兰|new_caregiver_relation=64", "caregiver.name", "赵桂兰"},
        {"guard=5|new_caregiver=赵桂兰|new_caregiver_relation=64", "caregiver_relation", "64"},
        {"guard=3", "guard_grade", "3"},
        {"guard=1", "guard_grade", ""},
        {"study=4|child.school_state=09", "school_state", "09"},
        {"key_child=1", "special_situation", "11,30"},
        {"contact=1", "parent_contact", "2026-11-13"},
        {"contact=1|contact_last=2026-11-18|contact_parent=1", "parent_contact", "2026-11-18"},
        {"contact=1|contact_last=2026-11-18|contact_parent=1", "father.last_contact", "2026-11-18"},
        {"contact=3", "parent_contact", ""},
        {"seen=6|child.live_addr=城北新村3号", "live_addr", "城北新村3号"},
        /* who lives with whom is judged by the township: the file waits (decision 5) */
        {"live_with=6", "live_with", "4"},
        {"live_with=6", "review_state", "1"},
    };
    struct box b;

    box_new(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        const char *dot = strchr(cases[i].path, '.');
        uint64_t id =
            new_child(&b, CHILD_A "|live_with=4|special_situation=11|caregiver.name=马玉英"
                                  "|father.name=王强|father.out_working=1|mother.name=李梅");
        struct rec *child;
        const char *got;

        visited(&b, text_printf(b.ctx, "child=%llu|seen=1|visited_on=2026-11-20|%s",
                                (unsigned long long)id, cases[i].answers));
        child = box_get(&b, b.child, id);
        got = !dot ? rec_get(child, cases[i].path)
                   : box_val(&b, b.person,
                             rec_ref(child, talloc_strndup(b.ctx, cases[i].path,
                                                           (size_t)(dot - cases[i].path))),
                             dot + 1);
        cr_assert_str_eq(got ? got : "", cases[i].want, "case %zu %s", i, cases[i].answers);
    }
    /* The old caregiver kept his own record. */
    cr_assert_str_eq(box_val(&b, b.person, 3, "name"), "马玉英");
    box_free(&b);
}

static uint64_t tasks_of(struct box *b, const char *state)
{
    const struct form *form = dict_form(b->dict, "task");
    uint64_t n = 0;

    for (uint64_t id = 1; id < 20; id++) {
        struct box_get g = {b->ctx, form, id, NULL};

        if (store_read(b->store, box_get_fn, &g) == 0)
            n += rec_same(rec_get(g.rec, "state"), state);
    }
    return n;
}

/* What a visit leaves to do; voided with a reason it counts for nothing and its tasks end. */
Test(work_visit, tasks_and_void)
{
    const struct form *form;
    struct save s;
    struct box b;
    uint64_t child, id;

    box_new(&b);
    form = dict_form(b.dict, "visit");
    child = new_child(&b, CHILD_A);
    cr_assert_eq(
        visit(&b, "gao", &s, "child=1|visited_on=2026-10-12|seen=1|live_with=4|guard=1|mind=1"), 0);
    id = visited(&b, "child=1|visited_on=2026-11-20|seen=1|guard=3|kind=13|promise=每周打电话|"
                     "promise_due=2026-12-01"
                     "|follow_what=问一问奶奶的腿|follow_due=2026-12-05|safety=2|hazards=2,5|"
                     "hazard_due=2026-12-01");
    cr_assert_eq(tasks_of(&b, "1"), 4);
    cr_assert_str_eq(box_val(&b, b.child, child, "visit_next"), "2026-12-31");
    /* Nothing of it is altered, not even by who wrote it. */
    s = (struct save){.form = form, .id = id};
    cr_assert_eq(box_save(&b, "gao", &s, "living=3"), HE_RULE);
    cr_assert_not_null(box_finding(&s, "final"));
    cr_assert_eq(box_save(&b, "sun", &s, "promise=每天打电话"), HE_RULE);
    cr_assert_eq(box_save(&b, "gao", &s, "void_reason=记错了孩子"), 0);
    cr_assert_str_eq(box_val(&b, form, id, "state"), "2");
    cr_assert_eq(tasks_of(&b, "1"), 0);
    cr_assert_eq(tasks_of(&b, "4"), 4);
    cr_assert_str_eq(box_val(&b, b.child, child, "visit_last"), "2026-10-12");
    cr_assert_str_eq(box_val(&b, b.child, child, "visit_next"), "2026-11-30");
    cr_assert_eq(box_save(&b, "gao", &s, "void_reason=另一个原因"), HE_RULE, "once");
    box_free(&b);
}

/* Forty papers typed in one evening are no copies; the same words in another house are asked about. */
Test(work_visit, copies)
{
    static const struct {
        const char *pairs, *code;
    } cases[] = {
        {"child=2|visited_on=2026-11-03|living_note=房子干净，米油都有，孩子穿得暖", "same_words"},
        {"child=2|visited_on=2026-11-02|living_note=房子干净，米油都有，孩子穿得暖", "same_words"},
        {"child=1|visited_on=2026-11-05|living_note=房子干净，米油都有，孩子穿得暖", "same_words"},
        {"child=2|visited_on=2026-11-03|living_note=都好", ""},
        {"child=2|visited_on=2026-11-03|living_note=屋里有些漏雨，说了要修，孩子穿得暖", ""},
        {"child=3|visited_on=2026-11-02|living_note=房子干净，米油都有，孩子穿得暖",
         ""}, /* a brother, the same day */
        {"child=2|visited_on=2026-11-02|started=2026-11-02 09:10|ended=2026-11-02 09:40",
         "same_time"},
        {"child=2|visited_on=2026-11-02|started=2026-11-02 09:30|ended=2026-11-02 09:50", ""},
        {"child=3|visited_on=2026-11-02|started=2026-11-02 09:00|ended=2026-11-02 09:30", ""},
    };
    struct box b;
    struct save s;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A "|father.name=王强"), 1);
    cr_assert_eq(new_child(&b, "name=李明|village=" VILLAGE_A "|add_date=2026-09-20"), 2);
    cr_assert_eq(new_child(&b, "name=王小风|father=1|village=" VILLAGE_A "|add_date=2026-09-20"),
                 3);
    visited(&b, "child=1|seen=1|visited_on=2026-11-02|living_note=房子干净，米油都有，孩子穿得暖"
                "|started=2026-11-02 09:00|ended=2026-11-02 09:30");
    for (size_t i = 0; i < NELEM(cases); i++) {
        int err = visit(
            &b, "gao", &s,
            text_printf(b.ctx, "%s|seen=1|live_with=4|guard=1|mind=1|kind=9", cases[i].pairs));
        bool asked = box_finding(&s, "same_words") || box_finding(&s, "same_time");

        box_log(&s);
        cr_assert_eq(err, *cases[i].code ? HE_RULE : 0, "case %zu %s", i, err_name(err));
        cr_assert_eq(asked, *cases[i].code != '\0', "case %zu", i);
        if (*cases[i].code)
            cr_assert(box_finding(&s, cases[i].code) &&
                      box_finding(&s, cases[i].code)->level == 'W');
        if (!err) {
            s = (struct save){.form = s.form, .id = s.rec->id, .confirm_all = true};
            cr_assert_eq(box_save(&b, "gao", &s, "void_reason=试一试"), 0);
        }
    }
    for (int i = 0; i < 40; i++) { /* one a day, all typed today, all routine */
        char day[11];
        struct date d = date_add_days((struct date){2026, 10, 1}, i);

        cr_assert_eq(visit(&b, "gao", &s,
                           text_printf(b.ctx,
                                       "child=%d|visited_on=%s|seen=1|live_with=4|living=1|guard=1|"
                                       "mind=1|study=1|safety=1|contact=1",
                                       1 + i % 2, date_format(d, day))),
                     0, "%d", i);
        cr_assert(!box_finding(&s, "same_words") && !box_finding(&s, "same_time"));
    }
    box_free(&b);
}

/* Additions: dated, signed; checks are the township's; an untrue visit is put right by a task. */
Test(work_visit, additions)
{
    static const struct {
        const char *login, *pairs, *code;
    } cases[] = {
        {"gao", "visit=1|kind=1|text=日期应是11月19日", ""},
        {"gao", "visit=1|kind=4|result=1|text=电话核实", "denied"},
        {"sun", "visit=1|kind=4|text=电话核实", "check_needs_result"},
        {"sun", "visit=1|kind=4|result=3|text=奶奶说没有来过", ""},
        {"sun", "visit=2|kind=4|result=1|text=自己去的", "own_work"},
        {"sun", "visit=2|kind=3|text=自己去的，补记一句", ""},
        {"hu", "visit=1|kind=1|text=别村的", "bad_ref"},
        {"gao", "kind=2|text=没有说是哪次|village=" VILLAGE_A, "missing_subject"},
    };
    struct box b;
    struct save s;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    visited(&b, "child=1|seen=1|visited_on=2026-11-20");
    cr_assert_eq(visit(&b, "sun", &s, "child=1|seen=1|kind=2|visited_on=2026-11-21"), 0);
    for (size_t i = 0; i < NELEM(cases); i++) {
        int err;

        s = (struct save){.form = dict_form(b.dict, "addition")};
        err = box_save(&b, cases[i].login, &s, cases[i].pairs);
        box_log(&s);
        cr_assert_eq(err, *cases[i].code ? HE_RULE : 0, "%zu %s", i, err_name(err));
        cr_assert(!*cases[i].code || box_finding(&s, cases[i].code) != NULL, "%zu", i);
        if (!err) {
            cr_assert_str_eq(rec_get(s.rec, "child"), "1");
            cr_assert_str_eq(rec_get(s.rec, "village"), VILLAGE_A);
        }
    }
    cr_assert_eq(tasks_of(&b, "1"), 1);
    s.id = 1;
    cr_assert_eq(box_save(&b, "gao", &s, "text=改一改"), HE_DENIED, "an addition is final too");
    box_free(&b);
}

/* The urgent report: also of a child nobody registered; immutable but for what was left empty. */
Test(work_visit, urgent_report)
{
    static const struct {
        const char *login, *pairs, *code;
    } cases[] = {
        {"gao",
         "child=1|triggers=1|facts=夜里一个人在家|found_on=2026-11-22 09:00|called_on=2026-11-22 "
         "09:05",
         ""},
        {"gao", "child=1|triggers=1|facts=夜里一个人在家|found_on=2026-11-22 09:00", "call_now"},
        {"gao",
         "triggers=8|facts=桥下一个孩子|found_on=2026-11-22 09:00|called_on=2026-11-22 "
         "09:05|village=" VILLAGE_A,
         "who_is_it"},
        {"gao",
         "triggers=8|facts=桥下一个孩子|child_look=男孩，五岁左右|found_on=2026-11-22 "
         "09:00|called_on=2026-11-22 09:05|village=" VILLAGE_A,
         ""},
        {"gao", "child=1|triggers=1|facts=一|found_on=2026-11-22 09:00|called_on=2026-11-22 08:00",
         "called_before"},
        {"sun",
         "triggers=9|facts=路上一个孩子|place=镇东大桥|found_on=2026-11-22 "
         "09:00|called_on=2026-11-22 "
         "09:00|village=320681100000",
         ""},
        {"gao",
         "child=1|triggers=1|facts=一|found_on=2026-11-22 09:00|called_on=2026-11-22 "
         "09:00|received=1",
         "denied"},
        {"hu", "child=1|triggers=1|facts=一|found_on=2026-11-22 09:00|called_on=2026-11-22 09:00",
         "bad_ref"},
        {"gao", "child=1|found_on=2026-11-22 09:00|called_on=2026-11-22 09:00|facts=一",
         "missing_triggers"},
    };
    struct box b;
    struct save s;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    for (size_t i = 0; i < NELEM(cases); i++) {
        int err;

        s = (struct save){.form = dict_form(b.dict, "urgent_report")};
        err = box_save(&b, cases[i].login, &s, cases[i].pairs);
        box_log(&s);
        cr_assert_eq(err, *cases[i].code ? HE_RULE : 0, "%zu %s", i, err_name(err));
        cr_assert(!*cases[i].code || box_finding(&s, cases[i].code) != NULL, "%zu", i);
    }
    s = (struct save){.form = s.form, .id = 1, .confirm_all = true};
    cr_assert_eq(box_save(&b, "gao", &s, "facts=改一改"), HE_RULE);
    cr_assert_eq(box_save(&b, "gao", &s, "receipt=A0017|told_town_on=2026-11-22 09:10"), 0);
    cr_assert_eq(box_save(&b, "gao", &s, "receipt=A0018"), HE_RULE, "once");
    cr_assert_eq(box_save(&b, "sun", &s, "received=1"), 0);
    cr_assert(*box_val(&b, s.form, 1, "received_by") && *box_val(&b, s.form, 1, "received_on"));
    /* It goes with its child to another village. */
    s = (struct save){.id = 1, .direct = true, .confirm_all = true};
    cr_assert_eq(box_save(&b, "xu", &s, "village=" VILLAGE_B), 0);
    cr_assert_str_eq(box_val(&b, dict_form(b.dict, "urgent_report"), 1, "village"), VILLAGE_B);
    box_free(&b);
}

struct blind {
    uint64_t id;
    struct node *out;
};

static int report_view(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct blind *w = arg;
    struct rec *rec;
    int err = txn_get(t, b->ctx, dict_form(b->dict, "urgent_report"), w->id, &rec);

    w->out = node_map(b->ctx);
    return err ? err : rec_view(t, b->ctx, b->county, a, rec, w->out);
}

static int report_past(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct blind *w = arg;
    struct rec *rec;
    int err = txn_get(t, b->ctx, dict_form(b->dict, "urgent_report"), w->id, &rec);

    w->out = node_map(b->ctx);
    return err ? err : rec_history_view(t, b->ctx, b->county, a, rec, NULL, 20, w->out);
}

#define TOLD_BY "邻居丁大爷"

/* What the save says, without numbers of versions. */
static const char *said(struct box *b, const struct save *s, int err)
{
    char *out = text_printf(b->ctx, "%d %d", err, s->unchanged);

    for (size_t i = 0; i < s->findings->n; i++)
        out = talloc_asprintf_append(out, " %c %s %s", s->findings->f[i].level,
                                     s->findings->f[i].code, s->findings->f[i].text);
    return out;
}

/* Who told (反家庭暴力法第14条): filled by whoever writes the report, read by the named keeper alone. */
Test(work_visit, reporter_is_filled_blind)
{
    static const char *const writers[] = {"gao", "sun", "xu"};
    struct box b;
    struct blind w = {0};
    struct save s;

    box_new(&b);
    const struct form *form = dict_form(b.dict, "urgent_report");
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    for (size_t i = 0; i < NELEM(writers); i++) {
        s = (struct save){.form = form, .confirm_all = true};
        cr_assert_eq(box_save(&b, writers[i], &s,
                              "child=1|triggers=1|facts=夜里一个人在家|found_on=2026-11-22 09:00"
                              "|reporter=" TOLD_BY),
                     0, "%s", writers[i]);
        w.id = s.rec->id;
        cr_assert_eq(box_do(&b, writers[i], report_view, &w), 0);
        cr_expect_str_eq(node_text_or(node_get(w.out, "show"), "reporter", ""), "已填，您看不到");
        cr_expect(!strstr(node_json(b.ctx, w.out), TOLD_BY), "%s", writers[i]);
        cr_assert_eq(box_do(&b, writers[i], report_past, &w), 0);
        cr_expect(!strstr(node_json(b.ctx, w.out), TOLD_BY), "%s", writers[i]);
        cr_assert_eq(box_do(&b, "kong", report_view, &w), 0);
        cr_expect_str_eq(node_text_or(node_get(w.out, "v"), "reporter", ""), TOLD_BY);
    }
    /* The same and another one, sent again: neither changes anything, nor tells which it was. */
    static const char *const again[] = {("reporter=" TOLD_BY), "reporter=别人", "reporter=-"};
    const char *first = NULL;
    for (size_t i = 0; i < NELEM(again); i++) {
        s = (struct save){.form = form, .id = 1, .version = 1, .confirm_all = true};
        s.base = box_pairs(b.ctx, "reporter=谁");
        int err = box_save(&b, "gao", &s, again[i]);
        first = first ? first : said(&b, &s, err);
        cr_expect_str_eq(said(&b, &s, err), first, "%s", again[i]);
        cr_expect_str_eq(box_val(&b, form, 1, "reporter"), TOLD_BY);
    }
    cr_expect(strstr(first, "0 1 I filled") == first, "%s", first);
    /* The keeper puts it right, and nothing else. */
    s = (struct save){.form = form, .id = 1, .confirm_all = true};
    cr_assert_eq(box_save(&b, "kong", &s, "reporter=邻居丁大妈"), 0);
    cr_assert_eq(box_save(&b, "kong", &s, "receipt=A1"), HE_RULE);
    cr_expect(box_finding(&s, "denied") != NULL);
    box_free(&b);
}

/* What became known later is told by the writer or by those above, by no neighbour in the village. */
Test(work_visit, report_is_completed_by_its_writer)
{
    struct box b;
    struct save s;

    box_new(&b);
    const struct form *form = dict_form(b.dict, "urgent_report");
    box_post(&b, "hu", "director", VILLAGE_A);
    box_post(&b, "kong", "village_head", VILLAGE_A);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    s = (struct save){.form = form, .confirm_all = true};
    cr_assert_eq(box_save(&b, "kong", &s,
                          "child=1|triggers=1|facts=夜里一个人在家|found_on=2026-11-22 09:00"),
                 0);
    s = (struct save){.form = form, .id = 1, .confirm_all = true};
    cr_assert_eq(box_save(&b, "hu", &s, "told_town_who=孙督导"), HE_RULE);
    cr_expect(box_finding(&s, "denied") != NULL);
    cr_assert_eq(box_save(&b, "kong", &s, "told_town_who=孙督导"), 0);
    cr_assert_eq(box_save(&b, "sun", &s, "station=汇龙派出所"), 0);
    box_free(&b);
}

/* A visit with such an answer says what to enter next, with its facts. */
Test(work_visit, urgent_answers)
{
    static const struct {
        const char *answers, *triggers;
    } cases[] = {
        {"live_with=4|guard=1|mind=1", NULL}, {"live_with=9", "1"},  {"guard=4", "4"},
        {"mind=4|injury=左臂有伤", "6"},      {"urgent=5,7", "5,7"},
    };
    struct box b;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct save s = {.form = dict_form(b.dict, "visit"), .confirm_all = true};

        cr_assert_eq(box_save(&b, "gao", &s,
                              text_printf(b.ctx, "child=1|seen=1|visited_on=2026-11-2%zu|%s", i % 3,
                                          cases[i].answers)),
                     0);
        cr_assert_eq(s.next != NULL, cases[i].triggers != NULL, "case %zu", i);
        if (!s.next)
            continue;
        cr_assert_str_eq(node_text(s.next, "type"), "urgent_report");
        cr_assert_str_eq(node_text(node_get(s.next, "set"), "triggers"), cases[i].triggers);
        cr_assert(strncmp(cases[i].answers, "mind=4", 6) != 0 ||
                  !strcmp(node_text(node_get(s.next, "set"), "injuries"), "左臂有伤"));
    }
    box_free(&b);
}

/* Contacts: helped by the village, child and parents were in touch; later ones count. */
Test(work_visit, contacts)
{
    static const char *const cases[][2] = {
        {"on=2026-10-03|with=2|channel=2|helped=1|role=1", "2026-10-03"},
        {"on=2026-10-09|with=2|channel=1|role=2",
         "2026-10-03"}, /* the teacher spoke to the father */
        {"on=2026-10-08|with=3|channel=1|helped=1|role=1", "2026-10-08"},
        {"on=2026-10-05|with=3|channel=1|helped=1|role=1", "2026-10-08"},
        {"on=2026-10-20|with=1|channel=5|helped=1|role=3", "2026-10-08"},
    };
    struct box b;
    struct save s;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    for (size_t i = 0; i < NELEM(cases); i++) {
        s = (struct save){.form = dict_form(b.dict, "contact")};
        cr_assert_eq(box_save(&b, "gao", &s, text_printf(b.ctx, "child=1|%s", cases[i][0])), 0);
        cr_assert_str_eq(box_val(&b, b.child, 1, "parent_contact"), cases[i][1], "case %zu", i);
    }
    s = (struct save){.form = dict_form(b.dict, "contact")};
    cr_assert_eq(box_save(&b, "gao", &s, "child=1|on=2026-11-23|with=1|channel=5"), HE_RULE);
    cr_assert_not_null(box_finding(&s, "on_future"));
    box_free(&b);
}

static int helper_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    return helper_count(t, b->ctx, b->county, a, arg);
}

/* Minimums of helpers: 22 November 2026 is a Sunday; its week began on the 16th. */
Test(work_visit, helper_minimums)
{
    static const char *const contacts[] = {
        "on=2026-11-16|with=1|channel=5|role=2",
        "on=2026-11-20|with=1|channel=5|role=2",
        "on=2026-11-15|with=1|channel=5|role=2",
        "on=2026-11-02|with=2|channel=1|role=2",
        "on=2026-10-31|with=5|channel=1|role=2",
        "on=2026-11-18|with=1|channel=5|role=3|name=代理家长老周",
        "on=2026-11-18|with=2|channel=1|role=1",
    };
    static const struct {
        const char *helper, *what;
        int done, wanted;
    } want[] = {
        {"高主任", "每周与孩子联系、辅导作业", 2, 2},
        {"高主任", "每月与父母、老师、照护人联系", 1, 2},
        {"代理家长老周", "每周谈心", 1, 1},
        {"代理家长老周", "每月与父母通话", 0, 1},
        {"高主任", "每两个月家访", 1, 2},
        {"高主任", "每学期家访", 2, 1},
    };
    struct box b;
    struct node *out;
    size_t n = 0;

    box_new(&b);
    cr_assert_eq(new_child(&b, CHILD_A), 1);
    for (size_t i = 0; i < NELEM(contacts); i++) {
        struct save s = {.form = dict_form(b.dict, "contact")};

        cr_assert_eq(box_save(&b, "gao", &s, text_printf(b.ctx, "child=1|%s", contacts[i])), 0);
    }
    visited(&b, "child=1|kind=6|seen=1|visited_on=2026-10-10");
    visited(&b, "child=1|kind=6|seen=1|visited_on=2026-09-25");
    visited(&b, "child=1|kind=6|seen=4|visited_on=2026-11-10");
    out = node_map(b.ctx);
    cr_assert_eq(box_look(&b, "gao", helper_fn, out), 0);
    for (const struct node *r = node_first(node_get(out, "rows")); r; r = r->next)
        for (size_t i = 0; i < NELEM(want); i++)
            if (!strcmp(node_text(r, "helper"), want[i].helper) &&
                !strcmp(node_text(r, "what"), want[i].what)) {
                cr_assert_eq(node_num(r, "done", -1), want[i].done, "%s", want[i].what);
                cr_assert_eq(node_num(r, "wanted", -1), want[i].wanted, "%s", want[i].what);
                n++;
            }
    cr_assert_eq(n, NELEM(want), "%s", node_json(b.ctx, out));
    out = node_map(b.ctx);
    cr_assert_eq(box_look(&b, "hu", helper_fn, out), 0);
    cr_assert_null(node_first(node_get(out, "rows")));
    box_free(&b);
}
