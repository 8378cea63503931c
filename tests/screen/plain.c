/* hutong --plain: find, open, change, save, all by lines; no sequence of the terminal is ever sent. */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

static const char *const steps[][2] = {
    {"zzzz\r", "没有找到"},
    {"oyxy\r", "1. 欧阳晓月"},
    {"9\r", "请输入 1 到"}, /* no such number */
    {"1\r", "看第几节"},
    {"1\r", "改第几项"},
    {"4\r", "现在是"}, /* 出生日期 */
    {"20150230\r", "没有这一天"},
    {"\r9\r", "现住址，现在是"},
    {"江海路8号\r", "还没有保存"},
    {"\r0\r", "已保存"},
    /* A visit from the file, question by question; an answer opens a section. */
    {"oyxy\r1\r", "新的走访"},
    {"19\r", "见到孩子没有，现在是"},
    {"1\r", "现与谁一起生活，现在是"},
    {"4\r1\r1\r1\r1\r1\r", "父母联系，现在是"},
    {"5\r", "哪一方在家，现在是"},
    {"1\r1\r\r\r\r", "看第几节"},
    {"0\r", "已保存"},
    {"\r", "找哪个孩子"},
    /* A task: from what is due, answered. */
    {"1\r", "事项要办 1"},
    {"事项要办", "打开第几个"}, /* by the number before it */
    {"1\r", "看第几节"},
    {"2\r", "改第几项"},
    {"1\r", "办理结果，现在是"},
    {"去看过了\r", "还没有保存"},
    {"\r0\r", "这个名单现在是空的"},
    /* The urgent report, of a child nobody knows. */
    {"2\r", "派出所电话：110"},
    {"t 0905\r", "打110的时间，现在是"},
    {"t 0910\r", "什么情形，现在是"},
    {"8\r", "儿童，现在是"},
    {"\r", "所在村(居)，现在是"},
    {"xfyc\r", "地点，现在是"},
    {"桥下\r", "经过，现在是"},
    {"一个男孩\r", "孩子姓名，现在是"},
    {"\r男孩\r", "看第几节"},
    {"0\r", "已保存"},
    {"\r", "再见"},
};

/* The number that stands before the words, newest line first. */
static const char *number_of(struct harness *h, void *ctx, const char *words)
{
    for (int row = 59; row >= 0; row--) {
        const char *line = harness_row(h, row);
        if (strstr(line, words))
            return text_printf(ctx, "%.*s\r", (int)strspn(line, "0123456789"), line);
    }
    return "\r";
}

static void add_task(struct county_run *county)
{
    struct node *body = node_map(county->ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "task");
    node_bool(body, "confirm_all", true);
    node_str(v, "kind", "9");
    node_str(v, "village", VILLAGE_A);
    node_str(v, "what", "看看孩子过冬的衣被");
    node_str(v, "due", "2026-12-01");
    county_call(county, "sun", OP_REC_ADD, body);
}

static int64_t total(struct county_run *county, const char *type, const char *where)
{
    struct node *body = node_map(county->ctx);
    node_str(body, "type", type);
    node_str(body, "where", where);
    return node_num(county_call(county, "gao", OP_REC_COUNT, body), "total", -1);
}

Test(plain, finds_opens_changes_and_saves)
{
    static const char *const argv[] = {BUILDDIR "/hutong", "--plain", NULL};
    static const char *const bare[] = {BUILDDIR "/hutong", NULL};
    struct county_run county;
    size_t n;
    county_start(&county);
    add_task(&county);
    harness_stop(county_screen(&county, "gao", NULL)); /* makes the box and the environment */
    struct harness *h = harness_start(
        county.ctx, &(struct harness_opts){.rows = 60, .argv = argv, .env = county.env});
    SEES(h, "找哪个孩子");
    for (size_t i = 0; i < NELEM(steps); i++) {
        bool named = strcmp(steps[i][0], "事项要办") == 0;
        harness_send(h, named ? number_of(h, county.ctx, steps[i][0]) : steps[i][0]);
        SEES(h, steps[i][1]);
    }
    cr_assert_eq(harness_wait_exit(h, HARNESS_MS), 0);
    const char *raw = harness_raw(h, &n);
    cr_assert(n > 0 && memchr(raw, '\033', n) == NULL, "a terminal's sequence");
    harness_stop(h);

    cr_assert_eq(total(&county, "child", "live_addr = '江海路8号'"), 1);
    cr_assert_eq(total(&county, "visit", "seen = '1' and contact = '5' and home_parent = '1'"), 1);
    cr_assert_eq(total(&county, "task", "state = '2'"), 1);
    cr_assert_eq(total(&county, "urgent_report", "child is empty"), 1);
    h = harness_start(county.ctx,
                      &(struct harness_opts){.term = "dumb", .argv = bare, .env = county.env});
    SEES(h, "找哪个孩子"); /* a terminal that can only print needs no option */
    harness_stop(h);
    county_stop(&county);
}
