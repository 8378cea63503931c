/*
 * Many changes approved with one request (design.md 6: nothing holds the writer longer than 20 ms): it
 * is written in parts, its answer is that of one request, its number stays safe, and a server that ends
 * in the middle has done what its last part's answer says.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

#define MANY 60 /* more than two parts of 25 */

struct bench {
    struct wire_county c;
    struct node *yes; /* approve all, and one that is none */
    int dir, sup;
};

static void bench_make(struct bench *b)
{
    char *ids;
    county_make(&b->c, NULL);
    county_user(&b->c, "dir", "director", V1, 0);
    county_user(&b->c, "sup", "supervisor", TOWN1, 0);
    b->dir = county_hello(&b->c, "dir");
    b->sup = county_hello(&b->c, "sup");
    ids = talloc_strdup(b->c.ctx, "999999");
    for (int i = 0; i < MANY; i++) {
        const struct node *o =
            county_do(&b->c, b->dir, "rec.add",
                      county_body(b->c.ctx,
                                  "type=child|?confirm_all|v.name=王小雨|v.birth_date="
                                  "2016-03-%02d|v.village=" V1,
                                  1 + i % 28));
        ids = talloc_asprintf_append(ids, ",%lld", (long long)node_num(o, "change", 0));
    }
    b->yes = county_body(b->c.ctx, "?approve|@ids=%s", ids);
}

static void bench_drop(struct bench *b)
{
    close(b->dir);
    close(b->sup);
    county_drop(&b->c);
}

/* Changes that the township has passed on. */
static int64_t passed(struct bench *b)
{
    const struct node *o = county_do(&b->c, b->c.boss, "rec.count",
                                     county_body(b->c.ctx, "type=change|where=state = '2'"));
    return node_num(o, "total", -1);
}

static int64_t commits(struct bench *b)
{
    return node_num(county_do(&b->c, b->c.boss, "status", NULL), "commits", 0);
}

/* Answer of request number seq, asked on fd; NULL: it did not happen. */
static const struct node *outcome(struct bench *b, int fd, int64_t seq)
{
    const struct node *o = NULL;
    const char *err =
        county_ask(&b->c, fd, "outcome", county_body(b->c.ctx, "#seq=%lld", (long long)seq), &o);
    cr_assert(!strcmp(err, "OK") || !strcmp(err, "NOTFOUND"), "%s", b->c.raw);
    return strcmp(err, "OK") ? NULL : o;
}

Test(review_parts, whole)
{
    struct bench b;
    bench_make(&b);
    int64_t before = commits(&b);
    const struct node *o = county_do(&b.c, b.sup, "review.decide", b.yes);
    char *first = node_json(b.c.ctx, o);
    cr_assert_eq(node_num(o, "done", 0), MANY, "%s", first);
    cr_assert_eq(node_get(o, "skipped")->n, 1u, "%s", first);
    cr_assert_eq(node_num(node_first(node_get(o, "skipped")), "id", 0), 999999);
    cr_assert_geq(commits(&b) - before, 3);
    cr_assert_eq(passed(&b), MANY);
    /* the same number again, and what became of it: the same answer, nothing done twice */
    int64_t seq = b.c.run.seq - 2;
    while (!outcome(&b, b.sup, seq))
        seq--;
    cr_assert_str_eq(node_json(b.c.ctx, outcome(&b, b.sup, seq)), first);
    b.c.run.seq = seq - 1;
    o = county_do(&b.c, b.sup, "review.decide", b.yes);
    cr_assert_str_eq(node_json(b.c.ctx, o), first);
    /* another number: nothing waits any more */
    b.c.run.seq += 1000;
    o = county_do(&b.c, b.sup, "review.decide", b.yes);
    cr_assert_eq(node_num(o, "done", -1), 0, "%s", b.c.raw);
    cr_assert_eq(node_get(o, "skipped")->n, MANY + 1u);
    bench_drop(&b);
}

/* A dry run decides all and keeps nothing. */
Test(review_parts, dry)
{
    struct bench b;
    bench_make(&b);
    struct node *dry = node_copy(node_map(b.c.ctx), "body", b.yes);
    node_bool(dry, "dry", true);
    const struct node *o = county_do(&b.c, b.sup, "review.decide", dry);
    cr_assert_eq(node_num(o, "done", 0), MANY, "%s", b.c.raw);
    cr_assert_eq(passed(&b), 0);
    bench_drop(&b);
}

static void send_decide(struct bench *b, int64_t seq)
{
    struct node *n = node_map(b->c.ctx);
    node_int(n, "seq", seq);
    node_str(n, "op", "review.decide");
    node_copy(n, "body", b->yes);
    cr_assert_eq(wire_send(b->sup, n, 10000), 0);
}

static int hello_again(struct bench *b, const char *user, uint64_t nonce)
{
    struct node *h = run_hello_body(&b->c.run, b->c.ctx);
    int fd = run_dial(&b->c.run);
    node_str(h, "as", user);
    node_int(h, "nonce", (int64_t)nonce);
    county_do(&b->c, fd, "hello", h);
    return fd;
}

Test(review_parts, killed)
{
    struct bench b;
    bench_make(&b);
    uint64_t nonce = 4711;
    close(b.sup);
    b.sup = hello_again(&b, "sup", nonce);
    send_decide(&b, 5000);
    for (int i = 0; i < 1000 && passed(&b) <= 0; i++)
        ;
    kill(b.c.run.pid, SIGKILL);
    cr_assert_eq(run_wait(&b.c.run), 128 + SIGKILL);
    cr_assert_eq(run_start(&b.c.run, NULL), 0);
    close(b.sup);
    close(b.dir);
    close(b.c.boss);
    b.c.boss = county_hello(&b.c, NULL);
    b.dir = county_hello(&b.c, "dir");
    b.sup = hello_again(&b, "sup", nonce);
    const struct node *o = outcome(&b, b.sup, 5000);
    int64_t done = passed(&b);
    cr_assert_not_null(o, "a part had been seen");
    cr_assert_eq(node_num(o, "done", -1), done, "%s", b.c.raw);
    cr_assert_eq((int64_t)node_get(o, "skipped")->n, MANY + 1 - done);
    o = county_do(&b.c, b.sup, "review.decide", b.yes); /* the rest, as the answer says */
    cr_assert_eq(node_num(o, "done", -1), MANY - done, "%s", b.c.raw);
    cr_assert_eq(passed(&b), MANY);
    bench_drop(&b);
}
