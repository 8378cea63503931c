/*
 * Visits that look like copies: the same words for another house, or two houses at the same time. What
 * counts is the time of the visit and the text; forty papers typed in one evening are forty visits
 * (decision 7).
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/visit.h"

#define AROUND_DAYS 62 /* visits of this many days before and after are compared */
#define FEW_CHARS   8  /* "都好" is no copy of "都好" */

static const char *const words[] = {"living_note",  "family_note",      "guard_note",
                                    "mind_note",    "guardian_opinion", "study_note",
                                    "service_note", "health_note",      "action"};

struct copies {
    struct family *f;
    const struct rec *child;
    const char *same;  /* field of the same words */
    const char *day;   /* of the other visit */
    const char *clash; /* name of the other child */
};

static bool same_ref(const struct rec *a, const struct rec *b, const char *field)
{
    return rec_ref(a, field) && rec_ref(a, field) == rec_ref(b, field);
}

/* Brothers and sisters are visited together. */
static bool one_house(const struct rec *a, const struct rec *b)
{
    return a->id == b->id || same_ref(a, b, "household") || same_ref(a, b, "father") ||
           same_ref(a, b, "mother") || same_ref(a, b, "caregiver");
}

static const char *same_words(const struct rec *a, const struct rec *b)
{
    for (size_t i = 0; i < NELEM(words); i++) {
        const char *text = rec_get(a, words[i]);

        if (text && text_chars(text) >= FEW_CHARS && rec_same(text, rec_get(b, words[i])))
            return words[i];
    }
    return NULL;
}

static bool at_once(const struct rec *a, const struct rec *b)
{
    const char *from = rec_get(a, "started"), *to = rec_get(a, "ended");
    const char *from2 = rec_get(b, "started"), *to2 = rec_get(b, "ended");

    return from && to && from2 && to2 && strcmp(from, to2) < 0 && strcmp(from2, to) < 0;
}

static int compare(struct copies *c, const struct rec *other)
{
    const struct rec *visit = c->f->rec;
    struct rec *child;
    int err;
    bool same_day = rec_same(rec_get(other, "visited_on"), rec_get(visit, "visited_on"));

    if (rec_ref(other, "visitor") != rec_ref(visit, "visitor") ||
        !rec_same(rec_get(other, "state"), "1"))
        return 0;
    err = txn_get(c->f->txn, c->f, c->child->form, rec_ref(other, "child"), &child);
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (same_day && one_house(child, c->child))
        return 0;
    if (!c->same && (c->same = same_words(visit, other)))
        c->day = rec_get(other, "visited_on");
    if (!c->clash && at_once(visit, other))
        c->clash = actor_sees(c->f->txn, c->f->county, c->f->actor, "child.read", child)
                       ? rec_title(c->f, child)
                       : _("别的孩子");
    return 0;
}

static int look_one(struct rec *other, void *arg)
{
    struct copies *c = arg;
    int err = compare(c, other);

    return err ? err : c->same && c->clash;
}

/* Without words and times there is nothing to compare. */
static bool says_anything(const struct rec *visit)
{
    bool any = rec_get(visit, "started") && rec_get(visit, "ended");

    for (size_t i = 0; i < NELEM(words) && !any; i++)
        any = rec_get(visit, words[i]) && text_chars(rec_get(visit, words[i])) >= FEW_CHARS;
    return any;
}

int visit_copy(struct family *f, const struct rec *child)
{
    struct copies c = {.f = f, .child = child};
    const char *areas[] = {rec_get(child, "village"), NULL}, *on = rec_get(f->rec, "visited_on");
    struct walk walk = {
        .form = f->rec->form, .field = form_field(f->rec->form, "visited_on"), .areas = areas};
    struct date d;
    char lo[11], hi[11];
    int err;

    if (!areas[0] || !on || date_parse(on, &d) || !says_anything(f->rec))
        return 0;
    walk.lo = date_format(date_add_days(d, -AROUND_DAYS), lo);
    walk.hi = date_format(date_add_days(d, AROUND_DAYS), hi);
    if ((err = txn_each(f->txn, f, &walk, look_one, &c)) < 0)
        return err;
    if (c.same)
        findings_add(f->s->findings, 'W', c.same, "same_words",
                     _("内容相同，请补充：这一段和 %s 的一次走访写的一样，写上这次看到的"), c.day);
    if (c.clash)
        findings_add(f->s->findings, 'W', "started", "same_time",
                     _("这段时间您也在 %s 家走访，核对一下开始和结束时间"), c.clash);
    return 0;
}
