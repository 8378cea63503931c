/*
 * Spot checks: each day some of the checked rows of a township, drawn by a seed that is kept
 * with what it was drawn from, so that anybody can draw it again. An error sends the row back with a
 * deadline and opens a task; the next answer to the row corrects it.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"
#include "work/task.h"

#define SIZE_MAX_ 200 /* of one sample: what the writer marks in one piece */

/* --- drawing --- */

struct ticket {
    uint64_t hash, id;
};

/* splitmix64: every id falls anywhere, the same for the same seed. */
static uint64_t mix(uint64_t seed, uint64_t id)
{
    uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + id * UINT64_C(0xd1342543de82ef95);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int ticket_cmp(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static struct ticket *shuffle(void *ctx, uint64_t seed, const struct node *pool)
{
    struct ticket *t = talloc_array(ctx, struct ticket, pool->n + 1);
    size_t n = 0;

    for (const struct node *e = node_first(pool); e; e = e->next, n++)
        t[n] = (struct ticket){mix(seed, (uint64_t)e->num), (uint64_t)e->num};
    if (n)
        qsort(t, n, sizeof *t, ticket_cmp);
    return t;
}

struct pool {
    struct node *ids;
    uint64_t first;
};

/* Items of earlier sweeps have smaller numbers; others than ours are left out when they are drawn. */
static int pool_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct pool *p = arg;

    (void)txn, (void)mark;
    if (id >= p->first)
        node_int(p->ids, NULL, (int64_t)id);
    return 0;
}

/* What is checked in the township; of thousands only those drawn are read. */
static int pool_read(struct swept *s, const char *town, struct node *ids)
{
    const struct form *form = sweep_form(s->county, "sweep_item");
    const char *areas[] = {town, NULL};
    struct walk walk = {
        .form = form, .field = form_field(form, "state"), .areas = areas, .lo = "2", .hi = "2"};
    struct pool p = {.ids = ids};
    struct node *head;
    struct job *job;
    int err = sweep_kept(s, "", &head);

    if (!err && !txn_job_get(s->txn, s->ctx, (uint64_t)node_num(head, "job", 0), &job))
        p.first = (uint64_t)node_num(job->mark, "first", 0);
    return err ? err : txn_walk(s->txn, &walk, pool_one, &p);
}

static int64_t size_of(const struct swept *s, const struct node *body, size_t pool)
{
    const char *rate = rec_get(s->sweep, "rate"), *min = rec_get(s->sweep, "sample_min");
    int64_t r = rate ? strtol(rate, NULL, 10) : 5, m = min ? strtol(min, NULL, 10) : 3;
    int64_t want = ((int64_t)pool * r + 99) / 100;

    want = want < m ? m : want;
    want = node_num(body, "size", want);
    want = want > (int64_t)pool ? (int64_t)pool : want;
    return want > SIZE_MAX_ ? SIZE_MAX_ : want < 0 ? 0 : want;
}

/* Marks the next row that is ours and was not drawn before. */
static int mark_drawn(struct swept *s, uint64_t id, int64_t sample, struct node *rows)
{
    struct rec *old, *item;
    int err = txn_get(s->txn, s->ctx, sweep_form(s->county, "sweep_item"), id, &old);

    if (err)
        return err;
    if (rec_ref(old, "sweep") != s->sweep->id || rec_get(old, "sample"))
        return 0;
    item = rec_copy(s->ctx, old);
    rec_set(item, "sample", sweep_id(item, (uint64_t)sample));
    node_int(rows, NULL, (int64_t)id);
    return sweep_put_item(s, old, item);
}

int sweep_sample(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const char *area = node_text_or(body, "area", "");
    struct node *kept = node_map(ctx), *pool = node_add_list(kept, "pool"), *rows;
    int64_t n, size, seed = node_num(body, "seed", 0);
    struct ticket *t;
    char day[11];
    int err = sweep_of(&s, body, out);

    if (err || (err = sweep_must_run(&s, out)))
        return err;
    if (area_level(area) < AREA_TOWN || !area_find(county, area) ||
        !actor_covers(actor, "sweep.check", area))
        return sweep_refuse(out, HE_NOTFOUND, _("请写明您负责的乡镇"));
    if ((err = pool_read(&s, area, pool)))
        return err;
    if (!pool->n)
        return sweep_refuse(out, HE_RULE, _("这里没有新的已查对象，不用抽查"));
    if ((err = sweep_next(&s, "samples", &n)))
        return err;
    if (!seed)
        seed = (int64_t)(mix((uint64_t)date_now(), (uint64_t)n) >> 20);
    size = size_of(&s, body, pool->n);
    t = shuffle(ctx, (uint64_t)seed, pool);
    node_str(kept, "area", area);
    node_str(kept, "day", date_format(actor->today, day));
    node_str(kept, "by", actor->name);
    node_int(kept, "seed", seed);
    node_int(kept, "size", size);
    rows = node_add_list(kept, "rows");
    for (size_t i = 0; i < pool->n && (int64_t)rows->n < size && !err; i++)
        err = mark_drawn(&s, t[i].id, n, rows);
    if (!err && !rows->n)
        return sweep_refuse(out, HE_RULE, _("这里没有新的已查对象，不用抽查"));
    if (err || (err = sweep_keep(&s, text_printf(ctx, "sample/%lld", (long long)n), kept)))
        return err;
    node_int(out, "sample", n);
    node_int(out, "seed", seed);
    node_int(out, "pool", (int64_t)pool->n);
    node_copy(out, "rows", rows);
    return 0;
}

int sweep_sampled(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const struct node *rows, *e;
    struct node *kept;
    struct ticket *t;
    bool same = true;
    size_t i = 0, n;
    int err = sweep_of(&s, body, out);

    if (!err)
        err = sweep_kept(
            &s, text_printf(ctx, "sample/%lld", (long long)node_num(body, "sample", 0)), &kept);
    if (err)
        return err;
    if (!kept->n || !actor_covers(actor, "sweep.check", node_text_or(kept, "area", "")))
        return sweep_refuse(out, HE_NOTFOUND, _("没有这一批抽查"));
    rows = node_get(kept, "rows");
    n = node_get(kept, "pool")->n;
    t = shuffle(ctx, (uint64_t)node_num(kept, "seed", 0), node_get(kept, "pool"));
    for (e = node_first(rows); e; e = e->next) { /* in the order drawn; others were not ours */
        while (i < n && t[i].id != (uint64_t)e->num)
            i++;
        same &= i++ < n;
    }
    node_str(out, "area", node_text(kept, "area"));
    node_str(out, "title", area_title(ctx, county, node_text_or(kept, "area", "")));
    node_str(out, "day", node_text(kept, "day"));
    node_str(out, "by", node_text(kept, "by"));
    node_int(out, "seed", node_num(kept, "seed", 0));
    node_int(out, "size", node_num(kept, "size", 0));
    node_int(out, "pool", (int64_t)n);
    node_bool(out, "same", same);
    node_copy(out, "rows", rows);
    return 0;
}

/* --- what was found --- */

static const char *labels_of(void *ctx, const struct form *item, const struct node *fields)
{
    const struct form *child = dict_form(item->dict, "child");
    char *out = talloc_strdup(ctx, "");

    for (const struct node *n = node_first(fields); n; n = n->next) {
        struct form_path path;

        if (n->type != NODE_STR ||
            (form_path_parse(item, n->str, &path) && form_path_parse(child, n->str, &path)))
            continue;
        out = talloc_asprintf_append(out, "%s%s", *out ? "、" : "", form_path_label(ctx, path));
    }
    return *out ? out : NULL;
}

static int open_task(struct swept *s, const struct actor *actor, const struct rec *item,
                     const char *fields)
{
    struct task_new t = {.child = rec_ref(item, "child"),
                         .village = rec_get(item, "village"),
                         .kind = TASK_CHECK,
                         .what = N_("改正抽查发现的错误"),
                         .fields = fields,
                         .assignee = rec_ref(item, "checker"),
                         .source =
                             text_printf(s->ctx, "sweep_item %llu", (unsigned long long)item->id)};
    char day[11];

    snprintf(day, sizeof day, "%.10s", rec_get(item, "fix_due"));
    MUST(!date_parse(day, &t.due));
    return task_open(s->txn, s->ctx, s->county, actor, &t, NULL);
}

int sweep_check(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    const struct form *form = sweep_form(county, "sweep_item");
    bool ok = node_flag(body, "ok");
    const char *note = node_text(body, "note"), *fields;
    int64_t id = node_num(body, "id", 0);
    struct rec *old, *item;
    const char *hours;
    char day[11];
    int err = id > 0 ? txn_get(txn, ctx, form, (uint64_t)id, &old) : HE_NOTFOUND;

    if (!err && !actor_covers(actor, "sweep.check", rec_get(old, "village")))
        err = HE_NOTFOUND;
    if (err)
        return err == HE_NOTFOUND ? sweep_refuse(out, err, _("没有这一行")) : err;
    if ((err = sweep_load(&s, rec_ref(old, "sweep"))) || (err = sweep_must_run(&s, out)))
        return err;
    if (rec_ref(old, "typist") == actor->id || rec_ref(old, "checker") == actor->id)
        return sweep_refuse(out, HE_RULE,
                            _("这一行是您自己查的或录入的，不能自己抽查，请换一个人抽查"));
    if (!strchr("235", sweep_code(old, "state")))
        return sweep_refuse(out, HE_RULE, _("这一行还没有查或已经报送，不能抽查"));
    fields = labels_of(ctx, form, node_get(body, "fields"));
    if (!ok && !fields && (!note || !*note))
        return sweep_refuse(out, HE_RULE, _("请写明哪一项不对，让村里知道改什么"));
    item = rec_copy(ctx, old);
    hours = rec_get(s.sweep, "fix_hours");
    rec_set(item, "spot", ok ? "1" : "2");
    rec_set(item, "state", ok ? "3" : "4");
    rec_set(item, "spot_by", sweep_id(ctx, actor->id));
    rec_set(item, "spot_on", date_format(actor->today, day));
    rec_set(item, "spot_fields", ok ? NULL : fields);
    rec_set(item, "spot_note", note);
    rec_set(item, "fixed_on", NULL);
    rec_set(item, "fix_due",
            ok ? NULL : sweep_time(ctx, actor->today, hours ? strtol(hours, NULL, 10) : 24));
    if ((err = sweep_put_item(&s, old, item)))
        return err;
    node_int(out, "version", item->version);
    node_str(out, "fix_due", rec_get(item, "fix_due"));
    return ok ? 0 : open_task(&s, actor, item, fields);
}

int sweep_spot_fixed(struct family *f)
{
    if (!f->old || sweep_code(f->old, "state") != '4' || sweep_code(f->rec, "state") != '5')
        return 0;
    return task_drop(f->txn, f, f->county, f->actor, rec_get(f->rec, "village"), follow_source(f),
                     TASK_CHECK, N_("已经改正"));
}
