#include "rec/expr_in.h"

#include <string.h>

#include "base/area.h"
#include "form/type.h"

struct eval {
    const struct rec *rec;
    const struct rec_env *env;
};

static struct expr_val eval_arg(const struct expr_arg *, const struct eval *);

long expr_days(struct date d)
{
    d.d = d.d ? d.d : 1;
    return date_days(d);
}

/* The text of a path, NULL when unanswered; false when the linked record cannot be asked for. */
static bool eval_path(const struct expr_arg *a, const struct eval *ev, const char **out)
{
    const struct rec *r = ev->rec;

    *out = NULL;
    if (a->path.via && rec_at(r, a->path.via)) {
        if (!ev->env->linked)
            return false;
        r = ev->env->linked(ev->env->arg, r, a->path.via);
    } else if (a->path.via) {
        r = NULL;
    }
    if (r)
        *out = rec_at(r, a->path.field);
    if (*out && a->kind == KIND_CODE && expr_is_hidden(a->hidden, *out, strlen(*out)))
        *out = NULL;
    return true;
}

static struct expr_val eval_text(const struct expr_arg *a, const struct eval *ev)
{
    struct expr_val v = {0};
    struct date d;

    if (!eval_path(a, ev, &v.text) || !v.text || type_is_unknown(v.text))
        return (struct expr_val){0};
    v.known = true;
    if (a->kind == KIND_NUM) {
        v.known = expr_hundredths(v.text, &v.num);
    } else if (a->kind == KIND_DATE) {
        v.secs = a->time;
        if (a->time)
            v.known = date_time_parse(v.text, &v.num) == 0;
        else if ((v.known = date_parse(v.text, &d) == 0))
            v.num = expr_days(d);
    }
    return v;
}

static struct expr_val eval_day(const struct expr_arg *a, const struct eval *ev)
{
    struct expr_val v = eval_arg(a, ev);

    if (v.secs)
        v.num = date_days(date_of_time(v.num));
    v.secs = false;
    return v;
}

static struct expr_val eval_func(const struct expr_arg *f, const struct eval *ev)
{
    struct expr_val a = eval_day(f->a, ev), b = eval_day(f->b, ev);

    if (!a.known || !b.known || (f->src == SRC_AGE && a.num > b.num))
        return (struct expr_val){0};
    struct date from = date_from_days((long)a.num), to = date_from_days((long)b.num);
    int64_t n = f->src == SRC_AGE      ? date_age(from, to)
                : f->src == SRC_MONTHS ? date_months_between(from, to)
                                       : b.num - a.num;
    return (struct expr_val){.known = true, .num = n * 100};
}

static struct expr_val eval_shift(const struct expr_arg *s, const struct eval *ev)
{
    struct expr_val v = eval_day(s->a, ev);

    if (!v.known)
        return v;
    struct date d = date_from_days((long)v.num);
    switch (s->unit) {
    case 'd':
        d = date_add_days(d, s->days ? (long)s->n * *s->days : s->n);
        break;
    case 'w':
        d = date_add_days(d, 7L * s->n);
        break;
    case 'm':
        d = date_add_months(d, s->n);
        break;
    default:
        d = date_add_months(d, 12 * s->n);
    }
    v.known = date_valid(d);
    v.num = v.known ? expr_days(d) : 0;
    return v;
}

static struct expr_val eval_today(enum expr_src src, struct date today)
{
    if (!date_valid(today))
        return (struct expr_val){0};
    if (src == SRC_MONTH_START)
        today.d = 1;
    else if (src == SRC_MONTH_END)
        today.d = date_month_days(today.y, today.m);
    return (struct expr_val){.known = true, .num = expr_days(today)};
}

static struct expr_val eval_arg(const struct expr_arg *a, const struct eval *ev)
{
    switch (a->src) {
    case SRC_LITERAL:
        return a->val;
    case SRC_PATH:
        return eval_text(a, ev);
    case SRC_TODAY:
    case SRC_MONTH_START:
    case SRC_MONTH_END:
        return eval_today(a->src, ev->env->today);
    case SRC_ME:
        return (struct expr_val){.known = ev->env->me != NULL, .text = ev->env->me};
    case SRC_SHIFT:
        return eval_shift(a, ev);
    default:
        return eval_func(a, ev);
    }
}

/* Nothing is left of "11,23" for a reader who may see neither. */
static bool eval_all_hidden(const char *list, const char *const *hidden)
{
    if (!hidden || type_is_unknown(list))
        return false;
    for (;;) {
        size_t len = strcspn(list, ",");
        if (!expr_is_hidden(hidden, list, len))
            return false;
        if (!list[len])
            return true;
        list += len + 1;
    }
}

/* Is code all that a reader sees in a multiple choice? 0 when it is. */
static int eval_only(const char *list, const char *const *hidden, const char *code)
{
    bool found = false;

    for (;;) {
        size_t len = strcspn(list, ",");
        if (strncmp(list, code, len) == 0 && !code[len])
            found = true;
        else if (!expr_is_hidden(hidden, list, len))
            return 1;
        if (!list[len])
            return !found;
        list += len + 1;
    }
}

/* A time beside a day compares by its day. */
static int eval_order(const struct expr *e, const struct eval *ev, struct expr_val *l,
                      struct expr_val *r)
{
    if (e->l->kind != KIND_DATE && e->l->kind != KIND_NUM)
        return strcmp(l->text, r->text);
    if (l->secs != r->secs) {
        *l = l->secs ? eval_day(e->l, ev) : *l;
        *r = r->secs ? eval_day(e->r, ev) : *r;
    }
    return (l->num > r->num) - (l->num < r->num);
}

static enum tri eval_compare(const struct expr *e, const struct eval *ev)
{
    struct expr_val l = eval_arg(e->l, ev), r = eval_arg(e->r, ev);

    if (!l.known || !r.known)
        return TRI_UNKNOWN;
    bool codes = e->l->kind == KIND_CODES;
    if (codes && eval_all_hidden(l.text, e->l->hidden))
        return TRI_UNKNOWN;
    int order = codes ? eval_only(l.text, e->l->hidden, r.text) : eval_order(e, ev, &l, &r);
    switch (e->rel) {
    case REL_EQ:
        return order == 0;
    case REL_NE:
        return order != 0;
    case REL_LT:
        return order < 0;
    case REL_LE:
        return order <= 0;
    case REL_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static enum tri eval_test(const struct expr *e, const struct eval *ev)
{
    if (e->op == EXPR_EMPTY) {
        const char *s;
        if (!eval_path(e->l, ev, &s))
            return TRI_UNKNOWN;
        return !s || (e->l->kind == KIND_CODES && eval_all_hidden(s, e->l->hidden));
    }
    struct expr_val v = eval_arg(e->l, ev);
    if (!v.known)
        return TRI_UNKNOWN;
    switch (e->op) {
    case EXPR_TRUTH:
        return strcmp(v.text, "1") == 0;
    case EXPR_HAS:
        if (eval_all_hidden(v.text, e->l->hidden))
            return TRI_UNKNOWN;
        return type_codes_has(v.text, e->r->val.text);
    case EXPR_LIKE:
        return strstr(v.text, e->r->val.text) != NULL;
    default:
        return area_within(v.text, e->r->val.text);
    }
}

/* False ends a conjunction, true a disjunction; an unknown part leaves the rest to decide. */
static enum tri eval_chain(const struct expr *e, const struct rec *r, const struct rec_env *env)
{
    enum tri stop = e->op == EXPR_AND ? TRI_FALSE : TRI_TRUE;
    enum tri all = e->op == EXPR_AND ? TRI_TRUE : TRI_FALSE;

    for (size_t i = 0; i < e->n; i++) {
        enum tri t = expr_eval(e->kid[i], r, env);
        if (t == stop)
            return stop;
        if (t == TRI_UNKNOWN)
            all = t;
    }
    return all;
}

enum tri expr_eval(const struct expr *e, const struct rec *r, const struct rec_env *env)
{
    static const struct rec_env none = {0};
    struct eval ev = {r, env ? env : &none};

    if (!e)
        return TRI_TRUE;
    switch (e->op) {
    case EXPR_AND:
    case EXPR_OR:
        return eval_chain(e, r, env);
    case EXPR_NOT: {
        enum tri t = expr_eval(e->kid[0], r, env);
        return t == TRI_UNKNOWN ? t : t == TRI_FALSE ? TRI_TRUE : TRI_FALSE;
    }
    case EXPR_CMP:
        return eval_compare(e, &ev);
    default:
        return eval_test(e, &ev);
    }
}
