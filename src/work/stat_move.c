/*
 * Who came and went (T3): the children of the report on the day before the period and on its last day
 * are compared, so that opening + added + moved in - left - moved out + redrawn = closing holds in every
 * row by its making. Why they came or left is what the file says on the last day. Who came and left
 * within the period, or left and came back, is in both or neither of the two days: of these files the
 * days on which they were changed are looked at, and each is booked once as come and once as left.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "work/stat_in.h"

struct moves {
    const struct stat_rows *rows;
    const struct report *r;
    const struct stat_table *after;
    int *pred;     /* further condition of each column, -1 none */
    size_t *at[2]; /* rows before, after */
    size_t n[2];
    const char *code[2]; /* whose rows these are: neighbours have the same */
    uint64_t director[2];
    uint64_t id; /* of the child being booked */
};

static bool among(const size_t *at, size_t n, size_t row)
{
    for (size_t i = 0; i < n; i++)
        if (at[i] == row)
            return true;
    return false;
}

/* One to every column of the kind whose condition holds, in these rows. */
static void book(struct moves *m, enum report_move move, long child, size_t row, int64_t sign)
{
    struct stat_pick *pick = m->rows->pick;

    for (size_t c = 0; c < m->r->ncolumn; c++) {
        if (m->r->column[c].kind != REPORT_MOVE || m->r->column[c].move != move ||
            (m->pred[c] >= 0 && (child < 0 || !stat_has(m->after, (size_t)child, m->pred[c]))))
            continue;
        m->rows->row[row].v[c] += sign;
        if (pick && (size_t)pick->column == c && m->rows->picked == row)
            stat_pick_add(pick, m->id);
    }
}

/* A village that was closed into another one: nobody moved. */
static bool redrawn(const struct county *county, const char *from, const char *to)
{
    const struct area_info *info = area_find(county, from);

    for (int i = 0; info && *info->successor && i < 8; i++) {
        if (strcmp(info->successor, to) == 0)
            return true;
        info = area_find(county, info->successor);
    }
    return false;
}

static void moved(struct moves *m, const char *from, const char *to, long child)
{
    bool drawn = redrawn(m->rows->county, from, to);

    for (size_t i = 0; i < m->n[0]; i++)
        if (!among(m->at[1], m->n[1], m->at[0][i])) {
            book(m, drawn ? MOVE_REDRAWN : MOVE_OUT, child, m->at[0][i], drawn ? -1 : 1);
        }
    for (size_t i = 0; i < m->n[1]; i++)
        if (!among(m->at[0], m->n[0], m->at[1][i]))
            book(m, drawn ? MOVE_REDRAWN : MOVE_IN, child, m->at[1][i], 1);
}

static void each(struct moves *m, enum report_move move, int side, long child)
{
    for (size_t i = 0; i < m->n[side]; i++)
        book(m, move, child, m->at[side][i], 1);
}

static void find_rows(struct moves *m, int side, const char *code, uint64_t director)
{
    if (code == m->code[side] && director == m->director[side])
        return;
    m->n[side] = code ? m->rows->rows_of(m->rows, code, director, m->at[side]) : 0;
    m->code[side] = code;
    m->director[side] = director;
}

/* child: its position afterwards; was, is: its division while it counted, NULL when it did not. */
static void one(struct moves *m, long child, const char *was, uint64_t was_director, const char *is,
                uint64_t is_director)
{
    find_rows(m, 0, was, m->r->by_director ? was_director : 0);
    find_rows(m, 1, is, m->r->by_director ? is_director : 0);
    each(m, MOVE_OPENING, 0, child);
    each(m, MOVE_CLOSING, 1, child);
    if (was && is)
        moved(m, was, is, child);
    else if (was)
        each(m, MOVE_LEFT, 0, child);
    else
        each(m, MOVE_ADDED, 1, child);
}

/* --- come and gone between the two days --- */

struct between {
    void *ctx;
    const struct county *county;
    struct stat_table then; /* the conditions of the last day, asked of another one */
    const struct stat_period *period;
    struct stat_kid kid;
    int base;
    uint64_t *id; /* files that may have */
    bool *in;     /* they counted on both days; else on neither */
    size_t n;
    bool *found;
    struct date *day;
    size_t nday;
};

static int between_day(const struct node *entry, void *arg)
{
    struct between *b = arg;
    struct date day = history_day(entry);

    if (date_cmp(day, b->period->from) < 0)
        return 1;
    if (date_cmp(day, b->period->to) < 0 && !(b->nday && date_cmp(b->day[b->nday - 1], day) == 0)) {
        b->day = talloc_realloc(b->ctx, b->day, struct date, b->nday + 1);
        b->day[b->nday++] = day;
    }
    return 0;
}

static int between_one(struct txn *txn, struct between *b, size_t i)
{
    const struct form *child = dict_form(b->county->dict, "child");
    int err;

    b->nday = 0;
    b->found[i] = false;
    if ((err = txn_history(txn, b->ctx, child, b->id[i], between_day, b)) < 0)
        return err;
    for (size_t d = 0; d < b->nday && !b->found[i]; d++) {
        b->then.day = b->day[d];
        if ((err = stat_kid(txn, &b->then, b->id[i], &b->kid)))
            return err;
        b->found[i] = (b->kid.bits[b->base / 64] >> (b->base % 64) & 1) != b->in[i];
    }
    return 0;
}

static int between_run(struct txn *txn, void *arg)
{
    struct between *b = arg;
    int err = 0;

    for (size_t i = 0; i < b->n && !err; i++)
        err = between_one(txn, b, i);
    return err;
}

static void between_add(struct between *b, uint64_t id, bool in)
{
    b->id = talloc_realloc(b->ctx, b->id, uint64_t, b->n + 1);
    b->in = talloc_realloc(b->ctx, b->in, bool, b->n + 1);
    b->id[b->n] = id;
    b->in[b->n++] = in;
}

/* Who counts on both days or on neither, and was changed since. */
static void between_gather(struct between *b, const struct report *r,
                           const struct stat_table *before, const struct stat_table *after)
{
    int was = stat_base_of(before, r, b->period), touched[2];

    for (int in = 0; in < 2; in++)
        touched[in] = stat_touched_of(after, b->period, in);
    for (size_t i = 0; i < after->n; i++) {
        long at = stat_find(before, after->id[i]);
        bool in = stat_has(after, i, b->base);

        if (in == (at >= 0 && stat_has(before, (size_t)at, was)) && stat_has(after, i, touched[in]))
            between_add(b, after->id[i], in);
    }
}

static int book_between(struct moves *m, struct between *b, const struct stat_table *before)
{
    const struct stat_table *after = m->after;
    int err;

    b->then = *after;
    b->then.past = true;
    stat_kid_new(b->ctx, after, &b->kid);
    between_gather(b, m->r, before, after);
    b->found = talloc_zero_array(b->ctx, bool, b->n + 1);
    if ((err = store_read(b->county->store, between_run, b)))
        return err;
    for (size_t i = 0; i < b->n; i++) {
        long at = stat_find(after, b->id[i]);

        if (!b->found[i] || at < 0)
            continue;
        m->id = b->id[i];
        find_rows(m, 1, after->code[after->place[at]], m->r->by_director ? after->director[at] : 0);
        each(m, MOVE_ADDED, 1, at);
        each(m, MOVE_LEFT, 1, at);
    }
    return 0;
}

int stat_moves(const struct stat_rows *rows, const struct report *r, const struct stat_period *p,
               const struct stat_table *before, const struct stat_table *after)
{
    void *tmp = talloc_new(NULL);
    int was = stat_base_of(before, r, p), is = stat_base_of(after, r, p), err;
    struct moves m = {
        .rows = rows, .r = r, .after = after, .pred = talloc_array(tmp, int, r->ncolumn)};
    struct between b = {.ctx = tmp, .county = rows->county, .period = p, .base = is};

    for (int i = 0; i < 2; i++)
        m.at[i] = talloc_array(tmp, size_t, rows->n + 1);
    for (size_t c = 0; c < r->ncolumn; c++)
        m.pred[c] = stat_pred_of(after, r, &r->column[c], p);
    for (size_t i = 0; i < before->n; i++) {
        long at = stat_find(after, before->id[i]);
        bool now = at >= 0 && stat_has(after, (size_t)at, is);

        m.id = before->id[i];
        if (stat_has(before, i, was))
            one(&m, at, before->code[before->place[i]], before->director[i],
                now ? after->code[after->place[at]] : NULL, now ? after->director[at] : 0);
    }
    for (size_t i = 0; i < after->n; i++) {
        long at = stat_find(before, after->id[i]);

        m.id = after->id[i];
        if (stat_has(after, i, is) && !(at >= 0 && stat_has(before, (size_t)at, was)))
            one(&m, (long)i, NULL, 0, after->code[after->place[i]], after->director[i]);
    }
    err = book_between(&m, &b, before);
    talloc_free(tmp);
    return err;
}
