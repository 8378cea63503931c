#include "work/national.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/list.h"
#include "work/save_in.h"

#define SYNC "child.sync"

/* Fields about the national system itself are no news for it. */
static bool is_news(const struct form_field *field)
{
    return !field->system && strncmp(field->name, "national_", 9) != 0;
}

void effect_national(struct rec *child, const struct rec *old)
{
    const char *state = rec_get(child, "state");
    bool differs = false, news = !old;

    for (size_t i = 0; old && i < child->form->nfield; i++)
        if (!rec_same(old->val[i], child->val[i]) && !child->form->field[i].system) {
            differs = true;
            news |= is_news(&child->form->field[i]);
        }
    /* Nothing of its own differs: a person of the family changed. */
    if (state && strchr("34", *state) && (news || !differs))
        rec_set(child, "national_due", "1");
}

/* --- what changed since a version --- */

struct news {
    const struct actor *narrow; /* NULL: only whether there is any */
    const struct county *county;
    const struct form *form;
    long long since;
    struct node *labels; /* NULL likewise */
    bool any;
};

static void tell(struct news *n, const struct form_field *field)
{
    if (!field || !is_news(field))
        return;
    n->any = true;
    if (!n->labels || !actor_reads(n->narrow, field))
        return;
    for (const struct node *l = node_first(n->labels); l; l = l->next)
        if (!strcmp(l->str, field->label))
            return;
    node_str(n->labels, NULL, field->label);
}

static int news_one(const struct node *entry, void *arg)
{
    struct news *n = arg;
    const struct node *note = node_get(entry, "note");
    const struct form *form = dict_form(n->county->dict, node_text_or(note, "type", ""));

    if (node_num(entry, "version", 0) <= n->since)
        return 1;
    for (const struct node *o = node_first(node_get(entry, "old")); o; o = o->next)
        tell(n, form_field(n->form, o->key));
    for (const struct node *o = form ? node_first(node_get(note, "fields")) : NULL; o; o = o->next)
        tell(n, o->type == NODE_STR ? form_field(form, o->str) : NULL);
    return 0;
}

static long long synced(const struct rec *child)
{
    const char *v = rec_get(child, "national_version");

    return v ? strtoll(v, NULL, 10) : 0;
}

static int add_news(struct txn *txn, void *ctx, const struct county *county,
                    const struct actor *actor, struct node *row)
{
    const struct form *form = dict_form(county->dict, "child");
    struct news n = {.county = county, .form = form, .labels = node_add_list(row, "changed")};
    struct rec *child;
    const char *state;
    int err = txn_get(txn, ctx, form, (uint64_t)node_num(row, "id", 0), &child);

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    state = rec_get(child, "state");
    n.since = synced(child);
    n.narrow = actor_narrow(txn, ctx, county, actor, "child.read", child);
    node_str(row, "kind", state && *state == '4' ? _("退出") : n.since ? _("变更") : _("新增"));
    if (!n.since || !n.narrow)
        return 0;
    err = txn_history(txn, ctx, form, child->id, news_one, &n);
    return err < 0 ? err : 0;
}

int national_list(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out,
                  char **problem)
{
    static const char *fields[] = {"name", "national_no", "village", "updated_on", NULL};
    struct list_ask ask = {.form = dict_form(county->dict, "child"),
                           .where = "national_due = 1",
                           .area = node_text(body, "area"),
                           .after = node_text(body, "after"),
                           .limit = (int)node_num(body, "limit", 0),
                           .fields = fields,
                           .count = true};
    const struct actor *sync = actor_with(ctx, actor, SYNC, NULL);
    int err = sync ? list_page(txn, ctx, county, sync, &ask, out, problem) : HE_DENIED;

    for (struct node *row = base_unconst(node_first(node_get(out, "rows"))); row && !err;
         row = row->next)
        err = add_news(txn, ctx, county, sync, row);
    return err;
}

/* --- entered there --- */

struct done {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const char *on;
    const char *text; /* why not */
};

static int done_one(struct done *d, const struct node *row)
{
    const struct form *form = dict_form(d->county->dict, "child");
    struct news n = {.county = d->county, .form = form, .since = node_num(row, "version", 0)};
    struct rec *old, *rec;
    int err = txn_get(d->txn, d->ctx, form, (uint64_t)node_num(row, "id", 0), &old);

    d->text = NULL;
    if (err && err != HE_NOTFOUND)
        return err;
    if (err || !actor_sees(d->txn, d->county, d->actor, SYNC, old)) {
        d->text = _("没有找到这份档案");
        return 0;
    }
    err = txn_history(d->txn, d->ctx, form, old->id, news_one, &n);
    if (err < 0)
        return err;
    if (n.any) {
        d->text =
            text_printf(d->ctx, _("%s的档案后来又改过，请重新核对后再标"), rec_title(d->ctx, old));
        return 0;
    }
    rec = rec_copy(d->ctx, old);
    rec_set(rec, "national_due", "0");
    rec_set(rec, "national_sync_date", d->on);
    /* the change that stores it is the next version, and none of theirs */
    rec_set(rec, "national_version", text_printf(rec, "%u", old->version + 1));
    return txn_put(d->txn, &d->actor->who, old, rec, NULL, NULL);
}

int national_done(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    const char *on = node_text(body, "on");
    char today[11];
    struct done d = {txn, ctx, county, actor, on, NULL};
    struct node *skipped = node_list(ctx);
    struct date day;
    int64_t n = 0;

    date_format(actor->today, today);
    d.on = on ? on : today;
    if (date_parse(d.on, &day) || date_cmp(day, actor->today) > 0) {
        node_str(out, "text", _("同步日期要是今天或以前的一天"));
        return HE_USAGE;
    }
    for (const struct node *row = node_first(node_get(body, "rows")); row; row = row->next) {
        int err = row->type == NODE_MAP ? done_one(&d, row) : HE_PROTOCOL;

        if (err)
            return err;
        if (d.text) {
            struct node *s = node_add_map(skipped, NULL);
            node_int(s, "id", node_num(row, "id", 0));
            node_str(s, "text", d.text);
        } else {
            n++;
        }
    }
    node_int(out, "done", n);
    node_copy(out, "skipped", skipped);
    return 0;
}
