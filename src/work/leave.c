/*
 * Leaving the register, coming back, moving to another village. Each is proposed by the village or
 * the township and takes effect with the county (decision 5); the rules judge it when it is
 * proposed and once more when it is approved. Reaching 16 or 18 only proposes: a person confirms
 * (R-038).
 */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/save_in.h"

/* Only the values that belong to the act. */
static struct node *pick(void *ctx, const struct node *value, const char *const names[],
                         struct findings *fs)
{
    struct node *out = node_map(ctx);

    for (const struct node *n = node_first(value); n; n = n->next) {
        bool known = false;

        for (size_t i = 0; names[i] && !known; i++)
            known = !strcmp(names[i], n->key);
        if (known)
            node_copy(out, n->key, n);
        else
            findings_add(fs, 'E', n->key, "unknown_field", _("没有“%s”这一项，请核对名称"),
                         text_visible(fs, n->key, 0));
    }
    return out;
}

static int refuse(struct save *out, const char *field, const char *code, const char *text)
{
    findings_add(out->findings, 'E', field, code, "%s", text);
    return HE_RULE;
}

/* What every act here begins with: the child, and findings to fill. */
static int begin(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 const char *right, uint64_t id, struct save *out, struct rec **child)
{
    int err = txn_get(txn, ctx, dict_form(county->dict, "child"), id, child);

    if (err)
        return err;
    out->form = (*child)->form;
    out->id = (*child)->id;
    out->findings = findings_new(ctx);
    return actor_sees(txn, county, actor, right, *child) ? 0 : HE_DENIED;
}

static bool on_register(const struct rec *child)
{
    const char *state = rec_get(child, "state");

    return state && strchr("123", *state);
}

static void put_today(struct node *value, const char *name, const struct actor *actor)
{
    char day[11];

    if (!node_text(value, name))
        node_str(value, name, date_format(actor->today, day));
}

/* Leaving and coming back: the child, and those of the values that may be given with it. */
static int begin_with(struct txn *txn, void *ctx, const struct county *county,
                      const struct actor *actor, uint64_t id, const struct node *value,
                      const char *const names[], struct save *out, struct rec **child,
                      struct node **v)
{
    int err = begin(txn, ctx, county, actor, "child.exit", id, out, child);

    if (err)
        return err;
    *v = pick(ctx, value, names, out->findings);
    return out->findings->n ? HE_RULE : 0;
}

int child_exit(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               uint64_t id, const struct node *value, struct save *out)
{
    static const char *const names[] = {"exit_reason", "exit_date",  "exit_note", "death_date",
                                        "death_cause", "death_note", NULL};
    struct save_more more = {.kind = "4", .verb = "exit", .state = "4", .whole = true};
    struct rec *child;
    struct node *v;
    int err = begin_with(txn, ctx, county, actor, id, value, names, out, &child, &v);

    if (err)
        return err;
    if (!on_register(child))
        return refuse(out, "", "not_registered", _("这份档案已经退出，不用再办"));
    if (!node_text(v, "exit_reason"))
        return refuse(out, "exit_reason", "missing_exit_reason", _("请选择退出原因"));
    put_today(v, "exit_date", actor);
    if (!strcmp(node_text(v, "exit_reason"), "08") ||
        !strcmp(node_text(v, "exit_reason"), HAN_("死亡")))
        more.kind = "6";
    out->value = v;
    return save_run(txn, ctx, county, actor, out, &more);
}

int child_return(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                 uint64_t id, const struct node *value, struct save *out)
{
    static const char *const names[] = {"add_date", "add_reason", NULL};
    static const char *const gone[] = {"exit_date", "exit_reason", "exit_note"};
    const struct save_more more = {.kind = "5", .verb = "exit", .state = "3", .whole = true};
    struct rec *child;
    struct node *v;
    int err = begin_with(txn, ctx, county, actor, id, value, names, out, &child, &v);

    if (err)
        return err;
    if (on_register(child))
        return refuse(out, "", "registered", _("这份档案还在册，不用再纳入"));
    if (rec_get(child, "exit_reason") && !strcmp(rec_get(child, "exit_reason"), "08"))
        return refuse(out, "", "dead", _("退出原因是死亡，不能再纳入；登记有误请县里更正退出原因"));
    put_today(v, "add_date", actor);
    if (!node_text(v, "add_reason"))
        node_str(v, "add_reason", "05");
    for (size_t i = 0; i < NELEM(gone); i++)
        node_nil(v, gone[i]);
    out->value = v;
    return save_run(txn, ctx, county, actor, out, &more);
}

int child_move(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               uint64_t id, const char *village, const char *why, struct save *out)
{
    const struct save_more more = {.kind = "3", .verb = "transfer", .whole = true, .move = true};
    struct rec *child;
    struct node *v = node_map(ctx);
    int err = begin(txn, ctx, county, actor, "child.transfer", id, out, &child);

    if (err)
        return err;
    if (!on_register(child))
        return refuse(out, "", "not_registered", _("这份档案已经退出，先办理再纳入"));
    node_str(v, "village", village);
    out->value = v;
    out->why = why ? why : out->why;
    return save_run(txn, ctx, county, actor, out, &more);
}
