/* Raw answers of a person, a file or a request into a record. */
#include "rec/check.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"

#define TAKE_POOL (12 << 10) /* what cleaning most records takes */

/* "" for nil, NULL for what is no answer. */
static const char *take_text(void *ctx, const struct node *n)
{
    switch (n->type) {
    case NODE_NIL:
        return "";
    case NODE_STR:
        return n->str;
    case NODE_INT:
        return text_printf(ctx, "%" PRId64, n->num);
    case NODE_BOOL:
        return n->num ? "1" : "0";
    case NODE_LIST:
        break;
    case NODE_MAP:
        return NULL;
    }
    char *all = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(n); e; e = e->next) {
        if (e->type != NODE_STR)
            return NULL;
        all = talloc_asprintf_append(all, "%s%s", *all ? "," : "", e->str);
    }
    return all;
}

static void take_field(void *tmp, struct rec *r, const struct form_field *f, const struct node *n,
                       const struct rec_env *env, struct findings *out)
{
    const char *in = take_text(tmp, n), *code = "bad_value";
    char *value = NULL, *problem = NULL;

    if (!in) {
        findings_add(out, 'E', f->name, code, _("“%s”的内容格式不对，请重新填写"), _(f->label));
        return;
    }
    if (type_parse(tmp, f, env->today, in, &value, &code, &problem) != 0) {
        findings_add(out, 'E', f->name, code, "%s", problem ? _(problem) : _("请重新填写"));
        return;
    }
    value = value && *value ? value : NULL;
    if (rec_same(value, rec_at(r, f)))
        return;
    if (f->system)
        findings_add(out, 'E', f->name, "system_field", _("“%s”由系统填写，不能修改"), _(f->label));
    else if (f->retired)
        findings_add(out, 'E', f->name, "retired_field", _("“%s”已停用，不再填写"), _(f->label));
    else
        rec_set_at(r, f, value);
}

static void take_all(void *tmp, struct rec *r, const struct node *raw, const struct rec_env *env,
                     struct findings *out)
{
    for (const struct node *n = node_first(raw); n; n = n->next) {
        if (strchr(n->key, '.'))
            continue;
        const struct form_field *f = form_field(r->form, n->key);
        if (f)
            take_field(tmp, r, f, n, env, out);
        else
            findings_add(out, 'E', n->key, "unknown_field", _("没有“%s”这一项，请核对名称"),
                         text_visible(tmp, n->key, 0));
    }
}

/* Is the field, under its name or its former one, in raw? */
static bool take_has(const struct node *raw, const struct form_field *f)
{
    return node_get(raw, f->name) || (f->was && node_get(raw, f->was));
}

/* Targets that only followed their source are emptied, so that they follow it again. */
static void take_follow(struct rec *r, const struct rec *before, const struct node *raw,
                        struct date today)
{
    char old[11];

    for (size_t i = 0; i < r->form->nfield; i++) {
        const struct form_field *f = &r->form->field[i];
        if (f->from && !take_has(raw, f) && rec_derived(before, f, today, old) &&
            rec_same(before->val[i], old))
            r->val[i] = NULL;
    }
}

static void take_compare(const struct rec *r, const struct rec *before, const struct node *raw,
                         struct date today, struct findings *out)
{
    char want[11], was[11];

    for (size_t i = 0; i < r->form->nfield; i++) {
        const struct form_field *f = &r->form->field[i];
        if (!f->from || !rec_derived(r, f, today, want) || rec_same(r->val[i], want))
            continue;
        /* Someone who changes a phone number is not held up by an old quarrel of two others. */
        bool moved = !rec_derived(before, f, today, was) || strcmp(was, want) != 0;
        if (!moved && !take_has(raw, f))
            continue;
        bool birth = strchr(f->from, '.')[1] == 'b';
        findings_add(out, 'E', f->name, birth ? "birth_mismatch" : "sex_mismatch",
                     _("“%s”与身份证号不一致（身份证号为 %s），请核对原件"), _(f->label),
                     type_show(out, f, want));
    }
}

void rec_take(struct rec *r, const struct node *raw, const struct rec_env *env,
              struct findings *out)
{
    void *tmp = base_pool(TAKE_POOL);
    struct rec *before = rec_copy(tmp, r);

    take_all(tmp, r, raw, env, out);
    take_follow(r, before, raw, env->today);
    rec_derive(r, env->today, NULL);
    take_compare(r, before, raw, env->today, out);
    talloc_free(tmp);
}
