/*
 * Loading divisions (decision 12). A file has the columns code,name and, for later loads, urban_rural,
 * action and target:
 *
 *   action     empty: add, or rename when the name is another    改名: rename, the code must exist
 *              并入: close; posts and records go to target        撤销: close, nothing may be left in it
 *
 * What a file does not name stays as it is; a closed division stays closed. Rows come in pieces of a
 * message, are checked together, and nothing is changed when one is wrong. Old dependents keep the
 * division of their day for statistics; only what is alive moves to the successor.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/admin.h"
#include "work/county.h"
#include "work/sweep.h"

#define FEED_JOB   "division.feed" /* no such kind runs: it waits for its last piece */
#define ROWS_MAX   5000
#define PIECE_DAYS 30 /* a job that waits for its last piece longer than that is given up */

enum { PHASE_CHECK, PHASE_APPLY, PHASE_SHOW, PHASE_MOVE, PHASE_END };

struct load {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    struct job *job;
    struct store_who who;
    struct row *row;
    size_t n;
};

struct row {
    char code[13], target[13];
    const char *name, *urban_rural;
    enum { ROW_ADD, ROW_RENAME, ROW_MERGE, ROW_CLOSE } action;
};

/* --- taking rows --- */

static int refuse(struct node *out, void *ctx, size_t row, const char *text)
{
    node_str(out, "text", row ? text_printf(ctx, _("第 %zu 行：%s"), row, text) : text);
    return HE_RULE;
}

static const char *row_text(void *ctx, const struct node *in, const char *key)
{
    return text_clean(ctx, node_text_or(in, key, ""), TEXT_HALFWIDTH, NULL);
}

/* NULL when the row can be understood, else a sentence. */
static const char *row_read(void *ctx, const struct county *county, const struct node *in,
                            struct row *row)
{
    static const char *const actions[] = {"", HAN_("改名"), HAN_("并入"), HAN_("撤销")};
    const struct form_field *class = form_field(dict_form(county->dict, "division"), "urban_rural");
    const char *action = row_text(ctx, in, "action"), *target = row_text(ctx, in, "target");
    size_t i = 0;

    *row = (struct row){.name = row_text(ctx, in, "name"),
                        .urban_rural = row_text(ctx, in, "urban_rural")};
    if (area_parse(row_text(ctx, in, "code"), row->code))
        return _("区划代码应是12位数字，请核对");
    while (i < NELEM(actions) && strcmp(action, actions[i]) != 0)
        i++;
    if (i == NELEM(actions))
        return _("action 只能空着，或写 改名、并入、撤销");
    row->action = (int)i;
    if (row->action <= ROW_RENAME && !*row->name)
        return _("缺少名称");
    if (text_chars(row->name) > 40)
        return _("名称太长，最多40个字");
    if (*row->urban_rural && !codes_find(class->codes, row->urban_rural))
        return _("城乡分类代码不认识，请核对");
    if (row->action == ROW_MERGE && area_parse(target, row->target))
        return _("并入要在 target 写明并到哪个代码");
    if (row->action == ROW_MERGE && strcmp(row->code, row->target) == 0)
        return _("不能并入自己");
    if (row->action != ROW_MERGE && *target)
        return _("只有并入才写 target");
    return NULL;
}

static const char *piece_key(void *ctx, const struct job *job, int64_t piece)
{
    return text_printf(ctx, "division/%llu/%lld", (unsigned long long)job->id, (long long)piece);
}

static int piece_put(struct txn *txn, void *ctx, const struct job *job, int64_t piece,
                     const struct node *rows)
{
    struct node *n = node_map(ctx);

    node_copy(n, "rows", rows);
    node_int(n, "until", txn_meta_days(txn, PIECE_DAYS));
    return txn_meta_put(txn, piece_key(ctx, job, piece), n);
}

/* The job that waits for this piece; a new one when the body names none. */
static int feed_job(struct txn *txn, void *ctx, const struct actor *actor, const struct node *body,
                    struct job **out)
{
    uint64_t id = (uint64_t)node_num(body, "job", 0);
    int err;

    if (id) {
        if ((err = txn_job_get(txn, ctx, id, out)))
            return err;
        return strcmp((*out)->kind, FEED_JOB) == 0 && (*out)->owner_id == actor->id ? 0
                                                                                    : HE_NOTFOUND;
    }
    *out = actor_job(ctx, actor, FEED_JOB);
    return txn_job_new(txn, *out);
}

int division_load(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    const struct node *rows = node_get(body, "rows");
    struct job *job;
    int64_t pieces;
    int err;

    if (!actor_may(actor, "division.load"))
        return HE_DENIED;
    if ((err = feed_job(txn, ctx, actor, body, &job)))
        return err;
    for (const struct node *in = node_first(rows); in; in = in->next) {
        struct row row;
        const char *bad = row_read(ctx, county, in, &row);

        job->total++;
        if (bad)
            return refuse(out, ctx, (size_t)job->total, bad);
    }
    if (job->total > ROWS_MAX)
        return refuse(out, ctx, 0, _("一次最多载入5000行，请分成几个文件"));
    pieces = node_num(job->param, "pieces", 0);
    if (rows && (err = piece_put(txn, ctx, job, pieces, rows)))
        return err;
    node_int(job->param, "pieces", pieces + (rows != NULL));
    if (!node_flag(body, "more"))
        job->kind = DIVISION_JOB;
    node_int(out, "job", (int64_t)job->id);
    node_int(out, "done", 0);
    node_int(out, "total", (int64_t)job->total);
    return txn_job_put(txn, job);
}

/* --- the job --- */

static int rows_read(struct load *load)
{
    int64_t pieces = node_num(load->job->param, "pieces", 0);
    int err;

    load->row = talloc_array(load->ctx, struct row, load->job->total + 1);
    for (int64_t p = 0; p < pieces; p++) {
        struct node *piece;

        if ((err = txn_meta_get(load->txn, load->ctx, piece_key(load->ctx, load->job, p), &piece)))
            return err;
        for (const struct node *in = node_first(node_get(piece, "rows"));
             in && load->n < load->job->total; in = in->next)
            if (row_read(load->ctx, load->county, in, &load->row[load->n++]))
                return HE_RULE; /* the code table changed since */
    }
    return 0;
}

static int row_cmp(const void *a, const void *b)
{
    return strcmp((*(const struct row *const *)a)->code, (*(const struct row *const *)b)->code);
}

static const struct row *row_find(const struct row *const *sorted, size_t n, const char *code)
{
    struct row want = {0}, *key = &want;
    const struct row *const *hit;

    memcpy(want.code, code, sizeof want.code);
    hit = bsearch(&key, sorted, n, sizeof *sorted, row_cmp);
    return hit ? *hit : NULL;
}

static int any_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    (void)txn, (void)id, (void)mark;
    *(bool *)arg = true;
    return 1;
}

/* Is something of the register still in the division? */
static int area_used(struct load *load, const char *code, bool *used)
{
    const char *areas[] = {code, NULL};
    int err = 0;

    *used = false;
    for (size_t f = 0; f < load->county->dict->nform && !err && !*used; f++) {
        const struct form *form = &load->county->dict->form[f];
        const struct form_field *own = form->area ? form_field(form, form->area) : NULL;
        struct walk walk = {.form = form, .field = own, .areas = areas};

        if (own && own->index && !form->system)
            err = txn_walk(load->txn, &walk, any_one, used);
    }
    return err;
}

static const char *row_problem(struct load *load, const struct row *row,
                               const struct row *const *sorted)
{
    const struct area_info *old = area_find(load->county, row->code), *to;
    const struct row *other;
    char up[13];
    bool used;

    area_parent(row->code, up);
    if (row->action >= ROW_RENAME && !old)
        return _("没有这个区划，不能改名、并入或撤销");
    if (row->action == ROW_ADD && area_level(row->code) == AREA_VILLAGE &&
        !area_find(load->county, up) && !row_find(sorted, load->n, up))
        return _("它的乡镇不在文件里，也没有登记过");
    if (row->action == ROW_MERGE) {
        to = area_find(load->county, row->target);
        other = row_find(sorted, load->n, row->target);
        if (other ? other->action > ROW_RENAME : !to || to->to.y)
            return _("并入的目标没有登记或已经停用");
        if (area_level(row->code) != area_level(row->target))
            return _("只能并入同一级的区划");
    }
    if (row->action == ROW_CLOSE && (area_used(load, row->code, &used) || used))
        return _("这里还有儿童或家庭的档案，请用“并入”写明并到哪里");
    return NULL;
}

static int phase_check(struct load *load)
{
    const struct row **sorted = talloc_array(load->ctx, const struct row *, load->n + 1);
    struct node *problems = node_add_list(load->job->result, "problems");

    for (size_t i = 0; i < load->n; i++)
        sorted[i] = &load->row[i];
    qsort(sorted, load->n, sizeof *sorted, row_cmp);
    for (size_t i = 0; i < load->n && problems->n < 100; i++) {
        const char *bad = row_problem(load, &load->row[i], sorted);

        if (i + 1 < load->n && strcmp(sorted[i]->code, sorted[i + 1]->code) == 0)
            bad = text_printf(load->ctx, _("代码 %s 在文件里出现了两次"), sorted[i]->code);
        if (bad) {
            struct node *p = node_add_map(problems, NULL);

            node_int(p, "row", (int64_t)i + 1);
            node_str(p, "text", bad);
        }
    }
    return problems->n ? PHASE_END : PHASE_APPLY;
}

static void tally(struct load *load, const char *what)
{
    node_int(load->job->result, what, node_num(load->job->result, what, 0) + 1);
}

/* Sets what the row says on rec; the word that counts it. */
static const char *row_apply(struct load *load, const struct row *row, struct rec *rec, bool is_new)
{
    char today[11], level[2] = {(char)('0' + area_level(row->code)), 0};
    const char *was = rec_get(rec, "name");

    date_format(load->job->today, today);
    if (row->action >= ROW_MERGE) {
        if (rec_get(rec, "to"))
            return "unchanged";
        rec_set(rec, "to", today);
        rec_set(rec, "successor", row->target);
        return row->action == ROW_MERGE ? "merged" : "closed";
    }
    if (*row->urban_rural)
        rec_set(rec, "urban_rural", row->urban_rural);
    if (is_new) {
        rec_set(rec, "code", row->code);
        rec_set(rec, "level", level);
        if (node_flag(load->job->mark, "later"))
            rec_set(rec, "from", today);
    }
    was = was ? talloc_strdup(load->ctx, was) : NULL;
    rec_set(rec, "name", row->name);
    return is_new ? "added" : strcmp(was ? was : "", row->name) ? "renamed" : "unchanged";
}

static int row_store(struct load *load, const struct row *row)
{
    const struct form *form = dict_form(load->county->dict, "division");
    struct rec *old = NULL, *rec;
    const char *what;
    uint64_t id;
    int *pos = talloc_array(load->ctx, int, form->nfield);
    int err = txn_unique(load->txn, form_field(form, "code"), row->code, &id);

    if (!err)
        err = txn_get(load->txn, load->ctx, form, id, &old);
    if (err && err != HE_NOTFOUND)
        return err;
    rec = old ? rec_copy(load->ctx, old) : rec_new(load->ctx, form);
    what = row_apply(load, row, rec, !old);
    tally(load, what);
    if (old && rec_diff(old, rec, pos) == 0)
        return 0;
    return txn_put(load->txn, &load->who, old, rec, NULL, NULL);
}

static int phase_apply(struct load *load, int *next)
{
    size_t i = (size_t)node_num(load->job->mark, "row", 0);
    uint64_t n = 0;
    int err;

    if (i == 0) {
        if ((err = txn_count(load->txn, dict_form(load->county->dict, "division"), &n)))
            return err;
        node_bool(load->job->mark, "later", n > 0);
    }
    for (; i < load->n && !job_time_up(load->job); i++) {
        if ((err = row_store(load, &load->row[i])))
            return err;
        load->job->done++;
    }
    node_int(load->job->mark, "row", i < load->n ? (int64_t)i : 0);
    *next = i < load->n ? PHASE_APPLY : PHASE_SHOW;
    return 0;
}

/* --- moving what is alive to the successor --- */

struct move {
    struct load *load;
    const struct row *row;
    const struct form_field *field;
    const char *after; /* where to go on, NULL at the end */
    size_t n;
};

/* A finished change stays where it happened. */
static bool alive(const struct rec *rec)
{
    const char *state = strcmp(rec->form->name, "change") == 0 ? rec_get(rec, "state") : NULL;

    return !state || strchr("0123", *state) != NULL;
}

static int move_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct move *m = arg;
    struct rec *old, *rec;
    const char *v;
    int err = txn_get(txn, m->load->ctx, m->field->form, id, &old);

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    v = rec_at(old, m->field);
    if (v && strcmp(v, m->row->code) == 0 && alive(old)) {
        rec = rec_copy(m->load->ctx, old);
        rec_set_at(rec, m->field, m->row->target);
        if ((err = txn_put(txn, &m->load->who, old, rec, NULL, NULL)))
            return err;
        tally(m->load, "moved");
    }
    m->after = talloc_strdup(m->load->ctx, mark);
    return job_time_up(m->load->job);
}

/* Records of one field; *more when the time is up before the end. */
static int move_field(struct load *load, const struct row *row, const struct form_field *field,
                      bool *more)
{
    const char *areas[] = {row->code, NULL}, *after = node_text(load->job->mark, "after");
    bool own = field->form->area && strcmp(field->form->area, field->name) == 0;
    struct move m = {load, row, field, NULL, 0};
    struct walk walk = {.form = field->form, .field = field, .after = after};
    int err;

    walk.areas = own ? areas : NULL;
    walk.lo = walk.hi = row->code;
    err = txn_walk(load->txn, &walk, move_one, &m);
    *more = !err && job_time_up(load->job) && m.after;
    if (*more)
        node_str(load->job->mark, "after", m.after);
    else
        node_remove(load->job->mark, "after");
    return err;
}

/* Fields that say where something is: children first, posts last, so that nobody loses them between. */
static const struct form_field *move_at(const struct dict *dict, size_t at)
{
    for (int posts = 0; posts < 2; posts++)
        for (size_t f = 0; f < dict->nform; f++) {
            const struct form *form = &dict->form[f];

            if (strcmp(form->name, "division") == 0 ||
                (strcmp(form->name, "post") == 0) != (posts == 1))
                continue;
            for (size_t i = 0; i < form->nfield; i++)
                if (form->field[i].index && strcmp(form->field[i].type->name, "area") == 0 &&
                    at-- == 0)
                    return &form->field[i];
        }
    return NULL;
}

static int phase_move(struct load *load, int *next)
{
    size_t i = (size_t)node_num(load->job->mark, "row", 0);
    size_t at = (size_t)node_num(load->job->mark, "field", 0);
    const struct form_field *field;
    bool more = false;
    int err;

    for (; i < load->n; i++, at = 0) {
        if (load->row[i].action != ROW_MERGE)
            continue;
        while ((field = move_at(load->county->dict, at))) {
            if ((err = move_field(load, &load->row[i], field, &more)))
                return err;
            at += !more;
            if (more || job_time_up(load->job))
                goto later;
        }
        if ((err = sweep_merge_area(load->txn, load->ctx, load->county, &load->who,
                                    load->row[i].code, load->row[i].target, load->job, &more)))
            return err;
        if (more)
            goto later;
    }
    *next = PHASE_END;
    return 0;
later:
    node_int(load->job->mark, "row", (int64_t)i);
    node_int(load->job->mark, "field", (int64_t)at);
    *next = PHASE_MOVE;
    return 0;
}

/* SHOW runs behind the commit of APPLY, so that no request sees a division that is then undone. */
int division_step(struct txn *txn, struct job *job, void *arg)
{
    struct load load = {.txn = txn, .ctx = talloc_new(NULL), .county = arg, .job = job};
    int phase = (int)node_num(job->mark, "phase", PHASE_CHECK), err;

    load.who = (struct store_who){
        .user = job->owner,
        .user_id = job->owner_id,
        .from = "",
        .op = DIVISION_JOB,
        .why = HAN_("区划调整"),
        .source = talloc_asprintf(load.ctx, "division %llu", (unsigned long long)job->id),
        .today = job->today};
    err = rows_read(&load);
    if (!err && phase == PHASE_CHECK)
        phase = phase_check(&load);
    else if (!err && phase == PHASE_APPLY)
        err = phase_apply(&load, &phase);
    else if (!err && phase == PHASE_SHOW && !(err = areas_read(txn, arg)))
        phase = PHASE_MOVE;
    else if (!err && phase == PHASE_MOVE)
        err = phase_move(&load, &phase);
    node_int(job->mark, "phase", phase);
    talloc_free(load.ctx);
    return err ? err : phase != PHASE_END;
}
