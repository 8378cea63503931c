/* Compiles every expression of a dictionary. */
#include "rec/check.h"

#include <string.h>
#include <talloc.h>

#include "form/type.h"
#include "rec/expr.h"

struct binder {
    struct dict *dict;
    const struct form *form;
    struct conf_errors *errs;
    bool echo; /* the expression named a field whose own mistake is reported */
};

/* Fields whose type, table or record type is missing cannot be compared with anything. */
static bool bind_whole(void *arg, const struct form_field *f)
{
    struct binder *b = arg;
    bool code =
        f->type && (strcmp(f->type->name, "code") == 0 || strcmp(f->type->name, "codes") == 0);
    bool ref = f->type && strcmp(f->type->name, "ref") == 0;

    if (f->type && (!code || f->codes) && (!ref || f->ref))
        return true;
    b->echo = true;
    return false;
}

/* Was a file not made out in which the expression's names are sought? */
static bool bind_dim(const struct form *form)
{
    bool dim = form->dim;

    for (size_t i = 0; i < form->nfield; i++)
        dim = dim || (form->field[i].ref && form->field[i].ref->dim);
    return dim;
}

static const struct expr *bind_expr(struct binder *b, const char *text, int line, const char *what)
{
    struct expr_access access = {.field = bind_whole, .arg = b};
    struct expr *e = NULL;
    char *problem = NULL;

    if (!text)
        return NULL;
    b->echo = false;
    if (expr_parse(b->dict, b->form, text, &access, &e, &problem) != 0 && !b->echo &&
        !bind_dim(b->form))
        conf_error(b->errs, b->form->path, line, "%s：%s", what, problem);
    talloc_free(problem);
    return e;
}

static void bind_form(struct binder *b, struct form *form)
{
    b->form = form;
    for (size_t i = 0; i < form->nfield; i++) {
        struct form_field *f = &form->field[i];
        if (f->complete_text && strcmp(f->complete_text, "1") != 0)
            f->complete = bind_expr(b, f->complete_text, f->line, "complete");
    }
    for (size_t i = 0; i < form->nsection; i++) {
        struct form_section *s = &form->section[i];
        s->when = bind_expr(b, s->when_text, s->line, "when");
    }
    for (size_t i = 0; i < form->nview; i++) {
        struct form_view *v = &form->view[i];
        v->where = bind_expr(b, v->where_text, v->line, "where");
    }
    for (size_t i = 0; i < form->nrule; i++) {
        struct form_rule *r = &form->rule[i];
        r->when = bind_expr(b, r->when_text, r->line, "when");
        r->require = bind_expr(b, r->require_text, r->line, "require");
    }
}

static void bind_dict(struct dict *dict, struct conf_errors *errs)
{
    struct binder b = {.dict = dict, .errs = errs};

    for (size_t i = 0; i < dict->nform; i++)
        bind_form(&b, &dict->form[i]);
}

/* --- reports --- */

static void bind_where(const struct report *r, const struct form *form, const char *text, int line,
                       struct conf_errors *errs)
{
    void *tmp = talloc_new(NULL);
    struct expr *e;
    char *problem = NULL;

    if (text && form &&
        expr_parse(tmp, form, report_text(tmp, text, "2026-01-01", "2026-01-31"), NULL, &e,
                   &problem) != 0)
        conf_error(errs, r->path, line, "where：%s", problem);
    talloc_free(tmp);
}

struct reports *rec_load_reports(void *ctx, const struct dict *dict, struct conf_errors *errs)
{
    struct reports *all = reports_load(ctx, dict, errs);

    for (size_t i = 0; i < all->n; i++) {
        const struct report *r = &all->report[i];

        bind_where(r, r->form, r->where_text, 1, errs);
        for (size_t k = 0; k < r->ncolumn; k++)
            bind_where(r, report_column_form(r, &r->column[k]), r->column[k].where_text,
                       r->column[k].line, errs),
                bind_where(r, r->column[k].of, r->column[k].with_text, r->column[k].line, errs);
    }
    return all;
}

struct dict *rec_load_dict(void *ctx, const char *dir, struct conf_errors *errs)
{
    size_t before = errs->n;
    struct dict *d = dict_load(ctx, dir, errs);

    bind_dict(d, errs);
    if (errs->n == before)
        return d;
    conf_errors_sort(errs, before);
    talloc_free(d);
    return NULL;
}
