/*
 * One group in one form file, and no compiler: the field is on the screen, stored, checked, listed,
 * searched, imported, exported and in the history; then it is renamed, then given up, and no old value
 * is lost (design.md 3). And what the loader says of ten mistakes.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "screen/harness.h"
#include "server/wire_county.h"
#include "unit/tmpdir.h"

#define FIELD                                                                                      \
    "  { name = \"%s\"; label = \"%s\"; en = \"Talent\"; type = \"text\"; max = 8;%s\n"            \
    "    index = true; search = \"title\"; help = \"孩子拿手的一件事。\"; },\n"
#define BEHIND "fields = (\n"

struct play {
    struct wire_county c;
    char *tmp;
    const char *forms; /* the copy */
    char *shipped;     /* child.form as it came */
};

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert(f != NULL && fputs(text, f) >= 0);
    fclose(f);
}

/* child.form with this group written as its first field. */
static void write_field(struct play *p, const char *name, const char *label, const char *more)
{
    char *at = strstr(p->shipped, BEHIND);
    cr_assert(at != NULL);
    at += strlen(BEHIND);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    char *group = talloc_asprintf(p->tmp, FIELD, name, label, more);
#pragma GCC diagnostic pop
    put(text_printf(p->tmp, "%s/child.form", p->forms),
        text_printf(p->tmp, "%.*s%s%s", (int)(at - p->shipped), p->shipped, group, at));
}

static void again(struct play *p)
{
    close(p->c.boss);
    cr_assert_eq(run_stop(&p->c.run), 0, "%s", p->c.run.said);
    cr_assert_eq(run_start(&p->c.run, NULL), 0, "%s", p->c.run.said);
    p->c.boss = county_hello(&p->c, NULL);
}

static void start(struct play *p)
{
    memset(p, 0, sizeof *p);
    p->tmp = tmpdir_new(NULL);
    p->forms = text_printf(p->tmp, "%s/forms", p->tmp);
    cr_assert_eq(system(text_printf(p->tmp, "cp -r '%s' '%s' && chmod -R u+w '%s'", SRCDIR "/forms",
                                    p->forms, p->forms)),
                 0);
    county_make(&p->c, p->forms);
    FILE *f = fopen(SRCDIR "/forms/child.form", "r");
    p->shipped = talloc_zero_size(p->tmp, 1 << 20);
    cr_assert_gt(fread(p->shipped, 1, (1 << 20) - 1, f), 1000);
    fclose(f);
    county_child(&p->c, "王老大", V1, "v.birth_date=2015-03-12|v.sex=1");
}

static void drop(struct play *p)
{
    county_drop(&p->c);
    talloc_free(p->tmp);
}

#define RUNS(p, code, says, ...)                                                                   \
    do {                                                                                           \
        int rc = county_ctl(&(p)->c, NULL, __VA_ARGS__);                                           \
        cr_expect_eq(rc, code, "%d: %s", rc, (p)->c.text);                                         \
        cr_expect(strstr((p)->c.text, says) != NULL, "no “%s” in %s", says, (p)->c.text);          \
    } while (0)

static struct harness *screen(struct play *p)
{
    const char *argv[] = {BUILDDIR "/hutong", NULL};
    const char *env[] = {text_printf(p->tmp, "HUTONG_CONFIG=%s", p->c.run.conf),
                         "HUTONG_TODAY=" TODAY, "HUTONG_TERM_ENCODING=utf-8", "HUTONG_LANG=zh",
                         NULL};
    struct harness *h =
        harness_start(p->tmp, &(struct harness_opts){.argv = argv, .env = env, .rows = 40});
    cr_assert(harness_wait(h, "今日工作", HARNESS_MS), "%s", harness_text(h));
    return h;
}

/* Opens the first child of the list and turns its pages until the words are there. */
static bool form_shows(struct play *p, const char *words, const char *value)
{
    struct harness *h = screen(p);
    bool seen = false;
    harness_send(h, "=");
    cr_assert(harness_wait(h, "交易码", HARNESS_MS), "%s", harness_text(h));
    harness_send(h, "31\r");
    cr_assert(harness_wait(h, "王老大", HARNESS_MS), "%s", harness_text(h));
    harness_send(h, "\r");
    cr_assert(harness_wait(h, "公民身份号码", HARNESS_MS), "%s", harness_text(h));
    for (int page = 0; page < 20 && !seen; page++) {
        harness_settle(h);
        seen = strstr(harness_text(h), words) != NULL &&
               (!value || strstr(harness_text(h), value) != NULL);
        harness_send(h, "\033[6~");
    }
    harness_stop(h);
    return seen;
}

static void new_field(struct play *p)
{
    write_field(p, "talent", "特长", "");
    RUNS(p, 0, "没有错误", "forms check %s", p->forms);
    again(p);
    RUNS(p, 0, "", "set child 1 talent=吹唢呐 --reason 走访"); /* stored */
    RUNS(p, 0, "吹唢呐", "show child 1");
    RUNS(p, 5, "最多 8 个字", "set child 1 talent=一二三四五六七八九");     /* checked */
    RUNS(p, 0, "王老大", "list child --where \"talent = '吹唢呐'\" --csv"); /* listed */
    RUNS(p, 0, "吹唢呐", "list child --fields name,talent --sort talent");
    RUNS(p, 0, "1\n", "count child --where 'talent is not empty'");
    RUNS(p, 0, "吹唢呐", "count child --by talent --csv");
    RUNS(p, 0, "王老大", "find child 唢呐"); /* searched */
    RUNS(p, 0, "王老大", "find child csn");
    put(text_printf(p->tmp, "%s/in.csv", p->c.run.dir),
        "姓名,性别,出生日期,所在村(居),特长\n周小二,2,2016-05-01," V1 ",剪纸\n");
    RUNS(p, 0, "accepted 1", "import child in.csv"); /* imported */
    RUNS(p, 0, "周小二", "list child --where \"talent = '剪纸'\" --csv");
    RUNS(p, 0, "导出 2 行", "export child --csv out.csv --purpose 核对"); /* exported */
    const char *out = county_file(&p->c, "out.csv");
    cr_expect(strstr(out, "特长") && strstr(out, "吹唢呐") && strstr(out, "剪纸"), "%s", out);
    RUNS(p, 0, "特长", "show child 1 --history"); /* in the history */
    RUNS(p, 0, "吹唢呐", "show child 1 --history");
    cr_expect(form_shows(p, "特长", "吹唢呐")); /* on the screen */
}

static void renamed(struct play *p)
{
    write_field(p, "gift", "拿手本领", " was = \"talent\";");
    again(p);
    RUNS(p, 0, "王老大", "list child --where \"gift = '吹唢呐'\" --csv");
    RUNS(p, 0, "王老大", "find child 唢呐");
    RUNS(p, 0, "吹唢呐", "show child 1 --history");
    RUNS(p, 0, "拿手本领", "show child 1 --history");
    RUNS(p, 0, "", "set child 1 gift=打快板");
    RUNS(p, 0, "吹唢呐", "show child 1 --history");
    cr_expect(form_shows(p, "拿手本领", "打快板"));
    RUNS(p, 0, "一致", "verify");
}

static void given_up(struct play *p)
{
    /* deleting the group is refused, giving it up is the way */
    put(text_printf(p->tmp, "%s/child.form", p->forms), p->shipped);
    close(p->c.boss);
    cr_assert_eq(run_stop(&p->c.run), 0);
    cr_expect_neq(run_start(&p->c.run, NULL), 0, "a deleted group with values");
    cr_expect(strstr(p->c.run.said, "gift") != NULL, "%s", p->c.run.said);
    write_field(p, "gift", "拿手本领", " was = \"talent\"; retired = \"2026-11\";");
    cr_assert_eq(run_start(&p->c.run, NULL), 0, "%s", p->c.run.said);
    p->c.boss = county_hello(&p->c, NULL);
    RUNS(p, 0, "打快板", "show child 1");
    RUNS(p, 0, "吹唢呐", "show child 1 --history");
    cr_expect_neq(county_ctl(&p->c, NULL, "set child 1 gift=跳绳"), 0, "%s", p->c.text);
    RUNS(p, 0, "打快板", "show child 1");
    RUNS(p, 0, "", "set child 1 hobbies=下棋");
    RUNS(p, 0, "打快板", "show child 1");
    cr_expect(!form_shows(p, "拿手本领", NULL));
    RUNS(p, 0, "一致", "verify");
}

Test(dictionary, a_field_from_birth_to_rest)
{
    struct play p;
    start(&p);
    new_field(&p);
    renamed(&p);
    given_up(&p);
    drop(&p);
}

/* sed on a file of the copy. */
static void edit_form(struct play *p, const char *file, const char *script)
{
    cr_assert_eq(system(text_printf(p->tmp, "sed -i '%s' '%s/%s'", script, p->forms, file)), 0);
}

/* Records that belong to a child take a field as easily, a checklist takes it as a question. */
Test(dictionary, a_field_of_dependent_records)
{
#define GROUP(name, label)                                                                         \
    "s/^fields = ($/&\\n  { name = \"" name "\"; label = \"" label                                 \
    "\"; en = \"Own\"; type = \"yesno\"; help = \"本县自己加的一问。\"; },/"
    struct play p;
    start(&p);
    edit_form(&p, "visit.form", GROUP("wifi", "家里有网络"));
    edit_form(&p, "agreement.form", GROUP("callback", "约定回电"));
    edit_form(&p, "sweep_item.form", GROUP("coat", "冬衣够不够"));
    edit_form(&p, "checklist/general.form",
              "s/^grid = \\[ /&\"coat\", /; 0,/ fields = \\[ /s//&\"coat\", /");
    RUNS(&p, 0, "没有错误", "forms check %s", p.forms);
    again(&p);
    RUNS(&p, 0, "1\n",
         "add visit child=1 seen=1 visited_on=" TODAY " live_with=4 guard=1 mind=1 wifi=1");
    RUNS(&p, 0, "家里有网络", "show visit 1");
    RUNS(&p, 0, "1\n", "count visit --where \"wifi = 1 and child.sex = '1'\"");
    RUNS(&p, 0, "1\n", "add agreement child=1 callback=1");
    RUNS(&p, 0, "1\n", "count agreement --where \"callback = 1\"");
    RUNS(&p, 0, "1\n",
         "sweep open title=专项 kind=5 basis=甲1 survey_due=" TODAY " entry_due=" TODAY
         " bulletin_due=" TODAY);
    RUNS(&p, 0, "", "set sweep_item 1 coat=0");
    RUNS(&p, 0, "1\n", "count sweep_item --where \"coat = 0\"");
    RUNS(&p, 0, "冬衣够不够", "show sweep_item 1 --history");
    RUNS(&p, 0, "一致", "verify");
    drop(&p);
#undef GROUP
}

/* Every mistake of every file at once, with file and line; the server says the same and does not start. */
Test(dictionary, ten_mistakes)
{
    static const char *const groups[] = {
        "{ name = \"m1\"; label = \"甲\"; type = \"nosuch\"; }",
        "{ name = \"m2\"; type = \"text\"; }",
        "{ name = \"m3\"; label = \"丙\"; type = \"code\"; }",
        "{ name = \"m4\"; label = \"丁\"; type = \"code\"; codes = \"nosuch\"; }",
        "{ name = \"m5\"; label = \"戊\"; type = \"ref\"; ref = \"nosuch\"; }",
        "{ name = \"m6\"; label = \"己\"; type = \"text\"; colour = \"red\"; }",
        "{ name = \"m7\"; label = \"庚\"; type = \"text\"; class = \"Z\"; }",
        "{ name = \"m8\"; label = \"辛\"; type = \"text\"; max = \"many\"; }",
        "{ name = \"name\"; label = \"壬\"; type = \"text\"; }",
        "{ name = \"m10\"; label = \"癸\"; type = \"text\"; complete = \"nosuch = 1\"; }",
    };
    struct play p;
    char *text;
    start(&p);
    char *at = strstr(p.shipped, BEHIND) + strlen(BEHIND);
    text = talloc_strndup(p.tmp, p.shipped, (size_t)(at - p.shipped));
    int first = 1;
    for (const char *s = text; *s; s++)
        first += *s == '\n';
    for (size_t i = 0; i < NELEM(groups); i++)
        text = talloc_asprintf_append(text, "%s,\n", groups[i]);
    put(text_printf(p.tmp, "%s/child.form", p.forms), talloc_asprintf_append(text, "%s", at));

    int rc = county_ctl(&p.c, NULL, "forms check %s", p.forms);
    cr_expect(rc == 2, "%d", rc);
    for (size_t i = 0; i < NELEM(groups); i++) {
        const char *line = text_printf(p.tmp, "child.form:%d: ", first + (int)i);
        cr_expect(strstr(p.c.text, line) != NULL, "no %s in %s", line, p.c.text);
    }
    close(p.c.boss);
    cr_assert_eq(run_stop(&p.c.run), 0);
    cr_expect_neq(run_start(&p.c.run, NULL), 0);
    for (size_t i = 0; i < NELEM(groups); i++) {
        const char *line = text_printf(p.tmp, "child.form:%d: ", first + (int)i);
        cr_expect(strstr(p.c.run.said, line) != NULL, "no %s in %s", line, p.c.run.said);
    }
    p.c.boss = -1;
    drop(&p);
}

/* Twelve digits without quotes would be read as a wrong number in silence. */
Test(dictionary, unquoted_code)
{
    struct play p;
    start(&p);
    close(p.c.boss);
    cr_assert_eq(run_stop(&p.c.run), 0);
    char *at = strstr(p.shipped, BEHIND) + strlen(BEHIND);
    put(text_printf(p.tmp, "%s/child.form", p.forms),
        text_printf(
            p.tmp,
            "%.*s{ name = \"m\"; label = \"甲\"; type = \"area\"; default = 320681100201; },\n%s",
            (int)(at - p.shipped), p.shipped, at));
    RUNS(&p, 2, "引号", "forms check %s", p.forms);
    RUNS(&p, 2, "child.form:16: ", "forms check %s", p.forms);
    put(text_printf(p.tmp, "%s/child.form", p.forms), p.shipped);
    run_conf(&p.c.run, "private = true;", "county = { rural_classes = [ 320681100201 ]; };");
    cr_expect_neq(run_start(&p.c.run, NULL), 0);
    cr_expect(strstr(p.c.run.said, "引号") != NULL &&
                  strstr(p.c.run.said, "hutong.conf:3:") != NULL,
              "%s", p.c.run.said);
    int rc = county_ctl(&p.c, NULL, "status");
    cr_expect(rc != 0 && strstr(p.c.text, "引号") != NULL, "%d %s", rc, p.c.text);
    p.c.boss = -1;
    drop(&p);
}
