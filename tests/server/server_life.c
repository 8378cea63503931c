/* Starting, stopping, starting again; configuration; a change happens once. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/date.h"
#include "server/run.h"

#define COMBINED "private = { allow_combined_roles = true; };\n"

static struct node *new_user(void *ctx, const char *login)
{
    struct node *b = node_map(ctx);
    node_str(b, "login", login);
    node_str(b, "name", "周平");
    node_str(b, "role", "audit_admin");
    return b;
}

Test(server_life, stop_and_start_again)
{
    struct run r, other;
    void *ctx = talloc_new(NULL);
    struct node *b = node_map(ctx), *answer = NULL;
    run_make(&r, COMBINED);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int fd = run_hello(&r, ctx, NULL);
    node_str(b, "key", "child/new/1");
    node_str(node_add_map(b, "draft"), "name", "王小雨");
    cr_assert_str_eq(run_call(&r, ctx, fd, "draft.put", b, NULL), "OK");
    cr_assert_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "zhou"), NULL), "OK");

    other = r; /* a second server on the same data */
    other.said = NULL;
    cr_expect_eq(run_start(&other, NULL), 6);
    cr_expect(strlen(other.said) > 0);
    talloc_free(other.said);
    cr_expect_str_eq(run_call(&r, ctx, fd, "me", NULL, NULL), "OK", "the first one goes on");

    cr_expect_eq(run_stop(&r), 0, "%s", r.said);
    cr_expect(strstr(r.said, "clean=yes") != NULL);
    cr_expect(access(r.sock, F_OK) != 0);
    cr_expect(run_closed(fd));
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    fd = run_hello(&r, ctx, NULL);
    cr_assert_str_eq(run_call(&r, ctx, fd, "draft.get", b, &answer), "OK");
    const struct node *draft = node_get(node_get(answer, "body"), "draft");
    cr_expect_str_eq(node_text_or(draft, "name", ""), "王小雨");
    cr_expect_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "zhou"), NULL), "EXISTS");
    close(fd);

    kill(r.pid, SIGKILL); /* and after a hard end; the socket's file is left behind */
    cr_expect_eq(run_wait(&r), 128 + SIGKILL);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    fd = run_hello(&r, ctx, NULL);
    cr_expect_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "zhou"), NULL), "EXISTS");
    close(fd);
    run_drop(&r);
    talloc_free(ctx);
}

/* The number of a request is nonce and seq: repeated it gives the first answer, asked about on another
 * connection it is known, and what is said not to have happened cannot happen any more. */
Test(server_life, a_change_happens_once)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *first = NULL, *again = NULL, *b = node_map(ctx), *hello;
    run_make(&r, COMBINED);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int fd = run_hello(&r, ctx, NULL);
    uint64_t nonce = r.nonce;
    cr_assert_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "qian"), &first), "OK");
    int64_t seq = r.seq--;
    cr_assert_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "qian"), &again), "OK");
    const char *one = node_json(ctx, node_get(first, "body"));
    cr_expect_str_eq(one, node_json(ctx, node_get(again, "body")));

    int next = run_dial(&r); /* the same client comes back: its old connection is over */
    hello = run_hello_body(&r, ctx);
    node_int(hello, "nonce", (int64_t)nonce);
    cr_assert_str_eq(run_call(&r, ctx, next, "hello", hello, NULL), "OK");
    cr_expect_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "sun"), NULL), "");
    cr_expect(run_closed(fd));
    node_int(b, "seq", seq);
    cr_assert_str_eq(run_call(&r, ctx, next, "outcome", b, &again), "OK");
    cr_expect_str_eq(one, node_json(ctx, node_get(again, "body")));
    node_int(b, "seq", seq + 1000);
    cr_expect_str_eq(run_call(&r, ctx, next, "outcome", b, NULL), "NOTFOUND");
    close(next);
    run_drop(&r);
    talloc_free(ctx);
}

static const struct mistake {
    const char *server, *extra, *says;
} mistakes[] = {
    {"private = true; sockett = \"x\";", "", ":2: "},
    {"private = true;", "limits = { sessions = 0; };", ":3: "},
    {"private = true;", "limits = { sessions = \"many\"; };", ":3: "},
    {"private = true; log_level = \"loud\";", "", "log_level"},
    {"private = true;", "county = 5;", "county"},
    {"private = true;", "colour = 5;", ":3: "},
    {"", "private = { allow_act_as = true; };", "private"},
    {"", "private = { allow_combined_roles = true; };", "private"},
    {"", "private = { allow_today = true; };", "private"},
    {"private = true", "limits = {", ":"},
};

Test(server_life, mistakes_of_the_configuration)
{
    struct run r;
    run_make(&r, NULL);
    for (size_t i = 0; i < NELEM(mistakes); i++) {
        run_conf(&r, mistakes[i].server, mistakes[i].extra);
        cr_expect_eq(run_start(&r, NULL), 2, "%zu", i);
        cr_expect(strstr(r.said, "hutong.conf") != NULL, "%zu: %s", i, r.said);
        cr_expect(strstr(r.said, mistakes[i].says) != NULL, "%zu: %s", i, r.said);
    }
    run_conf(&r, "", ""); /* data made for trying is never served as real */
    cr_expect_eq(run_start(&r, NULL), 5, "%s", r.said);
    cr_expect(strstr(r.said, "试用数据") != NULL, "%s", r.said);
    static const char *const init[] = {"--init", NULL}, *const two[] = {"--init", "--verify", NULL},
                             *const odd[] = {"--odd", NULL}, *const verify[] = {"--verify", NULL};
    run_conf(&r, "private = true;", "");
    cr_expect_eq(run_start(&r, init), 5, "a store is there already: %s", r.said);
    cr_expect(strstr(r.said, r.dir) != NULL, "%s", r.said);
    cr_expect_eq(run_start(&r, two), 2);
    cr_expect_eq(run_start(&r, odd), 2);
    cr_expect_eq(run_start(&r, verify), 0, "%s", r.said);
    run_drop(&r);
}

Test(server_life, reload)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *answer = NULL;
    run_make(&r, NULL);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int fd = run_hello(&r, ctx, NULL);
    run_conf(&r, "private = true;", "limits = { idle_lock_minutes = 7; };");
    kill(r.pid, SIGHUP);
    cr_assert(run_says(&r, "reload.done"));
    cr_assert_str_eq(run_call(&r, ctx, fd, "me", NULL, &answer), "OK");
    cr_expect_eq(node_num(node_get(answer, "body"), "idle_lock_minutes", 0), 7);
    run_conf(&r, "private = true;", "limits = { idle_lock_minutes = 9; odd = 1; };");
    kill(r.pid, SIGHUP);
    cr_assert(run_says(&r, "reload.refused"));
    cr_assert_str_eq(run_call(&r, ctx, fd, "me", NULL, &answer), "OK");
    cr_expect_eq(node_num(node_get(answer, "body"), "idle_lock_minutes", 0), 7);
    close(fd);
    run_conf(&r, "private = true;", "");
    run_drop(&r);
    talloc_free(ctx);
}

/* What the passing of days brings is begun by the server itself, once a day: at the start, and not
 * again on the same day; and on the next. */
Test(server_life, each_day)
{
    static const struct {
        int days;
        bool job;
    } starts[] = {{1, true}, {1, false}, {2, true}, {2, false}};
    int noon = 12 * 3600 - (int)((date_now() + 8 * 3600) % 86400); /* far from any midnight */
    struct run r;
    char text[64];
    run_make(&r, NULL);
    for (size_t i = 0; i < NELEM(starts); i++) {
        snprintf(text, sizeof text, "private = { clock_ahead = %d; };",
                 starts[i].days * 86400 + noon);
        run_conf(&r, "private = true;", text);
        cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
        cr_expect_eq(run_stop(&r), 0);
        const char *job = strstr(r.said, " job=");
        cr_expect_eq(job ? atoi(job + 5) != 0 : -1, starts[i].job, "%zu: %s", i, r.said);
    }
    run_drop(&r);
}

/* With the clock behind the trail nothing is changed, reading goes on. */
Test(server_life, clock_behind)
{
    struct run r;
    void *ctx = talloc_new(NULL);
    struct node *answer = NULL;
    run_make(&r, "private = { clock_ahead = 864000; allow_combined_roles = true; };");
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    close(run_hello(&r, ctx, NULL));
    cr_assert_eq(run_stop(&r), 0);
    run_conf(&r, "private = true;", COMBINED);
    cr_assert_eq(run_start(&r, NULL), 0, "%s", r.said);
    int fd = run_hello(&r, ctx, NULL);
    cr_expect_str_eq(run_call(&r, ctx, fd, "me", NULL, &answer), "OK");
    cr_expect(node_text(node_get(answer, "body"), "readonly") != NULL);
    cr_expect_str_eq(run_call(&r, ctx, fd, "user.add", new_user(ctx, "li"), &answer), "READONLY");
    cr_expect(strstr(node_text(answer, "text"), "时钟") != NULL);
    cr_expect_str_eq(run_call(&r, ctx, fd, "user.list", NULL, NULL), "OK");
    close(fd);
    run_drop(&r);
    talloc_free(ctx);
}
