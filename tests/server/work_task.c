/* Tasks: opened by rules and by hand, answered, checked; they go with their child. */
#include "server/work_box.h"
#include "work/task.h"

struct opening {
    struct task_new task;
    uint64_t id;
};

static int open_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct opening *o = arg;

    return task_open(t, b->ctx, b->county, a, &o->task, &o->id);
}

static uint64_t open_task(struct box *b, struct task_new task)
{
    struct opening o = {task, 0};

    cr_assert_eq(box_do(b, "gao", open_fn, &o), 0);
    cr_assert_neq(o.id, 0);
    return o.id;
}

static uint64_t new_child(struct box *b)
{
    struct save s = {.direct = true, .confirm_all = true};

    cr_assert_eq(box_save(b, "xu", &s, "name=王小雨|village=" VILLAGE_A), 0);
    return s.rec->id;
}

static int act(struct box *b, const char *login, struct save *s, uint64_t id, const char *pairs)
{
    *s = (struct save){.form = dict_form(b->dict, "task"), .id = id, .confirm_all = true};
    return box_save(b, login, s, pairs);
}

/* Every step: who, what, whether it is taken, the state after it. */
static void run_steps(struct box *b, uint64_t id, const char *const steps[][4])
{
    const struct form *form = dict_form(b->dict, "task");

    for (size_t i = 0; steps[i][0]; i++) {
        struct save s;
        int err = act(b, steps[i][0], &s, id, steps[i][1]);

        box_log(&s);
        if (*steps[i][2])
            cr_assert(err == HE_RULE && box_finding(&s, steps[i][2]) != NULL, "step %zu: %s", i,
                      err_name(err));
        else
            cr_assert_eq(err, 0, "step %zu: %s", i, err_name(err));
        cr_assert_str_eq(box_val(b, form, id, "state"), steps[i][3], "step %zu", i);
    }
}

Test(work_task, answered_and_checked)
{
    static const char *const checked[][4] = {
        {"gao", "due=2027-01-01", "fixed", "1"},
        {"gao", "check=1", "denied", "1"},
        {"sun", "check=1", "not_answered", "1"},
        {"gao", "answer=已换成外婆，村里看过", "", "2"},
        {"sun", "check=2", "check_needs_note", "2"},
        {"sun", "check=2|check_note=请写明哪天换的", "", "1"},
        {"gao", "answer=11月20日换成外婆", "", "2"},
        {"sun", "check=1", "", "3"},
        {"gao", "answer=再改一句", "closed", "3"},
        {NULL, NULL, NULL, NULL},
    };
    static const char *const follow[][4] = {
        {"gao", "answer=去看过，孩子退烧了|done_on=2026-12-30", "done_future", "1"},
        {"gao", "answer=去看过，孩子退烧了", "", "3"},
        {NULL, NULL, NULL, NULL},
    };
    struct task_new task = {.kind = TASK_CAREGIVER,
                            .what = "更换照护人",
                            .due = {2026, 12, 20},
                            .source = "agreement 1"};
    const struct form *form;
    struct box b;
    uint64_t id, other;

    box_new(&b);
    form = dict_form(b.dict, "task");
    task.child = new_child(&b);
    id = open_task(&b, task);
    cr_assert_eq(open_task(&b, task), id, "the same is not opened twice");
    cr_assert_str_eq(box_val(&b, form, id, "village"), VILLAGE_A);
    cr_assert(rec_ref(box_get(&b, form, id), "assignee") != 0, "the director has it");
    run_steps(&b, id, checked);
    other = open_task(&b, task);
    cr_assert_neq(other, id, "a closed one does not stand in the way");
    task.kind = TASK_FOLLOW;
    task.source = "visit 3";
    run_steps(&b, open_task(&b, task), follow);
    box_free(&b);
}

static int drop_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    (void)arg;
    return task_drop(t, b->ctx, b->county, a, VILLAGE_A, "sweep 2", NULL, "排查已作废");
}

static int hand_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct node *body = box_pairs(b->ctx, "from=gao|to=hu");

    (void)arg;
    return child_handover(t, b->ctx, b->county, a, body, node_map(b->ctx));
}

Test(work_task, goes_with_its_child)
{
    struct task_new task = {
        .kind = TASK_CHECK, .what = "改正电话", .due = {2026, 12, 1}, .source = "check 1"};
    const struct form *form, *user;
    struct box b;
    struct save s = {.direct = true, .confirm_all = true};
    uint64_t id, free_one, gao;

    box_new(&b);
    form = dict_form(b.dict, "task");
    user = dict_form(b.dict, "user");
    task.child = new_child(&b);
    id = open_task(&b, task);
    gao = rec_ref(box_get(&b, form, id), "assignee");
    cr_assert_str_eq(box_val(&b, user, gao, "login"), "gao");
    box_post(&b, "hu", "director", VILLAGE_A);
    cr_assert_eq(box_do(&b, "sun", hand_fn, NULL), 0);
    cr_assert_neq(rec_ref(box_get(&b, form, id), "assignee"), gao, "handed over with the child");
    s.id = task.child;
    cr_assert_eq(box_save(&b, "xu", &s, "village=" VILLAGE_B), 0);
    cr_assert_str_eq(box_val(&b, form, id, "village"), VILLAGE_B);
    task = (struct task_new){.village = VILLAGE_A,
                             .kind = TASK_HAZARD,
                             .what = "水塘边立警示牌",
                             .due = {2026, 12, 1},
                             .source = "sweep 2"};
    free_one = open_task(&b, task);
    cr_assert_eq(open_task(&b, task), free_one);
    cr_assert_eq(box_do(&b, "sun", drop_fn, NULL), 0);
    cr_assert_str_eq(box_val(&b, form, free_one, "state"), "4");
    cr_assert_neq(open_task(&b, task), free_one);
    box_free(&b);
}

Test(work_task, by_hand)
{
    static const struct {
        const char *login, *pairs, *code;
    } cases[] = {
        {"gao", "kind=9|what=问一问新来的一家|due=2026-12-01|village=" VILLAGE_A, ""},
        {"gao", "kind=9|what=别村的事|due=2026-12-01|village=" VILLAGE_B, "out_of_scope"},
        {"gao", "kind=9|what=没有期限|village=" VILLAGE_A, "missing_due"},
        {"sun", "kind=4|what=核对户籍|due=2026-12-01|child=1", ""},
        {"hu", "kind=4|what=核对户籍|due=2026-12-01|child=1", "bad_ref"},
        {"hu", "kind=4|what=核对户籍|due=2026-12-01|child=99", "bad_ref"},
    };
    struct box b;
    struct save s;

    box_new(&b);
    cr_assert_eq(new_child(&b), 1);
    for (size_t i = 0; i < NELEM(cases); i++) {
        int err = act(&b, cases[i].login, &s, 0, cases[i].pairs);

        box_log(&s);
        cr_assert_eq(err, *cases[i].code ? HE_RULE : 0, "%zu %s", i, err_name(err));
        cr_assert(!*cases[i].code || box_finding(&s, cases[i].code) != NULL, "%zu", i);
    }
    /* His own note: he may move its date, and his answer closes it. */
    cr_assert_eq(act(&b, "gao", &s, 1, "due=2026-12-05"), 0);
    cr_assert_eq(act(&b, "gao", &s, 1, "answer=问过了"), 0);
    cr_assert_str_eq(box_val(&b, s.form, 1, "state"), "3");
    box_free(&b);
}
