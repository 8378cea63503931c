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
    {"7\r", "这里不能改"}, /* 所在村(居) */
    {"9\r", "现住址，现在是"},
    {"江海路8号\r", "还没有保存"},
    {"\r0\r", "已保存"},
    {"\r", "再见"},
};

Test(plain, finds_opens_changes_and_saves)
{
    static const char *const argv[] = {BUILDDIR "/hutong", "--plain", NULL};
    static const char *const bare[] = {BUILDDIR "/hutong", NULL};
    struct county_run county;
    size_t n;
    county_start(&county);
    harness_stop(county_screen(&county, "gao", NULL)); /* makes the box and the environment */
    struct harness *h = harness_start(
        county.ctx, &(struct harness_opts){.rows = 60, .argv = argv, .env = county.env});
    SEES(h, "找哪个孩子");
    for (size_t i = 0; i < NELEM(steps); i++) {
        harness_send(h, steps[i][0]);
        SEES(h, steps[i][1]);
    }
    cr_assert_eq(harness_wait_exit(h, HARNESS_MS), 0);
    const char *raw = harness_raw(h, &n);
    cr_assert(n > 0 && memchr(raw, '\033', n) == NULL, "a terminal's sequence");
    harness_stop(h);

    struct node *body = node_map(county.ctx), *answer;
    node_str(body, "type", "child");
    node_str(body, "where", "live_addr = '江海路8号'");
    answer = county_call(&county, "gao", OP_REC_COUNT, body);
    cr_assert_eq(node_num(answer, "total", 0), 1);
    h = harness_start(county.ctx,
                      &(struct harness_opts){.term = "dumb", .argv = bare, .env = county.env});
    SEES(h, "找哪个孩子"); /* a terminal that can only print needs no option */
    harness_stop(h);
    county_stop(&county);
}
