/*
 * The records of one change: the root, and the members that its dotted values belong to
 * ("father.phone"). Members that are not stored yet carry temporary ids, so that rules can look at
 * the family as it is becoming before anything is written.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/business.h"

static const char *id_text(void *ctx, uint64_t id)
{
    return text_printf(ctx, "%llu", (unsigned long long)id);
}

static struct member *member_of(const struct family *f, const struct form *form, uint64_t id)
{
    for (size_t i = 0; id && i < f->n; i++)
        if (f->m[i]->rec->form == form && f->m[i]->rec->id == id)
            return f->m[i];
    return NULL;
}

struct member *family_member(const struct family *f, const struct form_field *via)
{
    return member_of(f, via->ref, rec_ref(f->rec, via->name));
}

/* --- the environment: members first, then the store --- */

static const struct rec *family_linked(void *arg, const struct rec *rec,
                                       const struct form_field *field)
{
    const struct family *f = arg;
    const char *v = rec_at(rec, field);
    uint64_t id = v && *v >= '0' && *v <= '9' ? strtoull(v, NULL, 10) : 0;
    const struct member *m;

    if (!id)
        return NULL;
    if (f->rec && f->rec->form == field->ref && f->rec->id == id)
        return f->rec;
    if (f->owned && f->owned->form == field->ref && f->owned->id == id)
        return f->owned;
    m = member_of(f, field->ref, id);
    if (m)
        return m->rec;
    return id < FAMILY_TEMP ? f->base->linked(f->base->arg, rec, field) : NULL;
}

static int family_area(void *arg, const char *code, struct date on, const char **successor)
{
    const struct family *f = arg;

    return f->base->area(f->base->arg, code, on, successor);
}

static const char *family_area_class(void *arg, const char *code)
{
    const struct family *f = arg;

    return f->base->area_class(f->base->arg, code);
}

struct family *family_new(struct txn *txn, void *ctx, const struct county *county,
                          const struct actor *actor, struct save *s, const struct save_more *more)
{
    static const struct save_more none;
    struct family *f = talloc_zero(ctx, struct family);

    f->txn = txn;
    f->county = county;
    f->actor = actor;
    f->s = s;
    f->more = more ? more : &none;
    f->ctx = ctx;
    f->base = f->more->env ? f->more->env : county_env(f, txn, county, actor->today);
    f->env = *f->base;
    f->env.arg = f;
    f->env.me = id_text(f, actor->id);
    f->env.linked = family_linked;
    f->env.area = f->base->area ? family_area : NULL;
    f->env.area_class = f->base->area_class ? family_area_class : NULL;
    s->env = &f->env;
    f->who = actor->who;
    if (s->why)
        f->who.why = s->why;
    if (s->source)
        f->who.source = s->source;
    f->who.today = actor->today;
    return f;
}

/* --- which values the actor may give --- */

static bool may_name(const struct family *f, struct form_path path)
{
    if (f->more->trusted)
        return true;
    if (path.via && (path.via->ref->system || actor_reads(f->reader, path.via) < 2))
        return false;
    return actor_reads(f->reader, path.field) == 2 ||
           (!path.via && actor_fills(f->reader, path.field));
}

/* Filled by somebody, and not for the actor to read: whatever he types, nothing changes and the answer is
 * the same. */
static bool filled_unseen(const struct family *f, struct form_path path)
{
    if (f->more->trusted || path.via || !f->old || !rec_at(f->old, path.field) ||
        actor_reads(f->reader, path.field) == 2)
        return false;
    findings_add(f->s->findings, 'I', path.field->name, "filled",
                 _("“%s”已经填过，您看不到也改不了；要更正请告诉专管员"), _(path.field->label));
    return true;
}

static void unknown_name(const struct family *f, const char *name)
{
    findings_add(f->s->findings, 'E', name, "unknown_field", _("没有“%s”这一项，请核对名称"),
                 text_visible(f->s->findings, name, 0));
}

/* s->value with today's names of fields, without what the actor may not name. */
static void take_names(struct family *f)
{
    f->value = node_map(f->ctx);
    for (const struct node *n = node_first(f->s->value); n; n = n->next) {
        struct form_path path;
        const char *code;
        char *name;

        if (form_path_parse(f->s->form, n->key, &path) || !may_name(f, path)) {
            unknown_name(f, n->key);
            continue;
        }
        if (path.field->blind && filled_unseen(f, path))
            continue;
        name = form_path_text(f->value, path);
        code = n->type == NODE_STR ? place_code(f->value, f->county, path.field, n->str) : NULL;
        if (code)
            node_str(f->value, name, code);
        else
            node_copy(f->value, name, n);
    }
}

/* --- taking --- */

static bool hidden(const struct family *f, const struct form_field *field, size_t i)
{
    const struct code *code = &field->codes->code[i];

    return code->class != CLASS_A && !actor_reads_code(f->reader, field, code->code);
}

/* Codes the actor may not see stay as they were, and he may not choose them. */
static void keep_hidden_codes(const struct family *f, const struct rec *old, struct rec *rec,
                              const struct form_field *field, const char *prefix)
{
    const char *was = old ? rec_at(old, field) : NULL, *now = rec_at(rec, field);
    char *out = talloc_strdup(f->value, "");
    bool any = false;

    if (field->type->widget == WIDGET_PICK && was && !actor_reads_code(f->reader, field, was)) {
        rec_set_at(rec, field, was); /* the one answer of a single choice */
        return;
    }
    for (size_t i = 0; i < field->codes->n; i++) {
        const char *code = field->codes->code[i].code;
        bool had = was && type_codes_has(was, code), has = now && type_codes_has(now, code);

        if ((has || had) && hidden(f, field, i)) {
            if (has && !had)
                findings_add(f->s->findings, 'E',
                             text_printf(f->value, "%s%s", prefix, field->name), "bad_code",
                             _("“%s”没有“%s”这一项，请从列表中选择"), _(field->label), code);
            has = had;
            any = true;
        }
        if (has)
            out = talloc_asprintf_append(out, "%s%s", *out ? "," : "", code);
    }
    if (any)
        rec_set_at(rec, field, out);
}

static bool has_restricted(const struct codes *codes)
{
    for (size_t i = 0; i < codes->n; i++)
        if (codes->code[i].class != CLASS_A)
            return true;
    return false;
}

/* A person found by number keeps what was answered. */
static void keep_answered(const struct rec *old, struct rec *rec)
{
    for (size_t i = 0; i < rec->form->nfield; i++)
        if (old->val[i] && !rec_same(old->val[i], rec->val[i]))
            rec_set_at(rec, &rec->form->field[i], old->val[i]);
}

static void take_into(struct family *f, const struct rec *old, struct rec *rec,
                      const struct node *raw, const char *prefix)
{
    struct findings *got = findings_new(f);

    rec_take(rec, raw, &f->env, got);
    findings_merge(f->s->findings, got, prefix);
    for (const struct node *n = node_first(raw); n; n = n->next) {
        const struct form_field *field = form_field(rec->form, n->key);

        if (field && field->codes && !f->more->trusted && has_restricted(field->codes))
            keep_hidden_codes(f, old, rec, field, prefix);
    }
}

/* The values of one link ("father."), NULL for none. */
static struct node *group_of(const struct family *f, const struct form_field *via)
{
    size_t len = strlen(via->name);
    struct node *group = NULL;

    for (const struct node *n = node_first(f->value); n; n = n->next) {
        if (*n->key != *via->name || strncmp(n->key, via->name, len) != 0 || n->key[len] != '.')
            continue;
        group = group ? group : node_map(f->value);
        node_copy(group, n->key + len + 1, n);
    }
    return group;
}

static bool is_empty(const struct node *n)
{
    return n->type == NODE_NIL || (n->type == NODE_STR && !*n->str);
}

static struct member *member_add(struct family *f, const struct form_field *via, struct rec *old)
{
    struct member *m = talloc_zero(f, struct member);

    m->path.via = via;
    m->old = old;
    m->rec = old ? rec_copy(m, old) : rec_new(m, via->ref);
    if (!old)
        m->rec->id = FAMILY_TEMP + f->n;
    m->relinked = !f->old || rec_ref(f->old, via->name) != m->rec->id;
    f->m = talloc_realloc(f, f->m, struct member *, f->n + 1);
    f->m[f->n++] = m;
    return m;
}

/* The member with this id, read when it is none yet. HE_NOTFOUND is answered by rec_check
 * (bad_ref). */
static int member_load(struct family *f, const struct form_field *via, uint64_t id,
                       struct member **out)
{
    struct rec *old;
    int err;

    if ((*out = member_of(f, via->ref, id)))
        return 0;
    if ((err = txn_get(f->txn, f, via->ref, id, &old)))
        return err == HE_NOTFOUND ? 0 : err;
    if ((*out = member_of(f, via->ref, old->id)))
        return 0;
    *out = member_add(f, via, old);
    return 0;
}

/* A number alone is no key to a file elsewhere: who may not see it must know the name as well. */
static bool known(struct family *f, const struct form_field *via, const struct node *group,
                  uint64_t id)
{
    const struct form_field *title = via->ref->title ? form_field(via->ref, via->ref->title) : NULL;
    const char *typed = title ? node_text(group, title->name) : NULL, *code;
    char *value, *problem;
    struct rec *rec;

    if (f->more->trusted || f->more->import || !via->ref->area ||
        txn_get(f->txn, f, via->ref, id, &rec) ||
        actor_sees(f->txn, f->county, f->actor, text_printf(f, "%s.read", via->ref->name), rec))
        return true;
    return typed && !type_parse(f, title, f->actor->today, typed, &value, &code, &problem) &&
           value && rec_same(value, rec_at(rec, title));
}

/* Who holds one of the unique values: a stored record, or another member in the making. */
static int member_by_number(struct family *f, const struct form_field *via,
                            const struct node *group, struct member **out)
{
    for (size_t i = 0; i < via->ref->nfield; i++) {
        const struct form_field *field = &via->ref->field[i];
        const char *typed = field->unique ? node_text(group, field->name) : NULL, *code;
        char *value, *problem;
        uint64_t id;
        int err;

        if (!typed || type_parse(f, field, f->actor->today, typed, &value, &code, &problem) ||
            !value || type_is_unknown(value))
            continue;
        for (size_t j = 0; j < f->n && !*out; j++)
            if (f->m[j]->rec->form == via->ref && rec_same(rec_at(f->m[j]->rec, field), value))
                *out = f->m[j];
        if (*out)
            return 0;
        err = txn_unique(f->txn, field, value, &id);
        if (!err && !known(f, via, group, id)) {
            findings_add(f->s->findings, 'E', text_printf(f, "%s.%s", via->name, field->name),
                         "duplicate_id", "%s",
                         same_number_text(f->txn, f, f->county, f->actor, field, id));
            return HE_EXISTS;
        }
        if (!err && !(err = member_load(f, via, id, out)) && *out)
            (*out)->fill = f->more->import ||
                           (!f->more->trusted &&
                            !actor_sees(f->txn, f->county, f->actor,
                                        text_printf(f, "%s.change", via->ref->name), (*out)->rec));
        if (err != HE_NOTFOUND)
            return err;
    }
    return 0;
}

/* A list of things (schools) is chosen from by its unique title, never renamed through a link. */
static bool is_list(const struct form *form)
{
    const struct form_field *title = form->title ? form_field(form, form->title) : NULL;

    return !form->area && title && title->unique;
}

static bool may_add(const struct family *f, const struct form *form, const char *verb)
{
    return f->more->trusted ||
           actor_may(f->reader, text_printf(f->value, "%s.%s", form->name, verb));
}

static int member_find(struct family *f, const struct form_field *via, const struct node *group,
                       struct member **out)
{
    uint64_t id = rec_ref(f->rec, via->name);
    bool list = is_list(via->ref) && node_get(group, via->ref->title), any = false;
    int err;

    *out = NULL;
    if (id && !list)
        return member_load(f, via, id, out);
    for (const struct node *n = node_first(group); n && !any; n = n->next)
        any = !is_empty(n);
    if (!any) {
        if (list) /* the name of the school was emptied: no school */
            rec_set_at(f->rec, via, NULL);
        return 0;
    }
    err = member_by_number(f, via, group, out);
    if (err)
        return err == HE_EXISTS ? 0 : err;
    if (!*out && !may_add(f, via->ref, "add")) {
        findings_add(f->s->findings, 'E', via->name, "unknown_record",
                     _("没有找到这个“%s”，请从列表中选择"), _(via->label));
        return 0;
    }
    if (!*out)
        *out = member_add(f, via, NULL);
    rec_set_at(f->rec, via, id_text(f, (*out)->rec->id));
    return 0;
}

/* An own family's people change with the child; others only by who may change them where they are.
 * Somebody found by number has his empty fields filled, no more (member_by_number). */
static bool may_change(struct family *f, const struct member *m)
{
    const struct form *form = m->rec->form;

    return may_add(f, form, "change") &&
           (f->more->trusted || f->more->import || m->fill || !m->relinked || !form->area ||
            actor_sees(f->txn, f->county, f->actor, text_printf(f, "%s.change", form->name),
                       m->old));
}

static int take_group(struct family *f, const struct form_field *via)
{
    struct node *group = group_of(f, via);
    struct member *m = NULL;
    char *prefix;
    int err;

    if (!group)
        return 0;
    prefix = text_printf(f, "%s.", via->name);
    if ((err = member_find(f, via, group, &m)) || !m)
        return err;
    if (is_list(via->ref))
        node_remove(group, m->old ? via->ref->title : "");
    take_into(f, m->old, m->rec, group, prefix);
    if (m->old && m->fill)
        keep_answered(m->old, m->rec);
    if (m->old && member_changed(m) && !may_change(f, m))
        findings_add(f->s->findings, 'E', prefix, "denied", _("您没有修改“%s”内容的权限"),
                     _(via->label));
    return 0;
}

/* A dependent record's child has a change of its own (carry.c); anybody else is a member. */
static int take_link(struct family *f, const struct form_field *via)
{
    if (via != owner_field(f->rec->form))
        return take_group(f, via);
    f->carry = group_of(f, via);
    return 0;
}

/* A record may be linked only by who may read it: an id alone opens nothing. */
static int check_refs(struct family *f)
{
    for (size_t i = 0; i < f->rec->form->nfield && !f->more->trusted; i++) {
        const struct form_field *field = &f->rec->form->field[i];
        const char *now = f->rec->val[i];
        struct member *m = NULL;
        char *right;
        int err;

        if (!field->ref || !now || (f->old && rec_same(f->old->val[i], now)))
            continue;
        if ((err = member_load(f, field, rec_ref(f->rec, field->name), &m)))
            return err;
        right = text_printf(f, "%s.read", field->ref->name);
        if (m && !actor_sees(f->txn, f->county, f->actor, right, m->rec)) {
            rec_set_at(f->rec, field, f->old ? f->old->val[i] : NULL);
            findings_add(f->s->findings, 'E', field->name, "bad_ref",
                         _("“%s”指向的记录不存在，请重新选择"), _(field->label));
        }
    }
    return 0;
}

int family_take(struct family *f)
{
    int err;

    take_names(f);
    take_into(f, f->old, f->rec, f->value, "");
    if ((err = check_refs(f)))
        return err;
    for (size_t i = 0; i < f->rec->form->nfield; i++)
        if (f->rec->form->field[i].ref && (err = take_link(f, &f->rec->form->field[i])))
            return err;
    return 0;
}

/* --- what became of it --- */

static bool differs(const struct rec *old, const struct rec *rec)
{
    for (size_t i = 0; i < rec->form->nfield; i++)
        if (!rec_same(old ? old->val[i] : NULL, rec->val[i]))
            return true;
    return false;
}

bool member_changed(const struct member *m)
{
    return !m->old || differs(m->old, m->rec);
}

bool family_changed(const struct family *f)
{
    bool changed = !f->old || differs(f->old, f->rec);

    for (size_t i = 0; i < f->n && !changed; i++)
        changed = member_changed(f->m[i]);
    return changed;
}

void family_relink(struct family *f, uint64_t temp, const struct member *m)
{
    for (size_t i = 0; i < f->rec->form->nfield; i++) {
        const struct form_field *field = &f->rec->form->field[i];

        if (field->ref == m->rec->form && rec_ref(f->rec, field->name) == temp)
            rec_set_at(f->rec, field, id_text(f, m->rec->id));
    }
}
