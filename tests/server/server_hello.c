/* Who may come in, and what a connection may say before and after hello. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/date.h"
#include "server/run.h"

#define ALLOW "private = { allow_act_as = true; allow_today = true; };\n"

static const struct hello {
    const char *what, *key, *text; /* text NULL: a number */
    int64_t num;
    const char *err, *says;
} hellos[] = {
    {"older program", "wire", NULL, WIRE_VERSION - 1, "VERSION", "版本"},
    {"newer program", "wire", NULL, 255, "VERSION", "版本"},
    {"other dictionary", "digest", "00", 0, "VERSION", "定义已更新"},
    {"no nonce", "nonce", NULL, 0, "PROTOCOL", ""},
    {"negative nonce", "nonce", NULL, -5, "PROTOCOL", ""},
    {"nobody of ours", "as", "stranger", 0, "DENIED", ""},
    {"no day", "today", "2026-02-30", 0, "USAGE", "HUTONG_TODAY"},
    {"only a month", "today", "2026-02", 0, "USAGE", "HUTONG_TODAY"},
    {"another day", "today", "2031-05-01", 0, "OK", ""},
};

static void say(struct run *r, const struct hello *h, const char *err, const char *says)
{
    void *ctx = talloc_new(NULL);
    struct node *b = run_hello_body(r, ctx), *answer = NULL;
    int fd = run_dial(r);
    if (h->text)
        node_str(b, h->key, h->text);
    else
        node_int(b, h->key, h->num);
    cr_expect_str_eq(run_call(r, ctx, fd, "hello", b, &answer), err, "%s", h->what);
    cr_expect(strstr(node_text_or(answer, "text", ""), says) != NULL, "%s: %s", h->what,
              node_text_or(answer, "text", ""));
    if (strcmp(err, "OK") == 0) {
        cr_expect_str_eq(node_text(node_get(answer, "body"), "today"), h->text);
        close(fd);
    } else {
        cr_expect(run_closed(fd), "%s", h->what);
    }
    talloc_free(ctx);
}

Test(server_hello, rules)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *answer;
    run_make(&r, ALLOW);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    for (size_t i = 0; i < NELEM(hellos); i++)
        say(&r, &hellos[i], hellos[i].err, hellos[i].says);

    int fd = run_dial(&r); /* the wrong state */
    cr_expect_str_eq(run_call(&r, ctx, fd, "me", NULL, NULL), "PROTOCOL");
    cr_expect(run_closed(fd));
    fd = run_hello(&r, ctx, NULL);
    cr_assert_str_eq(run_call(&r, ctx, fd, "me", NULL, &answer), "OK");
    const struct node *me = node_get(answer, "body");
    cr_expect(node_get(me, "may") != NULL && node_get(me, "may")->n > 10);
    cr_expect(node_flag(me, "private"));
    cr_expect_str_eq(run_call(&r, ctx, fd, "hello", run_hello_body(&r, ctx), NULL), "PROTOCOL");
    cr_expect(run_closed(fd));
    run_drop(&r);
    talloc_free(ctx);
}

/* What the configuration does not allow is refused, even to the owner of the server. */
Test(server_hello, not_allowed)
{
    struct run r;
    run_make(&r, NULL);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    struct hello as = {"as", "as", "stranger", 0, "DENIED", "HUTONG_USER"};
    struct hello today = {"today", "today", "2031-05-01", 0, "DENIED", "HUTONG_TODAY"};
    say(&r, &as, as.err, as.says);
    say(&r, &today, today.err, today.says);
    run_drop(&r);
}

static bool holds(const struct node *may, const char *right)
{
    for (const struct node *e = node_first(may); e; e = e->next) {
        size_t n = e->len;
        if (strcmp(e->str, right) == 0 ||
            (n > 1 && e->str[n - 1] == '*' && strncmp(e->str, right, n - 1) == 0))
            return true;
    }
    return false;
}

/* Every request of the table whose right the user lacks is refused before anything else is said. */
static void expect_refusals(struct run *r, void *ctx, int fd)
{
    struct node *b = node_map(ctx), *answer = NULL;
    int refused = 0;
    node_str(b, "type", "child");
    cr_assert_str_eq(run_call(r, ctx, fd, "me", NULL, &answer), "OK");
    const struct node *may = node_get(node_get(answer, "body"), "may");
    for (int op = 1; op < OP_COUNT; op++) {
        const char *right = wire_right(ctx, (enum wire_op)op, "child");
        if (right[0] == '\0' || holds(may, right))
            continue;
        cr_expect_str_eq(run_call(r, ctx, fd, wire_ops[op].name, b, NULL), "DENIED", "%s",
                         wire_ops[op].name);
        refused++;
    }
    cr_expect_gt(refused, 20);
}

/* A user whose account is closed in the middle is out at his next request. */
Test(server_hello, disabled_in_mid_session)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *b = node_map(ctx), *answer = NULL;
    run_make(&r, "private = { allow_act_as = true; allow_combined_roles = true; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int boss = run_hello(&r, ctx, NULL);
    node_str(b, "login", "shen");
    node_str(b, "name", "沈敏");
    node_str(b, "role", "audit_admin");
    cr_assert_str_eq(run_call(&r, ctx, boss, "user.add", b, &answer), "OK", "%s",
                     node_json(ctx, answer));
    int fd = run_hello(&r, ctx, "shen");
    cr_expect_str_eq(run_call(&r, ctx, fd, "audit.list", NULL, NULL), "OK");
    cr_expect_str_eq(run_call(&r, ctx, fd, "user.add", b, &answer), "DENIED");
    expect_refusals(&r, ctx, fd);
    cr_expect_str_eq(run_call(&r, ctx, fd, "audit.list", NULL, &answer), "OK", "still here");
    const char *trail = node_json(ctx, node_get(answer, "body"));
    cr_expect(strstr(trail, "user.manage") != NULL, "the refusal is kept: %s", trail);
    node_bool(b, "disabled", true);
    cr_assert_str_eq(run_call(&r, ctx, boss, "user.set", b, NULL), "OK");
    cr_expect_str_eq(run_call(&r, ctx, fd, "audit.list", NULL, &answer), "DENIED");
    cr_expect(strstr(node_text(answer, "text"), "停用") != NULL);
    cr_expect(run_closed(fd));
    close(boss);
    run_drop(&r);
    talloc_free(ctx);
}

/* One request in each language: the sentences of a reading thread and of the writer, side by side. */
Test(server_hello, each_session_has_its_language)
{
    static const struct {
        const char *lang, *absent, *missing, *future;
    } said[] = {{"zh", "没有找到", "请填写“姓名”", "纳入日期晚于今天"},
                {"en", "Not found", "Enter ", "The day of registration is after today"},
                {"zh", "没有找到", "请填写“姓名”", "纳入日期晚于今天"}};
    struct run r;
    void *ctx = talloc_new(NULL);
    int fd[NELEM(said)];
    run_make(&r, ALLOW);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    for (size_t i = 0; i < NELEM(said); i++) {
        struct node *hello = run_hello_body(&r, ctx);
        node_str(hello, "lang", said[i].lang);
        node_int(hello, "nonce", (int64_t)i + 100);
        fd[i] = run_dial(&r);
        cr_assert_str_eq(run_call(&r, ctx, fd[i], "hello", hello, NULL), "OK");
    }
    for (size_t i = 0; i < NELEM(said); i++) {
        struct node *body = node_map(ctx), *answer, *v = node_add_map(body, "v");
        node_str(body, "type", "child");
        node_int(body, "id", 9999);
        cr_expect_str_eq(run_call(&r, ctx, fd[i], "rec.get", body, &answer), "NOTFOUND");
        cr_expect_str_eq(node_text(answer, "text"), said[i].absent);
        node_str(v, "add_date", "2099-01-01");
        cr_expect_str_eq(run_call(&r, ctx, fd[i], "rec.add", body, &answer), "RULE");
        const char *text = node_json(ctx, node_get(answer, "body"));
        cr_expect(strstr(text, said[i].missing) != NULL, "%s", text);
        cr_expect(strstr(text, said[i].future) != NULL, "%s", text);
    }
    run_drop(&r);
    talloc_free(ctx);
}

static const struct node *hello_from(struct run *r, void *ctx, const char *from, int *fd)
{
    struct node *b = run_hello_body(r, ctx), *answer;
    node_str(b, "from", from);
    *fd = run_dial(r);
    cr_assert_str_eq(run_call(r, ctx, *fd, "hello", b, &answer), "OK");
    return node_get(answer, "body");
}

/* Everybody is told when and from where he was here before; asking does not count as being here. */
Test(server_hello, the_sign_in_before)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *answer;
    int one, two, three;
    run_make(&r, ALLOW);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    cr_expect_null(node_get(hello_from(&r, ctx, "10.0.0.1", &one), "last"), "the first time");
    const struct node *last = node_get(hello_from(&r, ctx, "10.0.0.2", &two), "last");
    cr_expect_str_eq(node_text_or(last, "from", ""), "10.0.0.1");
    cr_expect_leq(date_now() - node_num(last, "time", 0), 60);
    for (int i = 0; i < 2; i++) {
        cr_assert_str_eq(run_call(&r, ctx, two, "me", node_map(ctx), &answer), "OK");
        last = node_get(node_get(answer, "body"), "last");
        cr_expect_str_eq(node_text_or(last, "from", ""), "10.0.0.1");
    }
    last = node_get(hello_from(&r, ctx, "10.0.0.3", &three), "last");
    cr_expect_str_eq(node_text_or(last, "from", ""), "10.0.0.2");
    close(one);
    close(two);
    close(three);
    run_drop(&r);
    talloc_free(ctx);
}
