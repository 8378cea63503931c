/* Findings: taking raw answers, checks, completeness, rules, binding. */
#include "unit/rec_forms.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/mistakes.h"
#include "unit/tmpdir.h"

struct world {
    void *ctx;
    struct dict *dict;
    const struct form *child;
    struct rec *father; /* record 7 */
    struct rec_env env;
};

static const struct rec *linked(void *arg, const struct rec *r, const struct form_field *f)
{
    struct world *w = arg;

    return rec_ref(r, f->name) == 7 ? w->father : NULL;
}

static int area(void *arg, const char *code, struct date on, const char **successor)
{
    (void)arg, (void)on;
    if (strcmp(code, "320681109218") == 0) {
        *successor = "二厂村";
        return HE_RULE;
    }
    return strcmp(code, "320681109217") == 0 ? 0 : HE_NOTFOUND;
}

static void world_open(struct world *w)
{
    w->ctx = talloc_new(NULL);
    w->dict = forms_load(w->ctx);
    w->child = dict_form(w->dict, "child");
    w->father = rec_of(w->ctx, dict_form(w->dict, "person"), "name=王大山");
    w->env = (struct rec_env){.today = {2026, 11, 22}, .arg = w, .linked = linked, .area = area};
}

/* "name=王小雨|sex=2" as the raw values of a request */
static struct node *raw_of(void *ctx, const char *pairs)
{
    struct node *n = node_map(ctx);
    char *copy = talloc_strdup(ctx, pairs), *save = NULL;

    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *eq = strchr(p, '=');
        *eq = '\0';
        node_str(n, p, eq + 1);
    }
    return n;
}

/* One row: record before, raw, findings "field:code field:code", a field and its value after. */
static const struct {
    const char *before, *raw, *findings, *field, *value;
} taken[] = {
    {"", "name= 王小雨 ", "", "name", "王小雨"},
    {"name=王小雨", "name=", "", "name", NULL},
    {"", "sex=女", "", "sex", "2"},
    {"", "birth_date=2016/3/12", "", "birth_date", "2016-03-12"},
    {"sex=1", "sex=不男不女", "sex:bad_code", "sex", "1"},
    {"", "birth_date=2015-02-29", "birth_date:bad_date", "birth_date", NULL},
    {"", "nobody=1|father.name=王大山", "nobody:unknown_field", "name", NULL},
    {"file_no=1", "file_no=2", "file_no:system_field", "file_no", "1"},
    {"file_no=1", "file_no=1", "", "file_no", "1"},
    {"old_no=1", "old_no=", "old_no:retired_field", "old_no", "1"},
    {"", "memo=爱画画", "", "remark", "爱画画"},
    {"", "phone=?1:家长不肯说", "", "phone", "?1:家长不肯说"},
    {"", "id_no=320681202108241888", "id_no:id_checksum", "birth_date", NULL},
    {"", "id_no=320681202108241887", "", "birth_date", "2021-08-24"},
    {"", "id_no=320681202108241887", "", "sex", "2"},
    {"", "id_no=320681202108241887|birth_date=2021-08-24|sex=女", "", "sex", "2"},
    {"", "id_no=320681202108241887|sex=男", "sex:sex_mismatch", "sex", "1"},
    {"", "id_no=320681202108241887|birth_date=2021-08-25|sex=男",
     "sex:sex_mismatch birth_date:birth_mismatch", "birth_date", "2021-08-25"},
    {"id_no=320681202108241887|birth_date=2021-08-24|sex=2", "birth_date=2020-01-01",
     "birth_date:birth_mismatch", "birth_date", "2020-01-01"},
    /* what only followed the number follows the corrected one, what was typed does not */
    {"id_no=320681202108241887|birth_date=2021-08-24|sex=2", "id_no=320681201603124018", "",
     "birth_date", "2016-03-12"},
    {"id_no=320681202108241887|birth_date=2021-08-24|sex=2", "id_no=320681201603124018", "", "sex",
     "1"},
    {"birth_date=2021-08-25", "id_no=320681202108241887", "birth_date:birth_mismatch", "birth_date",
     "2021-08-25"},
    /* an old quarrel does not stop another change */
    {"id_no=320681202108241887|birth_date=2021-08-25|sex=2", "name=王小雨", "", "name", "王小雨"},
};

static char *findings_text(void *ctx, const struct findings *fs)
{
    char *s = talloc_strdup(ctx, "");

    for (size_t i = 0; i < fs->n; i++)
        s = talloc_asprintf_append(s, "%s%s:%s", i ? " " : "", fs->f[i].field, fs->f[i].code);
    return s;
}

Test(rec_check, take)
{
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(taken); i++) {
        struct rec *r = rec_of(w.ctx, w.child, taken[i].before);
        struct findings *fs = findings_new(w.ctx);
        rec_take(r, raw_of(w.ctx, taken[i].raw), &w.env, fs);
        char *got = findings_text(w.ctx, fs);
        cr_expect(strcmp(got, taken[i].findings) == 0, "%s: %s", taken[i].raw, got);
        cr_expect(rec_same(rec_get(r, taken[i].field), taken[i].value), "%s: %s is %s",
                  taken[i].raw, taken[i].field, rec_get(r, taken[i].field));
        cr_expect(findings_count(fs, 'E') == fs->n);
    }
    talloc_free(w.ctx);
}

/* Other kinds of nodes than text. */
Test(rec_check, take_nodes)
{
    struct world w;
    world_open(&w);
    struct rec *r = rec_of(w.ctx, w.child, "remark=旧");
    struct findings *fs = findings_new(w.ctx);
    struct node *raw = node_map(w.ctx);

    node_int(raw, "siblings", 2);
    node_bool(raw, "boarding", true);
    node_nil(raw, "remark");
    struct node *list = node_add_list(raw, "kinds");
    node_str(list, NULL, "41");
    node_str(list, NULL, "孤儿");
    node_add_map(raw, "name");
    rec_take(r, raw, &w.env, fs);
    cr_expect_str_eq(findings_text(w.ctx, fs), "name:bad_value");
    cr_expect_str_eq(rec_get(r, "siblings"), "2");
    cr_expect_str_eq(rec_get(r, "boarding"), "1");
    cr_expect_null(rec_get(r, "remark"));
    cr_expect_str_eq(rec_get(r, "kinds"), "11,41");
    talloc_free(w.ctx);
}

static const struct {
    const char *rec, *findings;
} checked[] = {
    {"name=王小雨|village=320681109217", ""},
    {"village=320681109217", "name:missing_name"},
    {"", "name:missing_name village:missing_village"},
    {"name=王小雨|village=320681109219", "village:unknown_village"},
    {"name=王小雨|village=320681109218", "village:closed_area"},
    {"name=王小雨|village=320681109217|father=7", "father.phone:father_phone"},
    {"name=王小雨|village=320681109217|father=8", "father:bad_ref father.phone:father_phone"},
    {"name=王小雨|village=320681109217|mother=9", "mother:bad_ref"},
    {"name=王小雨|village=320681109217|phone=?2:家长拒绝", ""},
    {"name=王小雨|village=320681109217|school_state=?1:不知道", "school_state:unknown_refused"},
    {"name=王小雨|village=320681109217|birth_date=2008-11-22", "birth_date:over_age"},
    {"name=王小雨|village=320681109217|birth_date=2008-11-23", ""},
    {"name=王小雨|village=320681109217|birth_date=2022-01-01|school_state=09",
     "school_state:dropout_small"},
    {"name=王小雨|village=320681109217|school_state=09", ""}, /* age unknown: no accusation */
};

Test(rec_check, check)
{
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(checked); i++) {
        struct findings *fs = findings_new(w.ctx);
        rec_check(rec_of(w.ctx, w.child, checked[i].rec), &w.env, fs);
        char *got = findings_text(w.ctx, fs);
        cr_expect(strcmp(got, checked[i].findings) == 0, "%s: %s", checked[i].rec, got);
    }
    struct findings *fs = findings_new(w.ctx);
    rec_check(rec_of(w.ctx, w.child, "village=320681109218|birth_date=2000-01-01|father=7"), &w.env,
              fs);
    cr_expect(finding_of(fs, "name", "missing_name")->level == 'E');
    cr_expect(finding_of(fs, "village", "closed_area")->level == 'W');
    cr_expect(strstr(finding_of(fs, "village", "closed_area")->text, "二厂村") != NULL);
    cr_expect(finding_of(fs, "father.phone", "father_phone")->level == 'I');
    cr_expect_str_eq(finding_of(fs, "birth_date", "over_age")->text,
                     "已满 18 周岁，请核对出生日期");
    /* Without the world nothing of it is judged. */
    fs = findings_new(w.ctx);
    rec_check(rec_of(w.ctx, w.child, "name=王小雨|village=999999999999|father=8"),
              &(struct rec_env){.today = w.env.today}, fs);
    cr_expect(fs->n == 0);
    talloc_free(w.ctx);
}

Test(rec_check, complete)
{
    static const struct {
        const char *rec, *findings;
    } row[] = {
        {"", "name:missing_name birth_date:missing_birth_date"},
        {"name=王小雨|birth_date=2024-11-23", ""},
        {"name=王小雨|birth_date=2023-11-22", "school_state:missing_school_state"},
        {"name=王小雨|birth_date=2016-11-22|school_state=03", "boarding:missing_boarding"},
        {"name=王小雨|birth_date=2016-11-22|school_state=02", ""},
        {"name=王小雨|birth_date=?1:弃婴", ""},
    };
    struct world w;
    world_open(&w);

    for (size_t i = 0; i < NELEM(row); i++) {
        struct findings *fs = findings_new(w.ctx);
        rec_check_complete(rec_of(w.ctx, w.child, row[i].rec), &w.env, fs);
        char *got = findings_text(w.ctx, fs);
        cr_expect(strcmp(got, row[i].findings) == 0, "%s: %s", row[i].rec, got);
        cr_expect(findings_count(fs, 'M') == fs->n);
    }
    talloc_free(w.ctx);
}

Test(rec_check, findings)
{
    void *ctx = talloc_new(NULL);
    struct findings *a = findings_new(ctx), *b = findings_new(ctx);
    struct node *n = node_map(ctx);

    for (int i = 0; i < 20; i++)
        findings_add(a, i % 2 ? 'E' : 'W', "name", "bad_name", "第 %d 项 100%%", i);
    cr_expect(findings_count(a, 'E') == 10 && findings_count(a, 'M') == 0);
    findings_add(b, 'E', "", "whole", "整条");
    findings_merge(b, a, "father.");
    cr_expect(b->n == 21);
    cr_expect_str_eq(b->f[1].field, "father.name");
    cr_expect_str_eq(b->f[20].text, "第 19 项 100%");
    findings_to_node(n, "f", b);
    const struct node *row = node_first(node_get(n, "f"));
    for (size_t i = 0; i < b->n; i++, row = row->next) {
        cr_assert_not_null(row);
        cr_expect(node_text_or(row, "level", "")[0] == b->f[i].level);
        cr_expect_str_eq(node_text_or(row, "field", "-"), b->f[i].field);
        cr_expect_str_eq(node_text_or(row, "code", "-"), b->f[i].code);
        cr_expect_str_eq(node_text_or(row, "text", "-"), b->f[i].text);
    }
    cr_expect_null(row);
    talloc_free(ctx);
}

/* A wrong expression or source of a form is said with file and line, all at once. */
Test(rec_check, bind)
{
    static const char form[] =
        "name = \"bad\"; label = \"坏\"; en = \"Bad\"; title = \"name\";\n"
        "fields = (\n"
        "{ name = \"name\"; label = \"姓名\"; en = \"Name\"; type = \"text\"; complete = \"foo = "
        "1\"; },\n"
        "{ name = \"born\"; label = \"生日\"; en = \"Born\"; type = \"date\"; "
        "complete = \"age(name) > 1\"; }\n"
        ");\n"
        "views = (\n"
        "{ name = \"v\"; label = \"列表\"; en = \"V\"; where = \"name <\"; sort = \"name\"; }\n"
        ");\n";
    static const char *const want[] = {"bad.form:3", "bad.form:4", "bad.form:7"};
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx);
    char *path = talloc_asprintf(ctx, "%s/bad.form", dir);
    FILE *f = fopen(path, "w");

    cr_assert_not_null(f);
    fputs(form, f);
    fclose(f);
    cr_assert(mkdir(talloc_asprintf(ctx, "%s/codes", dir), 0700) == 0);
    struct conf_errors *errs = conf_errors_new(ctx);
    cr_expect_null(rec_load_dict(ctx, dir, errs));
    cr_expect(errs->n == 3);
    for (size_t i = 0; i < NELEM(want); i++)
        cr_expect(i < errs->n && strstr(errs->text[i], want[i]) != NULL, "%zu: %s", i,
                  i < errs->n ? errs->text[i] : "-");
    talloc_free(ctx);
}

/* Ten and more mistakes of every kind in one file and a torn one beside it, all in one answer. */
Test(rec_check, mistakes_of_every_kind_at_once)
{
    expect_errors(rec_load_dict, SRCDIR "/tests/unit/forms-mixed");
}
