/*
 * Townships and villages of a sweep: begun by the first answer, submitted by the township, accepted or
 * returned by the county. The unit changes at once; a job writes the standing into each answered item
 * behind it. What was explained stays open: it is answered when the child can be met.
 */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"

#define DECIDED_MAX 100 /* townships of one request */

/* --- one unit --- */

int sweep_unit(struct swept *s, const char *area, struct rec **out)
{
    struct node *kept;
    int err = sweep_kept(s, area, &kept);
    uint64_t id = err ? 0 : (uint64_t)node_num(kept, "unit", 0);

    *out = NULL;
    if (err || !id)
        return err;
    return txn_get(s->txn, s->ctx, sweep_form(s->county, "sweep_unit"), id, out);
}

static int make_one(struct swept *s, const char *area)
{
    struct rec *unit = rec_new(s->ctx, sweep_form(s->county, "sweep_unit"));
    struct node *kept;
    int err = sweep_kept(s, area, &kept);

    if (err || node_num(kept, "unit", 0))
        return err;
    rec_set(unit, "sweep", sweep_id(s->ctx, s->sweep->id));
    rec_set(unit, "area", area);
    rec_set(unit, "title", area_title(s->ctx, s->county, area));
    rec_set(unit, "state", "0");
    if ((err = txn_put(s->txn, &s->who, NULL, unit, NULL, NULL)))
        return err;
    node_int(kept, "unit", (int64_t)unit->id);
    return sweep_keep(s, area, kept);
}

int sweep_unit_make(struct swept *s, const char *area)
{
    char town[13];
    int err = make_one(s, area);

    area_truncate(area, AREA_TOWN, town);
    return err ? err : make_one(s, town);
}

static int set_state(struct swept *s, const char *area, const char *from, const char *to)
{
    struct rec *unit, *rec;
    int err = sweep_unit(s, area, &unit);

    if (err || !unit || !strchr(from, sweep_code(unit, "state")))
        return err;
    rec = rec_copy(s->ctx, unit);
    rec_set(rec, "state", to);
    return txn_put(s->txn, &s->who, unit, rec, NULL, NULL);
}

int sweep_unit_begun(struct swept *s, const char *village, struct node *kept)
{
    char town[13];
    int err;

    (void)kept;
    area_truncate(village, AREA_TOWN, town);
    err = set_state(s, village, "0", "1");
    return err ? err : set_state(s, town, "0", "1");
}

/* --- submitting --- */

struct standing {
    int64_t todo, back, explained;
    struct node *rows; /* villages that hold it up */
};

static int look(struct swept *s, const char **village, struct standing *st)
{
    int err = 0;

    for (size_t i = 0; village[i] && !err; i++) {
        int64_t *n = sweep_tally(s->ctx), todo, back;
        struct node *row;

        err = sweep_count_read(s, village[i], n, NULL);
        todo = n[sweep_counter_at("todo")] - n[sweep_counter_at("explained")];
        back = n[sweep_counter_at("back")];
        st->todo += todo;
        st->back += back;
        st->explained += n[sweep_counter_at("explained")];
        if (todo <= 0 && back <= 0)
            continue;
        row = node_add_map(st->rows, NULL);
        node_str(row, "area", village[i]);
        node_str(row, "title", area_title(s->ctx, s->county, village[i]));
        node_int(row, "todo", todo);
        node_int(row, "back", back);
    }
    return err;
}

/* The township's unit and those of its villages. */
static int set_units(struct swept *s, const struct actor *actor, const char *town,
                     const char **village, const char *state, const char *why)
{
    bool sent = *state == '2';
    int err = 0;

    for (size_t i = 0; !err; i++) {
        const char *area = i ? village[i - 1] : town;
        struct rec *unit, *rec;

        if (!area)
            break;
        if ((err = sweep_unit(s, area, &unit)) || !unit)
            continue;
        rec = rec_copy(s->ctx, unit);
        rec_set(rec, "state", state);
        rec_set(rec, sent ? "submitted_by" : "decided_by", sweep_id(s->ctx, actor->id));
        rec_set(rec, sent ? "submitted_on" : "decided_on", sweep_time(s->ctx, actor->today, 0));
        rec_set(rec, "return_reason", *state == '3' ? why : NULL);
        err = txn_put(s->txn, &s->who, unit, rec, NULL, NULL);
    }
    return err;
}

static int stage_begin(struct swept *s, const struct actor *actor, const char *town,
                       const char *stage, struct node *out)
{
    struct job *job = actor_job(s->ctx, actor, SWEEP_STAGE_JOB);
    int err;

    node_int(job->param, "sweep", (int64_t)s->sweep->id);
    node_str(job->param, "area", town);
    node_str(job->param, "stage", stage);
    err = txn_job_new(s->txn, job);
    node_int(out, "job", (int64_t)job->id);
    return err;
}

int sweep_submit(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const char *area = node_text_or(body, "area", ""), **village;
    struct standing st = {.rows = node_add_list(out, "rows")};
    struct rec *unit;
    int err = sweep_of(&s, body, out);

    if (err || (err = sweep_must_run(&s, out)))
        return err;
    if (area_level(area) != AREA_TOWN || !actor_covers(actor, "sweep.submit", area) ||
        (err = sweep_unit(&s, area, &unit)) || !unit)
        return err ? err : sweep_refuse(out, HE_NOTFOUND, _("这次排查里没有您的这个乡镇"));
    if (strchr("24", sweep_code(unit, "state")))
        return sweep_refuse(out, HE_RULE, _("这个乡镇已经报送，不用再报"));
    village = area_villages(ctx, county, area);
    if ((err = look(&s, village, &st)))
        return err;
    node_int(out, "todo", st.todo);
    node_int(out, "back", st.back);
    node_int(out, "explained", st.explained);
    if (st.todo > 0 || st.back > 0)
        return sweep_refuse(
            out, HE_RULE,
            text_printf(
                ctx, _("还有 %lld 行待查、%lld 行抽查退回没有改；查完、改好或写明“未查说明”再报送"),
                (long long)st.todo, (long long)st.back));
    if ((err = set_units(&s, actor, area, village, "2", NULL)))
        return err;
    return stage_begin(&s, actor, area, "6", out);
}

/* --- accepting, returning --- */

static const char *decide(struct swept *s, const struct actor *actor, const char *area, bool ok,
                          const char *why, struct node *out, int *err)
{
    const char **village = area_villages(s->ctx, s->county, area);
    struct rec *unit;

    if (area_level(area) != AREA_TOWN || (*err = sweep_unit(s, area, &unit)) || !unit ||
        !actor_covers(actor, "sweep.accept", area))
        return _("这次排查里没有这个乡镇");
    if (sweep_code(unit, "state") != '2')
        return sweep_code(unit, "state") == '4' ? _("已经接收，不用再办")
                                                : _("还没有报送，不能接收或退回");
    *err = set_units(s, actor, area, village, ok ? "4" : "3", why);
    if (!*err)
        *err = stage_begin(s, actor, area, ok ? "7" : "0", out);
    return NULL;
}

int sweep_accept(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const struct node *areas = node_get(body, "areas");
    struct node *skipped = node_add_list(out, "skipped");
    bool ok = node_flag(body, "ok");
    const char *why = node_text(body, "why");
    int64_t done = 0;
    int err = sweep_of(&s, body, out);

    if (err || (err = sweep_must_run(&s, out)))
        return err;
    if (!areas || areas->type != NODE_LIST || areas->n > DECIDED_MAX)
        return HE_PROTOCOL;
    if (!ok && (!why || !*why))
        return sweep_refuse(out, HE_RULE, _("请写明退回的原因，让乡镇知道补什么"));
    for (const struct node *n = node_first(areas); n; n = n->next) {
        const char *text =
            n->type == NODE_STR ? decide(&s, actor, n->str, ok, why, out, &err) : _("代码不对");
        struct node *row;

        if (err)
            return err;
        done += !text;
        if (!text)
            continue;
        row = node_add_map(skipped, NULL);
        node_str(row, "area", n->type == NODE_STR ? n->str : "");
        node_str(row, "text", text);
    }
    node_int(out, "done", done);
    return 0;
}

/* --- the standing of each item --- */

struct staging {
    struct swept s;
    struct job *job;
    const char *stage, *after;
    bool more;
};

/* Returned: back to what the answers and the spot check say. */
static const char *own_state(const struct rec *item)
{
    static const char *const by_spot[] = {"2", "3", "4", "5"};
    char spot = sweep_code(item, "spot");

    return spot ? by_spot[spot - '0'] : "2";
}

static int stage_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct staging *g = arg;
    struct swept s = g->s;
    struct rec *old, *item;
    int err;

    s.ctx = talloc_new(g->s.ctx);
    err = txn_get(txn, s.ctx, sweep_form(s.county, "sweep_item"), id, &old);
    /* what is still to be checked was explained, and stays so */
    if (!err && sweep_code(old, "state") != '1') {
        item = rec_copy(s.ctx, old);
        rec_set(item, "state", *g->stage == '0' ? own_state(old) : g->stage);
        if (!rec_same(rec_get(old, "state"), rec_get(item, "state")))
            err = sweep_put_item(&s, old, item);
    }
    talloc_free(s.ctx);
    g->job->done++;
    g->after = talloc_strdup(g->s.ctx, mark);
    g->more = job_time_up(g->job);
    return err && err != HE_NOTFOUND ? err : g->more;
}

int sweep_stage_step(struct txn *txn, struct job *job, void *county)
{
    struct staging g = {.job = job, .stage = node_text_or(job->param, "stage", "0")};
    const struct form *form = dict_form(((struct county *)county)->dict, "sweep_item");
    const char *areas[] = {node_text_or(job->param, "area", ""), NULL}, *after;
    uint64_t id = (uint64_t)node_num(job->param, "sweep", 0);
    struct walk walk = {.form = form, .field = form_field(form, "place_no"), .areas = areas};
    int err;

    g.s = (struct swept){.txn = txn, .ctx = talloc_new(NULL), .county = county};
    g.s.who = (struct store_who){.user = job->owner,
                                 .user_id = job->owner_id,
                                 .from = "",
                                 .op = SWEEP_STAGE_JOB,
                                 .today = job->today};
    g.s.who.source = text_printf(g.s.ctx, "sweep %llu", (unsigned long long)id);
    walk.lo = sweep_id(g.s.ctx, id * SWEEP_MAX_ROW);
    walk.hi = sweep_id(g.s.ctx, (id + 1) * SWEEP_MAX_ROW - 1);
    after = node_text(job->mark, "after");
    walk.after = after ? talloc_strdup(g.s.ctx, after) : NULL;
    err = sweep_load(&g.s, id);
    if (!err)
        err = txn_walk(txn, &walk, stage_one, &g);
    if (g.more)
        node_str(job->mark, "after", g.after);
    talloc_free(g.s.ctx);
    return err < 0 ? err : g.more;
}
