/*
 * A year of monthly visits: 100,000 children, twelve months, some 1.2 million visits, month after month,
 * each leaving in the file of its child what visits leave there, and the tasks that some of them opened.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "work/duty.h"

#define MONTHS 12
#define BATCH  100 /* children of one transaction */

struct year {
    struct home *h;
    uint64_t from, to;
    struct date first; /* of the month */
    int days;          /* of it that are over */
};

static uint64_t mixed(uint64_t child, struct date month)
{
    uint64_t x = (child * 12 + (uint64_t)month.m + 1) * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ x >> 32;
}

/* A follow-up of a visit: the old ones are done, of this month's half. */
static void task_put(struct txn *t, void *ctx, const struct year *y, const struct store_who *who,
                     const char *child, const char *village, const char *director, bool done)
{
    char due[11], on[11];
    struct pair v[] = {{"kind", "6"},
                       {"child", child},
                       {"village", village},
                       {"what", "和学校老师谈一次作业的事"},
                       {"assignee", director},
                       {"due", date_format(date_add_days(who->today, 10), due)},
                       {"state", done ? "3" : "1"},
                       {"opened_by", director},
                       {"done_on", date_format(date_add_days(who->today, 5), on)}};

    home_put(t, ctx, who, dict_form(y->h->dict, "task"), v, NELEM(v) - !done);
}

/* What the visit leaves in the file (duty_recount). */
static void child_visited(struct txn *t, void *ctx, const struct year *y,
                          const struct store_who *who, struct rec *old, const char *on)
{
    struct rec *rec = rec_copy(ctx, old);
    char contact[11];

    rec_set(rec, "visit_last", on);
    rec_set(rec, "visit_duty", on);
    rec_set(rec, "parent_contact", date_format(date_add_days(who->today, -7), contact));
    duty_set(&y->h->county->conf, who->today, rec);
    if (txn_put(t, who, old, rec, NULL, NULL))
        die("cannot put child %llu", (unsigned long long)old->id);
}

static void visit_put(struct txn *t, const struct year *y, uint64_t id, uint64_t r)
{
    void *ctx = talloc_new(NULL);
    struct rec *child;
    struct date day = y->first;
    struct store_who who = {"bench", 1, "bench", "rec.add", NULL, "form", {0}};
    char on[11], key[24];
    const char *director;

    day.d += (int)(r >> 8) % y->days;
    who.today = day;
    if (txn_get(t, ctx, dict_form(y->h->dict, "child"), id, &child))
        die("no child %llu", (unsigned long long)id);
    director = talloc_strdup(ctx, rec_get(child, "director"));
    who.user_id = strtoull(director, NULL, 10);
    snprintf(key, sizeof key, "%llu", (unsigned long long)id);
    date_format(day, on);
    struct pair v[] = {
        {"child", key},
        {"kind", "1"},
        {"visited_on", on},
        {"way", "1"},
        {"visitor", director},
        {"seen", "1"},
        {"live_with", "4"},
        {"living", "1"},
        {"guard", "1"},
        {"mind", "1"},
        {"study", "1"},
        {"safety", "1"},
        {"contact", "1"},
        {"planned", "1"},
        {"state", "1"},
        {"counted", "1"},
        {"abnormal", "0"},
        {"typist", director},
        {"typed_on", on},
        {"service_note", "孩子在家写作业，奶奶说这个月爸爸来过两次电话，房前的水沟已经盖好。"}};

    home_put(t, ctx, &who, dict_form(y->h->dict, "visit"), v, NELEM(v));
    child_visited(t, ctx, y, &who, child, on);
    if (r % 100 < 2)
        task_put(t, ctx, y, &who, key, rec_get(child, "village"), director,
                 !(y->first.y == 2026 && y->first.m == 11 && r % 2));
    talloc_free(ctx);
}

/* In a month that is not over not everybody was visited; in the others nearly all were. */
static int visits_some(struct txn *t, void *arg)
{
    const struct year *y = arg;

    for (uint64_t id = y->from; id < y->to; id++) {
        uint64_t r = mixed(id, y->first);

        if (r % 1000 < (y->days < 28 ? 650u : 970u))
            visit_put(t, y, id, r >> 10);
    }
    return 0;
}

void home_year(struct home *h, uint64_t children)
{
    double begun = now_s();

    for (int m = MONTHS - 1; m >= 0; m--) {
        struct year y = {.h = h, .first = date_add_months((struct date){2026, 11, 1}, -m)};

        y.days = m ? 28 : 21;
        for (y.from = 1; y.from <= children; y.from += BATCH) {
            y.to = y.from + BATCH <= children + 1 ? y.from + BATCH : children + 1;
            int err = store_write(h->store, h->ctx, NULL, visits_some, &y, NULL);
            if (err)
                die("cannot visit: %s", err_text(err));
        }
        fprintf(stderr, "bench: visits of %d months, %.0f s\n", MONTHS - m, now_s() - begun);
    }
}
