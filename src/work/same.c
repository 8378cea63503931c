/*
 * Likely duplicates and siblings of a child in the making. Of a file in another village nothing is
 * said but that the number is registered and whom to ask: a search by identity numbers must not
 * find out where a child lives.
 */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/save_in.h"

#define SAME_MAX 20

struct same {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const struct rec *child;
    const struct form *form;
    const char *why;          /* of the rows being added */
    const struct rec *parent; /* as typed, while siblings are sought */
    const struct form_field *via;
    const struct form *person;
    const char *village; /* siblings of this village only, NULL: of any that is seen */
    struct node *out;
};

/* --- whom to ask --- */

struct post_scan {
    struct txn *txn;
    const struct county *county;
    struct date today;
    void *ctx;
    const char *phone;
};

static int supervisor_one(struct rec *post, void *arg)
{
    struct post_scan *scan = arg;
    const struct role *role;
    struct rec *user;
    struct date to;

    role = roles_find(scan->county->roles, rec_get(post, "role") ? rec_get(post, "role") : "");
    if (!role || !role->level || strcmp(role->level, "town") != 0 ||
        !role_may(role, "child.change"))
        return 0;
    if (rec_get(post, "to") && !date_parse(rec_get(post, "to"), &to) &&
        date_cmp(scan->today, to) > 0)
        return 0;
    if (txn_get(scan->txn, scan->ctx, dict_form(scan->county->dict, "user"), rec_ref(post, "user"),
                &user))
        return 0;
    scan->phone = rec_get(user, "phone");
    return scan->phone != NULL;
}

/* The telephone of the supervisor responsible for a village, NULL when none is known. */
static const char *town_phone(struct txn *txn, void *ctx, const struct county *county,
                              const struct actor *actor, const char *village)
{
    const struct form *form = dict_form(county->dict, "post");
    char town[13];
    const char *areas[] = {town, NULL};
    struct post_scan scan = {txn, county, actor->today, ctx, NULL};
    struct walk walk = {.form = form, .field = form_field(form, "area"), .areas = areas};

    area_truncate(village, AREA_TOWN, town);
    walk.lo = walk.hi = town;
    if (area_level(village) < AREA_TOWN || txn_each(txn, ctx, &walk, supervisor_one, &scan))
        return NULL;
    return scan.phone;
}

const char *same_number_text(struct txn *txn, void *ctx, const struct county *county,
                             const struct actor *actor, const struct form_field *field,
                             uint64_t holder)
{
    struct rec *rec;
    const char *village, *phone;
    char *right = text_printf(ctx, "%s.read", field->form->name);

    if (txn_get(txn, ctx, field->form, holder, &rec))
        return _("这个号码已经登记过");
    village = txn_area(txn, ctx, rec);
    if (actor_sees(txn, county, actor, right, rec))
        return text_printf(ctx, _("这个“%s”已登记在 %s %s 名下，请打开那份档案核对"),
                           _(field->label), area_title(ctx, county, village), rec_title(ctx, rec));
    phone = town_phone(txn, ctx, county, actor, village);
    if (phone)
        return text_printf(ctx, _("这个“%s”已在别处登记。请打电话 %s 向那里的督导员核实"),
                           _(field->label), phone);
    return text_printf(ctx, _("这个“%s”已在别处登记。请向县民政局儿童福利股核实"), _(field->label));
}

/* --- rows --- */

static bool listed(const struct same *s, uint64_t id)
{
    for (const struct node *n = node_first(s->out); n; n = n->next)
        if (node_num(n, "id", 0) == (int64_t)id)
            return true;
    return false;
}

static struct node *row_add(const struct same *s, const struct rec *rec)
{
    struct node *row = node_add_map(s->out, NULL);

    node_int(row, "id", (int64_t)rec->id);
    node_str(row, "title", rec_title(s->ctx, rec));
    node_str(row, "village", rec_get(rec, "village"));
    node_str(row, "village_title",
             rec_get(rec, "village") ? area_title(s->ctx, s->county, rec_get(rec, "village")) : "");
    node_str(row, "birth_date", rec_get(rec, "birth_date"));
    node_str(row, "why", s->why);
    node_bool(row, "merge", strcmp(s->why, "sibling") != 0);
    return row;
}

static bool sees(const struct same *s, const struct rec *rec)
{
    return actor_sees(s->txn, s->county, s->actor, "child.read", rec);
}

static int same_id(struct same *s)
{
    const struct form_field *field = form_field(s->form, "id_no");
    const char *no = rec_at(s->child, field);
    struct rec *rec;
    struct node *row;
    uint64_t id;
    int err = no ? txn_unique(s->txn, field, no, &id) : HE_NOTFOUND;

    if (!err)
        err = txn_get(s->txn, s->ctx, s->form, id, &rec);
    if (err || rec->id == s->child->id)
        return err == HE_NOTFOUND ? 0 : err;
    s->why = "same_id";
    row = sees(s, rec) ? row_add(s, rec) : node_add_map(s->out, NULL);
    node_str(row, "why", s->why);
    node_str(row, "text", same_number_text(s->txn, s->ctx, s->county, s->actor, field, rec->id));
    return 0;
}

/* A record that is not listed yet; NULL when there is none or no room. */
static int candidate(struct same *s, uint64_t id, struct rec **rec)
{
    int err;

    *rec = NULL;
    if (id == s->child->id || listed(s, id) || s->out->n >= SAME_MAX)
        return 0;
    err = txn_get(s->txn, s->ctx, s->form, id, rec);
    return err == HE_NOTFOUND ? 0 : err;
}

static int name_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct same *s = arg;
    struct rec *rec;
    int err = candidate(s, id, &rec);

    (void)txn, (void)mark;
    if (err || !rec)
        return err;
    if (rec_same(rec_get(rec, "name"), rec_get(s->child, "name")) &&
        rec_same(rec_get(rec, "birth_date"), rec_get(s->child, "birth_date")) && sees(s, rec))
        row_add(s, rec);
    return 0;
}

/* Records of a form with this name in a village; shared ones anywhere. */
static int by_name(struct same *s, const struct form *form, const char *name, const char *village,
                   walk_fn fn)
{
    const char *areas[] = {village, NULL};
    struct walk walk = {
        .form = form, .field = form_field(form, "name"), .areas = areas, .lo = name, .hi = name};

    return name && village ? txn_walk(s->txn, &walk, fn, s) : 0;
}

/* --- siblings: children of a parent with the same name, phone or number --- */

static int sibling_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct same *s = arg;
    struct rec *rec;
    struct node *row;
    int err = candidate(s, id, &rec);

    (void)txn, (void)mark;
    if (err || !rec)
        return err;
    if ((s->village && !rec_same(rec_get(rec, "village"), s->village)) || !sees(s, rec))
        return 0;
    row = row_add(s, rec);
    if (rec_get(rec, "father"))
        node_str(row, "father", rec_get(rec, "father"));
    if (rec_get(rec, "mother"))
        node_str(row, "mother", rec_get(rec, "mother"));
    return 0;
}

static int siblings_of(struct same *s, uint64_t person)
{
    char *key = text_printf(s->ctx, "%llu", (unsigned long long)person);
    struct walk walk = {.form = s->form, .field = s->via, .lo = key, .hi = key};

    return txn_walk(s->txn, &walk, sibling_one, s);
}

static int parent_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct same *s = arg;
    struct rec *rec;
    int err;

    (void)mark;
    if (id == s->parent->id || s->out->n >= SAME_MAX)
        return 0;
    if ((err = txn_get(txn, s->ctx, s->person, id, &rec)))
        return err == HE_NOTFOUND ? 0 : err;
    if (!rec_same(rec_get(rec, "name"), rec_get(s->parent, "name")))
        return 0;
    return siblings_of(s, id);
}

/* The same telephone, found by its digits. */
static int by_phone(struct same *s, const char *phone)
{
    uint64_t *ids;
    size_t n = 0;
    int err;

    if (!phone || type_is_unknown(phone))
        return 0;
    err = txn_search(s->txn, s->ctx, s->person, text_printf(s->ctx, "d%s", phone), SAME_MAX, &ids,
                     &n);
    for (size_t i = 0; i < n && !err; i++) {
        struct rec *rec;

        if (ids[i] == s->parent->id || (err = txn_get(s->txn, s->ctx, s->person, ids[i], &rec)))
            continue;
        if (rec_same(rec_get(rec, "phone"), phone) || rec_same(rec_get(rec, "phone2"), phone))
            err = siblings_of(s, ids[i]);
    }
    return err;
}

static int same_parent(struct same *s, const char *via, const struct rec_env *env)
{
    const char *no;
    uint64_t id;
    int err = 0;

    s->via = form_field(s->form, via);
    s->person = s->via->ref;
    s->parent = env->linked ? env->linked(env->arg, s->child, s->via) : NULL;
    s->why = "sibling";
    s->village = NULL;
    if (!s->parent)
        return 0;
    no = rec_get(s->parent, "id_no");
    if (s->parent->version) /* a stored person, shared already */
        err = siblings_of(s, s->parent->id);
    else if (no && !txn_unique(s->txn, form_field(s->person, "id_no"), no, &id))
        err = siblings_of(s, id);
    if (!err)
        err = by_phone(s, rec_get(s->parent, "phone"));
    s->village = rec_get(s->child, "village");
    if (!err)
        err = by_name(s, s->person, rec_get(s->parent, "name"), rec_get(s->child, "village"),
                      parent_one);
    return err;
}

int child_same(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
               const struct rec *child, const struct rec_env *env, struct node *out)
{
    struct same s = {.txn = txn,
                     .ctx = ctx,
                     .county = county,
                     .actor = actor,
                     .child = child,
                     .form = child->form,
                     .out = out};
    int err = same_id(&s);

    s.why = "same_name_birth_village";
    if (!err && rec_get(child, "birth_date"))
        err = by_name(&s, s.form, rec_get(child, "name"), rec_get(child, "village"), name_one);
    if (!err)
        err = same_parent(&s, "father", env);
    if (!err)
        err = same_parent(&s, "mother", env);
    return err;
}
