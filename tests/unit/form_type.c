/*
 * Field types: what people, files and requests write becomes one canonical text or a sentence that
 * says what to do; a canonical text reads as itself, for every type.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/form.h"
#include "form/type.h"

static const struct date today = {2026, 11, 22};

static const struct dict *load_small(void *ctx)
{
    const struct dict *d = dict_load(ctx, SRCDIR "/tests/unit/forms-small", conf_errors_new(ctx));

    cr_assert_not_null(d);
    return d;
}

static const struct form_field *find(const struct dict *d, const char *path)
{
    const char *dot = strchr(path, '.');
    struct form_path p;

    if (dot == NULL) {
        cr_assert_eq(form_path_parse(dict_form(d, "child"), path, &p), 0, "%s", path);
        return p.field;
    }
    return form_field(dict_form(d, "person"), dot + 1);
}

struct parse_case {
    const char *field, *in;
    const char *out;  /* canonical text, NULL when empty or refused */
    const char *code; /* of the refusal */
};

static void check(const struct dict *d, const struct parse_case *c)
{
    void *ctx = talloc_new(NULL);
    const struct form_field *f = find(d, c->field);
    const char *code;
    char *out, *problem, *again;
    int rc = type_parse(ctx, f, today, c->in, &out, &code, &problem);

    if (c->code != NULL) {
        cr_assert_eq(rc, HE_RULE, "%s ← %s: taken as %s", c->field, c->in, out);
        cr_assert_str_eq(code, c->code, "%s ← %s: %s", c->field, c->in, problem);
        cr_assert(problem != NULL && strlen(problem) < 400, "%s ← %s", c->field, c->in);
        cr_assert(text_valid(problem, strlen(problem)) && strpbrk(problem, "\x1b\n") == NULL);
        cr_assert_null(out);
        talloc_free(ctx);
        return;
    }
    cr_assert_eq(rc, 0, "%s ← %s: %s", c->field, c->in, problem);
    if (c->out == NULL) {
        cr_assert_null(out, "%s ← %s: %s", c->field, c->in, out);
    } else {
        cr_assert(out != NULL, "%s ← %s", c->field, c->in);
        cr_assert_str_eq(out, c->out, "%s ← %s", c->field, c->in);
        cr_assert_eq(type_parse(ctx, f, today, out, &again, &code, &problem), 0);
        cr_assert_str_eq(again, out, "%s reads as itself", c->field);
        cr_assert(*type_show(ctx, f, out) != '\0' && *type_sortkey(ctx, f, out) != '\0');
    }
    talloc_free(ctx);
}

static void check_all(const struct parse_case *c, size_t n)
{
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);

    for (size_t i = 0; i < n; i++)
        check(d, &c[i]);
    talloc_free(ctx);
}

#define CHECK_ALL(table) check_all(table, NELEM(table))

Test(type, names_and_notes)
{
    static const struct parse_case table[] = {
        {"name", NULL, NULL, NULL},
        {"name", " 　 ", NULL, NULL},
        {"name", "王小雨", "王小雨", NULL},
        {"name", " 张　三 ", "张三", NULL},
        {"name", "阿依古丽·买买提", "阿依古丽·买买提", NULL},
        {"name", "阿依古丽•买买提", "阿依古丽·买买提", NULL},
        {"name", "张𠅤", "张𠅤", NULL},
        {"name", "Anna  Maria", "Anna Maria", NULL},
        {"name", "王\033[31m小\x07雨", NULL, "bad_name"}, /* what the control left behind */
        {"name", "王\xe2\x80\xae小雨", "王小雨", NULL},
        {"name", "=HYPERLINK(\"http://x\")", NULL, "bad_name"},
        {"name", "王", NULL, "bad_name"},
        {"name", "王小雨1", NULL, "bad_name"},
        {"note", "一\r\n二\ttab", "一\n二 tab", NULL},
        {"note", "二十个字二十个字二十个字二十个字二十个字",
         "二十个字二十个字二十个字二十个字二十个字", NULL},
        {"note", "二十个字二十个字二十个字二十个字二十个字多", NULL, "too_long"},
        {"note", "e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301", NULL},
        {"note", "坏\xff字", "坏字", NULL},
        {"note", "?1:听说", NULL, "unknown_refused"},
        {"note", "不掌握他的情况", "不掌握他的情况", NULL},
        {"boarding", "是", "1", NULL},
        {"boarding", "有", "1", NULL},
        {"boarding", "ｙ", "1", NULL},
        {"boarding", "1", "1", NULL},
        {"boarding", "否", "0", NULL},
        {"boarding", "无", "0", NULL},
        {"boarding", "n", "0", NULL},
        {"boarding", "也许", NULL, "bad_yesno"},
    };
    char *long_name = talloc_strdup(NULL, "");

    CHECK_ALL(table);
    for (int i = 0; i < 60; i++)
        long_name = talloc_strdup_append(long_name, "名");
    check_all(&(struct parse_case){"name", long_name, long_name, NULL}, 1);
    long_name = talloc_strdup_append(long_name, "名");
    check_all(&(struct parse_case){"name", long_name, NULL, "bad_name"}, 1);
    talloc_free(long_name);
}

Test(type, numbers_of_people)
{
    static const struct parse_case table[] = {
        {"id_no", "431003201408154021", "431003201408154021", NULL},
        {"id_no", " 431003 20140815 4021\t", "431003201408154021", NULL},
        {"id_no", "'431003201408154021", "431003201408154021", NULL},
        {"id_no", "34052419800101001x", "34052419800101001X", NULL},
        {"id_no", "34052419800101001Ｘ", "34052419800101001X", NULL},
        {"id_no", "431003201602291230", "431003201602291230", NULL},
        {"id_no", "431003201408154022", NULL, "id_checksum"},
        {"id_no", "431003201502291233", NULL, "id_date"},
        {"id_no", "431003202711221233", NULL, "id_date"},
        {"id_no", "431003140815402", NULL, "id_length"},
        {"id_no", "43100320140815402", NULL, "id_length"},
        {"id_no", "4310032014081540211", NULL, "id_length"},
        {"id_no", "4310032O1408154021", NULL, "id_chars"},
        {"id_no", "H1234567(8)", "H12345678", NULL},
        {"id_no", "e12345678", "E12345678", NULL},
        {"id_no", "12345678901234567890", "12345678901234567890", NULL},
        {"id_no", "123456789012345678901", NULL, "id_length"},
        {"id_no", "1234", NULL, "id_length"},
        {"id_no", "王小雨的证", NULL, "id_chars"},
        {"id_no", "=1+1+1+1", NULL, "id_chars"},
        {".phone", "138 1234 5678", "13812345678", NULL},
        {".phone", "１３８１２３４５６７８", "13812345678", NULL},
        {".phone", "+86-138-1234-5678", "13812345678", NULL},
        {".phone", "'13812345678", "13812345678", NULL},
        {".phone", "0513-83312345", "051383312345", NULL},
        {".phone", "(0513)83312345转123", "051383312345转123", NULL},
        {".phone", "83312345 ext.9", "83312345转9", NULL},
        {".phone", "+852 9123 4567", "+85291234567", NULL},
        {".phone", "12345", NULL, "bad_phone"},
        {".phone", "1381234567", NULL, "bad_phone"},
        {".phone", "138123456789", NULL, "bad_phone"},
        {".phone", "13812345678/13912345678", NULL, "bad_phone"},
        {".phone", "没有", NULL, "bad_phone"},
        {".phone", "83312345转", NULL, "bad_phone"},
        {".phone", "123456789012345678", NULL, "bad_phone"},
        {".phone", "不掌握：父亲失联", "?1:父亲失联", NULL},
        {".phone", "不掌握（父亲失联）", "?1:父亲失联", NULL},
        {".phone", "拒绝提供 不愿意说", "?2:不愿意说", NULL},
        {".phone", "?1:父亲(生父)", "?1:父亲(生父)", NULL},
        {".phone", "？2：怕麻烦", "?2:怕麻烦", NULL},
        {".phone", "?1:", NULL, "no_reason"},
        {".phone", "不掌握", NULL, "no_reason"},
        {"birth_date", "?1:忘了", NULL, "unknown_refused"},
        {"birth_date", "不掌握", NULL, "bad_date"},
    };
    char *reason = talloc_strdup(NULL, "?1:");

    CHECK_ALL(table);
    for (int i = 0; i < 101; i++)
        reason = talloc_strdup_append(reason, "长");
    check_all(&(struct parse_case){".phone", reason, NULL, "too_long"}, 1);
    talloc_free(reason);
}

Test(type, days_and_amounts)
{
    static const struct parse_case table[] = {
        {"birth_date", "2016-3-12", "2016-03-12", NULL},
        {"birth_date", "2016年3月12日", "2016-03-12", NULL},
        {"birth_date", "20160312", "2016-03-12", NULL},
        {"birth_date", "42441", "2016-03-12", NULL},
        {"birth_date", "昨", "2026-11-21", NULL},
        {"birth_date", "2015-02-29", NULL, "bad_date"},
        {"birth_date", "2016-03", NULL, "bad_date"},
        {"birth_date", "去年春天", NULL, "bad_date"},
        {"out_since", "2020-01", "2020-01", NULL},
        {"out_since", "2020年1月", "2020-01", NULL},
        {"out_since", "2020-01-05", "2020-01-05", NULL},
        {"seen_at", "2026-11-22 14:05", "2026-11-22 14:05:00", NULL},
        {"seen_at", "2026/11/22 9:05", "2026-11-22 09:05:00", NULL},
        {"seen_at", "今 14:05:09", "2026-11-22 14:05:09", NULL},
        {"seen_at", "2026-11-22", NULL, "bad_date"},
        {"seen_at", "0000", "2026-11-22 00:00:00", NULL},
        {"seen_at", "t-1 905", NULL, "bad_date"},
        {"seen_at", "t-1 2350", "2026-11-21 23:50:00", NULL},
        {"seen_at", "2026-11-22 25:05", NULL, "bad_date"},
        {"rooms", "3", "3", NULL},
        {"rooms", "-12", "-12", NULL},
        {"rooms", "-0", "0", NULL},
        {"rooms", "007", "7", NULL},
        {"rooms", "3.0", "3", NULL},
        {"rooms", "３", "3", NULL},
        {"rooms", "1000", NULL, "too_long"},
        {"rooms", "3.5", NULL, "bad_number"},
        {"rooms", "三", NULL, "bad_number"},
        {"rooms", "--3", NULL, "bad_number"},
        {"grant", "1250", "1250.00", NULL},
        {"grant", "￥1,250.5元", "1250.50", NULL},
        {"grant", "1,234,567.89", "1234567.89", NULL},
        {"grant", "0.05", "0.05", NULL},
        {"grant", "00012", "12.00", NULL},
        {"grant", "1.234", NULL, "bad_number"},
        {"grant", "1,25", NULL, "bad_number"},
        {"grant", "-5", NULL, "bad_number"},
        {"grant", ".5", NULL, "bad_number"},
        {"grant", "1234567890123", NULL, "bad_number"},
    };

    CHECK_ALL(table);
}

Test(type, codes_places_and_links)
{
    static const struct parse_case table[] = {
        {"sex", "男性", "1", NULL},
        {"sex", "2", "2", NULL},
        {"sex", "中", NULL, "bad_code"},
        {"sex", "中\033[2J很长很长很长很长很长很长很长很长很长很长很长很长", NULL, "bad_code"},
        {"relief", "临时救助、低保，低保", "01,02", NULL},
        {"relief", "02,01", "01,02", NULL},
        {"relief", "临时救助, 一次", "02", NULL},
        {"relief", "，", NULL, NULL},
        {"relief", "低保;没有的", NULL, "bad_code"},
        {"relief", "03", NULL, "bad_code"}, /* ended 2019 */
        {"relief", "06", NULL, "bad_code"}, /* not yet */
        {"village", "431003001001", "431003001001", NULL},
        {"village", "４３１００３", "431003000000", NULL},
        {"village", "苏仙岭街道", NULL, "bad_area"},
        {"village", "43100300100", NULL, "bad_area"},
        {"village", "境外", NULL, "bad_area"},
        {"work_place", "441900", "441900000000", NULL},
        {"work_place", "国外", "境外", NULL},
        {"work_place", "海上", "海上", NULL},
        {"work_place", "某地", NULL, "bad_area"},
        {"father", "17", "17", NULL},
        {"father", "#017", "17", NULL},
        {"father", "0", NULL, "bad_ref"},
        {"father", "17a", NULL, "bad_ref"},
        {"father", "1234567890123456789", NULL, "bad_ref"},
        {"writer", "3", "3", NULL},
    };

    CHECK_ALL(table);
}

Test(type, shown_to_people)
{
    static const struct {
        const char *field, *value, *shown, *masked;
    } table[] = {
        {"sex", "1", "男", "***"},
        {"sex", "9", "9", "***"},
        {"relief", "01,02", "低保、临时救助, 一次", "***"},
        {"boarding", "0", "否", "***"},
        {"seen_at", "2026-11-22 14:05:09", "2026-11-22 14:05", "***"}, /* minutes are enough */
        {"id_no", "431003201408154021", "431003201408154021", "431003********4021"},
        {"id_no", "?1:没有户口", "不掌握（没有户口）", "不掌握（没有户口）"},
        {".phone", "?2:不愿意", "拒绝提供（不愿意）", "拒绝提供（不愿意）"},
        {".phone", "13812345678", "13812345678", "138****5678"},
        {".phone", "110", "110", "***"},
        {"name", NULL, "", ""},
    };
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);

    for (size_t i = 0; i < NELEM(table); i++) {
        const struct form_field *f = find(d, table[i].field);

        cr_assert_str_eq(type_show(ctx, f, table[i].value), table[i].shown);
        cr_assert_str_eq(type_mask(ctx, f, table[i].value), table[i].masked);
    }
    cr_assert(type_codes_has("41,43", "43") && type_codes_has("41,43", "41"));
    cr_assert(!type_codes_has("41,43", "4") && !type_codes_has("41,43", "3") &&
              !type_codes_has("41,43", "") && !type_codes_has(NULL, "41") &&
              !type_codes_has("?1:41", "41"));
    cr_assert(type_is_unknown("?1:x") && !type_is_unknown("?3:x") && !type_is_unknown(NULL) &&
              !type_is_unknown("?"));
    talloc_free(ctx);
}

Test(type, order_of_lists)
{
    /* Each value sorts before the next. */
    static const struct {
        const char *field, *value[6];
    } table[] = {
        {"rooms", {NULL, "-20", "-3", "0", "7", "12"}},
        {"grant", {NULL, "0.05", "2.00", "10.50", "99999.00", NULL}},
        {"father", {NULL, "2", "10", "123456789012345678", NULL, NULL}},
        {"name", {NULL, "阿依古丽", "李四", "张三", NULL, NULL}},
        {"out_since", {NULL, "2019-12-31", "2020-01", "2020-01-05", "2020-02", NULL}},
        {"id_no", {NULL, "431003201408154021", "431003201602291230", "?1:无", NULL, NULL}},
    };
    void *ctx = talloc_new(NULL);
    const struct dict *d = load_small(ctx);

    for (size_t i = 0; i < NELEM(table); i++) {
        const struct form_field *f = find(d, table[i].field);

        for (size_t k = 1; k < 6 && table[i].value[k] != NULL; k++) {
            const char *a = type_sortkey(ctx, f, table[i].value[k - 1]);
            const char *b = type_sortkey(ctx, f, table[i].value[k]);

            cr_assert(strcmp(a, b) < 0, "%s: %s", table[i].field, table[i].value[k]);
        }
    }
    talloc_free(ctx);
}
