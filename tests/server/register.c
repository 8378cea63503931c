/*
 * The register as domain.md 1 asks for it (R-001 … R-039): one village of children in every situation;
 * what the definition test says of each, which list each stands on, what finds them, and what a file
 * holds. Names say the situation.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

#define OUT(who, since, place)                                                                     \
    "|v." who ".name=张某某|v." who ".out_working=1|v." who ".out_since=" since "|v." who          \
    ".work_area=" place
#define HOME(who, able)                                                                            \
    "|v." who ".name=张某某|v." who ".out_working=0|v." who ".guardian_ability=" able
#define RURAL "v.sex=1|v.birth_date=2016-03-12|v.hukou_type=1|v.live_with=4|v.child_kinds=10"
#define AFAR  "310117000000"
#define NEAR  "320681100000"

/* lbc: 1 符合 2 不符合 3 待核 (decision 1). */
static const struct child {
    const char *name, *values, *lbc;
} children[] = {
    {"双方外出",
     RURAL "|v.school=1|v.school_state=03|v.grade=4年级|v.class=2班" OUT("father", "2025-06", AFAR)
         OUT("mother", "2025-06", AFAR),
     "1"},
    {"一方外出", RURAL OUT("father", "2025-06", AFAR) HOME("mother", "1"), "2"},
    {"一方无能", RURAL OUT("father", "2025-06", AFAR) HOME("mother", "2"), "1"},
    {"能力不详",
     RURAL OUT("father", "2025-06", AFAR) "|v.mother.name=张某某|v.mother.out_working=0", "3"},
    {"外出两月", RURAL OUT("father", "2026-10", AFAR) OUT("mother", "2026-10", AFAR), "2"},
    {"县内务工", RURAL OUT("father", "2025-06", NEAR) OUT("mother", "2025-06", NEAR), "2"},
    {"与父母住",
     "v.sex=1|v.birth_date=2016-03-12|v.hukou_type=1|v.live_with=1|v.child_kinds=10" OUT(
         "father", "2025-06", AFAR) OUT("mother", "2025-06", AFAR),
     "2"},
    {"城镇户口",
     "v.sex=1|v.birth_date=2016-03-12|v.hukou_type=2|v.live_with=4|v.child_kinds=10" OUT(
         "father", "2025-06", AFAR) OUT("mother", "2025-06", AFAR),
     "2"},
    {"十六岁半",
     "v.sex=1|v.birth_date=2010-04-12|v.hukou_type=1|v.live_with=4|v.child_kinds=41"
     "|v.relief=02|v.guard_grade=2" OUT("father", "2025-06", AFAR) OUT("mother", "2025-06", AFAR),
     "2"},
    {"十天满龄",
     "v.sex=1|v.birth_date=2010-12-02|v.hukou_type=1|v.live_with=4|v.child_kinds=10" OUT(
         "father", "2025-06", AFAR) OUT("mother", "2025-06", AFAR),
     "1"},
    {"孤儿", "v.sex=2|v.birth_date=2009-03-12|v.child_kinds=21", NULL},
    {"重残",
     "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=32|v.health=60|v.disability_kinds=1,3"
     "|v.disability_grade=1|v.disability_cert=32068120140312402511",
     NULL},
    {"重病",
     "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=33|v.health=50|v.illness_name=白血病"
     "|v.own_pay=32000|v.own_pay_over=1",
     NULL},
    {"特困", "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=42|v.relief=03|v.guard_grade=3", NULL},
    {"临时",
     "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=61|v.temp_since=2026-10-01"
     "|v.temp_review=2026-11-25|v.temp_until=2027-01-31",
     NULL},
    {"受侵害", "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=52|v.guard_improper=8", NULL},
    {"服刑",
     "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=22|v.father.name=张某某"
     "|v.father.special_state=3|v.mother.name=张某某|v.mother.special_state=6",
     NULL},
    {"流浪", "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=53|v.special_situation=21,22,32", NULL},
    {"辍学", "v.sex=2|v.birth_date=2014-03-12|v.child_kinds=71|v.school_state=09", NULL},
    {"失管", "v.sex=2|v.birth_date=2011-03-12|v.child_kinds=71|v.special_situation=34", NULL},
    {"学前", "v.sex=2|v.birth_date=2023-03-12|v.child_kinds=71|v.school_state=01", NULL},
    {"无户",
     "v.sex=2|v.birth_date=2024-03-12|v.child_kinds=71|v.id_type=000|v.no_id_reason=1"
     "|v.hukou_registered=0|v.papers_state=1|v.papers_next=2026-12-01",
     NULL},
    {"返乡",
     RURAL OUT("father", "2025-06", AFAR) "|v.father.home_stay=1|v.father.home_since=2026-11-20"
                                          "|v.father.home_until=2026-12-01" OUT("mother", "2025-06",
                                                                                AFAR),
     "1"},
    {"长返",
     RURAL OUT("father", "2025-06",
               AFAR) "|v.father.home_stay=2|v.father.home_since=2026-11-20" OUT("mother", "2025-06",
                                                                                AFAR),
     NULL},
};

struct village {
    struct wire_county c;
    int fd; /* its director */
    int64_t id[NELEM(children)];
};

static void village_make(struct village *v)
{
    county_make(&v->c, NULL);
    county_user(&v->c, "dir", "director", V1, 0);
    county_user(&v->c, "clerk", "county_clerk", COUNTY, 0);
    county_do(&v->c, v->c.boss, "rec.add",
              county_body(v->c.ctx, "type=school|v.name=汇龙小学|v.kind=2"));
    for (size_t i = 0; i < NELEM(children); i++)
        v->id[i] = county_child(&v->c, children[i].name, V1, children[i].values);
    v->fd = county_hello(&v->c, "dir");
}

static void village_drop(struct village *v)
{
    close(v->fd);
    county_drop(&v->c);
}

static const struct node *value(struct village *v, int64_t id, const char *field)
{
    const struct node *o = county_do(&v->c, v->fd, "rec.get",
                                     county_body(v->c.ctx, "type=child|#id=%lld", (long long)id));
    return node_get(node_get(o, "v"), field);
}

Test(register, definition)
{
    struct village v;
    village_make(&v);
    for (size_t i = 0; i < NELEM(children); i++) {
        const struct node *r = value(&v, v.id[i], "lbc_result");
        cr_expect(!children[i].lbc || (r && strcmp(r->str, children[i].lbc) == 0),
                  "%s: %s instead of %s: %s", children[i].name, r ? r->str : "", children[i].lbc,
                  v.c.raw);
        cr_expect(value(&v, v.id[i], "lbc_inputs") != NULL, "%s: inputs", children[i].name);
    }
    /* too old for what it is registered as: each category has its own limit */
    static const char *const old[][2] = {{"v.birth_date=2010-03-12|v.child_kinds=10", "over_age"},
                                         {"v.birth_date=2008-03-12|v.child_kinds=21", "over_18"}};
    for (size_t i = 0; i < NELEM(old); i++) {
        const char *err = county_ask(
            &v.c, v.c.boss, "rec.add",
            county_body(v.c.ctx, "type=child|v.name=超龄|v.village=" V1 "|%s", old[i][0]), NULL);
        cr_expect_str_eq(err, "RULE");
        cr_expect(strstr(v.c.raw, old[i][1]) != NULL, "%s", v.c.raw);
    }
    village_drop(&v);
}

/* What stands on a named view, as its names in order of the list joined by one blank. */
static const struct view {
    const char *view, *has, *not ; /* names that must be there, that must not */
} views[] = {
    {"mine", "双方外出 孤儿 学前", ""},
    {"to_check", "能力不详", "双方外出 一方外出"},
    {"soon_16", "十天满龄", "双方外出 十六岁半"},
    {"ledger_care", "孤儿 重残 重病 特困 临时 受侵害 服刑 流浪 十六岁半", "双方外出"},
    {"ledger_family", "服刑 受侵害", "孤儿 双方外出"},
    {"ledger_guard", "特困 十六岁半", "孤儿 双方外出"},
    {"ledger_aid", "特困 十六岁半", "双方外出"},
    {"justice", "服刑", "双方外出 孤儿"},
    {"school_follow", "辍学 失管", "双方外出 学前"},
    {"pre_school", "学前 无户", "双方外出"},
    {"no_papers", "无户", ""},
    {"parents_home", "返乡", "长返 双方外出"},
    {"parents_back", "长返", "返乡 双方外出"},
    {"kinds_due", "临时", "双方外出"},
    {"incomplete", "双方外出", ""},
    {"recent", "双方外出 孤儿", ""},
    {"by_group", "双方外出 孤儿", ""},
    {"by_school", "双方外出", "孤儿"},
    {"by_class", "双方外出", "孤儿"},
};

static bool on_list(const struct node *rows, const char *name)
{
    for (const struct node *e = node_first(rows); e; e = e->next)
        if (strcmp(node_text_or(node_get(e, "v"), "name", ""), name) == 0)
            return true;
    return false;
}

Test(register, views_and_ledgers)
{
    struct village v;
    village_make(&v);
    for (size_t i = 0; i < NELEM(views); i++) {
        const struct node *o = county_do(
            &v.c, v.fd, "rec.list",
            county_body(v.c.ctx, "type=child|*fields=name|#limit=100|view=%s", views[i].view));
        for (int not = 0; not < 2; not ++) {
            char *names = talloc_strdup(v.c.ctx, not ? views[i].not : views[i].has), *save = NULL;
            for (char *s = strtok_r(names, " ", &save); s; s = strtok_r(NULL, " ", &save))
                cr_expect(on_list(node_get(o, "rows"), s) == !not, "%s %s %s: %s", s,
                          not ? "on" : "not on", views[i].view, v.c.raw);
        }
    }
    /* the fifth ledger: what was done in danger, until there are cases */
    county_do(&v.c, v.fd, "rec.add",
              county_body(v.c.ctx, "type=urgent_report|v.found_on=2026-11-22 08:10|v.triggers=9|"
                                   "v.village=" V1 "|v.facts=一个人在家|?confirm_all"));
    county_do(&v.c, v.fd, "rec.list",
              county_body(v.c.ctx, "type=urgent_report|view=ledger_case|*fields=found_on"));
    cr_expect(strstr(v.c.raw, "08:10"), "%s", v.c.raw);
    /* the special-watch list takes one that does not qualify and counts apart (decision 1) */
    county_do(&v.c, v.fd, "child.watch",
              county_body(v.c.ctx, "#id=%lld|?on|why=多看一眼", (long long)v.id[1]));
    county_do(&v.c, v.fd, "rec.list", county_body(v.c.ctx, "type=child|view=watch|*fields=name"));
    cr_expect(strstr(v.c.raw, "一方外出") && !strstr(v.c.raw, "双方外出"), "%s", v.c.raw);
    const struct node *flags = county_do(
        &v.c, v.fd, "rec.list",
        county_body(v.c.ctx, "type=child|*fields=name|where=special_situation has '21' and "
                             "special_situation has '22' and special_situation has '32'"));
    cr_expect(on_list(node_get(flags, "rows"), "流浪"), "%s", v.c.raw);
    village_drop(&v);
}

/* Sixteen and eighteen are said in the file itself, 30 and 7 days ahead and afterwards (decision 3),
 * to the posts whose list it is. */
Test(register, birthdays_are_announced)
{
    static const struct {
        const char *birth, *kinds, *says;
    } rows[] = {
        {"2010-12-21", "10", "30天内满16周岁"},
        {"2010-11-29", "10", "7天内满16周岁"},
        {"2010-11-30", "10", "30天内满16周岁"},
        {"2010-12-24", "10", ""},
        {"2010-11-29", "71", ""},
        {"2008-11-25", "71", "7天内满18周岁"},
        {"2010-11-22", "10", "已满16周岁"},
        {"2008-11-01", "71", "已满18周岁"},
        {"2016-03-12", "10", ""},
    };
    struct wire_county c;
    county_make(&c, NULL);
    county_user(&c, "dir", "director", V1, 0);
    int dir = county_hello(&c, "dir");
    for (size_t i = 0; i < NELEM(rows); i++) {
        int64_t id = county_child(
            &c, text_printf(c.ctx, "小%s", i % 2 ? "甲" : "乙"), V1,
            text_printf(c.ctx, "v.sex=1|v.add_date=2020-01-01|v.birth_date=%s|v.child_kinds=%s",
                        rows[i].birth, rows[i].kinds));
        const struct node *o =
            county_do(&c, dir, "rec.get", county_body(c.ctx, "type=child|#id=%lld", (long long)id));
        const char *said = node_text_or(o, "notice", "");
        cr_expect(*rows[i].says ? strstr(said, rows[i].says) != NULL : !*said, "%s: %s",
                  rows[i].birth, said);
    }
    county_drop(&c);
}

/* One file: a number for life, one responsible person, what is needed and what is missing of it. */
Test(register, one_child_one_file)
{
    struct village v;
    village_make(&v);
    const struct node *no = value(&v, v.id[0], "file_no");
    cr_assert(no && strncmp(no->str, V1, 12) == 0, "%s", v.c.raw);
    char *number = talloc_strdup(v.c.ctx, no->str);
    cr_expect(value(&v, v.id[0], "director") != NULL, "who is responsible");
    county_do(&v.c, county_hello(&v.c, "clerk"), "child.move",
              county_body(v.c.ctx, "#id=%lld|village=" V2 "|why=搬家", (long long)v.id[0]));
    const struct node *o = county_do(
        &v.c, v.c.boss, "rec.get", county_body(v.c.ctx, "type=child|#id=%lld", (long long)v.id[0]));
    cr_expect_str_eq(node_text(node_get(o, "v"), "village"), V2);
    cr_expect_str_eq(node_text(node_get(o, "v"), "file_no"), number, "kept when it moves");

    /* everything the requirements name is a question of the form */
    static const char *const fields[] = {
        "v.former_name=小名|v.character=活泼|v.hobbies=下棋|v.medical_history=对青霉素过敏", /* */
        "v.father.work_addr=松江厂|v.father.phone=13800001111|v.caregiver.name=周奶奶", /* */
        "v.caregiver.addr=1组|v.caregiver.phone=13800002222|v.caregiver_relation=62",   /* */
        "v.care_form=3|v.live_with=4|v.guard_kind=1",                                   /* */
        "v.obs_home=按时吃饭|v.obs_school=成绩中等|v.obs_community=和邻居玩",           /* */
        "v.national_no=A2026001|v.national_sync_date=2026-11-01",                       /* */
        "v.school_state=03|v.grade=3年级|v.class=2班|v.health=10",                      /* */
    };
    for (size_t i = 0; i < NELEM(fields); i++)
        county_do(&v.c, v.c.boss, "rec.set",
                  county_body(v.c.ctx, "type=child|#id=%lld|?direct|?confirm_all|%s",
                              (long long)v.id[1], fields[i]));
    /* and its completeness is measured */
    long before = strtol(value(&v, v.id[2], "missing_count")->str, NULL, 10);
    county_do(&v.c, v.c.boss, "rec.set",
              county_body(v.c.ctx, "type=child|#id=%lld|?confirm_all|v.ethnicity=01|v.health=10",
                          (long long)v.id[2]));
    long after = strtol(value(&v, v.id[2], "missing_count")->str, NULL, 10);
    cr_expect_eq(before - after, 2, "%ld %ld", before, after);
    cr_expect_str_eq(value(&v, v.id[2], "complete")->str, "0");
    /* no village, no file */
    cr_expect_str_eq(
        county_ask(&v.c, v.c.boss, "rec.add", county_body(v.c.ctx, "type=child|v.name=无村"), NULL),
        "RULE");
    village_drop(&v);
}

/* The roster of classes: school after school, in it grade after grade, page after page. */
Test(register, a_class_stands_together)
{
    static const char *const at[] = {"v.school.name=甲校|v.grade=3年级|v.class=10班",
                                     "v.school.name=乙校|v.grade=3年级|v.class=1班",
                                     "v.school.name=甲校|v.grade=3年级|v.class=2班",
                                     "v.school.name=甲校|v.grade=2年级|v.class=9班"};
    static const size_t want[] = {3, 2, 0, 1};
    struct village v;
    const char *after = "";
    size_t n = 0;
    village_make(&v);
    for (size_t i = 0; i < NELEM(at); i++)
        county_do(&v.c, v.c.boss, "rec.set",
                  county_body(v.c.ctx,
                              "type=child|#id=%lld|?direct|?confirm_all|v.school_state=03|%s",
                              (long long)v.id[i], at[i]));
    while (after) {
        const struct node *o = county_do(
            &v.c, v.fd, "rec.list",
            county_body(v.c.ctx, "type=child|view=by_class|*fields=name|#limit=1%s", after));
        const struct node *row = node_first(node_get(o, "rows"));
        bool ours = false;
        for (size_t i = 0; row && i < NELEM(at); i++)
            ours = ours || node_num(row, "id", 0) == v.id[i];
        if (ours)
            cr_assert_eq(node_num(row, "id", 0), v.id[want[n++]], "%zu: %s", n, v.c.raw);
        after = node_text(o, "next");
        after = after ? text_printf(v.c.ctx, "|after=%s", after) : NULL;
    }
    cr_assert_eq(n, NELEM(want));
    village_drop(&v);
}

/* Retrieval and classification: each way finds the child and only whom it should. */
Test(register, found_and_counted)
{
    struct village v;
    village_make(&v);
    county_do(&v.c, v.c.boss, "rec.set",
              county_body(v.c.ctx,
                          "type=child|#id=%lld|?direct|?confirm_all|v.caregiver.name=仇桂花"
                          "|v.caregiver.phone=13611112222|v.id_no=320681201603124018",
                          (long long)v.id[1]));
    static const char *const words[] = {"一方外出", "yfwc", "4018", "320681201603124018",
                                        "仇桂花",   "qgh",  "2222", "13611112222"};
    for (size_t i = 0; i < NELEM(words); i++) {
        const struct node *o =
            county_do(&v.c, v.fd, "rec.find",
                      county_body(v.c.ctx, "type=child|words=%s|*fields=name", words[i]));
        cr_expect(on_list(node_get(o, "rows"), "一方外出"), "%s: %s", words[i], v.c.raw);
        cr_expect(!on_list(node_get(o, "rows"), "双方外出"), "%s", words[i]);
    }
    static const char *const by[] = {"sex",         "school_state", "health",  "child_kinds",
                                     "guard_grade", "lbc_result",   "village", "actual_care"};
    for (size_t i = 0; i < NELEM(by); i++) {
        const struct node *o =
            county_do(&v.c, v.fd, "rec.count", county_body(v.c.ctx, "type=child|*by=%s", by[i]));
        int64_t sum = 0;
        for (const struct node *e = node_first(node_get(o, "rows")); e; e = e->next)
            sum += node_num(e, "n", 0);
        cr_expect(sum >= (int64_t)NELEM(children), "%s: %s", by[i], v.c.raw);
    }
    village_drop(&v);
}

/* Page after page of a common word gives everybody once, however many there are. */
Test(register, found_page_by_page)
{
    enum { MANY = 300 };
    struct wire_county c;
    const char *after = "";
    int64_t seen[MANY + 1];
    size_t n = 0;
    county_make(&c, NULL);
    county_user(&c, "clerk", "county_clerk", COUNTY, 0);
    int fd = county_hello(&c, "clerk");
    for (int i = 0; i < MANY; i++)
        county_child(&c, "王小雨", i % 2 ? V1 : V3, "v.birth_date=2016-03-12");
    do {
        const struct node *o = county_do(&c, fd, "rec.find",
                                         county_body(c.ctx, "type=child|words=wxy|#limit=40%s%s",
                                                     *after ? "|after=" : "", after));
        for (const struct node *e = node_first(node_get(o, "rows")); e && n <= MANY; e = e->next)
            seen[n++] = node_num(e, "id", 0);
        after = node_text_or(o, "next", "");
    } while (*after && n <= MANY);
    cr_assert_eq(n, MANY, "%zu", n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_neq(seen[i], seen[j], "%zu and %zu", i, j);
    close(fd);
    county_drop(&c);
}

/* Leaving is proposed, confirmed by people, never silent; the file stays. */
Test(register, leaves_by_people_only)
{
    struct village v;
    village_make(&v);
    county_user(&v.c, "sup", "supervisor", TOWN1, 0);
    const struct node *o = county_do(&v.c, v.fd, "child.exit",
                                     county_body(v.c.ctx,
                                                 "#id=%lld|v.exit_reason=02|v.exit_date=2026-11-22"
                                                 "|why=父亲返乡",
                                                 (long long)v.id[0]));
    int64_t change = node_num(o, "change", 0);
    cr_assert_gt(change, 0, "%s", v.c.raw);
    cr_expect_str_eq(value(&v, v.id[0], "state")->str, "3", "until it is confirmed");
    struct node *yes = county_body(v.c.ctx, "@ids=%lld|?approve", (long long)change);
    int sup = county_hello(&v.c, "sup"), clerk = county_hello(&v.c, "clerk");
    county_do(&v.c, sup, "review.decide", yes);
    cr_expect_str_eq(value(&v, v.id[0], "state")->str, "3", "until the county agreed");
    county_do(&v.c, clerk, "review.decide", yes);
    cr_expect_str_eq(value(&v, v.id[0], "state")->str, "4", "%s", v.c.raw);
    cr_expect_str_eq(value(&v, v.id[0], "exit_reason")->str, "02");
    county_do(&v.c, v.fd, "rec.history",
              county_body(v.c.ctx, "type=child|#id=%lld", (long long)v.id[0]));
    cr_expect(strstr(v.c.raw, "双方外出") && strstr(v.c.raw, "退出"), "%s", v.c.raw);
    close(sup);
    close(clerk);
    village_drop(&v);
}

/* A saved list is its owner's: nobody else meets it by any request, nor makes one for another. */
Test(register, saved_views_are_ones_own)
{
    struct wire_county c;
    county_make(&c, NULL);
    county_user(&c, "dir", "director", V1, 0);
    county_user(&c, "town", "supervisor", TOWN1, 0);
    county_user(&c, "clerk", "county_clerk", COUNTY, 0);
    int own = county_hello(&c, "dir");
    const struct node *o = county_do(
        &c, own, "rec.add",
        county_body(c.ctx,
                    "type=saved_view|v.name=没有电话的|v.kind=1|v.type=child|v.spec=sort name"));
    long long id = (long long)node_num(o, "id", 0);
    const char *const others[] = {"town", "clerk", "dir"};
    for (size_t i = 0; i < NELEM(others); i++) {
        bool mine = strcmp(others[i], "dir") == 0;
        int fd = county_hello(&c, others[i]);
        o = county_do(&c, fd, "rec.list",
                      county_body(c.ctx, "type=saved_view|view=all|*fields=name,spec|?count"));
        cr_expect_eq(node_get(o, "rows")->n, mine ? 1 : 0, "%s: %s", others[i], c.raw);
        cr_expect_eq(node_num(o, "total", 0), mine ? 1 : 0, "%s", others[i]);
        o = county_do(&c, fd, "rec.count", county_body(c.ctx, "type=saved_view|where=kind = '1'"));
        cr_expect_eq(node_num(o, "total", -1), mine ? 1 : 0, "%s: %s", others[i], c.raw);
        static const char *const asks[][2] = {
            {"rec.get", ""}, {"rec.open", ""}, {"rec.history", ""}, {"rec.set", "|v.name=我的"}};
        for (size_t k = 0; k < NELEM(asks); k++)
            cr_expect_str_eq(
                county_ask(&c, fd, asks[k][0],
                           county_body(c.ctx, "type=saved_view|#id=%lld%s", id, asks[k][1]), NULL),
                mine ? "OK" : "NOTFOUND", "%s %s: %s", others[i], asks[k][0], c.raw);
        close(fd);
    }
    /* the owner is not typed, neither at first nor later */
    cr_expect_str_eq(county_ask(&c, own, "rec.add",
                                county_body(c.ctx, "type=saved_view|v.name=甲|v.kind=1|v.type=child"
                                                   "|v.owner=1"),
                                NULL),
                     "RULE", "%s", c.raw);
    cr_expect_str_eq(county_ask(&c, own, "rec.set",
                                county_body(c.ctx, "type=saved_view|#id=%lld|v.owner=1", id), NULL),
                     "RULE", "%s", c.raw);
    close(own);
    county_drop(&c);
}

/* A file is given to the one director its village has at that moment, and to nobody when it has two. */
Test(register, director_of_the_village)
{
    struct wire_county c;
    long long first = 0;
    county_make(&c, NULL);
    for (int i = 0; i < 4; i++) {
        if (i == 1 || i == 3)
            county_user(&c, i == 1 ? "ann" : "bob", "director", V1, 0);
        for (int twice = 0; twice < 2; twice++) {
            int64_t id = county_child(&c, "王小雨", V1, "");
            const struct node *o = county_do(
                &c, c.boss, "rec.get", county_body(c.ctx, "type=child|#id=%lld", (long long)id));
            const char *user = node_text_or(node_get(o, "v"), "director", "");
            if (i == 1 && !twice)
                first = strtoll(user, NULL, 10);
            cr_assert_eq(strtoll(user, NULL, 10), i == 1 || i == 2 ? first : 0, "%d: %s", i, user);
            cr_assert(i != 1 || first, "%s", c.raw);
        }
    }
    county_drop(&c);
}

#define CROWD  16
#define ROUNDS 12

/* Many at once: each of them registers a child of his own, and all of them one and the same. What was
 * found beside the writer must not be believed when another was quicker. */
Test(register, the_same_child_at_once)
{
    struct wire_county c;
    int fd[CROWD];
    county_make(&c, NULL);
    for (int i = 0; i < CROWD; i++)
        fd[i] = county_hello(&c, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        int ok = 0;
        for (int i = 0; i < CROWD; i++) {
            int serial = i % 2 ? 100 + round * CROWD + i : round;
            struct node *n = node_map(c.ctx);
            node_int(n, "seq", ++c.run.seq);
            node_str(n, "op", "rec.add");
            node_copy(n, "body",
                      county_body(c.ctx,
                                  "type=child|?confirm_all|v.name=王小雨|v.sex=%d|v.village=%s"
                                  "|v.child_kinds=10|v.birth_date=2016-03-12|v.id_no=%s",
                                  serial % 2 ? 1 : 2, V1, county_idno(c.ctx, "2016-03-12", serial)));
            cr_assert_eq(wire_send(fd[i], n, 10000), 0);
        }
        for (int i = 0; i < CROWD; i++) {
            struct node *got;
            cr_assert_eq(wire_recv(c.ctx, fd[i], &got, 10000), 0);
            const char *err = node_text_or(got, "err", "?"), *raw = node_json(c.ctx, got);
            ok += i % 2 == 0 && strcmp(err, "OK") == 0;
            if (i % 2)
                cr_assert_str_eq(err, "OK", "%s", raw);
            else
                cr_assert(strcmp(err, "OK") == 0 ||
                              (strcmp(err, "RULE") == 0 && strstr(raw, "duplicate_id")),
                          "%s", raw);
        }
        cr_assert_eq(ok, 1, "round %d: %d hold the same number", round, ok);
    }
    const struct node *o = county_do(&c, c.boss, "rec.count", county_body(c.ctx, "type=child"));
    cr_assert_eq(node_num(o, "total", 0), ROUNDS * (CROWD / 2 + 1), "%s", c.raw);
    for (int i = 0; i < CROWD; i++)
        close(fd[i]);
    county_drop(&c);
}
