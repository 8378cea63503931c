/* A division that goes into another takes its rows along (decision 12): new rows behind the others. */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/text.h"
#include "work/sweep_in.h"

struct moving {
    struct swept *s;
    const char *to;
    uint64_t *id;
    size_t n;
};

#define MOVE_PIECE 64

/* Ids first: the index changes under the walk otherwise. */
static int moving_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct moving *m = arg;

    (void)txn, (void)mark;
    m->id[m->n++] = id;
    return m->n == MOVE_PIECE;
}

static int move_item(struct moving *m, uint64_t id)
{
    struct swept s = *m->s;
    struct rec *old, *item;
    int err;

    s.ctx = talloc_new(m->s->ctx);
    err = txn_get(s.txn, s.ctx, sweep_form(s.county, "sweep_item"), id, &old);
    if (!err) {
        item = rec_copy(s.ctx, old);
        err = sweep_give_row(&s, item, m->to);
        if (!err)
            err = sweep_put_item(&s, old, item);
    }
    talloc_free(s.ctx);
    return err == HE_NOTFOUND ? 0 : err;
}

/* Hazards that were counted for the old village count for the new one. */
static int move_rest(struct swept *s, const char *from, const char *to)
{
    int64_t *n = sweep_tally(s->ctx), *delta = sweep_tally(s->ctx);
    static const char *const names[] = {"hazards", "hazards_open"};
    struct rec *unit, *rec;
    int err = sweep_count_read(s, from, n, NULL);

    for (size_t i = 0; i < NELEM(names); i++)
        delta[sweep_counter_at(names[i])] = n[sweep_counter_at(names[i])];
    if (!err)
        err = sweep_count_add(s, to, delta);
    for (size_t i = 0; i < sweep_ncounter; i++)
        delta[i] = -delta[i];
    if (!err)
        err = sweep_count_add(s, from, delta);
    if (!err)
        err = sweep_unit(s, from, &unit);
    if (err || !unit || sweep_code(unit, "state") == '5')
        return err;
    rec = rec_copy(s->ctx, unit);
    rec_set(rec, "state", "5");
    return txn_put(s->txn, &s->who, unit, rec, NULL, NULL);
}

static int move_sweep(struct swept *s, const char *from, const char *to, const struct job *job,
                      bool *more)
{
    const struct form *form = sweep_form(s->county, "sweep_item");
    const char *areas[] = {from, NULL};
    struct moving m = {.s = s, .to = to};
    struct walk walk = {.form = form, .field = form_field(form, "place_no"), .areas = areas};
    int err = 0;

    walk.lo = sweep_id(s->ctx, s->sweep->id * SWEEP_MAX_ROW);
    walk.hi = sweep_id(s->ctx, (s->sweep->id + 1) * SWEEP_MAX_ROW - 1);
    m.id = talloc_array(s->ctx, uint64_t, MOVE_PIECE);
    do {
        m.n = 0;
        err = txn_walk(s->txn, &walk, moving_one, &m);
        for (size_t i = 0; i < m.n && err >= 0; i++)
            err = move_item(&m, m.id[i]);
        if (err < 0)
            return err;
        *more = m.n == MOVE_PIECE && job_time_up(job);
    } while (m.n == MOVE_PIECE && !*more);
    return *more ? 0 : move_rest(s, from, to);
}

int sweep_merge_area(struct txn *txn, void *ctx, const struct county *county,
                     const struct store_who *who, const char *from, const char *to,
                     const struct job *job, bool *more)
{
    struct swept s = {.txn = txn, .ctx = talloc_new(ctx), .county = county, .who = *who};
    uint64_t *ids;
    size_t n;
    int err = sweep_running(txn, s.ctx, &ids, &n);

    *more = false;
    for (size_t i = 0; i < n && !err && !*more; i++) {
        if ((err = sweep_load(&s, ids[i])))
            break;
        if (sweep_code(s.sweep, "state") == SWEEP_OPENING)
            *more = true; /* its list is being made by the divisions as they were */
        else
            err = move_sweep(&s, from, to, job, more);
    }
    talloc_free(s.ctx);
    return err;
}
