/* What follows from the values of a form: derived ones, wanted ones, sections shown, defaults. */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "rec/expr.h"

/* The record and its linked ones as they stand in the form. */
struct family {
    const struct model *m;
    struct rec *own;
    struct rec **linked; /* by position of the ref field; NULL when nothing is known of it */
};

static void family_new(void *ctx, const struct model *m, struct family *f)
{
    f->m = m;
    f->own = rec_new(ctx, m->form);
    f->linked = talloc_zero_array(ctx, struct rec *, (unsigned)m->form->nfield + 1);
    MUST(f->linked);
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (!p->a.value || p->a.problem)
            continue;
        struct rec *r = f->own;
        if (p->path.via) {
            struct rec **l = &f->linked[p->path.via->pos];
            r = *l ? *l : (*l = rec_new(ctx, p->path.via->ref));
        }
        rec_set_at(r, p->f, p->a.value);
    }
}

static const struct rec *linked(void *arg, const struct rec *r, const struct form_field *f)
{
    const struct family *fam = arg;
    return r == fam->own ? fam->linked[f->pos] : NULL;
}

static struct rec *rec_of(const struct family *f, const struct entry *p)
{
    return p->path.via ? f->linked[p->path.via->pos] : f->own;
}

/* Values that an ID number calls for; one that a person typed stays. */
static bool derive(struct model *m, const struct family *f)
{
    bool any = false;
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        const struct rec *r = rec_of(f, p);
        char value[11] = "";
        if (!p->f->from || p->fixed ||
            (p->a.value && !p->a.derived && !type_is_unknown(p->a.value)))
            continue;
        bool found = r && rec_derived(r, p->f, m->s->today, value);
        if (!found && !p->a.derived)
            continue;
        struct answer a = {.value = found ? value : NULL, .derived = found};
        any = any || !rec_same(p->a.value, a.value);
        model_put(m, i, a);
    }
    return any;
}

/* A stored value that equals the derived one follows the number when that changes. */
static void adopt(struct model *m, const struct family *f)
{
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        const struct rec *r = rec_of(f, p);
        char value[11];
        if (p->f->from && r && !p->fixed && rec_derived(r, p->f, m->s->today, value) &&
            rec_same(p->a.value, value))
            p->a.derived = true;
    }
}

static void want(struct model *m, const struct family *f, const struct rec_env *env)
{
    struct findings *own = findings_new(f->own);
    rec_check_complete(f->own, env, own);
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        const struct rec *r = rec_of(f, p);
        struct findings *fs = own;
        p->wanted = false;
        if (p->fixed || p->a.value || !r)
            continue;
        if (p->path.via) {
            fs = findings_new(f->own);
            rec_check_complete(r, env, fs);
        }
        p->wanted = p->f->must;
        for (size_t k = 0; k < fs->n && !p->wanted; k++)
            p->wanted = strcmp(fs->f[k].field, p->f->name) == 0;
    }
}

void model_follow(struct model *m)
{
    void *tmp = talloc_new(NULL);
    struct family f;
    family_new(tmp, m, &f);
    adopt(m, &f);
    if (derive(m, &f))
        family_new(tmp, m, &f);
    struct rec_env env = {.today = m->s->today, .arg = &f, .linked = linked};
    want(m, &f, &env);
    for (size_t i = 0; i < m->form->nsection; i++) {
        const struct form_section *s = &m->form->section[i];
        m->hidden[i] = s->when && expr_eval(s->when, f.own, &env) != TRI_TRUE;
    }
    talloc_free(tmp);
}

int model_age(const struct model *m, const struct entry *p)
{
    struct date d;
    const char *dot = p->f->from ? strchr(p->f->from, '.') : NULL;
    if (!dot || strcmp(dot, ".birth") != 0 || !p->a.value || p->a.problem ||
        date_parse(p->a.value, &d) != 0 || d.d == 0 || date_cmp(d, m->s->today) > 0)
        return -1;
    return date_age(d, m->s->today);
}

/* --- defaults --- */

/* The one village of the person's posts; several or none: no default. */
static bool my_village(const struct session *s, struct answer *a)
{
    const struct node *one = NULL;
    for (const struct node *e = node_first(node_get(s->me, "posts")); e; e = e->next) {
        const char *area = node_text_or(e, "area", "");
        if (area_level(area) != AREA_VILLAGE)
            return false;
        if (one && strcmp(node_text(one, "area"), area) != 0)
            return false;
        one = e;
    }
    if (one)
        *a = (struct answer){.value = node_text(one, "area"), .show = node_text(one, "title")};
    return one != NULL;
}

static bool default_of(void *ctx, const struct model *m, const struct entry *p, struct answer *a)
{
    const char *d = p->f->dflt;
    char day[11];
    *a = (struct answer){.value = d};
    if (strcmp(d, "user.village") == 0)
        return my_village(m->s, a);
    if (strcmp(d, "today") == 0)
        a->value = talloc_strdup(ctx, date_format(m->s->today, day));
    if (strcmp(d, "user") == 0) {
        a->value = text_printf(ctx, "%lld", (long long)node_num(m->s->me, "id", 0));
        a->show = node_text(m->s->me, "name");
    }
    return true;
}

const char *model_defaults(void *ctx, struct model *m)
{
    void *tmp = talloc_new(NULL);
    char *carried = talloc_strdup(ctx, "");
    struct answer a, last;
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (p->path.via || p->f->system || p->a.value)
            continue;
        bool some = p->f->dflt && default_of(tmp, m, p, &a);
        if (p->f->carry && model_last(p, m->form, &last) &&
            !(some && rec_same(last.value, a.value))) {
            a = last;
            carried = talloc_asprintf_append(carried, "%s%s", *carried ? _("、") : "",
                                             model_text(tmp, p, &last));
            some = true;
        }
        if (some)
            model_put(m, i, a);
    }
    MUST(carried);
    m->nstep = m->at = 0; /* nobody typed them: nothing to undo */
    talloc_free(tmp);
    return carried;
}
