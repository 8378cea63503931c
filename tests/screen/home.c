/* 今日工作 and signing in, in a real terminal against a real server. */
#include <config.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

static const struct harness_opts kinds[] = {
    {.term = "vt100"}, {.term = "xterm-256color"}, {.term = "xterm-256color", .gb18030 = true}};

Test(home, first_screen_everywhere, .init = setup, .fini = teardown)
{
    for (size_t i = 0; i < NELEM(kinds); i++) {
        struct harness *h = county_screen(&county, "sun", &kinds[i]);
        SEES(h, "汇龙镇 孙督导（儿童督导员）");
        SEES(h, "2026-11-22 星期日");
        SEES(h, "待审核(镇)");
        SEES(h, "etdj");
        cr_assert(strstr(harness_text(h), "用户管理") == NULL, "%s", harness_text(h));
        harness_send(h, "\r"); /* the cursor is on what is due first */
        SEES(h, "36 变更 > 待审核(镇)");
        SEES(h, "王小雨");
        SEES(h, "共2条");
        harness_send(h, "\0333");
        SEES(h, "10 今日工作");
        harness_bytes_reset(h);
        harness_send(h, "\014");
        harness_settle(h);
        cr_assert(harness_bytes(h) > 500 && harness_bytes(h) <= 2600, "%zu", harness_bytes(h));
        harness_bytes_reset(h);
        harness_send(h, "\033[B");
        harness_settle(h);
        cr_assert(harness_bytes(h) > 0 && harness_bytes(h) <= 24, "%zu", harness_bytes(h));
        harness_bytes_reset(h);
        harness_settle(h);
        cr_assert_eq(harness_bytes(h), 0);
        harness_stop(h);
    }
}

Test(home, jumps_by_number_initials_and_menu, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "gao", NULL);
    harness_send(h, "=");
    SEES(h, "交易码");
    harness_send(h, "etdj\r");
    SEES(h, "31 儿童 > 本村儿童");
    harness_send(h, "＝31\r"); /* from a list, with the input method on */
    LOSES(h, "交易码");
    harness_send(h, "\0333\0333");
    SEES(h, "10 今日工作");
    harness_send(h, "=77\r");
    SEES(h, "没有交易码 77");
    harness_send(h, "/zxy"); /* 曾小燕, by initials, from the first screen */
    SEES(h, "共5条");        /* 张小雨 and 曾小燕: 曾 is read zeng here, not ceng */
    SEES(h, "曾小燕");
    harness_send(h, "\r\0333");
    SEES(h, "10 今日工作");
    harness_send(h, "\0333");
    SEES(h, "现在退出护童吗");
    harness_send(h, "1");
    cr_assert_eq(harness_wait_exit(h, HARNESS_MS), 0);
    harness_stop(h);
}

/* villages without a file, each with its list behind it; whom to ask. */
Test(home, what_villages_lack_and_whom_to_ask, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=94\r");
    SEES(h, "一份档案都没有的村(居)");
    SEES(h, "没有儿童主任");
    SEES(h, "> 1 汇龙镇 幸福二村");
    harness_send(h, "\r");
    SEES(h, "31 儿童");
    LOSES(h, "一份档案都没有的村(居)");
    harness_stop(h);

    h = county_screen(&county, "gao", NULL);
    harness_send(h, "=94\r");
    SEES(h, "没有交易码 94");
    harness_send(h, "=llb\r");
    SEES(h, "联络表：汇龙镇");
    SEES(h, "高秀英");
    SEES(h, "孙督导");
    harness_stop(h);
}

Test(home, offers_the_newest_draft, .init = setup, .fini = teardown)
{
    struct node *body = node_map(county.ctx), *draft;
    node_str(body, "key", "child/new/1");
    draft = node_add_map(body, "draft");
    node_str(draft, "title", "周小禾");
    county_call(&county, "gao", OP_DRAFT_PUT, body);
    struct harness *h = county_screen(&county, "gao", NULL);
    SEES(h, "上次没有录完");
    SEES(h, "儿童 新登记：周小禾");
    harness_send(h, "=31\r"); /* typed ahead: no answer to what was not seen */
    SEES(h, "31 儿童");
    harness_send(h, "\033OR");
    SEES(h, "今日工作");
    harness_send(h, "\0339");
    SEES(h, "- 菜单 -");
    harness_send(h, "cg\r");
    SEES(h, "周小禾");
    harness_send(h, "1");
    SEES(h, "上次没有录完");
    harness_send(h, "3");
    SEES(h, "找不回来");
    harness_send(h, "1");
    SEES(h, "草稿已丢弃");
    harness_stop(h);
}

/* One sentence and an exit code, before any screen. */
Test(home, refusals_at_the_door, .init = setup, .fini = teardown)
{
    const char *conf = text_printf(county.ctx, "HUTONG_CONFIG=%s", county.run.conf);
    const struct {
        const char *env[4];
        const char *args[4];
        int status;
        const char *says;
    } cases[] = {
        {{conf, "HUTONG_USER=nobody9"}, {NULL}, 4, "hutong: "},
        {{"HUTONG_CONFIG=/no/such/file"}, {NULL}, 2, "hutong: "},
        {{conf, "SSH_ORIGINAL_COMMAND=ls"}, {NULL}, 2, "请去掉命令"},
        {{conf}, {"--encoding", "big5"}, 2, "big5"},
        {{conf}, {"--no-such"}, 2, "用法"},
    };
    for (size_t i = 0; i < NELEM(cases); i++) {
        const char *argv[6] = {BUILDDIR "/hutong", cases[i].args[0],
                               cases[i].args[0] ? cases[i].args[1] : NULL, NULL};
        const char *env[6] = {"HUTONG_LANG=zh", "HUTONG_TODAY=2026-11-22", cases[i].env[0],
                              cases[i].env[1], NULL};
        struct harness *h = harness_start(NULL, &(struct harness_opts){.argv = argv, .env = env});
        SEES(h, cases[i].says);
        int status = harness_wait_exit(h, HARNESS_MS);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == cases[i].status, "%zu: %d\n%s", i,
                  status, harness_text(h));
        harness_stop(h);
    }
    const char *cmd =
        text_printf(county.ctx, "%s HUTONG_LANG=zh " BUILDDIR "/hutong </dev/null 2>&1", conf);
    char line[256] = "";
    FILE *f = popen(cmd, "r");
    cr_assert(f != NULL && fgets(line, sizeof(line), f) != NULL);
    cr_assert(strstr(line, "不是终端") != NULL, "%s", line);
    cr_assert_eq(WEXITSTATUS(pclose(f)), 2);
}

/* The server is restarted under an open screen: the next key works as if nothing had been. */
Test(home, survives_a_restart_of_the_server, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    cr_assert_eq(run_stop(&county.run), 0, "%s", county.run.said);
    cr_assert_eq(run_start(&county.run, NULL), 0, "%s", county.run.said);
    harness_send(h, "\r");
    SEES(h, "36 变更 > 待审核(镇)");
    harness_stop(h);
}

/* No two screens share a number: the one that would hide is missed by somebody. */
Test(home, numbers_are_unique, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=35\r");
    SEES(h, "35 照护协议");
    harness_send(h, "\0333=94\r");
    SEES(h, "一份档案都没有");
    harness_stop(h);
}

/* Which Han encoding the terminal speaks is asked once, then known. */
Test(home, asks_for_the_encoding_once, .init = setup, .fini = teardown)
{
    static const char *const argv[] = {BUILDDIR "/hutong", NULL};
    const char *env[] = {text_printf(county.ctx, "HUTONG_CONFIG=%s", county.run.conf),
                         text_printf(county.ctx, "HOME=%s", county.run.dir),
                         "HUTONG_TERM_ENCODING=",
                         "HUTONG_USER=gao",
                         "HUTONG_LANG=zh",
                         "HUTONG_TODAY=2026-11-22",
                         NULL};
    struct harness_opts o = {.argv = argv, .env = env, .gb18030 = true};
    struct harness *h = harness_start(NULL, &o);
    SEES(h, "Can you read these four characters?");
    harness_send(h, "2");
    SEES(h, "10 今日工作");
    harness_stop(h);
    h = harness_start(NULL, &o);
    SEES(h, "10 今日工作");
    harness_stop(h);
}

/* What is empty folds into one line; a number stays the same view's, and waits for its Enter. */
Test(home, folds_what_is_empty, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    SEES(h, " 待审核(镇)");
    SEES(h, "项现在没有");
    cr_assert(strstr(harness_text(h), "照护待落实") == NULL, "%s", harness_text(h));
    harness_send(h, "1"); /* a folded one */
    SEES(h, ">  1 照护急需落实");
    SEES(h, "第 1 项，按回车打开");
    harness_send(h, "\r");
    SEES(h, "31 儿童 > 照护急需落实"); /* what hurts most */
    harness_send(h, "\0333");
    SEES(h, ">  1 照护急需落实");
    harness_send(h, "1");
    SEES(h, "第 1 项，按回车打开");
    harness_send(h, "2");
    SEES(h, "第 12 项，按回车打开");
    harness_stop(h);
}

/* Who looks after several places sees which of them owe most, and the lists behind that. */
Test(home, ranks_places_by_what_they_owe, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    SEES(h, "各村欠办，多的在前");
    SEES(h, "幸福一村");
    cr_assert(strstr(harness_text(h), "幸福二村") == NULL, "%s", harness_text(h));
    for (int i = 0; i < 20 && !strstr(harness_text(h), ">    幸福一村"); i++) {
        harness_send(h, "\033[B");
        harness_settle(h);
    }
    SEES(h, ">    幸福一村");
    harness_send(h, "\r");
    SEES(h, "36 变更 > 待审核(镇)");
    SEES(h, "共2条");
    harness_stop(h);
    h = county_screen(&county, "gao", NULL);
    SEES(h, "今天要办的事");
    cr_assert(strstr(harness_text(h), "欠办") == NULL, "%s", harness_text(h));
    harness_stop(h);
}
