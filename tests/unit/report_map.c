/* Headings to fields, rows to values, doubts; with the shipped map and the shipped forms. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "base/io.h"
#include "base/text.h"
#include "rec/check.h"
#include "report/map.h"
#include "tmpdir.h"

static void *ctx;
static struct dict *dict;
static struct map *roster;

static void setup(void)
{
    ctx = talloc_new(NULL);
    struct conf_errors *errs = conf_errors_new(ctx);
    dict = rec_load_dict(ctx, SRCDIR "/forms", errs);
    cr_assert(dict != NULL, "%s", errs->n ? errs->text[0] : "");
    roster = map_load(ctx, SRCDIR "/conf/import/roster.map", dict, errs);
    cr_assert(roster != NULL, "%s", errs->n ? errs->text[0] : "");
}

static void teardown(void)
{
    talloc_free(ctx);
}

TestSuite(report_map, .init = setup, .fini = teardown);

static struct table_row row_of(const char *text)
{
    struct table_row r = {.number = 1};
    char *s = talloc_strdup(ctx, text);
    r.cell = talloc_array(ctx, const char *, 64);
    for (char *cell; (cell = strsep(&s, "|"));)
        r.cell[r.n++] = cell;
    return r;
}

static const char *values_json(const struct map_match *m, const char *text)
{
    struct table_row r = row_of(text);
    struct node *v = node_map(ctx);
    map_values(m, &r, v);
    return node_json(ctx, v);
}

static struct map_match *match(const struct map *map, const char *heading)
{
    struct table_row r = row_of(heading);
    return map_match(ctx, map, NULL, &r);
}

Test(report_map, headings)
{
    static const struct {
        const char *heading, *row, *want;
    } t[] = {
        {"序号|姓名|性别", "1|王小雨|女", "{\"name\":\"王小雨\",\"sex\":\"女\"}"},
        {"＊姓　名：|村（居）代码|村(居)名称", "王|320681109217|松桥",
         "\"village\":\"320681109217\""},
        {"姓名|村(居)代码|村(居)名称", "王||松桥", "\"village\":\"松桥\""},
        {"姓名（必填）|父亲·姓名|mother.name", "王|张三|李四",
         "\"father.name\":\"张三\",\"mother.name\":\"李四\""},
        {"姓名|父亲姓名|备注|曾用名", "王|不详|无|无", "{\"name\":\"王\"}"},
        {"姓名|儿童类别", "王|41", "\"child_kinds\":\"41\""},
        {"姓名|档案号|hukou_type", "王|C1|1",
         "{\"name\":\"王\",\"file_no\":\"C1\",\"hukou_type\":\"1\""},
    };
    for (size_t i = 0; i < NELEM(t); i++) {
        struct map_match *m = match(roster, t[i].heading);
        const char *got = values_json(m, t[i].row);
        cr_assert(strstr(got, t[i].want), "%zu: %s", i, got);
        cr_assert(m->strange == NULL, "%zu: %s", i, m->strange ? m->strange[0] : "");
    }
    struct map_match *m = match(roster, "姓名|儿童姓名|星座||年龄");
    cr_assert(m->known == 3 && m->fed == 1);
    cr_assert_str_eq(m->strange[0], "星座");
    cr_assert(m->strange[1] == NULL);
    cr_assert_str_eq(m->twice[0], "儿童姓名");
    struct map *plain = map_of_form(ctx, dict_form(dict, "child"));
    m = match(plain, "姓名|公民身份号码|父亲·手机");
    cr_assert(m->known >= 2 && strstr(values_json(m, "王|1|2"), "\"id_no\":\"1\""));
}

/* Groups over their columns, as merged cells or what CSV leaves of them. */
Test(report_map, headings_of_two_rows)
{
    static const char *const over[] = {
        "序号|儿童信息||村(居)代码|父亲|||母亲||备注",
        "序号|儿童信息|儿童信息|村(居)代码|父亲|父亲|父亲|母亲|母亲|备注"};
    static const char *const below[] = {
        "|姓名|性别||姓名|是否外出|联系电话|姓名|电话|",
        "序号|姓名|性别|村(居)代码|姓名|是否外出|联系电话|姓名|电话|备注"};
    for (size_t i = 0; i < NELEM(over); i++) {
        struct table_row a = row_of(over[i]), b = row_of(below[i]);
        struct map_match *m = map_match(ctx, roster, &a, &b);
        cr_assert(m->known == 10 && !m->strange && !m->twice, "%zu: %zu %s", i, m->known,
                  m->strange ? m->strange[0] : "");
        cr_assert_str_eq(values_json(m, "1|王小雨|女|320681109217|王父|是|139|王母|137|好"),
                         "{\"name\":\"王小雨\",\"sex\":\"女\",\"village\":\"320681109217\","
                         "\"father.name\":\"王父\",\"father.out_working\":\"是\","
                         "\"father.phone\":\"139\",\"mother.name\":\"王母\","
                         "\"mother.phone\":\"137\",\"remark\":\"好\"}");
    }
}

Test(report_map, kinds_of_rows)
{
    struct map_match *m = match(roster, "序号|姓名|性别|备注");
    static const struct {
        const char *row;
        enum map_kind want;
    } t[] = {{"1|王小雨|女|", MAP_DATA},
             {"合计|2000||", MAP_TOTAL},
             {"|合 计：||", MAP_TOTAL},
             {"小计||3|", MAP_TOTAL},
             {"3|小计||", MAP_DATA},
             {"序号|姓名|性别|备注", MAP_HEADING},
             {"序号|姓 名|性别|", MAP_HEADING},
             {"序号|姓名|女|", MAP_DATA}};
    for (size_t i = 0; i < NELEM(t); i++) {
        struct table_row r = row_of(t[i].row);
        cr_assert_eq(map_kind(m, &r), t[i].want, "%s", t[i].row);
    }
    struct table_row r = row_of("1|王|女|x");
    struct table_bad bad[] = {{0, "lost_digits", "a"}, {3, "lost_digits", "b"}};
    const char *path = NULL;
    r.bad = bad;
    r.nbad = 1;
    cr_assert(map_bad(m, &r, &path) == NULL); /* a serial may be anything */
    r.nbad = 2;
    cr_assert(map_bad(m, &r, &path) == &bad[1]);
    cr_assert_str_eq(path, "remark");
}

Test(report_map, shifted_columns)
{
    struct date today = {2026, 11, 22};
    struct map_match *m = match(roster, "姓名|性别|公民身份号码|出生日期|村(居)名称");
    for (int i = 0; i < 40; i++) {
        /* wrong check digits and dates are mistakes of people, not of columns */
        struct table_row r = row_of(i % 2 ? "王小雨|女|320681202108241880|44432|松桥"
                                          : "王小雨|女|320681202102301887|20210824|松桥");
        map_sample(m, &r, today);
    }
    cr_assert(map_doubt(ctx, m) == NULL, "%s", map_doubt(ctx, m));
    m = match(roster, "姓名|性别|公民身份号码");
    for (int i = 0; i < 40; i++) {
        struct table_row r = row_of("女|320681202108241887|2021-08-24");
        map_sample(m, &r, today);
        if (i == 5)
            cr_assert(map_doubt(ctx, m) == NULL); /* too few to say */
    }
    const char *text = map_doubt(ctx, m);
    cr_assert(text && strstr(text, "错位") && strstr(text, "姓名"), "%s", text);
}

Test(report_map, mistakes_of_maps)
{
    static const struct {
        const char *text, *want;
    } t[] = {
        {"type = \"chil\";", "chil"},
        {"type = \"child\"; columns = ({ heading = \"x\"; field = \"nme\"; });", "nme"},
        {"type = \"child\"; columns = ({ field = \"name\"; });", "heading"},
        {"type = \"child\"; columns = ({ heading = \"x\"; field = \"name\"; by = \"no\"; });",
         "by"},
        {"type = \"child\"; cols = ();", "cols"},
        {"type = \"child\"; const = ({ field = \"x.y\"; value = \"1\"; });", "x.y"},
    };
    char *dir = tmpdir_new(ctx);
    const char *path = text_printf(ctx, "%s/bad.map", dir);
    for (size_t i = 0; i < NELEM(t); i++) {
        struct conf_errors *errs = conf_errors_new(ctx);
        cr_assert(io_write_file(path, t[i].text, strlen(t[i].text), 0600) == 0);
        cr_assert(map_load(ctx, path, dict, errs) == NULL && errs->n == 1, "%zu: %zu", i, errs->n);
        cr_assert(strstr(errs->text[0], t[i].want), "%s", errs->text[0]);
    }
}
