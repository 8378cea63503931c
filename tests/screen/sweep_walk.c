/* Sweeps walked to their end by keyboard: each step is what is typed and what the screen shows then. */
#include <config.h>

#include "screen/sweep_county.h"

#define TOWN_2    "320681101000"
#define VILLAGE_C "320681101001" /* director he */

struct step {
    const char *keys, *sees;
};

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

/* One person's way, from sign-in on; ends with keys NULL. */
static void walk(const char *user, const struct step *s)
{
    struct harness *h = county_screen(&county, user, NULL);
    for (; s->keys; s++) {
        harness_send(h, s->keys);
        cr_assert(harness_wait(h, s->sees, HARNESS_MS), "%s: %s\n%s", user, s->sees,
                  harness_text(h));
    }
    harness_stop(h);
}
#define WALK(user, ...) walk(user, (const struct step[]){__VA_ARGS__, {NULL, NULL}})

static int64_t children(const char *where)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "type", "child");
    node_str(body, "where", where);
    return node_num(county_call(&county, "xu", OP_REC_COUNT, body), "total", -1);
}

static void add_user(const char *login, const char *role, const char *division)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "login", login);
    node_str(body, "name", login);
    node_str(body, "role", role);
    node_str(body, "division", division);
    county_call(&county, NULL, OP_USER_ADD, body);
}

/* Another township with a village and a child. */
static void second_township(void)
{
    static const char *const divisions[][2] = {{TOWN_2, "北新镇"}, {VILLAGE_C, "丰收村"}};
    struct node *body = node_map(county.ctx), *rows = node_add_list(body, "rows"), *v;
    for (size_t i = 0; i < NELEM(divisions); i++) {
        struct node *row = node_add_map(rows, NULL);
        node_str(row, "code", divisions[i][0]);
        node_str(row, "name", divisions[i][1]);
    }
    county_call(&county, NULL, OP_DIVISION_LOAD, body);
    sweep_wait_jobs();
    add_user("qi", "supervisor", TOWN_2);
    add_user("he", "director", VILLAGE_C);
    body = node_map(county.ctx);
    v = node_add_map(body, "v");
    node_str(body, "type", "child");
    node_bool(body, "confirm_all", true);
    node_str(v, "name", "何小满");
    node_str(v, "village", VILLAGE_C);
    node_str(v, "child_kinds", "10");
    county_call(&county, "xu", OP_REC_ADD, body);
}

/* Every row of the village that waits: met, nothing changed. */
static void mark_rest(const char *user, const char *village, int64_t n)
{
    struct node *body = node_map(county.ctx), *ids, *v;
    node_str(body, "type", "sweep_item");
    node_str(body, "where", "state = '1' and explain is empty");
    node_str(body, "area", village);
    node_int(body, "limit", 100);
    const struct node *rows = node_get(county_call(&county, user, OP_REC_LIST, body), "rows");
    body = node_map(county.ctx);
    ids = node_add_list(body, "ids");
    for (const struct node *e = node_first(rows); e; e = e->next)
        node_int(ids, NULL, node_num(e, "id", 0));
    v = node_add_map(body, "v");
    node_str(v, "found", "1");
    node_str(v, "result", "1");
    cr_assert_eq(node_num(county_call(&county, user, OP_SWEEP_MARK, body), "done", 0), n);
}

/*
 * A suspicion: on the list at once, checked, its file completed, confirmed by township and county; another
 * one is rejected and leaves.
 */
Test(sweep_walk, suspected_children_to_their_end, .init = setup, .fini = teardown)
{
    open_sweep();
    WALK("gao", {"=50\r", "已查 0/40"}, {"\0336", "疑似孩子"}, {"1", "31 儿童 > 疑似孩子 冬前排查"},
         {"钱小疑\r\0330", "核对"}, {"\r", "已列进名单第 41 行"}, {"13\r", "已报审核"},
         {"\0339新增疑似\r", "疑似孩子 冬前排查"}, {"孙小误\r\0330", "核对"},
         {"\r", "已列进名单第 42 行"}, {"15\r", "排除的写明理由"},
         {"父母都在家\r", "批了就不再列入"}, {"/", "找一行"}, {"qxy\r", "> 41"},
         {"\0339孩子的档案\r", "31 儿童 > 钱小疑 修改"}, {"\033[B\033[B1\r\0330", "性别"},
         {"\r", "已查 2/42"});
    cr_assert_eq(children("state = '1' and child_kinds = '90' and suspect_from = '2'"), 2);
    cr_assert_eq(children("name = '钱小疑' and sex = '1'"), 1, "no review while it is a lead");
    cr_assert_eq(answered("origin = '2' and state = '2'"), 2);
    for (int i = 0; i < 2; i++) /* township, then county: all that waits */
        WALK(i ? "xu" : "sun", {"=36\r", "孙小误"}, {"*", "已选4"}, {"\0339\r", "将审核通过 4 条"},
             {"1", "审核通过 4 条。"});
    cr_assert_eq(
        children("name = '钱小疑' and state = '3' and child_kinds = '10' and add_reason = '04'"),
        1);
    cr_assert_eq(children("name = '孙小误' and state = '4' and exit_reason = '06'"), 1);
}

/* Two townships submit: what is not checked is explained, a leaving one waits for its approval. One comes
 * back with the reason, is mended and sent again; the county takes both at once. */
Test(sweep_walk, returned_mended_and_accepted, .init = setup, .fini = teardown)
{
    second_township();
    open_sweep();
    WALK("gao", {"=50\r", "已查 0/40"}, {"14\r", "02 父母一方或双方返乡"}, {"02\r", "已查 1/40"},
         {"\0339未查说明\r", "打算哪天查"}, {"孩子住院，下周查\r", "已说明"});
    mark_rest("gao", VILLAGE_A, 38);
    mark_rest("he", VILLAGE_C, 1);
    WALK("sun", {"=57\r", "39/40 [#####-]"}, {"\03391", "报送以后各村不能再改"},
         {"1", "已报送，等县里接收"});
    WALK("qi", {"=57\r", "1/1 [######]"}, {"\03391", "报送以后各村不能再改"},
         {"1", "已报送，等县里接收"});
    sweep_wait_jobs();
    WALK("gao", {"=50\r", "已报送"}, {"\033[B\033[B1", "已报送，退回以后才能改"});
    WALK("xu", {"=57\r", "> 汇龙镇"}, {"\03391", "汇龙镇报来的排查："}, {"2", "哪里要改，怎么改"},
         {"协议没有看\r", "退回了 1 个乡镇"}, {"", "县里退回：协议没有看"});
    sweep_wait_jobs();
    WALK("sun", {"", "排查被退回"}, {"=57\r", "县里退回：协议没有看"});
    WALK("gao", {"=50\r", "50 冬前排查"}, {"/", "找一行"}, {"3\r", ">  3"},
         {"\t\t\t\t\t\t", "看协议：1看到，有效"}, {"1\r", ">  4"});
    cr_assert_eq(answered("row = 3 and agreement_seen = '1' and state = '2'"), 1);
    WALK("sun", {"=57\r", "退回"}, {"\03391", "报送以后各村不能再改"}, {"1", "已报送，等县里接收"});
    sweep_wait_jobs();
    WALK("xu", {"=57\r", "> 汇龙镇"}, {"*\03391", "选上的 2 个乡镇报来的排查："},
         {"1", "接收了 2 个乡镇"}, {"", "已接收"}, {"\0339", "调度表"});
    sweep_wait_jobs();
    cr_assert_eq(answered("state = '7'"), 39, "39 of the first township, seen by its director");
    cr_assert_eq(answered("state = '1' and explain = '孩子住院，下周查'"), 1);
    cr_assert_eq(children("state = '4'"), 0, "nobody left: that was not approved");
}

/*
 * Every kind is drawn up and opened from the screen, asks its own questions in the grid, and is closed;
 * then it has figures of its end, and the next of its kind stands beside it.
 */
Test(sweep_walk, every_kind_from_opening_to_comparison, .init = setup, .fini = teardown)
{
    static const struct {
        const char *kind, *title, *column, *end;
    } table[] = {
        {"1", "寒假排查", "烟花", "2027-02-20"}, /* fourteen days after Spring Festival */
        {"3", "开学排查", "到校", ""},           {"4", "汛期排查", "邻水", ""},
        {"6", "半年评估", "监护", ""},           {"1", "寒假再查", "烟花", "2027-02-20"},
    };
    for (size_t i = 0; i < NELEM(table); i++) {
        const char *name = text_printf(county.ctx, "%s\r", table[i].title);
        WALK("xu", {"=51\r", "51 排查活动"}, {"\0336", "51 排查活动 > 登记"}, {name, "种类"},
             {table[i].kind, "> 依据文号"}, {"\0330", "核对"}, {"\r", "拟定"},
             {"\0339pcjd\r", "还没有开启"}, {"\0339kqpc\r", "开启以后名单冻结"},
             {"1", "正在建立名单"});
        sweep_wait_jobs();
        WALK("xu", {"=51\r", "进行中"}, {"\r", table[i].end});
        WALK("gao", {"=50\r", table[i].title}, {"", table[i].column}, {"\0332", "53 排查对象"});
        if (i + 1 < NELEM(table))
            WALK("xu", {"=57\r", table[i].title}, {"\03395", "结束以后不能再填"},
                 {"1", "（已结束）"}, {"\0339", "和上一次比较"});
    }
    WALK("xu", {"=57\r", "57 寒假再查"}, {"\03396", "打印预览 > 寒假再查和上一次比较"},
         {"", "上一次：寒假排查"}, {"", "合计"}, {"\0333", "57 寒假再查"}, {"\03397", "以前的排查"},
         {"", "汛期排查"}, {"\r", "（已结束）"}, {"\03391", "打印预览"});
}

/* The village goes into another while its director has the grid open: what is typed is kept, and the
 * list goes along. */
Test(sweep_walk, merged_meanwhile, .init = setup, .fini = teardown)
{
    open_sweep();
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=50\r");
    SEES(h, "已查 0/40");
    harness_send(h, "11\r1");
    SEES(h, "没填完");
    struct node *body = node_map(county.ctx),
                *row = node_add_map(node_add_list(body, "rows"), NULL);
    node_str(row, "code", VILLAGE_A);
    node_str(row, "name", "幸福一村");
    node_str(row, "action", "并入");
    node_str(row, "target", VILLAGE_B);
    county_call(&county, NULL, OP_DIVISION_LOAD, body);
    sweep_wait_jobs();
    harness_send(h, "1\r");
    SEES(h, "已查 2/40");
    harness_send(h, "\0335");
    SEES(h, "幸福一村并入了汇龙镇 幸福二村，名单跟过来了");
    SEES(h, "50 冬前排查 > 汇龙镇 幸福二村");
    SEES(h, "已查 2/40");
    SEES(h, "幸福二村 高秀英（儿童主任）");
    harness_send(h, "/");
    SEES(h, "找一行");
    harness_send(h, "40\r");
    SEES(h, "> 40");
    harness_send(h, "11\r");
    SEES(h, "已查 3/40");
    harness_stop(h);
    cr_assert_eq(answered("village = '" VILLAGE_B "' and result = '1'"), 3);
}
