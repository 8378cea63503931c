/* Compiles every expression of a dictionary. */
#include "rec/check.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "rec/expr.h"

struct binder {
    struct dict *dict;
    const struct form *form;
    struct conf_errors *errs;
};

static const struct expr *bind_expr(struct binder *b, const char *text, int line, const char *what)
{
    struct expr *e = NULL;
    char *problem = NULL;

    if (!text)
        return NULL;
    if (expr_parse(b->dict, b->form, text, NULL, &e, &problem) != 0)
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
        if (!r->when_text && !r->require_text)
            conf_error(b->errs, form->path, r->line, _("规则“%s”要写 when 或 require"), r->name);
    }
}

void rec_bind(struct dict *dict, struct conf_errors *errs)
{
    struct binder b = {dict, NULL, errs};

    for (size_t i = 0; i < dict->nform; i++)
        bind_form(&b, &dict->form[i]);
}

struct dict *rec_load_dict(void *ctx, const char *dir, struct conf_errors *errs)
{
    struct dict *d = dict_load(ctx, dir, errs);

    if (d)
        rec_bind(d, errs);
    if (d && errs->n) {
        talloc_free(d);
        d = NULL;
    }
    return d;
}
