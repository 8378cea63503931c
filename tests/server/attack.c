/* Somebody with a login and a client of his own sends what the screens never would. Each case is a way
 * in that was open once; want is what a stranger must get instead. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "server/run.h"

#define VILLAGE_A "320681100001"
#define VILLAGE_B "320681100002"

struct siege {
    struct run r;
    void *ctx;
    struct node *answer; /* of the last request, whole */
};

/* "type=child|id=#3|dry=!|v:name=王小雨": # a number, ! true, "key:" a value of the map key, - nil. */
static struct node *body(struct siege *s, const char *pairs)
{
    struct node *out = node_map(s->ctx), *map = NULL;
    char *copy = talloc_strdup(s->ctx, pairs), *save = NULL;

    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *v = strchr(p, '='), *colon;
        *v++ = '\0';
        colon = strchr(p, ':');
        if (colon) {
            *colon = '\0';
            map = base_unconst(node_get(out, p));
            map = map ? map : node_add_map(out, p);
            node_str(map, colon + 1, strcmp(v, "-") ? v : NULL);
        } else if (*v == '#') {
            node_int(out, p, atoll(v + 1));
        } else if (*v == '!') {
            node_bool(out, p, true);
        } else {
            node_str(out, p, v);
        }
    }
    return out;
}

static const char *send_as(struct siege *s, const char *user, const char *op, struct node *b)
{
    int fd = run_hello(&s->r, s->ctx, user);
    const char *err;

    run_drain(&s->r);
    s->answer = NULL;
    err = run_call(&s->r, s->ctx, fd, op, b, &s->answer);
    close(fd);
    return err;
}

static const char *ask(struct siege *s, const char *user, const char *op, const char *pairs)
{
    return send_as(s, user, op, body(s, pairs));
}

static const struct node *got(const struct siege *s)
{
    return node_get(s->answer, "body");
}

static const char *json(struct siege *s)
{
    return s->answer ? node_json(s->ctx, s->answer) : "(closed)";
}

static void must(struct siege *s, const char *user, const char *op, const char *pairs)
{
    const char *err = ask(s, user, op, pairs);

    cr_assert_str_eq(err, "OK", "%s %s %s: %s", user ? user : "-", op, pairs, json(s));
}

/* The id of what was added. */
static uint64_t add(struct siege *s, const char *user, const char *pairs)
{
    must(s, user, "rec.add", pairs);
    return (uint64_t)node_num(got(s), "id", 0);
}

static void divisions(struct siege *s)
{
    static const char *const row[][2] = {{"320681000000", "启东市"}, {"320681100000", "汇龙镇"},
                                         {VILLAGE_A, "幸福一村"},    {VILLAGE_B, "幸福二村"},
                                         {"320681101000", "南阳镇"}, {"320681101200", "永兴村"}};
    struct node *b = node_map(s->ctx), *rows = node_add_list(b, "rows");
    int64_t n = 0;

    for (size_t i = 0; i < NELEM(row); i++) {
        struct node *r = node_add_map(rows, NULL);
        node_str(r, "code", row[i][0]);
        node_str(r, "name", row[i][1]);
    }
    cr_assert_str_eq(send_as(s, NULL, "division.load", b), "OK", "%s", json(s));
    while (n < 6) { /* a job of the server */
        must(s, NULL, "area.list", "words=村");
        n = (int64_t)node_get(got(s), "rows")->n * 2;
    }
}

static void siege_begin(struct siege *s)
{
    static const char *const user[][3] = {
        {"dir_a", "director", VILLAGE_A},
        {"dir_b", "director", VILLAGE_B},
        {"head_a", "village_head", VILLAGE_A},
        {"sup", "supervisor", "320681100000"},
        {"town", "town_head", "320681100000"},
        {"clerk", "county_clerk", "320681000000"},
        {"leader", "county_leader", "320681000000"},
        {"keeper", "named_keeper", "320681000000"},
        {"health", "health", "320681100000"},
    };

    memset(s, 0, sizeof *s);
    s->ctx = talloc_new(NULL);
    run_make(&s->r, "private = { allow_combined_roles = true; allow_act_as = true; };\n"
                    "limits = { sessions_per_user = 100; requests_per_second = 100000; };");
    cr_assert_eq(run_start(&s->r, NULL), 0, "%s", s->r.said);
    divisions(s);
    for (size_t i = 0; i < NELEM(user); i++)
        must(s, NULL, "user.add",
             text_printf(s->ctx, "login=%s|role=%s|division=%s", user[i][0], user[i][1],
                         user[i][2]));
}

static void siege_end(struct siege *s)
{
    run_drop(&s->r); /* expects that the server still runs and ends by itself with 0 */
    talloc_free(s->ctx);
}

#define CHILD_A                                                                                    \
    "type=child|confirm_all=!|v:name=王小雨|v:id_no=320681201603124026|v:father.name=王强"    \
    "|v:father.phone=13812345678|v:father.id_no=320681198001012014"

/* Who may read but not add asks for the findings of a new record. */
Test(attack, check_without_right)
{
    struct siege s;

    siege_begin(&s);
    cr_expect_str_eq(ask(&s, "head_a", "rec.check", "type=child|v:name=王"), "DENIED", "%s",
                     json(&s));
    cr_expect_str_eq(ask(&s, "dir_a", "rec.check", "type=school|v:name=王"), "DENIED");
    siege_end(&s);
}

/* A correct number of somebody elsewhere, typed as a parent's, is not a key to his file. */
Test(attack, person_by_number)
{
    struct siege s;

    siege_begin(&s);
    add(&s, "dir_a", CHILD_A);
    cr_expect_str_eq(ask(&s, "dir_b", "rec.add",
                         "type=child|confirm_all=!|v:name=李四|v:father.id_no=320681198001012014"),
                     "RULE", "%s", json(&s));
    cr_expect(!strstr(json(&s), "王强"));
    /* Who knows the person knows the name: families live in two villages. */
    cr_expect_str_eq(ask(&s, "dir_b", "rec.add",
                         "type=child|confirm_all=!|v:name=李四|v:father.name=王强"
                         "|v:father.id_no=320681198001012014"),
                     "OK", "%s", json(&s));
    siege_end(&s);
}

/* A list where a map belongs, in every place that takes one. */
Test(attack, lists_for_maps)
{
    static const char *const key[] = {"v", "base", "draft", "const", "marks", "rows", "fields"};
    struct siege s;

    siege_begin(&s);
    must(&s, "clerk", "import.begin", "type=child|digest=d");
    for (int op = 1; op < OP_COUNT; op++)
        for (size_t k = 0; k < 2 * NELEM(key); k++) {
            struct node *b = body(&s, "type=child|key=child/1|job=#0|id=#1|digest=e|words=王"),
                        *row;
            struct node *list = node_add_list(b, key[k / 2]);

            node_int(b, "job", node_num(got(&s), "job", 0));
            if (k % 2) {
                row = node_add_map(list, NULL);
                node_int(row, "row", 1);
                list = node_add_list(row, "v");
            }
            node_str(list, NULL, "name");
            cr_expect_str_neq(send_as(&s, k % 2 ? "clerk" : NULL, wire_ops[op].name, b), "",
                              "%s %s", wire_ops[op].name, key[k / 2]);
        }
    siege_end(&s);
}

static bool audited(struct siege *s, const char *op, const char *words)
{
    must(s, NULL, "audit.list", text_printf(s->ctx, "op=%s|limit=#50|reverse=!", op));
    return strstr(json(s), words) != NULL;
}

/* Reading leaves a row, whatever the reader's program says. */
Test(attack, reading_without_a_trace)
{
    struct siege s;
    uint64_t id;

    siege_begin(&s);
    id = add(&s, "dir_a", CHILD_A);
    must(&s, "dir_a", "rec.get", text_printf(s.ctx, "type=child|id=#%llu", (unsigned long long)id));
    cr_expect(audited(&s, "rec.get", "\"user\":\"dir_a\""), "%s", json(&s));
    must(&s, "dir_a", "rec.open",
         text_printf(s.ctx, "type=child|dry=!|id=#%llu", (unsigned long long)id));
    cr_expect(audited(&s, "rec.open", "\"user\":\"dir_a\""), "%s", json(&s));
    must(&s, "dir_a", "print",
         text_printf(s.ctx, "type=child|dry=!|doc=card|id=#%llu", (unsigned long long)id));
    cr_expect(audited(&s, "print", "\"user\":\"dir_a\""), "%s", json(&s));
    must(&s, "dir_a", "agreement.known", text_printf(s.ctx, "child=#%llu", (unsigned long long)id));
    cr_expect(audited(&s, "agreement.known", "\"user\":\"dir_a\""), "%s", json(&s));
    must(&s, "sup", "national.list", "limit=#5");
    cr_expect(audited(&s, "national.list", "\"user\":\"sup\""), "%s", json(&s));
    must(&s, "dir_a", "rec.list", "type=child|raw=!|typing=!");
    cr_expect(audited(&s, "rec.list", "\"user\":\"dir_a\""), "%s", json(&s));
    siege_end(&s);
}

/* What the trail and the history say of a change is the server's word, short and without controls. */
Test(attack, forged_trail)
{
    struct siege s;
    struct node *b;
    char *flood;
    uint64_t id;

    siege_begin(&s);
    id = add(&s, "dir_a", CHILD_A);
    b = body(&s, "type=child|source=import 99|v:live_addr=东街1号");
    node_int(b, "id", (int64_t)id);
    node_str(b, "why", "核对\r\n\x1b[31m2026-11-22 user=clerk");
    cr_assert_str_eq(send_as(&s, "dir_a", "rec.set", b), "OK", "%s", json(&s));
    must(&s, "dir_a", "rec.history",
         text_printf(s.ctx, "type=child|id=#%llu", (unsigned long long)id));
    cr_expect(!strstr(json(&s), "import 99") && !strstr(json(&s), "\\u001b"), "%s", json(&s));
    flood = talloc_zero_array(s.ctx, char, 30001);
    memset(flood, 'x', 30000);
    b = body(&s, "type=child|v:live_addr=东街2号");
    node_int(b, "id", (int64_t)id);
    node_str(b, "why", flood);
    cr_expect_str_eq(send_as(&s, "dir_a", "rec.set", b), "USAGE");
    b = run_hello_body(&s.r, s.ctx);
    node_str(b, "as", "dir_a");
    node_str(b, "from", flood);
    node_str(b, "program", "import 7");
    int fd = run_dial(&s.r);
    cr_assert_str_eq(run_call(&s.r, s.ctx, fd, "hello", b, NULL), "OK");
    close(fd);
    cr_expect(audited(&s, "hello", "xxxx") && !strstr(json(&s), "import 7"));
    cr_expect_lt(strlen(json(&s)), 30000u);
    siege_end(&s);
}

/* The writer is everybody's: what one request may ask of it has an end. */
Test(attack, floods)
{
    static const char *const op[] = {"rec.add", "rec.check", "child.same"};
    struct siege s;
    struct node *b, *v, *ids;
    const char *err = "";

    siege_begin(&s);
    for (size_t i = 0; i < NELEM(op); i++) {
        b = body(&s, "type=child");
        v = node_add_map(b, "v");
        for (int k = 0; k < 3000; k++)
            node_str(v, text_printf(s.ctx, "q%d", k), "x");
        cr_expect_str_eq(send_as(&s, "dir_a", op[i], b), "USAGE", "%s", op[i]);
    }
    b = body(&s, "approve=!");
    ids = node_add_list(b, "ids");
    for (int k = 1; k < 5000; k++)
        node_int(ids, NULL, k);
    cr_expect_str_eq(send_as(&s, "clerk", "review.decide", b), "USAGE");
    b = body(&s, "");
    ids = node_add_list(b, "rows");
    for (int k = 1; k < 1500; k++)
        node_int(node_add_map(ids, NULL), "id", k);
    cr_expect_str_eq(send_as(&s, "sup", "national.done", b), "USAGE");
    int fd = run_hello(&s.r, s.ctx, "dir_a");
    for (int k = 0; k < 1000 && strcmp(err, "LIMIT") != 0; k++) {
        b = body(&s, "draft:name=王");
        node_str(b, "key", text_printf(s.ctx, "child/new/%d", k));
        err = run_call(&s.r, s.ctx, fd, "draft.put", b, NULL);
    }
    cr_expect_str_eq(err, "LIMIT");
    b = body(&s, "key=child/new/1|draft:name=王小"); /* one that is there is kept on */
    cr_expect_str_eq(run_call(&s.r, s.ctx, fd, "draft.put", b, NULL), "OK");
    close(fd);
    siege_end(&s);
}

/* What a request may hold stands in its row of the table: all rows are tried, and none does half. */
Test(attack, too_much_for_one_request)
{
    struct siege s;

    siege_begin(&s);
    for (int op = 0; op < OP_COUNT; op++) {
        struct node *b, *list;
        const char *err;

        if (op == OP_HELLO)
            continue;
        for (int k = 0; k < 3; k++) {
            b = body(&s, "type=child");
            if (k == 0) {
                list = node_add_list(b, "rows");
                for (size_t i = 0; i <= wire_ops[op].most; i++)
                    node_int(list, NULL, 1);
            } else {
                node_str(b, k == 1 ? "why" : "words",
                         text_printf(s.ctx, "%0*d", k == 1 ? 901 : 4001, 0));
            }
            err = send_as(&s, NULL, wire_ops[op].name, b);
            cr_expect_str_eq(err, k || wire_ops[op].most ? "USAGE" : "PROTOCOL", "%s %d: %s",
                             wire_ops[op].name, k, json(&s));
            cr_expect(strcmp(err, "USAGE") != 0 || strstr(json(&s), "请") != NULL, "%s", json(&s));
        }
    }
    siege_end(&s);
}

/* What people keep for themselves, and rows of a file that no client of ours would send. */
Test(attack, too_many_of_ones_own)
{
    struct siege s;
    const char *err = "OK";
    int n = 0;

    siege_begin(&s);
    for (; n < 300 && strcmp(err, "OK") == 0; n++)
        err = send_as(&s, "dir_a", "rec.add",
                      body(&s, "type=saved_view|v:name=甲|v:type=child|v:spec=sort name"));
    cr_expect_eq(n, 101);
    cr_expect(strstr(json(&s), "已有100份") != NULL, "%s", json(&s));
    must(&s, "dir_a", "rec.set", "type=saved_view|id=#1|v:gone=1");
    must(&s, "dir_a", "rec.add", "type=saved_view|v:name=甲|v:type=child");
    cr_expect_str_eq(
        send_as(&s, "clerk", "import.begin", body(&s, "type=child|digest=0|map=m|rows=#200001")),
        "LIMIT");
    must(&s, "clerk", "import.begin", "type=child|digest=0|map=m|rows=#1");
    struct node *b = body(&s,
                          text_printf(s.ctx, "job=#%lld", (long long)node_num(got(&s), "job", 0))),
                *row = node_add_map(node_add_list(b, "rows"), NULL);
    node_int(row, "row", 200001);
    node_str(row, "skip", "blank");
    cr_expect_str_eq(send_as(&s, "clerk", "import.rows", b), "LIMIT", "%s", json(&s));
    cr_expect(strstr(json(&s), "行数太多") != NULL);
    b = body(&s, "login=dir_a");
    node_str(b, "name", text_printf(s.ctx, "%0*d", 300, 0));
    cr_expect_str_eq(send_as(&s, NULL, "user.set", b), "RULE", "%s", json(&s));
    siege_end(&s);
}

/* A backup that fails is removed with all that is in its place: the place must be no other's. */
Test(attack, backup_places)
{
    struct siege s;

    siege_begin(&s);
    for (int i = 0; i < 5; i++) {
        const char *const place[] = {"/new/..", "/../x", "/data/b", "/data", "/a/../../b"};
        cr_expect_str_eq(ask(&s, NULL, "backup", text_printf(s.ctx, "dir=%s%s", s.r.dir, place[i])),
                         "USAGE", "%s: %s", place[i], json(&s));
    }
    must(&s, NULL, "backup", text_printf(s.ctx, "dir=%s/backup", s.r.dir));
    siege_end(&s);
}

/* Values that only the named keeper reads, by the ways around the form. */
Test(attack, hidden_values)
{
    struct siege s;
    uint64_t id;

    siege_begin(&s);
    id = add(&s, "clerk", CHILD_A "|v:village=" VILLAGE_A "|v:child_kinds=10|v:sex=2");
    must(&s, "keeper", "rec.set",
         text_printf(s.ctx, "type=child|confirm_all=!|id=#%llu|v:child_kinds=10,31|v:hiv_status=2",
                     (unsigned long long)id));
    must(&s, "clerk", "rec.set",
         text_printf(s.ctx, "type=child|confirm_all=!|id=#%llu|v:child_kinds=10,32",
                     (unsigned long long)id));
    /* the conflict tells what was, as the asker sees it */
    cr_expect_str_eq(
        ask(&s, "clerk", "rec.set",
            text_printf(s.ctx, "type=child|confirm_all=!|version=#2|id=#%llu|v:child_kinds=10",
                        (unsigned long long)id)),
        "CONFLICT", "%s", json(&s));
    cr_expect(strstr(json(&s), "\"was\":\"10\"") != NULL, "%s", json(&s));
    cr_expect(!strstr(json(&s), "10,31"), "%s", json(&s));
    /* duplicates are not sought by what the asker does not read */
    cr_expect_str_eq(ask(&s, "health", "child.same", "v:id_no=320681201603124026"), "DENIED");
    cr_expect(!strstr(json(&s), "王小雨"), "%s", json(&s));
    cr_expect_str_eq(ask(&s, "dir_a", "child.same", "v:id_no=320681201603124026"), "OK");
    cr_expect(strstr(json(&s), "王小雨") != NULL, "%s", json(&s));
    siege_end(&s);
}

static void must_not(struct siege *s, const char *user, const char *op, const char *pairs,
                     const char *code)
{
    cr_expect_str_eq(ask(s, user, op, pairs), "RULE", "%s %s: %s", user, pairs, json(s));
    cr_expect(strstr(json(s), code) != NULL, "%s %s: %s", user, pairs, json(s));
}

static const char *of(struct siege *s, const char *type, uint64_t id, const char *more)
{
    return text_printf(s->ctx, "type=%s|confirm_all=!|id=#%llu|%s", type, (unsigned long long)id,
                       more);
}

static const char *state_of(struct siege *s, const char *type, uint64_t id)
{
    must(s, "clerk", "rec.get", of(s, type, id, ""));
    return node_text_or(node_get(got(s), "v"), "state", "");
}

/* A task of the township's is closed by the township; what it wrote stays as it wrote it. */
Test(attack, tasks_closed_by_their_doer)
{
    struct siege s;
    uint64_t id;

    siege_begin(&s);
    id = add(&s, "sup", "type=task|v:kind=1|v:what=回访|v:due=2030-01-01|v:village=" VILLAGE_A);
    must(&s, "dir_a", "rec.set", of(&s, "task", id, "v:answer=去过了"));
    cr_expect_str_eq(state_of(&s, "task", id), "2");
    must_not(&s, "dir_a", "rec.set", of(&s, "task", id, "v:check_note=很好"), "denied");
    must(&s, "sup", "rec.set", of(&s, "task", id, "v:check=2|v:check_note=哪天去的"));
    must_not(&s, "dir_a", "rec.set", of(&s, "task", id, "v:check=-|v:check_note=-"), "denied");
    must(&s, "dir_a", "rec.set", of(&s, "task", id, "v:answer=11月1日去过"));
    must(&s, "sup", "rec.set", of(&s, "task", id, "v:check=1"));
    cr_expect_str_eq(state_of(&s, "task", id), "3");
    must_not(&s, "dir_a", "rec.set", of(&s, "task", id, "v:answer=-|v:done_on=-"), "closed");
    siege_end(&s);
}

/* What its writer fills in beforehand must not shut the door to who has to act on it later. */
Test(attack, doors_shut_beforehand)
{
    struct siege s;
    uint64_t id, report;

    siege_begin(&s);
    id = add(&s, "clerk", CHILD_A "|v:village=" VILLAGE_A);
    report = add(&s, "dir_a",
                 "type=urgent_report|confirm_all=!|v:found_on=2020-01-01 08:00|v:triggers=1"
                 "|v:child_look=男孩|v:facts=一个人在路上|v:received=0");
    must(&s, "sup", "rec.set", of(&s, "urgent_report", report, "v:received=1"));
    must_not(&s, "dir_a", "rec.add",
             text_printf(s.ctx, "type=visit|confirm_all=!|v:seen=1|v:child=%llu|v:void_reason=x",
                         (unsigned long long)id),
             "void");
    /* the result of a spot check is the township's, and makes work for the village */
    must_not(&s, "dir_a", "rec.add",
             text_printf(s.ctx, "type=addition|v:urgent_report=%llu|v:kind=1|v:text=x|v:result=3",
                         (unsigned long long)report),
             "denied");
    siege_end(&s);
}

/* More records by one change: as many as a house has children, not as a message holds. */
Test(attack, flood_of_records)
{
    struct siege s;
    struct node *b, *also;
    uint64_t id;

    siege_begin(&s);
    id = add(&s, "clerk", CHILD_A "|v:village=" VILLAGE_A);
    b = body(&s, text_printf(s.ctx, "type=contact|v:child=%llu|v:with=1|v:channel=1",
                             (unsigned long long)id));
    also = node_add_list(b, "also");
    for (int i = 0; i < 300; i++)
        node_copy(also, NULL, node_get(b, "v"));
    cr_expect_str_eq(send_as(&s, "dir_a", "rec.add", b), "USAGE", "%s", json(&s));
    siege_end(&s);
}

/* A new agreement knows what the child's file knows: of a child of one's own only. */
Test(attack, agreement_of_another_child)
{
    struct siege s;
    uint64_t id;

    siege_begin(&s);
    id = add(&s, "clerk",
             CHILD_A
             "|v:village=" VILLAGE_A
             "|v:caregiver.name=赵奶奶|v:caregiver.phone=13900000001|v:caregiver_relation=63");
    cr_expect_str_neq(
        ask(&s, "dir_b", "rec.check",
            text_printf(s.ctx, "type=agreement|v:child=%llu|v:caregiver.phone=13811112222",
                        (unsigned long long)id)),
        "", "%s", json(&s));
    cr_expect(!strstr(json(&s), "赵") && !strstr(json(&s), "王小雨") && !strstr(json(&s), "139"),
              "%s", json(&s));
    const char *there = talloc_strdup(s.ctx, json(&s));
    ask(&s, "dir_b", "rec.check", "type=agreement|v:child=98765|v:caregiver.phone=13811112222");
    cr_expect_str_eq(strchr(json(&s), '{') + 10, strchr(there, '{') + 10);
    siege_end(&s);
}
