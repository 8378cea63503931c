/* One record of any type: reading, opening, checking, adding, changing, its history, its print. */
#include "server/call.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "work/list.h"
#include "work/save.h"

/* {type, id | key} → the record as rec_view shows it. Who reads a file so leaves a row too, else a
 * program of one's own would read without a trace (domain.md 3.9). */
int op_rec_get(struct call *c, struct txn *t)
{
    struct rec *rec;
    int r = call_record(c, t, c->form, c->right, "id", &rec);
    if (r == 0 && c->form->area && !c->form->system) {
        c->audit = node_map(c->ctx);
        c->audit_id = rec->id;
    }
    return r < 0 ? r : rec_view(t, c->ctx, c->county, c->actor, rec, c->out);
}

static int view_with_row(struct call *c, struct txn *t, const struct node *detail)
{
    struct rec *rec;
    int r = call_record(c, t, c->form, c->right, "id", &rec);
    if (r == 0)
        r = rec_view(t, c->ctx, c->county, c->actor, rec, c->out);
    /* a register that can only be read still shows; dispatch then logs what the trail cannot take */
    return r < 0 || !txn_writes(t) ? r : txn_audit(t, &c->actor->who, c->form, rec->id, detail);
}

/* {type, id | key} → as rec.get, and a row that says who opened it. */
int op_rec_open(struct call *c, struct txn *t)
{
    return view_with_row(c, t, node_map(c->ctx));
}

#define DOC_MAX 60

/* A list on paper: one row that says which list it was and how long. */
static int print_list(struct call *c, struct txn *t, struct node *detail)
{
    static const char *const kept[] = {"view", "area"};
    if (!actor_may(c->actor, c->right))
        return HE_DENIED;
    for (size_t i = 0; i < NELEM(kept); i++)
        if (node_text(c->body, kept[i]) && strlen(node_text(c->body, kept[i])) <= DOC_MAX)
            node_str(detail, kept[i], node_text(c->body, kept[i]));
    call_digest(detail, "where", node_text(c->body, "where"));
    call_digest(detail, "words", node_text(c->body, "words"));
    node_int(detail, "rows", node_num(c->body, "rows", 0));
    return txn_writes(t) ? txn_audit(t, &c->actor->who, c->form, 0, detail) : 0;
}

/* {type, id, doc: name of the printed document} → as rec.get, and a row; of a list {type, doc, view,
 * area, where, words, rows: how many} → {}, and a row. */
int op_print(struct call *c, struct txn *t)
{
    const char *doc = node_text(c->body, "doc");
    if (!doc || strlen(doc) > DOC_MAX)
        return HE_PROTOCOL;
    struct node *detail = node_map(c->ctx);
    node_str(detail, "doc", doc);
    if (!node_get(c->body, "id") && !node_get(c->body, "key"))
        return print_list(c, t, detail);
    return view_with_row(c, t, detail);
}

/* {type, id, after, limit} → entries, newest first. Old values are read like present ones: a row.
 */
int op_rec_history(struct call *c, struct txn *t)
{
    struct rec *rec;
    int r = call_record(c, t, c->form, c->right, "id", &rec);
    if (r < 0)
        return r;
    c->audit = node_map(c->ctx);
    c->audit_id = rec->id;
    return rec_history_view(t, c->ctx, c->county, c->actor, rec, node_text(c->body, "after"),
                            call_limit(c, 20), c->out);
}

/* --- saving --- */

static void save_from_body(struct call *c, struct save *s)
{
    const struct node *b = c->body;
    *s = (struct save){
        .form = c->form,
        .id = call_id(b, "id"),
        .version = (uint32_t)call_id(b, "version"),
        .base = node_get(b, "base"),
        .value = node_get(b, "v"),
        .source = call_source(c, "form"),
        .why = node_text(b, "why"),
        .typed_for = node_text(b, "typed_for"),
        .draft = node_text(b, "draft"),
        .confirmed = call_texts(c, c->body, "confirmed"),
        .confirm_all = node_flag(b, "confirm_all"),
        .dry = node_flag(b, "dry"),
        .direct = node_flag(b, "direct"),
    };
}

static void save_to_body(struct call *c, const struct save *s)
{
    if (s->rec) {
        node_int(c->out, "id", (int64_t)s->rec->id);
        node_int(c->out, "version", s->rec->version);
    }
    if (s->findings)
        findings_to_node(c->out, "findings", s->findings);
    if (s->conflict)
        node_copy(c->out, "conflict", s->conflict);
    if (s->touched)
        node_copy(c->out, "touched", s->touched);
    if (s->change)
        node_int(c->out, "change", (int64_t)s->change);
    if (s->next)
        node_copy(c->out, "next", s->next);
    node_bool(c->out, "unchanged", s->unchanged);
}

/* What must be true of any change before work sees it. */
static int may_save(struct call *c, const struct save *s)
{
    if (!s->value || s->value->type != NODE_MAP)
        return HE_PROTOCOL;
    if (s->base && s->base->type != NODE_MAP)
        return HE_PROTOCOL;
    if (s->form->system) { /* users, divisions, changes: requests of their own */
        c->text = _("这类记录不能直接修改");
        return HE_DENIED;
    }
    /* Without review is a right of those who review. */
    if (s->direct && !actor_may(c->actor, call_right(c, s->form->name, "approve")))
        return HE_DENIED;
    return 0;
}

/* The record as it would be stored must lie in the actor's scope too: nothing is put where he could
 * not have changed it. The refusal undoes the whole change. */
static int saved_in_scope(struct call *c, struct txn *t, const struct save *s)
{
    return !s->rec || s->dry || actor_sees(t, c->county, c->actor, c->right, s->rec) ? 0
                                                                                     : HE_DENIED;
}

#define ALSO_MAX 20 /* the children of a house: what the writer does in one piece */

/* More records of the same kind by the same change: all or none. */
static int save_also(struct call *c, struct txn *t, const struct save *first)
{
    if (node_get(c->body, "also") && node_get(c->body, "also")->n > ALSO_MAX)
        return call_wrong(c, "一次最多保存20份，请分几次保存");
    struct node *ids = node_get(c->body, "also") ? node_add_list(c->out, "also") : NULL;
    int r = 0;
    for (const struct node *v = node_first(node_get(c->body, "also")); v && r == 0; v = v->next) {
        struct save s = *first;
        s.value = v;
        s.id = 0;
        s.draft = NULL;
        if ((r = may_save(c, &s)) == 0)
            r = work_save(t, c->ctx, c->county, c->actor, &s);
        if (r == HE_RULE && s.findings)
            findings_to_node(c->out, "findings", s.findings);
        if (r == 0 && (r = saved_in_scope(c, t, &s)) == 0 && s.rec)
            node_int(ids, NULL, (int64_t)s.rec->id);
        if (s.next && !node_get(c->out, "next"))
            node_copy(c->out, "next", s.next);
    }
    return r;
}

/* What rec.add needs not do in the writer. */
int op_rec_look(struct call *c, struct txn *t)
{
    struct save *s = &c->ready->save;
    save_from_body(c, s);
    s->id = 0;
    int r = s->dry ? HE_RULE : may_save(c, s);
    return r ? r : work_save_look(t, c->ctx, c->county, c->actor, s, &c->ready->family);
}

/*
 * {type, v: {path: text or nil}, why, source, typed_for, draft, confirmed: [code], confirm_all,
 * dry, direct, also: [{path: text}] more records in the same change} → {id, version, also: [id], findings, touched, change, unchanged}; with RULE the findings.
 */
int op_rec_add(struct call *c, struct txn *t)
{
    struct ready *ready = c->ready;
    struct save s;
    int r;
    c->ready = NULL;
    if (ready && txn_as_seen(t, ready->seen)) {
        r = work_save_keep(t, ready->family);
        s = ready->save;
        save_to_body(c, &s);
    } else {
        save_from_body(c, &s);
        s.id = 0;
        if ((r = may_save(c, &s)) == 0) {
            r = work_save(t, c->ctx, c->county, c->actor, &s);
            save_to_body(c, &s);
        }
    }
    if (r == 0)
        r = saved_in_scope(c, t, &s);
    return r == 0 ? save_also(c, t, &s) : r;
}

/* The same with {id | key, version, base: {path: value}}; with CONFLICT {conflict: [{field, was,
 * theirs, mine, who, when}]}. */
int op_rec_set(struct call *c, struct txn *t)
{
    struct save s;
    struct rec *rec;
    int r = call_record(c, t, c->form, c->right, "id", &rec);
    if (r < 0)
        return r;
    save_from_body(c, &s);
    s.id = rec->id;
    r = may_save(c, &s);
    if (r == 0) {
        r = work_save(t, c->ctx, c->county, c->actor, &s);
        save_to_body(c, &s);
    }
    return r == 0 ? saved_in_scope(c, t, &s) : r;
}

static void derived_out(struct call *c, struct txn *t, const struct rec *rec)
{
    struct node *n = node_add_map(c->out, "derived");
    const struct actor *reader =
        rec->version ? actor_narrow(t, c->ctx, c->county, c->actor, c->right, rec)
                     : actor_with(c->ctx, c->actor, call_right(c, c->form->name, "add"), NULL);
    for (size_t i = 0; i < rec->form->nfield; i++) {
        const struct form_field *f = &rec->form->field[i];
        const char *v = f->from ? rec_at(rec, f) : NULL;
        if (v && reader && actor_reads(reader, f) == 2)
            node_str(n, f->name, v);
    }
}

/*
 * As rec.add or rec.set, nothing is stored → {findings, derived: {field: value}, touched, same:
 * [likely duplicates, as child_same]}. Findings do not make it an error: they are the answer.
 */
int op_rec_check(struct call *c, struct txn *t)
{
    struct save s;
    int r = 0;
    save_from_body(c, &s);
    s.dry = true;
    s.direct = false;
    if (s.id) {
        struct rec *rec;
        r = call_record(c, t, c->form, c->right, "id", &rec);
    }
    if (r == 0)
        r = may_save(c, &s);
    if (r < 0)
        return r;
    r = work_save(t, c->ctx, c->county, c->actor, &s);
    if (r < 0 && r != HE_RULE && r != HE_CONFLICT)
        return r;
    save_to_body(c, &s);
    if (!s.rec)
        return 0;
    derived_out(c, t, s.rec);
    if (strcmp(c->form->name, "child") != 0)
        return 0;
    struct node *same = node_add_list(c->out, "same");
    return child_same(t, c->ctx, c->county, c->actor, s.rec, s.env, same);
}
