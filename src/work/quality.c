/*
 * Data quality (domain.md 5.4): what is doubtful in a file as it stands, kept in the file so that lists
 * and tables count it. The checks are the rules of the form files; their severity is the rule's
 * `quality`, else its level. A named exception (decision 9) silences the rules it names until its day.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/business.h"

#define CARE_MAX  5   /* children one caregiver can look after; more is asked about (5.4) */
#define TEXT_MAX_ 180 /* bytes of the two texts: their fields hold 200 characters */

struct quality {
    struct family *f;
    const struct rec *child;
    const char *excused; /* ",rule,rule,", NULL: not read yet */
    int err;             /* of reading them */
    char worst;          /* 0, 'I', 'W', 'E' */
    bool explained;      /* something was silenced by an exception */
    char *rules, *note;
};

/* How a finding counts: a rule says itself, whatever else rec_check finds is an error. */
static char severity(const struct form *form, const struct finding *x)
{
    for (size_t i = 0; i < form->nrule; i++)
        if (!strcmp(form->rule[i].name, x->code))
            return form->rule[i].quality;
    return x->level;
}

/* --- exceptions: read once there is something to excuse --- */

static int excuses_load(struct quality *q)
{
    struct family *f = q->f;
    const struct form *form = dict_form(f->county->dict, "exception");
    struct rec **rec;
    struct date due;
    char *rules = talloc_strdup(f, ",");
    size_t n = 0;
    int err = q->child->id ? linked_all(f->txn, f, form, "child", q->child->id, &rec, &n) : 0;

    for (size_t i = 0; i < n && !err; i++)
        if (rec_same(rec_get(rec[i], "state"), "2") && rec_get(rec[i], "rules") &&
            rec_get(rec[i], "due") && !date_parse(rec_get(rec[i], "due"), &due) &&
            date_cmp(due, f->actor->today) >= 0)
            rules = talloc_asprintf_append(rules, "%s,", rec_get(rec[i], "rules"));
    q->excused = rules;
    return err;
}

/* --- findings --- */

static void append(char **list, const char *sep, const char *word)
{
    if (strlen(*list) + strlen(word) + strlen(sep) < TEXT_MAX_)
        *list = talloc_asprintf_append(*list, "%s%s", **list ? sep : "", word);
}

static void take(struct quality *q, char level, const char *rule, const char *label)
{
    if (strchr("IWE", level) == NULL)
        return;
    if (!q->excused)
        q->err = excuses_load(q);
    if (strstr(q->excused, text_printf(q->f, ",%s,", rule))) {
        q->explained = true;
        return;
    }
    if (!q->worst || strchr("IWE", level) > strchr("IWE", q->worst))
        q->worst = level;
    if (level == 'I')
        return;
    append(&q->rules, ",", rule);
    if (label && !strstr(q->note, label))
        append(&q->note, "、", label);
}

/* The findings of one record of the file, reached by prefix from the child. */
static void take_all(struct quality *q, const struct form *form, const char *prefix,
                     const struct findings *got)
{
    for (size_t i = 0; i < got->n; i++) {
        const struct finding *x = &got->f[i];
        struct form_path path;
        bool known =
            !form_path_parse(q->child->form, text_printf(q->f, "%s%s", prefix, x->field), &path);

        if (known && path.field->class == CLASS_D) /* a list must not hint at it */
            continue;
        take(q, severity(form, x), x->code, known ? form_path_label(q->f, path) : NULL);
    }
}

/* --- across records --- */

struct load_scan {
    uint64_t self;
    int others;
};

static int count_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct load_scan *scan = arg;

    (void)txn, (void)mark;
    scan->others += id != scan->self;
    return scan->others >= CARE_MAX;
}

static void caregiver_load(struct quality *q)
{
    const struct form_field *via = form_field(q->child->form, "caregiver");
    const char *key = rec_at(q->child, via);
    struct walk walk = {.form = q->child->form, .field = via, .lo = key, .hi = key};
    struct load_scan scan = {q->child->id, 0};
    int err = key ? txn_walk(q->f->txn, &walk, count_one, &scan) : 0;

    if (scan.others >= CARE_MAX)
        take(q, 'W', "caregiver_many", via->label);
    if (err < 0)
        q->err = err;
}

/* --- the file --- */

static void take_members(struct quality *q)
{
    struct family *f = q->f;

    for (size_t i = 0; i < q->child->form->nfield; i++) {
        const struct form_field *via = &q->child->form->field[i];
        const struct rec *rec;
        struct findings *got;

        if (!via->ref || !via->index || !via->ref->area || !q->child->val[i] ||
            !(rec = f->env.linked(f->env.arg, q->child, via)))
            continue;
        got = findings_new(f);
        rec_check(rec, &f->env, got);
        take_all(q, rec->form, text_printf(f, "%s.", via->name), got);
        talloc_free(got);
    }
}

static const char *standing(const struct quality *q)
{
    switch (q->worst) {
    case 'E':
        return "3";
    case 'W':
        return "2";
    default:
        return q->worst || q->explained ? "1" : "0";
    }
}

int effect_quality(struct family *f, struct rec *child, const struct findings *own)
{
    struct quality q = {.f = f, .child = child};
    const char *state = rec_get(child, "state");
    q.rules = talloc_strdup(f, "");
    q.note = talloc_strdup(f, "");
    if (state && strchr("123", *state)) {
        take_all(&q, child->form, "", own);
        take_members(&q);
        caregiver_load(&q);
    }
    rec_set(child, "quality", standing(&q));
    rec_set(child, "quality_rules", q.rules);
    rec_set(child, "quality_note", q.note);
    return q.err;
}

/* --- exceptions as records: the director explains, the township or the county lets it stand --- */

static bool decides(const struct family *f)
{
    return actor_may(f->reader, "exception.approve");
}

int exception_values(struct family *f)
{
    struct rec *child;
    const char *was = f->old ? rec_get(f->old, "state") : NULL, *now = rec_get(f->rec, "state");
    char day[11];
    int err;

    if (!f->old) {
        if ((err = owner_load(f, &child)))
            return err;
        rec_set(f->rec, "rules", child ? rec_get(child, "quality_rules") : NULL);
        rec_set(f->rec, "about", child ? rec_get(child, "quality_note") : NULL);
        rec_set(f->rec, "by", f->env.me);
        if (child && !rec_get(f->rec, "rules"))
            findings_add(f->s->findings, 'E', "child", "nothing_to_explain",
                         _("这份档案没有要说明的疑点，不用写例外说明"));
    }
    if (f->old && rec_same(was, "2") &&
        (!decides(f) || (rec_same(rec_get(f->rec, "by"), f->env.me) && rec_same(was, now))))
        findings_add(f->s->findings, 'E', "", "decided",
                     _("已经批复的说明不能再改，情况变了另写一份"));
    if (rec_same(was ? was : "1", now) &&
        rec_same(f->old ? rec_get(f->old, "answer") : NULL, rec_get(f->rec, "answer")))
        return 0;
    if (!decides(f)) {
        findings_add(f->s->findings, 'E', "state", "not_yours",
                     _("例外说明由乡镇或县里批，请填原因和期限，等上级批复"));
        return 0;
    }
    if (rec_same(rec_get(f->rec, "by"), f->env.me))
        findings_add(f->s->findings, 'E', "state", "own_exception", _("自己写的说明要由别人批"));
    rec_set(f->rec, "approver", f->env.me);
    rec_set(f->rec, "approved_on", date_format(f->actor->today, day));
    return 0;
}

/* The file's standing follows at once. */
int exception_stored(struct family *f)
{
    return touch_retest(f, rec_ref(f->rec, "child"));
}
