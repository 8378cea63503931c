/* Operands: paths, literals and functions. */
#include "rec/expr_in.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/lang.h"
#include "form/type.h"

bool expr_word(const struct expr_tok *t, const char *word)
{
    return t->type == TOK_WORD && strcasecmp(t->text, word) == 0;
}

void *expr_fail(struct expr_parser *p, const struct expr_tok *t, const char *what)
{
    *p->problem = expr_problem(p->ctx, t, what);
    return NULL;
}

static struct expr_arg *arg_new(struct expr_parser *p, enum expr_src src, enum expr_kind kind)
{
    struct expr_arg *a = talloc_zero(p->ctx, struct expr_arg);

    a->src = src;
    a->kind = kind;
    a->tok = p->t;
    return a;
}

static bool arg_is_key_word(const struct expr_tok *t)
{
    static const char *const word[] = {"and", "or",   "not",    "in",     "is",     "empty",
                                       "has", "like", "within", N_("且"), N_("或"), N_("非")};

    for (size_t i = 0; i < NELEM(word); i++)
        if (expr_word(t, word[i]))
            return true;
    return false;
}

struct expr_arg *expr_literal(struct expr_parser *p)
{
    enum tok_type type = p->t->type;

    if ((type != TOK_WORD && type != TOK_TEXT && type != TOK_NUM && type != TOK_DATE) ||
        arg_is_key_word(p->t))
        return expr_fail(p, p->t, N_("这里还缺一个值"));
    struct expr_arg *a = arg_new(p, SRC_LITERAL, KIND_NONE);
    p->t++;
    return a;
}

static bool arg_may_name(const struct expr_parser *p, const struct form_field *f)
{
    return !f || !p->access || !p->access->field || p->access->field(p->access->arg, f);
}

/* NULL without a problem when the form, or the reader's part of it, has no such path. */
static struct expr_arg *arg_path(struct expr_parser *p)
{
    struct form_path path;

    if (form_path_parse(p->form, p->t->text, &path) != 0 || !arg_may_name(p, path.via) ||
        !arg_may_name(p, path.field))
        return NULL;
    struct expr_arg *a = arg_new(p, SRC_PATH, expr_kind_of(path.field));
    a->path = path;
    a->yuan = strcmp(path.field->type->name, "money") == 0;
    a->time = strcmp(path.field->type->name, "time") == 0;
    a->hidden = expr_hidden(p->ctx, path.field, p->access);
    p->t++;
    return a;
}

static bool arg_expect(struct expr_parser *p, enum tok_type type, const char *what)
{
    if (p->t->type != type) {
        expr_fail(p, p->t, what);
        return false;
    }
    p->t++;
    return true;
}

/* A date: a path, a literal, today or one moved by days. */
static struct expr_arg *arg_date(struct expr_parser *p, bool path_only)
{
    const struct expr_tok *at = p->t;
    struct expr_arg *a = expr_operand(p, false);

    if (!a)
        return NULL;
    if (a->kind == KIND_NONE && !path_only) {
        static const struct expr_arg date = {.kind = KIND_DATE};
        return expr_settle(p, a, &date) ? a : NULL;
    }
    if (a->kind != KIND_DATE || (path_only && a->src != SRC_PATH))
        return expr_fail(p, at, N_("这里要写日期项"));
    return a;
}

static struct expr_arg *arg_func(struct expr_parser *p, enum expr_src src)
{
    struct expr_arg *a = arg_new(p, src, KIND_NUM);

    p->t += 2; /* the word and its bracket, seen by the caller */
    if (!(a->a = arg_date(p, src == SRC_AGE)))
        return NULL;
    if (src == SRC_AGE && p->t->type != TOK_COMMA)
        a->b = arg_new(p, SRC_TODAY, KIND_DATE);
    else if (!arg_expect(p, TOK_COMMA, N_("这里应有“,”")) || !(a->b = arg_date(p, false)))
        return NULL;
    return arg_expect(p, TOK_CLOSE, N_("这里应有“)”")) ? a : NULL;
}

static struct expr_arg *arg_primary(struct expr_parser *p, bool want_text)
{
    static const struct {
        const char *word;
        enum expr_src src;
    } func[] = {{"age", SRC_AGE}, {"months", SRC_MONTHS}, {"days", SRC_DAYS}};
    static const struct {
        const char *word;
        enum expr_src src;
        enum expr_kind kind;
    } now[] = {{"today", SRC_TODAY, KIND_DATE},
               {"month_start", SRC_MONTH_START, KIND_DATE},
               {"month_end", SRC_MONTH_END, KIND_DATE},
               {"me", SRC_ME, KIND_REF}};
    struct expr_arg *a;

    if (p->t->type != TOK_WORD || arg_is_key_word(p->t))
        return expr_literal(p);
    for (size_t i = 0; i < NELEM(func); i++)
        if (expr_word(p->t, func[i].word) && p->t[1].type == TOK_OPEN)
            return arg_func(p, func[i].src);
    for (size_t i = 0; i < NELEM(now); i++)
        if (expr_word(p->t, now[i].word)) {
            a = arg_new(p, now[i].src, now[i].kind);
            p->t++;
            return a;
        }
    if ((a = arg_path(p)))
        return a;
    if (!want_text || strchr(p->t->text, '.'))
        return expr_fail(p, p->t, N_("没有这一项，请核对名称"));
    return expr_literal(p);
}

/* Spans that a county sets for itself; what stands here goes until somebody does. */
static struct {
    const char *name;
    int days;
} county_days[] = {{"agreement_warn_days", 30}, {"contact_gap_days", 30}};

static int *days_named(const char *name)
{
    for (size_t i = 0; i < NELEM(county_days); i++)
        if (!strcmp(county_days[i].name, name))
            return &county_days[i].days;
    return NULL;
}

const int *expr_days_named(const char *name)
{
    return days_named(name);
}

void expr_set_days(const char *name, int days)
{
    int *to = days_named(name);

    MUST(to);
    *to = days;
}

/* "30d", or a number and then "d"; at most two centuries, so that dates stay dates. */
static bool arg_span(struct expr_parser *p, int *n, char *unit)
{
    static const char units[] = "dwmy";
    static const int most[] = {73000, 10400, 2400, 200};
    const char *s = p->t->text, *u;
    size_t len = strspn(s, "0123456789");

    if (len > 0 && len <= 5) {
        *n = atoi(s);
        if (!s[len] && p->t->type == TOK_NUM)
            s = (++p->t)->text, len = 0;
        *unit = (char)tolower((unsigned char)s[len]);
        u = *unit ? strchr(units, *unit) : NULL;
        if (p->t->type == TOK_WORD && u && !s[len + 1] && *n <= most[u - units]) {
            p->t++;
            return true;
        }
    }
    expr_fail(p, p->t, N_("请写成 30d、2w、3m、1y 的样子（天、周、月、年）"));
    return false;
}

static struct expr_arg *arg_shift(struct expr_parser *p, struct expr_arg *base)
{
    static const struct expr_arg date = {.kind = KIND_DATE};
    int sign = p->t->type == TOK_MINUS ? -1 : 1;

    if (base->kind == KIND_NONE && base->tok->type == TOK_NUM)
        return expr_fail(p, p->t, N_("日期请写成 2026-11-22 的样子"));
    if (base->kind == KIND_NONE && !expr_settle(p, base, &date))
        return NULL;
    if (base->kind != KIND_DATE)
        return expr_fail(p, base->tok, N_("这里要写日期项"));
    struct expr_arg *a = arg_new(p, SRC_SHIFT, KIND_DATE);
    a->a = base;
    p->t++;
    if (p->t->type == TOK_WORD && (a->days = expr_days_named(p->t->text))) {
        a->n = 1;
        a->unit = 'd';
        p->t++;
    } else if (!arg_span(p, &a->n, &a->unit)) {
        return NULL;
    }
    a->n *= sign;
    return a;
}

struct expr_arg *expr_operand(struct expr_parser *p, bool want_text)
{
    if (p->depth > EXPR_DEPTH_MAX)
        return expr_fail(p, p->t, N_("写得太深（超过 40 层），请分开写"));
    p->depth++;
    struct expr_arg *a = arg_primary(p, want_text);
    while (a && (p->t->type == TOK_PLUS || p->t->type == TOK_MINUS))
        a = arg_shift(p, a);
    p->depth--;
    return a;
}
