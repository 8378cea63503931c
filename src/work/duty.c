/* When the next visit is due and why; what visits and contacts leave in the file. */
#include "work/duty.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"

/* Kinds of visit by which the village does its duty; a supervisor's, a teacher's do not replace it. */
static const char *const duty_kinds[] = {"1", "10", "11", "12", "13", "14"};

static bool is_in(const char *v, const char *const *list, size_t n)
{
    for (size_t i = 0; v && i < n; i++)
        if (!strcmp(v, list[i]))
            return true;
    return false;
}

static bool is(const struct rec *rec, const char *field, const char *value)
{
    return rec_same(rec_get(rec, field), value);
}

/* Spoken to only, not met in person: at most every second visit, and only of a green child. */
static bool from_afar(const struct rec *visit)
{
    const char *way = rec_get(visit, "way"), *seen = rec_get(visit, "seen");

    return (way && strchr("23", *way)) || (seen && strchr("23", *seen)) || is(visit, "kind", "10");
}

static bool effective(const struct rec *visit)
{
    const char *seen = rec_get(visit, "seen");

    return is(visit, "state", "1") && seen && strchr("123", *seen);
}

/* --- due by when --- */

static struct date month_end(struct date d, int later)
{
    d.d = 1;
    d = date_add_months(d, later);
    d.d = date_month_days(d.y, d.m);
    return d;
}

struct rhythm {
    int days, months; /* one of them */
    const char *label;
};

static struct rhythm rhythm_of(const struct county_conf *conf, const struct rec *child)
{
    const char *kinds = rec_get(child, "child_kinds"), *level = rec_get(child, "risk_level");

    if (level && *level == '1')
        return (struct rhythm){conf->visit_red_days, 0, N_("红色关注")};
    if (level && *level == '2')
        return (struct rhythm){conf->visit_yellow_days, 0, N_("黄色关注")};
    if (kinds && !type_codes_has(kinds, "10") && !type_codes_has(kinds, "90"))
        return (struct rhythm){0, conf->visit_other_months, N_("非留守儿童")};
    return (struct rhythm){0, 1, NULL};
}

static char *why_text(void *ctx, const struct rhythm *r, const char *last)
{
    char *often = r->days          ? text_printf(ctx, N_("%d天走访一次"), r->days)
                  : r->months == 1 ? talloc_strdup(ctx, N_("每月走访一次"))
                                   : text_printf(ctx, N_("%d个月走访一次"), r->months);

    return text_printf(ctx, "%s%s%s，%s%s", r->label ? r->label : "", r->label ? "，" : "", often,
                       last ? N_("上次") : N_("登记以后还没有走访"), last ? last : "");
}

void duty_set(const struct county_conf *conf, struct date today, struct rec *child)
{
    const char *state = rec_get(child, "state"), *last = rec_get(child, "visit_duty");
    const char *added = rec_get(child, "add_date");
    struct rhythm r = rhythm_of(conf, child);
    struct date from = today;
    char day[11], *why;

    if (!state || !strchr("13", *state)) {
        rec_set(child, "visit_next", NULL);
        rec_set(child, "visit_why", NULL);
        return;
    }
    if (last ? date_parse(last, &from) : added && date_parse(added, &from))
        from = today;
    from = r.days ? date_add_days(from, r.days) : month_end(from, last ? r.months : r.months - 1);
    rec_set(child, "visit_next", date_format(from, day));
    why = why_text(child, &r, last);
    rec_set(child, "visit_why", why);
    talloc_free(why);
}

/* --- visits of a child --- */

struct tally {
    char last[11], duty[11], contact[11];
    bool afar;          /* the newest that counted was from afar */
    const char *before; /* only visits before this day; NULL: all */
};

static void later(char out[11], const char *day)
{
    if (day && strlen(day) == 10 && strcmp(day, out) > 0)
        memcpy(out, day, 11);
}

/* The day on which the parents were surely in touch, at the latest known. */
static void visit_contact(const struct rec *visit, char out[11])
{
    const char *answer = rec_get(visit, "contact"), *on = rec_get(visit, "visited_on");
    struct date d;
    char day[11];

    later(out, rec_get(visit, "contact_last"));
    if (!answer || !on || date_parse(on, &d))
        return;
    if (*answer == '1')
        later(out, date_format(date_add_days(d, -7), day));
    else if (*answer == '2')
        later(out, date_format(date_add_months(d, -1), day));
    else if (*answer == '5')
        later(out, on);
}

static void tally_visit(struct tally *t, const struct rec *visit)
{
    const char *on = rec_get(visit, "visited_on");

    if (!is(visit, "state", "1") || !on)
        return;
    visit_contact(visit, t->contact);
    if (!effective(visit) || (t->before && strcmp(on, t->before) >= 0))
        return;
    later(t->last, on);
    if (!is(visit, "counted", "1") || strcmp(on, t->duty) < 0)
        return;
    later(t->duty, on);
    t->afar = from_afar(visit);
}

static void tally_contact(struct tally *t, const struct rec *contact)
{
    if (is(contact, "with_parent", "1"))
        later(t->contact, rec_get(contact, "on"));
}

static int tally_all(struct family *f, struct tally *t, const char *name, uint64_t child)
{
    const struct form *form = dict_form(f->county->dict, name);
    void *tmp = talloc_new(f);
    struct rec **rec;
    size_t n = 0;
    int err = form ? linked_all(f->txn, tmp, form, "child", child, &rec, &n) : 0;

    for (size_t i = 0; i < n && !err; i++)
        if (form_is(form, "visit"))
            tally_visit(t, rec[i]);
        else
            tally_contact(t, rec[i]);
    talloc_free(tmp);
    return err;
}

int duty_counts(struct family *f, const struct rec *child, const struct rec *visit, bool *yes)
{
    struct tally t = {.before = rec_get(visit, "visited_on")};
    int err;

    *yes = effective(visit) && is_in(rec_get(visit, "kind"), duty_kinds, NELEM(duty_kinds));
    if (!*yes || !from_afar(visit))
        return 0;
    *yes = is(child, "risk_level", "4");
    if (!*yes)
        return 0;
    if ((err = tally_all(f, &t, "visit", child->id)))
        return err;
    *yes = *t.duty && !t.afar;
    return 0;
}

/* --- into the file --- */

struct recount {
    const struct family *f;
    const struct tally *t;
};

static void set_child(struct rec *child, void *arg)
{
    const struct recount *r = arg;

    rec_set(child, "visit_last", r->t->last);
    rec_set(child, "visit_duty", r->t->duty);
    rec_set(child, "parent_contact", r->t->contact);
    duty_set(&r->f->county->conf, r->f->actor->today, child);
}

int duty_recount(struct family *f, uint64_t child)
{
    struct tally t = {0};
    struct recount r = {f, &t};
    int err = tally_all(f, &t, "visit", child);

    if (!err)
        err = tally_all(f, &t, "contact", child);
    return err ? err : follow_child(f, child, set_child, &r);
}
