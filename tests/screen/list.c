/* The list of children and of changes, as people use it, with the bytes it costs. */
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

static struct harness *children(const char *user, const struct harness_opts *opts)
{
    struct harness *h = county_screen(&county, user, opts);
    harness_send(h, "=31\r");
    SEES(h, "第1/3页");
    harness_settle(h);
    return h;
}

static size_t cost(struct harness *h, const char *keys)
{
    harness_settle(h);
    harness_bytes_reset(h);
    harness_send(h, keys);
    for (int i = 0; i < 100 && harness_bytes(h) == 0; i++) /* a busy machine answers late */
        harness_settle(h);
    harness_settle(h);
    return harness_bytes(h);
}

static const struct harness_opts kinds[] = {
    {.term = "vt100"}, {.term = "xterm-256color"}, {.term = "xterm-256color", .gb18030 = true}};

Test(list, pages_and_bytes, .init = setup, .fini = teardown)
{
    for (size_t i = 0; i < NELEM(kinds); i++) {
        struct harness *h = children("gao", &kinds[i]);
        SEES(h, "共40条");
        size_t row = cost(h, "\033[B"), page = cost(h, "\0338"), full;
        cr_assert(harness_wait(h, "第2/3页", HARNESS_MS), "%s", harness_text(h));
        full = cost(h, "\014");
        cr_assert(row > 0 && row <= 24, "row %zu", row);
        cr_assert(page > 100 && page <= 1200, "page %zu", page);
        cr_assert(full > 500 && full <= 2600, "full %zu", full);
        fprintf(stderr, "# %s: row %zu page %zu full %zu\n", kinds[i].term, row, page, full);
        harness_send(h, ">"); /* the end, then back by key */
        SEES(h, "第3/3页");
        harness_send(h, "\0337");
        SEES(h, "第2/3页");
        harness_send(h, "\0337\0337");
        SEES(h, "已经是第一页");
        harness_bytes_reset(h);
        harness_settle(h);
        cr_assert_eq(harness_bytes(h), 0);
        harness_stop(h);
    }
}

Test(list, filter_keeps_and_clears, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", NULL);
    harness_send(h, "古丽"); /* no key before it: Han means the filter */
    SEES(h, "筛选：古丽");
    SEES(h, "阿依·古丽");
    LOSES(h, "王晓月");
    harness_send(h, "\r5\r"); /* 5查看 */
    SEES(h, "姓名");
    SEES(h, "只看");
    harness_send(h, "\0333");
    SEES(h, "筛选：古丽"); /* filter and cursor survive */
    harness_send(h, "\033\033");
    SEES(h, "共40条");
    harness_send(h, "/13905130007\r");
    SEES(h, "共1条");
    harness_send(h, "\033\033/qqqq\r");
    SEES(h, "没有找到");
    harness_stop(h);
}

Test(list, options_menu_sort_count, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", NULL);
    harness_send(h, "=32\r");
    SEES(h, "32 人员");
    harness_send(h, "7");
    SEES(h, "7 在这里不能用");
    harness_send(h, "\0333");
    SEES(h, "1相关 2修改 3复制 4退出 5查看 6打印 7走访 8协议");
    harness_send(h, "9\r"); /* history of the first */
    SEES(h, "儿童 > 历史");
    SEES(h, "登记");
    harness_send(h, "\0333");
    harness_send(h, "\024");
    SEES(h, "按姓名倒序");
    harness_send(h, " \033[B ");
    SEES(h, "已选2");
    harness_send(h, "\0339");
    SEES(h, "打印名册");
    cr_assert(strstr(harness_text(h), "审核通过") == NULL);
    harness_send(h, "d"); /* what begins so stands before what only has it inside */
    SEES(h, "> 12 打印名册");
    harness_send(h, "\1773\r"); /* 计数, by its number */
    SEES(h, "按哪一项计数");
    harness_send(h, "性别\r");
    SEES(h, "共 2 类，合计 40");
    SEES(h, "20");
    harness_send(h, "\r");
    SEES(h, "31 儿童 > 男");
    SEES(h, "共20条");
    harness_send(h, "\0333\0333");
    SEES(h, "共40条");
    harness_stop(h);
}

/* * takes the page, then the whole list, then none; what is done goes in pieces. */
Test(list, a_whole_list_is_marked, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", NULL);
    SEES(h, "共40条");
    harness_send(h, "\0338\0339关注\r"); /* what is done on a later page leaves the number known */
    SEES(h, "为什么要多看一眼");
    harness_send(h, "母亲常不在家\r");
    SEES(h, "已列入关注名单");
    SEES(h, "共40条");
    harness_send(h, " *");
    SEES(h, "再按 * 选上全部 40 条");
    harness_send(h, "*");
    SEES(h, "选上了名单里的全部 40 条");
    SEES(h, "已选40");
    harness_send(h, "*");
    cr_assert(harness_wait_gone(h, "已选", HARNESS_MS), "%s", harness_text(h));
    harness_send(h, "**");
    SEES(h, "已选40");
    harness_send(h, "\0339核实\r");
    SEES(h, "这 40 个孩子都看过、问过");
    harness_send(h, "1");
    SEES(h, "已核实 40 个");
    harness_stop(h);
}

Test(list, wide_terminals_show_more, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", &(struct harness_opts){.rows = 24, .cols = 80});
    cr_assert(strstr(harness_text(h), "更新日期") == NULL, "%s", harness_text(h));
    harness_resize(h, 50, 160);
    SEES(h, "第1/1页");
    SEES(h, "幸福一村");
    harness_resize(h, 20, 80);
    SEES(h, "第1/3页");
    harness_stop(h);
}

/* A row that someone else changed is marked, and nothing moves under the cursor. */
Test(list, rows_changed_by_others_are_marked, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", NULL);
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    struct node *list = node_map(county.ctx);
    node_str(list, "type", "child");
    node_str(list, "view", "mine");
    node_int(list, "limit", 1);
    list = county_call(&county, "gao", OP_REC_LIST, list);
    node_str(body, "type", "child");
    node_int(body, "id", node_num(node_first(node_get(list, "rows")), "id", 0));
    node_bool(body, "confirm_all", true);
    node_str(v, "village_group", "3组");
    county_call(&county, "xu", OP_REC_SET, body);
    harness_send(h, "\0335");
    SEES(h, "3组");
    cr_assert(strncmp(harness_row(h, 4), "> ~", 3) == 0, "%s", harness_row(h, 4));
    /* What is done under F9 does not hide what another changed before. */
    harness_send(h, "\0333");
    SEES(h, "10 今日工作");
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    cr_assert(strncmp(harness_row(h, 4), ">  ", 3) == 0, "%s", harness_row(h, 4));
    node_remove(v, "village_group");
    node_str(v, "village_group", "4组");
    county_call(&county, "xu", OP_REC_SET, body);
    harness_send(h, "\0339关注\r");
    SEES(h, "为什么要多看一眼");
    harness_send(h, "母亲常不在家\r");
    SEES(h, "已列入关注名单");
    SEES(h, "4组");
    cr_assert(strncmp(harness_row(h, 4), "> ~", 3) == 0, "%s", harness_row(h, 4));
    harness_stop(h);
}

/* The village is no column of a list that is of one village; where there are many it is. */
Test(list, the_village_is_a_column_of_many, .init = setup, .fini = teardown)
{
    const struct harness_opts wide = {.rows = 24, .cols = 160};
    struct harness *h = children("gao", &wide);
    SEES(h, "更新日期");
    cr_assert(strstr(harness_text(h), "所在村") == NULL, "%s", harness_text(h));
    cr_assert(strstr(harness_row(h, 2), "关系 ") != NULL, "%s", harness_row(h, 2));
    harness_stop(h);
    h = children("sun", &wide);
    SEES(h, "所在村");
    harness_stop(h);
}

/* What one changed oneself is no news. */
Test(list, rows_changed_by_oneself_are_not, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", NULL);
    harness_send(h, "2\r");
    SEES(h, "村民组");
    harness_send(h, "\t\t\t\t\t\t\t\t");
    harness_settle(h);
    harness_send(h, "7组7号\r\0330");
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "已保存");
    cr_assert(strncmp(harness_row(h, 4), ">   ", 4) == 0, "%s", harness_row(h, 4));
    harness_stop(h);
    h = county_screen(&county, "sun", NULL);
    harness_send(h, "=36\r");
    SEES(h, "上报时间");
    cr_assert(strstr(harness_row(h, 4), "2026") != NULL, "%s", harness_row(h, 4));
    cr_assert(strchr(harness_row(h, 4), '~') == NULL, "%s", harness_row(h, 4));
    harness_stop(h);
}

/* A list as one likes it, under a name, chosen again at the next sign-in; nobody else has it. */
Test(list, saved_under_a_name, .init = setup, .fini = teardown)
{
    struct harness *h = children("gao", NULL);
    harness_send(h, "/\xE6\x9D\x8E\r"); /* 李 */
    SEES(h, "共5条");
    harness_send(h, "\024");
    SEES(h, "按姓名倒序");
    harness_send(h, "\0339cc\r"); /* 存成我的名单 */
    SEES(h, "起个名称");
    harness_send(h, "姓李的\r");
    SEES(h, "已存成");
    SEES(h, "31 儿童 > 姓李的");
    harness_stop(h);
    h = children("gao", NULL);
    SEES(h, "共40条");
    harness_send(h, "\0339md\r");
    SEES(h, "我的名单");
    harness_send(h, "xl\r");
    SEES(h, "31 儿童 > 姓李的");
    SEES(h, "共5条");
    SEES(h, "按姓名倒序");
    harness_send(h, "\0339sq\r"); /* 删去我的名单 */
    SEES(h, "删去哪一个");
    harness_send(h, "1");
    SEES(h, "已删去");
    harness_send(h, "\0339sq\r");
    SEES(h, "还没有存过名单");
    harness_stop(h);
}
