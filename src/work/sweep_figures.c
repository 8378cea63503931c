/*
 * Figures of a sweep: now, from the counters; frozen, as they were kept. A frozen table is never worked
 * out again: it holds titles and numbers of its moment, one row a village.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/stat_in.h"
#include "work/sweep_in.h"

/* --- tables --- */

static void sum_up(struct sweep_table *t, void *ctx)
{
    t->total = sweep_tally(ctx);
    for (size_t i = 0; i < t->nvillage; i++) {
        struct sweep_row *v = &t->village[i], *town;
        char code[13];

        area_truncate(v->area, AREA_TOWN, code);
        town = t->ntown ? &t->town[t->ntown - 1] : NULL;
        if (!town || strcmp(town->area, code) != 0) {
            t->town = talloc_realloc(ctx, t->town, struct sweep_row, t->ntown + 1);
            town = &t->town[t->ntown++];
            *town = (struct sweep_row){.area = talloc_strdup(ctx, code), .n = sweep_tally(ctx)};
        }
        v->zero = v->n[sweep_counter_at("total")] > 0 && v->n[sweep_counter_at("dynamic")] == 0;
        town->zeros += v->zero;
        for (size_t c = 0; c < sweep_ncounter; c++) {
            town->n[c] += v->n[c];
            t->total[c] += v->n[c];
        }
        town->zero =
            town->n[sweep_counter_at("total")] > 0 && town->n[sweep_counter_at("dynamic")] == 0;
    }
}

/* Villages of now that have something to do with the sweep; those merged since are empty. */
static int table_now(struct swept *s, struct sweep_table *t)
{
    const char **codes = sweep_villages(s->ctx, s->county, s->sweep);
    size_t n = 0;
    int err = 0;

    while (codes[n])
        n++;
    t->village = talloc_zero_array(s->ctx, struct sweep_row, n + 1);
    for (size_t i = 0; codes[i] && !err; i++) {
        struct sweep_row *row = &t->village[t->nvillage];
        struct node *kept;

        *row = (struct sweep_row){.area = codes[i], .n = sweep_tally(s->ctx)};
        err = sweep_count_read(s, codes[i], row->n, &kept);
        if (!err && node_num(kept, "unit", 0)) {
            row->title = area_title(s->ctx, s->county, codes[i]);
            t->nvillage++;
        }
    }
    sum_up(t, s->ctx);
    for (size_t i = 0; i < t->ntown; i++)
        t->town[i].title = area_title(s->ctx, s->county, t->town[i].area);
    t->name = "now";
    return err;
}

static const char *freeze_key(void *ctx, int64_t freeze)
{
    return text_printf(ctx, "freeze/%lld", (long long)freeze);
}

/* Counters by name: a later program may have more of them. */
static void row_read(struct swept *s, const struct node *from, const struct node *names,
                     struct sweep_row *row)
{
    const struct node *e = node_first(from), *name = node_first(names);

    *row = (struct sweep_row){.area = e->str, .title = e->next->str, .n = sweep_tally(s->ctx)};
    for (e = e->next->next; e && name; e = e->next, name = name->next)
        for (size_t c = 0; c < sweep_ncounter; c++)
            if (!strcmp(sweep_counters[c].name, name->str))
                row->n[c] = e->num;
}

static int table_frozen(struct swept *s, int64_t freeze, struct sweep_table *t)
{
    struct node *kept;
    const struct node *rows, *towns;
    int err = sweep_kept(s, freeze_key(s->ctx, freeze), &kept);

    if (err)
        return err;
    if (!kept->n)
        return HE_NOTFOUND;
    rows = node_get(kept, "villages");
    towns = node_get(kept, "towns");
    t->village = talloc_zero_array(s->ctx, struct sweep_row, rows->n + 1);
    for (const struct node *e = node_first(rows); e; e = e->next)
        row_read(s, e, node_get(kept, "names"), &t->village[t->nvillage++]);
    sum_up(t, s->ctx);
    for (size_t i = 0; i < t->ntown; i++)
        t->town[i].title = node_text_or(towns, t->town[i].area, t->town[i].area);
    t->name = node_text(kept, "name");
    t->at = node_text(kept, "at");
    t->freeze = freeze;
    return 0;
}

int sweep_table_read(struct swept *s, int64_t freeze, struct sweep_table *t)
{
    *t = (struct sweep_table){.name = NULL};
    return freeze ? table_frozen(s, freeze, t) : table_now(s, t);
}

/* --- freezing --- */

int sweep_freeze_find(struct swept *s, const char *name, int64_t *freeze)
{
    struct node *head;
    int err = sweep_kept(s, "", &head);

    *freeze = 0;
    for (int64_t n = err ? 0 : node_num(head, "freezes", 0); n > 0 && !err && !*freeze; n--) {
        struct node *kept;

        err = sweep_kept(s, freeze_key(s->ctx, n), &kept);
        if (!err && !strcmp(node_text_or(kept, "name", ""), name))
            *freeze = n;
    }
    return err;
}

int sweep_freeze_make(struct swept *s, const char *name, struct date today, int64_t *freeze)
{
    struct node *kept = node_map(s->ctx), *rows, *towns, *names;
    struct sweep_table t;
    int err = sweep_table_read(s, 0, &t);

    if (err || (err = sweep_next(s, "freezes", freeze)))
        return err;
    node_str(kept, "name", name);
    node_str(kept, "at", sweep_time(s->ctx, today, 0));
    node_str(kept, "by", s->who.user);
    names = node_add_list(kept, "names");
    for (size_t c = 0; c < sweep_ncounter; c++)
        node_str(names, NULL, sweep_counters[c].name);
    towns = node_add_map(kept, "towns");
    for (size_t i = 0; i < t.ntown; i++)
        node_str(towns, t.town[i].area, t.town[i].title);
    rows = node_add_list(kept, "villages");
    for (size_t i = 0; i < t.nvillage; i++) {
        struct node *row = node_add_list(rows, NULL);

        node_str(row, NULL, t.village[i].area);
        node_str(row, NULL, t.village[i].title);
        for (size_t c = 0; c < sweep_ncounter; c++)
            node_int(row, NULL, t.village[i].n[c]);
    }
    return sweep_keep(s, freeze_key(s->ctx, *freeze), kept);
}

static const struct {
    const char *name, *due;
} milestone[] = {{"survey", "survey_due"},     {"entry", "entry_due"},     {"accept", "accept_due"},
                 {"bulletin", "bulletin_due"}, {"summary", "summary_due"}, {"dispatch", NULL}};

int sweep_freeze(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const char *name = node_text_or(body, "name", ""), *due;
    int64_t was, freeze;
    size_t i = 0;
    struct date d;
    int err = sweep_of(&s, body, out);

    if (err || (err = sweep_must_run(&s, out)))
        return err;
    while (i < NELEM(milestone) && strcmp(milestone[i].name, name) != 0)
        i++;
    if (i == NELEM(milestone))
        return sweep_refuse(out, HE_USAGE,
                            _("节点只能是 survey、entry、accept、bulletin、summary 或 dispatch"));
    due = milestone[i].due ? rec_get(s.sweep, milestone[i].due) : NULL;
    if (milestone[i].due && !due)
        return sweep_refuse(out, HE_RULE, _("这次排查没有写这个节点的日期"));
    if (due && !date_parse(due, &d) && date_cmp(actor->today, d) < 0)
        return sweep_refuse(out, HE_RULE, text_printf(ctx, _("这个节点是 %s，到那天再冻结"), due));
    if ((err = sweep_freeze_find(&s, name, &was)))
        return err;
    if (due && was)
        return sweep_refuse(out, HE_RULE, _("这个节点的数字已经冻结，不再重算"));
    if ((err = sweep_freeze_make(&s, name, actor->today, &freeze)))
        return err;
    node_int(out, "freeze", freeze);
    node_str(out, "at", sweep_time(ctx, actor->today, 0));
    return 0;
}

/* --- shown --- */

static void counters_out(struct node *row, const int64_t *n, bool merged)
{
    for (size_t c = 0; c < sweep_ncounter; c++)
        if (merged && stat_is_small(n[c]))
            node_str(row, sweep_counters[c].name, STAT_SMALL_TEXT);
        else
            node_int(row, sweep_counters[c].name, n[c]);
}

static void labels_out(struct node *list)
{
    for (size_t c = 0; c < sweep_ncounter; c++) {
        struct node *m = node_add_map(list, NULL);

        node_str(m, "name", sweep_counters[c].name);
        node_str(m, "label", _(sweep_counters[c].label));
    }
}

/* How the unit stands: only of now. */
static int unit_out(struct swept *s, const char *area, struct node *row)
{
    const struct form *user = dict_form(s->county->dict, "user");
    struct rec *unit, *who;
    uint64_t watcher;
    int err = sweep_unit(s, area, &unit);

    if (err || !unit)
        return err;
    watcher = rec_ref(unit, "watcher");
    node_int(row, "unit", (int64_t)unit->id);
    node_str(row, "state", rec_get(unit, "state"));
    if (rec_get(unit, "submitted_on"))
        node_str(row, "submitted_on", rec_get(unit, "submitted_on"));
    if (rec_get(unit, "return_reason"))
        node_str(row, "return_reason", rec_get(unit, "return_reason"));
    if (watcher && !txn_get(s->txn, s->ctx, user, watcher, &who))
        node_str(row, "watcher", rec_get(who, "name"));
    return 0;
}

/* Which divisions may be asked for: those the actor answers for, cut to the one he names. */
static bool seen(const char **areas, const char *within, const char *area)
{
    if (*within && !area_within(area, within))
        return false;
    return areas_cover((const char *const *)areas, area);
}

static int freeze_of(struct swept *s, const struct node *body, int64_t *freeze)
{
    const char *name = node_text(body, "freeze");
    int err = name ? sweep_freeze_find(s, name, freeze) : 0;

    if (!name)
        *freeze = node_num(body, "freeze", 0);
    return err ? err : name && !*freeze ? HE_NOTFOUND : 0;
}

/* Every freeze there is, the newest first. */
static int freezes_out(struct swept *s, struct node *list)
{
    struct node *head, *kept;
    int err = sweep_kept(s, "", &head);

    for (int64_t n = err ? 0 : node_num(head, "freezes", 0); n > 0; n--) {
        if ((err = sweep_kept(s, freeze_key(s->ctx, n), &kept)))
            return err;
        struct node *row = node_add_map(list, NULL);
        node_int(row, "freeze", n);
        node_str(row, "name", node_text_or(kept, "name", ""));
        node_str(row, "at", node_text_or(kept, "at", ""));
    }
    return err;
}

#define FIGURE_ROWS 60 /* fit one message */

int sweep_figures(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const char **areas = actor_areas(ctx, actor, "sweep_unit.read");
    const char *within = node_text_or(body, "area", ""), *after = node_text_or(body, "after", "");
    bool village = !strcmp(node_text_or(body, "level", "town"), "village");
    bool merged = village && node_flag(body, "outside");
    int64_t freeze, *total = sweep_tally(ctx);
    struct node *rows = node_add_list(out, "rows");
    struct sweep_table t;
    int err = sweep_of(&s, body, out);

    if (!err && node_flag(body, "freezes"))
        return freezes_out(&s, node_add_list(out, "freezes"));
    if (!err)
        err = freeze_of(&s, body, &freeze);
    if (!err)
        err = sweep_table_read(&s, freeze, &t);
    if (err)
        return err == HE_NOTFOUND ? sweep_refuse(out, err, _("没有冻结过这个节点的数字")) : err;
    for (size_t i = 0; i < t.nvillage; i++)
        for (size_t c = 0; c < sweep_ncounter && seen(areas, within, t.village[i].area); c++)
            total[c] += t.village[i].n[c];
    for (size_t i = 0; i < (village ? t.nvillage : t.ntown) && !err; i++) {
        const struct sweep_row *r = village ? &t.village[i] : &t.town[i];
        struct node *row;

        if (strcmp(r->area, after) <= 0 || !seen(areas, within, r->area))
            continue;
        if (rows->n >= FIGURE_ROWS) {
            node_str(out, "next", node_text(rows->last, "area"));
            break;
        }
        row = node_add_map(rows, NULL);
        node_str(row, "area", r->area);
        node_str(row, "title", r->title);
        node_bool(row, "zero", r->zero);
        node_int(row, "zeros", village ? r->zero : r->zeros);
        counters_out(row, r->n, merged);
        err = freeze ? 0 : unit_out(&s, r->area, row);
    }
    labels_out(node_add_list(out, "counters"));
    node_int(out, "freeze", freeze);
    node_str(out, "name", t.name);
    node_str(out, "at", t.at ? t.at : sweep_time(ctx, actor->today, 0));
    counters_out(node_add_map(out, "total"), total, false);
    return err;
}

/* --- mine --- */

int sweep_mine(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               struct node *out)
{
    static const char *const told[] = {"no",         "title",        "kind",        "state",
                                       "start",      "end",          "survey_due",  "entry_due",
                                       "accept_due", "bulletin_due", "summary_due", "dispatch_day"};
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const char **areas = actor_areas(ctx, actor, "sweep_unit.read"), **village;
    struct node *rows = node_add_list(out, "rows");
    uint64_t *ids;
    size_t n;
    int err = sweep_running(txn, ctx, &ids, &n);

    for (size_t i = 0; i < n && !err; i++) {
        int64_t *sum = sweep_tally(ctx);
        struct node *row;

        if ((err = sweep_load(&s, ids[i])))
            break;
        village = sweep_villages(ctx, county, s.sweep);
        for (size_t v = 0; village[v] && !err; v++)
            if (seen(areas, "", village[v]))
                err = sweep_count_read(&s, village[v], sum, NULL);
        row = node_add_map(rows, NULL);
        node_int(row, "id", (int64_t)s.sweep->id);
        for (size_t k = 0; k < NELEM(told); k++)
            if (rec_get(s.sweep, told[k]))
                node_str(row, told[k], rec_get(s.sweep, told[k]));
        counters_out(row, sum, false);
    }
    return err;
}

/* --- compared --- */

int sweep_compare(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    struct swept now = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who}, then = now;
    const char **areas = actor_areas(ctx, actor, "sweep_unit.read");
    struct node *rows = node_add_list(out, "rows");
    uint64_t with = (uint64_t)node_num(body, "with", 0);
    int64_t a, b;
    struct sweep_table ta, tb;
    int err = sweep_of(&now, body, out);

    if (err)
        return err;
    with = with ? with : rec_ref(now.sweep, "previous");
    if (!with && sweep_code(now.sweep, "state") < SWEEP_CLOSED && (err = sweep_before(&now, &with)))
        return err;
    if (!with)
        return sweep_refuse(out, HE_NOTFOUND, _("没有可以比较的上一次排查"));
    if ((err = sweep_load(&then, with)) || (err = sweep_freeze_find(&now, "close", &a)) ||
        (err = sweep_freeze_find(&then, "close", &b)) || (err = sweep_table_read(&now, a, &ta)) ||
        (err = sweep_table_read(&then, b, &tb)))
        return err == HE_NOTFOUND ? sweep_refuse(out, err, _("没有可以比较的上一次排查")) : err;
    node_int(out, "with", (int64_t)with);
    node_str(out, "title", rec_get(then.sweep, "title"));
    for (size_t i = 0; i < ta.ntown; i++) {
        const struct sweep_row *r = &ta.town[i], *was = NULL;
        struct node *row;

        for (size_t k = 0; k < tb.ntown && !was; k++)
            was = strcmp(tb.town[k].area, r->area) == 0 ? &tb.town[k] : NULL;
        if (!seen(areas, "", r->area))
            continue;
        row = node_add_map(rows, NULL);
        node_str(row, "area", r->area);
        node_str(row, "title", r->title);
        counters_out(node_add_map(row, "now"), r->n, false);
        counters_out(node_add_map(row, "then"), was ? was->n : sweep_tally(ctx), false);
    }
    return 0;
}
