/* One record and its history as the actor may see them. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/access.h"
#include "work/list.h"
#include "work/query.h"
#include "work/save.h"

struct view {
    struct access *a;
    void *tmp;
    const struct actor *all, *narrow; /* whoever asks; the posts that reach rec */
    const struct rec *rec;
    struct node *out, *value, *show, *mask;
};

static int view_open(struct view *v, struct txn *txn, void *ctx, const struct county *county,
                     const struct actor *actor, const struct rec *rec, struct node *out)
{
    *v = (struct view){.tmp = talloc_new(ctx), .all = actor, .rec = rec, .out = out};
    v->a = access_new(txn, v->tmp, county, actor, rec->form, NULL);
    v->narrow = v->a ? access_narrow(v->a, v->tmp, rec) : NULL;
    if (v->narrow)
        return 0;
    talloc_free(v->tmp);
    return HE_NOTFOUND;
}

/* Of a field that these people fill without reading it: that it is filled. */
static void view_blind(struct view *v, const struct form_field *field)
{
    static const char *const verbs[] = {"add", "change"};
    bool fills = false;

    for (size_t i = 0; i < NELEM(verbs) && !fills; i++) {
        const char *right = text_printf(v->tmp, "%s.%s", field->form->name, verbs[i]);
        struct actor *may = actor_narrow(v->a->txn, v->tmp, v->a->county, v->all, right, v->rec);

        fills = may && actor_fills(may, field);
    }
    if (!fills)
        return;
    node_str(v->mask, NULL, field->name);
    node_str(v->show, field->name, _("已填，您看不到"));
}

static void view_path(struct view *v, struct form_path path)
{
    const char *name = form_path_text(v->tmp, path);
    struct seen seen = access_value(v->a, v->tmp, v->narrow, v->rec, path);
    bool masked;

    if (!seen.value && !path.via && path.field->blind && rec_at(v->rec, path.field))
        view_blind(v, path.field);
    if (!seen.value || node_get(v->show, name))
        return;
    if (seen.masked)
        node_str(v->mask, NULL, name);
    else
        node_str(v->value, name, seen.value);
    node_str(v->show, name, access_show(v->a, v->tmp, v->narrow, v->rec, path, false, &masked));
}

/* What of other records its sections show in place. */
static void view_sections(struct view *v)
{
    const struct form *form = v->rec->form;

    for (size_t s = 0; s < form->nsection; s++)
        for (size_t i = 0; i < form->section[s].n; i++)
            if (form->section[s].path[i].via)
                view_path(v, form->section[s].path[i]);
}

static void view_can(struct view *v)
{
    static const char *const verbs[] = {"change",   "review", "approve", "exit",
                                        "transfer", "merge",  "print"};
    struct node *can = node_add_list(v->out, "can");

    for (size_t i = 0; i < NELEM(verbs) && !v->rec->form->system; i++)
        if (actor_sees(v->a->txn, v->a->county, v->all,
                       text_printf(v->tmp, "%s.%s", v->rec->form->name, verbs[i]), v->rec))
            node_str(can, NULL, verbs[i]);
}

/* Fields the posts do not read are not named as missing either. */
static void view_missing(struct view *v)
{
    struct findings *findings = findings_new(v->tmp);
    struct node *missing = node_add_list(v->out, "missing");
    struct rec_env *env = county_env(v->tmp, v->a->txn, v->a->county, v->all->today);

    rec_check_complete(v->rec, env, findings);
    for (size_t i = 0; i < findings->n; i++) {
        struct form_path path;

        if (form_path_parse(v->rec->form, findings->f[i].field, &path) == 0 && !path.via &&
            actor_reads(v->narrow, path.field) == 2) {
            struct node *m = node_add_map(missing, NULL);

            node_str(m, "field", findings->f[i].field);
            node_str(m, "text", findings->f[i].text);
        }
    }
}

/* --- the change on its way --- */

/* ["name","father.phone"]: names of fields only, so that no value stands in them; see decide.c. */
static void marks_out(struct view *v, struct node *change, const struct form *form,
                      const char *marks)
{
    struct node *list = node_add_list(change, "marks");
    char *copy = talloc_strdup(v->tmp, marks ? marks : ""), *save = NULL;

    for (char *w = strtok_r(copy, "[],\"", &save); w; w = strtok_r(NULL, "[],\"", &save)) {
        struct form_path path;

        if (form_path_parse(form, w, &path) == 0 && actor_reads(v->narrow, path.field) &&
            (!path.via || actor_reads(v->narrow, path.via)))
            node_str(list, NULL, w);
    }
}

/* Each proposed value by its own field, as any other value. */
static int proposed_out(struct view *v, struct node *change, const struct form *form,
                        const struct rec *rec)
{
    struct node *proposed, *value, *show;
    int err = review_proposed(v->tmp, rec, &proposed);

    value = node_add_map(change, "proposed");
    show = node_add_map(change, "proposed_show");
    for (const struct node *n = err ? NULL : node_first(proposed); n; n = n->next) {
        const char *text = n->type == NODE_STR ? n->str : NULL;
        struct form_path path;
        struct seen seen;

        if (form_path_parse(form, n->key, &path) || !actor_reads(v->narrow, path.field) ||
            (path.via && !actor_reads(v->narrow, path.via)))
            continue;
        seen = access_own(v->tmp, v->narrow, path.field, text);
        if (text && !seen.value)
            continue;
        if (!seen.masked)
            node_str(value, n->key, seen.value);
        node_str(show, n->key,
                 seen.masked ? seen.value
                             : access_text(v->a, v->tmp, v->narrow, path.field, seen.value));
    }
    return err;
}

static int change_out(struct view *v, struct node *change, const struct rec *rec)
{
    static const char *const fields[] = {"kind",        "state",        "summary",
                                         "reason",      "submitted_on", "return_reason",
                                         "returned_on", "to_village"};
    const char *about = rec_ref(rec, "person") ? "person" : "child";
    const struct form *form = dict_form(v->a->county->dict, about);

    node_int(change, "id", (int64_t)rec->id);
    node_str(change, "about", about);
    for (size_t i = 0; i < NELEM(fields); i++)
        if (actor_reads(v->narrow, form_field(rec->form, fields[i])) == 2)
            node_str(change, fields[i], rec_get(rec, fields[i]));
    marks_out(v, change, form, rec_get(rec, "marks"));
    return proposed_out(v, change, form, rec);
}

/* Of a child: its change on the way. Of a change: what it proposes. */
static int view_change(struct view *v)
{
    const struct form *form = dict_form(v->a->county->dict, "change");
    struct rec **open;
    size_t n;
    int err;

    if (v->rec->form == form)
        return change_out(v, node_add_map(v->out, "change"), v->rec);
    if (strcmp(v->rec->form->name, "child") != 0 || !actor_may(v->narrow, "change.read"))
        return 0;
    err = review_open(v->a->txn, v->tmp, v->a->county, v->rec->id, &open, &n);
    return err || n == 0 ? err : change_out(v, node_add_map(v->out, "change"), open[0]);
}

/* "notice": what the first view that speaks says of this record. */
static void view_notice(struct view *v)
{
    const struct form *form = v->rec->form;

    for (size_t i = 0; i < form->nview; i++) {
        struct list_ask ask = {.form = form, .view = form->view[i].name};
        struct query *q;
        char *problem;

        if (form->view[i].notice &&
            !query_open(v->a->txn, v->tmp, v->a->county, v->all, &ask, &q, &problem) &&
            query_takes(q, v->rec)) {
            node_str(v->out, "notice", _(form->view[i].notice));
            return;
        }
    }
}

int rec_view(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             const struct rec *rec, struct node *out)
{
    struct view v;
    int err = view_open(&v, txn, ctx, county, actor, rec, out);

    if (err)
        return err;
    node_str(out, "type", rec->form->name);
    node_int(out, "id", (int64_t)rec->id);
    node_int(out, "version", rec->version);
    v.value = node_add_map(out, "v");
    v.show = node_add_map(out, "show");
    v.mask = node_add_list(out, "mask");
    for (size_t i = 0; i < rec->form->nfield; i++)
        view_path(&v, (struct form_path){NULL, &rec->form->field[i]});
    view_sections(&v);
    view_can(&v);
    view_missing(&v);
    view_notice(&v);
    err = view_change(&v);
    talloc_free(v.tmp);
    return err;
}

/* --- history --- */

struct history {
    struct view v;
    struct rec *now; /* values as they were after the entry being shown */
    struct node *rows;
    long long after, after_nth; /* the last entry of the page before, and which of its version */
    long long version, nth;     /* of the entry at hand: notes share the version of a change */
    char *next;
    int limit;
};

/* One field of an entry; false when these posts see no difference. */
static bool history_field(struct history *h, struct node *changes, const struct form_field *field,
                          const char *old)
{
    struct view *v = &h->v;
    const char *new = rec_at(h->now, field);
    struct seen was = access_own(v->tmp, v->narrow, field, old);
    struct seen is = access_own(v->tmp, v->narrow, field, new);
    struct node *c;

    if (rec_same(was.value, is.value) && !was.masked && !is.masked)
        return false;
    if (!was.value && !is.value)
        return false;
    c = node_add_map(changes, NULL);
    node_str(c, "field", field->name);
    node_str(c, "label", field->label);
    node_str(c, "old", was.value);
    node_str(c, "old_show",
             was.masked ? was.value : access_text(v->a, v->tmp, v->narrow, field, was.value));
    node_str(c, "new", is.value);
    node_str(c, "new_show",
             is.masked ? is.value : access_text(v->a, v->tmp, v->narrow, field, is.value));
    return true;
}

static void history_who(struct node *row, const struct node *entry)
{
    static const char *const texts[] = {"user", "op", "why", "source"};

    node_int(row, "version", node_num(entry, "version", 0));
    node_int(row, "time", node_num(entry, "time", 0));
    for (size_t i = 0; i < NELEM(texts); i++)
        if (node_text(entry, texts[i]))
            node_str(row, texts[i], node_text(entry, texts[i]));
}

/* A note {type, id, fields: [name]}: fields of a shared record that changed; see touch.c. */
static bool history_note(struct history *h, struct node *row, const struct node *note)
{
    const struct form *form = dict_form(h->v.a->county->dict, node_text_or(note, "type", ""));
    struct node *out = node_add_map(row, "note"), *fields, *labels;

    if (node_text(note, "text"))
        node_str(out, "text", node_text(note, "text"));
    if (!form)
        return node_text(note, "text") != NULL;
    node_str(out, "type", form->name);
    node_int(out, "id", node_num(note, "id", 0));
    fields = node_add_list(out, "fields");
    labels = node_add_list(out, "labels");
    for (const struct node *n = node_first(node_get(note, "fields")); n; n = n->next) {
        const struct form_field *field = n->type == NODE_STR ? form_field(form, n->str) : NULL;

        if (!field || !actor_reads(h->v.narrow, field))
            continue;
        node_str(fields, NULL, field->name);
        node_str(labels, NULL, field->label);
    }
    return fields->n > 0;
}

static bool history_row(struct history *h, struct node *row, const struct node *entry)
{
    const struct node *old = node_get(entry, "old"), *note = node_get(entry, "note");
    struct node *changes = node_add_list(row, "changes");
    bool seen = !old && !note;

    if (old && !old->n) /* a new record: all that was answered then */
        for (size_t i = 0; i < h->now->form->nfield; i++)
            seen |= history_field(h, changes, &h->now->form->field[i], NULL);
    for (const struct node *n = node_first(old); n; n = n->next) {
        const struct form_field *field = form_field(h->v.rec->form, n->key);
        const char *was = n->type == NODE_STR ? n->str : NULL;

        if (!field)
            continue;
        seen |= history_field(h, changes, field, was);
        rec_set_at(h->now, field, was);
    }
    return note ? history_note(h, row, note) || seen : seen;
}

/* An entry of which these posts see nothing is left out: that something happened there tells too. */
static int history_one(const struct node *entry, void *arg)
{
    struct history *h = arg;
    long long version = node_num(entry, "version", 0);
    struct node *row, *list;
    bool past;

    if (h->rows->n == (size_t)h->limit) {
        h->next = text_printf(h->v.tmp, "%lld.%lld", h->version, h->nth);
        return 1;
    }
    h->nth = version == h->version ? h->nth + 1 : 0;
    h->version = version;
    past = !h->after || version < h->after || (version == h->after && h->nth > h->after_nth);
    list = node_list(h->v.tmp);
    row = node_add_map(list, NULL);
    history_who(row, entry);
    if (history_row(h, row, entry) && past)
        node_copy(h->rows, NULL, row);
    talloc_free(list);
    return 0;
}

int rec_history_view(struct txn *txn, void *ctx, const struct county *county,
                     const struct actor *actor, const struct rec *rec, const char *after, int limit,
                     struct node *out)
{
    struct history h = {.limit = limit > 0 ? limit : 50};
    int err = view_open(&h.v, txn, ctx, county, actor, rec, out);

    if (err)
        return err;
    if (after && sscanf(after, "%lld.%lld", &h.after, &h.after_nth) != 2)
        h.after = 0;
    h.now = rec_copy(h.v.tmp, rec);
    h.rows = node_add_list(out, "rows");
    err = txn_history(txn, h.v.tmp, rec->form, rec->id, history_one, &h);
    node_str(out, "next", h.next);
    talloc_free(h.v.tmp);
    return err;
}
