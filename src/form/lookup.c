#include "form/form.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/load.h"
#include "form/type.h"

const struct form *dict_form(const struct dict *d, const char *name)
{
    for (size_t i = 0; i < d->nform; i++)
        if (strcmp(d->form[i].name, name) == 0)
            return &d->form[i];
    return NULL;
}

const struct form_field *form_link(const struct form *form, const struct form *to)
{
    const struct form_field *f = form_field(form, to->name);

    return f && f->ref == to && f->ref_name && f->index ? f : NULL;
}

/* The mistakes of a file that was left for later were the server's to find. */
static void codes_read_late(const struct dict *d, struct codes *codes)
{
    void *tmp = talloc_new(NULL);

    codes_load(base_unconst(d), codes->late, codes->name, codes, conf_errors_new(tmp));
    talloc_free(tmp);
}

const struct codes *dict_codes(const struct dict *d, const char *name)
{
    for (size_t i = 0; i < d->ncodes; i++)
        if (strcmp(d->codes[i].name, name) == 0) {
            if (d->codes[i].late)
                codes_read_late(d, &d->codes[i]);
            return &d->codes[i];
        }
    return NULL;
}

/* --- names of fields --- */

static unsigned name_hash(const char *name, size_t len)
{
    unsigned h = 2166136261u;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)name[i]) * 16777619u;
    return h ^ h >> 15;
}

static bool name_is(const char *own, const char *name, size_t len)
{
    return own != NULL && strncmp(own, name, len) == 0 && own[len] == '\0';
}

/* A present name comes before a former one of another field. */
static void name_put(struct form *form, const char *name, size_t what)
{
    unsigned at;

    if (name == NULL || *name == '\0')
        return;
    for (at = name_hash(name, strlen(name)); form->name_slot[at & form->name_mask]; at++)
        ;
    form->name_slot[at & form->name_mask] = (unsigned short)(what + 1);
}

void form_index_names(void *ctx, struct form *form)
{
    size_t slots = 16;

    while (slots < 4 * form->nfield)
        slots *= 2;
    MUST(form->nfield < 16384);
    form->name_slot = talloc_zero_array(ctx, unsigned short, slots);
    MUST(form->name_slot != NULL);
    form->name_mask = (unsigned)slots - 1;
    for (size_t i = 0; i < form->nfield; i++)
        name_put(form, form->field[i].name, 2 * i);
    for (size_t i = 0; i < form->nfield; i++)
        name_put(form, form->field[i].was, 2 * i + 1);
}

static const struct form_field *name_find(const struct form *form, const char *name, size_t len)
{
    unsigned slot;

    for (unsigned at = name_hash(name, len); (slot = form->name_slot[at & form->name_mask]); at++) {
        const struct form_field *f = &form->field[(slot - 1) / 2];

        if (name_is(slot % 2 ? f->name : f->was, name, len))
            return f;
    }
    return NULL;
}

/* While the dictionary is being read there is no index yet. A field whose own name could not be read
 * is called "" and is never found. */
static const struct form_field *form_field_n(const struct form *form, const char *name, size_t len)
{
    if (form->name_slot != NULL)
        return len > 0 ? name_find(form, name, len) : NULL;
    for (size_t i = 0; len > 0 && i < form->nfield; i++) {
        const struct form_field *f = &form->field[i];

        if (name_is(f->name, name, len))
            return f;
    }
    for (size_t i = 0; len > 0 && i < form->nfield; i++) {
        const struct form_field *f = &form->field[i];

        if (name_is(f->was, name, len))
            return f;
    }
    return NULL;
}

const struct form_field *form_field(const struct form *form, const char *name)
{
    return form_field_n(form, name, strlen(name));
}

int form_path_parse(const struct form *form, const char *text, struct form_path *out)
{
    const char *dot = strchr(text, '.');
    struct form_path p = {NULL, NULL};

    if (dot != NULL) {
        p.via = form_field_n(form, text, (size_t)(dot - text));
        if (p.via == NULL || p.via->ref == NULL)
            return HE_NOTFOUND;
        form = p.via->ref;
        text = dot + 1;
    }
    p.field = form_field(form, text);
    if (p.field == NULL)
        return HE_NOTFOUND;
    *out = p;
    return 0;
}

char *form_path_text(void *ctx, struct form_path p)
{
    if (p.field == NULL)
        return talloc_strdup(ctx, "");
    return p.via == NULL ? talloc_strdup(ctx, p.field->name)
                         : text_printf(ctx, "%s.%s", p.via->name, p.field->name);
}

const char *form_path_label(void *ctx, struct form_path p)
{
    if (p.field == NULL)
        return "";
    return p.via == NULL ? p.field->label : text_printf(ctx, "%s·%s", p.via->label, p.field->label);
}

const char *form_path_said(void *ctx, struct form_path p)
{
    if (!p.field || !p.via)
        return _(form_path_label(ctx, p));
    return text_printf(ctx, "%s·%s", _(p.via->label), _(p.field->label));
}

bool form_is_shared(const struct form *form)
{
    return form->area != NULL && strcmp(form->area, "links") == 0;
}

const char *form_division(const struct form *form)
{
    return form_is_shared(form) ? NULL : form->area;
}

const char *form_town(const struct form *form, const char *word)
{
    return strcmp(word, FORM_TOWN) == 0 && !form_field(form, word) ? form_division(form) : NULL;
}

const struct form_view *form_view(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->nview; i++)
        if (strcmp(form->view[i].name, name) == 0)
            return &form->view[i];
    return NULL;
}

/* "child.village:area": the form, its field, and the type that the field must have. */
static void dict_require_one(const struct dict *d, void *tmp, const char *word,
                             struct conf_errors *errs)
{
    const char *dot = strchr(word, '.'), *colon = strchr(word, ':');
    const struct form_field *f;
    const struct form *form;
    const char *name;

    MUST(dot != NULL && colon != NULL && dot < colon);
    form = dict_form(d, talloc_strndup(tmp, word, (size_t)(dot - word)));
    if (form == NULL) {
        conf_error(errs, d->dir, 0, "缺少记录类型“%.*s”：程序需要它", (int)(dot - word), word);
        return;
    }
    name = talloc_strndup(tmp, dot + 1, (size_t)(colon - dot - 1));
    f = form_field(form, name);
    if (f == NULL)
        conf_error(errs, form->path, 0, "缺少字段“%s”（类型 %s）：程序需要它", name, colon + 1);
    else if (strcmp(f->type->name, colon + 1) != 0)
        conf_error(errs, form->path, f->line, "字段“%s”应是 %s 类型，不能是 %s", name, colon + 1,
                   f->type->name);
}

void dict_require(const struct dict *d, const char *const words[], struct conf_errors *errs)
{
    void *tmp = talloc_new(NULL);

    for (size_t i = 0; words[i] != NULL; i++)
        dict_require_one(d, tmp, words[i], errs);
    talloc_free(tmp);
}
