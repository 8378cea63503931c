/*
 * Whose work it is: a director's children, tasks and drafts handed to another (decision 12); the 关注名单
 * (decision 1).
 */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "store/store_admin.h"
#include "work/save_in.h"

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

#define NAMED_MAX 100 /* of each kind in the answer: it is one message */
#define PIECE     50  /* children given over by one request: what the writer does in one turn */

struct handover {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    struct store_who who;
    const char **within;      /* divisions to look in */
    const struct node *ids;   /* NULL: all of his work in the actor's reach */
    const char *const *areas; /* that reach; "" the county */
    uint64_t from, to;
    const char *to_text;
    const struct actor *taker; /* `to` with the posts of today in which he answers for children */
    const char *to_name;
    const char *beyond; /* the first child that none of them reaches, NULL */
    size_t nbeyond;
    uint64_t *id;                           /* the children */
    size_t n, left;                         /* … of so many more after this request */
    bool dry;                               /* all are counted, none is given */
    struct node *children, *tasks, *drafts; /* named in the answer */
    size_t ntask, ndraft;
};

static const char *got(const struct rec *rec, const char *field)
{
    const char *v = rec_get(rec, field);

    return v ? v : "";
}

static bool moves(const struct handover *h, uint64_t child)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->id[i] == child)
            return true;
    return false;
}

static void add_named(struct node *list, const char *text)
{
    if (list->n < NAMED_MAX)
        node_str(node_add_map(list, NULL), "text", text);
}

/* --- the children --- */

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
        if (!actor_sees(txn, h->county, h->taker, "child.change", child) && !h->nbeyond++)
            h->beyond = talloc_strdup(h->ctx, got(child, "name"));
        add_named(h->children, text_printf(h->ctx, "%s %s", got(child, "name"),
                                           area_title(h->ctx, h->county, got(child, "village"))));
    }
    talloc_free(child);
    return 0;
}

static int post_area(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct handover *h = arg;
    struct rec *post;
    int err = txn_get(txn, h->ctx, dict_form(h->county->dict, "post"), id, &post);
    size_t n = 0;

    (void)mark;
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    while (h->within[n])
        n++;
    h->within = talloc_realloc(h->ctx, h->within, const char *, n + 2);
    h->within[n] = got(post, "area");
    h->within[n + 1] = NULL;
    return 0;
}

/* Where his children can be: the divisions of all the posts he has or had; of children without anybody,
 * those of who takes them. */
static int where_to_look(struct handover *h)
{
    const struct form *post = dict_form(h->county->dict, "post");
    const char *key = text_printf(h->ctx, "%llu", (unsigned long long)h->from);
    struct walk walk = {.form = post, .field = form_field(post, "user"), .lo = key, .hi = key};

    if (!h->from) {
        h->within = actor_areas(h->ctx, h->taker, "child.change");
        return 0;
    }
    h->within = talloc_zero_array(h->ctx, const char *, 1);
    return txn_walk(h->txn, &walk, post_area, h);
}

/* The children of `from` in the actor's scope; whoever reads them finds the same person only there. */
static int find_children(struct handover *h)
{
    const struct form *child = dict_form(h->county->dict, "child");
    struct walk walk = {.form = child, .field = form_field(child, "state")};
    int err = where_to_look(h);

    walk.areas = (const char *const *)h->within;
    if (err || !h->areas[0] || !h->within[0])
        return err;
    for (size_t i = 0; h->within[i]; i++)
        if (!*h->within[i])
            walk.areas = NULL;
    return txn_walk(h->txn, &walk, find_one, h);
}

/* No more than one turn's; the free tasks and the drafts go with the last of them. */
static void cut_piece(struct handover *h)
{
    if (h->dry || h->n <= PIECE)
        return;
    h->left = h->n - PIECE;
    h->n = PIECE;
}

static int give_children(struct handover *h)
{
    const struct form *form = dict_form(h->county->dict, "child");
    int err = 0;

    for (size_t i = 0; i < h->n && !err && !h->dry; i++) {
        struct rec *old;

        if (!(err = txn_get(h->txn, h->ctx, form, h->id[i], &old)))
            err = set_field(h->txn, h->ctx, &h->who, old, "director", h->to_text);
    }
    return err;
}

/* --- the tasks --- */

/* A division of the actor, and of who takes over. */
static bool both_cover(const struct handover *h, const char *area)
{
    return areas_cover(h->areas, area) && actor_covers(h->taker, "child.change", area);
}

/* Open, and of a child that goes over too, or of no child in a village of the actor. */
static bool task_goes(const struct handover *h, const struct rec *task)
{
    const char *state = got(task, "state");
    uint64_t child = rec_ref(task, "child");

    if (strcmp(state, "1") != 0 && strcmp(state, "2") != 0)
        return false;
    return child ? moves(h, child) : !h->ids && !h->left && both_cover(h, got(task, "village"));
}

static int give_tasks(struct handover *h)
{
    struct rec **task;
    size_t n = 0;
    int err = h->from ? linked_all(h->txn, h->ctx, dict_form(h->county->dict, "task"), "assignee",
                                   h->from, &task, &n)
                      : 0;

    for (size_t i = 0; i < n && !err; i++) {
        if (!task_goes(h, task[i]))
            continue;
        add_named(h->tasks,
                  text_printf(h->ctx, "%s %s", got(task[i], "due"), got(task[i], "what")));
        err = set_field(h->txn, h->ctx, &h->who, task[i], "assignee", h->to_text);
        h->ntask++;
    }
    return err;
}

/* --- the drafts --- */

/* All that he is or was lies in the actor's reach, so a draft that names no village does too. */
static int all_within(struct handover *h, bool *all)
{
    struct rec **post;
    size_t n = 0;
    int err =
        linked_all(h->txn, h->ctx, dict_form(h->county->dict, "post"), "user", h->from, &post, &n);

    *all = !err;
    for (size_t i = 0; i < n && *all; i++)
        *all = areas_cover(h->areas, got(post[i], "area"));
    return err;
}

/* A draft of a child that goes over, or of what is new in a village of the actor. */
static bool draft_goes(const struct handover *h, const struct node *draft, bool all)
{
    const char *key = node_text_or(draft, "key", ""), *slash = strchr(key, '/');
    const struct node *v = node_get(node_get(draft, "body"), "v");
    const char *village = node_text(v, "village"), *child = node_text(v, "child");

    if (child)
        return moves(h, strtoull(child, NULL, 10));
    if (!strncmp(key, "child/", 6) && strncmp(slash, "/new/", 5) != 0)
        return moves(h, strtoull(slash + 1, NULL, 10));
    return !h->ids && !h->left && (village ? both_cover(h, village) : all);
}

/* What the next one may fill but not read stays with whoever typed it. */
static const char **unread_fields(const struct handover *h, const struct form *form)
{
    const char **names = talloc_zero_array(h->ctx, const char *, form->nfield + 1);
    size_t n = 0;

    for (size_t i = 0; i < form->nfield; i++)
        if (form->field[i].blind && actor_reads(h->taker, &form->field[i]) < 2)
            names[n++] = form->field[i].name;
    return names;
}

static int give_drafts(struct handover *h)
{
    struct node *list = NULL;
    bool all = false;
    int err = h->from ? txn_draft_list(h->txn, h->ctx, h->from, &list) : 0;

    if (!err && list)
        err = all_within(h, &all);
    for (const struct node *d = node_first(list); d && !err; d = d->next) {
        const char *key = node_text_or(d, "key", "");
        const struct form *form =
            dict_form(h->county->dict, talloc_strndup(h->ctx, key, strcspn(key, "/")));

        if (!form || !draft_goes(h, d, all))
            continue;
        err = txn_draft_give(h->txn, h->from, h->to, key,
                             (const char *const *)unread_fields(h, form));
        if (err == HE_EXISTS) { /* his own work on it stays; the other's goes after 30 days */
            err = 0;
            continue;
        }
        add_named(h->drafts, text_printf(h->ctx, "%s %s", form->label,
                                         node_text_or(node_get(d, "body"), "title", "")));
        h->ndraft++;
    }
    return err;
}

/* --- the request --- */

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

/* Who takes over has an account in force and, today, a post of a village or township that changes files. */
static int taker_load(struct handover *h, const char *login, struct node *out)
{
    static const char *const levels[] = {"village", "town"};
    struct actor *all, *may = NULL;
    const char *problem;
    size_t n = 0;
    int err = actor_load(h->txn, h->ctx, h->county, login, ACTOR_ANY_UID, h->actor->today, &all,
                         &problem);

    if (err && err != HE_DENIED)
        return err;
    if (!err)
        may = actor_with(h->ctx, all, "child.change", NULL);
    for (size_t i = 0; may && i < may->npost; i++)
        for (size_t l = 0; l < NELEM(levels); l++)
            if (rec_same(may->post[i].role->level, levels[l]))
                may->post[n++] = may->post[i];
    if (may)
        may->npost = n;
    if (n) {
        h->taker = may;
        h->to_name = all->name;
        return 0;
    }
    node_str(out, "text",
             text_printf(h->ctx,
                         _("“%s”今天没有儿童主任或督导员的岗位，或者账号不能用。请换一个人，"
                           "或先请县局安全管理员办好岗位再移交"),
                         login));
    return HE_RULE;
}

/* Nobody answers for children where he has no post. */
static int all_reached(const struct handover *h, struct node *out)
{
    if (!h->nbeyond)
        return 0;
    node_str(out, "text",
             text_printf(h->ctx,
                         _("“%s”的岗位管不到其中 %zu 名孩子（%s等）。请按村分开移交给管那个村的人，"
                           "或先请县局安全管理员给他加上岗位"),
                         h->to_name, h->nbeyond, h->beyond));
    return HE_RULE;
}

int child_handover(struct txn *txn, void *ctx, const struct county *county,
                   const struct actor *actor, const struct node *body, struct node *out)
{
    struct handover h = {.txn = txn,
                         .ctx = ctx,
                         .county = county,
                         .actor = actor,
                         .who = actor->who,
                         .dry = node_flag(body, "dry"),
                         .ids = node_get(body, "ids")};
    struct node *named;
    int err;

    if (!actor_may(actor, "child.review"))
        return HE_DENIED;
    h.areas = (const char *const *)actor_areas(ctx, actor, "child.review");
    if ((err = user_of(&h, body, "from", out, &h.from)) ||
        (err = user_of(&h, body, "to", out, &h.to)) ||
        (err = taker_load(&h, node_text(body, "to"), out)))
        return err;
    if (h.from == h.to) {
        node_str(out, "text", _("交出和接手的是同一个人，请另选一位"));
        return HE_RULE;
    }
    named = node_add_map(out, "named");
    h.children = node_add_list(named, "children");
    h.tasks = node_add_list(named, "tasks");
    h.drafts = node_add_list(named, "drafts");
    h.who.why = node_text(body, "why") ? node_text(body, "why") : h.who.why;
    h.to_text = text_printf(ctx, "%llu", (unsigned long long)h.to);
    if ((err = find_children(&h)) || (err = all_reached(&h, out)))
        return err;
    cut_piece(&h);
    if ((err = give_tasks(&h)) || (err = give_drafts(&h)) || (err = give_children(&h)))
        return err;
    node_int(out, "children", (int64_t)h.n);
    node_int(out, "left", (int64_t)h.left);
    node_int(out, "tasks", (int64_t)h.ntask);
    node_int(out, "drafts", (int64_t)h.ndraft);
    return 0;
}
