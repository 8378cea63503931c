/* What a village lacks and whom to ask there: villages without a file, the contact list. */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "work/county.h"
#include "work/save_in.h"

#define ROWS_MAX 400 /* of one answer: about 40 KiB */

struct village {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    const struct form *form;
    struct node *rows;
    const char *code; /* division of the posts being read */
};

static const char *got(const struct rec *rec, const char *field)
{
    const char *v = rec_get(rec, field);

    return v ? v : "";
}

/* --- villages without a file --- */

static int seen_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    (void)txn, (void)id, (void)mark;
    *(bool *)arg = true;
    return 1;
}

/* A suspected, waiting or registered child lives there. */
static int has_file(const struct village *v, const char *code, bool *has)
{
    const char *areas[] = {code, NULL};
    struct walk walk = {.form = v->form,
                        .field = form_field(v->form, "state"),
                        .areas = areas,
                        .lo = "1",
                        .hi = "3"};
    int err;

    *has = false;
    err = txn_walk(v->txn, &walk, seen_one, has);
    return err < 0 ? err : 0;
}

static int director_name(const struct village *v, const char *code, struct node *row)
{
    uint64_t user = 0;
    struct rec *rec;
    int err = village_director(v->txn, v->county, code, v->actor->today, &user);

    if (!err && user)
        err = txn_get(v->txn, v->ctx, dict_form(v->county->dict, "user"), user, &rec);
    if (!err && user)
        node_str(row, "director", got(rec, "name"));
    return err;
}

int village_empty(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, const struct node *body, struct node *out)
{
    struct village v = {txn, ctx, county, actor, dict_form(county->dict, "child"), NULL, NULL};
    const char *below = node_text_or(body, "below", ""), *after = node_text_or(body, "after", "");
    int64_t limit = node_num(body, "limit", ROWS_MAX);
    const char **own = actor_areas(ctx, actor, "child.review");
    const char *last = NULL; /* on this page */
    size_t total = 0;
    int err = 0;

    if (limit < 1 || limit > ROWS_MAX)
        limit = ROWS_MAX;
    v.rows = node_add_list(out, "rows");
    for (size_t i = 0; i < area_count(county) && !err; i++) {
        const struct area_info *info = area_nth(county, i);
        bool has = true;

        if (!areas_cover((const char *const *)own, info->code) || info->to.y != 0 ||
            area_level(info->code) != AREA_VILLAGE || (*below && !area_within(info->code, below)))
            continue;
        total++;
        if (last || strcmp(info->code, after) <= 0 || (err = has_file(&v, info->code, &has)) || has)
            continue;
        struct node *row = node_add_map(v.rows, NULL);
        node_str(row, "code", info->code);
        node_str(row, "title", area_title(ctx, county, info->code));
        err = director_name(&v, info->code, row);
        if (v.rows->n >= (size_t)limit)
            last = info->code;
    }
    node_str(out, "next", last);
    node_int(out, "villages", (int64_t)total);
    return err;
}

/* --- whom to ask --- */

static int contact_one(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct village *v = arg;
    const struct form *users = dict_form(v->county->dict, "user");
    const struct role *role;
    struct rec *post, *user;
    int err = txn_get(txn, v->ctx, v->form, id, &post);

    (void)mark;
    if (!err && !post_in_force(post, v->actor->today))
        return 0;
    if (!err)
        err = txn_get(txn, v->ctx, users, rec_ref(post, "user"), &user);
    if (err || strcmp(got(user, "state"), "2") == 0 || v->rows->n >= ROWS_MAX)
        return err == HE_NOTFOUND ? 0 : err;
    role = roles_find(v->county->roles, got(post, "role"));
    struct node *row = node_add_map(v->rows, NULL);
    node_str(row, "role", got(post, "role"));
    node_str(row, "label", role ? role->label : got(post, "role"));
    node_str(row, "title", area_title(v->ctx, v->county, v->code));
    node_str(row, "login", got(user, "login"));
    node_str(row, "name", got(user, "name"));
    if (actor_reads(v->actor, form_field(users, "phone")) == 2)
        node_str(row, "phone", got(user, "phone"));
    if (actor_reads(v->actor, form_field(users, "unit")) == 2)
        node_str(row, "unit", got(user, "unit"));
    node_bool(row, "acting", strcmp(got(post, "acting"), "1") == 0);
    return 0;
}

static int contacts_at(struct village *v, const char *code)
{
    struct walk walk = {
        .form = v->form, .field = form_field(v->form, "area"), .lo = code, .hi = code};

    v->code = code;
    return txn_walk(v->txn, &walk, contact_one, v);
}

int village_contacts(struct txn *txn, void *ctx, const struct county *county,
                     const struct actor *actor, const char *division, struct node *out)
{
    struct village v = {txn, ctx, county, actor, dict_form(county->dict, "post"), NULL, NULL};
    char code[13], up[13];
    int err = 0;

    v.rows = node_add_list(out, "rows");
    if (area_parse(division, code) || !area_find(county, code)) {
        node_str(out, "text", _("没有这个区划，请核对代码"));
        return HE_NOTFOUND;
    }
    node_str(out, "title", area_title(ctx, county, code));
    for (bool more = true; more && !err;) {
        err = contacts_at(&v, talloc_strdup(ctx, code));
        area_parent(code, up);
        more = *up && strcmp(up, code) != 0 && area_find(county, up);
        memcpy(code, up, sizeof code);
    }
    return err;
}
