#include "rec/rec.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"

struct rec *rec_new(void *ctx, const struct form *form)
{
    size_t size = sizeof(struct rec) + form->nfield * sizeof(char *);
    struct rec *r = talloc_zero_size(ctx, size);

    talloc_set_name_const(r, "struct rec");
    r->form = form;
    r->val = (const char **)(r + 1);
    return r;
}

/* One block: the values stand behind the table. */
struct rec *rec_copy(void *ctx, const struct rec *from)
{
    size_t nfield = from->form->nfield, head = sizeof(struct rec) + nfield * sizeof(char *);
    size_t size = head;

    for (size_t i = 0; i < nfield; i++)
        size += from->val[i] ? strlen(from->val[i]) + 1 : 0;
    struct rec *r = talloc_size(ctx, size);
    talloc_set_name_const(r, "struct rec");
    *r = *from;
    r->val = (const char **)(r + 1);
    char *at = (char *)r + head;
    for (size_t i = 0; i < nfield; i++) {
        r->val[i] = from->val[i] ? at : NULL;
        if (from->val[i])
            at = stpcpy(at, from->val[i]) + 1;
    }
    return r;
}

const char *rec_at(const struct rec *r, const struct form_field *f)
{
    MUST(f->form == r->form);
    return r->val[f->pos];
}

const char *rec_get(const struct rec *r, const char *field)
{
    const struct form_field *f = form_field(r->form, field);

    MUST(f != NULL);
    return r->val[f->pos];
}

void rec_set_at(struct rec *r, const struct form_field *f, const char *value)
{
    MUST(f->form == r->form);
    r->val[f->pos] = value && *value ? talloc_strdup(r, value) : NULL;
}

void rec_set(struct rec *r, const char *field, const char *value)
{
    const struct form_field *f = form_field(r->form, field);

    MUST(f != NULL);
    rec_set_at(r, f, value);
}

bool rec_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

uint64_t rec_ref(const struct rec *r, const char *field)
{
    const char *s = rec_get(r, field);

    return s && *s >= '0' && *s <= '9' ? strtoull(s, NULL, 10) : 0;
}

const char *rec_title(void *ctx, const struct rec *r)
{
    const struct form_field *f = r->form->title ? form_field(r->form, r->form->title) : NULL;
    const char *value = f ? r->val[f->pos] : NULL;

    if (!value || type_is_unknown(value) || f->type->widget == WIDGET_REF)
        return text_printf(ctx, _("编号 %llu"), (unsigned long long)r->id);
    return type_show(ctx, f, value);
}

size_t rec_diff(const struct rec *a, const struct rec *b, int *out)
{
    size_t n = 0;

    MUST(a->form == b->form);
    for (size_t i = 0; i < a->form->nfield; i++)
        if (!rec_same(a->val[i], b->val[i]))
            out[n++] = (int)i;
    return n;
}
