/* Statistics: past days, who came and went, who sees which figure, what lies behind one. */
#include <pthread.h>

#include "server/county_box.h"
#include "work/stat.h"
#include "work/stat_in.h"

struct asked {
    const char *login, *report, *period, *division;
    bool deep;
    struct stat_pick *pick;
    struct stat_answer *out;
    struct stat_out to;
};

static int actor_fn(struct call *c)
{
    (void)c;
    return 0;
}

/* The report as this login sees it. */
static int ask(struct box *b, struct asked *a)
{
    struct call c = {.b = b, .login = a->login, .fn = actor_fn};
    struct stat_ask q = {reports_find(b->county->reports, a->report),
                         a->period,
                         a->division,
                         a->deep,
                         a->pick,
                         {0},
                         false};
    char *problem;
    int err;

    cr_assert_not_null(q.report, "%s", a->report);
    cr_assert_eq(call_read(&c), 0);
    q.out = a->to;
    q.out.ctx = b->ctx;
    q.out.actor = c.actor;
    err = stat_run(b->ctx, b->county, c.actor, &q, &a->out, &problem);
    if (err)
        cr_log_info("%s %s: %s", a->report, a->period, problem ? problem : err_name(err));
    return err;
}

static const struct stat_row *row_of(const struct asked *a, const char *code)
{
    for (size_t i = 0; i < a->out->n; i++)
        if (*code ? !a->out->row[i].total && strcmp(a->out->row[i].code, code) == 0
                  : a->out->row[i].total)
            return &a->out->row[i];
    return NULL;
}

/* "n=3 opening=2": every figure named must be so; code "": the total. */
static void is(struct box *b, const char *report, const char *period, const char *division,
               const char *code, const char *want)
{
    struct asked a = {.login = "clerk", .report = report, .period = period, .division = division};
    const struct report *r = reports_find(b->county->reports, report);
    const struct stat_row *row;
    char *copy = talloc_strdup(b->ctx, want), *save = NULL;

    cr_assert_eq(ask(b, &a), 0);
    cr_assert_eq(a.out->nbroken, 0, "%s", a.out->nbroken ? a.out->broken[0] : "");
    row = row_of(&a, code);
    cr_assert_not_null(row, "%s %s: no row %s", report, period, code);
    for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
        char *eq = strchr(p, '=');
        int c;

        *eq = '\0';
        c = report_column_find(r, p);
        cr_assert_geq(c, 0, "%s.%s", report, p);
        cr_assert_str_eq(stat_show(b->ctx, &r->column[c], row->v[c]), eq + 1, "%s %s %s: %s",
                         report, period, *code ? code : "total", p);
    }
}

static int forward_fn(struct call *c)
{
    struct store_who who = box_who(c->b);

    return txn_forward(c->txn, &who, c->form, c->id, 1);
}

static void merge(struct box *b, uint64_t id)
{
    struct call c = {.b = b, .fn = forward_fn, .form = dict_form(b->dict, "child"), .id = id};

    cr_assert_eq(call_write(&c), 0);
}

#define CHILD(name, village, more)                                                                 \
    "name=" name "|village=" village "|state=3|lbc_result=1|sex=2|add_reason=03|" more
#define JAN "add_date=2021-01-10|birth_date=2012-05-01"

/* Three months of a small county. Numbers of children are their ids. */
static void months(struct box *b)
{
    static const char *const january[] = {
        CHILD("王一", VILLAGE_A, JAN),
        CHILD("王二", VILLAGE_A, JAN),
        CHILD("王三", VILLAGE_B, JAN),
        CHILD("王四", VILLAGE_C, JAN),
        "name=王五|village=" VILLAGE_A "|state=3|lbc_result=3|" JAN,
        CHILD("王六", VILLAGE_C, "add_date=2021-01-10|birth_date=2005-02-10"),
        CHILD("王七", VILLAGE_B, JAN)};

    box_new(b);
    b->today = (struct date){2021, 1, 10};
    cr_assert_eq(box_user(b, "clerk", "county_clerk", COUNTY, 0, false), 0);
    cr_assert_eq(box_user(b, "dir_a", "director", VILLAGE_A, 0, false), 0);
    cr_assert_eq(box_user(b, "sup", "supervisor", TOWN_1, 0, false), 0);
    cr_assert_eq(box_user(b, "leader", "county_leader", COUNTY, 0, false), 0);
    cr_assert_eq(box_user(b, "health", "health", COUNTY, 0, false), 0);
    for (size_t i = 0; i < NELEM(january); i++)
        cr_assert_eq(box_put(b, NULL, "child", 0, january[i]), i + 1);
    b->today = (struct date){2021, 2, 5};
    box_put(b, NULL, "child", 2, "state=4|exit_reason=02|exit_date=2021-02-05");
    box_put(b, NULL, "child", 3, "village=" VILLAGE_C);
    box_put(b, NULL, "child", 5, "lbc_result=1");
    box_put(b, NULL, "child", 0,
            CHILD("王八", VILLAGE_B, "add_date=2021-02-05|birth_date=2016-02-29"));
    box_put(b, NULL, "child", 1, "health=20");
    b->today = (struct date){2021, 3, 2};
    merge(b, 7);
    box_put(b, NULL, "child", 1, "health=50");
    box_put(b, NULL, "child", 4, "state=4|exit_reason=08|exit_date=2021-03-02");
    b->today = (struct date){2021, 3, 31};
}

/* Who came and left within the period, and who left and came back, stands in both. */
Test(work_stat, came_and_left)
{
    static const struct {
        const char *period, *row, *want;
    } cases[] = {
        {"2021-05", "", "opening=4 added=2 added_03=1 added_05=1 left=2 left_02=1 closing=4"},
        {"2021-05", TOWN_1, "opening=3 added=1 left=1 closing=3"},
        {"2021-05", TOWN_2, "opening=1 added=1 left=1 left_other=1 closing=1"},
        {"2021-06", "", "opening=4 added=0 left=0 closing=4"},
        {"2021Q2", "", "opening=4 added=2 left=2 closing=4"},
    };
    uint64_t child;
    struct box b;

    months(&b);
    b.today = (struct date){2021, 5, 3};
    child = box_put(&b, NULL, "child", 0,
                    CHILD("王九", VILLAGE_A, "add_date=2021-05-03|birth_date=2015-01-01"));
    box_put(&b, NULL, "child", 2, "name=王贰|updated_on=2021-05-03"); /* out all the time */
    box_put(&b, NULL, "child", 3, "state=4|exit_reason=02|exit_date=2021-05-03");
    b.today = (struct date){2021, 5, 20};
    box_put(&b, NULL, "child", child,
            "state=4|exit_reason=02|exit_date=2021-05-20|updated_on=2021-05-20");
    box_put(&b, NULL, "child", 3,
            "state=3|add_reason=05|add_date=2021-05-20|exit_reason=|exit_date=");
    b.today = (struct date){2021, 7, 1};
    for (size_t i = 0; i < NELEM(cases); i++)
        is(&b, "t3", cases[i].period, COUNTY, cases[i].row, cases[i].want);
    box_free(&b);
}

Test(work_stat, past)
{
    static const struct {
        const char *report, *period, *division, *row, *want;
    } cases[] = {
        {"t1", "2021-01-09", COUNTY, "", "n=0"},
        {"t1", "2021-01-10", COUNTY, "", "n=6 age_6_13=5 age_14_15=1 health_unknown=6"},
        {"t1", "2021-01-10", COUNTY, TOWN_1, "n=4 share=66.67"},
        {"t1", "2021-02-09", COUNTY, "", "n=7 age_14_15=1"}, /* the day before sixteen */
        {"t1", "2021-02-10", COUNTY, "", "n=6 age_14_15=0 age_0_5=1 health_weak=1 health_ill=0"},
        {"t1", "2021-02", TOWN_1, VILLAGE_B, "n=2"},
        {"t1", "2021-03-01", COUNTY, "", "n=6 age_0_5=1"},
        {"t1", "2021-03-02", COUNTY, "", "n=4 health_ill=1"},
        {"t1", "2021Q1", COUNTY, "", "n=4"},
        {"t3", "2021-01", COUNTY, "", "opening=0 added=6 added_03=6 left=0 closing=6"},
        {"t3", "2021-02", COUNTY, "",
         "opening=6 added=2 added_03=1 added_result=1 added_other=0 left=2 left_02=1 left_01=1 "
         "in=0 "
         "out=0 closing=6"},
        {"t3", "2021-02", COUNTY, TOWN_1, "opening=4 added=2 left=1 out=1 in=0 closing=4"},
        {"t3", "2021-02", COUNTY, TOWN_2, "opening=2 added=0 left=1 in=1 closing=2"},
        {"t3", "2021-02", TOWN_1, VILLAGE_B, "opening=2 added=1 out=1 closing=2"},
        {"t3", "2021-03", COUNTY, "", "opening=6 left=2 left_08=1 left_other=1 closing=4"},
        {"t3", "2021Q1", COUNTY, "", "opening=0 added=4 left=0 closing=4"},
        {"t12", "2021-03-31", COUNTY, "", "n=5"},
    };
    struct box b;

    months(&b);
    for (int again = 0; again < 2; again++) /* built, and as they were kept */
        for (size_t i = 0; i < NELEM(cases); i++)
            is(&b, cases[i].report, cases[i].period, cases[i].division, cases[i].row,
               cases[i].want);
    box_free(&b);
}

/* What changes is seen at the next asking; what is past stays. */
Test(work_stat, fresh)
{
    struct box b;
    uint64_t person;

    months(&b);
    is(&b, "t1", "2021-03-31", COUNTY, "", "n=4 health_ill=1");
    is(&b, "t12", "2021-03-31", COUNTY, "", "missing_care=0");
    box_put(&b, NULL, "child", 1, "health=10");
    is(&b, "t1", "2021-03-31", COUNTY, "", "n=4 health_ill=0 health_good=1");
    is(&b, "t1", "2021-03-30", COUNTY, "", "n=4 health_ill=1 health_good=0");
    person = box_put(&b, NULL, "person", 0, "name=李梅|phone=13800000001|birth_date=1960-01-01");
    box_put(&b, NULL, "child", 1, text_printf(b.ctx, "caregiver=%llu", (unsigned long long)person));
    is(&b, "t12", "2021-03-31", COUNTY, TOWN_1, "missing_care=1");
    b.today = (struct date){2021, 4, 1};
    is(&b, "t1", "2021-03-31", COUNTY, "", "n=4 health_good=1");
    box_put(&b, NULL, "child", 1, "health=20");
    box_put(&b, NULL, "child", 8, "village=" VILLAGE_A);
    is(&b, "t1", "2021-03-31", COUNTY, "", "n=4 health_good=1");
    is(&b, "t1", "2021-03", TOWN_1, VILLAGE_B, "n=1");
    is(&b, "t1", "2021-04-01", TOWN_1, VILLAGE_B, "n=0");
    is(&b, "t1", "2021-04-01", TOWN_1, VILLAGE_A, "n=3");
    box_free(&b);
}

struct taker {
    const struct county *county;
    pthread_barrier_t *together;
    struct date today, day;
    int err;
};

static void *take_day(void *arg)
{
    struct taker *k = arg;
    struct stat_key days[2] = {stat_day_key(k->county, k->day), stat_day_key(k->county, k->day)};
    struct stat_table *t[2];

    pthread_barrier_wait(k->together);
    k->err = stat_take(k->county, k->today, days, 2, t);
    if (!k->err)
        stat_release(t[1]);
    return NULL;
}

/* More days gone by at once than there are tables: one is built after the other, nobody is sent away. */
Test(work_stat, many_days)
{
    pthread_barrier_t together;
    struct taker taker[40];
    pthread_t thread[40];
    struct box b;

    months(&b);
    for (int i = 0; i < 200; i++)
        box_put(&b, NULL, "child", 0, CHILD("王九", VILLAGE_A, "birth_date=2015-01-01"));
    pthread_barrier_init(&together, NULL, 40);
    for (int i = 0; i < 40; i++) {
        taker[i] = (struct taker){b.county, &together, {2021, 4, 2}, {2021, 2, 1}, 0};
        taker[i].day = date_add_days(taker[i].day, i);
        cr_assert_eq(pthread_create(&thread[i], NULL, take_day, &taker[i]), 0);
    }
    for (int i = 0; i < 40; i++) {
        pthread_join(thread[i], NULL);
        cr_expect_eq(taker[i].err, 0, "%d: %s", i, err_name(taker[i].err));
    }
    pthread_barrier_destroy(&together);
    box_free(&b);
}

static bool sees(struct box *b, struct asked *a, const char *column)
{
    const struct report *r = reports_find(b->county->reports, a->report);

    return a->out->seen[report_column_find(r, column)];
}

Test(work_stat, rights)
{
    struct asked a = {.login = "dir_a", .report = "t1", .period = "2021-03-31"};
    struct box b;

    months(&b);
    cr_assert_eq(ask(&b, &a), 0); /* his village */
    cr_assert_str_eq(a.out->division, VILLAGE_A);
    cr_assert_eq(row_of(&a, "")->v[0], 2);
    a.division = VILLAGE_B;
    cr_assert_eq(ask(&b, &a), HE_DENIED);
    a.division = COUNTY; /* his part of it */
    cr_assert_eq(ask(&b, &a), 0);
    cr_assert_eq(row_of(&a, "")->v[0], 2);
    cr_assert_null(row_of(&a, TOWN_2));
    a.login = "health";
    cr_assert_eq(ask(&b, &a), HE_DENIED);
    a.login = "leader";
    cr_assert_eq(ask(&b, &a), 0);
    cr_assert(sees(&b, &a, "n") && sees(&b, &a, "health_ill") && sees(&b, &a, "age_6_13_f"));
    a.division = TOWN_1; /* rows of villages: health is not his to read */
    cr_assert_eq(ask(&b, &a), 0);
    cr_assert(sees(&b, &a, "n") && !sees(&b, &a, "health_ill") && sees(&b, &a, "school_primary"));
    a.division = COUNTY;
    a.deep = true;
    cr_assert_eq(ask(&b, &a), 0);
    cr_assert(!sees(&b, &a, "health_ill"));
    box_free(&b);
}

/* T5: visits are counted besides the children: by the village of their day, as they stood on the last day. */
Test(work_stat, visits)
{
    static const char *const visits[] = {
        "child=1|kind=1|seen=1|visited_on=2021-03-02|typed_on=2021-03-02|"
        "village=" VILLAGE_A,
        "child=1|kind=2|seen=1|visited_on=2021-03-09|typed_on=2021-03-09|"
        "village=" VILLAGE_A,
        "child=5|kind=1|seen=3|visited_on=2021-03-09|typed_on=2021-03-10|"
        "village=" VILLAGE_A,
        "child=8|kind=1|seen=4|visited_on=2021-03-09|typed_on=2021-03-10|"
        "village=" VILLAGE_A, /* moved */
        "child=2|kind=6|seen=1|visited_on=2021-03-10|typed_on=2021-03-10|"
        "village=" VILLAGE_A, /* left */
        "child=1|kind=1|seen=1|visited_on=2021-02-28|typed_on=2021-03-01|"
        "village=" VILLAGE_A,
        "child=3|kind=1|seen=1|visited_on=2021-03-30|typed_on=2021-04-01|"
        "village=" VILLAGE_C, /* late */
    };
    static const struct {
        const char *period, *division, *row, *want;
    } cases[] = {
        {"2021-03", COUNTY, "",
         "visits=6 visits_face=4 visits_far=1 visits_missed=1 face_rate=66.67 visits_director=4 "
         "visits_super=1 visits_rest=1 done=3"}, /* 1 5 3; 8 was not met, 2 is not registered */
        {"2021-03", TOWN_1, VILLAGE_A, "visits=5 done=2"},
        {"2021-03", TOWN_1, VILLAGE_B, "n=1 visits=0 done=0"},
        {"2021-03", COUNTY, TOWN_2, "visits=1 done=1"},
        {"2021-02", COUNTY, "", "visits=1 done=1"},
        {"2021Q1", COUNTY, "", "visits=7 done=3"},
        {"2021-04", COUNTY, "", "visits=0"},
    };
    struct asked a = {.login = "clerk", .report = "t5d", .period = "2021-03", .division = COUNTY};
    struct box b;
    uint64_t late;

    months(&b);
    for (size_t i = 0; i < NELEM(visits); i++)
        late = box_put(&b, NULL, "visit", 0, text_printf(b.ctx, "state=1|%s", visits[i]));
    b.today = (struct date){2021, 4, 2};
    for (size_t i = 0; i < NELEM(cases); i++)
        is(&b, "t5", cases[i].period, cases[i].division, cases[i].row, cases[i].want);
    cr_assert_eq(ask(&b, &a), 0);
    cr_assert_eq(
        row_of(&a, "")->v[report_column_find(reports_find(b.county->reports, "t5d"), "visits")], 6);
    box_put(&b, NULL, "visit", late - 2, "state=2|voided_on=2021-04-02");
    is(&b, "t5", "2021-03", COUNTY, "", "visits=5 visits_rest=0");
    is(&b, "t5", "2021Q1", COUNTY, "", "visits=6");
    box_free(&b);
}

static const char *shown(struct box *b, const struct asked *a, const char *code, const char *column)
{
    const struct report *r = reports_find(b->county->reports, a->report);
    int c = report_column_find(r, column);

    return stat_show(b->ctx, &r->column[c], row_of(a, code)->v[c]);
}

/* Small figures below the township: in what leaves the county, and in the files of who may not take out
 * children. */
Test(work_stat, small_figures)
{
    static const struct {
        const char *login, *division;
        bool deep;
        struct stat_out to;
        const char *code, *column, *want;
    } cases[] = {
        {"clerk", COUNTY, true, {0}, VILLAGE_A, "n", "2"},
        {"clerk", COUNTY, true, {.file = true}, VILLAGE_A, "n", "2"},
        {"clerk", COUNTY, true, {.file = true, .outside = true}, VILLAGE_A, "n", "<5"},
        {"clerk", COUNTY, true, {.file = true, .outside = true}, VILLAGE_A, "share", ""},
        {"clerk", COUNTY, true, {.file = true, .outside = true}, VILLAGE_A, "age_0_5", "0"},
        {"clerk", COUNTY, true, {.file = true, .outside = true}, TOWN_1, "n", "3"},
        {"clerk", COUNTY, true, {.file = true, .outside = true}, TOWN_1, "share", "75.00"},
        {"clerk", COUNTY, true, {.outside = true}, VILLAGE_A, "n", "<5"},
        {"clerk", VILLAGE_A, false, {.outside = true}, "", "n", "<5"}, /* the total of one */
        {"clerk", TOWN_1, false, {.outside = true}, "", "n", "3"},
        {"leader", COUNTY, true, {0}, VILLAGE_A, "n", "2"},
        {"leader", COUNTY, true, {.file = true}, VILLAGE_A, "n", "<5"},
        {"leader", COUNTY, false, {.file = true}, TOWN_1, "n", "3"},
        {"dir_a", NULL, false, {.file = true}, "", "n", "2"}, /* his own */
        {"dir_a", NULL, false, {.outside = true}, "", "n", "<5"},
    };
    struct box b;

    months(&b);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct asked a = {.login = cases[i].login,
                          .report = "t1",
                          .period = "2021-03-31",
                          .division = cases[i].division,
                          .deep = cases[i].deep,
                          .to = cases[i].to};

        cr_assert_eq(ask(&b, &a), 0);
        cr_assert_str_eq(shown(&b, &a, cases[i].code, cases[i].column), cases[i].want, "%zu", i);
    }
    box_free(&b);
}

struct opened {
    const char *login, *report, *period, *column, *row, *ids;
    bool total;
    int err;
};

Test(work_stat, cells)
{
    static const struct opened cases[] = {
        {"clerk", "t1", "2021-03-31", "n", "", "1 3 5 8", true, 0},
        {"clerk", "t1", "2021-01-10", "n", TOWN_1, "1 2 3", false, 0}, /* 7 is 1 since */
        {"clerk", "t1", "2021-01-10", "age_14_15", TOWN_2, "6", false, 0},
        {"clerk", "t3", "2021-02", "left_02", "", "2", true, 0},
        {"clerk", "t3", "2021-02", "in", TOWN_2, "3", false, 0},
        {"clerk", "t3", "2021-02", "added_result", TOWN_1, "5", false, 0},
        {"clerk", "t1", "2021-03-31", "share", "", "", true, HE_DENIED},
        {"dir_a", "t1", "2021-03-31", "n", "", "1 5", true, 0},
        {"leader", "t1", "2021-03-31", "health_ill", "", "", true, HE_DENIED},
        {"health", "t1", "2021-03-31", "n", "", "", true, HE_DENIED},
        {"clerk", "t5", "2021-03", "visits_missed", TOWN_1, "2", false,
         0}, /* visits, not children */
        {"leader", "t5", "2021-03", "visits", "", "1 2", true, 0},
        {"clerk", "t5", "2021-03", "done", TOWN_1, "1", false, 0}, /* children, not visits */
    };
    struct box b;

    months(&b);
    for (int i = 0; i < 2; i++)
        box_put(&b, NULL, "visit", 0,
                text_printf(b.ctx,
                            "child=1|state=1|kind=1|seen=%d|visited_on=2021-03-09|"
                            "typed_on=2021-03-09|village=" VILLAGE_A,
                            3 + i));
    for (size_t i = 0; i < NELEM(cases); i++) {
        const struct opened *o = &cases[i];
        struct call c = {.b = &b, .login = o->login, .fn = actor_fn};
        struct stat_pick pick = {.total = o->total, .code = o->row};
        struct stat_ask q = {.report = reports_find(b.county->reports, o->report),
                             .period = o->period,
                             .division = strcmp(o->login, "dir_a") ? COUNTY : NULL,
                             .pick = &pick};
        struct list_ask list = {.limit = 50};
        char *problem;

        cr_assert_eq(call_read(&c), 0);
        pick.column = report_column_find(q.report, o->column);
        cr_assert_eq(stat_cell(b.ctx, b.county, c.actor, &q, &list, NULL, NULL, c.out, &problem),
                     o->err, "%s %s.%s", o->login, o->report, o->column);
        if (!o->err)
            cr_assert_str_eq(row_ids(b.ctx, c.out), o->ids, "%s %s.%s", o->login, o->report,
                             o->column);
    }
    box_free(&b);
}

/* The list behind a figure is narrowed, searched, sorted and counted like every other one. */
Test(work_stat, cell_list)
{
    static const struct {
        const char *where, *area, *sort, *words, *by, *first, *rows;
    } cases[] = {
        {.rows = "1 3 5 8"},
        {.where = "health = '50'", .rows = "1"},
        {.where = "hiv_status = '1'", .rows = "-"}, /* not his to name */
        {.area = VILLAGE_A, .rows = "1 5"},
        {.words = "ws", .rows = "3"},
        {.words = "we", .rows = ""}, /* there is one, but not behind this figure */
        {.sort = "birth_date", .rows = "1 3 5 8"},
        {.sort = "-birth_date", .rows = "1 3 5 8", .first = "8"},
        {.by = "town", .rows = "3 1"},
    };
    struct call c = {.login = "clerk", .fn = actor_fn};
    struct box b;

    months(&b);
    c.b = &b;
    cr_assert_eq(call_read(&c), 0);
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct stat_pick pick = {.total = true, .code = ""};
        struct stat_ask q = {.report = reports_find(b.county->reports, "t1"),
                             .period = "2021-03-31",
                             .division = COUNTY,
                             .pick = &pick};
        struct list_ask list = {.limit = 2,
                                .where = cases[i].where,
                                .area = cases[i].area,
                                .sort = cases[i].sort,
                                .count = true};
        const char *by[] = {cases[i].by, NULL};
        char *got = talloc_strdup(b.ctx, ""), *problem;
        struct node *all = node_map(b.ctx), *rows = node_add_list(all, "rows");
        const char *next = NULL, *first = NULL;
        int err;

        do {
            struct node *out = node_map(b.ctx);

            list.after = next;
            err = stat_cell(b.ctx, b.county, c.actor, &q, &list, cases[i].words,
                            cases[i].by ? by : NULL, out, &problem);
            for (const struct node *e = node_first(node_get(out, "rows")); e; e = e->next) {
                if (cases[i].by)
                    got = talloc_asprintf_append(got, "%s%lld", *got ? " " : "",
                                                 (long long)node_num(e, "n", 0));
                first = first ? first : text_printf(b.ctx, "%lld", (long long)node_num(e, "id", 0));
                node_copy(rows, NULL, e);
            }
            next = node_text(out, "next");
        } while (!err && next);
        cr_assert_eq(err, *cases[i].rows == '-' ? HE_USAGE : 0, "%zu: %s", i, err_name(err));
        if (!err && !cases[i].by)
            got = base_unconst(row_ids(b.ctx, all));
        cr_assert_str_eq(got, *cases[i].rows == '-' ? "" : cases[i].rows, "%zu", i);
        if (cases[i].first)
            cr_assert_str_eq(first, cases[i].first);
    }
    box_free(&b);
}

struct freezing {
    const char *period, *note, *text; /* text: what a refusal says */
    int err;
};

static struct stat_out frozen_to;
static bool frozen_deep;

static int frozen_fn(struct call *c)
{
    frozen_to.ctx = c->ctx;
    frozen_to.actor = c->actor;
    return stat_frozen_view(c->txn, c->ctx, c->b->county, c->actor, c->id, frozen_deep, &frozen_to,
                            0, 100000, c->out);
}

static struct node *frozen_view(struct box *b, const char *login, uint64_t id, int want)
{
    struct call c = {.b = b, .login = login, .fn = frozen_fn, .id = id};

    cr_assert_eq(call_read(&c), want);
    return c.out;
}

static uint64_t freeze(struct box *b, const char *report, const char *period, const char *note,
                       int want, const char *text)
{
    struct call c = {.b = b, .login = "clerk", .fn = actor_fn};
    struct stat_ask q = {
        .report = reports_find(b->county->reports, report), .period = period, .division = COUNTY};
    struct node *out = node_map(b->ctx);
    char *problem = NULL;
    int err;

    cr_assert_eq(call_read(&c), 0);
    err = stat_freeze(b->ctx, b->county, c.actor, &q, note, NULL, out, &problem);
    cr_assert_eq(err, want, "%s %s: %s", report, period, node_json(b->ctx, out));
    if (text)
        cr_assert(strstr(node_text_or(out, "text", ""), text) != NULL, "%s",
                  node_json(b->ctx, out));
    if (!err)
        cr_assert_eq(store_job_wait(b->store, (uint64_t)node_num(out, "job", 0), 20000), 0);
    return (uint64_t)node_num(out, "frozen", 0);
}

Test(work_stat, frozen)
{
    struct box b;
    uint64_t first, second, march;
    struct node *v;

    months(&b);
    b.today = (struct date){2021, 4, 2};
    freeze(&b, "t3", "2021-04", NULL, HE_RULE, "还没有结束");
    first = freeze(&b, "t3", "2021-02", NULL, 0, NULL);
    freeze(&b, "t3", "2021-02", NULL, HE_RULE, "原因");
    v = frozen_view(&b, "clerk", first, 0);
    cr_assert_str_eq(node_text_or(v, "edition", ""), "1");
    cr_assert_str_eq(node_text_or(v, "exceptions", ""), "");

    /* What was recorded for February afterwards: a correction of a day gone by. */
    b.today = (struct date){2021, 2, 20};
    box_put(&b, NULL, "child", 0,
            CHILD("王九", VILLAGE_A, "add_date=2021-02-20|birth_date=2015-01-01"));
    b.today = (struct date){2021, 4, 2};
    march = freeze(&b, "t3", "2021-03", NULL, 0, NULL);
    v = frozen_view(&b, "clerk", march, 0);
    cr_assert(strstr(node_text_or(v, "exceptions", ""), "期初 7，上期冻结的是 6") != NULL, "%s",
              node_text_or(v, "exceptions", ""));
    second = freeze(&b, "t3", "2021-02", "补录", 0, NULL);
    v = frozen_view(&b, "clerk", second, 0);
    cr_assert_str_eq(node_text_or(v, "edition", ""), "2");
    cr_assert(strstr(node_json(b.ctx, node_get(v, "differences")),
                     "\"column\":\"closing\",\"label\":\"期末\",\"group\":\"\",\"was\":\"6\","
                     "\"is\":\"7\"") != NULL,
              "%s", node_json(b.ctx, node_get(v, "differences")));
    cr_assert(!strstr(node_json(b.ctx, node_get(v, "differences")), VILLAGE_A),
              "what differs in rows that are not shown: %s", node_json(b.ctx, v));
    v = frozen_view(&b, "clerk", first, 0);
    cr_assert_str_eq(node_text_or(v, "state", ""), "3");

    /* Of the others each sees his rows, the total only who reaches it all. */
    v = frozen_view(&b, "sup", second, 0);
    cr_assert_eq(node_get(v, "rows")->n, 1);
    frozen_to.outside = true;
    v = frozen_view(&b, "clerk", second, 0);
    cr_assert(strstr(node_json(b.ctx, node_get(v, "rows")), "<5") == NULL,
              "towns stay as they are");
    frozen_deep = true;
    v = frozen_view(&b, "clerk", second, 0);
    cr_assert(strstr(node_json(b.ctx, node_get(v, "rows")), "<5") != NULL, "%s",
              node_json(b.ctx, node_get(v, "rows")));
    cr_assert_null(node_text(v, "exceptions"));
    v = frozen_view(&b, "sup", second, 0);
    cr_assert_str_eq(node_text_or(node_first(node_get(v, "rows")), "code", ""), TOWN_1);
    box_put(&b, NULL, "child", 1, "quality=3");
    freeze(&b, "t1", "2021-04-02", NULL, HE_RULE, "1 份档案");
    box_free(&b);
}

/* T4 and T5 from what agreements and visits left in the files; a village that went into another. */
Test(work_stat, duties_and_redrawing)
{
    static const struct {
        const char *report, *period, *row, *want;
    } cases[] = {
        {"t4", "2021-03-31", "",
         "n=4 valid=1 follow=1 exempt=1 unsigned=1 due=3 rate=33.33 expiring=1"},
        {"t4", "2021-03-31", TOWN_2, "n=1 unsigned=1 valid=0 due=1 rate=0.00"},
        {"t5", "2021-03", "",
         "n=5 due=4 done=2 rate=50.00 overdue=1 never=2 key_n=1 key_done=1 key_rate=100.00"},
        {"t5", "2021-03", TOWN_1, "n=3 due=3 done=2 overdue=1 never=0"},
        {"t3", "2021-03", "", "redrawn=0 in=0 out=0"},
    };
    struct asked a = {.login = "clerk", .report = "t5d", .period = "2021-03", .division = COUNTY};
    struct node *rows, *result;
    struct box b;

    months(&b);
    box_put(&b, NULL, "child", 1,
            "agr_state=3|agr_until=2021-04-20|visit_last=2021-03-05|visit_next=2021-04-30"
            "|risk_level=1");
    box_put(&b, NULL, "child", 5,
            "agr_state=4|visit_last=2021-01-05|visit_next=2021-02-28|risk_level=4");
    box_put(&b, NULL, "child", 8, "agr_state=0|visit_last=2021-03-31|visit_next=2021-04-30");
    box_put(&b, NULL, "child", 3, "visit_next=2021-03-31");
    box_put(&b, NULL, "visit", 0,
            "child=1|state=1|seen=1|visited_on=2021-03-05|village=" VILLAGE_A);
    box_put(&b, NULL, "visit", 0,
            "child=8|state=1|seen=1|visited_on=2021-03-31|village=" VILLAGE_B);
    for (size_t i = 0; i < NELEM(cases); i++)
        is(&b, cases[i].report, cases[i].period, COUNTY, cases[i].row, cases[i].want);
    cr_assert_eq(ask(&b, &a), 0);
    cr_assert_eq(row_of(&a, "")->v[0], 5, "everybody stands with some director or with none");

    b.today = (struct date){2021, 4, 10};
    rows = node_list(b.ctx);
    ROW(rows, "code", VILLAGE_B, "name", "幸福二村居委会", "action", "并入", "target", VILLAGE_A);
    cr_assert_eq(box_divisions(&b, "sys", rows, &result), 0, "%s", node_json(b.ctx, result));
    is(&b, "t3", "2021-04", TOWN_1, VILLAGE_A, "opening=2 redrawn=1 in=0 closing=3");
    is(&b, "t3", "2021-04", TOWN_1, VILLAGE_B, "opening=1 redrawn=-1 out=0 closing=0");
    is(&b, "t3", "2021-04", COUNTY, TOWN_1, "opening=3 redrawn=0 closing=3");
    box_free(&b);
}
