/* 投件 and 取件: a roster checked, imported and its refused rows; an export with its purpose; users. */
#include <config.h>

#include <criterion/criterion.h>
#include <dirent.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

static struct county_run county;

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

static const char roster[] = "姓名,性别,出生日期,村(居)代码\n"
                             "周小禾,女,2016-05-04," VILLAGE_B "\n"
                             "钱多多,男,2017-06-05,320681999999\n"
                             "吴天宇,男,2015-01-02," VILLAGE_B "\n";

static int files_of(const char *dir, const char *end)
{
    DIR *d = opendir(dir);
    int n = 0;
    cr_assert(d != NULL);
    for (struct dirent *e; (e = readdir(d));)
        n += strlen(e->d_name) > strlen(end) &&
             strcmp(e->d_name + strlen(e->d_name) - strlen(end), end) == 0;
    closedir(d);
    return n;
}

Test(box, import_checks_first, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "xu", NULL);
    char *path = talloc_asprintf(county.ctx, "%s/box/xu/in/名册.csv", county.run.dir), *text;
    char *rejects = talloc_asprintf(county.ctx, "%s/box/xu/out/退回-名册.csv", county.run.dir);
    size_t len;
    harness_send(h, "=81\r");
    SEES(h, "投件箱里没有");
    cr_assert_eq(io_write_file(path, roster, strlen(roster), 0600), 0);
    harness_send(h, "=81\r");
    SEES(h, "名册.csv");
    harness_send(h, "1");
    SEES(h, "导入成什么");
    harness_send(h, "\r"); /* 儿童 */
    SEES(h, "前几行会这样登记");
    SEES(h, "第 2 行会记成");
    SEES(h, "村(居)代码  所在村(居)");
    harness_send(h, "\0333");
    SEES(h, "各列都对上了吗");
    harness_send(h, "1");
    SEES(h, "检查结果");
    SEES(h, "退回 1");
    harness_send(h, "\0333");
    SEES(h, "现在导入吗");
    harness_send(h, "1");
    SEES(h, "导入结果");
    SEES(h, "存入 2");
    SEES(h, "待核 2");
    harness_send(h, "\0333=31\r/周小禾\r");
    SEES(h, "共1条");
    cr_assert_eq(io_read_file(county.ctx, rejects, 65536, &text, &len), 0);
    cr_assert(strstr(text, "unknown_village") != NULL, "%s", text);
    harness_stop(h);
}

Test(box, export_asks_what_for, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "xu", NULL);
    harness_send(h, "=31\r");
    SEES(h, "共40条");
    harness_send(h, "\0339dc\r");
    SEES(h, "做什么用");
    harness_send(h, "\r");
    SEES(h, "要写明用途");
    harness_send(h, "\0339dc\r开学排查\r");
    SEES(h, "XLSX");
    harness_send(h, "1");
    SEES(h, "已放进取件箱");
    char *out = talloc_asprintf(county.ctx, "%s/box/xu/out", county.run.dir);
    cr_assert_eq(files_of(out, ".xlsx"), 1);
    harness_stop(h);
}

/* Feedback of the national system becomes a task of the village, and the reply goes back. */
Test(box, feedback_and_reply, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "xu", NULL);
    static const char back[] = "序号,姓名,所在村,问题字段,问题描述\n"
                               "1,欧阳思远,幸福一村,监护人电话,电话是空号\n";
    char *path = talloc_asprintf(county.ctx, "%s/box/xu/in/反馈.csv", county.run.dir);
    cr_assert_eq(io_write_file(path, back, strlen(back), 0600), 0);
    harness_send(h, "=81\r");
    SEES(h, "反馈.csv");
    harness_send(h, "1");
    SEES(h, "导入成什么");
    harness_send(h, "dbsx\r");
    SEES(h, "前几行会这样登记");
    harness_send(h, "\0333");
    SEES(h, "各列都对上了吗");
    harness_send(h, "1");
    SEES(h, "检查结果");
    harness_send(h, "\0333");
    SEES(h, "现在导入吗");
    harness_send(h, "1");
    SEES(h, "导入结果");
    SEES(h, "存入 1");
    harness_send(h, "\0333=42\r");
    SEES(h, "42 待办事项");
    harness_send(h, "\0339名单\r");
    SEES(h, "5 上级反馈");
    harness_send(h, "5");
    SEES(h, "欧阳思远");
    harness_send(h, "\0339dc\r回复上级\r");
    SEES(h, "上级反馈的回复");
    harness_send(h, "3");
    SEES(h, "已放进取件箱：task-");
    harness_stop(h);
}

Test(box, users_of_the_security_administrator, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "an", NULL);
    cr_assert(strstr(harness_text(h), "儿童") == NULL, "%s", harness_text(h));
    harness_send(h, "=91\r");
    SEES(h, "91 用户管理");
    SEES(h, "儿童主任 汇龙镇 幸福一村");
    harness_send(h, "\0336");
    SEES(h, "登录名（系统账户名）");
    harness_send(h, "hu\r胡主任\r");
    SEES(h, "角色");
    harness_send(h, "etzr\r");
    SEES(h, "选择地方");
    harness_send(h, "幸福二村");
    SEES(h, "汇龙镇 幸福二村");
    harness_settle(h);
    harness_send(h, "\r");
    SEES(h, "有效期至");
    harness_send(h, "\r");
    SEES(h, "用户已新增");
    SEES(h, "儿童主任 汇龙镇 幸福二村");

    /* what is kept of him: a training, part time */
    harness_send(h, "\033[B\033[B\033[B\r5");
    SEES(h, "人员资料");
    SEES(h, "没有填（汇龙镇 幸福二村）");
    harness_send(h, "5");
    SEES(h, "最近一次参加业务培训");
    harness_send(h, "2026-05-10\r");
    SEES(h, "已保存：最近培训日期");
    SEES(h, "2026-05-10");
    harness_send(h, "8");
    SEES(h, "专职");
    harness_send(h, "2");
    SEES(h, "兼职（汇龙镇 幸福二村）");
    harness_stop(h);
}

/* More users than a page of the server, more posts than a list is long: none is out of reach. */
Test(box, many_users_and_many_posts, .init = setup, .fini = teardown)
{
    enum { USERS = 230, POSTS = 40 };
    for (int i = 0; i < USERS; i++) {
        struct node *body = node_map(county.ctx);
        node_str(body, "login", talloc_asprintf(county.ctx, "u%03d", i));
        node_str(body, "name", "赵一");
        node_str(body, "role", "director");
        node_str(body, "division", VILLAGE_A);
        county_call(&county, "an", OP_USER_ADD, body);
    }
    for (int i = 1; i < POSTS; i++) {
        struct node *body = node_map(county.ctx);
        node_str(body, "login", "u229");
        node_str(body, "role", "director");
        node_str(body, "division", VILLAGE_B);
        node_str(body, "from", talloc_asprintf(county.ctx, "%d-01-01", 2027 + i));
        node_str(body, "to", talloc_asprintf(county.ctx, "%d-02-01", 2027 + i));
        county_call(&county, "an", OP_POST_ADD, body);
    }
    struct harness *h = county_screen(&county, "an", NULL);
    harness_send(h, "=91\r");
    SEES(h, "共 235 个用户");
    harness_send(h, "/u229");
    SEES(h, "找哪个用户");
    SEES(h, " 1 项");
    harness_send(h, "\r");
    SEES(h, "> u229");
    harness_send(h, "\r2");
    SEES(h, "结束哪个岗位");
    SEES(h, "40 项");
    harness_send(h, "\0338\0338\0338\0338");
    SEES(h, "2066-01-01 2066-02-01");
    harness_send(h, "\r");
    SEES(h, "从今天起不能再用这个岗位办事");
    harness_stop(h);
}
