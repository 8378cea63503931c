/* The widgets as a person meets them: the demo program in four kinds of terminal, both encodings.
 */
#include <config.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <termios.h>
#include <unistd.h>

#include "base/base.h"
#include "base/text.h"
#include "screen/harness.h"

#define DEMO BUILDDIR "/tests/screen/demo"

static const char *const demo[] = {DEMO, NULL};
static const char *const keytest[] = {DEMO, "keytest", NULL};

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))
#define LOSES(h, text)                                                                             \
    cr_assert(harness_wait_gone(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

static struct harness *start(const char *term, bool gb)
{
    struct harness *h =
        harness_start(NULL, &(struct harness_opts){.term = term, .gb18030 = gb, .argv = demo});
    SEES(h, "第1/19页");
    harness_settle(h);
    return h;
}

static const struct {
    const char *term;
    bool gb;
} kinds[] = {{"xterm-256color", false}, {"vt100", false},         {"putty", false},
             {"linux", false},          {"xterm-256color", true}, {"vt100", true},
             {"putty", true},           {"linux", true},          {"no-such-terminal", false}};

/* Register a child with every widget on the way; the same screen must result everywhere. */
Test(widgets, a_journey_on_every_terminal)
{
    for (size_t i = 0; i < NELEM(kinds); i++) {
        struct harness *h = start(kinds[i].term, kinds[i].gb);
        const char *dot = kinds[i].gb ? "阿依・古丽" : "阿依·古丽";
        SEES(h, dot);
        cr_assert(strncmp(harness_row(h, 5), "   000131 阿依", 15) == 0, "%s", harness_row(h, 5));
        cr_assert(strstr(harness_row(h, 5), kinds[i].gb ? "古丽 女   2011" : "古丽  女   2011"),
                  "%s", harness_row(h, 5));
        harness_send(h, "\0336");
        SEES(h, "儿童姓名");
        harness_send(h, "李𠅤\r");
        SEES(h, "32 儿童 > 登记");
        cr_assert(harness_wait_cursor(h, 2, 14, HARNESS_MS));
        harness_send(h, "\r110101201601011234"); /* 18 characters: on to the note */
        cr_assert(harness_wait_cursor(h, 6, 10, HARNESS_MS));
        harness_send(h, "第一行\r第二行\033[14~");
        SEES(h, "乡镇");
        harness_send(h, "nyz");
        SEES(h, "1 项");
        harness_send(h, "\r");
        LOSES(h, "1 项");
        SEES(h, "南阳镇");
        harness_send(h, "\032"); /* the pick is undone */
        SEES(h, "第二行");
        harness_send(h, "\023");
        SEES(h, "还没有保存");
        harness_send(h, "1");
        SEES(h, "已保存：李𠅤|110101201601011234|第一行");
        harness_send(h, "\033OR");
        cr_assert_eq(harness_wait_exit(h, HARNESS_MS), 0);
        harness_stop(h);
    }
}

/* research/ux.md 1.6: what each client sends for a key arrives as that key, whatever TERM says. */
Test(widgets, keys_of_every_client_on_six_terminals)
{
    static const char *const terms[] = {"xterm-256color", "putty", "vt100",
                                        "vt220",          "linux", "screen-256color"};
    static const struct {
        const char *bytes, *shown;
    } keys[] = {{"\033[11~", "F1"},     {"\033OP", "F1"},    {"\033[[A", "F1"},
                {"\033OT", "F5"},       {"\033[1~", "Home"}, {"\033[4~", "End"},
                {"\033[A", "上箭头"},   {"\033OM", "回车"},  {"\b", "退格"},
                {"\177", "退格"},       {"\0331", "F1"},     {"\033[M", "不认识的键"},
                {"\033[Z", "Shift-Tab"}};
    for (size_t t = 0; t < NELEM(terms); t++) {
        struct harness *h =
            harness_start(NULL, &(struct harness_opts){.term = terms[t], .argv = keytest});
        SEES(h, "中文测试𠅤䶮㛃𰀀");
        for (size_t i = 0; i < NELEM(keys); i++) {
            char mark[16]; /* a control key before each makes the newest line its own */
            snprintf(mark, sizeof(mark), "Ctrl-%c", i % 2 ? 'E' : 'T');
            harness_send(h, i % 2 ? "\005" : "\024");
            cr_assert(harness_wait_row(h, 4, mark, HARNESS_MS));
            harness_send(h, keys[i].bytes);
            cr_assert(harness_wait_row(h, 4, keys[i].shown, HARNESS_MS), "%s key %zu: %s", terms[t],
                      i, harness_row(h, 4));
        }
        harness_send(h, "\r\r\r");
        cr_assert_eq(harness_wait_exit(h, HARNESS_MS), 0);
        harness_stop(h);
    }
}

/* Bytes of what is sent until the program is quiet. */
static size_t cost(struct harness *h, const char *keys, int row, int col)
{
    harness_settle(h);
    harness_bytes_reset(h);
    harness_send(h, keys);
    cr_assert(harness_wait_cursor(h, row, col, HARNESS_MS), "%s", harness_text(h));
    harness_settle(h);
    return harness_bytes(h);
}

Test(widgets, bytes_on_the_line)
{
    for (size_t i = 0; i < NELEM(kinds); i += 2) {
        struct harness *h = start(kinds[i].term, kinds[i].gb);
        const char *t = kinds[i].term;
        harness_settle(h);
        harness_bytes_reset(h);
        harness_send(h, "\014");
        harness_settle(h);
        size_t full = harness_bytes(h), row = cost(h, "\033[B", 5, 1), page, han, up;
        cr_assert(row > 0 && row <= 24, "%s: row %zu", t, row);
        up = cost(h, "\033[A", 4, 1);
        cr_assert(up > 0 && up <= 24, "%s: up %zu", t, up);
        harness_bytes_reset(h);
        harness_send(h, "\0338");
        SEES(h, "第2/19页");
        harness_settle(h);
        page = harness_bytes(h);
        harness_send(h, "\r");
        SEES(h, "32 儿童 > 登记");
        harness_send(h, "\025\013\033[A\013"); /* empty the name */
        harness_send(h, "\033[A\033[H\013\033[A");
        harness_settle(h);
        han = cost(h, "王", 2, 12);
        cr_assert(han > 0 && han <= 18, "%s: Han %zu", t, han);
        cr_assert(page > 100 && page <= 1200, "%s: page %zu", t, page);
        cr_assert(full > 500 && full <= 2600, "%s: full %zu", t, full);
        harness_settle(h);
        harness_bytes_reset(h);
        harness_settle(h);
        cr_assert_eq(harness_bytes(h), 0);
        fprintf(stderr, "# %s%s: row %zu/%zu page %zu full %zu Han %zu\n", t,
                kinds[i].gb ? " GB18030" : "", row, up, page, full, han);
        harness_stop(h);
    }
}

Test(widgets, escape_prefix_waits_and_shows_its_keys)
{
    struct harness *h = start("vt100", false);
    harness_send(h, "\033");
    SEES(h, "Esc- 1帮助");
    harness_send(h, "[");
    harness_settle(h);
    harness_send(h, "B"); /* a split arrow key after all */
    LOSES(h, "Esc- 1");
    cr_assert(harness_wait_cursor(h, 5, 1, HARNESS_MS));
    harness_send(h, "\033\033");
    harness_send(h, "\0334");
    SEES(h, "选择：这里不能用");
    harness_send(h, "\017"); /* the messages */
    SEES(h, "最近的提示");
    cr_assert(harness_wait_row(h, 2, "选择：这里不能用", HARNESS_MS));
    harness_send(h, "\0333");
    LOSES(h, "最近的提示");
    harness_stop(h);
}

Test(widgets, popups)
{
    struct harness *h = start("xterm-256color", false);
    harness_send(h, "\r");
    SEES(h, "32 儿童 > 登记");
    harness_send(h, "\0334");
    SEES(h, "> 1 爷爷");
    harness_send(h, "２"); /* full-width: the input method is on */
    LOSES(h, "爷爷");
    SEES(h, "奶奶");
    harness_send(h, "\t\0334");
    SEES(h, "> [ ] 1 爷爷");
    harness_send(h, "9\033[A ");
    SEES(h, "  [x] 3");
    cr_assert(strstr(harness_text(h), "> [x] 9 其他") != NULL, "%s", harness_text(h));
    harness_send(h, "\033\033");
    LOSES(h, "[x]");
    harness_send(h, "\0334*\r");
    SEES(h, "选了 4 项");
    harness_send(h, "\0339");
    SEES(h, "菜单");
    harness_send(h, "\033\033");
    LOSES(h, "列出这里");
    harness_send(h, "\0331");
    SEES(h, "全部按键");
    harness_send(h, "/遮屏\r");
    SEES(h, "马上遮住屏幕");
    int row = 0;
    while (row < 22 && !strstr(harness_row(h, row), "Esc 空格"))
        row++;
    cr_assert_eq(harness_attr(h, row, 0), 'r');
    harness_send(h, "\0333");
    LOSES(h, "马上遮住屏幕");
    harness_stop(h);
}

Test(widgets, hidden_screen_takes_no_keys)
{
    struct harness *h = start("xterm-256color", false);
    harness_send(h, "\034");
    SEES(h, "按回车键继续");
    cr_assert(strstr(harness_text(h), "儿童") == NULL);
    harness_send(h, "\033[B\0336王");
    harness_settle(h);
    cr_assert(strstr(harness_text(h), "儿童") == NULL);
    harness_send(h, "\r");
    SEES(h, "名单");
    cr_assert(harness_wait_cursor(h, 4, 1, HARNESS_MS));
    harness_stop(h);
}

Test(widgets, pastes_never_submit)
{
    struct harness *h = start("xterm-256color", false);
    char big[10240];
    for (size_t i = 0; i < sizeof(big) - 1; i++)
        big[i] = i % 7 == 6 ? '\r' : (char)('a' + i % 7);
    big[sizeof(big) - 1] = '\0';
    harness_send(h, "\r");
    SEES(h, "32 儿童 > 登记");
    harness_send(h, "\033[200~");
    harness_send(h, big);
    harness_send(h, "\033[201~");
    SEES(h, "最多 20 个字");
    cr_assert(harness_wait_row(h, 2, "姓名", HARNESS_MS));
    harness_send(h, "\t\t\033[200~甲\r\n乙\033[201~");
    cr_assert(harness_wait_row(h, 6, "甲", HARNESS_MS));
    cr_assert(harness_wait_row(h, 7, "乙", HARNESS_MS));
    harness_stop(h);
}

Test(widgets, resize_storm_keeps_what_was_typed)
{
    static const int sizes[][2] = {{5, 20}, {100, 300}, {24, 80}, {15, 58},
                                   {1, 1},  {20, 80},   {16, 60}};
    struct harness *h = start("xterm-256color", false);
    harness_send(h, "\0336");
    SEES(h, "儿童姓名");
    harness_send(h, "欧阳小燕");
    SEES(h, "欧阳小燕");
    for (int i = 0; i < 100; i++)
        harness_resize(h, sizes[i % 7][0], sizes[i % 7][1]);
    harness_resize(h, 15, 58);
    SEES(h, "太小（现 58x15");
    harness_send(h, "x");
    harness_settle(h);
    harness_resize(h, 20, 80);
    SEES(h, "欧阳小燕");
    cr_assert(strstr(harness_text(h), "欧阳小燕x") == NULL);
    cr_assert(harness_wait_row(h, 19, "帮助", HARNESS_MS));
    harness_resize(h, 40, 132);
    cr_assert(harness_wait_row(h, 39, "帮助", HARNESS_MS));
    harness_stop(h);
}

/* After the program is gone by any way, the terminal is as it was, and drafts are kept. */
Test(widgets, leaves_the_terminal_as_it_was)
{
    char draft[] = "/tmp/draftXXXXXX", env[64], text[64] = "";
    int fd = mkstemp(draft);
    snprintf(env, sizeof(env), "DEMO_DRAFT=%s", draft);
    const char *envs[] = {env, NULL}, *crash[] = {"DEMO_CRASH=1", NULL};
    for (int way = 0; way < 3; way++) {
        struct harness *h = harness_start(
            NULL, &(struct harness_opts){.argv = demo, .env = way == 2 ? crash : envs});
        if (way < 2) {
            SEES(h, "第1/19页");
            harness_send(h, "\r");
            SEES(h, "32 儿童 > 登记");
            harness_send(h, "甲乙");
            SEES(h, "王小雨甲乙");
            if (way == 0)
                harness_hangup(h);
            else
                kill(harness_pid(h), SIGTERM);
        }
        int status = harness_wait_exit(h, HARNESS_MS);
        if (way < 2)
            cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3, "way %d: %d", way, status);
        else
            cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
        size_t n;
        const char *raw = harness_raw(h, &n);
        if (way > 0)
            cr_assert(memmem(raw, n, "\033[?2004l", 8) && memmem(raw, n, "\033[?1049l", 8));
        harness_stop(h);
        if (way < 2)
            cr_assert(pread(fd, text, sizeof(text) - 1, 0) > 0);
        if (way < 2)
            cr_assert_str_eq(text, "王小雨甲乙");
        cr_assert(ftruncate(fd, 0) == 0);
        memset(text, 0, sizeof(text));
    }
    unlink(draft);
    close(fd);
}

/* An old terminal answers nothing: ambiguous characters keep two columns and harm nobody. */
Test(widgets, silent_terminal)
{
    struct harness *h =
        harness_start(NULL, &(struct harness_opts){.term = "vt100", .silent = true, .argv = demo});
    SEES(h, "第1/19页");
    SEES(h, "阿依· 古丽 女   2011");
    harness_send(h, "\r");
    SEES(h, "登记");
    harness_send(h, "甲乙丙\r丁"); /* no bracketed paste: a burst with a line end is one */
    SEES(h, "雨甲乙丙 丁");        /* the rest is scrolled out to the left */
    cr_assert(harness_wait_cursor(h, 2, 21, HARNESS_MS), "%s", harness_text(h));
    harness_stop(h);
}

Test(widgets, timers_notices_and_long_work)
{
    const char *envs[] = {"DEMO_IDLE=1", NULL};
    struct harness *h = harness_start(NULL, &(struct harness_opts){.argv = demo, .env = envs});
    SEES(h, "第1/19页");
    harness_send(h, "\0335");
    SEES(h, "刷新好了");
    harness_send(h, "\024");
    SEES(h, "开始导入");
    harness_send(h, "\003");
    SEES(h, "没有做完");
    harness_send(h, "\024");
    SEES(h, "开始导入");
    harness_send(h, "\033[B\003"); /* the arrow is kept, Ctrl-C is taken */
    cr_assert(harness_wait_cursor(h, 5, 1, HARNESS_MS));
    SEES(h, "按回车键继续"); /* a second without a key */
    harness_stop(h);
}

Test(widgets, dumb_terminal_is_told_what_to_do)
{
    struct harness *h = harness_start(NULL, &(struct harness_opts){.term = "dumb", .argv = demo});
    SEES(h, "请把环境变量 TERM 设成");
    int status = harness_wait_exit(h, HARNESS_MS);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    harness_stop(h);
}
