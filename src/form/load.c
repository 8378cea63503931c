#include "form/load.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

#define NAME_MAX_ 40

struct load_pool {
    char *block;
    size_t used, size, step;
};

struct load_pool *load_pool_new(void *ctx, size_t step)
{
    struct load_pool *p = talloc_zero(ctx, struct load_pool);

    MUST(p != NULL);
    p->step = step;
    return p;
}

const char *load_pool_text(struct load_pool *p, const char *s)
{
    size_t len;
    char *out;

    if (s == NULL)
        return NULL;
    len = strlen(s) + 1;
    if (p->size - p->used < len) {
        p->size = len > p->step ? len : p->step;
        p->block = talloc_size(p, p->size);
        MUST(p->block != NULL);
        p->used = 0;
    }
    out = memcpy(p->block + p->used, s, len);
    p->used += len;
    return out;
}

const struct conf_item *load_at(const struct conf_item *group, const char *key)
{
    const struct conf_item *item = conf_get(group, key);

    return item != NULL ? item : group;
}

/* A label with a control character would reach every terminal. */
static bool load_clean(const char *s)
{
    uint32_t cp;

    while ((cp = text_next(&s)) != 0)
        if (cp == 0xfffd || !text_cp_allowed(cp, false))
            return false;
    return true;
}

const char *load_text(struct load *l, const struct conf_item *group, const char *key)
{
    const char *s = conf_text(group, key, NULL, l->errs);

    if (s == NULL || *s == '\0')
        return NULL;
    if (!load_clean(s))
        conf_error_at(l->errs, load_at(group, key), "“%s”里有看不见的控制字符，请重新输入", key);
    return load_pool_text(l->pool, s);
}

const char *load_need(struct load *l, const struct conf_item *group, const char *key)
{
    const char *s = load_text(l, group, key);
    const struct conf_item *item = conf_get(group, key);

    if (s != NULL)
        return s;
    if (item == NULL)
        conf_error_at(l->errs, group, "缺少“%s”", key);
    else if (conf_is_text(item))
        conf_error_at(l->errs, item, "“%s”不能为空", key);
    return "";
}

bool load_is_name(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n > 0 && n <= NAME_MAX_ && s[n] == '\0' && strchr("0123456789_", s[0]) == NULL;
}

const char *load_name(struct load *l, const struct conf_item *group)
{
    const char *s = load_need(l, group, "name");

    if (*s == '\0' || load_is_name(s))
        return s;
    conf_error_at(l->errs, load_at(group, "name"),
                  "名称“%s”不合规定：用小写字母开头，只用小写字母、数字和下划线，最多 %d 个", s,
                  NAME_MAX_);
    return "";
}

int load_int(struct load *l, const struct conf_item *group, const char *key, int lo, int hi)
{
    long v = conf_int(group, key, lo, l->errs);

    if (conf_get(group, key) == NULL)
        return 0;
    if (v >= lo && v <= hi)
        return (int)v;
    conf_error_at(l->errs, load_at(group, key), "“%s”应在 %d 到 %d 之间", key, lo, hi);
    return 0;
}

const struct conf_item *load_list(struct load *l, const char *key)
{
    const struct conf_item *item = conf_get(conf_root(l->conf[l->form->pos]), key);

    if (item == NULL || conf_is_list(item))
        return item;
    if (!conf_is_mended(item))
        conf_error_at(l->errs, item, "“%s”应是用圆括号括起来的一列", key);
    return NULL;
}

enum form_class load_class(struct load *l, const struct conf_item *group, const char *key,
                           enum form_class dflt)
{
    const char *s = conf_text(group, key, NULL, l->errs);

    if (s == NULL)
        return dflt;
    if (s[0] >= 'A' && s[0] <= 'D' && s[1] == '\0')
        return (enum form_class)(s[0] - 'A');
    conf_error_at(l->errs, load_at(group, key),
                  "“%s”只能是 \"A\" \"B\" \"C\" \"D\" 之一，不能是“%s”", key, s);
    return dflt;
}

/* Names the field that was probably meant, of the form that the path reached. */
static const char *load_path_hint(struct load *l, const char *text)
{
    const char *dot = strchr(text, '.');
    const struct form *form = l->form;
    const struct form_field *via = NULL;
    const char **names, *word = text;

    if (dot != NULL) {
        word = talloc_strndup(l->tmp, text, (size_t)(dot - text));
        via = form_field(form, word);
        if (via != NULL && via->ref == NULL)
            return "";
    }
    if (via != NULL) {
        form = via->ref;
        word = dot + 1;
    }
    names = talloc_zero_array(l->tmp, const char *, form->nfield + 1);
    MUST(names != NULL);
    for (size_t i = 0; i < form->nfield; i++)
        names[i] = form->field[i].name;
    return load_near(l->tmp, word, names);
}

bool load_is_dim(const struct load *l, const struct form *form)
{
    const struct conf *conf = l->conf[form->pos];

    return conf == NULL || conf_is_broken(conf);
}

/* Does the path lead into a file that could not be made out? */
static bool load_path_dim(struct load *l, const char *text)
{
    const char *dot = strchr(text, '.');
    const struct form_field *via;

    if (load_is_dim(l, l->form))
        return true;
    if (dot == NULL)
        return false;
    via = form_field(l->form, talloc_strndup(l->tmp, text, (size_t)(dot - text)));
    return via != NULL && via->ref_name != NULL && (via->ref == NULL || load_is_dim(l, via->ref));
}

bool load_path(struct load *l, const struct conf_item *item, const char *text,
               struct form_path *out)
{
    memset(out, 0, sizeof *out);
    if (form_path_parse(l->form, text, out) == 0)
        return true;
    if (!load_path_dim(l, text))
        conf_error_at(l->errs, item, "没有字段“%s”%s", text, load_path_hint(l, text));
    return false;
}

const struct form_field *load_own_field(struct load *l, const struct conf_item *item,
                                        const char *name)
{
    const struct form_field *f = form_field(l->form, name);

    if (f == NULL && !load_is_dim(l, l->form))
        conf_error_at(l->errs, item, "没有字段“%s”%s", name, load_path_hint(l, name));
    return f;
}

const char *load_near(void *ctx, const char *word, const char *const names[])
{
    const char *best = conf_nearest(word, names);

    return best == NULL || *best == '\0' ? "" : text_printf(ctx, _("，是不是“%s”？"), best);
}
