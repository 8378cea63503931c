/*
 * The counters of a village: worked out of its items and kept in step with them, so that figures of any
 * moment cost one small value a village. sweep_recount says whether they still agree.
 */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"

/* dynamic must follow what it is added up from; hazards are counted by hazard records. */
const struct sweep_counter sweep_counters[] = {
    {"total", N_("名单"), NULL, NULL},
    {"registered", N_("花名册"), "origin", "1"},
    {"suspect", N_("疑似"), "origin", "2"},
    {"added", N_("新登记"), "origin", "3"},
    {"places", N_("场所"), "origin", "4"},
    {"todo", N_("待查"), "state", "1"},
    {"back", N_("抽查退回"), "state", "4"},
    {"done", N_("已查"), "state", "23567"},
    {"explained", N_("已说明"), "explain", NULL},
    {"updated", N_("更新"), "updated", "1"},
    {"unchanged", N_("核实无变化"), "result", "1"},
    {"new", N_("新增"), "result", "3"},
    {"exit", N_("退出"), "result", "4"},
    {"rejected", N_("排除"), "result", "5"},
    {"nobody", N_("查无此人"), "found", "2"},
    {"away", N_("随父母外出"), "found", "3"},
    {"refused", N_("拒访"), "found", "4"},
    {"double", N_("重复"), "found", "5"},
    {"missing", N_("信息缺失"), "missing", "1"},
    {"wrong", N_("信息错误"), "wrong", "1"},
    {"sampled", N_("抽查"), "sample", NULL},
    {"spot", N_("已抽查"), "spot", NULL},
    {"errors", N_("抽查有误"), "spot", "23"},
    {"fixed", N_("已改正"), "spot", "3"},
    {"hazards", N_("隐患"), NULL, ""},
    {"hazards_open", N_("未消除隐患"), NULL, ""},
    {"dynamic", N_("动态更新"), NULL, ""},
};
const size_t sweep_ncounter = NELEM(sweep_counters);

size_t sweep_counter_at(const char *name)
{
    size_t i = 0;

    while (i < NELEM(sweep_counters) && strcmp(sweep_counters[i].name, name) != 0)
        i++;
    MUST(i < NELEM(sweep_counters));
    return i;
}

int64_t *sweep_tally(void *ctx)
{
    return talloc_zero_array(ctx, int64_t, NELEM(sweep_counters));
}

static bool is_counted(const struct sweep_counter *c, const struct rec *item)
{
    const char *v = c->field ? rec_get(item, c->field) : NULL;

    if (!c->field)
        return !c->values;
    return v && (!c->values || strchr(c->values, *v));
}

/* What moved in the file: changed, new or leaving; each item once. */
static bool is_dynamic(const struct rec *item)
{
    char result = sweep_code(item, "result");

    return sweep_code(item, "updated") == '1' || result == '3' || result == '4';
}

void sweep_tally_add(int64_t *n, const struct rec *item, int sign)
{
    for (size_t i = 0; i < NELEM(sweep_counters); i++)
        if (is_counted(&sweep_counters[i], item))
            n[i] += sign;
    if (is_dynamic(item))
        n[sweep_counter_at("dynamic")] += sign;
}

int sweep_count_read(struct swept *s, const char *village, int64_t *sum, struct node **kept)
{
    struct node *value;
    int err = sweep_kept(s, village, &value);

    for (size_t i = 0; i < NELEM(sweep_counters) && !err; i++)
        sum[i] += node_num(value, sweep_counters[i].name, 0);
    if (kept)
        *kept = value;
    return err;
}

int sweep_count_add(struct swept *s, const char *village, const int64_t *delta)
{
    struct node *kept;
    bool any = false;
    int err;

    for (size_t i = 0; i < NELEM(sweep_counters); i++)
        any |= delta[i] != 0;
    if (!any)
        return 0;
    if ((err = sweep_kept(s, village, &kept)))
        return err;
    if (delta[sweep_counter_at("done")] > 0 && !node_flag(kept, "begun")) {
        if ((err = sweep_unit_begun(s, village, kept)))
            return err;
        node_bool(kept, "begun", true);
    }
    for (size_t i = 0; i < NELEM(sweep_counters); i++)
        if (delta[i])
            node_int(kept, sweep_counters[i].name,
                     node_num(kept, sweep_counters[i].name, 0) + delta[i]);
    return sweep_keep(s, village, kept);
}

int sweep_put_item(struct swept *s, const struct rec *old, struct rec *item)
{
    const char *was = old ? rec_get(old, "village") : NULL, *now = rec_get(item, "village");
    int64_t *delta = sweep_tally(s->ctx);
    int err = txn_put(s->txn, &s->who, old, item, NULL, NULL);

    if (err)
        return err;
    if (old && strcmp(was, now) != 0) {
        sweep_tally_add(delta, old, -1);
        if ((err = sweep_count_add(s, was, delta)))
            return err;
        delta = sweep_tally(s->ctx);
        old = NULL;
    }
    if (old)
        sweep_tally_add(delta, old, -1);
    sweep_tally_add(delta, item, 1);
    return sweep_count_add(s, now, delta);
}

/* --- do they agree --- */

struct recount {
    struct swept *s;
    int64_t *n;
};

static int recount_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct recount *r = arg;
    void *tmp = talloc_new(r->s->ctx);
    struct rec *item;
    int err = txn_get(txn, tmp, sweep_form(r->s->county, "sweep_item"), id, &item);

    (void)mark;
    if (!err)
        sweep_tally_add(r->n, item, 1);
    talloc_free(tmp);
    return err == HE_NOTFOUND ? 0 : err;
}

int sweep_recount(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const struct form *form = sweep_form(county, "sweep_item");
    const char *area = node_text_or(body, "area", "");
    const char *areas[] = {area, NULL};
    struct walk walk = {.form = form, .field = form_field(form, "place_no"), .areas = areas};
    int64_t *kept = sweep_tally(ctx);
    struct recount r = {&s, sweep_tally(ctx)};
    struct node *rows = node_add_list(out, "rows");
    int err = sweep_of(&s, body, out);

    if (err)
        return err;
    walk.lo = text_printf(ctx, "%llu", (unsigned long long)s.sweep->id * SWEEP_MAX_ROW);
    walk.hi = text_printf(ctx, "%llu", (unsigned long long)(s.sweep->id + 1) * SWEEP_MAX_ROW - 1);
    if ((err = txn_walk(txn, &walk, recount_one, &r)) ||
        (err = sweep_count_read(&s, area, kept, NULL)))
        return err;
    for (size_t i = 0; i < NELEM(sweep_counters); i++) {
        struct node *row;

        if (kept[i] == r.n[i] || !strncmp(sweep_counters[i].name, "hazards", 7))
            continue;
        row = node_add_map(rows, NULL);
        node_str(row, "counter", sweep_counters[i].name);
        node_int(row, "kept", kept[i]);
        node_int(row, "counted", r.n[i]);
    }
    return 0;
}
