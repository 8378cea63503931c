/*
 * Into the places of a form: a record as rec.open shows it, a linked person, a sibling, a returned
 * change. The keys are those of rec_view (src/work/list.h): v {path: value}, show {path: text},
 * mask [path], version.
 */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

static bool listed(const struct node *list, const char *text)
{
    for (const struct node *e = node_first(list); e; e = e->next)
        if (e->type == NODE_STR && strcmp(e->str, text) == 0)
            return true;
    return false;
}

static const char *keep(struct model *m, const char *s)
{
    return s && *s ? talloc_strdup(m, s) : NULL;
}

/* What the server now has for a place; what was typed stays, what was not follows. */
static void rest_on(struct model *m, struct entry *p, const char *value, const char *show,
                    bool masked)
{
    bool typed = model_changed(p) || p->a.problem;
    value = keep(m, value);
    show = keep(m, show);
    p->stored = value;
    p->stored_show = show;
    p->masked = masked;
    p->fixed = masked || p->f->system || p->f->retired ||
               (m->id && m->form->final && (p->path.via || !p->f->later || (value && !p->f->blind)));
    if (typed && !masked)
        return;
    p->a = (struct answer){.value = masked && !value ? show : value, .show = show};
    p->stored = p->a.value;
}

void model_take(struct model *m, const struct node *view, bool rebase)
{
    const struct node *v = node_get(view, "v"), *show = node_get(view, "show");
    const struct node *mask = node_get(view, "mask");
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        if (!rebase)
            p->a = (struct answer){0};
        rest_on(m, p, node_text(v, p->name), node_text(show, p->name), listed(mask, p->name));
    }
    m->version = (uint32_t)node_num(view, "version", m->version);
    if (!rebase)
        m->nstep = m->at = 0;
}

/* --- linked records --- */

static struct node *get_record(struct app *app, struct model *m, void *ctx, const char *type,
                               uint64_t id)
{
    struct node *body = node_map(ctx), *answer = NULL;
    node_str(body, "type", type);
    node_int(body, "id", (int64_t)id);
    return session_call(app, m->s, ctx, OP_REC_GET, body, &answer) == 0 ? answer : NULL;
}

static uint64_t ref_id(const struct entry *p)
{
    const char *v = p->a.problem ? NULL : p->a.value;
    return v && *v >= '0' && *v <= '9' ? strtoull(v, NULL, 10) : 0;
}

/* prefix "" takes names as they are (a person alone), else the dotted ones of a child. */
static void link_from(struct model *m, size_t ref, const struct node *view, bool dotted)
{
    const struct node *v = node_get(view, "v"), *show = node_get(view, "show");
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        if (p->path.via != m->place[ref].f)
            continue;
        const char *name = dotted ? p->name : p->f->name;
        rest_on(m, p, node_text(v, name), node_text(show, name),
                listed(node_get(view, "mask"), name));
    }
}

void model_link(struct app *app, struct model *m, size_t ref)
{
    void *tmp = talloc_new(NULL);
    const struct form_field *f = m->place[ref].f;
    uint64_t id = ref_id(&m->place[ref]);
    struct node *view = id && f->ref ? get_record(app, m, tmp, f->ref->name, id) : NULL;
    if (f->ref && (view || !id))
        link_from(m, ref, view, false);
    talloc_free(tmp);
}

/* --- another child of the family --- */

/* Own fields of `of` that pass; the records behind refs come with them. */
static int copy_from(struct app *app, struct model *m, uint64_t of, bool refs_only)
{
    void *tmp = talloc_new(NULL);
    struct node *view = get_record(app, m, tmp, m->form->name, of);
    const struct node *v = node_get(view, "v"), *show = node_get(view, "show");
    size_t copied = 0;
    model_begin(m);
    for (size_t i = 0; view && i < m->n; i++) {
        struct entry *p = &m->place[i];
        const char *value = node_text(v, p->name);
        if (p->path.via || !p->f->sibling || p->fixed || !value ||
            listed(node_get(view, "mask"), p->name) || (refs_only && (!p->f->ref || p->a.value)))
            continue;
        model_put(m, i, (struct answer){.value = value, .show = node_text(show, p->name)});
        copied++;
        if (p->f->ref)
            link_from(m, i, view, true);
    }
    if (view && !refs_only)
        app_message(app, _("照抄了%s的 %zu 项，请往后核对；姓名、号码等本人的内容另填"),
                    node_text_or(v, m->form->title ? m->form->title : "", ""), copied);
    talloc_free(tmp);
    return view ? 0 : HE_NOTFOUND;
}

int model_sibling(struct app *app, struct model *m, uint64_t of)
{
    int r = copy_from(app, m, of, false);
    m->nstep = m->at = 0;
    return r;
}

int model_share(struct app *app, struct model *m, uint64_t of)
{
    return copy_from(app, m, of, true);
}

/* --- a new record that hangs on another --- */

static const char *title_of(const struct form *form, const struct node *view)
{
    const char *name = form->title ? form->title : "";
    const char *show = node_text(node_get(view, "show"), name);
    return show ? show : node_text(node_get(view, "v"), name);
}

int model_hang(struct app *app, struct model *m, const char *of, uint64_t id)
{
    const struct form *to = dict_form(m->s->dict, of);
    const struct form_field *link = to ? form_link(m->form, to) : NULL;
    size_t ref = link ? model_find(m, link->name) : NO_PLACE;
    void *tmp = talloc_new(NULL);
    struct node *view = ref == NO_PLACE ? NULL : get_record(app, m, tmp, of, id);
    if (view) {
        char *value = text_printf(tmp, "%llu", (unsigned long long)id);
        model_put(m, ref, (struct answer){.value = value, .show = title_of(to, view)});
        link_from(m, ref, view, false);
        m->nstep = m->at = 0;
    }
    talloc_free(tmp);
    return view ? 0 : HE_NOTFOUND;
}

void model_given(struct model *m, const struct node *view)
{
    const struct node *v = node_get(view, "v"), *show = node_get(view, "show");
    for (size_t i = 0; view && i < m->n; i++) {
        struct entry *p = &m->place[i];
        const char *value = p->path.via || p->fixed ? NULL : node_text(v, p->name);
        if (!value || (p->a.value && strcmp(p->a.value, value) == 0))
            continue;
        model_put(m, i, (struct answer){.value = value, .show = node_text(show, p->name)});
        if (p->f->ref)
            link_from(m, i, view, true);
    }
    m->nstep = m->at = 0;
}

void model_preset(struct model *m, const struct node *set)
{
    for (const struct node *n = node_first(set); n; n = n->next) {
        size_t i = model_find(m, n->key);
        if (i != NO_PLACE && n->type == NODE_STR)
            model_put(m, i, (struct answer){.value = n->str});
    }
    m->nstep = m->at = 0;
}

bool model_quick(const struct model *m)
{
    for (size_t i = 0; i < m->form->nsection; i++)
        if (m->form->section[i].quick)
            return true;
    return false;
}

size_t model_start(const struct model *m)
{
    for (size_t i = 0; !m->id && i < m->n; i++)
        if (m->form->section[m->place[i].section].quick && !m->place[i].a.value &&
            !m->place[i].fixed)
            return i;
    return 0;
}

/* --- a returned change --- */

static bool in_words(const char *words, const char *name)
{
    static const char breaks[] = "[]\", \n;"; /* marks are kept as a JSON list */
    for (const char *s = words ? words : ""; *s;) {
        size_t n = strcspn(s, breaks);
        if (n == strlen(name) && strncmp(s, name, n) == 0)
            return true;
        s += n + strspn(s + n, breaks);
    }
    return false;
}

size_t model_mend(struct model *m, const struct node *change, const char **reason)
{
    const struct node *v = node_get(change, "proposed");
    const struct node *show = node_get(change, "proposed_show");
    const struct node *marks = node_get(change, "marks");
    size_t first = NO_PLACE;
    model_begin(m);
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        p->marked = listed(marks, p->name) || in_words(node_text(change, "marks"), p->name);
        if (p->marked && first == NO_PLACE)
            first = i;
        if (p->fixed || !node_get(v, p->name))
            continue;
        model_put(
            m, i,
            (struct answer){.value = node_text(v, p->name), .show = node_text(show, p->name)});
    }
    m->nstep = m->at = 0;
    *reason = node_text(change, "return_reason");
    return first;
}
