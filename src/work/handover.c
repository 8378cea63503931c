/* Whose children they are: handing them to another director (decision 12); the 关注名单 (decision 1). */
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/task.h"

/* A field that rules write, changed by one of the acts here. */
static int set_field(struct txn *txn, void *ctx, const struct store_who *who, const struct rec *old,
                     const char *field, const char *value)
{
    struct rec *rec = rec_copy(ctx, old);

    rec_set(rec, field, value);
    return txn_put(txn, who, old, rec, NULL, NULL);
}

int child_watch(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
                uint64_t id, bool on, const char *why)
{
    struct store_who who = actor->who;
    struct rec *child;
    int err = txn_get(txn, ctx, dict_form(county->dict, "child"), id, &child);

    if (err)
        return err;
    if (!actor_sees(txn, county, actor, "child.change", child))
        return HE_DENIED;
    who.why = why ? why : who.why;
    return set_field(txn, ctx, &who, child, "watch_list", on ? "1" : NULL);
}

struct handover {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const struct node *ids; /* NULL: all */
    uint64_t from;
    uint64_t *id;
    size_t n;
};

static bool asked_for(const struct handover *h, uint64_t id)
{
    for (const struct node *n = node_first(h->ids); n; n = n->next)
        if (n->num == (int64_t)id)
            return true;
    return !h->ids;
}

static int find_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct handover *h = arg;
    struct rec *child;
    int err = asked_for(h, id) ? txn_get(txn, NULL, dict_form(h->county->dict, "child"), id, &child)
                               : HE_NOTFOUND;

    (void)mark;
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (rec_ref(child, "director") == h->from &&
        actor_sees(txn, h->county, h->actor, "child.review", child)) {
        h->id = talloc_realloc(h->ctx, h->id, uint64_t, h->n + 1);
        h->id[h->n++] = id;
    }
    talloc_free(child);
    return 0;
}

static int user_of(struct handover *h, const struct node *body, const char *key, struct node *out,
                   uint64_t *id)
{
    const char *login = node_text(body, key);
    if (login && !*login && strcmp(key, "from") == 0)
        return *id = 0, 0; /* children for whom nobody is responsible yet */
    int err = login ? txn_unique(h->txn, form_field(dict_form(h->county->dict, "user"), "login"),
                                 login, id)
                    : HE_NOTFOUND;

    if (err == HE_NOTFOUND)
        node_str(out, "text",
                 text_printf(h->ctx, _("没有找到用户“%s”，请核对登录名"), login ? login : ""));
    return err;
}

/* The children of `from` in the actor's scope, by the villages he reaches. */
static int find_children(struct handover *h)
{
    const struct form *child = dict_form(h->county->dict, "child");
    struct walk walk = {.form = child,
                        .field = form_field(child, "state"),
                        .areas =
                            (const char *const *)actor_areas(h->ctx, h->actor, "child.review")};

    if (!walk.areas[0])
        return 0;
    if (!*walk.areas[0])
        walk.areas = NULL;
    return txn_walk(h->txn, &walk, find_one, h);
}

/* The child, and with it the things to do for it. */
static int hand_over(const struct handover *h, const struct store_who *who, const struct rec *old,
                     const char *to)
{
    struct rec *rec = rec_copy(h->ctx, old);
    int err;

    rec_set(rec, "director", to);
    err = txn_put(h->txn, who, old, rec, NULL, NULL);
    return err ? err : task_follow(h->txn, h->ctx, h->county, who, old, rec);
}

int child_handover(struct txn *txn, void *ctx, const struct county *county,
                   const struct actor *actor, const struct node *body, struct node *out)
{
    struct handover h = {
        .txn = txn, .ctx = ctx, .county = county, .actor = actor, .ids = node_get(body, "ids")};
    struct store_who who = actor->who;
    const char *to_text;
    uint64_t to;
    int err;

    if (!actor_may(actor, "child.review"))
        return HE_DENIED;
    if ((err = user_of(&h, body, "from", out, &h.from)) ||
        (err = user_of(&h, body, "to", out, &to)) || (err = find_children(&h)))
        return err;
    who.why = node_text(body, "why") ? node_text(body, "why") : who.why;
    to_text = text_printf(ctx, "%llu", (unsigned long long)to);
    for (size_t i = 0; i < h.n && !err; i++) {
        struct rec *old;

        if (!(err = txn_get(txn, ctx, dict_form(county->dict, "child"), h.id[i], &old)))
            err = hand_over(&h, &who, old, to_text);
    }
    node_int(out, "children", (int64_t)h.n);
    return err;
}
