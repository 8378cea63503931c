/*
 * A county for the screens: a real hutongd in a directory of its own, a township with two villages,
 * a few people with posts, and children. Village A has CHILDREN registered ones; two changes of the
 * director wait for the township.
 */
#ifndef TESTS_SCREEN_COUNTY_H
#define TESTS_SCREEN_COUNTY_H

#include "screen/harness.h"
#include "server/run.h"
#include "wire/client.h"

enum { COUNTY_CHILDREN = 40 };

#define COUNTY_TOWN "320681100000"
#define VILLAGE_A   "320681100001" /* director gao */
#define VILLAGE_B   "320681100002"

struct county_run {
    struct run run;
    void *ctx;
    const char *env[8];
    const char *today; /* of screens and requests; NULL: 2026-11-22 */
};

void county_start(struct county_run *);
void county_stop(struct county_run *);
/* hutong as a user ("gao" director, "sun" supervisor, "xu" county clerk, "an" security administrator)
 * at its first screen. */
struct harness *county_screen(struct county_run *, const char *user, const struct harness_opts *);
/* One request as a user; asserts that it went well. */
struct node *county_call(struct county_run *, const char *user, enum wire_op, struct node *body);

#endif
