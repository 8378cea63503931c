/*
 * Posts give rights, so here stand the rules of the three administrators (三员, GB/T 22239): nobody gives
 * himself rights, their roles are alone in one hand, and a post's division is of its role's level.
 */
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/user.h"

/* In force on the day: from <= day <= to, both optional. */
bool post_in_force(const struct rec *post, struct date on)
{
    struct date d;
    const char *from = rec_get(post, "from"), *to = rec_get(post, "to");

    if (from && date_parse(from, &d) == 0 && date_cmp(on, d) < 0)
        return false;
    return !(to && date_parse(to, &d) == 0 && date_cmp(on, d) > 0);
}

/* --- posts of a user --- */

int posts_of(const struct change *c, uint64_t user, struct posts *out)
{
    *out = (struct posts){.post = NULL};
    return linked_all(c->txn, c->ctx, dict_form(c->county->dict, "post"), "user", user, &out->post,
                      &out->n);
}

/* Do the two posts stand on some day together? Dates are canonical, so their order is that of bytes. */
static bool overlap(const struct rec *a, const struct rec *b)
{
    const char *a_to = rec_get(a, "to"), *b_to = rec_get(b, "to");

    return (!a_to || strcmp(change_got(b, "from"), a_to) <= 0) &&
           (!b_to || strcmp(change_got(a, "from"), b_to) <= 0);
}

/* --- what a post may be --- */

static const char *level_problem(const struct role *role, const char *area)
{
    enum area_level level = area_level(area);

    if (!role->level)
        return NULL;
    if (strcmp(role->level, "village") == 0)
        return level == AREA_VILLAGE ? NULL : _("这个角色的岗位应在村(居)，请写村(居)的代码");
    if (strcmp(role->level, "town") == 0)
        return level == AREA_TOWN ? NULL : _("这个角色的岗位应在乡镇(街道)，请写乡镇的代码");
    return level == AREA_COUNTY ? NULL : _("这个角色的岗位应在县里，请写县的代码");
}

static const char *area_problem(const struct change *c, const struct role *role, const char *area,
                                struct date today)
{
    const char *successor;

    if (role->scope == SCOPE_NONE)
        return *area ? _("管理员岗位不分区划，请不要写区划") : NULL;
    if (!*area)
        return role->scope == SCOPE_AREA ? _("请写岗位的区划代码") : NULL;
    if (area_check(base_unconst(c->county), area, today, &successor))
        return _("没有这个区划，或者它已经停用，请核对代码");
    return role->scope == SCOPE_AREA ? level_problem(role, area) : NULL;
}

static const char *school_problem(const struct change *c, const struct role *role, uint64_t school)
{
    struct rec *rec;

    if (role->scope != SCOPE_SCHOOL)
        return school ? _("只有学校的岗位才写学校") : NULL;
    if (!school)
        return _("请写岗位的学校");
    return txn_get(c->txn, c->ctx, dict_form(c->county->dict, "school"), school, &rec)
               ? _("没有这所学校，请先登记学校")
               : NULL;
}

/* An administrator's role stands alone, also before another administrator's. */
static const char *exclusive_problem(const struct change *c, const struct role *role,
                                     const struct rec *post, const struct posts *posts)
{
    for (size_t i = 0; i < posts->n && !c->county->conf.combined_roles; i++) {
        const struct role *other = roles_find(c->county->roles, change_got(posts->post[i], "role"));

        if (!other || posts->post[i]->id == post->id || !overlap(post, posts->post[i]))
            continue;
        if ((role->admin || other->admin) && role != other)
            return _("系统、安全、审计管理员不能兼任别的岗位，请换一个人，或先结束他的其他岗位");
    }
    return NULL;
}

/* How many stand beside it. */
static size_t posts_with(const struct rec *post, const struct posts *posts)
{
    size_t n = 0;

    for (size_t i = 0; i < posts->n; i++)
        n += overlap(post, posts->post[i]);
    return n;
}

static const char *same_problem(const struct rec *post, const struct posts *posts)
{
    for (size_t i = 0; i < posts->n; i++)
        if (strcmp(change_got(post, "role"), change_got(posts->post[i], "role")) == 0 &&
            strcmp(change_got(post, "area"), change_got(posts->post[i], "area")) == 0 &&
            strcmp(change_got(post, "school"), change_got(posts->post[i], "school")) == 0 &&
            overlap(post, posts->post[i]))
            return _("他已经有同样的岗位");
    return NULL;
}

const char *const post_values[] = {"full_part", "remark", NULL};

/* The post that body asks for; NULL text when it may be. */
const char *post_make(const struct change *c, const struct node *body, uint64_t user,
                      const char *const more[], struct rec **out)
{
    const struct role *role = roles_find(c->county->roles, node_text_or(body, "role", ""));
    const char *area = node_text_or(body, "division", ""), *bad = NULL, *from, *to;
    struct rec *post = *out = rec_new(c->ctx, dict_form(c->county->dict, "post"));
    uint64_t school = (uint64_t)node_num(body, "school", 0);
    char code[13] = "";
    struct posts posts;

    if (!role)
        return _("没有这个角色，请核对角色名");
    if (*area && area_parse(area, code))
        return _("区划代码应是12位数字，请核对");
    from = change_day(c, body, "from", &bad);
    to = change_day(c, body, "to", &bad);
    if (bad || (bad = area_problem(c, role, code, c->who->today)) ||
        (bad = school_problem(c, role, school)))
        return bad;
    rec_set(post, "user", text_printf(c->ctx, "%llu", (unsigned long long)user));
    rec_set(post, "role", role->name);
    rec_set(post, "area", code);
    rec_set(post, "from", from);
    rec_set(post, "to", to);
    if (school)
        rec_set(post, "school", text_printf(c->ctx, "%llu", (unsigned long long)school));
    if (node_flag(body, "acting"))
        rec_set(post, "acting", "1");
    if ((bad = change_values(c, body, post_values, more, post)))
        return bad;
    if (to && strcmp(to, change_got(post, "from")) < 0)
        return _("结束日期早于开始日期");
    if (node_flag(body, "acting") && !to)
        return _("代班要写到哪天结束");
    if (posts_of(c, user, &posts))
        return _("读不出他的岗位，请稍后再试");
    if (posts_with(post, &posts) >= ACTOR_POSTS)
        return _("他同时在任的岗位太多，请先结束不用的");
    bad = same_problem(post, &posts);
    return bad ? bad : exclusive_problem(c, role, post, &posts);
}

/* --- posts --- */

int post_add(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             const struct node *body, struct node *out)
{
    struct change c = {txn, ctx, county, actor, &actor->who, out};
    struct rec *user, *post;
    const char *bad;
    int err = actor_may(actor, MANAGE) ? 0 : HE_DENIED;

    if (err || (err = change_user(&c, body, &user)))
        return err;
    if ((bad = post_make(&c, body, user->id, NULL, &post)))
        return change_say(&c, HE_RULE, bad);
    if ((err = txn_put(txn, c.who, NULL, post, NULL, NULL)))
        return err;
    node_int(out, "post", (int64_t)post->id);
    return 0;
}

/* The post that body["post"] names, not one of the administrator himself. */
static int change_post(const struct change *c, const struct node *body, struct rec **post)
{
    int err = actor_may(c->actor, MANAGE) ? 0 : HE_DENIED;

    if (err)
        return err;
    err = txn_get(c->txn, c->ctx, dict_form(c->county->dict, "post"),
                  (uint64_t)node_num(body, "post", 0), post);
    if (err)
        return err == HE_NOTFOUND ? change_say(c, err, "没有这个岗位") : err;
    return rec_ref(*post, "user") == c->actor->id
               ? change_say(c, HE_DENIED, "不能改自己的账号和岗位，请另一位安全管理员办理")
               : 0;
}

int post_set(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             const struct node *body, struct node *out)
{
    struct change c = {txn, ctx, county, actor, &actor->who, out};
    const char *bad;
    struct rec *old, *post;
    int err = change_post(&c, body, &old);

    if (err)
        return err;
    post = rec_copy(ctx, old);
    if ((bad = change_values(&c, body, post_values, NULL, post)))
        return change_say(&c, HE_RULE, bad);
    node_int(out, "post", (int64_t)post->id);
    return txn_put(txn, c.who, old, post, NULL, NULL);
}

/* on: the last day in force; left out, the post ends at once (with yesterday). */
int post_end(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             const struct node *body, struct node *out)
{
    struct change c = {txn, ctx, county, actor, &actor->who, out};
    char yesterday[11];
    const char *bad = NULL, *on;
    struct rec *old, *post;
    int err = change_post(&c, body, &old);

    if (err)
        return err;
    on = change_day(&c, body, "on", &bad);
    if (bad)
        return change_say(&c, HE_RULE, bad);
    if (rec_get(old, "to") && (!on || strcmp(change_got(old, "to"), on) < 0) &&
        !post_in_force(old, actor->today))
        return change_say(&c, HE_RULE, "这个岗位已经结束");
    post = rec_copy(ctx, old);
    rec_set(post, "to", on ? on : date_format(date_add_days(actor->today, -1), yesterday));
    if (on && rec_get(old, "to") && strcmp(on, change_got(old, "to")) > 0)
        return change_say(&c, HE_RULE, "只能提前结束；延长请另加一个岗位");
    node_int(out, "post", (int64_t)post->id);
    return txn_put(txn, c.who, old, post, NULL, NULL);
}
