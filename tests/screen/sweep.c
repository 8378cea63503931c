/* Sweeps on screen: the grid and its keys, its paper, progress, what township and county do. */
#include <config.h>

#include "base/io.h"
#include "screen/sweep_county.h"

static void setup(void)
{
    county_start(&county);
    open_sweep();
}

static void teardown(void)
{
    county_stop(&county);
}

static struct harness *grid(void)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=50\r");
    SEES(h, "50 冬前排查");
    SEES(h, "已查 0/40");
    return h;
}

/* Three keys say that nothing changed, and the next row is there (ux.md 5.1: at most four). */
Test(sweep, three_keys_a_child, .init = setup, .fini = teardown)
{
    struct harness *h = grid();
    SEES(h, "见到情况：1见到孩子");
    SEES(h, ">  1");
    harness_bytes_reset(h);
    harness_send(h, "1");
    SEES(h, "没填完");
    SEES(h, "排查结果：1核实无变化");
    cr_assert(harness_bytes(h) < 300, "%zu", harness_bytes(h));
    harness_send(h, "1\r");
    SEES(h, "已查 1/40 [#");
    SEES(h, ">  2");
    harness_send(h, "11\r11\r11\r");
    SEES(h, "已查 4/40");
    SEES(h, ">  5");
    cr_assert_eq(answered("state = '2' and result = '1'"), 4);
    harness_send(h, "9"); /* no such answer */
    SEES(h, "没有 9 这个答案");
    harness_send(h, "１１\r"); /* full-width: an input method is on */
    SEES(h, "已查 5/40");
    harness_stop(h);
}

/* Every column typed: the row goes by itself; a digit taken back; the row put back. */
Test(sweep, whole_rows_and_corrections, .init = setup, .fini = teardown)
{
    struct harness *h = grid();
    harness_send(h, "111111111");
    SEES(h, "已查 1/40");
    SEES(h, ">  2");
    cr_assert_eq(answered("parent_contacted = 1 and care_class = 1"), 1);
    harness_send(h, "1");
    SEES(h, "没填完");
    harness_send(h, "\177");
    LOSES(h, "没填完");
    harness_send(h, "11\025");
    LOSES(h, "没有存");
    harness_send(h, "1 \r"); /* the result is skipped: it is asked for */
    SEES(h, "这一行还缺：排查结果");
    harness_send(h, "1\033[B"); /* going on saves */
    SEES(h, "已查 2/40");
    harness_stop(h);
}

/* A digit is never lost: the line breaks, the next sign-in has it; the form takes it over. */
Test(sweep, digits_survive_the_line, .init = setup, .fini = teardown)
{
    struct harness *h = grid();
    harness_send(h, "1");
    SEES(h, "没填完");
    harness_settle(h);
    harness_stop(h);
    h = county_screen(&county, "gao", NULL);
    SEES(h, "上次没有录完");
    harness_send(h, "2");
    LOSES(h, "上次没有录完");
    harness_send(h, "=50\r");
    SEES(h, "1 行已接上");
    SEES(h, "没填完");
    harness_send(h, "\0332"); /* the whole sheet */
    SEES(h, "53 排查对象");
    SEES(h, "见到孩子");
    harness_send(h, "\0333");
    harness_stop(h);
}

/* The township types in for a director without a line: the day, who went there, who typed. */
Test(sweep, typed_in_for_a_director, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=50\r");
    SEES(h, "选择村(居)");
    harness_send(h, "幸福一村\r");
    SEES(h, "已查 0/40");
    harness_send(h, "\0339dl\r");
    SEES(h, "代哪位儿童主任录入");
    harness_send(h, "2");
    SEES(h, "代录：高秀英");
    harness_send(h, "\0339pcrq\r");
    SEES(h, "哪天上门看的");
    harness_send(h, "20261121\r");
    SEES(h, "排查日期 2026-11-21");
    harness_send(h, "11\r");
    SEES(h, "已查 1/40");
    cr_assert_eq(answered("checked_on = '2026-11-21' and checker.login = 'gao' and typist.login = "
                          "'sun' and typed_for.login = 'gao'"),
                 1);
    harness_stop(h);
}

static int64_t exits_waiting(void)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "type", "change");
    node_str(body, "where", "kind = '4' and state in ('1','2')");
    return node_num(county_call(&county, "gao", OP_REC_COUNT, body), "total", -1);
}

/* What the rules refuse stays on the screen with its reason. */
Test(sweep, refused_rows_say_why, .init = setup, .fini = teardown)
{
    struct harness *h = grid();
    harness_send(h, "14\r"); /* to leave: the reason is asked for, and not told */
    SEES(h, "02 父母一方或双方返乡");
    harness_send(h, "\033\033");
    SEES(h, "要改");
    SEES(h, "已查 0/40");
    harness_send(h, "\025");
    LOSES(h, "要改");
    harness_send(h, "14\r");
    SEES(h, "02 父母一方或双方返乡");
    harness_send(h, "02\r");
    SEES(h, "已报乡镇和县里审核");
    SEES(h, "已查 1/40");
    cr_assert_eq(answered("result = '4' and exit_reason = '02'"), 1);
    harness_send(h, "\033[A11\r"); /* a slip: the row again */
    SEES(h, ">  2");
    harness_settle(h);
    cr_assert_eq(answered("result = '1' and exit_reason is empty"), 1);
    cr_assert_eq(exits_waiting(), 0, "what was proposed is taken back");
    harness_send(h, "4\r"); /* not met: no result yet, but what was heard */
    SEES(h, "没有见到孩子的，写明情况");
    harness_send(h, "家里没有人\r");
    SEES(h, "已查 2/40");
    cr_assert_eq(answered("found = '4' and result is empty and reason = '家里没有人'"), 1);
    harness_stop(h);
}

/* Two people on the same row: the second is told who, and chooses. */
Test(sweep, two_people_on_a_row, .init = setup, .fini = teardown)
{
    struct harness *h = grid(), *other = county_screen(&county, "sun", NULL);
    harness_send(other, "=50\r");
    SEES(other, "选择村(居)");
    harness_send(other, "幸福一村\r");
    SEES(other, "已查 0/40");
    harness_send(h, "11\r");
    SEES(h, "已查 1/40");
    harness_send(other, "11\r");
    harness_settle(other);
    SEES(other, ">  2"); /* the same answer is no conflict */
    harness_send(h, "11\r");
    SEES(h, "已查 2/40");
    harness_send(other, "12\r");
    SEES(other, "冲突");
    SEES(other, "高秀英 刚填过这一行：排查结果 核实无变化。");
    harness_send(other, "\025");
    LOSES(other, "冲突");
    harness_stop(other);
    harness_stop(h);
}

static char *paper(struct harness *h, const char *answer)
{
    harness_send(h, "\0330");
    SEES(h, "PDF 存进取件箱");
    harness_send(h, answer);
    SEES(h, "已放进取件箱：sweep-");
    const char *name = strstr(harness_text(h), "sweep-");
    return text_printf(county.ctx, "%s/box/gao/out/%.*s", county.run.dir, (int)strcspn(name, " \n"),
                       name);
}

/* The paper has the rows of the grid with their numbers, by group, neutral words, places to sign. */
Test(sweep, paper_first, .init = setup, .fini = teardown)
{
    static const char *const never[] = {"留守", "困境", "问题家庭", "差"};
    struct harness *h = grid();
    char *text, *pdf = talloc_zero_size(county.ctx, 65536);
    size_t len;
    harness_send(h, "\0339dypcb\r");
    SEES(h, "打印预览 > 入户排查表");
    cr_assert_eq(io_read_file(county.ctx, paper(h, "3"), 65536, &text, &len), 0);
    static const char *const want[] = {
        "入户排查表", "|  1",       "| 40",  "1见到孩子",
        "照护人签字", "入户人签字", "阿依·", "名单上没有、要核实的孩子"};
    for (size_t i = 0; i < NELEM(want); i++)
        cr_assert(strstr(text, want[i]) != NULL, "%s:\n%s", want[i], text);
    for (size_t i = 0; i < NELEM(never); i++)
        cr_assert(strstr(text, never[i]) == NULL, "%s", never[i]);
    FILE *f = popen(text_printf(county.ctx, "pdftotext -layout %s -", paper(h, "2")), "r");
    cr_assert(f != NULL && fread(pdf, 1, 65535, f) > 0 && pclose(f) == 0);
    cr_assert(strstr(pdf, "填数字，含义见表下") != NULL && strstr(pdf, "入户人签字") != NULL, "%s",
              pdf);
    harness_stop(h);
}

/* Places and suspected children are rows too; a place has questions of its own. */
Test(sweep, places_and_suspects_are_rows, .init = setup, .fini = teardown)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "place");
    node_bool(body, "confirm_all", true);
    node_str(v, "name", "晒谷场旁水塘");
    node_str(v, "village", VILLAGE_A);
    node_str(v, "kind", "1");
    county_call(&county, "gao", OP_REC_ADD, body);
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=50\r");
    SEES(h, "已查 0/41");
    harness_send(h, ">"); /* the last row */
    SEES(h, "晒谷场旁水");
    SEES(h, "救生");
    LACKS(h, "6已看场所");
    harness_send(h, "1101");
    SEES(h, "已查 1/41");
    cr_assert_eq(answered("found = '6' and place_sign = 1 and place_gear = 0"), 1);
    LACKS(h, "6已看场所");
    harness_send(h, "\0339疑似\r"); /* found by a word of the menu */
    SEES(h, "31 儿童 > 疑似孩子 冬前排查");
    harness_send(h, "钱小疑\r\0330");
    SEES(h, "核对");
    harness_send(h, "\r");
    SEES(h, "已列进名单第 42 行");
    SEES(h, "疑似待查");
    harness_send(h, "11");
    SEES(h, "排查结果没有 1 这个答案");
    harness_stop(h);
}

Test(sweep, progress_submit_accept, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    SEES(h, "冬前排查");
    SEES(h, "0/40");
    harness_send(h, "=57\r");
    SEES(h, "57 冬前排查");
    SEES(h, "汇龙镇");
    SEES(h, "0/40 [------]");
    harness_send(h, "\r");
    SEES(h, "57 冬前排查 > 汇龙镇");
    SEES(h, "幸福一村");
    harness_send(h, "\0339");
    SEES(h, "报送");
    harness_send(h, "1");
    SEES(h, "报送以后");
    harness_send(h, "1");
    SEES(h, "还不能报送");
    SEES(h, "待查 40");
    harness_stop(h);
    h = county_screen(&county, "xu", NULL);
    harness_send(h, "=57\r");
    SEES(h, "汇龙镇");
    SEES(h, "零更新村");
    SEES(h, "摸排完成就是今天");
    harness_send(h, "\0339");
    SEES(h, "调度表");
    LACKS(h, "接收或退回"); /* nothing was submitted */
    harness_send(h, "2");
    SEES(h, "打印预览 > 冬前排查调度表");
    SEES(h, "零更新的：");
    harness_stop(h);
}

/* Every row of the village: met, nothing changed. */
static void answer_all(void)
{
    struct node *body = node_map(county.ctx), *ids, *v;
    node_str(body, "type", "sweep_item");
    node_int(body, "limit", 100);
    const struct node *rows = node_get(county_call(&county, "gao", OP_REC_LIST, body), "rows");
    body = node_map(county.ctx);
    ids = node_add_list(body, "ids");
    for (const struct node *e = node_first(rows); e; e = e->next)
        node_int(ids, NULL, node_num(e, "id", 0));
    v = node_add_map(body, "v");
    node_str(v, "found", "1");
    node_str(v, "result", "1");
    cr_assert_eq(node_num(county_call(&county, "gao", OP_SWEEP_MARK, body), "done", 0), 40);
}

static void spot_check(void)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=57\r");
    SEES(h, "40/40 [######]");
    harness_send(h, "\03392");
    SEES(h, "从已查的 40 行里随机抽了 3 行");
    SEES(h, "打印抽查表");
    harness_send(h, "1");
    SEES(h, "打印预览 > 抽查表");
    SEES(h, "属实[  ]");
    SEES(h, "照护人[  ]");
    SEES(h, "动态更新 0");
    harness_send(h, "\0333");
    SEES(h, "怎样抽的");
    harness_send(h, "2");
    SEES(h, "用这个号重抽了一遍：结果相同");
    harness_send(h, "\0333");
    SEES(h, "还没有查");
    harness_send(h, "\r");
    SEES(h, "上门看到的和填的一样吗");
    harness_send(h, "1");
    SEES(h, "合格");
    harness_send(h, "\r");
    SEES(h, "上门看到的和填的一样吗");
    harness_send(h, "2");
    SEES(h, "哪几项不对");
    harness_send(h, " \r");
    SEES(h, "实际怎样");
    harness_send(h, "住址变了\r");
    SEES(h, "改正期限 2026-11-23");
    harness_send(h, "\033\033");
    harness_stop(h);
    cr_assert_eq(answered("state = '4'"), 1);
}

static void correct(void)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    SEES(h, "抽查退回");
    harness_send(h, "=50\r");
    SEES(h, "抽查退回：现住址，住址变了。11-23"); /* the cursor stands on the row */
    SEES(h, "被退回");
    harness_send(h, "\r");
    SEES(h, "改了什么");
    harness_send(h, "住址已更正\r");
    SEES(h, "已改，抽查的人会看到");
    LOSES(h, "被退回");
    harness_stop(h);
    cr_assert_eq(answered("state = '5' and spot = '3' and fix_note = '住址已更正'"), 1);
}

static void leader(void)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "login", "zhou");
    node_str(body, "name", "周局长");
    node_str(body, "role", "county_leader");
    node_str(body, "division", "320681000000");
    county_call(&county, NULL, OP_USER_ADD, body);
}

/* Spot check, correction, submitting, accepting, freezing, bulletin, signature: on the screens. */
Test(sweep, from_spot_check_to_bulletin, .init = setup, .fini = teardown)
{
    answer_all();
    spot_check();
    correct();
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=57\r");
    SEES(h, "汇龙镇");
    harness_send(h, "\03391");
    SEES(h, "报送以后");
    harness_send(h, "1");
    SEES(h, "已报送，等县里接收");
    harness_stop(h);
    h = county_screen(&county, "xu", NULL);
    harness_send(h, "=57\r");
    SEES(h, "已报送");
    harness_send(h, " \03391");
    SEES(h, "汇龙镇报来的排查：");
    harness_send(h, "1");
    SEES(h, "接收了 1 个乡镇");
    harness_send(h, "\03394");
    SEES(h, "起草什么");
    harness_send(h, "1");
    SEES(h, "还没有冻结过数字");
    harness_send(h, "\03393");
    SEES(h, "冻结哪个节点");
    harness_send(h, "4");
    SEES(h, "已冻结，第 1 次");
    harness_send(h, "\03394");
    SEES(h, "起草什么");
    harness_send(h, "1");
    SEES(h, "用哪次冻结");
    SEES(h, "1 第 1 次  通报");
    LACKS(h, "录入完成");
    harness_send(h, "1");
    SEES(h, "56 排查文书");
    SEES(h, "二、各镇排名"); /* a page of the text is seen */
    harness_send(h, "\033[B各镇互相学习。\0330");
    SEES(h, "核对");
    harness_send(h, "\r");
    SEES(h, "已保存");
    harness_stop(h);
    leader();
    h = county_screen(&county, "zhou", NULL);
    SEES(h, "待签批文书");
    harness_send(h, "=56\r");
    SEES(h, "草稿");
    harness_send(h, "\0339qp\r");
    SEES(h, "签批以后不能再改");
    harness_send(h, "1");
    SEES(h, "现在打印吗");
    harness_send(h, "1");
    SEES(h, "打印预览");
    SEES(h, "各镇互相学习。");
    harness_send(h, "\0333");
    SEES(h, "这个名单现在是空的");
    harness_stop(h);
    h = county_screen(&county, "xu", NULL);
    harness_send(h, "=57\r");
    SEES(h, "已接收");
    harness_send(h, "\03395");
    SEES(h, "结束以后不能再填");
    harness_send(h, "1");
    SEES(h, "（已结束）");
    harness_send(h, "\03392");
    SEES(h, "起草什么");
    harness_send(h, "3");
    SEES(h, "1 第 2 次  结束");
    harness_send(h, "1");
    SEES(h, "“冬前排查”总结");
    SEES(h, "抽查2，有误1，已改正1");
    harness_stop(h);
}
