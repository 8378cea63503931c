/* Places of a form: stored and present values, undo, what is sent. */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

/* The values of the last saved records of this sitting: "child.ethnicity" → text, "… show". */
static struct node *memory;

static const char *memory_key(void *ctx, const struct form *form, const struct entry *p,
                              const char *what)
{
    return text_printf(ctx, "%s %s %s", form->name, p->name, what);
}

void model_remember(const struct model *m)
{
    if (!memory)
        memory = node_map(NULL);
    void *tmp = talloc_new(NULL);
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (p->fixed || !p->a.value || p->f->unique || p->f->blind || type_is_unknown(p->a.value))
            continue;
        node_str(memory, memory_key(tmp, m->form, p, "v"), p->a.value);
        node_str(memory, memory_key(tmp, m->form, p, "show"), p->a.show);
    }
    talloc_free(tmp);
}

bool model_last(const struct entry *p, const struct form *form, struct answer *a)
{
    void *tmp = talloc_new(NULL);
    *a = (struct answer){.value = node_text(memory, memory_key(tmp, form, p, "v")),
                         .show = node_text(memory, memory_key(tmp, form, p, "show"))};
    talloc_free(tmp);
    return a->value != NULL;
}

/* --- places --- */

/* Fields of a class that no post reads do not exist here; the server would refuse them. */
bool model_reads(const struct session *s, enum form_class class)
{
    const char *classes = node_text_or(s->me, "classes", "ABCD");
    return strchr(classes, 'A' + (int)class) != NULL;
}

/* All dotted fields of the section lead to one record: then their labels stand alone. */
static bool one_via(const struct form_section *s)
{
    const struct form_field *via = NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->path[i].via)
            continue;
        if (via && via != s->path[i].via)
            return false;
        via = s->path[i].via;
    }
    return true;
}

static void add_place(struct model *m, size_t section, struct form_path path)
{
    const struct form_section *s = &m->form->section[section];
    struct entry *p = &m->place[m->n++];
    *p = (struct entry){.path = path, .f = path.field, .section = section};
    p->name = form_path_text(m, path);
    p->label = path.via && !one_via(s)
                   ? text_printf(m, "%s %s", _(path.via->label), _(path.field->label))
                   : _(path.field->label);
    p->fixed = path.field->system || path.field->retired || (path.via && path.via->retired);
}

/* Filled without being read (form_field.blind) by whoever writes such records. */
static bool fills(const struct session *s, struct form_path path)
{
    const char *form = path.field->form->name;
    return path.field->blind && !path.via &&
           (session_may_do(s, form, "add") || session_may_do(s, form, "change"));
}

struct model *model_new(void *ctx, struct session *s, const struct form *form)
{
    struct model *m = talloc_zero(ctx, struct model);
    size_t n = 0;
    MUST(m);
    m->s = s;
    m->form = form;
    for (size_t i = 0; i < form->nsection; i++)
        n += form->section[i].n;
    m->place = talloc_zero_array(m, struct entry, (unsigned)n + 1);
    m->open = talloc_zero_array(m, bool, (unsigned)form->nsection + 1);
    m->hidden = talloc_zero_array(m, bool, (unsigned)form->nsection + 1);
    MUST(m->place && m->open && m->hidden);
    for (size_t i = 0; i < form->nsection; i++)
        for (size_t k = 0; k < form->section[i].n; k++) {
            struct form_path path = form->section[i].path[k];
            if (!path.field->retired && (model_reads(s, path.field->class) || fills(s, path)))
                add_place(m, i, path);
        }
    return m;
}

size_t model_find(const struct model *m, const char *path)
{
    for (size_t i = 0; path && i < m->n; i++)
        if (strcmp(m->place[i].name, path) == 0)
            return i;
    return NO_PLACE;
}

bool model_folded(const struct model *m, size_t section)
{
    return m->form->section[section].fold >= CLASS_C && !m->open[section];
}

/* A derived value is not sent: the server derives it by itself, also when the number changes. */
bool model_changed(const struct entry *p)
{
    return !p->fixed && !p->a.derived && !rec_same(p->a.value, p->stored);
}

size_t model_changes(const struct model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        n += model_changed(&m->place[i]);
    return n;
}

/* --- changes --- */

static const char *keep(struct model *m, const char *s)
{
    if (!s || !*s)
        return NULL;
    char *copy = talloc_strdup(m, s);
    MUST(copy);
    return copy;
}

void model_begin(struct model *m)
{
    m->group++;
}

static bool same_answer(const struct answer *a, const struct answer *b)
{
    return rec_same(a->value, b->value) && rec_same(a->problem, b->problem) &&
           a->derived == b->derived;
}

void model_put(struct model *m, size_t place, struct answer a)
{
    struct entry *p = &m->place[place];
    a.value = keep(m, a.value);
    a.show = a.value ? keep(m, a.show) : NULL;
    a.problem = keep(m, a.problem);
    if (same_answer(&p->a, &a)) {
        p->a.show = a.show ? a.show : p->a.show;
        return;
    }
    size_t room = m->step ? talloc_array_length(m->step) : 0;
    if (m->at == room)
        m->step = talloc_realloc(m, m->step, struct step, (unsigned)(room ? 2 * room : 32));
    MUST(m->step);
    m->step[m->at++] = (struct step){place, p->a, a, m->group};
    m->nstep = m->at;
    p->a = a;
    check_clear(m, place);
}

size_t model_undo(struct model *m)
{
    size_t place = NO_PLACE;
    unsigned group = m->at ? m->step[m->at - 1].group : 0;
    while (m->at > 0 && m->step[m->at - 1].group == group) {
        const struct step *s = &m->step[--m->at];
        place = s->place;
        m->place[place].a = s->old;
    }
    return place;
}

size_t model_redo(struct model *m)
{
    size_t place = NO_PLACE;
    unsigned group = m->at < m->nstep ? m->step[m->at].group : 0;
    while (m->at < m->nstep && m->step[m->at].group == group) {
        const struct step *s = &m->step[m->at++];
        place = place == NO_PLACE ? s->place : place;
        m->place[s->place].a = s->now;
    }
    return place;
}

const char *model_label(void *ctx, const struct entry *p)
{
    return p->path.via ? text_printf(ctx, "%s %s", _(p->path.via->label), _(p->f->label))
                       : p->label;
}

const char *model_text(void *ctx, const struct entry *p, const struct answer *a)
{
    const char *name = p->f->type->name;
    if (!a->value && !a->show)
        return "";
    const char *text = a->show && !type_is_unknown(a->value) ? a->show
                       : a->problem                          ? a->value
                                                             : type_show(ctx, p->f, a->value);
    bool ours = p->f->system && (strcmp(name, "text") == 0 || strcmp(name, "note") == 0);
    return ours ? lang_said(ctx, text) : text; /* rules wrote it */
}

void model_send(const struct model *m, struct node *body)
{
    struct node *v = node_add_map(body, "v");
    struct node *base = m->id ? node_add_map(body, "base") : NULL;
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *p = &m->place[i];
        if (!model_changed(p))
            continue;
        node_str(v, p->name, p->a.value);
        if (base)
            node_str(base, p->name, p->stored);
    }
    if (m->id)
        node_int(body, "id", (int64_t)m->id), node_int(body, "version", m->version);
    node_str(body, "type", m->form->name);
}
