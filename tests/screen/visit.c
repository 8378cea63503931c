/*
 * Visits on the screen: the routine one by digits, within its ceiling of keys (research/ux.md 5.1, row 4);
 * what an answer opens; the lists behind a file; the urgent report from any screen.
 */
#include <config.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

#define F3   "\0333"
#define F8   "\0338"
#define F9   "\0339"
#define F10  "\0330"
#define DOWN "\033[B"
#define UP   "\033[A"

static struct county_run county;

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

static int sent;

/* Sends keys and counts them: an Esc sequence is one key. */
static void keys(struct harness *h, const char *text)
{
    for (const char *p = text; *p; p++, sent++)
        if (*p == '\033')
            p += p[1] == '[' ? 2 : 1;
    harness_send(h, text);
}

static struct harness *children(void)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "第1/3页");
    return h;
}

static int64_t count(const char *type)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "type", type);
    return node_num(county_call(&county, "gao", OP_REC_COUNT, body), "total", -1);
}

Test(visit, routine, .init = setup, .fini = teardown)
{
    struct harness *h = children();
    sent = 0;
    keys(h, DOWN DOWN);
    keys(h, "7\r");
    SEES(h, "见到孩子没有");
    keys(h, "14111111");
    SEES(h, "还没有保存");
    keys(h, "\r");
    SEES(h, "第1/3页");
    cr_assert(sent <= 16, "%d keys", sent);
    cr_assert_eq(count("visit"), 1);
    /* The list behind the file, and what was recorded. */
    harness_send(h, "1\r");
    SEES(h, "的相关记录");
    harness_send(h, "走访\r");
    SEES(h, "41 走访");
    SEES(h, "儿童主任月访");
    harness_send(h, "5\r");
    SEES(h, "一周内联系过");
    harness_send(h, F3);
    SEES(h, "共1条");
    harness_send(h, "7\r"); /* an addition */
    SEES(h, "补充说明");
    harness_send(h, "2");
    SEES(h, "内容");
    harness_send(h, "奶奶说下周去县里看病" F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "共1条");
    cr_assert_eq(count("addition"), 1);
    harness_stop(h);
}

/* Nobody met: one digit, saved; it is recorded and counts for nothing. */
Test(visit, nobody_met, .init = setup, .fini = teardown)
{
    struct harness *h = children();
    harness_send(h, "7\r");
    SEES(h, "见到孩子没有");
    harness_send(h, "4" F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "第1/3页");
    cr_assert_eq(count("visit"), 1);
    harness_stop(h);
}

/* A parent is home: the answer opens the questions, and the file changes in the same save. */
Test(visit, an_answer_opens_more, .init = setup, .fini = teardown)
{
    struct harness *h = children();
    harness_send(h, "7\r");
    SEES(h, "见到孩子没有");
    harness_send(h, "14111115");
    SEES(h, "哪一方在家");
    harness_send(h, "1");
    SEES(h, "短期返乡");
    harness_send(h, "1" F10);
    SEES(h, "还没有保存");
    SEES(h, "哪一方在家");
    harness_send(h, "\r");
    SEES(h, "第1/3页");
    cr_assert_eq(count("visit"), 1);
    harness_stop(h);
}

/*
 * Forty papers of a director without a line, typed in by the township in one evening: 7 before each
 * child, Enter, and one form comes after the other, visited by whom the last one was. Eleven keys a paper.
 */
Test(visit, forty_papers, .init = setup, .fini = teardown)
{
    enum { PAGE = 17 };
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=31\r");
    SEES(h, "第1/3页");
    sent = 0;
    for (int done = 0; done < COUNTY_CHILDREN;) {
        int n = COUNTY_CHILDREN - done < PAGE ? COUNTY_CHILDREN - done : PAGE;
        for (int i = 0; i < n; i++)
            keys(h, "7" DOWN);
        keys(h, "\r");
        for (int i = 0; i < n; i++, done++) {
            SEES(h, "见到孩子没有");
            if (done == 0)
                keys(h, UP "高秀英\r");
            else
                SEES(h, "照上一份：高秀英");
            keys(h, "14111111");
            SEES(h, "还没有保存");
            keys(h, "\r");
            cr_assert(harness_wait_gone(h, "还没有保存", HARNESS_MS));
        }
        SEES(h, "31 儿童 > 在册儿童");
        keys(h, F8);
        SEES(h, done < 2 * PAGE ? "第2/3页" : "第3/3页");
    }
    cr_assert(sent <= 11 * COUNTY_CHILDREN + 20, "%d keys", sent);
    harness_stop(h);
    struct node *body = node_map(county.ctx);
    node_str(body, "type", "visit");
    node_str(body, "where", "counted = 1 and visitor = me");
    cr_assert_eq(node_num(county_call(&county, "gao", OP_REC_COUNT, body), "total", -1),
                 COUNTY_CHILDREN);
    node_remove(body, "where");
    node_str(body, "where", "typist = me");
    cr_assert_eq(node_num(county_call(&county, "sun", OP_REC_COUNT, body), "total", -1),
                 COUNTY_CHILDREN);
}

/*
 * An interview keeps what was promised and until when, as a task; the township finds on a spot check that
 * it was otherwise: a note beside the visit, never in it, and a correction to write.
 */
Test(visit, interview_and_spot_check, .init = setup, .fini = teardown)
{
    static const struct {
        const char *user, *keys, *seen;
    } steps[] = {
        {"gao", "7\r", "见到孩子没有"},
        {NULL, UP UP UP UP "13\r", "约谈监护人"},
        {NULL, "\r\r\r14111111", "约谈了谁"},
        {NULL, "马玉英\r冬天没有人接送\t每天接送\rt+7\r", "还没有保存"},
        {NULL, "\r", "第1/3页"},
        {NULL, "\033\033" F3, "事项要办"},
        {NULL, "=42\r", "核实约谈时答应的事做到没有"},
        {NULL, "2\r", "办理结果"}, /* the cursor stands where the village answers */
        {NULL, "每天接送，老师说准时\t" F10, "还没有保存"},
        {NULL, "\r", "共1条"},
        {"sun", "=41\r", "约谈监护人"},
        {NULL, "7\r", "补充说明"},
        {NULL, "4奶奶说没有约过\t", "属实"},
        {NULL, "3", "怎样核实的"},
        {NULL, "电话\r", "还没有保存"},
        {NULL, "\r", "共1条"},
        {"gao", "=42\r", "走访抽查和记录不一致"},
    };
    struct harness *h = NULL;
    for (size_t i = 0; i < NELEM(steps); i++) {
        if (steps[i].user && h)
            harness_stop(h);
        if (steps[i].user)
            h = i == 0 ? children() : county_screen(&county, steps[i].user, NULL);
        harness_send(h, steps[i].keys);
        SEES(h, steps[i].seen);
    }
    harness_stop(h);
    cr_assert_eq(count("visit"), 1);
    cr_assert_eq(count("addition"), 1);
}

/* An urgent answer opens the report with its facts; the key opens one from inside a form too. */
Test(visit, urgent, .init = setup, .fini = teardown)
{
    struct harness *h = children();
    harness_send(h, "7\r");
    SEES(h, "见到孩子没有");
    harness_send(h, "19141111"); /* alone at home, injured */
    SEES(h, "伤情");
    harness_send(h, "左臂有伤" F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "确认无误"); /* what the file says of a child alone */
    harness_send(h, "1");
    SEES(h, "保存不会通知任何人");
    SEES(h, "独自居住没有人照料");
    harness_send(h, F8);
    SEES(h, "左臂有伤");
    harness_send(h, F3);
    SEES(h, "第1/3页");
    cr_assert_eq(count("visit"), 1);
    harness_send(h, "2\r");
    SEES(h, "公民身份号码");
    harness_send(h, "\035"); /* Ctrl-] */
    SEES(h, "先打110");
    SEES(h, "派出所电话    110"); /* nobody wrote it down for this township */
    SEES(h, "没有登记，先打110，再问镇里");
    harness_send(h, F3);
    SEES(h, "公民身份号码");
    harness_send(h, F3);
    SEES(h, "第1/3页");
    harness_send(h, "=110\r");
    SEES(h, "先打110");
    harness_stop(h);
}

/* Who told: typed by the director, and seen by him no more once it is saved. */
Test(visit, who_told_is_not_shown_again, .init = setup, .fini = teardown)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "urgent_report");
    node_bool(body, "confirm_all", true);
    node_str(v, "child", "1");
    node_str(v, "triggers", "1");
    node_str(v, "found_on", "2026-11-22 09:00");
    node_str(v, "called_on", "2026-11-22 09:05");
    node_str(v, "facts", "夜里一个人在家");
    county_call(&county, "gao", OP_REC_ADD, body);
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=44\r");
    SEES(h, "共1条");
    harness_send(h, "\r");
    SEES(h, "先打110");
    harness_send(h, "\024");
    SEES(h, "告诉的人");
    harness_send(h, "4");
    SEES(h, "先收起");
    harness_send(h, " ");
    SEES(h, "只有专管员看得到");
    harness_send(h, "\0332邻居丁大爷" F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "共1条");
    harness_send(h, "\r");
    SEES(h, "先打110");
    harness_send(h, "\0244");
    SEES(h, "先收起");
    harness_send(h, " ");
    SEES(h, "已填，您看不到");
    cr_assert(!strstr(harness_text(h), "丁大爷"));
    harness_stop(h);
}

/* Numbers of the township and of the county for the screens; the server needs none. */
static void phones(void)
{
    FILE *f = fopen(county.run.conf, "a");
    cr_assert(f != NULL);
    fputs("phones = ( { area = \"320681000000\"; police = \"0513-1\"; centre = \"0513-3\"; },"
          " { area = \"" VILLAGE_B "\"; police = \"0513-2\"; } );\n",
          f);
    fclose(f);
}

static const char *report(int64_t id, const char *field)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "type", "urgent_report");
    node_int(body, "id", id);
    return node_text_or(node_get(county_call(&county, "sun", OP_REC_GET, body), "v"), field, "");
}

/*
 * A report by hand: at night, from inside another form, with a child on file; then of a child nobody
 * knows, by who does not know the village, with nothing but what one sees; the line drops in between.
 */
Test(visit, urgent_by_hand, .init = setup, .fini = teardown)
{
    phones();
    struct harness *h = children();
    harness_send(h, "2\r");
    SEES(h, "公民身份号码");
    harness_send(h, "\033[23~"); /* F11 */
    SEES(h, "派出所电话    0513-1");
    SEES(h, "未保中心电话  0513-3");
    harness_send(h, "t-1 23:50\r0001\r1\r欧阳晓月\r");
    SEES(h, "欧阳晓月");
    harness_send(h, "\r\r村东头\r夜里一个人在家" F10);
    SEES(h, "还没有保存");
    SEES(h, "2026-11-21 23:50");
    harness_send(h, "\r");
    SEES(h, "公民身份号码"); /* back where it was called */
    cr_assert_str_eq(report(1, "facts"), "夜里一个人在家");
    harness_send(h, F3);
    SEES(h, "第1/3页");
    harness_stop(h);

    h = county_screen(&county, "sun", NULL);
    harness_send(h, "=110\r");
    SEES(h, "派出所电话    0513-1");
    harness_send(h, "t 0905\r\r8\r\rxfec\r"); /* 幸福二村 */
    SEES(h, "派出所电话    0513-2");          /* of the village of the report */
    harness_send(h, "\r桥下一个孩子\t五岁\t男孩穿红衣\t");
    harness_settle(h);
    harness_hangup(h);
    harness_stop(h);
    h = county_screen(&county, "sun", NULL);
    SEES(h, "紧急报告 新登记：五岁");
    harness_send(h, "1");
    SEES(h, "男孩穿红衣");
    harness_send(h, "\0337");
    SEES(h, "派出所电话    0513-2");
    harness_send(h, F10);
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "现在就打110");
    harness_send(h, "1");
    SEES(h, "10 今日工作");
    cr_assert_str_eq(report(2, "child_look"), "男孩穿红衣");
    cr_assert_str_eq(report(2, "village"), VILLAGE_B);
    harness_stop(h);
}

static void set_father(uint64_t id, const char *father)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)id);
    node_bool(body, "confirm_all", true);
    node_bool(body, "direct", true);
    node_str(v, father[0] >= '0' && father[0] <= '9' ? "father" : "father.name", father);
    county_call(&county, "xu", OP_REC_SET, body);
}

static uint64_t father_of(uint64_t id)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)id);
    return strtoull(
        node_text_or(node_get(county_call(&county, "xu", OP_REC_GET, body), "v"), "father", "0"),
        NULL, 10);
}

/* Children 1 and 9 have one father: one entry, a record each, in one request. */
Test(visit, one_house, .init = setup, .fini = teardown)
{
    set_father(1, "王强");
    set_father(9, text_printf(county.ctx, "%llu", (unsigned long long)father_of(1)));
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "第1/3页");
    harness_send(h, "/王小雨\r");
    SEES(h, "王小雨");
    harness_send(h, "7\r");
    SEES(h, "见到孩子没有");
    harness_send(h, "14111111");
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "同一家的孩子");
    harness_send(h, "\r");
    SEES(h, "见到孩子没有");
    harness_send(h, "1111");
    SEES(h, "还没有保存");
    harness_send(h, "\r");
    SEES(h, "筛选：王小雨");
    cr_assert_eq(count("visit"), 2);
    harness_stop(h);
}
