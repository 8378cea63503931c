/* The acts on an agreement beside filling in its form: sign, renew, end, void. */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/agreement.h"

static int find(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                const char *right, uint64_t id, struct save *out, struct rec **rec)
{
    int err = txn_get(txn, ctx, dict_form(county->dict, "agreement"), id, rec);

    if (err)
        return err;
    out->form = (*rec)->form;
    out->id = (*rec)->id;
    out->findings = findings_new(ctx);
    return actor_sees(txn, county, actor, right, *rec) ? 0 : HE_DENIED;
}

static int refuse(struct save *out, const char *field, const char *code, const char *text)
{
    findings_add(out->findings, 'E', field, code, "%s", text);
    return HE_RULE;
}

static int act(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const char *verb, const struct node *value, struct save *out)
{
    struct save_more more = {.verb = verb, .state = verb};

    out->value = value ? value : node_map(ctx);
    return save_run(txn, ctx, county, actor, out, &more);
}

int agreement_sign(struct txn *txn, void *ctx, const struct county *county,
                   const struct actor *actor, uint64_t id, const struct node *value,
                   struct save *out)
{
    struct rec *rec;
    int err = find(txn, ctx, county, actor, "agreement.sign", id, out, &rec);

    return err ? err : act(txn, ctx, county, actor, AGR_ACT_SIGN, value, out);
}

int agreement_end(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, uint64_t id, const struct node *value,
                  struct save *out)
{
    static const char *const names[] = {"end_reason", "ended_on", "end_note", "paper_at"};
    struct rec *rec;
    int err = find(txn, ctx, county, actor, "agreement.end", id, out, &rec);

    for (const struct node *n = err ? NULL : node_first(value); n; n = n->next) {
        bool known = false;

        for (size_t i = 0; i < NELEM(names) && !known; i++)
            known = !strcmp(n->key, names[i]);
        if (!known)
            return refuse(
                out, n->key, "unknown_field",
                text_printf(ctx, _("没有“%s”这一项，请核对名称"), text_visible(ctx, n->key, 0)));
    }
    return err ? err : act(txn, ctx, county, actor, AGR_ACT_END, value, out);
}

int agreement_void(struct txn *txn, void *ctx, const struct county *county,
                   const struct actor *actor, uint64_t id, const char *why, struct save *out)
{
    struct rec *rec;
    int err = find(txn, ctx, county, actor, "agreement.void", id, out, &rec);

    if (err)
        return err;
    out->why = why;
    return act(txn, ctx, county, actor, AGR_ACT_VOID, NULL, out);
}

/* --- renewing --- */

/* "+1y" and its like count from the last day of the one before; a number without a unit is years. */
static const char *moved(void *ctx, const struct rec *prev, const char *typed)
{
    struct date d;
    char *end, day[11];
    long n;

    while (*typed == ' ')
        typed++;
    if (*typed != '+' || !agreement_until(prev, &d))
        return typed;
    n = strtol(typed + 1, &end, 10);
    if (end == typed + 1 || n < 0 || n > 240)
        return typed;
    switch (*end) {
    case 'd':
    case 'w':
        d = date_add_days(d, *end == 'w' ? n * 7 : n);
        break;
    case 'm':
        d = date_add_months(d, (int)n);
        break;
    case 'y':
    case '\0':
        d = date_add_months(d, (int)n * 12);
        break;
    default:
        return typed;
    }
    return talloc_strdup(ctx, date_format(d, day));
}

static struct node *renewed(void *ctx, const struct rec *prev, const struct node *value)
{
    struct node *v = node_map(ctx);
    const char *end = node_text(value, "end");

    for (const struct node *n = node_first(value); n; n = n->next)
        if (strcmp(n->key, "child") != 0 && (strcmp(n->key, "end") != 0 || !end))
            node_copy(v, n->key, n);
    if (end)
        node_str(v, "end", moved(v, prev, end));
    node_str(v, "child", rec_get(prev, "child"));
    return v;
}

int agreement_renew(struct txn *txn, void *ctx, const struct county *county,
                    const struct actor *actor, uint64_t id, const struct node *value,
                    struct save *out)
{
    struct save_more more = {0};
    struct rec *prev;
    int err = find(txn, ctx, county, actor, "agreement.add", id, out, &prev);

    if (err)
        return err;
    if (!agreement_running(prev) && agreement_state(prev) != AGR_EXPIRED &&
        agreement_state(prev) != AGR_ENDED)
        return refuse(out, "", "not_signed_yet",
                      _("这份协议没有生效过，不能续签；请在这一份上接着办，或者另外起草"));
    if (rec_ref(prev, "next"))
        return refuse(out, "", "renewed", _("这份协议已经续过了，请在最新的一份上办"));
    more.prev = prev->id;
    out->id = 0;
    out->value = renewed(ctx, prev, value);
    return save_run(txn, ctx, county, actor, out, &more);
}
