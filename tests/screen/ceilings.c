/*
 * How many keys the daily work takes: the ceilings of research/ux.md 5.1, replayed on the real screens.
 * A name of three characters costs eleven keys of an input method; a function key is one.
 */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(t, text)                                                                              \
    cr_assert(harness_wait((t)->h, text, HARNESS_MS), "%s:\n%s", text, harness_text((t)->h))

#define F6   "\0336"
#define F8   "\0338"
#define F9   "\0339"
#define F10  "\0330"
#define HERE "\r" /* opens what the cursor is on */

struct task {
    struct county_run county;
    struct harness *h;
    int thirds; /* of a key */
};

static void task_start(struct task *t, const char *user)
{
    county_start(&t->county);
    t->h = county_screen(&t->county, user, NULL);
    t->thirds = 0;
}

static void keys(struct task *t, const char *text)
{
    for (const char *p = text; *p;) {
        if (*p == '\033')
            p++; /* Esc and a digit are one function key */
        t->thirds += text_next(&p) >= 0x2E80 ? 11 : 3;
    }
    harness_send(t->h, text);
}

static void task_end(struct task *t, int ceiling)
{
    int n = (t->thirds + 2) / 3;

    harness_stop(t->h);
    county_stop(&t->county);
    cr_assert(n <= ceiling, "%d keys, %d at most", n, ceiling);
}

Test(ceilings, first_due_item)
{
    struct task t;

    task_start(&t, "sun");
    keys(&t, HERE);
    SEES(&t, "36 变更 > 待审核(镇)");
    task_end(&t, 2);
}

Test(ceilings, find_a_child)
{
    struct task t;

    task_start(&t, "gao");
    keys(&t, "/wxy\r");
    SEES(&t, "王小雨");
    keys(&t, HERE);
    SEES(&t, "公民身份号码");
    task_end(&t, 6);
}

/* A child with guardian and both parents, then a brother copied from it. */
Test(ceilings, register_and_copy)
{
    struct task t;

    task_start(&t, "gao");
    keys(&t, F6);
    SEES(&t, "31 儿童 > 登记");
    keys(&t, "李小雷\r320681201405080018");
    SEES(&t, "2014-05-08");
    keys(&t, F8);
    SEES(&t, "与父亲的关系");
    keys(&t, "张大伟\r\r1" F8);
    SEES(&t, "与母亲的关系");
    keys(&t, "李小梅\r\r1" F8);
    SEES(&t, "有没有委托照料人");
    keys(&t, "1赵桂兰\rzm\r13812345678");
    SEES(&t, "13812345678");
    keys(&t, F8 F8);
    SEES(&t, "班主任");
    keys(&t, "xx\r");
    SEES(&t, "小学");
    keys(&t, F10);
    SEES(&t, "还没有保存");
    keys(&t, "\r");
    SEES(&t, "今日工作");
    harness_send(t.h, "=31\r");
    SEES(&t, "本村儿童");
    harness_send(t.h, F9 "\r"); /* another list: what was sent up */
    SEES(&t, "照护待落实");
    harness_send(t.h, "ysb\r");
    SEES(&t, "李小雷");
    cr_assert((t.thirds + 2) / 3 <= 100, "%d keys for a new child", (t.thirds + 2) / 3);

    t.thirds = 0;
    keys(&t, "3\r");
    SEES(&t, "31 儿童 > 登记");
    keys(&t, "李小宝\r320681201811090035");
    SEES(&t, "2018-11-09");
    keys(&t, F10);
    SEES(&t, "还没有保存");
    keys(&t, "\r");
    SEES(&t, "已保存");
    task_end(&t, 40);
}

Test(ceilings, approve_all)
{
    struct task t;

    task_start(&t, "sun");
    keys(&t, HERE);
    SEES(&t, "共2条");
    keys(&t, "*");
    SEES(&t, "已选2");
    keys(&t, F9);
    SEES(&t, "审核通过");
    keys(&t, HERE);
    SEES(&t, "将审核通过 2 条");
    keys(&t, "1");
    SEES(&t, "审核通过 2 条。");
    task_end(&t, 8);
}
