/* Who asks: the user behind a login, the posts in force today, and what they reach (design.md 2, 6). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "work/county.h"

#define POSTS_MAX ACTOR_POSTS /* a bit each below */

struct post_scan {
    void *ctx;
    const struct county *county;
    struct actor *actor;
    const struct form *form;
};

static int post_take(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct post_scan *scan = arg;
    struct actor *actor = scan->actor;
    const struct role *role;
    struct rec *post;
    int err;

    (void)mark;
    if ((err = txn_get(txn, scan->ctx, scan->form, id, &post)))
        return err == HE_NOTFOUND ? 0 : err;
    role = roles_find(scan->county->roles, rec_get(post, "role") ? rec_get(post, "role") : "");
    if (!role || !post_in_force(post, actor->today) || actor->npost == POSTS_MAX)
        return 0;
    actor->post = talloc_realloc(actor, actor->post, struct actor_post, actor->npost + 1);
    actor->post[actor->npost++] = (struct actor_post){
        .id = id,
        .role = role,
        .area = rec_get(post, "area") ? rec_get(post, "area") : "",
        .school = rec_ref(post, "school"),
        .acting = rec_get(post, "acting") && !strcmp(rec_get(post, "acting"), "1"),
    };
    return 0;
}

static const char *user_problem(const struct rec *user, uint64_t uid, struct date today)
{
    const char *state = rec_get(user, "state"), *until = rec_get(user, "until");
    const char *known = rec_get(user, "uid");
    struct date d;

    if (known && uid != ACTOR_ANY_UID && strtoull(known, NULL, 10) != uid)
        return _("这个登录名换过人，护童不能确认您的身份，请联系县局安全管理员");
    if (state && strcmp(state, "1") != 0)
        return _("您的护童账号已停用，请联系县局安全管理员");
    if (until && date_parse(until, &d) == 0 && date_cmp(today, d) > 0)
        return _("您的护童账号已到期，请联系县局安全管理员延期");
    return NULL;
}

static int posts_load(struct txn *txn, const struct county *county, struct actor *actor)
{
    struct post_scan scan = {actor, county, actor, dict_form(county->dict, "post")};
    char *key = talloc_asprintf(actor, "%llu", (unsigned long long)actor->id);
    struct walk walk = {
        .form = scan.form, .field = form_field(scan.form, "user"), .lo = key, .hi = key};

    actor->npost = 0;
    return txn_walk(txn, &walk, post_take, &scan);
}

int actor_load(struct txn *txn, void *ctx, const struct county *county, const char *login,
               uint64_t uid, struct date today, struct actor **out, const char **text)
{
    const struct form *form = dict_form(county->dict, "user");
    struct actor *actor = talloc_zero(ctx, struct actor);
    struct rec *user;
    uint64_t id;
    int err;

    *text = _("这个登录名还没有在护童登记，请联系县局安全管理员");
    if ((err = txn_unique(txn, form_field(form, "login"), login, &id)) ||
        (err = txn_get(txn, actor, form, id, &user)))
        return err == HE_NOTFOUND ? HE_DENIED : err;
    if ((*text = user_problem(user, uid, today)))
        return HE_DENIED;
    actor->id = id;
    actor->login = talloc_strdup(actor, login);
    actor->name = rec_get(user, "name") ? rec_get(user, "name") : actor->login;
    actor->today = today;
    if ((err = posts_load(txn, county, actor)))
        return err;
    if (!actor->npost) {
        *text = _("您今天没有在任的岗位，请联系县局安全管理员");
        return HE_DENIED;
    }
    actor->who = (struct store_who){.user = actor->login, .user_id = id, .today = today};
    *out = actor;
    return 0;
}

uint64_t actor_stamp(struct txn *txn, const struct county *county)
{
    uint64_t users = txn_changes(txn, dict_form(county->dict, "user"));
    uint64_t posts = txn_changes(txn, dict_form(county->dict, "post"));

    return (users | posts) % 2 ? 0 : users + posts + 2;
}

bool actor_may(const struct actor *actor, const char *right)
{
    for (size_t i = 0; i < actor->npost; i++)
        if (role_may(actor->post[i].role, right))
            return true;
    return false;
}

const char **actor_areas(void *ctx, const struct actor *actor, const char *right)
{
    const char **areas = talloc_array(ctx, const char *, actor->npost + 1);
    size_t n = 0;

    for (size_t i = 0; i < actor->npost; i++) {
        const struct actor_post *post = &actor->post[i];
        bool inside = false;

        if (post->role->scope != SCOPE_AREA || !role_may(post->role, right))
            continue;
        if (!*post->area) { /* the whole tree */
            areas[0] = "";
            areas[1] = NULL;
            return areas;
        }
        for (size_t j = 0; j < n && !inside; j++)
            inside = area_within(post->area, areas[j]);
        for (size_t j = 0; j < n && !inside;) { /* drop what the new one contains */
            if (area_within(areas[j], post->area))
                areas[j] = areas[--n];
            else
                j++;
        }
        if (!inside)
            areas[n++] = post->area;
    }
    areas[n] = NULL;
    return areas;
}

struct job *actor_job(void *ctx, const struct actor *actor, const char *kind)
{
    struct job *job = talloc_zero(ctx, struct job);

    job->kind = kind;
    job->owner = actor->login;
    job->owner_id = actor->id;
    job->state = JOB_WAITING;
    job->today = actor->today;
    job->param = node_map(job);
    job->mark = node_map(job);
    job->result = node_map(job);
    return job;
}

bool areas_cover(const char *const *areas, const char *code)
{
    for (; *areas; areas++)
        if (!**areas || area_within(code, *areas))
            return true;
    return false;
}

bool actor_covers(const struct actor *actor, const char *right, const char *code)
{
    void *tmp = talloc_new(NULL);
    bool yes = areas_cover((const char *const *)actor_areas(tmp, actor, right), code);

    talloc_free(tmp);
    return yes;
}

/* --- what a post reaches --- */

/* Sets of posts are bits. */
static uint64_t posts_with(const struct actor *actor, const char *right)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < actor->npost; i++)
        if (role_may(actor->post[i].role, right))
            bits |= UINT64_C(1) << i;
    return bits;
}

/* What binds a record to a school or a worker: its own field, else its child's. */
static uint64_t bound_to(struct txn *txn, void *tmp, const struct rec *rec, const char *field)
{
    const char *division = form_division(rec->form);
    struct form_path p;
    struct rec *owner;

    if (form_field(rec->form, field))
        return rec_ref(rec, field);
    if (!division || form_path_parse(rec->form, division, &p) || !p.via ||
        !form_field(p.via->ref, field) ||
        txn_get(txn, tmp, p.via->ref, rec_ref(rec, p.via->name), &owner))
        return 0;
    return rec_ref(owner, field);
}

static bool post_reaches(struct txn *txn, void *tmp, const struct actor *actor,
                         const struct actor_post *post, const struct rec *rec)
{
    const char *area;

    switch (post->role->scope) {
    case SCOPE_AREA:
        area = txn_area(txn, tmp, rec);
        return !*post->area || (*area && area_within(area, post->area));
    case SCOPE_SCHOOL:
        return post->school && bound_to(txn, tmp, rec, "school") == post->school;
    case SCOPE_ASSIGNED:
        return bound_to(txn, tmp, rec, "worker") == actor->id;
    case SCOPE_NONE:
        return false;
    }
    return false;
}

static uint64_t direct_reach(struct txn *txn, void *tmp, const struct actor *actor, uint64_t posts,
                             const struct rec *rec)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < actor->npost; i++)
        if (posts >> i & 1 && post_reaches(txn, tmp, actor, &actor->post[i], rec))
            bits |= UINT64_C(1) << i;
    return bits;
}

struct link_scan {
    const struct actor *actor;
    const struct form_field *field; /* of the linking form */
    uint64_t want, found;           /* posts still asked for; posts that reach */
    void *tmp;
};

static int link_seen(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct link_scan *scan = arg;
    struct rec *rec;

    (void)mark;
    if (txn_get(txn, scan->tmp, scan->field->form, id, &rec))
        return 0;
    scan->found |= direct_reach(txn, scan->tmp, scan->actor, scan->want & ~scan->found, rec);
    return (scan->want & ~scan->found) == 0;
}

/* Posts that read the linking record, and the field by which it links. */
static uint64_t posts_linking(const struct actor *actor, uint64_t posts,
                              const struct form_field *field)
{
    char right[80];
    bool masked;

    snprintf(right, sizeof right, "%s.read", field->form->name);
    posts &= posts_with(actor, right);
    for (size_t i = 0; i < actor->npost; i++)
        if (!role_reads(actor->post[i].role, field, &masked))
            posts &= ~(UINT64_C(1) << i);
    return posts;
}

/* A shared record (area = "links") is seen by whoever sees a record that links to it. */
static uint64_t linked_reach(struct txn *txn, void *tmp, const struct county *county,
                             const struct actor *actor, uint64_t posts, const struct rec *rec)
{
    char *key = talloc_asprintf(tmp, "%llu", (unsigned long long)rec->id);
    uint64_t found = 0;

    for (size_t f = 0; f < county->dict->nform && posts & ~found; f++) {
        const struct form *form = &county->dict->form[f];

        if (!form->area || form->system || form_is_shared(form))
            continue;
        for (size_t i = 0; i < form->nfield && posts & ~found; i++) {
            const struct form_field *field = &form->field[i];
            struct walk walk = {.form = form, .field = field, .lo = key, .hi = key};
            struct link_scan scan = {actor, field, 0, 0, tmp};

            if (field->ref != rec->form || !field->ref_name ||
                !(scan.want = posts_linking(actor, posts & ~found, field)))
                continue;
            if (txn_walk(txn, &walk, link_seen, &scan) == 0)
                found |= scan.found;
        }
    }
    return found;
}

/* A record of one person (form owner) is his alone, whatever his posts are. */
static bool is_others(const struct actor *actor, const struct rec *rec)
{
    char id[24];

    if (!rec->form->owner)
        return false;
    snprintf(id, sizeof id, "%llu", (unsigned long long)actor->id);
    return !rec_same(rec_get(rec, rec->form->owner), id);
}

static uint64_t reach(struct txn *txn, const struct county *county, const struct actor *actor,
                      const char *right, const struct rec *rec)
{
    uint64_t posts = posts_with(actor, right);
    void *tmp;

    if (is_others(actor, rec))
        return 0;
    if (!posts || !rec->form->area) /* belongs to no division: the right alone decides */
        return posts;
    tmp = talloc_new(NULL);
    posts = form_is_shared(rec->form) ? linked_reach(txn, tmp, county, actor, posts, rec)
                                      : direct_reach(txn, tmp, actor, posts, rec);
    talloc_free(tmp);
    return posts;
}

static struct actor *with_posts(void *ctx, const struct actor *actor, uint64_t posts)
{
    struct actor *narrow;

    if (!posts)
        return NULL;
    narrow = talloc(ctx, struct actor);
    *narrow = *actor;
    narrow->post = talloc_array(narrow, struct actor_post, actor->npost);
    narrow->npost = 0;
    for (size_t i = 0; i < actor->npost; i++)
        if (posts >> i & 1)
            narrow->post[narrow->npost++] = actor->post[i];
    return narrow;
}

struct actor *actor_narrow(struct txn *txn, void *ctx, const struct county *county,
                           const struct actor *actor, const char *right, const struct rec *rec)
{
    return with_posts(ctx, actor, reach(txn, county, actor, right, rec));
}

struct actor *actor_with(void *ctx, const struct actor *actor, const char *right,
                         const char *const roles[])
{
    uint64_t posts = posts_with(actor, right);

    for (size_t i = 0; i < actor->npost && roles; i++) {
        bool named = false;

        for (size_t r = 0; roles[r] && !named; r++)
            named = strcmp(roles[r], actor->post[i].role->name) == 0;
        if (!named)
            posts &= ~(UINT64_C(1) << i);
    }
    return with_posts(ctx, actor, posts);
}

bool actor_sees(struct txn *txn, const struct county *county, const struct actor *actor,
                const char *right, const struct rec *rec)
{
    return reach(txn, county, actor, right, rec) != 0;
}

/* --- what is read of it --- */

int actor_reads(const struct actor *actor, const struct form_field *field)
{
    int best = 0;

    for (size_t i = 0; i < actor->npost && best < 2; i++) {
        bool masked = false;

        if (role_reads(actor->post[i].role, field, &masked))
            best = masked ? 1 : 2;
    }
    return best;
}

bool actor_fills(const struct actor *actor, const struct form_field *field)
{
    for (size_t i = 0; i < actor->npost; i++)
        if (role_fills(actor->post[i].role, field))
            return true;
    return false;
}

bool actor_reads_code(const struct actor *actor, const struct form_field *field, const char *code)
{
    const struct code *row = field->codes ? codes_find(field->codes, code) : NULL;

    if (!row || row->class == CLASS_A)
        return true;
    for (size_t i = 0; i < actor->npost; i++)
        if (role_reads_code(actor->post[i].role, row))
            return true;
    return false;
}
