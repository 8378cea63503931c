/*
 * Does another record hold a unique value already? Did others change the same fields meanwhile? What the asker saw comes as `base` values, or as the
 * version it was based on; then the history says what was. Different fields merge: the new values
 * are laid over the stored record of now.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/save_in.h"

/* The newest change of one field after the moment the asker looked. */
struct last {
    const char *field;
    uint32_t version; /* changes after this version … */
    int64_t since;    /* … and from this second on count; 0: all */
    bool found;
    const char *was; /* before the first of them */
    const char *who;
    int64_t when;
    void *ctx;
};

static int last_entry(const struct node *entry, void *arg)
{
    struct last *last = arg;
    const struct node *old = node_get(entry, "old");

    if (node_num(entry, "version", 0) <= last->version || node_num(entry, "time", 0) < last->since)
        return 1;
    if (!node_get(old, last->field) && !(old && !old->n)) /* the first entry is of every field */
        return 0;
    if (!last->found) {
        last->who = talloc_strdup(last->ctx, node_text_or(entry, "user", ""));
        last->when = node_num(entry, "time", 0);
    }
    last->found = true;
    last->was =
        node_text(old, last->field) ? talloc_strdup(last->ctx, node_text(old, last->field)) : NULL;
    return 0;
}

static int last_change(struct family *f, const struct rec *rec, struct last *last)
{
    int err = txn_history(f->txn, f, rec->form, rec->id, last_entry, last);

    return err > 0 ? 0 : err;
}

/* A login is no name. */
static const char *person_name(struct family *f, const char *login)
{
    const struct form *form = dict_form(f->county->dict, "user");
    struct rec *user;
    uint64_t id;

    if (!login || txn_unique(f->txn, form_field(form, "login"), login, &id) ||
        txn_get(f->txn, f, form, id, &user) || !rec_get(user, "name"))
        return login;
    return rec_get(user, "name");
}

static void conflict_add(struct family *f, const char *path, const char *theirs, const char *mine,
                         const struct last *last)
{
    struct node *row;
    char when[20];

    if (!f->s->conflict)
        f->s->conflict = node_list(f->ctx);
    row = node_add_map(f->s->conflict, NULL);
    node_str(row, "field", path);
    node_str(row, "was", last->was);
    node_str(row, "theirs", theirs);
    node_str(row, "mine", mine);
    node_str(row, "who", person_name(f, last->who));
    node_str(row, "when", last->when ? date_time_format(last->when, when) : NULL);
}

/* A multiple choice as the actor sees it. */
static const char *seen(const struct family *f, const struct form_field *field, const char *value)
{
    bool restricted = false;
    char *out;

    if (!value || !field->codes || f->more->trusted)
        return value;
    for (size_t i = 0; i < field->codes->n && !restricted; i++)
        restricted = field->codes->code[i].class != CLASS_A;
    if (!restricted)
        return value;
    out = talloc_strdup(f->s->findings, "");
    for (size_t i = 0; i < field->codes->n; i++) {
        const char *code = field->codes->code[i].code;

        if (type_codes_has(value, code) && actor_reads_code(f->reader, field, code))
            out = talloc_asprintf_append(out, "%s%s", *out ? "," : "", code);
    }
    return *out ? out : NULL;
}

static int check_path(struct family *f, const char *path, const struct form_field *field,
                      const struct rec *old, const struct rec *rec, bool own)
{
    const struct node *base = node_get(f->s->base, path);
    const char *now = seen(f, field, rec_at(old, field)),
               *mine = seen(f, field, rec_at(rec, field));
    struct last last = {.field = field->name, .ctx = f};
    const char *was;
    int err;

    if (rec_same(now, mine))
        return 0;
    if (base) {
        was = base->type == NODE_STR && *base->str ? base->str : NULL;
        if (rec_same(was, now))
            return 0;
        err = last_change(f, old, &last);
        last.was = was;
    } else {
        if (own ? !f->s->version || f->s->version == old->version : !f->more->since)
            return 0;
        last.version = own ? f->s->version : 1; /* made then is not changed since */
        last.since = own ? 0 : f->more->since;
        if ((err = last_change(f, old, &last)) || !last.found)
            return err;
        if (rec_same(seen(f, field, last.was), now)) /* changed and changed back */
            return 0;
    }
    last.was = seen(f, field, last.was);
    conflict_add(f, path, now, mine, &last);
    return err;
}

/* "father.phone" was meant for the father of then: another father meanwhile must not get it. */
static int check_via(struct family *f, const struct form_field *via, const char *path)
{
    struct last last = {.field = via->name, .version = f->s->version, .ctx = f};
    const char *now = rec_at(f->old, via);
    int err;

    if (node_get(f->value, via->name) || !last.version || last.version == f->old->version)
        return 0;
    if ((err = last_change(f, f->old, &last)) || !last.found || rec_same(last.was, now))
        return err;
    conflict_add(f, path, now, node_text(f->value, path), &last);
    return 0;
}

int conflict_check(struct family *f)
{
    if (!f->s->base && !f->s->version && !f->more->since)
        return 0;
    for (const struct node *n = node_first(f->value); n; n = n->next) {
        struct form_path path;
        const struct member *m;
        int err = 0;

        if (form_path_parse(f->s->form, n->key, &path))
            continue;
        m = path.via ? family_member(f, path.via) : NULL;
        if (path.via && f->old && (err = check_via(f, path.via, n->key)))
            return err;
        if (!path.via && f->old)
            err = check_path(f, n->key, path.field, f->old, f->rec, true);
        else if (m && m->old && !m->relinked)
            err = check_path(f, n->key, path.field, m->old, m->rec, false);
        if (err)
            return err;
    }
    return f->s->conflict ? HE_CONFLICT : 0;
}

/* --- unique values --- */

static int unique_one(struct family *f, const struct rec *old, const struct rec *rec,
                      const char *prefix)
{
    for (size_t i = 0; i < rec->form->nfield; i++) {
        const struct form_field *field = &rec->form->field[i];
        const char *now = field->unique ? rec->val[i] : NULL;
        uint64_t holder;
        int err;

        if (!now || type_is_unknown(now) || (old && rec_same(old->val[i], now)))
            continue;
        err = txn_unique_vacant(f->txn, field, now, &holder);
        if (!err && holder != rec->id)
            findings_add(f->s->findings, 'E', text_printf(f, "%s%s", prefix, field->name),
                         !strcmp(field->name, "id_no") ? "duplicate_id" : "duplicate", "%s",
                         same_number_text(f->txn, f, f->county, f->actor, field, holder));
        else if (err && err != HE_NOTFOUND)
            return err;
    }
    return 0;
}

int unique_check(struct family *f)
{
    int err = unique_one(f, f->old, f->rec, "");

    for (size_t i = 0; i < f->n && !err; i++)
        err = unique_one(f, f->m[i]->old, f->m[i]->rec,
                         text_printf(f, "%s.", f->m[i]->path.via->name));
    return err;
}
