/* What the tests of room rec share: the small forms of tests/unit/forms-rec and a few records. */
#ifndef HUTONG_TEST_REC_FORMS_H
#define HUTONG_TEST_REC_FORMS_H

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "form/codes.h"
#include "form/type.h"
#include "rec/check.h"
#include "rec/expr.h"
#include "base/err.h"
#include "base/text.h"

static inline struct dict *forms_load(void *ctx)
{
    struct conf_errors *errs = conf_errors_new(ctx);
    struct dict *d = rec_load_dict(ctx, SRCDIR "/tests/unit/forms-rec", errs);

    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert_not_null(d);
    /* The store gives numbers in a running server. */
    for (size_t i = 0; i < d->nform; i++)
        for (size_t j = 0; j < d->form[i].nfield; j++)
            d->form[i].field[j].number = (int)(j + 1 + 10 * i);
    return d;
}

static inline const struct form_field *field_of(const struct form *f, const char *name)
{
    const struct form_field *field = form_field(f, name);

    cr_assert_not_null(field, "no field %s", name);
    return field;
}

/* "name=王小雨|sex=2" */
static inline struct rec *rec_of(void *ctx, const struct form *f, const char *pairs)
{
    struct rec *r = rec_new(ctx, f);
    char *copy = talloc_strdup(ctx, pairs), *save = NULL;

    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *eq = strchr(p, '=');
        *eq = '\0';
        rec_set(r, p, eq + 1);
    }
    talloc_free(copy);
    return r;
}

static inline const struct finding *finding_of(const struct findings *f, const char *field,
                                               const char *code)
{
    static const struct finding none = {.field = "", .code = "", .text = ""};

    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->f[i].field, field) == 0 && strcmp(f->f[i].code, code) == 0)
            return &f->f[i];
    return &none;
}

#endif
