#include <string.h>
#include <talloc.h>

#include "form/load.h"

#include "base/lang.h"

static bool section_has(const struct form_section *s, struct form_path p)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->path[i].via == p.via && s->path[i].field == p.field)
            return true;
    return false;
}

static void section_load_fields(struct load *l, const struct conf_item *g, struct form_section *s)
{
    const struct conf_item *list = conf_get(g, "fields");
    const char **names = conf_texts(l->tmp, g, "fields", l->errs);
    size_t n = 0;

    while (names != NULL && names[n] != NULL)
        n++;
    if (n == 0) {
        if (list == NULL || names != NULL)
            conf_error_at(l->errs, g, "栏目要用 fields 列出字段");
        return;
    }
    s->path = talloc_array(l->dict, struct form_path, n);
    MUST(s->path != NULL);
    for (size_t i = 0; i < n; i++) {
        const struct conf_item *at = conf_is_list(list) ? conf_at(list, i) : list;
        struct form_path p;

        if (!load_path(l, at, names[i], &p))
            continue;
        if (p.field->retired != NULL)
            conf_error_at(l->errs, at, "字段“%s”已停用，不能再放在栏目里", names[i]);
        else if (section_has(s, p))
            conf_error_at(l->errs, at, "字段“%s”在这个栏目里重复", names[i]);
        else
            s->path[s->n++] = p;
    }
}

static void section_load_one(struct load *l, const struct conf_item *g, struct form_section *s)
{
    static const char *const keys[] = {"name", "label", "en",    "fields",
                                       "fold", "when",  "quick", NULL};

    conf_only(g, keys, l->errs);
    s->name = load_name(l, g);
    for (const struct form_section *o = l->form->section; o < s; o++)
        if (*s->name != '\0' && strcmp(o->name, s->name) == 0)
            conf_error_at(l->errs, load_at(g, "name"), "栏目“%s”重复，第 %d 行已有", s->name,
                          o->line);
    s->label = load_need(l, g, "label");
    s->en = load_need(l, g, "en");
    s->fold = load_class(l, g, "fold", CLASS_A);
    s->when_text = load_text(l, g, "when");
    s->quick = conf_bool(g, "quick", false, l->errs);
    section_load_fields(l, g, s);
}

/* Is an own field that people answer still on no page? */
static bool section_misses(const struct form *form, const struct form_field *f)
{
    if (f->system || f->retired != NULL)
        return false;
    for (size_t i = 0; i < form->nsection; i++)
        if (section_has(&form->section[i], (struct form_path){NULL, f}))
            return false;
    return true;
}

/*
 * A field added as one group to one file must be shown at once (design.md 3): what no section lists
 * goes to a last one, `other`, that is folded when such a field is of class C or D.
 */
static void section_load_rest(struct load *l)
{
    struct form *form = l->form;
    struct form_section *s = &form->section[form->nsection];

    *s = (struct form_section){.name = "other", .label = N_("其他"), .en = "Other"};
    if (form->nsection == 0) {
        s->label = N_("基本情况");
        s->en = "Basics";
    }
    s->path = talloc_array(l->dict, struct form_path, form->nfield + 1);
    MUST(s->path != NULL);
    for (size_t i = 0; i < form->nfield; i++) {
        const struct form_field *f = &form->field[i];

        if (!section_misses(form, f))
            continue;
        s->path[s->n++] = (struct form_path){NULL, f};
        if (f->class >= CLASS_C && f->class > s->fold)
            s->fold = f->class;
    }
    if (s->n > 0)
        form->nsection++;
    else
        talloc_free(s->path);
}

void section_load(struct load *l)
{
    const struct conf_item *list = load_list(l, "sections");
    size_t n = list != NULL ? conf_count(list) : 0;
    struct form *form = l->form;

    form->section = talloc_zero_array(l->dict, struct form_section, n + 1);
    MUST(form->section != NULL);
    for (size_t i = 0; i < n; i++) {
        const struct conf_item *g = conf_at(list, i);
        struct form_section *s = &form->section[i];

        s->line = conf_line(g);
        s->name = "";
        if (conf_is_group(g))
            section_load_one(l, g, s);
        else
            conf_error_at(l->errs, g, "每个栏目应是用花括号括起来的一组");
        if (strcmp(s->name, "other") == 0)
            conf_error_at(l->errs, g, "栏目名“other”留给没有列入栏目的字段，请换一个");
    }
    form->nsection = n;
    section_load_rest(l);
}
