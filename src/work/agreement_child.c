/*
 * What a child's file says of its agreements: agr_state and agr_until, so that lists and tables count
 * them by an index. And what ends by itself: the last day passed, or the child is eighteen
 * (decision 3).
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "form/type.h"
#include "work/agreement.h"

int agreement_list(struct txn *txn, void *ctx, const struct county *county, uint64_t child,
                   struct rec ***out, size_t *n)
{
    *out = NULL;
    *n = 0;
    return child && child < FAMILY_TEMP
               ? linked_all(txn, ctx, dict_form(county->dict, "agreement"), "child", child, out, n)
               : 0;
}

char agreement_state(const struct rec *rec)
{
    const char *state = rec_get(rec, "state");

    return state ? *state : AGR_DRAFT;
}

bool agreement_running(const struct rec *rec)
{
    char state = agreement_state(rec);

    return state == AGR_IN_FORCE || state == AGR_MAKE_UP;
}

bool agreement_day(const struct rec *rec, const char *field, struct date *d)
{
    const char *v = rec_get(rec, field);

    return v && !date_parse(v, d);
}

bool agreement_until(const struct rec *rec, struct date *d)
{
    return agreement_day(rec, "ended_on", d) || agreement_day(rec, "end", d);
}

void agreement_set_day(struct rec *rec, const char *field, struct date d)
{
    char text[11];

    rec_set(rec, field, date_format(d, text));
}

bool agreement_limit(const struct rec *child, struct date *d)
{
    struct date birth;

    if (!agreement_day(child, "birth_date", &birth))
        return false;
    *d = date_add_days(date_birthday(birth, 18), -1);
    return true;
}

/* --- the standing --- */

/*
 * Does a registered child need one? A left-behind child (符合) does. At sixteen it leaves the statistics
 * but stays a minor with parents away (decision 3): it still does, unless the county says otherwise.
 */
static bool needs(const struct county *county, struct date today, const struct rec *child)
{
    const char *state = rec_get(child, "state"), *kinds = rec_get(child, "child_kinds");
    struct date birth;

    if (!state || *state != '3')
        return false;
    if (rec_same(rec_get(child, "lbc_result"), "1"))
        return true;
    if (county->conf.no_agreement_16 || !kinds || !type_codes_has(kinds, "10") ||
        !agreement_day(child, "birth_date", &birth))
        return false;
    return date_age(birth, today) >= 16 && date_age(birth, today) < 18;
}

struct standing {
    struct rec **rec;
    size_t n;
    struct date today;
    bool running, make_up, pending, expired;
    struct date until, last; /* of what runs, of what expired */
};

static void stand_one(struct standing *s, const struct rec *rec)
{
    char state = agreement_state(rec);
    struct date start, until;

    s->pending |= state == AGR_DRAFT || state == AGR_TO_SIGN;
    if ((!agreement_running(rec) && state != AGR_EXPIRED) || !agreement_until(rec, &until) ||
        !agreement_day(rec, "start", &start))
        return;
    if (state == AGR_EXPIRED || date_cmp(until, s->today) < 0) {
        if (!s->expired || date_cmp(until, s->last) > 0)
            s->last = until;
        s->expired = true;
    } else if (date_cmp(start, s->today) > 0) {
        s->pending = true;
    } else if (!s->running || date_cmp(until, s->until) > 0) {
        s->running = true;
        s->make_up = state == AGR_MAKE_UP;
        s->until = until;
    }
}

/* A signed one that begins when the running one ends goes on with it. */
static void stand_chain(struct standing *s)
{
    bool longer = s->running;

    while (longer) {
        longer = false;
        for (size_t i = 0; i < s->n; i++) {
            struct date start, until;

            if (!agreement_running(s->rec[i]) || !agreement_day(s->rec[i], "start", &start) ||
                !agreement_until(s->rec[i], &until) || date_cmp(until, s->until) <= 0 ||
                date_cmp(start, date_add_days(s->until, 1)) > 0)
                continue;
            s->until = until;
            longer = true;
        }
    }
}

static char stand_code(const struct standing *s, bool need)
{
    if (s->running)
        return s->make_up ? '4' : '3';
    if (s->pending)
        return '2';
    if (need)
        return s->expired ? '5' : '1';
    return '0';
}

int agreement_standing(struct txn *txn, const struct county *county, struct date today,
                       struct rec *child)
{
    void *tmp = talloc_new(child);
    struct standing s = {.today = today};
    const char *state = rec_get(child, "state");
    char code[2] = "0";
    int err = agreement_list(txn, tmp, county, child->id, &s.rec, &s.n);

    for (size_t i = 0; i < s.n && !err; i++)
        stand_one(&s, s.rec[i]);
    stand_chain(&s);
    if (state && strchr("123", *state))
        code[0] = stand_code(&s, needs(county, today, child));
    rec_set(child, "agr_state", code);
    rec_set(child, "agr_until", NULL);
    if (*code == '3' || *code == '4')
        agreement_set_day(child, "agr_until", s.until);
    else if (*code == '5')
        agreement_set_day(child, "agr_until", s.last);
    talloc_free(tmp);
    return err;
}

int agreement_clash(struct txn *txn, void *ctx, const struct county *county, uint64_t a, uint64_t b,
                    bool *clash)
{
    const uint64_t child[] = {a, b};
    size_t running = 0;

    for (size_t c = 0; c < NELEM(child); c++) {
        struct rec **list;
        size_t n, i = 0;
        int err = agreement_list(txn, ctx, county, child[c], &list, &n);

        if (err)
            return err;
        while (i < n && !agreement_running(list[i]))
            i++;
        running += i < n;
    }
    *clash = running == NELEM(child);
    return 0;
}

/* --- days --- */

/* Cut short by the one after it: 变更; by the child's age: 到期 with its reason; else its last day. */
static void outlived(struct rec *rec, struct date until, bool grown)
{
    bool cut = rec_get(rec, "ended_on") != NULL;

    rec_set(rec, "state", cut && !grown ? "5" : "7");
    agreement_set_day(rec, "ended_on", until);
    if (!rec_get(rec, "end_reason"))
        rec_set(rec, "end_reason", grown ? "7" : "1");
}

int agreement_daily(struct txn *txn, void *ctx, const struct county *county,
                    const struct store_who *who, const struct rec *child)
{
    struct rec **list;
    struct date until, limit;
    size_t n;
    int err = agreement_list(txn, ctx, county, child->id, &list, &n);

    for (size_t i = 0; i < n && !err; i++) {
        bool grown = agreement_limit(child, &limit) && date_cmp(limit, who->today) < 0;
        struct rec *rec;

        if (!agreement_running(list[i]) || !agreement_until(list[i], &until))
            continue;
        grown = grown && date_cmp(limit, until) <= 0;
        if (!grown && date_cmp(until, who->today) >= 0)
            continue;
        rec = rec_copy(ctx, list[i]);
        outlived(rec, grown ? limit : until, grown && date_cmp(limit, until) < 0);
        err = txn_put(txn, who, list[i], rec, NULL, NULL);
    }
    return err;
}
