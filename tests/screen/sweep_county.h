/* What the tests of sweep screens share: a county with an opened sweep, what they wait for and count. */
#ifndef TESTS_SCREEN_SWEEP_COUNTY_H
#define TESTS_SCREEN_SWEEP_COUNTY_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))
#define LOSES(h, text)                                                                             \
    cr_assert(harness_wait_gone(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))
#define LACKS(h, text)                                                                             \
    cr_assert(strstr(harness_text(h), text) == NULL, "%s:\n%s", text, harness_text(h))

static struct county_run county;

static inline bool sweep_jobs_done(const struct node *list)
{
    for (const struct node *e = node_first(node_get(list, "rows")); e; e = e->next)
        if (node_num(e, "state", 0) != 2)
            return false;
    return true;
}

static inline void sweep_wait_jobs(void)
{
    int asked = 0;
    while (!sweep_jobs_done(county_call(&county, "xu", OP_JOB_LIST, NULL)))
        cr_assert(++asked < 100000);
}

/* A summer sweep, drawn up by the county and opened: its list is frozen. */
static inline uint64_t open_sweep(void)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "sweep");
    node_bool(body, "confirm_all", true);
    node_str(v, "title", "冬前排查");
    node_str(v, "kind", "2");
    node_str(v, "start", "2026-11-20");
    node_str(v, "survey_due", "2026-11-22");
    node_str(v, "entry_due", "2026-11-22");
    node_str(v, "bulletin_due", "2026-11-22");
    uint64_t id = (uint64_t)node_num(county_call(&county, "xu", OP_REC_ADD, body), "id", 0);
    body = node_map(county.ctx);
    node_int(body, "id", (int64_t)id);
    county_call(&county, "xu", OP_SWEEP_OPEN, body);
    sweep_wait_jobs();
    return id;
}

static inline int64_t answered(const char *where)
{
    struct node *body = node_map(county.ctx);
    node_str(body, "type", "sweep_item");
    node_str(body, "where", where);
    return node_num(county_call(&county, "gao", OP_REC_COUNT, body), "total", -1);
}

#endif
