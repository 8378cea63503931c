/* The township reviews what the directors sent; what is returned comes back to be mended. */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))
#define LOSES(h, text)                                                                             \
    cr_assert(harness_wait_gone(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

static struct county_run county;

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

Test(review, one_by_one, .init = setup, .fini = teardown)
{
    static const struct harness_opts kinds[] = {{.term = "vt100"}, {.term = "xterm-256color"}};
    for (size_t i = 0; i < NELEM(kinds); i++) {
        struct harness *h = county_screen(&county, "sun", &kinds[i]);
        harness_send(h, "\r");
        SEES(h, "36 变更 > 待审核(镇)");
        harness_send(h, "\r");
        SEES(h, "户口簿上的名字改了");
        SEES(h, "->");
        SEES(h, i ? "李晓玥" : "王雨桐");
        if (i == 0) {
            harness_send(h, "1");
            SEES(h, "审核通过");
            harness_send(h, "1");
            SEES(h, "已审核通过");
            SEES(h, "共1条");
        } else {
            harness_send(h, " 2");
            SEES(h, "哪里要改");
            harness_send(h, "玥字照户口簿再核对\r");
            SEES(h, "已退回");
            SEES(h, "这个名单现在是空的");
        }
        harness_stop(h);
    }
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "\r"); /* 被退回 stands first and is due */
    SEES(h, "玥字照户口簿再核对");
    harness_send(h, "2\r"); /* 修改: the form, at the field that was marked */
    SEES(h, "李晓玥");
    harness_stop(h);
}

Test(review, many_at_once, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "\r");
    SEES(h, "共2条");
    harness_send(h, "*");
    SEES(h, "已选2");
    harness_send(h, "\0339");
    SEES(h, "审核通过");
    harness_send(h, "shtg\r");
    SEES(h, "将审核通过 2 条");
    harness_send(h, "1");
    SEES(h, "审核通过 2 条。");
    SEES(h, "这个名单现在是空的");
    harness_stop(h);
}

/* The same reason and marks stand on each: the screen says so before it is done. */
Test(review, many_are_returned_alike, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "\r");
    SEES(h, "共2条");
    harness_send(h, "*\0339");
    SEES(h, "退给上报人修改");
    harness_send(h, "th\r");
    SEES(h, "原因");
    harness_send(h, "号码与户口簿不一致\r");
    SEES(h, "每一条都标这些");
    harness_send(h, " \r");
    SEES(h, "将退回 2 条");
    SEES(h, "每一条都用同一个原因");
    SEES(h, "都标出要改的：姓名");
    harness_send(h, "1");
    SEES(h, "退回 2 条。");
    harness_stop(h);
}
