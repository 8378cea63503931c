/* What is done with a child beside its form: every one of these has its screen. */
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

/* At the first child whose name has these words, with the entry of F9 chosen. */
static struct harness *chosen(const char *user, const char *words, const char *entry)
{
    struct harness *h = county_screen(&county, user, NULL);
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    harness_send(h, words);
    LOSES(h, "共40条");
    harness_send(h, "\r\0339");
    SEES(h, "菜单");
    harness_send(h, entry);
    SEES(h, entry);
    harness_send(h, "\r");
    return h;
}

static void says(struct harness *h, const char *asked, const char *keys)
{
    SEES(h, asked);
    harness_send(h, keys);
}

Test(matter, transfer_and_taking_it_back, .init = setup, .fini = teardown)
{
    struct harness *h = chosen("gao", "古丽", "转移到外村");
    SEES(h, "启东市  就选这里"); /* province, city and county are no choice */
    harness_send(h, "xfec");
    SEES(h, "> 320681100002");
    harness_send(h, "\r");
    says(h, "为什么转：", "\r");
    says(h, "写一句原因", "");
    harness_send(h, "\0339");
    says(h, "菜单", "转移到外村\r");
    SEES(h, "选择地方");
    harness_send(h, "xfec");
    SEES(h, "> 320681100002");
    harness_send(h, "\r");
    says(h, "为什么转：", "跟外婆住了\r");
    says(h, "上报转移", "1");
    SEES(h, "已上报，等待审核。");
    harness_send(h, "\033\033=36\r");
    SEES(h, "36 变更 > 本村变更");
    SEES(h, "转移");
    harness_send(h, "\0339");
    says(h, "菜单", "撤回\r");
    says(h, "撤回上报", "1");
    SEES(h, "已撤回。");
    LOSES(h, "转移");
    harness_stop(h);
}

Test(matter, watch_list_on_and_off, .init = setup, .fini = teardown)
{
    struct harness *h = chosen("gao", "古丽", "关注名单");
    says(h, "为什么要多看一眼：", "母亲常不在家\r");
    SEES(h, "已列入关注名单。");
    harness_send(h, "\0339");
    says(h, "菜单", "关注名单\r");
    says(h, "为什么移出：", "母亲回来了\r");
    SEES(h, "已移出关注名单。");
    harness_stop(h);
}

Test(matter, merging_two_files, .init = setup, .fini = teardown)
{
    struct harness *h = chosen("xu", "李古丽", "合并重复档案");
    SEES(h, "和哪份档案是同一个孩子");
    harness_send(h, "1");
    says(h, "同一个孩子的另一份档案", "李浩然");
    SEES(h, "| > 李浩然");
    harness_send(h, "\r");
    says(h, "留下这份：李浩然", "1");
    says(h, "怎么知道是同一个孩子", "两份的户口簿相同\r");
    says(h, "不能再分开", "1");
    SEES(h, "已合并成一份。");
    harness_stop(h);
}

Test(matter, handing_over, .init = setup, .fini = teardown)
{
    struct harness *h = chosen("sun", "古丽", "交接");
    says(h, "交给哪位儿童主任", "sdd");
    SEES(h, "孙督导");
    harness_send(h, "\r");
    says(h, "为什么交接：", "换届\r");
    says(h, "只交接选上的 1 个孩子", "1");
    says(h, "1 个孩子、0 件待办、0 份没有录完的登记", "2");
    says(h, "李古丽 汇龙镇", "\033\033");
    says(h, "先看名单", "1");
    SEES(h, "已交接 1 个孩子、0 件待办、0 份没有录完的登记。");
    harness_stop(h);
}

Test(matter, looked_through_and_nothing_changed, .init = setup, .fini = teardown)
{
    struct harness *h = chosen("gao", "古丽", "核实无变化");
    says(h, "1 都核实过，没有变化", "1");
    SEES(h, "已核实 1 个。");
    harness_stop(h);
}

static int64_t leave_for_good(void)
{
    struct node *ask = node_map(county.ctx), *body = node_map(county.ctx), *v, *answer;
    node_str(ask, "type", "child");
    node_str(ask, "where", "name = '欧阳小燕'");
    node_int(ask, "limit", 1);
    answer = county_call(&county, "gao", OP_REC_LIST, ask);
    int64_t id = node_num(node_first(node_get(answer, "rows")), "id", 0);
    node_int(body, "id", id);
    v = node_add_map(body, "v");
    node_str(v, "exit_reason", "01");
    node_str(v, "exit_date", "2026-11-22");
    answer = county_call(&county, "gao", OP_CHILD_EXIT, body);
    const char *const users[] = {"sun", "xu"};
    for (size_t i = 0; i < NELEM(users); i++) {
        struct node *yes = node_map(county.ctx);
        node_int(node_add_list(yes, "ids"), NULL, node_num(answer, "change", 0));
        node_bool(yes, "approve", true);
        county_call(&county, users[i], OP_REVIEW_DECIDE, yes);
    }
    return id;
}

Test(matter, coming_back, .init = setup, .fini = teardown)
{
    cr_assert(leave_for_good() > 0);
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "31 儿童 > 本村儿童");
    harness_send(h, "\0339");
    says(h, "换一个名单", "名单\r");
    says(h, "被退回", "全部\r");
    SEES(h, "31 儿童 > 全部");
    harness_send(h, "欧阳小燕");
    SEES(h, "筛选：欧阳小燕");
    harness_settle(h);
    harness_send(h, "\r\0339");
    says(h, "菜单", "恢复在册\r");
    says(h, "为什么恢复：", "父亲又出去了\r");
    says(h, "2026-11-22", "1");
    SEES(h, "已上报，等待审核。");
    harness_stop(h);
}

/* Entered in the national system: off the list (decision 10). */
Test(matter, marking_as_synced, .init = setup, .fini = teardown)
{
    struct harness *h = chosen("sun", "古丽", "标为已同步");
    says(h, "都已经录入全国系统", "1");
    SEES(h, "已标 1 份为已同步。");
    harness_stop(h);
}
