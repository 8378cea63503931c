/*
 * Requests changed by chance: bodies of tests/fuzz/corpus/requests.txt with values of other kinds, of
 * other requests and from the far ends, sent by people of every role, each with a session in Chinese and
 * one in English. Whatever comes is answered with a word and a sentence, in the language of the session,
 * and what is stored stays whole. HUTONG_FUZZ=N tries N requests, HUTONG_FUZZ_SEED=N others.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "server/wire_county.h"

#define TRIES   (SANITIZED ? 800 : 3000)
#define LINES   200
#define DEPTH   3
#define REST_OF 16 /* in so many of them, one part is changed */

static const struct {
    const char *login, *role, *area;
} people[] = {{"dir", "director", V1},
              {"dir2", "director", V2},
              {"head", "village_head", V1},
              {"sup", "supervisor", TOWN1},
              {"clerk", "county_clerk", COUNTY},
              {"leader", "county_leader", COUNTY},
              {"centre", "protect_centre", COUNTY},
              {"keeper", "named_keeper", COUNTY},
              {"edu", "education", ""},
              {"health", "health", TOWN1},
              {"sec", "security_admin", ""},
              {"aud", "audit_admin", ""}};
static const char *const langs[] = {"zh", "en"};

struct line {
    size_t who;
    char *op, *body;
};

struct fuzz {
    struct wire_county c;
    int fd[NELEM(people)][NELEM(langs)];
    uint64_t random;
    struct line line[LINES];
    size_t n;
    void *ctx; /* of one request */
};

static uint64_t chance(struct fuzz *f, uint64_t of)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random % of;
}

/* --- bodies --- */

static const char *const texts[] = {"",
                                    "0",
                                    "1",
                                    "-1",
                                    "2",
                                    "7",
                                    "99",
                                    "999999999999999999999999",
                                    "2026-02-30",
                                    "9999-12-31",
                                    "0000-00-00",
                                    "2026-11-22 25:61",
                                    "2026-13",
                                    "2026Q9",
                                    "+1y",
                                    "t-1",
                                    "王",
                                    "王小雨",
                                    "欧阳·买买提",
                                    "\x01\x02\x1b[2J",
                                    ("\xe2\x80\xae"
                                     "x"),
                                    "１２３",
                                    "1,2,3",
                                    "1,,",
                                    ",",
                                    "(",
                                    "name =",
                                    "name is not empty",
                                    "child.name = '王'",
                                    "reporter is not empty",
                                    "%n%s%p",
                                    "'",
                                    "\"",
                                    "..",
                                    "/etc/passwd",
                                    "?1:拒绝提供",
                                    "?",
                                    "child/1",
                                    "320681000000",
                                    "320681100000",
                                    "320681100201",
                                    "320684100201",
                                    "000000000000",
                                    "99",
                                    "child",
                                    "visit",
                                    "sweep_item",
                                    "user",
                                    "change",
                                    "no_such",
                                    "t1",
                                    "id",
                                    "version",
                                    "state",
                                    "child.state",
                                    "father.id_no",
                                    "320681201603124026",
                                    "13812345678",
                                    "\xf0\xac\xb1\x96",
                                    "a b c d e f g h i j"};
static const int64_t numbers[] = {
    -1, 0, 1, 2, 3, 4, 200, 999, 1 << 20, INT64_C(1) << 33, INT64_MAX, INT64_MIN};

static struct node *part_of(struct fuzz *f, struct node *to, const char *key);

static const char *some_text(struct fuzz *f)
{
    const char *text = texts[chance(f, NELEM(texts))];
    char *out;

    if (chance(f, 12) || !*text)
        return text;
    out = talloc_strdup(f->ctx, "");
    for (uint64_t n = chance(f, 400); n > 0; n--)
        out = talloc_strdup_append_buffer(out, text);
    return out;
}

/* A value of any kind under key (NULL in a list). */
static void some_value(struct fuzz *f, struct node *to, const char *key, int depth)
{
    struct node *sub;

    switch (chance(f, depth < DEPTH ? 8 : 5)) {
    case 0:
        node_int(to, key, numbers[chance(f, NELEM(numbers))]);
        break;
    case 1:
        node_bool(to, key, chance(f, 2));
        break;
    case 2:
        node_str(to, key, NULL);
        break;
    case 5:
        sub = node_add_list(to, key);
        for (uint64_t n = chance(f, 30); n > 0; n--)
            some_value(f, sub, NULL, depth + 1);
        break;
    case 6:
        sub = node_add_map(to, key);
        for (uint64_t n = chance(f, 6); n > 0; n--)
            part_of(f, sub, NULL);
        break;
    default:
        node_str(to, key, some_text(f));
    }
}

/* A part of another request, or only its name with another value. */
static struct node *part_of(struct fuzz *f, struct node *to, const char *key)
{
    const struct line *line = &f->line[chance(f, f->n)];
    const struct node *other = county_body(f->ctx, "%s", line->body), *in = node_get(other, "v");
    const struct node *n = node_first(in && chance(f, 3) ? in : other);

    for (uint64_t k = chance(f, 6); n && n->next && k > 0; k--)
        n = n->next;
    if (!n)
        return to;
    if (chance(f, 2))
        node_copy(to, key ? key : n->key, n);
    else
        some_value(f, to, key ? key : n->key, 1);
    return to;
}

static void changed(struct fuzz *f, struct node *to, const struct node *from, int depth)
{
    for (const struct node *n = node_first(from); n; n = n->next) {
        const char *key = from->type == NODE_MAP ? n->key : NULL;

        switch (chance(f, REST_OF)) {
        case 0:
            break;
        case 1:
            some_value(f, to, key, depth);
            break;
        case 2:
            part_of(f, to, from->type == NODE_MAP ? key : "x");
            break;
        default:
            if ((n->type == NODE_MAP || n->type == NODE_LIST) && depth < DEPTH)
                changed(f, n->type == NODE_MAP ? node_add_map(to, key) : node_add_list(to, key), n,
                        depth + 1);
            else
                node_copy(to, key, n);
        }
    }
    while (from->type == NODE_MAP && !chance(f, 4))
        part_of(f, to, NULL);
}

/* --- answers --- */

static void hello(struct fuzz *f, size_t who, size_t lang)
{
    struct node *b = run_hello_body(&f->c.run, f->ctx);

    node_str(b, "as", people[who].login);
    node_str(b, "today", TODAY);
    node_str(b, "lang", langs[lang]);
    f->fd[who][lang] = run_dial(&f->c.run);
    const char *err = run_call(&f->c.run, f->ctx, f->fd[who][lang], "hello", b, NULL);
    cr_assert_str_eq(err, "OK", "%s again: %s", people[who].login, err);
}

static bool has_han(const char *s)
{
    while (*s) {
        uint32_t cp = text_next(&s);

        if (cp >= 0x4E00 && cp < 0xA000)
            return true;
    }
    return false;
}

/* Is it one of the words, each between blanks? */
static bool word_is(void *ctx, const char *err, const char *words)
{
    return strstr(words, text_printf(ctx, " %s ", err)) != NULL;
}

struct said {
    const char *err, *text, *raw;
};

static struct said send(struct fuzz *f, size_t who, size_t lang, const char *op, struct node *body)
{
    struct node *answer = NULL;
    char *bytes;
    size_t len;

    node_encode(f->ctx, body, &bytes, &len);
    if (len > WIRE_MAX - 200) /* no message */
        return (struct said){"PROTOCOL", "", ""};
    run_drain(&f->c.run);
    struct said s = {.err = run_call(&f->c.run, f->ctx, f->fd[who][lang], op, body, &answer)};

    s.text = node_text_or(answer, "text", "");
    s.raw = answer ? node_json(f->ctx, answer) : "";
    cr_assert(word_is(f->ctx, s.err,
                      " OK USAGE NOTFOUND DENIED RULE CONFLICT PROTOCOL LIMIT TOOBIG EXISTS "
                      "CANCELLED BUSY FORMAT VERSION "),
              "%s %.900s: %s %.300s", op, node_json(f->ctx, body), s.err, s.raw);
    cr_expect(strcmp(s.err, "OK") == 0 || *s.text, "%s: no sentence for %s", op, s.err);
    cr_expect(text_valid(s.raw, strlen(s.raw)), "%s", op);
    if (strcmp(s.err, "PROTOCOL") == 0) { /* such a client is dropped */
        close(f->fd[who][lang]);
        hello(f, who, lang);
    } else if (strcmp(s.err, "OK") != 0 && lang == 0) {
        cr_expect(has_han(s.text), "%s: %s", op, s.text);
    }
    return s;
}

/* What is refused in one language is refused in the other, with another sentence. */
static void both_languages(struct fuzz *f, size_t who, const char *op, struct node *body,
                           const struct said *zh)
{
    struct said en = send(f, who, 1, op, body);

    cr_expect_str_eq(en.err, zh->err, "%s %.600s", op, node_json(f->ctx, body));
    cr_expect(strcmp(en.err, zh->err) != 0 || strcmp(en.text, zh->text) != 0, "%s in English: %s",
              op, en.text);
}

static void try_one(struct fuzz *f)
{
    const struct line *line = &f->line[chance(f, f->n)];
    size_t who = chance(f, 8) ? line->who : chance(f, NELEM(people));
    const char *op = chance(f, 40) ? line->op : f->line[chance(f, f->n)].op;
    struct node *from = county_body(f->ctx, "%s", line->body), *body = node_map(f->ctx);
    bool reads = wire_ops[wire_op_find(op)].kind == WIRE_READ;

    changed(f, body, from, 0);
    if (!reads && (strcmp(op, "sweep.close") == 0 || !chance(f, 2))) /* others go on in it */
        node_bool(body, "dry", true);
    struct said s = send(f, who, 0, op, body);
    if (strcmp(s.err, "OK") != 0 && strcmp(s.err, "PROTOCOL") != 0 &&
        (reads || node_flag(body, "dry")))
        both_languages(f, who, op, body, &s);
}

/* --- the county --- */

static void read_lines(struct fuzz *f)
{
    char *text, *save = NULL;
    size_t len;

    cr_assert_eq(
        io_read_file(f->c.ctx, SRCDIR "/tests/fuzz/corpus/requests.txt", 1 << 20, &text, &len), 0);
    for (char *s = strtok_r(text, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
        struct line *line = &f->line[f->n];
        char *in = NULL, *who = *s == '#' ? NULL : strtok_r(s, " ", &in);

        if (!who)
            continue;
        line->op = strtok_r(NULL, " ", &in);
        line->body = in;
        while (line->who < NELEM(people) && strcmp(people[line->who].login, who) != 0)
            line->who++;
        cr_assert(line->who < NELEM(people) && wire_op_find(line->op) < OP_COUNT, "%s %s", who,
                  line->op);
        cr_assert_lt(++f->n, LINES);
    }
}

static void county(struct fuzz *f)
{
    struct wire_county *c = &f->c;

    county_make(c, NULL);
    int64_t school =
        node_num(county_do(c, c->boss, "rec.add",
                           county_body(c->ctx, "type=school|v.name=汇龙小学|v.kind=2")),
                 "id", 0);
    for (size_t i = 0; i < NELEM(people); i++)
        county_user(c, people[i].login, people[i].role, people[i].area,
                    strcmp(people[i].login, "edu") == 0 ? school : 0);
    county_child(c, "王小雨", V1, "v.birth_date=2016-03-12|v.father.name=王强|v.school=1");
    county_child(c, "王小风", V1, "v.birth_date=2014-03-12|v.father.name=王强");
    county_child(c, "李明", V2, "v.birth_date=2012-01-01");
    county_child(c, "赵云", V3, "v.birth_date=2015-05-01");
    read_lines(f);
    for (size_t i = 0; i < NELEM(people); i++)
        for (size_t k = 0; k < NELEM(langs); k++)
            hello(f, i, k);
}

static uint64_t number_of(const char *name, uint64_t dflt)
{
    const char *s = getenv(name);

    return s && *s ? strtoull(s, NULL, 10) : dflt;
}

Test(requests, by_chance, .timeout = 100000)
{
    struct fuzz f = {.random = number_of("HUTONG_FUZZ_SEED", 20260802)};
    uint64_t tries = number_of("HUTONG_FUZZ", TRIES);

    f.ctx = talloc_new(NULL);
    cr_log_info("seed %llu", (unsigned long long)f.random);
    county(&f);
    for (size_t i = 0; i < f.n;
         i++) { /* as they stand first, so that there is something to change */
        void *ctx = f.ctx;
        f.ctx = talloc_new(NULL);
        send(&f, f.line[i].who, 0, f.line[i].op, county_body(f.ctx, "%s", f.line[i].body));
        talloc_free(f.ctx);
        f.ctx = ctx;
    }
    for (uint64_t i = 0; i < tries; i++) {
        try_one(&f);
        talloc_free_children(f.ctx);
    }
    cr_expect_eq(county_ctl(&f.c, NULL, "verify"), 0, "%s", f.c.text);
    for (size_t i = 0; i < NELEM(people); i++)
        for (size_t k = 0; k < NELEM(langs); k++)
            close(f.fd[i][k]);
    county_drop(&f.c); /* the server still runs, and ends by itself with 0 */
    talloc_free(f.ctx);
}
