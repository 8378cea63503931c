#include "rec/check.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "form/type.h"
#include "rec/expr.h"

static void check_missing(const struct form_field *f, char level, struct findings *out)
{
    char code[80];

    snprintf(code, sizeof code, "missing_%s", f->name);
    findings_add(out, level, f->name, code, _("请填写“%s”"), _(f->label));
}

static void check_area(const struct form_field *f, const char *value, const struct rec_env *env,
                       struct findings *out)
{
    const char *successor = NULL;
    int rc = env->area(env->arg, value, env->today, &successor);

    if (rc == HE_NOTFOUND)
        findings_add(out, 'E', f->name, "unknown_village", _("“%s”没有代码 %s，请重新选择"),
                     _(f->label), value);
    else if (rc == HE_RULE && successor)
        findings_add(out, 'W', f->name, "closed_area", _("“%s”已撤并，现为 %s，请核对"),
                     _(f->label), successor);
    else if (rc == HE_RULE)
        findings_add(out, 'W', f->name, "closed_area", _("“%s”已撤销，请重新选择"), _(f->label));
}

static void check_value(const struct rec *r, const struct form_field *f, const struct rec_env *env,
                        struct findings *out)
{
    const char *value = rec_at(r, f);

    if (!value) {
        if (f->must && !f->system)
            check_missing(f, 'E', out);
    } else if (type_is_unknown(value)) {
        if (!f->unknown_ok)
            findings_add(out, 'E', f->name, "unknown_refused",
                         _("“%s”不能填“不掌握”，请填写实际内容"), _(f->label));
    } else if (strcmp(f->type->name, "area") == 0 && env->area) {
        check_area(f, value, env, out);
    } else if (f->ref && env->linked && !env->linked(env->arg, r, f)) {
        findings_add(out, 'E', f->name, "bad_ref", _("“%s”指向的记录不存在，请重新选择"),
                     _(f->label));
    }
}

static bool check_speaks(const struct form_rule *rule, const struct rec *r,
                         const struct rec_env *env)
{
    if (rule->when && expr_eval(rule->when, r, env) != TRI_TRUE)
        return false;
    return !rule->require || expr_eval(rule->require, r, env) == TRI_FALSE;
}

void rec_check(const struct rec *r, const struct rec_env *env, struct findings *out)
{
    const struct form *form = r->form;

    for (size_t i = 0; i < form->nfield; i++)
        if (!form->field[i].retired)
            check_value(r, &form->field[i], env, out);
    for (size_t i = 0; i < form->nrule; i++) {
        const struct form_rule *rule = &form->rule[i];
        if (!check_speaks(rule, r, env))
            continue;
        char *field = rule->field.field ? form_path_text(out, rule->field) : NULL;
        findings_add(out, rule->level, field ? field : "", rule->name, "%s", _(rule->message));
        talloc_free(field);
    }
}

static bool check_wanted(const struct form_field *f, const struct rec *r, const struct rec_env *env)
{
    if (f->retired || !f->complete_text)
        return false;
    if (f->complete)
        return expr_eval(f->complete, r, env) == TRI_TRUE;
    return strcmp(f->complete_text, "1") == 0;
}

void rec_check_complete(const struct rec *r, const struct rec_env *env, struct findings *out)
{
    for (size_t i = 0; i < r->form->nfield; i++) {
        const struct form_field *f = &r->form->field[i];
        if (!r->val[i] && check_wanted(f, r, env))
            check_missing(f, 'M', out);
    }
}
