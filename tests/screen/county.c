#include "screen/county.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/text.h"

static const char *const divisions[][2] = {
    {"320000000000", "江苏省"}, {"320600000000", "南通市"}, {"320681000000", "启东市"},
    {"320681100000", "汇龙镇"}, {VILLAGE_A, "幸福一村"},    {VILLAGE_B, "幸福二村"},
};

static const char *const users[][4] = {{"gao", "高秀英", "director", VILLAGE_A},
                                       {"sun", "孙督导", "supervisor", COUNTY_TOWN},
                                       {"xu", "许股长", "county_clerk", "320681000000"},
                                       {"an", "安全员", "security_admin", NULL}};

static struct client *sign_in(struct county_run *c, const char *user)
{
    struct client_conf conf = {.socket = c->run.sock,
                               .today = c->today ? c->today : "2026-11-22",
                               .as = user,
                               .program = "test",
                               .from = "test"};
    struct client *client;
    struct node *me;
    const char *text;
    int r = client_open(c->ctx, &conf, &client, &me, &text);
    cr_assert_eq(r, 0, "%s", text);
    return client;
}

static struct node *call(struct county_run *c, struct client *client, enum wire_op op,
                         struct node *body)
{
    struct node *answer = NULL;
    const char *text;
    int r = client_call(client, c->ctx, op, body, &answer, &text);
    cr_assert_eq(r, 0, "%s: %s %s", wire_ops[op].name, text,
                 answer ? node_json(c->ctx, answer) : "");
    return answer;
}

struct node *county_call(struct county_run *c, const char *user, enum wire_op op, struct node *body)
{
    struct client *client = sign_in(c, user);
    struct node *answer = call(c, client, op, body);
    talloc_free(client);
    return answer;
}

enum { JOB_DONE = 2, JOB_FAILED = 3, JOB_ASKS = 100000 };

static bool jobs_done(const struct node *list)
{
    bool done = true;
    for (const struct node *e = node_first(node_get(list, "rows")); e; e = e->next) {
        cr_assert(node_num(e, "state", 0) != JOB_FAILED);
        done = done && node_num(e, "state", 0) == JOB_DONE;
    }
    return done;
}

static void load_divisions(struct county_run *c, struct client *root)
{
    struct node *body = node_map(c->ctx), *rows = node_add_list(body, "rows");
    for (size_t i = 0; i < NELEM(divisions); i++) {
        struct node *row = node_add_map(rows, NULL);
        node_str(row, "code", divisions[i][0]);
        node_str(row, "name", divisions[i][1]);
    }
    call(c, root, OP_DIVISION_LOAD, body);
    int asked = 0; /* each asking takes the server's time, so this is a limit in time as well */
    while (!jobs_done(call(c, root, OP_JOB_LIST, NULL)))
        cr_assert(++asked < JOB_ASKS);
}

static void add_users(struct county_run *c, struct client *root)
{
    for (size_t i = 0; i < NELEM(users); i++) {
        struct node *body = node_map(c->ctx);
        node_str(body, "login", users[i][0]);
        node_str(body, "name", users[i][1]);
        node_str(body, "role", users[i][2]);
        if (users[i][3])
            node_str(body, "division", users[i][3]);
        call(c, root, OP_USER_ADD, body);
    }
}

static const char *const surnames[] = {"王", "李", "张", "阿依·", "欧阳", "陈", "曾", "刘"};
static const char *const given[] = {"小雨", "晓月", "子轩", "古丽", "小燕", "浩然", "思远", "欣怡"};

static uint64_t add_child(struct county_run *c, struct client *client, int i, bool direct)
{
    struct node *body = node_map(c->ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "child");
    node_bool(body, "confirm_all", true);
    node_bool(body, "direct", direct);
    node_str(v, "name", text_printf(c->ctx, "%s%s", surnames[i % 8], given[i / 3 % 8]));
    node_str(v, "sex", i % 2 ? "2" : "1");
    node_str(v, "birth_date",
             text_printf(c->ctx, "%d-%02d-%02d", 2011 + i % 10, i % 12 + 1, i % 28 + 1));
    node_str(v, "village", VILLAGE_A);
    node_str(v, "child_kinds", "10");
    node_str(v, "caregiver.name", i % 2 ? "赵桂兰" : "马玉英");
    node_str(v, "caregiver.phone", text_printf(c->ctx, "139051300%02d", i));
    node_str(v, "caregiver_relation", i % 2 ? "奶奶" : "外婆");
    return (uint64_t)node_num(call(c, client, OP_REC_ADD, body), "id", 0);
}

static void rename_child(struct county_run *c, struct client *client, uint64_t id, const char *name)
{
    struct node *body = node_map(c->ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)id);
    node_bool(body, "confirm_all", true);
    node_str(body, "why", "户口簿上的名字改了");
    node_str(v, "name", name);
    call(c, client, OP_REC_SET, body);
}

void county_start(struct county_run *c)
{
    memset(c, 0, sizeof(*c));
    c->ctx = talloc_new(NULL);
    run_make(&c->run, "private = { allow_combined_roles = true; allow_act_as = true;"
                      " allow_today = true; };");
    run_conf(&c->run, "private = true; box_dir = \"box\";",
             "private = { allow_combined_roles = true; allow_act_as = true;"
             " allow_today = true; };");
    cr_assert_eq(run_start(&c->run, NULL), 0, "%s", c->run.said);
    struct client *root = sign_in(c, NULL);
    load_divisions(c, root);
    add_users(c, root);
    uint64_t first = 0, second = 0;
    for (int i = 0; i < COUNTY_CHILDREN; i++) {
        uint64_t id = add_child(c, root, i, true);
        first = i == 0 ? id : first;
        second = i == 1 ? id : second;
    }
    struct client *gao = sign_in(c, "gao");
    rename_child(c, gao, first, "王雨桐");
    rename_child(c, gao, second, "李晓玥");
    talloc_free(gao);
    talloc_free(root);
    mkdir(text_printf(c->ctx, "%s/box", c->run.dir), 0700);
}

void county_stop(struct county_run *c)
{
    run_drop(&c->run);
    talloc_free(c->ctx);
}

struct harness *county_screen(struct county_run *c, const char *user,
                              const struct harness_opts *opts)
{
    static const char *const argv[] = {BUILDDIR "/hutong", NULL};
    struct harness_opts o = opts ? *opts : (struct harness_opts){0};
    const char *box = text_printf(c->ctx, "%s/box/%s", c->run.dir, user);
    mkdir(box, 0700);
    mkdir(text_printf(c->ctx, "%s/in", box), 0700);
    mkdir(text_printf(c->ctx, "%s/out", box), 0700);
    c->env[0] = text_printf(c->ctx, "HUTONG_CONFIG=%s", c->run.conf);
    c->env[1] = text_printf(c->ctx, "HUTONG_USER=%s", user);
    c->env[2] = text_printf(c->ctx, "HUTONG_TODAY=%s", c->today ? c->today : "2026-11-22");
    c->env[3] = "HUTONG_LANG=zh";
    c->env[4] = NULL;
    o.argv = argv;
    o.env = c->env;
    struct harness *h = harness_start(c->ctx, &o);
    cr_assert(harness_wait(h, "今日工作", HARNESS_MS), "%s", harness_text(h));
    harness_settle(h);
    return h;
}
