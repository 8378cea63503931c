/*
 * What happens to files while a sweep runs: a child that comes joins the list, one that moves takes its
 * row along, one that leaves is answered; every change of a file counts as an update.
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "work/sweep_in.h"
#include "work/task.h"

/* --- items --- */

/* The rows that name this child or place, of this sweep only. */
static int items_of(struct swept *s, const char *field, uint64_t id, struct rec ***out, size_t *n)
{
    struct rec **all;
    size_t nall = 0;
    int err =
        linked_all(s->txn, s->ctx, sweep_form(s->county, "sweep_item"), field, id, &all, &nall);

    *n = 0;
    *out = all;
    for (size_t i = 0; i < nall && !err; i++)
        if (rec_ref(all[i], "sweep") == s->sweep->id)
            all[(*n)++] = all[i];
    return err;
}

int sweep_item_of(struct swept *s, const char *field, uint64_t id, struct rec **out)
{
    struct rec **item;
    size_t n;
    int err = items_of(s, field, id, &item, &n);

    *out = !err && n > 0 ? item[0] : NULL;
    return err;
}

struct rec *sweep_item_new(struct swept *s, const struct rec *subject, char origin)
{
    struct rec *item = rec_new(s->ctx, sweep_form(s->county, "sweep_item"));
    bool child = form_is(subject->form, "child");
    char text[2] = {origin, '\0'};

    rec_set(item, "sweep", sweep_id(s->ctx, s->sweep->id));
    rec_set(item, child ? "child" : "place", sweep_id(s->ctx, subject->id));
    rec_set(item, "village", rec_get(subject, "village"));
    rec_set(item, "village_group", rec_get(subject, "village_group"));
    rec_set(item, "name", rec_get(subject, "name"));
    rec_set(item, "origin", text);
    rec_set(item, "state", "1");
    if (child)
        sweep_judge(subject, item);
    return item;
}

void sweep_judge(const struct rec *child, struct rec *item)
{
    const char *quality = rec_get(child, "quality");

    rec_set(item, "missing", sweep_code(child, "complete") == '0' ? "1" : "0");
    rec_set(item, "wrong", quality && strchr("23", *quality) ? "1" : "0");
}

int sweep_give_row(struct swept *s, struct rec *item, const char *village)
{
    struct node *kept;
    int64_t row;
    int err = sweep_kept(s, village, &kept);

    if (err)
        return err;
    if (!node_num(kept, "unit", 0)) { /* a village that had nothing to do with the sweep yet */
        if ((err = sweep_unit_make(s, village)) || (err = sweep_kept(s, village, &kept)))
            return err;
    }
    row = node_num(kept, "rows", 0) + 1;
    node_int(kept, "rows", row);
    rec_set(item, "village", village);
    rec_set(item, "row", sweep_id(item, (uint64_t)row));
    rec_set(item, "place_no", sweep_id(item, s->sweep->id * SWEEP_MAX_ROW + (uint64_t)row));
    return sweep_keep(s, village, kept);
}

/* --- children --- */

static int add_item(struct swept *s, const struct rec *subject)
{
    bool child = form_is(subject->form, "child");
    struct rec *item = sweep_item_new(s, subject,
                                      !child                                ? '4'
                                      : sweep_code(subject, "state") == '1' ? '2'
                                                                            : '3');
    int err = sweep_give_row(s, item, rec_get(subject, "village"));

    return err ? err : sweep_put_item(s, NULL, item);
}

/* Whoever left is answered: how, the file says. */
static void child_left(struct swept *s, const struct rec *child, struct rec *item)
{
    const char *why = rec_get(child, "exit_reason");
    char day[11];

    if (strchr("45", sweep_code(item, "result") ? sweep_code(item, "result") : '0'))
        return;
    rec_set(item, "result", sweep_code(item, "origin") == '2' ? "5" : "4");
    if (sweep_code(item, "origin") == '2')
        rec_set(item, "reason", HAN_("档案已经退出"));
    else
        rec_set(item, "exit_reason", why);
    if (!rec_get(item, "found"))
        rec_set(item, "found",
                why && !strcmp(why, "03")   ? "3"
                : why && !strcmp(why, "07") ? "5"
                                            : "1");
    if (!rec_get(item, "checked_on"))
        rec_set(item, "checked_on", date_format(s->who.today, day));
    if (sweep_code(item, "state") == '1')
        rec_set(item, "state", "2");
}

static int follow_item(struct swept *s, const struct rec *child, const struct rec *old,
                       bool changed)
{
    const char *village = rec_get(child, "village");
    struct rec *item = rec_copy(s->ctx, old);
    bool left = strchr("45", sweep_code(child, "state")) != NULL;
    int *pos = talloc_array(s->ctx, int, old->form->nfield), err = 0;

    if (strcmp(rec_get(old, "village"), village) != 0 && sweep_covers(s->sweep, village))
        err = sweep_give_row(s, item, village);
    if (changed && !left) {
        rec_set(item, "updated", "1");
        if (sweep_code(item, "result") == '1')
            rec_set(item, "result", "2");
    }
    sweep_judge(child, item);
    if (left)
        child_left(s, child, item);
    if (err || rec_diff(old, item, pos) == 0)
        return err;
    return sweep_put_item(s, old, item);
}

/* The list is still being made: taken in behind it. */
static int keep_late(struct swept *s, uint64_t child)
{
    struct node *late, *ids;
    int err = sweep_kept(s, "late", &late);

    if (err)
        return err;
    ids = base_unconst(node_get(late, "ids"));
    node_int(ids ? ids : node_add_list(late, "ids"), NULL, (int64_t)child);
    return sweep_keep(s, "late", late);
}

static int follow_one(struct swept *s, const struct rec *child, bool changed)
{
    struct rec *item;
    int err;

    if (sweep_code(s->sweep, "state") == SWEEP_OPENING)
        return keep_late(s, child->id);
    if ((err = sweep_item_of(s, "child", child->id, &item)))
        return err;
    if (item)
        return follow_item(s, child, item, changed);
    return sweep_wants(s->sweep, child) ? add_item(s, child) : 0;
}

int sweep_follow(struct txn *txn, void *ctx, const struct county *county,
                 const struct store_who *who, const struct rec *child, bool changed)
{
    struct swept s = {.txn = txn, .ctx = talloc_new(ctx), .county = county, .who = *who};
    uint64_t *ids;
    size_t n;
    int err = sweep_running(txn, s.ctx, &ids, &n);

    for (size_t i = 0; i < n && !err; i++)
        if (!(err = sweep_load(&s, ids[i])))
            err = follow_one(&s, child, changed);
    talloc_free(s.ctx);
    return err;
}

/* Did a person change the file, or ask for a change of it? Leaving is counted by itself. */
static bool file_changed(struct family *f)
{
    const char *kind = f->more->kind;

    if (!f->old || (kind && strchr("46", *kind)))
        return false;
    for (size_t i = 0; i < f->rec->form->nfield; i++)
        if (!f->rec->form->field[i].system && !rec_same(f->old->val[i], f->rec->val[i]))
            return true;
    for (size_t i = 0; i < f->n; i++)
        if (member_changed(f->m[i]))
            return true;
    return f->proposed != NULL;
}

int sweep_child_stored(struct family *f)
{
    return sweep_follow(f->txn, f, f->county, &f->who, f->rec, file_changed(f));
}

/* --- merged files --- */

/* The second row of a child whose files were merged. */
static int strike_out(struct swept *s, const struct rec *old)
{
    struct rec *item = rec_copy(s->ctx, old);
    char day[11];

    rec_set(item, "found", "5");
    rec_set(item, "result", NULL);
    rec_set(item, "reason", HAN_("两份档案已合并"));
    rec_set(item, "checked_on", date_format(s->who.today, day));
    if (sweep_code(item, "state") == '1')
        rec_set(item, "state", "2");
    return sweep_put_item(s, old, item);
}

int sweep_merged(struct txn *txn, void *ctx, const struct county *county,
                 const struct store_who *who, uint64_t child)
{
    struct swept s = {.txn = txn, .ctx = talloc_new(ctx), .county = county, .who = *who};
    struct rec **item;
    uint64_t *ids;
    size_t n, nitem;
    int err = sweep_running(txn, s.ctx, &ids, &n);

    for (size_t i = 0; i < n && !err; i++) {
        if ((err = sweep_load(&s, ids[i])) || (err = items_of(&s, "child", child, &item, &nitem)))
            break;
        for (size_t k = 1; k < nitem && !err; k++) /* the first one stays */
            err = strike_out(&s, item[k]);
    }
    talloc_free(s.ctx);
    return err;
}

/* --- places --- */

int sweep_place_stored(struct family *f)
{
    struct swept s = {.txn = f->txn, .ctx = f, .county = f->county, .who = f->who};
    uint64_t *ids;
    size_t n;
    int err = sweep_running(f->txn, f, &ids, &n);

    for (size_t i = 0; i < n && !err; i++) {
        struct rec *item;

        if ((err = sweep_load(&s, ids[i])) || (err = sweep_item_of(&s, "place", f->rec->id, &item)))
            return err;
        if (!item && sweep_code(s.sweep, "state") == SWEEP_RUNNING &&
            sweep_code(s.sweep, "places") != '0' && !rec_get(f->rec, "closed_on") &&
            sweep_covers(s.sweep, rec_get(f->rec, "village")))
            err = add_item(&s, f->rec);
    }
    return err;
}

/* --- hazards --- */

int sweep_hazard_values(struct family *f)
{
    struct swept s = {.txn = f->txn, .ctx = f, .county = f->county, .who = f->who};
    uint64_t child = rec_ref(f->rec, "child"), *ids;
    struct rec *item = NULL;
    size_t n;
    int err;

    if (f->old || rec_ref(f->rec, "item") || !child)
        return 0;
    err = sweep_running(f->txn, f, &ids, &n);
    for (size_t i = 0; i < n && !err && !item; i++)
        if (!(err = sweep_load(&s, ids[i])))
            err = sweep_item_of(&s, "child", child, &item);
    if (!err && item)
        rec_set(f->rec, "item", sweep_id(f, item->id));
    return err;
}

/* Adds what the hazard counts for to the village of its sweep. */
static int hazard_count(struct family *f, const struct rec *hazard, int sign)
{
    struct swept s = {.txn = f->txn, .ctx = f, .county = f->county, .who = f->who};
    int64_t *delta = sweep_tally(f);
    struct rec *item;
    int err;

    if (!hazard || !rec_ref(hazard, "item"))
        return 0;
    err = txn_get(f->txn, f, sweep_form(f->county, "sweep_item"), rec_ref(hazard, "item"), &item);
    if (!err)
        err = sweep_load(&s, rec_ref(item, "sweep"));
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    delta[sweep_counter_at("hazards")] = sign;
    delta[sweep_counter_at("hazards_open")] = sweep_code(hazard, "state") == '3' ? 0 : sign;
    return sweep_count_add(&s, rec_get(item, "village"), delta);
}

/* An open hazard is a task; a removed one ends it. */
int sweep_hazard_stored(struct family *f)
{
    const struct codes *kinds = dict_codes(f->county->dict, "hazard_kind");
    struct task_new t = {.child = rec_ref(f->rec, "child"),
                         .village = rec_get(f->rec, "village"),
                         .kind = TASK_HAZARD,
                         .source = follow_source(f)};
    int err = hazard_count(f, f->old, -1);

    if (!err)
        err = hazard_count(f, f->rec, 1);
    if (err)
        return err;
    if (sweep_code(f->rec, "state") == '3')
        return task_drop(f->txn, f, f->county, f->actor, t.village, t.source, TASK_HAZARD,
                         HAN_("隐患已消除"));
    t.what = text_printf(f, HAN_("处置隐患：%s"), codes_label(kinds, rec_get(f->rec, "kind")));
    if (date_parse(rec_get(f->rec, "due") ? rec_get(f->rec, "due") : "", &t.due))
        t.due = f->actor->today;
    return task_open(f->txn, f, f->county, f->actor, &t, NULL);
}
