/*
 * Opening a sweep: what must be true, then a job. The job makes the units and items village by
 * village, takes in who came meanwhile, and last shows the sweep (state 进行中). Its mark is stored
 * with its work, so it goes on after a crash.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/checklist.h"
#include "work/sweep_in.h"

enum { PHASE_MAKE, PHASE_LATE, PHASE_END };

/* --- what must be true --- */

static const char *const milestones[] = {"survey_due", "entry_due", "accept_due", "bulletin_due",
                                         "summary_due"};

/* NULL, or why this sweep cannot be opened today. */
static const char *dates_problem(const struct rec *sweep, struct date today)
{
    struct date d;

    for (size_t i = 0; i < NELEM(milestones); i++) {
        const char *day = rec_get(sweep, milestones[i]);

        if (day && !date_parse(day, &d) && date_cmp(d, today) < 0)
            return text_printf(base_unconst(sweep), _("“%s” %s 已经过去，请改成今天或以后的日期"),
                               form_field(sweep->form, milestones[i])->label, day);
    }
    if (rec_get(sweep, "end") && !date_parse(rec_get(sweep, "end"), &d) && date_cmp(d, today) < 0)
        return _("结束日期已经过去，请改成今天或以后的日期");
    return NULL;
}

/* Every division written in the scope is known and open. */
static const char *areas_problem(struct swept *s, const struct rec *sweep, struct date today)
{
    const char *areas = rec_get(sweep, "areas"), *successor;

    for (const char *p = areas; p && *p;) {
        size_t n = strspn(p, "0123456789");
        char code[13], *word = talloc_strndup(s->ctx, p, n);

        if (n == 0) {
            p++;
            continue;
        }
        p += n;
        if (area_parse(word, code) || !area_find(s->county, code))
            return text_printf(s->ctx, _("范围里的 %s 不是本县的区划，请核对代码"), word);
        if (area_check(base_unconst(s->county), code, today, &successor) == HE_RULE)
            return text_printf(s->ctx, _("范围里的“%s”已停用，请改成现在的区划"),
                               area_title(s->ctx, s->county, code));
    }
    if (!*sweep_villages(s->ctx, s->county, sweep))
        return _("范围里没有在用的村(居)，请核对范围");
    return NULL;
}

/* --- what is given --- */

static void put_day(struct rec *rec, const char *field, struct date d)
{
    char text[11];

    if (!rec_get(rec, field))
        rec_set(rec, field, date_format(d, text));
}

/* A winter holiday lasts from 小年 to 元宵, eight days before Spring Festival to fourteen after. */
static void default_period(const struct dict *dict, struct rec *sweep, struct date today)
{
    struct date day;

    for (int y = today.y; y <= today.y + 1 && sweep_code(sweep, "kind") == '1'; y++) {
        if (sweep_festival(dict, y, &day) || date_cmp(date_add_days(day, 14), today) < 0)
            continue;
        put_day(sweep, "start",
                date_cmp(date_add_days(day, -8), today) < 0 ? date_add_days(day, -8) : today);
        put_day(sweep, "end", date_add_days(day, 14));
        break;
    }
    put_day(sweep, "start", today);
}

static int give_no(struct swept *s, struct rec *sweep, struct date today)
{
    const struct form_field *no = form_field(sweep->form, "no");
    uint64_t id;
    int err = 0;

    for (int n = 1; !rec_at(sweep, no) && !err; n++) {
        const char *text = text_printf(s->ctx, "%d-%02d", today.y, n);

        err = txn_unique(s->txn, no, text, &id);
        if (err == HE_NOTFOUND)
            rec_set_at(sweep, no, text);
    }
    return err == HE_NOTFOUND ? 0 : err;
}

/* --- the request --- */

static int job_begin(struct swept *s, const struct actor *actor, struct node *out)
{
    struct node *head, *detail = node_map(s->ctx);
    struct job *job = actor_job(s->ctx, actor, SWEEP_OPEN_JOB), *was;
    int err = sweep_kept(s, "", &head);

    if (err)
        return err;
    node_int(job->param, "sweep", (int64_t)s->sweep->id);
    if (!txn_job_get(s->txn, s->ctx, (uint64_t)node_num(head, "job", 0), &was)) {
        if (was->state == JOB_WAITING || was->state == JOB_RUNNING)
            return sweep_refuse(out, HE_RULE, _("名单正在建立，请稍等"));
        for (const struct node *n = node_first(was->mark); n; n = n->next)
            node_copy(job->mark, n->key, n);
        job->done = was->done;
    }
    if ((err = txn_count(s->txn, sweep_form(s->county, "child"), &job->total)) ||
        (err = txn_job_new(s->txn, job)))
        return err;
    node_int(head, "job", (int64_t)job->id);
    node_int(out, "job", (int64_t)job->id);
    node_int(detail, "job", (int64_t)job->id);
    return sweep_keep(s, "", head);
}

/* A draft becomes a sweep whose list is being made. */
static int begin(struct swept *s, const struct actor *actor, struct node *out)
{
    const struct checklist *list =
        checklist_find(s->county->dict, rec_get(s->sweep, "checklist"), rec_get(s->sweep, "kind"));
    struct rec *rec = rec_copy(s->ctx, s->sweep);
    const char *problem = dates_problem(s->sweep, actor->today);
    int err;

    if (!problem)
        problem = areas_problem(s, s->sweep, actor->today);
    if (!problem && !list)
        problem = _("没有这种排查的检查表，请在“检查表”里写明");
    if (problem)
        return sweep_refuse(out, HE_RULE, problem);
    default_period(s->county->dict, rec, actor->today);
    if ((err = give_no(s, rec, actor->today)))
        return err;
    rec_set(rec, "state", "2");
    rec_set(rec, "checklist", list->name);
    rec_set(rec, "checklist_digest", list->digest);
    rec_set(rec, "opened_by", sweep_id(rec, actor->id));
    rec_set(rec, "opened_on", sweep_time(rec, actor->today, 0));
    if ((err = txn_put(s->txn, &s->who, s->sweep, rec, NULL, NULL)) ||
        (err = sweep_keep(s, "checklist", sweep_checklist_copy(s->ctx, list))) ||
        (err = sweep_set_running(s->txn, s->ctx, rec->id, true)))
        return err;
    s->sweep = rec;
    return 0;
}

int sweep_open(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    int64_t id = node_num(body, "id", 0);
    int err = id > 0 ? sweep_load(&s, (uint64_t)id) : HE_NOTFOUND;

    if (err)
        return err == HE_NOTFOUND ? sweep_refuse(out, err, _("没有这次排查，请核对排查号")) : err;
    if (sweep_code(s.sweep, "state") == SWEEP_DRAFT)
        err = begin(&s, actor, out);
    else if (sweep_code(s.sweep, "state") != SWEEP_OPENING)
        err = sweep_refuse(out, HE_RULE, _("这次排查已经开启过"));
    if (!err)
        err = job_begin(&s, actor, out);
    if (err)
        return err;
    node_int(out, "id", (int64_t)s.sweep->id);
    node_str(out, "no", rec_get(s.sweep, "no"));
    return 0;
}

/* --- the job: who stands on the list --- */

struct opening {
    struct swept s;
    struct job *job;
    const char **village;
};

struct found {
    const char *key;  /* walking order */
    struct node *row; /* what its item begins with: see gather_one */
};

struct gather {
    struct opening *o;
    const struct form *form;
    struct node *rows; /* in the order found */
    struct found *f;
    size_t n;
};

/* Fields of the item as they are kept in the list: the subject need not be read again. */
static const char *const kept_fields[] = {"child",  "place",   "village_group", "name",
                                          "origin", "missing", "wrong"};

static int gather_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct gather *g = arg;
    struct opening *o = g->o;
    bool child = form_is(g->form, "child");
    struct swept s = o->s;
    struct rec *rec, *item;
    const char *group, *part, *house = "";
    int err;

    (void)mark;
    s.ctx = talloc_new(o->s.ctx);
    err = txn_get(txn, s.ctx, g->form, id, &rec);
    if (err || (child ? sweep_code(rec, "state") == '2' || !sweep_wants(o->s.sweep, rec)
                      : rec_get(rec, "closed_on") != NULL)) {
        talloc_free(s.ctx);
        return err == HE_NOTFOUND ? 0 : err;
    }
    item = sweep_item_new(&s, rec, !child ? '4' : sweep_code(rec, "state") == '1' ? '2' : '1');
    group = rec_get(rec, "village_group") ? rec_get(rec, "village_group") : "";
    part = rec_get(rec, child ? "live_addr" : "name");
    if (child && rec_get(rec, "household"))
        house = rec_get(rec, "household");
    g->f = talloc_realloc(o->s.ctx, g->f, struct found, g->n + 1);
    /* groups by number ("3组" before "12组"), then house by house */
    g->f[g->n].key = text_printf(
        o->s.ctx, "%08ld|%s|%s|%s|%s|%012llu", strtol(group, NULL, 10), group, part ? part : "",
        house, child && rec_get(rec, "birth_date") ? rec_get(rec, "birth_date") : "",
        (unsigned long long)id);
    g->f[g->n].row = node_add_list(g->rows, NULL);
    for (size_t i = 0; i < NELEM(kept_fields); i++)
        node_str(g->f[g->n].row, NULL, rec_get(item, kept_fields[i]));
    g->n++;
    talloc_free(s.ctx);
    return 0;
}

static int found_cmp(const void *a, const void *b)
{
    return strcmp(((const struct found *)a)->key, ((const struct found *)b)->key);
}

static int gather(struct opening *o, const char *village, const char *name, struct node *list)
{
    const char *areas[] = {village, NULL};
    struct gather g = {.o = o, .form = sweep_form(o->s.county, name), .rows = node_list(o->s.ctx)};
    struct walk walk = {.form = g.form, .areas = areas, .any_order = true};
    int err;

    walk.field = form_field(g.form, form_is(g.form, "child") ? "state" : "village");
    err = txn_walk(o->s.txn, &walk, gather_one, &g);
    if (g.n)
        qsort(g.f, g.n, sizeof *g.f, found_cmp);
    for (size_t i = 0; i < g.n; i++)
        node_copy(list, NULL, g.f[i].row);
    return err;
}

/* The list of the village at hand: made once, kept until its items are there. */
static int village_list(struct opening *o, const char *village, struct node **list)
{
    struct node *rows;
    int err = sweep_kept(&o->s, "list", list);

    if (err || !strcmp(node_text_or(*list, "village", ""), village))
        return err;
    *list = node_map(o->s.ctx);
    node_str(*list, "village", village);
    rows = node_add_list(*list, "rows");
    if ((err = gather(o, village, "child", rows)))
        return err;
    if (sweep_code(o->s.sweep, "places") != '0' && (err = gather(o, village, "place", rows)))
        return err;
    if ((err = sweep_unit_make(&o->s, village)))
        return err;
    return sweep_keep(&o->s, "list", *list);
}

/* --- the job: items --- */

static int make_one(struct opening *o, const char *village, const struct node *row, int64_t n,
                    int64_t *delta)
{
    struct rec *item = rec_new(o->s.ctx, sweep_form(o->s.county, "sweep_item"));
    const struct node *v = node_first(row);
    int err;

    for (size_t i = 0; i < NELEM(kept_fields) && v; i++, v = v->next)
        rec_set(item, kept_fields[i], v->type == NODE_STR ? v->str : NULL);
    rec_set(item, "sweep", sweep_id(item, o->s.sweep->id));
    rec_set(item, "village", village);
    rec_set(item, "state", "1");
    rec_set(item, "row", sweep_id(item, (uint64_t)n));
    rec_set(item, "place_no", sweep_id(item, o->s.sweep->id * SWEEP_MAX_ROW + (uint64_t)n));
    err = txn_put(o->s.txn, &o->s.who, NULL, item, NULL, NULL);
    if (!err)
        sweep_tally_add(delta, item, 1);
    if (!err && !node_num(o->job->mark, "first", 0)) /* samples begin here */
        node_int(o->job->mark, "first", (int64_t)item->id);
    talloc_free(item);
    return err;
}

/* Items of one village from the mark on; *done when all are there. */
static int make_village(struct opening *o, const char *village, bool *done)
{
    int64_t at = node_num(o->job->mark, "at", 0), i = 0;
    int64_t *delta = sweep_tally(o->s.ctx);
    struct node *list, *kept;
    int err = village_list(o, village, &list);

    *done = true;
    for (const struct node *n = err ? NULL : node_first(node_get(list, "rows")); n && !err;
         n = n->next) {
        if (i++ < at)
            continue;
        if (job_time_up(o->job)) {
            *done = false;
            break;
        }
        err = make_one(o, village, n, ++at, delta);
        o->job->done++;
    }
    if (!err)
        err = sweep_count_add(&o->s, village, delta);
    if (!err)
        err = sweep_kept(&o->s, village, &kept);
    if (err)
        return err;
    node_int(kept, "rows", at);
    node_int(o->job->mark, "at", *done ? 0 : at);
    return sweep_keep(&o->s, village, kept);
}

static int phase_make(struct opening *o, int *phase)
{
    int64_t v = node_num(o->job->mark, "village", 0);
    bool done = true;
    int err = 0;

    while (o->village[v] && !err && !job_time_up(o->job)) {
        err = make_village(o, o->village[v], &done);
        if (!done)
            break;
        v++;
    }
    node_int(o->job->mark, "village", o->village[v] ? v : 0);
    *phase = o->village[v] ? PHASE_MAKE : PHASE_LATE;
    return err;
}

/* Children that were saved while the list was made; then everybody sees the sweep. */
static int phase_late(struct opening *o, int *phase)
{
    const struct form *form = sweep_form(o->s.county, "child");
    struct rec *rec = rec_copy(o->s.ctx, o->s.sweep), *child;
    int64_t *total = sweep_tally(o->s.ctx);
    struct node *late;
    int err;

    rec_set(rec, "state", "3");
    if ((err = sweep_kept(&o->s, "late", &late)))
        return err;
    for (size_t v = 0; o->village[v] && !err; v++)
        err = sweep_count_read(&o->s, o->village[v], total, NULL);
    if (err)
        return err;
    rec_set(rec, "total",
            text_printf(
                rec, "%lld",
                (long long)(total[sweep_counter_at("total")] - total[sweep_counter_at("places")])));
    if ((err = txn_put(o->s.txn, &o->s.who, o->s.sweep, rec, NULL, NULL)))
        return err;
    for (const struct node *n = node_first(node_get(late, "ids")); n && !err; n = n->next) {
        err = txn_get(o->s.txn, o->s.ctx, form, (uint64_t)n->num, &child);
        if (!err)
            err = sweep_follow(o->s.txn, o->s.ctx, o->s.county, &o->s.who, child, false);
        err = err == HE_NOTFOUND ? 0 : err;
    }
    *phase = PHASE_END;
    return err;
}

int sweep_open_step(struct txn *txn, struct job *job, void *county)
{
    struct opening o = {.job = job};
    int phase = (int)node_num(job->mark, "phase", PHASE_MAKE), err;

    o.s = (struct swept){.txn = txn, .ctx = talloc_new(NULL), .county = county};
    o.s.who = (struct store_who){.user = job->owner,
                                 .user_id = job->owner_id,
                                 .from = "",
                                 .op = SWEEP_OPEN_JOB,
                                 .today = job->today};
    o.s.who.source =
        text_printf(o.s.ctx, "sweep %lld", (long long)node_num(job->param, "sweep", 0));
    err = sweep_load(&o.s, (uint64_t)node_num(job->param, "sweep", 0));
    if (!err && sweep_code(o.s.sweep, "state") != SWEEP_OPENING)
        phase = PHASE_END; /* given up meanwhile */
    if (!err && phase != PHASE_END)
        o.village = sweep_villages(o.s.ctx, o.s.county, o.s.sweep);
    if (!err && phase == PHASE_MAKE)
        err = phase_make(&o, &phase);
    else if (!err && phase == PHASE_LATE)
        err = phase_late(&o, &phase);
    node_int(job->mark, "phase", phase);
    talloc_free(o.s.ctx);
    return err ? err : phase != PHASE_END;
}
