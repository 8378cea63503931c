/* The expression language: the grammar page of rec/expr.h as a table. */
#include "unit/rec_forms.h"

#include <stdlib.h>
#include <talloc.h>

#define F TRI_FALSE
#define T TRI_TRUE
#define U TRI_UNKNOWN

static const struct date today = {2026, 11, 22};

struct world {
    void *ctx;
    struct dict *dict;
    const struct form *child, *person;
    struct rec *father; /* record 7 */
    struct rec_env env;
};

static const struct rec *linked(void *arg, const struct rec *r, const struct form_field *f)
{
    struct world *w = arg;

    return rec_ref(r, f->name) == 7 ? w->father : NULL;
}

static void world_open(struct world *w)
{
    w->ctx = talloc_new(NULL);
    w->dict = forms_load(w->ctx);
    w->child = dict_form(w->dict, "child");
    w->person = dict_form(w->dict, "person");
    w->father = rec_of(w->ctx, w->person, "name=王大山|birth_date=1985-02-28|special=服刑");
    w->env = (struct rec_env){.today = today, .arg = w, .linked = linked, .me = "5"};
}

static enum tri run(struct world *w, const char *text, const struct rec *r,
                    const struct expr_access *a)
{
    struct expr *e = NULL;
    char *problem = NULL;
    int rc = expr_parse(w->ctx, w->child, text, a, &e, &problem);

    cr_assert(rc == 0, "%s: %s", text, problem ? problem : "?");
    return expr_eval(e, r, &w->env);
}

static const char wang[] = "name=王小雨|id_no=32068120160312402X|sex=2|birth_date=2016-03-12|"
                           "village=320681109217|school_state=03|boarding=1|kinds=11,41|"
                           "main_kind=11|father=7|phone=?1:家长不肯说|siblings=2|own_pay=1234.50|"
                           "out_since=2026-01|seen_at=2026-11-20 14:05:09|work_area=440100000000|"
                           "director=5|remark=爱画画";

static const struct {
    const char *text;
    enum tri want;
} table[] = {
    /* comparison: text, number, date, code, division, yes or no, reference */
    {"name = '王小雨'", T},
    {"name = 王小雨", T},
    {"name = \"王小雨\"", T},
    {"name = “王小雨”", T},
    {"name != 王小雨", F},
    {"name <> 李四", T},
    {"'王小雨' = name", T},
    {"name = 'it''s'", F},
    {"memo = 爱画画", T},
    {"id_no = 32068120160312402X", T},
    {"siblings = 2", T},
    {"siblings > 1.5", T},
    {"siblings >= 2.01", F},
    {"3 > siblings", T},
    {"2 < siblings", F},
    {"own_pay = 1234.5", T},
    {"own_pay > 1234.49", T},
    {"own_pay < 1234", F},
    {"birth_date = 2016-03-12", T},
    {"birth_date = '2016-03-12'", T},
    {"birth_date < 2016-03-12", F},
    {"birth_date <= 2016-03-12", T},
    {"birth_date > '2016-03'", T},
    {"out_since = 2026-01-01", T},
    {"out_since > birth_date", T},
    {"seen_at = 2026-11-20", T},
    {"seen_at < 2026-11-20", F},
    {"seen_at <= 2026-11-20", T},
    {"seen_at > '2026-11-20 14:00:00'", T},
    {"school_state = 03", T},
    {"school_state = '小学'", T},
    {"school_state = 在读小学", T},
    {"school_state >= 02", T},
    {"school_state != 09", T},
    {"village = 320681109217", T},
    {"village within 320681109000", T},
    {"village within '320681'", T},
    {"village within 320682", F},
    {"work_area within 440000", T},
    {"father = 7", T},
    {"director = me", T},
    {"me = director", T},
    {"boarding", T},
    {"boarding = 1", T},
    {"boarding = 是", T},
    {"boarding = 否", F},
    {"not boarding", F},
    /* in, empty, has, like */
    {"school_state in (02, 小学)", T},
    {"school_state in ('01', '04')", F},
    {"school_state not in ('01', '04')", T},
    {"siblings in (1, 2, 3)", T},
    {"name is empty", F},
    {"name is not empty", T},
    {"mother is empty", T},
    {"phone is empty", F},
    {"kinds has 41", T},
    {"kinds has 孤儿", T},
    {"kinds has '21'", F},
    {"kinds = 11", F},
    {"kinds != 监护缺失", T},
    {"main_kind has 11", T},
    {"not kinds has 21", T},
    {"name like '小'", T},
    {"name like 四", F},
    {"remark like 画", T},
    /* linked record */
    {"father.name = 王大山", T},
    {"father.birth_date < birth_date", T},
    {"father.phone is empty", T},
    {"father.phone = 13800000000", U},
    {"mother.name = 李花", U},
    {"mother.name is empty", T},
    {"father is not empty and father.phone is empty", T},
    /* functions */
    {"age(birth_date) = 10", T},
    {"age(birth_date, 2026-03-11) = 9", T},
    {"age(birth_date, 2026-03-12) = 10", T},
    {"age(birth_date, '2016-03-11') < 1", U}, /* before the birth */
    {"age(father.birth_date) >= 41", T},
    {"months(out_since, today) >= 3", T},
    {"months(2026-01-31, 2026-02-27) = 0", T},
    {"days(seen_at, today) = 2", T},
    {"seen_at > today - 30d", T},
    {"seen_at < today-2d", F},
    {"seen_at = today - 2 d", T},
    {"birth_date + 16y > today", T},
    {"birth_date + 10y + 8m < today", T},
    {"out_since <= today - 3m", T},
    {"2026-11-29 - 1w = today", T},
    {"month_start = '2026-11-01'", T},
    {"month_end = '2026-11-30'", T},
    {"month_end + 1d - 1m = month_start", T},
    {"today + agreement_warn_days = today + 30d", T},
    {"today - contact_gap_days + 4w + 2d = today", T},
    {"today - 200y < today", U}, /* no date of ours */
    /* joining; and binds tighter than or */
    {"name = 李四 or siblings = 2 and boarding", T},
    {"(name = 李四 or siblings = 2) and not boarding", F},
    {"name = 李四 或 siblings = 2 且 非 boarding", F},
    {"not not boarding", T},
    {"NOT name = 李四 AND boarding", T},
    {"（name ＝ 王小雨）", T},
    {"school_state in （02，03）", T},
    {"  name\t=\n王小雨  ", T},
    {"", T},
    /* unknown */
    {"phone = 13800000000", U},
    {"phone != 13800000000", U},
    {"not phone = 13800000000", U},
    {"hiv = 1", U},
    {"mother = 7", U},
    {"mother in (7, 8)", U},
    {"age(mother.birth_date) < 50", U},
    {"phone like 138", U},
    {"phone = 1 and name = 李四", F},
    {"phone = 1 or name = 王小雨", T},
    {"phone = 1 or name = 李四", U},
};

Test(rec_expr, table)
{
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child, wang);

    for (size_t i = 0; i < NELEM(table); i++) {
        enum tri got = run(&w, table[i].text, r, NULL);
        cr_expect(got == table[i].want, "%s: %d, not %d", table[i].text, got, table[i].want);
    }
    expr_set_days("agreement_warn_days", 60); /* the same expression follows the setting */
    cr_expect(run(&w, "today + agreement_warn_days = today + 60d", r, NULL) == T);
    expr_set_days("agreement_warn_days", 30);
    cr_expect(expr_eval(NULL, r, &w.env) == T);
    /* What cannot be asked is unknown, an empty linked field too. */
    struct expr *e;
    char *problem;
    cr_assert(expr_parse(w.ctx, w.child, "father.phone is empty", NULL, &e, &problem) == 0);
    cr_expect(expr_eval(e, r, &(struct rec_env){.today = today}) == U);
    cr_assert(expr_parse(w.ctx, w.child, "birth_date < today", NULL, &e, &problem) == 0);
    cr_expect(expr_eval(e, r, NULL) == U);
    talloc_free(w.ctx);
}

/* The truth table: a and b for every pair; U is what an empty field gives. */
Test(rec_expr, three_valued)
{
    static const char *const word[] = {"siblings = 9", "siblings = 2", "hiv = 1"};
    static const enum tri and_[3][3] = {{F, F, F}, {F, T, U}, {F, U, U}};
    static const enum tri or_[3][3] = {{F, T, U}, {T, T, T}, {U, T, U}};
    static const enum tri not_[3] = {T, F, U};
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child, wang);

    for (int a = 0; a < 3; a++) {
        char *text = talloc_asprintf(w.ctx, "not (%s)", word[a]);
        cr_expect(run(&w, text, r, NULL) == not_[a], "%s", text);
        for (int b = 0; b < 3; b++) {
            text = talloc_asprintf(w.ctx, "%s and %s", word[a], word[b]);
            cr_expect(run(&w, text, r, NULL) == and_[a][b], "%s", text);
            text = talloc_asprintf(w.ctx, "%s or %s", word[a], word[b]);
            cr_expect(run(&w, text, r, NULL) == or_[a][b], "%s", text);
        }
    }
    talloc_free(w.ctx);
}

static const struct {
    const char *text, *problem;
} wrong[] = {
    {"foo = 1", "第 1 个字“foo”处：没有这一项，请核对名称"},
    {"name = 王 and foo = 1", "第 14 个字“foo”处：没有这一项，请核对名称"},
    {"father.foo = 1", "第 1 个字“father.foo”处：没有这一项，请核对名称"},
    {"name = father.foo", "第 8 个字“father.foo”处：没有这一项，请核对名称"},
    {"name.first = 1", "第 1 个字“name.first”处：没有这一项，请核对名称"},
    {"小学 = school_state", "第 1 个字“小学”处：没有这一项，请核对名称"},
    {"age(foo) < 3", "第 5 个字“foo”处：没有这一项，请核对名称"},
    {"name =", "末尾处：这里还缺一个值"},
    {"name", "末尾处：请写出怎样比较，例如 name = '…'"},
    {"and", "第 1 个字“and”处：这里还缺一个值"},
    {"name = 王 王", "第 10 个字“王”处：多出来的内容，请删去或用 and、or 连接"},
    {"(name = 王", "末尾处：这里应有“)”"},
    {"name = 王)", "第 9 个字“)”处：多出来的内容，请删去或用 and、or 连接"},
    {"name = '王", "第 8 个字处：引号没有配对"},
    {"name ! 王", "第 6 个字“!”处：这个符号不能用"},
    {"name = 1; drop", "第 9 个字“;”处：这个符号不能用"},
    {"1 = 1", "第 3 个字“=”处：两边都是固定的值，请至少写一个项目名"},
    {"name > ''", "第 8 个字处：没有填写请用 is empty"},
    {"birth_date = 王", "第 14 个字“王”处：“出生日期”要和日期比较，例如 2026-11-22"},
    {"birth_date = 2015-02-29", "第 14 个字“2015-02-29”处：没有这一天"},
    {"birth_date > 2015-3-1", "第 18 个字“-”处：日期请写成 2026-11-22 的样子"},
    {"siblings = 两", "第 12 个字“两”处：“兄弟姐妹数”要和数字比较"},
    {"siblings = 1234567890123456", "第 12 个字“1234567890123456”处：“兄弟姐妹数”要和数字比较"},
    {"school_state = 大学", "第 16 个字“大学”处：没有这个选项，请核对代码或名称"},
    {"kinds has 99", "第 11 个字“99”处：没有这个选项，请核对代码或名称"},
    {"kinds > 11", "第 7 个字“>”处：这一项可以多选，请用 has"},
    {"kinds = main_kind", "第 7 个字“=”处：这一项可以多选，请用 has"},
    {"name has 11", "第 6 个字“has”处：只有代码项才能用 has"},
    {"siblings like 1", "第 10 个字“like”处：只有文字项才能用 like"},
    {"name within 320681", "第 6 个字“within”处：只有区划项才能用 within"},
    {"village within '320681109'", "第 16 个字“320681109”处：区划代码应为 6 位或 12 位数字"},
    {"village = 汇龙镇", "第 11 个字“汇龙镇”处：区划代码应为 6 位或 12 位数字"},
    {"boarding = 也许", "第 12 个字“也许”处：请写 是 或 否"},
    {"boarding > 0", "第 10 个字“>”处：这一项只能用 = 或 != 比较"},
    {"father = 王大山", "第 10 个字“王大山”处：请写记录编号"},
    {"father > 3", "第 8 个字“>”处：这一项只能用 = 或 != 比较"},
    {"name = birth_date", "第 6 个字“=”处：两边不是同一类内容，不能比较"},
    {"school_state = main_kind", "第 14 个字“=”处：两边不是同一类内容，不能比较"},
    {"today is empty", "第 7 个字“is”处：is empty 前面要写项目名"},
    {"name is full", "第 9 个字“full”处：这里应有“empty”"},
    {"name in 王", "第 9 个字“王”处：这里应有“(”"},
    {"age(name) < 3", "第 5 个字“name”处：这里要写日期项"},
    {"age birth_date < 3", "第 1 个字“age”处：没有这一项，请核对名称"},
    {"months(birth_date) > 3", "第 18 个字“)”处：这里应有“,”"},
    {"today + 3", "末尾处：请写成 30d、2w、3m、1y 的样子（天、周、月、年）"},
    {"birth_date > today - 99999999y",
     "第 22 个字“99999999y”处：请写成 30d、2w、3m、1y 的样子（天、周、月、年）"},
    {"today - 201y < today", "第 9 个字“201y”处：请写成 30d、2w、3m、1y 的样子（天、周、月、年）"},
    {"name + 3d = today", "第 1 个字“name”处：这里要写日期项"},
    {"name = \x01", "第 8 个字处：有不能识别的字符"},
    {"name = \xff", "第 8 个字处：有不能识别的字符"},
};

Test(rec_expr, problems)
{
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(wrong); i++) {
        struct expr *e = NULL;
        char *problem = NULL;
        int rc = expr_parse(w.ctx, w.child, wrong[i].text, NULL, &e, &problem);

        cr_expect(rc == HE_USAGE, "%s: %d", wrong[i].text, rc);
        cr_expect(problem && strcmp(problem, wrong[i].problem) == 0, "%s:\n %s\n not\n %s",
                  wrong[i].text, problem ? problem : "-", wrong[i].problem);
    }
    talloc_free(w.ctx);
}

static bool see_field(void *arg, const struct form_field *f)
{
    (void)arg;
    return f->class != CLASS_D && strcmp(f->name, "mother") != 0;
}

static bool see_code(void *arg, const struct form_field *f, const char *code)
{
    (void)arg;
    const struct code *c = codes_find(f->codes, code);
    return !c || c->class != CLASS_D;
}

static char *problem_of(struct world *w, const char *text, const struct expr_access *a)
{
    struct expr *e = NULL;
    char *problem = NULL;

    cr_expect(expr_parse(w->ctx, w->child, text, a, &e, &problem) == HE_USAGE, "%s", text);
    return problem;
}

/* The same text with a name of the same length that does not exist gives the same sentence. */
Test(rec_expr, refused_is_absent)
{
    static const struct {
        const char *text, *refused, *absent;
    } row[] = {
        {"%s = 1", "hiv", "hix"},
        {"%s is empty", "hiv", "hix"},
        {"name = 王 and %s like 1", "hiv", "hix"},
        {"%s.name = 1", "mother", "mothex"},
        {"%s is empty", "mother", "mothex"},
        {"father.%s = 1", "special", "speciax"},
        {"name = father.%s", "special", "speciax"},
        {"age(%s.birth_date) > 3", "mother", "mothex"},
        {"kinds has %s", "23", "29"},
        {"kinds has %s", "艾滋病", "艾滋症"},
        {"main_kind = %s", "23", "29"},
        {"main_kind in (11, %s)", "'HIV'", "'HIX'"},
    };
    const struct expr_access access = {.field = see_field, .code = see_code};
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(row); i++) {
        const char *mark = strstr(row[i].text, "%s");
        char *part[2];
        for (int j = 0; j < 2; j++) {
            const char *word = j ? row[i].absent : row[i].refused;
            char *text = talloc_asprintf(w.ctx, "%.*s%s%s", (int)(mark - row[i].text), row[i].text,
                                         word, mark + 2);
            part[j] = problem_of(&w, text, &access);
        }
        char *at = strstr(part[1], row[i].absent[0] == '\'' ? "HIX" : row[i].absent);
        cr_assert_not_null(at, "%s", part[1]);
        size_t len = row[i].absent[0] == '\'' ? 3 : strlen(row[i].absent);
        memcpy(at, row[i].refused + (row[i].absent[0] == '\''), len);
        cr_expect_str_eq(part[0], part[1]);
    }
    /* A refused name on the right is a text, as any unknown word is. */
    struct rec *r = rec_of(w.ctx, w.child, "name=hiv|hiv=x");
    cr_expect(run(&w, "name = hiv", r, &access) == T);
    /* A refused value is not there: neither by being non-empty nor by being different. */
    r = rec_of(w.ctx, w.child, "main_kind=23|kinds=23");
    cr_expect(run(&w, "main_kind is empty", r, &access) == T);
    cr_expect(run(&w, "main_kind != 11", r, &access) == U);
    cr_expect(run(&w, "kinds is empty", r, &access) == T);
    cr_expect(run(&w, "kinds is empty", r, NULL) == F);
    rec_set(r, "kinds", "11,23");
    cr_expect(run(&w, "kinds is empty", r, &access) == F);
    rec_set(r, "kinds", "23,41");
    cr_expect(run(&w, "kinds is empty", r, &access) == F);
    cr_expect(run(&w, "kinds = 41", r, &access) == T);
    cr_expect(run(&w, "kinds in (11, 41)", r, &access) == T);
    cr_expect(run(&w, "kinds = 41", r, NULL) == F);
    cr_expect(run(&w, "kinds != 11", r, &access) == T);
    talloc_free(w.ctx);
}

static char *repeat(void *ctx, const char *before, const char *middle, const char *after, int n)
{
    char *s = talloc_strdup(ctx, "");

    for (int i = 0; i < n; i++)
        s = talloc_strdup_append(s, before);
    s = talloc_strdup_append(s, middle);
    for (int i = 0; i < n; i++)
        s = talloc_strdup_append(s, after);
    return s;
}

Test(rec_expr, limits)
{
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child, wang);

    cr_expect(run(&w, repeat(w.ctx, "(", "boarding", ")", 40), r, NULL) == T);
    cr_expect(run(&w, repeat(w.ctx, "not ", "boarding", "", 40), r, NULL) == T);
    cr_expect(strstr(problem_of(&w, repeat(w.ctx, "(", "boarding", ")", 41), NULL), "超过 40 层") !=
              NULL);
    cr_expect(strstr(problem_of(&w, repeat(w.ctx, "not ", "boarding", "", 41), NULL), "40 层") !=
              NULL);
    cr_expect(strstr(problem_of(&w, repeat(w.ctx, "not(", "boarding", ")", 21), NULL), "40 层") !=
              NULL);
    /* A long chain is not deep. */
    cr_expect(run(&w, repeat(w.ctx, "boarding or ", "boarding", "", 150), r, NULL) == T);
    char *blank = talloc_zero_array(w.ctx, char, 2002);
    memset(blank, ' ', 2000);
    memcpy(blank, "boarding", 8);
    cr_expect(run(&w, blank, r, NULL) == T);
    blank[2000] = ' ';
    cr_expect(strstr(problem_of(&w, blank, NULL), "超过 2000 字节") != NULL);
    talloc_free(w.ctx);
}

static const struct {
    const char *text, *field, *lo, *hi;
    bool within;
} served[] = {
    {"name = 王小雨", "name", "王小雨", "王小雨", false},
    {"boarding and name = 王小雨", "name", "王小雨", "王小雨", false},
    {"(boarding and (name = 王小雨))", "name", "王小雨", "王小雨", false},
    {"village within 320681109000 and school_state = 小学", "school_state", "03", "03", false},
    {"village within 320681", "village", "320681000000", NULL, true},
    {"village within 320681 and birth_date > 2016-01-01", "village", "320681000000", NULL, true},
    {"birth_date >= 2010-05-02", "birth_date", "2010-05-02", NULL, false},
    {"birth_date >= 2010-05-01 and birth_date < 2012-01-01", "birth_date", "2010-05", "2012-01-01",
     false}, /* a value of "2010-05" compares as its first day */
    {"2010-05-02 <= birth_date", "birth_date", "2010-05-02", NULL, false},
    {"birth_date = '2010-05'", "birth_date", "2010-05", "2010-05-01", false},
    {"siblings > 1.5 and siblings < 3.5", "siblings", "1", "4", false},
    {"seen_at = 2026-11-20", "seen_at", "2026-11-20 00:00:00", "2026-11-20 23:59:59", false},
    {"name > 王", NULL, NULL, NULL, false}, /* lists of names follow their pinyin */
    {"name = 王 or boarding", NULL, NULL, NULL, false},
    {"not name = 王", NULL, NULL, NULL, false},
    {"name != 王", NULL, NULL, NULL, false},
    {"father.name = 王", NULL, NULL, NULL, false},
    {"id_no = 1", NULL, NULL, NULL, false},
    {"birth_date > today - 3y", NULL, NULL, NULL, false},
    {"birth_date = out_since", NULL, NULL, NULL, false},
};

static bool same_or_null(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

Test(rec_expr, index)
{
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(served); i++) {
        struct expr *e = NULL;
        char *problem = NULL;
        struct expr_index x;
        cr_assert(expr_parse(w.ctx, w.child, served[i].text, NULL, &e, &problem) == 0, "%s",
                  served[i].text);
        bool got = expr_index(e, &x);
        cr_expect(got == (served[i].field != NULL), "%s", served[i].text);
        if (!got || !served[i].field)
            continue;
        cr_expect_str_eq(x.field->name, served[i].field);
        cr_expect(same_or_null(x.lo, served[i].lo), "%s: lo %s", served[i].text, x.lo);
        cr_expect(same_or_null(x.hi, served[i].hi), "%s: hi %s", served[i].text, x.hi);
        cr_expect(x.within == served[i].within);
    }
    talloc_free(w.ctx);
}

/* Bytes of chance and words of the language in any order: never a crash, always an answer. */
Test(rec_expr, chance)
{
    static const char *const word[] = {
        "name ", "(",    ")",           "and ",   "或 ",         "not ", "= ",           "<",
        "'王' ", "age(", ",",           "today ", "- ",          "30d ", "father.name ", "kinds ",
        "has ",  "in ",  "is ",         "empty ", "2016-03-12 ", "3.5 ", "within ",      "320681 ",
        "like ", "me ",  "birth_date ", "+ ",     "“",           "\"",   "\xe7",
    };
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child, wang);
    unsigned seed = 20261122; /* fixed: the run is the same everywhere */

    for (int i = 0; i < 20000; i++) {
        void *ctx = talloc_new(w.ctx);
        char text[160] = "";
        size_t n = 0, want = (size_t)(rand_r(&seed) % 12) + 1;
        for (size_t k = 0; k < want && n < sizeof text - 20; k++) {
            const char *s = word[(size_t)rand_r(&seed) % NELEM(word)];
            if (i % 4 == 0)
                text[n++] = (char)(rand_r(&seed) % 255 + 1);
            else
                n += (size_t)snprintf(text + n, sizeof text - n, "%s", s);
        }
        text[n] = '\0';
        struct expr *e = NULL;
        char *problem = NULL;
        int rc = expr_parse(ctx, w.child, text, NULL, &e, &problem);
        cr_assert(rc == 0 || (rc == HE_USAGE && problem && text_valid(problem, strlen(problem))),
                  "seed 20261122 row %d", i);
        if (rc == 0) {
            enum tri t = expr_eval(e, r, &w.env);
            cr_assert(t == F || t == T || t == U);
        }
        talloc_free(ctx);
    }
    talloc_free(w.ctx);
}
