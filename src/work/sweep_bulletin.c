/*
 * Documents of a sweep, drafted from frozen figures only: the bulletin (通报, R-169), supervision notices
 * to townships with areas that updated nothing, the closing report. They name and number no
 * child (decision 9): counts stand by township, villages are named without counts.
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/sweep_in.h"

#define ZERO_LIST_MAX 4000 /* bytes of names; the list behind the figures has all */

struct paper {
    struct swept *s;
    struct sweep_table t;
    char *text;
};

static int64_t at(const struct sweep_row *r, const int64_t *total, const char *name)
{
    return (r ? r->n : total)[sweep_counter_at(name)];
}

static void add(struct paper *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct paper *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    p->text = talloc_vasprintf_append(p->text, fmt, ap);
    va_end(ap);
    MUST(p->text);
}

/* Tenths of a percent as "97.3%". */
static const char *percent(struct paper *p, int64_t n, int64_t of)
{
    int64_t t = of ? (n * 1000 + of / 2) / of : 0;

    return text_printf(p->s->ctx, "%lld.%lld%%", (long long)(t / 10), (long long)(t % 10));
}

static void add_total(struct paper *p)
{
    const int64_t *n = p->t.total;

    add(p, HAN_("截至%.16s，名单%lld名（处），已查%lld，完成率%s。"), p->t.at,
        (long long)at(NULL, n, "total"), (long long)at(NULL, n, "done"),
        percent(p, at(NULL, n, "done"), at(NULL, n, "total")));
    add(p, HAN_("动态更新%lld（信息修改%lld、新增%lld、退出%lld），核实无变化%lld。"),
        (long long)at(NULL, n, "dynamic"), (long long)at(NULL, n, "updated"),
        (long long)at(NULL, n, "new"), (long long)at(NULL, n, "exit"),
        (long long)at(NULL, n, "unchanged"));
    add(p,
        HAN_(
            "信息缺失%lld，信息错误%lld；抽查%lld，有误%lld，已改正%lld；隐患%lld，未消除%lld。\n"),
        (long long)at(NULL, n, "missing"), (long long)at(NULL, n, "wrong"),
        (long long)at(NULL, n, "spot"), (long long)at(NULL, n, "errors"),
        (long long)at(NULL, n, "fixed"), (long long)at(NULL, n, "hazards"),
        (long long)at(NULL, n, "hazards_open"));
}

/* By how much is done, then by how much moved; equal ones in the order of their codes. */
static int rank_cmp(const void *a, const void *b)
{
    const struct sweep_row *x = a, *y = b;
    int64_t xt = at(x, NULL, "total"), yt = at(y, NULL, "total");
    int64_t d = at(y, NULL, "done") * (xt ? xt : 1) - at(x, NULL, "done") * (yt ? yt : 1);
    int64_t u = at(y, NULL, "dynamic") * (xt ? xt : 1) - at(x, NULL, "dynamic") * (yt ? yt : 1);

    if (d || u)
        return (d ? d : u) < 0 ? -1 : 1;
    return strcmp(x->area, y->area);
}

static void add_ranking(struct paper *p)
{
    struct sweep_row *rank = talloc_memdup(p->s->ctx, p->t.town, p->t.ntown * sizeof *rank);

    if (p->t.ntown)
        qsort(rank, p->t.ntown, sizeof *rank, rank_cmp);
    for (size_t i = 0; i < p->t.ntown; i++)
        add(p, HAN_("%zu. %s：完成率%s，更新率%s，信息缺失%lld，信息错误%lld。\n"), i + 1,
            rank[i].title, percent(p, at(&rank[i], NULL, "done"), at(&rank[i], NULL, "total")),
            percent(p, at(&rank[i], NULL, "dynamic"), at(&rank[i], NULL, "total")),
            (long long)at(&rank[i], NULL, "missing"), (long long)at(&rank[i], NULL, "wrong"));
}

/* Names of the villages that updated nothing, of one township or of all; how many. */
static size_t add_zero(struct paper *p, const char *town)
{
    size_t n = 0, begun = strlen(p->text);

    for (size_t i = 0; i < p->t.nvillage; i++) {
        const struct sweep_row *v = &p->t.village[i];

        if (!v->zero || (town && strncmp(v->area, town, 9) != 0))
            continue;
        if (strlen(p->text) - begun < ZERO_LIST_MAX)
            add(p, "%s%s", n ? "、" : "", v->title);
        n++;
    }
    if (strlen(p->text) - begun >= ZERO_LIST_MAX)
        add(p, HAN_("等"));
    return n;
}

static void write_bulletin(struct paper *p)
{
    const struct rec *sweep = p->s->sweep;
    size_t n;

    add(p, HAN_("各镇人民政府、街道办事处：\n现将“%s”"), rec_get(sweep, "title"));
    if (rec_get(sweep, "basis"))
        add(p, HAN_("（%s）"), rec_get(sweep, "basis"));
    add(p, HAN_("的摸排更新情况通报如下。\n一、总体情况\n"));
    add_total(p);
    add(p, HAN_("二、各镇排名\n"));
    add_ranking(p);
    add(p, HAN_("三、动态更新量为零的地区\n"));
    n = add_zero(p, NULL);
    add(p, n ? HAN_("。共%zu个村（居），请所在镇重点跟进督导。\n") : HAN_("没有。（%zu个）\n"), n);
    if (rec_get(sweep, "good_practice"))
        add(p, HAN_("四、好做法\n%s\n"), rec_get(sweep, "good_practice"));
    add(p,
        HAN_("%s、下一步要求\n查漏补缺，抽查发现的错误限期改正，隐患跟到消除，退出逐人审核，以后按"
             "月更新。\n"),
        rec_get(sweep, "good_practice") ? HAN_("五") : HAN_("四"));
}

static void write_notice(struct paper *p, const struct sweep_row *town)
{
    size_t n;

    add(p, HAN_("%s：\n截至%.16s，“%s”中你地下列村（居）动态更新量为零："), town->title, p->t.at,
        rec_get(p->s->sweep, "title"));
    n = add_zero(p, town->area);
    add(p,
        HAN_("。共%"
             "zu个。请逐村核实：确实没有变化的写明核实经过，没有上门的马上补查，三日内报告。\n"),
        n);
}

static void write_report(struct paper *p)
{
    add(p, HAN_("“%s”已经结束。\n一、总体情况\n"), rec_get(p->s->sweep, "title"));
    add_total(p);
    add(p, HAN_("二、各镇情况\n"));
    add_ranking(p);
    add(p, HAN_("三、后续\n未消除的隐患继续跟踪；抽查退回没有改的限期改正；没有签订委托照护协议的继"
                "续办理。\n"));
    if (rec_get(p->s->sweep, "good_practice"))
        add(p, HAN_("四、好做法\n%s\n"), rec_get(p->s->sweep, "good_practice"));
}

/* --- kept as a document --- */

static int paper_put(struct paper *p, const struct actor *actor, const char *kind,
                     const char *title, const char *to, struct node *ids)
{
    struct rec *rec = rec_new(p->s->ctx, sweep_form(p->s->county, "bulletin"));
    int err;

    rec_set(rec, "sweep", sweep_id(rec, p->s->sweep->id));
    rec_set(rec, "kind", kind);
    rec_set(rec, "title", title);
    rec_set(rec, "to", to);
    rec_set(rec, "freeze", text_printf(rec, "%lld", (long long)p->t.freeze));
    rec_set(rec, "cut_on", p->t.at);
    rec_set(rec, "body", p->text);
    rec_set(rec, "state", "1");
    rec_set(rec, "drafted_by", sweep_id(rec, actor->id));
    if (!(err = txn_put(p->s->txn, &p->s->who, NULL, rec, NULL, NULL)))
        node_int(ids, NULL, (int64_t)rec->id);
    return err;
}

static int notices(struct paper *p, const struct actor *actor, struct node *ids)
{
    int err = 0;

    for (size_t i = 0; i < p->t.ntown && !err; i++) {
        const struct sweep_row *town = &p->t.town[i];

        if (!town->zeros)
            continue;
        p->text = talloc_strdup(p->s->ctx, "");
        write_notice(p, town);
        err = paper_put(p, actor, "2",
                        text_printf(p->s->ctx, HAN_("关于%s排查更新情况的督导通知"), town->title),
                        town->area, ids);
    }
    return err;
}

/* Which freeze a document of that kind stands on. */
static int freeze_for(struct swept *s, const struct node *body, const char *kind, int64_t *freeze)
{
    const char *name = !strcmp(kind, "report") ? "close" : "bulletin";
    int err;

    if ((*freeze = node_num(body, "freeze", 0)))
        return 0;
    if (strcmp(kind, "notice") != 0)
        return sweep_freeze_find(s, name, freeze);
    err = sweep_freeze_find(s, "dispatch", freeze);
    return err || *freeze ? err : sweep_freeze_find(s, name, freeze);
}

int sweep_bulletin(struct txn *txn, void *ctx, const struct county *county,
                   const struct actor *actor, const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    struct paper p = {.s = &s, .text = talloc_strdup(ctx, "")};
    const char *kind = node_text_or(body, "kind", "bulletin"), *title;
    struct node *ids = node_add_list(out, "ids");
    int64_t freeze;
    int err = sweep_of(&s, body, out);

    if (err || (err = freeze_for(&s, body, kind, &freeze)))
        return err;
    if (freeze)
        err = sweep_table_read(&s, freeze, &p.t);
    if (!freeze || err == HE_NOTFOUND)
        return sweep_refuse(out, HE_RULE,
                            _("这个节点的数字还没有冻结：在进度（=57）按 F9 选“冻结”，再起草"));
    if (err)
        return err;
    title = rec_get(s.sweep, "title");
    if (!strcmp(kind, "notice")) {
        err = notices(&p, actor, ids);
        return err || ids->n ? err
                             : sweep_refuse(out, HE_RULE, _("没有动态更新量为零的地区，不用督导"));
    }
    if (!strcmp(kind, "report")) {
        write_report(&p);
        return paper_put(&p, actor, "3", text_printf(ctx, HAN_("“%s”总结"), title), NULL, ids);
    }
    if (strcmp(kind, "bulletin") != 0)
        return sweep_refuse(out, HE_USAGE, _("文书只能是 bulletin、notice 或 report"));
    if (strcmp(p.t.name, "bulletin") != 0)
        return sweep_refuse(out, HE_RULE, _("通报要用通报节点冻结的数字"));
    write_bulletin(&p);
    return paper_put(&p, actor, "1", text_printf(ctx, HAN_("关于“%s”情况的通报"), title), NULL,
                     ids);
}

/* Title and text, by the lines that differ from what stood there before. */
static int names_check(struct family *f, const struct rec *rec, const struct rec *old)
{
    static const char *const fields[] = {"title", "body"};
    int err = 0;

    for (size_t i = 0; i < NELEM(fields) && !err; i++)
        err = sweep_names_check(f, fields[i], rec_get(rec, fields[i]),
                                old ? rec_get(old, fields[i]) : NULL);
    return err;
}

int sweep_bulletin_values(struct family *f)
{
    if (f->old && sweep_code(f->old, "state") != '1')
        findings_add(f->s->findings, 'E', "", "signed",
                     _("已经签批的文书不能再改，请作废后另起草一份"));
    return names_check(f, f->rec, f->old);
}

/* The whole of it once more: children were registered since, and what it was drafted from is written by
 * hand too. */
static int sign_check(struct txn *txn, void *ctx, const struct county *county,
                      const struct actor *actor, const struct rec *rec, struct node *out)
{
    struct save s = {.form = rec->form, .findings = findings_new(ctx)};
    struct family *f = family_new(txn, ctx, county, actor, &s, NULL);
    int err = names_check(f, rec, NULL);

    for (size_t i = 0; i < s.findings->n && !err; i++)
        if (s.findings->f[i].level == 'E')
            return sweep_refuse(out, HE_RULE, s.findings->f[i].text);
    return err;
}

int sweep_sign(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct node *body, struct node *out)
{
    int64_t id = node_num(body, "id", 0);
    bool ok = node_flag(body, "ok");
    struct rec *old, *rec;
    int err = id > 0 ? txn_get(txn, ctx, sweep_form(county, "bulletin"), (uint64_t)id, &old)
                     : HE_NOTFOUND;

    if (err)
        return err == HE_NOTFOUND ? sweep_refuse(out, err, _("没有这份文书")) : err;
    if (ok ? sweep_code(old, "state") != '1' : sweep_code(old, "state") == '3')
        return sweep_refuse(out, HE_RULE, _("这份文书已经签批或作废"));
    if (ok && (err = sign_check(txn, ctx, county, actor, old, out)))
        return err;
    rec = rec_copy(ctx, old);
    rec_set(rec, "state", ok ? "2" : "3");
    rec_set(rec, "approved_by", sweep_id(ctx, actor->id));
    rec_set(rec, "approved_on", sweep_time(ctx, actor->today, 0));
    err = txn_put(txn, &actor->who, old, rec, NULL, NULL);
    node_int(out, "version", rec->version);
    return err;
}

/* --- the end --- */

struct before {
    struct swept *s;
    uint64_t id;
};

static int before_one(struct rec *rec, void *arg)
{
    struct before *b = arg;

    if (rec->id != b->s->sweep->id &&
        rec_same(rec_get(rec, "kind"), rec_get(b->s->sweep, "kind")) && rec->id > b->id)
        b->id = rec->id;
    return 0;
}

int sweep_before(struct swept *s, uint64_t *id)
{
    struct before b = {s, 0};
    struct walk walk = {
        .form = s->sweep->form, .field = form_field(s->sweep->form, "state"), .lo = "4", .hi = "4"};
    int err = txn_each(s->txn, s->ctx, &walk, before_one, &b);

    *id = b.id;
    return err;
}

int sweep_close(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                const struct node *body, struct node *out)
{
    struct swept s = {.txn = txn, .ctx = ctx, .county = county, .who = actor->who};
    bool give_up = node_flag(body, "void");
    int64_t freeze = 0;
    uint64_t previous = 0;
    struct rec *rec;
    int err = sweep_of(&s, body, out);

    if (err || (!give_up && (err = sweep_must_run(&s, out))))
        return err;
    if (sweep_code(s.sweep, "state") >= SWEEP_CLOSED)
        return sweep_refuse(out, HE_RULE, _("这次排查已经结束"));
    if (!give_up && ((err = sweep_freeze_make(&s, "close", actor->today, &freeze)) ||
                     (err = sweep_before(&s, &previous))))
        return err;
    rec = rec_copy(ctx, s.sweep);
    rec_set(rec, "state", give_up ? "5" : "4");
    rec_set(rec, "closed_on", sweep_time(ctx, actor->today, 0));
    rec_set(rec, "previous", sweep_id(ctx, previous));
    if ((err = txn_put(txn, &s.who, s.sweep, rec, NULL, NULL)))
        return err;
    node_int(out, "freeze", freeze);
    return sweep_set_running(txn, ctx, rec->id, false);
}
