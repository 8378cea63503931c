#include <string.h>
#include <talloc.h>

#include "form/load.h"

static void rule_load_one(struct load *l, const struct conf_item *g, struct form_rule *r)
{
    static const char *const keys[] = {"name",    "level", "when", "require",
                                       "message", "field", "quality", NULL};
    const char *level, *field, *quality;

    conf_only(g, keys, l->errs);
    r->name = load_name(l, g);
    for (const struct form_rule *o = l->form->rule; o < r; o++)
        if (*r->name != '\0' && strcmp(o->name, r->name) == 0)
            conf_error_at(l->errs, load_at(g, "name"), "规则“%s”重复，第 %d 行已有", r->name,
                          o->line);
    level = load_need(l, g, "level");
    r->level = level[0];
    if (level[0] != '\0' && (strchr("EWI", level[0]) == NULL || level[1] != '\0'))
        conf_error_at(l->errs, load_at(g, "level"),
                      "level 只能是 \"E\" \"W\" \"I\" 之一，不能是“%s”", level);
    quality = load_text(l, g, "quality");
    r->quality = quality != NULL ? quality[0] : r->level;
    if (quality != NULL && (strchr("EWI-", quality[0]) == NULL || quality[1] != '\0'))
        conf_error_at(l->errs, load_at(g, "quality"),
                      "quality 只能是 \"E\" \"W\" \"I\" \"-\" 之一，不能是“%s”", quality);
    r->when_text = load_text(l, g, "when");
    r->require_text = load_text(l, g, "require");
    if (conf_get(g, "when") == NULL && conf_get(g, "require") == NULL)
        conf_error_at(l->errs, g, "规则要有 when 或 require");
    r->message = load_need(l, g, "message");
    field = load_text(l, g, "field");
    if (field != NULL)
        load_path(l, load_at(g, "field"), field, &r->field);
}

void rule_load(struct load *l)
{
    const struct conf_item *list = load_list(l, "rules");
    size_t n = list != NULL ? conf_count(list) : 0;

    l->form->rule = talloc_zero_array(l->dict, struct form_rule, n);
    for (size_t i = 0; i < n; i++) {
        const struct conf_item *g = conf_at(list, i);
        struct form_rule *r = &l->form->rule[i];

        r->line = conf_line(g);
        r->name = "";
        if (conf_is_group(g))
            rule_load_one(l, g, r);
        else
            conf_error_at(l->errs, g, "每条规则应是用花括号括起来的一组");
    }
    l->form->nrule = n;
}
