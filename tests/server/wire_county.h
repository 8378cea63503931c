/*
 * A small county on a private server for tests that ask as many different people: divisions, one user
 * a role, and a short way to write requests. Business date 2026-11-22.
 *
 *   启东市 320681   汇龙镇 100: V1 100201, V2 100202    南阳镇 101: V3 101201
 *   海门区 320684   镇 100: V9 100201                   (a neighbour, to be outside of county posts)
 */
#ifndef HUTONG_TEST_WIRE_COUNTY_H
#define HUTONG_TEST_WIRE_COUNTY_H

#include "server/run.h"

#define TODAY  "2026-11-22"
#define COUNTY "320681000000"
#define TOWN1  "320681100000"
#define TOWN2  "320681101000"
#define V1     "320681100201"
#define V2     "320681100202"
#define V3     "320681101201"
#define V9     "320684100201"

/* Sanitizers make the server ten times slower: there big tests take a smaller share. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

struct wire_county {
    struct run run;
    void *ctx;
    int boss;         /* the connection of the one who has every role */
    const char *text; /* sentence of the last answer */
    const char *raw;  /* last answer as JSON */
};

#define COUNTY_CONF                                                                                \
    "private = { allow_combined_roles = true; allow_act_as = true; allow_today = true; };\n"       \
    "limits = { sessions = 2000; sessions_per_user = 1000; requests_per_second = 1000000; };\n"

/* A server with divisions and nobody but the boss. forms NULL: the shipped dictionary. */
void county_make(struct wire_county *, const char *forms);
void county_drop(struct wire_county *);
void county_divisions(struct wire_county *);
/* A user with one post; school 0: none. */
void county_user(struct wire_county *, const char *login, const char *role, const char *division,
                 int64_t school);
int county_hello(struct wire_county *, const char *user); /* NULL: the boss */

/*
 * A body from text: parts between '|'. "name=text", "#name=number", "?name" true, "v.name=text" into the
 * map v, "v.name=" nil there, "d.name=text" into the map draft, "*name=a,b" a list of texts, "@name=1,2" a list of numbers. %-formatted.
 */
struct node *county_body(void *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Asks; the error's word. The answer's body in *out (may be NULL). */
const char *county_ask(struct wire_county *, int fd, const char *op, struct node *body,
                       const struct node **out);
/* Asks what must succeed. */
const struct node *county_do(struct wire_county *, int fd, const char *op, struct node *body);
/* A citizen ID number for tests: area of the county, this birth date, serial (odd: male). */
const char *county_idno(void *ctx, const char *birth, int serial);
/* A child in force, made by the boss; more is more of its values, as in county_body, or "". */
int64_t county_child(struct wire_county *, const char *name, const char *village, const char *more);

/*
 * Runs hutongctl with these arguments (a shell's words, %-formatted) as user (NULL: the boss) in the
 * server's directory. Its exit code; what it said on stdout and stderr together in c->text.
 */
int county_ctl(struct wire_county *, const char *user, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
char *county_file(struct wire_county *, const char *name); /* a file of that directory as text */

#endif
