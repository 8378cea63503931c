/* Village, township, county: what waits, what takes effect, what goes back (decision 5). */
#include "server/work_box.h"

#define CHILD                                                                                      \
    "name=王小雨|birth_date=2016-08-15|sex=2|hukou_type=1|village=" VILLAGE_A                      \
    "|child_kinds=10|father.name=王强|father.phone=13800000001|father.out_working=1"

static int decide_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    return review_decide(t, b->ctx, b->county, a, arg);
}

/* Decides one change; the sentence it was skipped with, or "" when done. */
static const char *decide(struct box *b, const char *login, uint64_t change, bool approve,
                          const char *why)
{
    struct node *ids = node_list(b->ctx), *marks = node_list(b->ctx);
    struct review_batch d = {.approve = approve,
                             .reason = why,
                             .marks = marks,
                             .at = node_int(ids, NULL, (int64_t)change),
                             .skipped = node_list(b->ctx)};
    int err;

    node_str(marks, NULL, "father.out_working");
    err = box_do(b, login, decide_fn, &d);
    cr_assert_eq(err, 0, "%s", err_name(err));
    cr_assert_eq(d.done, node_first(d.skipped) ? 0u : 1u);
    return node_first(d.skipped) ? node_text(node_first(d.skipped), "text") : "";
}

static int recall_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    return review_recall(t, b->ctx, b->county, a, *(uint64_t *)arg);
}

static struct save save(struct box *b, const char *login, uint64_t id, const char *pairs, int want)
{
    struct save s = {.id = id, .confirm_all = true};
    int err = box_save(b, login, &s, pairs);

    if (err != want)
        box_log(&s);
    cr_assert_eq(err, want, "%s %s: %s", login, pairs, err_name(err));
    return s;
}

static void is(struct box *b, const struct form *form, uint64_t id, const char *field,
               const char *want)
{
    cr_assert_str_eq(box_val(b, form, id, field), want, "%s %s", form->name, field);
}

/* A new child waits; approved twice it stands on the register and has a number. */
Test(work_review, new_child)
{
    struct box b;
    struct save s;
    uint64_t id, change;

    box_new(&b);
    s = save(&b, "gao", 0, CHILD, 0);
    id = s.rec->id;
    change = s.change;
    is(&b, b.child, id, "state", "2");
    is(&b, b.child, id, "review_state", "1");
    is(&b, b.child, id, "file_no", "");
    is(&b, b.change, change, "kind", "1");
    is(&b, b.change, change, "state", "1");
    is(&b, b.change, change, "village", VILLAGE_A);

    /* Until then the director goes on writing it; one waiting change is enough. */
    s = save(&b, "gao", id, "hukou_addr=东街1号|sex=1", 0);
    is(&b, b.child, id, "sex", "1");
    cr_assert_eq(s.change, change);
    cr_assert_str_neq(decide(&b, "sun", change, false, NULL), "", "a return says why");
    cr_assert_str_eq(decide(&b, "sun", change, false, "性别不对"), "");
    is(&b, b.change, change, "state", "3");
    is(&b, b.change, change, "marks", "[\"father.out_working\"]");
    is(&b, b.child, id, "review_state", "3");
    s = save(&b, "gao", id, "sex=2", 0);
    is(&b, b.change, change, "state", "5");
    cr_assert_neq(s.change, change);
    change = s.change;
    is(&b, b.child, id, "review_state", "1");

    cr_assert_str_neq(decide(&b, "gao", change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "sun", change, true, NULL), "");
    is(&b, b.change, change, "state", "2");
    is(&b, b.child, id, "review_state", "2");
    is(&b, b.child, id, "state", "2");
    cr_assert_str_neq(decide(&b, "sun", change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "xu", change, true, NULL), "");
    is(&b, b.change, change, "state", "4");
    is(&b, b.child, id, "state", "3");
    is(&b, b.child, id, "review_state", "0");
    is(&b, b.child, id, "file_no", VILLAGE_A "0001");
    cr_assert_str_neq(decide(&b, "xu", change, true, NULL), "");
    box_free(&b);
}

/* Some fields at once, some wait; the last effective values count meanwhile. */
Test(work_review, change)
{
    struct box b;
    struct save s;
    struct node *proposed;
    uint64_t id, father, first;

    box_new(&b);
    id = save(&b, "xu", 0, CHILD, 0).rec->id;
    father = strtoull(box_val(&b, b.child, id, "father"), NULL, 10);
    s = save(&b, "gao", id,
             "live_addr=东街1号|name=王晓雨|father.phone=13800000009|father.out_working=0|"
             "mother.name=李梅|mother.phone=13800000003",
             0);
    first = s.change;
    is(&b, b.child, id, "live_addr", "东街1号");
    is(&b, b.child, id, "name", "王小雨");
    is(&b, b.child, id, "mother", "");
    is(&b, b.child, id, "review_state", "1");
    is(&b, b.person, father, "phone", "13800000009");
    is(&b, b.person, father, "out_working", "1");
    cr_assert_eq(review_proposed(b.ctx, box_get(&b, b.change, first), &proposed), 0);
    cr_assert_str_eq(
        node_json(b.ctx, proposed),
        "{\"name\":\"王晓雨\",\"mother.name\":\"李梅\",\"mother.phone\":\"13800000003\","
        "\"father.out_working\":\"0\"}");

    /* Returned and sent in again: the old one ends, what it asked for goes on. */
    cr_assert_str_eq(decide(&b, "sun", first, false, "父亲还在外面"), "");
    is(&b, b.child, id, "review_state", "3");
    s = save(&b, "gao", id, "father.out_working=1|hukou_type=3|hukou_area=320681100001", 0);
    is(&b, b.change, first, "state", "5");
    cr_assert_eq(review_proposed(b.ctx, box_get(&b, b.change, s.change), &proposed), 0);
    cr_assert_null(node_get(proposed, "father.out_working"));
    cr_assert_str_eq(node_text(proposed, "name"), "王晓雨");
    cr_assert_str_eq(decide(&b, "sun", s.change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "xu", s.change, true, NULL), "");
    is(&b, b.child, id, "name", "王晓雨");
    is(&b, b.child, id, "hukou_type", "3");
    cr_assert_str_neq(box_val(&b, b.child, id, "mother"), "");
    is(&b, b.child, id, "review_state", "0");
    box_free(&b);
}

/* review = "town": the township's word ends it, and its own change waits for nobody. */
Test(work_review, township_ends)
{
    struct box b;
    struct save s;
    uint64_t id;

    box_new(&b);
    id = save(&b, "xu", 0, CHILD, 0).rec->id;
    s = save(&b, "gao", id, "risk_level=2|risk_reason=独自做饭，屋里没有大人", 0);
    is(&b, b.child, id, "risk_level", "");
    is(&b, b.child, id, "review_state", "1");
    cr_assert_str_eq(decide(&b, "sun", s.change, true, NULL), "");
    is(&b, b.change, s.change, "state", "4");
    is(&b, b.child, id, "risk_level", "2");
    is(&b, b.child, id, "review_state", "0");

    /* With something else in it, the county has the last word. */
    s = save(&b, "gao", id, "risk_level=1|risk_reason=受伤|name=王晓雨", 0);
    cr_assert_str_eq(decide(&b, "sun", s.change, true, NULL), "");
    is(&b, b.change, s.change, "state", "2");
    box_free(&b);
}

/* The county finds what changed meanwhile, and what the rules say now. */
Test(work_review, approval_checks_again)
{
    struct box b;
    struct save s;
    uint64_t id, other, change;

    box_new(&b);
    id = save(&b, "xu", 0, CHILD, 0).rec->id;
    s = save(&b, "gao", id, "name=王晓雨", 0);
    change = s.change;
    save(&b, "xu", id, "name=王小宇", 0);
    cr_assert_str_eq(decide(&b, "sun", change, true, NULL), "");
    cr_assert(strstr(decide(&b, "xu", change, true, NULL), "姓名") != NULL);
    is(&b, b.child, id, "name", "王小宇");
    is(&b, b.change, change, "state", "2");
    cr_assert_str_eq(decide(&b, "xu", change, false, "姓名已更正"), "");

    /* A parent who was linked meanwhile does not get what was meant for another. */
    change = save(&b, "gao", id, "mother.name=李梅|mother.phone=13800000003", 0).change;
    save(&b, "xu", id, "mother.name=赵兰", 0);
    cr_assert_str_eq(decide(&b, "sun", change, true, NULL), "");
    cr_assert(strstr(decide(&b, "xu", change, true, NULL), "母亲") != NULL);

    /* A number that somebody else's file got in the meantime. */
    other = save(&b, "xu", 0, "name=李小一|village=" VILLAGE_B, 0).rec->id;
    change = save(&b, "hu", other, "id_no=320681201608154021", 0).change;
    save(&b, "xu", 0, "name=李小二|village=" VILLAGE_B "|id_no=320681201608154021", 0);
    cr_assert_str_eq(decide(&b, "sun", change, true, NULL), "");
    cr_assert(strstr(decide(&b, "xu", change, true, NULL), "李小二") != NULL);
    is(&b, b.child, other, "id_no", "");
    box_free(&b);
}

/* A supervisor's edits begin at the county; corrections need a reason; 代录 is a director's. */
Test(work_review, supervisor)
{
    struct box b;
    struct save s;
    uint64_t id;

    box_new(&b);
    id = save(&b, "xu", 0, CHILD, 0).rec->id;
    s = save(&b, "sun", id, "live_addr=东街1号", HE_RULE);
    cr_assert_not_null(box_finding(&s, "reason_needed"));
    s = (struct save){.id = id, .why = "村里来电话更正"};
    cr_assert_eq(box_save(&b, "sun", &s, "live_addr=东街1号|name=王晓雨"), 0);
    is(&b, b.child, id, "live_addr", "东街1号");
    is(&b, b.change, s.change, "state", "2");
    is(&b, b.child, id, "review_state", "2");
    cr_assert(*decide(&b, "sun", s.change, true, NULL) != 0, "nobody approves his own");
    s = (struct save){.id = id, .typed_for = "gao"};
    cr_assert_eq(box_save(&b, "sun", &s, "live_with=4"), 0);
    is(&b, b.change, s.change, "state", "1");
    cr_assert_str_neq(box_val(&b, b.change, s.change, "typed_by"),
                      box_val(&b, b.change, s.change, "submitted_by"));
    cr_assert(*decide(&b, "sun", s.change, true, NULL) != 0, "nor what he typed in himself");
    for (size_t i = 0; i < 4;
         i++) { /* of another village, the township's own, the county's, nobody */
        static const char *const no[] = {"hu", "sun", "xu", "nobody"};

        s = (struct save){.id = id, .typed_for = no[i]};
        cr_assert_eq(box_save(&b, "sun", &s, "live_addr=西街"), HE_RULE, "%s", no[i]);
    }
    s = (struct save){.id = id, .typed_for = "sun"};
    cr_assert_eq(box_save(&b, "gao", &s, "name=王小雪"), HE_RULE, "a director signs for himself");
    box_free(&b);
}

Test(work_review, recall_and_bulk)
{
    struct box b;
    struct review_batch d = {.approve = true};
    struct node *ids;
    uint64_t id[3], change[3];

    box_new(&b);
    ids = node_list(b.ctx);
    for (size_t i = 0; i < 3; i++) {
        struct save s = save(&b, "gao", 0,
                             text_printf(b.ctx, "name=王小%s|village=" VILLAGE_A,
                                         i == 0   ? "一"
                                         : i == 1 ? "二"
                                                  : "三"),
                             0);
        id[i] = s.rec->id;
        change[i] = s.change;
        node_int(ids, NULL, (int64_t)change[i]);
    }
    cr_assert_eq(box_do(&b, "hu", recall_fn, &change[0]), HE_NOTFOUND);
    cr_assert_eq(box_do(&b, "gao", recall_fn, &change[0]), 0);
    is(&b, b.child, id[0], "review_state", "0");
    is(&b, b.change, change[0], "state", "5");
    node_int(ids, NULL, 999);
    d.at = node_first(ids);
    d.skipped = node_list(b.ctx);
    cr_assert_eq(box_do(&b, "sun", decide_fn, &d), 0);
    cr_assert(d.at == NULL);
    cr_assert_eq(d.done, 2u);
    cr_assert_eq(d.skipped->n, 2u);
    d.at = node_first(ids);
    cr_assert_eq(box_do(&b, "xu", decide_fn, &d), 0);
    cr_assert_eq(d.done, 4u);
    is(&b, b.child, id[1], "state", "3");
    is(&b, b.child, id[0], "state", "2");
    /* A recalled new child is sent in again by saving it. */
    change[0] = save(&b, "gao", id[0], "name=王小一", 0).change;
    cr_assert_neq(change[0], 0u);
    is(&b, b.child, id[0], "review_state", "1");
    box_free(&b);
}

static int promote_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    (void)arg;
    box_put(t, b->ctx, dict_form(b->dict, "post"),
            text_printf(b->ctx, "user=%llu|role=supervisor|area=320681100000",
                        (unsigned long long)a->id));
    return 0;
}

/* A director who becomes supervisor does not approve what he sent in himself. */
Test(work_review, four_eyes)
{
    struct box b;
    struct save s;

    box_new(&b);
    s = save(&b, "gao", 0, CHILD, 0);
    cr_assert_eq(box_do(&b, "gao", promote_fn, NULL), 0);
    cr_assert_str_neq(decide(&b, "gao", s.change, true, NULL), "");
    is(&b, b.change, s.change, "state", "1");
    cr_assert_str_eq(decide(&b, "sun", s.change, true, NULL), "");
    box_free(&b);
}

/* A person edited by itself: the change lies with the child. */
Test(work_review, person)
{
    struct box b;
    struct save s = {.confirm_all = true};
    uint64_t id, father;

    box_new(&b);
    id = save(&b, "xu", 0, CHILD, 0).rec->id;
    father = strtoull(box_val(&b, b.child, id, "father"), NULL, 10);
    s.form = b.person;
    s.id = father;
    cr_assert_eq(box_save(&b, "gao", &s, "phone=13800000008|out_working=0"), 0);
    is(&b, b.person, father, "phone", "13800000008");
    is(&b, b.person, father, "out_working", "1");
    is(&b, b.change, s.change, "child", text_printf(b.ctx, "%llu", (unsigned long long)id));
    is(&b, b.child, id, "review_state", "1");
    cr_assert_str_eq(decide(&b, "sun", s.change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "xu", s.change, true, NULL), "");
    is(&b, b.person, father, "out_working", "0");
    is(&b, b.child, id, "review_state", "0");
    is(&b, b.child, id, "lbc_result", "3");
    box_free(&b);
}

/* --- leaving, coming back, moving --- */

struct leave {
    int (*fn)(struct txn *, void *, const struct county *, const struct actor *, uint64_t,
              const struct node *, struct save *);
    uint64_t id;
    const char *pairs;
    struct save out;
};

static int leave_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct leave *l = arg;

    l->out = (struct save){0};
    return l->fn(t, b->ctx, b->county, a, l->id, box_pairs(b->ctx, l->pairs), &l->out);
}

static int leave(struct box *b, const char *login, struct leave *l, const char *pairs)
{
    int err;

    l->pairs = pairs;
    err = box_do(b, login, leave_fn, l);
    box_log(&l->out);
    return err;
}

static int move_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct leave *l = arg;

    l->out = (struct save){0};
    return child_move(t, b->ctx, b->county, a, l->id, l->pairs, "搬家", &l->out);
}

Test(work_review, leaving)
{
    struct box b;
    struct leave l = {.fn = child_exit};

    box_new(&b);
    l.id = save(&b, "xu", 0, CHILD, 0).rec->id;
    cr_assert_eq(leave(&b, "gao", &l, "exit_date=2026-11-20"), HE_RULE);
    cr_assert_eq(leave(&b, "gao", &l, "exit_reason=08|exit_date=2026-11-20"), HE_RULE);
    cr_assert_not_null(box_finding(&l.out, "death_needs_cause"));
    cr_assert_eq(leave(&b, "gao", &l, "exit_reason=02|name=别人"), HE_RULE);
    cr_assert_eq(leave(&b, "gao", &l, "exit_reason=02|exit_note=父亲回来了"), 0);
    is(&b, b.child, l.id, "state", "3");
    is(&b, b.child, l.id, "exit_reason", "");
    is(&b, b.change, l.out.change, "kind", "4");
    cr_assert_str_eq(decide(&b, "sun", l.out.change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "xu", l.out.change, true, NULL), "");
    is(&b, b.child, l.id, "state", "4");
    is(&b, b.child, l.id, "exit_date", "2026-11-22");
    cr_assert_eq(leave(&b, "gao", &l, "exit_reason=02"), HE_RULE);

    l.fn = child_return;
    cr_assert_eq(leave(&b, "gao", &l, ""), 0);
    is(&b, b.change, l.out.change, "kind", "5");
    is(&b, b.child, l.id, "state", "4");
    cr_assert_str_eq(decide(&b, "sun", l.out.change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "xu", l.out.change, true, NULL), "");
    is(&b, b.child, l.id, "state", "3");
    is(&b, b.child, l.id, "exit_date", "");
    is(&b, b.child, l.id, "add_reason", "05");

    l.fn = child_exit; /* the county at once; a dead child does not come back */
    cr_assert_eq(leave(&b, "xu", &l, "exit_reason=08|death_date=2026-11-01|death_cause=2"), 0);
    is(&b, b.child, l.id, "state", "4");
    l.fn = child_return;
    cr_assert_eq(leave(&b, "xu", &l, ""), HE_RULE);
    box_free(&b);
}

Test(work_review, moving)
{
    struct box b;
    struct leave l = {.pairs = VILLAGE_B};
    struct save s;
    uint64_t father;

    box_new(&b);
    l.id = save(&b, "xu", 0, CHILD, 0).rec->id;
    father = strtoull(box_val(&b, b.child, l.id, "father"), NULL, 10);
    s = save(&b, "gao", l.id, "village=" VILLAGE_B, HE_RULE);
    cr_assert_not_null(box_finding(&s, "use_move"));
    cr_assert_eq(box_do(&b, "gao", move_fn, &l), 0);
    is(&b, b.change, l.out.change, "kind", "3");
    is(&b, b.change, l.out.change, "to_village", VILLAGE_B);
    is(&b, b.child, l.id, "village", VILLAGE_A);
    cr_assert_str_eq(decide(&b, "sun", l.out.change, true, NULL), "");
    cr_assert_str_eq(decide(&b, "xu", l.out.change, true, NULL), "");
    is(&b, b.child, l.id, "village", VILLAGE_B);
    is(&b, b.person, father, "village", VILLAGE_B);
    is(&b, b.child, l.id, "file_no", VILLAGE_A "0001");
    s = save(&b, "gao", l.id, "hobbies=画画", HE_DENIED);
    save(&b, "hu", l.id, "hobbies=画画", 0);
    l.pairs = "320681999999";
    cr_assert_eq(box_do(&b, "hu", move_fn, &l), HE_RULE);
    box_free(&b);
}
