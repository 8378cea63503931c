/*
 * Agreements by keyboard: a first one from the child's row with what is known filled in, signing,
 * renewing and printing within the ceiling of research/ux.md 5.1, ending, making void.
 */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

#define DOWN "\033[B"
#define F3   "\0333"
#define F10  "\0330"

static struct county_run county;

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

/* The children in the order of the director's list. */
static uint64_t child_at(size_t row)
{
    struct node *body = node_map(county.ctx);
    const struct node *r;

    node_str(body, "type", "child");
    node_str(body, "view", "mine");
    r = node_first(node_get(county_call(&county, "gao", OP_REC_LIST, body), "rows"));
    while (row-- && r)
        r = r->next;
    cr_assert(r != NULL);
    return (uint64_t)node_num(r, "id", 0);
}

static const char *const lawful[][2] = {{"party_a.name", "王建国"},
                                        {"party_a.phone", "13800000001"},
                                        {"party_a_kind", "1"},
                                        {"one_why", "2"},
                                        {"reason", "1"},
                                        {"kind", "1"},
                                        {"caregiver.birth_date", "1960-05-01"},
                                        {"capacity", "1"},
                                        {"prohibit_harm", "1"},
                                        {"prohibit_habit", "1"},
                                        {"prohibit_neglect", "1"},
                                        {"prohibit_other", "1"},
                                        {"prohibit_how", "1,2"},
                                        {"prohibit_by", "高秀英"},
                                        {"prohibit_on", "2026-11-20"},
                                        {"capability_grade", "1"},
                                        {"assessed_by", "高秀英"},
                                        {"assessed_on", "2026-11-20"},
                                        {"child_opinion", "1"},
                                        {"opinion_date", "2026-11-20"},
                                        {"consent_by", "陈书记"},
                                        {"consent_date", "2026-11-20"},
                                        {"village_host", "高秀英"},
                                        {"witness", "陈书记"},
                                        {"contact_freq", "2"},
                                        {"start", "2026-01-01"},
                                        {"end", "2026-12-31"}};
static const char *const signatures[][2] = {{"sign_a_date", "2026-11-21"},
                                            {"sign_way", "2"},
                                            {"sign_b_date", "2026-11-21"},
                                            {"sign_way_b", "1"}};

static uint64_t agreement_add(uint64_t child, bool signed_too)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");

    node_str(body, "type", "agreement");
    node_bool(body, "confirm_all", true);
    node_str(v, "child", text_printf(county.ctx, "%llu", (unsigned long long)child));
    for (size_t i = 0; i < NELEM(lawful); i++)
        node_str(v, lawful[i][0], lawful[i][1]);
    for (size_t i = 0; signed_too && i < NELEM(signatures); i++)
        node_str(v, signatures[i][0], signatures[i][1]);
    return (uint64_t)node_num(county_call(&county, "gao", OP_REC_ADD, body), "id", 0);
}

static const char *value(uint64_t id, const char *field)
{
    struct node *body = node_map(county.ctx);

    node_str(body, "type", "agreement");
    node_int(body, "id", (int64_t)id);
    return node_text_or(node_get(county_call(&county, "gao", OP_REC_GET, body), "v"), field, "");
}

static void press(struct harness *h, int *n, const char *text, int keys)
{
    harness_send(h, text);
    *n += keys;
}

Test(agreement, renew_and_print, .init = setup, .fini = teardown)
{
    uint64_t id = agreement_add(child_at(2), true);
    struct harness *h = county_screen(&county, "gao", NULL);
    int n = 0;

    harness_send(h, "=31\r");
    SEES(h, "8协议");
    press(h, &n, DOWN DOWN, 2);
    press(h, &n, "8\r", 2);
    SEES(h, "2026-12-31");
    press(h, &n, "+1y\r", 4);
    SEES(h, "从 2027-01-01 到 2027-12-31");
    press(h, &n, "1", 1);
    SEES(h, "打印预览 > 委托照护协议书");
    SEES(h, "-2026-002");
    press(h, &n, F10, 1);
    SEES(h, "PDF 存进取件箱");
    press(h, &n, "2", 1);
    SEES(h, ".pdf");
    cr_assert(n <= 12, "%d keys", n);
    cr_assert_str_eq(value(id, "state"), "3");
    cr_assert_str_eq(value(id + 1, "state"), "2");
    harness_stop(h);
}

/* Nothing known is asked again; the form opens on the dates. */
Test(agreement, first_from_the_row, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "gao", NULL);

    harness_send(h, "=31\r");
    SEES(h, "8协议");
    harness_send(h, "8\r");
    SEES(h, "35 照护协议 > 登记");
    SEES(h, "2026-11-22");
    SEES(h, "2027-11-21");
    harness_send(h, F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "协议已存好");
    harness_send(h, "2");
    SEES(h, "31 儿童 > 本村儿童");
    cr_assert_str_eq(value(1, "state"), "1");
    cr_assert(*value(1, "caregiver") != '\0');
    /* The same digit goes on with it. */
    harness_send(h, "8\r");
    SEES(h, "的协议：草稿");
    SEES(h, "1 登记签字");
    harness_send(h, F3);
    harness_stop(h);
}

Test(agreement, sign_end_void, .init = setup, .fini = teardown)
{
    uint64_t id = agreement_add(child_at(0), false);
    struct harness *h = county_screen(&county, "gao", NULL);

    harness_send(h, "=35\r");
    SEES(h, "照护协议");
    harness_send(h, "\0339\r");
    SEES(h, "协议待签");
    harness_send(h, "xydq\r");
    SEES(h, "35 照护协议 > 协议待签");
    SEES(h, "待签");
    harness_send(h, "8\r");
    SEES(h, "的协议：待签");
    harness_send(h, "1");
    SEES(h, "委托人签字日期");
    /* Parent and caregiver; there is no second parent to sign. */
    harness_send(h, "t\r2"
                    "\r\r"
                    "t\r1");
    harness_send(h, F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "共0条");
    cr_assert_str_eq(value(id, "state"), "3");

    /* A village cannot make void what is in force; it can end it. */
    harness_send(h, "\0339\r");
    SEES(h, "现行协议");
    harness_send(h, "xxxy\r");
    SEES(h, "35 照护协议 > 现行协议");
    SEES(h, "共1条");
    harness_send(h, "8\r");
    SEES(h, "的协议：生效，到 2026-12-31");
    SEES(h, "6 作废");
    harness_send(h, "6");
    SEES(h, "为什么作废");
    harness_send(h, "xx\r");
    SEES(h, "生效的协议由乡镇督导员作废");
    harness_send(h, "\0333");
    SEES(h, "共1条");
    harness_send(h, "8\r");
    SEES(h, "5 解除");
    harness_send(h, "5");
    SEES(h, "终止原因");
    harness_send(h, "fmcqfx\r");
    SEES(h, "到哪一天为止");
    harness_send(h, "\r");
    SEES(h, "今天 为止");
    harness_send(h, "1");
    SEES(h, "共0条");
    cr_assert_str_eq(value(id, "state"), "6");
    cr_assert_str_eq(value(id, "end_reason"), "2");
    harness_stop(h);
}

static void father(uint64_t child, const char *value)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");

    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)child);
    node_bool(body, "confirm_all", true);
    node_bool(body, "direct", true);
    node_str(v, *value >= '0' && *value <= '9' ? "father" : "father.name", value);
    county_call(&county, "xu", OP_REC_SET, body);
}

static const char *father_of(uint64_t child)
{
    struct node *body = node_map(county.ctx);

    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)child);
    return node_text_or(node_get(county_call(&county, "xu", OP_REC_GET, body), "v"), "father", "");
}

/* What is typed and what must be seen then, in turn. */
static const struct {
    const char *keys, *seen;
} by_hand[] = {
    /* The paper as it is filled in at the table: dates are known, the checks are behind a fold. */
    {"=31\r", "8协议"},
    {"/王小雨\r", "筛选：王小雨"},
    {"8\r", "35 照护协议 > 登记"},
    {"\r\r1", "外出务工"},
    {"\0338", "委托人是孩子的"},
    {"\0338", "照护人是孩子的"},
    {"\t\t\t\t\t1960-05-01", "1960-05-01"},
    {"\0338", "先收起"},
    {" 11111", "怎样核查的"},
    {"12\r高秀英\rt\r1高秀英\rt\r", "孩子的意见"}, /* 12: two answers of a multiple choice */
    {"1跟外婆住得惯\tt\r陈书记\rt\r高秀英\r陈书记\r村部\r", "约定联系频次"},
    {F10, "还没有保存"},
    {"\r", "同一家的孩子，一起办"},
    {"\r", "王子轩"}, /* the brother's: all is there but what he says himself */
    {"2觉得太远\tt\r" F10, "还没有保存"},
    {"\r", "协议已存好"},
    {"1", "被照护人      王小雨"}, /* a sheet for each */
    {F3, "被照护人      王子轩"},
    {F3, "筛选：王小雨"},
    /* Signed on paper, by post and at the table; told at school; renewed and printed. */
    {"8\r", "登记签字"},
    {"1", "委托人签字日期"},
    {"t\r2\r\rt\r1" F10, "有 1 处需要处理"}, /* what was left open is told and gone to by digit */
    {"12" F10, "还没有保存"},
    {"\r", "筛选：王小雨"},
    {"8\r", "续到哪一天"},
    {"\r", "的协议：生效"},
    {"4", "委托人签字日期"},
    {"t\rt" F10, "还没有保存"}, /* told in writing: the cursor stands there */
    {"\r", "筛选：王小雨"},
};

Test(agreement, one_paper_for_a_house, .init = setup, .fini = teardown)
{
    struct harness *h;

    father(1, "王强");
    father(9, father_of(1));
    h = county_screen(&county, "gao", NULL);
    for (size_t i = 0; i < NELEM(by_hand); i++) {
        harness_send(h, by_hand[i].keys);
        SEES(h, by_hand[i].seen);
    }
    cr_assert_str_eq(value(1, "state"), "3");
    cr_assert_str_eq(value(1, "told_village_date"), "2026-11-22");
    cr_assert_str_eq(value(2, "child"), "9");
    cr_assert_str_eq(value(2, "caregiver"), value(1, "caregiver"));
    cr_assert_str_eq(value(2, "witness"), "陈书记");
    cr_assert_str_eq(value(2, "child_words"), "觉得太远");
    harness_stop(h);
}

/* What a draft lacks before it can be signed is told in sentences. */
Test(agreement, says_what_is_open, .init = setup, .fini = teardown)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    struct harness *h;

    node_str(body, "type", "agreement");
    node_bool(body, "confirm_all", true);
    node_str(v, "child", text_printf(county.ctx, "%llu", (unsigned long long)child_at(0)));
    county_call(&county, "gao", OP_REC_ADD, body);
    h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "8协议");
    harness_send(h, "8\r");
    SEES(h, "2 还差什么");
    harness_send(h, "2");
    SEES(h, "签订之前要办好");
    SEES(h, "写上主持人和见证人");
    harness_stop(h);
}
