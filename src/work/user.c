/* Users as the security administrator changes them, who is not himself; the first ones of a store. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "rec/check.h"
#include "work/user.h"

int change_say(const struct change *c, int err, const char *text)
{
    if (c->out)
        node_str(c->out, "text", _(text));
    return err;
}

const char *change_got(const struct rec *rec, const char *field)
{
    const char *v = rec_get(rec, field);

    return v ? v : "";
}

const char *change_day(const struct change *c, const struct node *body, const char *key,
                       const char **bad)
{
    const char *s = node_text(body, key);
    char *buf = talloc_array(c->ctx, char, 11);
    struct date d;

    if (!s || !*s)
        return NULL;
    if (date_parse_loose(s, c->who->today, &d) || d.d == 0) {
        *bad = _("日期写法不对，应像 2026-03-01");
        return NULL;
    }
    return date_format(d, buf);
}

static bool change_named(const char *const names[], const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

const char *change_values(const struct change *c, const struct node *body,
                          const char *const names[], const char *const more[], struct rec *into)
{
    struct findings *fs = findings_new(c->ctx);
    struct node *mine = node_map(c->ctx);

    for (const struct node *n = node_first(node_get(body, "v")); n; n = n->next)
        if (change_named(names, n->key))
            node_copy(mine, n->key, n);
        else if (!change_named(more, n->key))
            return text_printf(c->ctx, _("没有“%s”这一项，请核对名称"),
                               text_visible(fs, n->key, 0));
    rec_take(into, mine, county_env(c->ctx, c->txn, c->county, c->who->today), fs);
    return fs->n ? fs->f[0].text : NULL;
}

/* --- users --- */

/* What is kept of a person besides the account (R-217; 未成年人保护法 62: vetted yearly). */
static const char *const user_values[] = {"phone",         "unit",     "vetted_on", "vetted_by",
                                          "training_last", "training", "remark",    NULL};

static int user_find(const struct change *c, const char *login, struct rec **out)
{
    const struct form *form = dict_form(c->county->dict, "user");
    uint64_t id;
    int err = txn_unique(c->txn, form_field(form, "login"), login, &id);

    return err ? err : txn_get(c->txn, c->ctx, form, id, out);
}

/* What POSIX user names are made of (and useradd allows). */
static bool login_sound(const char *s)
{
    size_t n = strlen(s);

    return n && n <= 32 && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-.")] == '\0' &&
           *s != '-' && *s != '.';
}

/* The user that body names, who is not the administrator himself. */
int change_user(const struct change *c, const struct node *body, struct rec **user)
{
    int err = user_find(c, node_text_or(body, "login", ""), user);

    if (err == HE_NOTFOUND)
        return change_say(c, err, "没有这个登录名");
    if (!err && (*user)->id == c->actor->id)
        return change_say(c, HE_DENIED, "不能改自己的账号和岗位，请另一位安全管理员办理");
    return err;
}

/* body.name into the record; what is wrong with it, or NULL. */
static const char *user_name(const struct change *c, const struct node *body, struct rec *into)
{
    const struct form_field *field = form_field(into->form, "name");
    const char *name = node_text(body, "name");
    int max = field->max ? field->max : field->type->max;

    name = name ? text_clean(c->ctx, name, 0, NULL) : NULL;
    if (name && text_chars(name) > (size_t)max)
        return text_printf(c->ctx, _("姓名太长，请写在%d字以内"), max);
    if (name)
        rec_set_at(into, field, name);
    return NULL;
}

static int user_make(const struct change *c, const char *login, const struct rec *more,
                     struct rec **out)
{
    struct rec *user = *out = rec_copy(c->ctx, more);
    const struct form_field *clash;
    int err;

    rec_set(user, "login", login);
    if (!rec_get(user, "name"))
        rec_set(user, "name", login);
    rec_set(user, "state", "1");
    err = txn_put(c->txn, c->who, NULL, user, &clash, NULL);
    return err == HE_EXISTS ? change_say(c, err, "这个登录名已经有了；停用的请重新启用，不要另建")
                            : err;
}

int user_add(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             const struct node *body, struct node *out)
{
    struct change c = {txn, ctx, county, actor, &actor->who, out};
    const char *login = node_text_or(body, "login", ""), *bad = NULL, *until;
    struct rec *user, *post, *more;
    int err = actor_may(actor, MANAGE) ? 0 : HE_DENIED;

    if (err)
        return err;
    if (!login_sound(login))
        return change_say(&c, HE_RULE, "登录名只能是小写字母、数字和 _ - .，最多32个");
    more = rec_new(ctx, dict_form(county->dict, "user"));
    until = change_day(&c, body, "until", &bad);
    if (bad)
        return change_say(&c, HE_RULE, bad);
    rec_set(more, "until", until);
    if ((bad = change_values(&c, body, user_values, post_values, more)))
        return change_say(&c, HE_RULE, bad);
    if ((bad = user_name(&c, body, more)))
        return change_say(&c, HE_RULE, bad);
    if ((err = user_make(&c, login, more, &user)))
        return err;
    if ((bad = post_make(&c, body, user->id, user_values, &post)))
        return change_say(&c, HE_RULE, bad);
    if ((err = txn_put(txn, c.who, NULL, post, NULL, NULL)))
        return err;
    node_int(out, "id", (int64_t)user->id);
    node_int(out, "post", (int64_t)post->id);
    return 0;
}

int user_set(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
             const struct node *body, struct node *out)
{
    struct change c = {txn, ctx, county, actor, &actor->who, out};
    const char *bad = NULL, *until;
    struct rec *old, *user;
    int err = actor_may(actor, MANAGE) ? 0 : HE_DENIED;

    if (err || (err = change_user(&c, body, &old)))
        return err;
    user = rec_copy(ctx, old);
    until = change_day(&c, body, "until", &bad);
    if (bad)
        return change_say(&c, HE_RULE, bad);
    if (node_get(body, "until"))
        rec_set(user, "until", until);
    if ((bad = change_values(&c, body, user_values, NULL, user)))
        return change_say(&c, HE_RULE, bad);
    if ((bad = user_name(&c, body, user)))
        return change_say(&c, HE_RULE, bad);
    if (!rec_get(user, "name"))
        return change_say(&c, HE_RULE, "请写姓名");
    if (node_get(body, "disabled"))
        rec_set(user, "state", node_flag(body, "disabled") ? "2" : "1");
    if (node_flag(body, "forget_uid"))
        rec_set(user, "uid", NULL);
    node_int(out, "id", (int64_t)user->id);
    return txn_put(txn, c.who, old, user, NULL, NULL);
}

/* --- the list --- */

struct listing {
    struct change c;
    const char *role, *division, *login;
    struct node *rows;
    const char *next;
    size_t limit;
};

static void list_post(struct listing *l, struct node *posts, const struct rec *post)
{
    struct node *n = node_add_map(posts, NULL);
    const struct role *role = roles_find(l->c.county->roles, change_got(post, "role"));
    const char *area = change_got(post, "area");

    node_int(n, "id", (int64_t)post->id);
    node_str(n, "role", change_got(post, "role"));
    node_str(n, "label", role ? role->label : change_got(post, "role"));
    node_str(n, "division", area);
    if (*area)
        node_str(n, "title", area_title(l->c.ctx, l->c.county, area));
    if (rec_get(post, "school"))
        node_int(n, "school", (int64_t)rec_ref(post, "school"));
    node_str(n, "from", rec_get(post, "from"));
    node_str(n, "to", rec_get(post, "to"));
    node_str(n, "full_part", rec_get(post, "full_part"));
    node_bool(n, "acting", strcmp(change_got(post, "acting"), "1") == 0);
    node_bool(n, "now", post_in_force(post, l->c.who->today));
}

static bool post_wanted(const struct listing *l, const struct rec *post)
{
    return (!*l->role || strcmp(l->role, change_got(post, "role")) == 0) &&
           (!*l->division || area_within(change_got(post, "area"), l->division));
}

static int list_user(struct txn *txn, uint64_t id, const char *mark, void *arg)
{
    struct listing *l = arg;
    struct rec *user;
    struct posts posts;
    struct node *row, *list;
    bool wanted = !*l->role && !*l->division;
    int err = txn_get(txn, l->c.ctx, dict_form(l->c.county->dict, "user"), id, &user);

    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    if (*l->login && strcmp(l->login, change_got(user, "login")) != 0)
        return 0;
    if ((err = posts_of(&l->c, id, &posts)))
        return err;
    for (size_t i = 0; i < posts.n && !wanted; i++)
        wanted = post_wanted(l, posts.post[i]);
    if (!wanted)
        return 0;
    row = node_add_map(l->rows, NULL);
    node_int(row, "id", (int64_t)id);
    node_str(row, "login", change_got(user, "login"));
    node_str(row, "name", change_got(user, "name"));
    node_str(row, "until", rec_get(user, "until"));
    node_bool(row, "disabled", strcmp(change_got(user, "state"), "2") == 0);
    node_bool(row, "bound", rec_get(user, "uid") != NULL);
    if (actor_may(l->c.actor, MANAGE)) {
        struct node *v = node_add_map(row, "v");
        for (size_t i = 0; user_values[i]; i++)
            if (rec_get(user, user_values[i]))
                node_str(v, user_values[i], rec_get(user, user_values[i]));
    }
    list = node_add_list(row, "posts");
    for (size_t i = 0; i < posts.n; i++)
        list_post(l, list, posts.post[i]);
    if (l->rows->n < l->limit)
        return 0;
    l->next = talloc_strdup(l->c.ctx, mark);
    return 1;
}

int user_list(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              const struct node *body, struct node *out)
{
    struct listing l = {.c = {txn, ctx, county, actor, &actor->who, out},
                        .role = node_text_or(body, "role", ""),
                        .division = node_text_or(body, "division", ""),
                        .login = node_text_or(body, "login", ""),
                        .limit = (size_t)county->conf.page_max};
    struct walk walk = {.form = dict_form(county->dict, "user"), .after = node_text(body, "after")};
    int64_t limit = node_num(body, "limit", 0);
    int err;

    if (!actor_may(actor, "user.read") && !actor_may(actor, MANAGE))
        return HE_DENIED;
    if (limit > 0 && (size_t)limit < l.limit)
        l.limit = (size_t)limit;
    l.rows = node_add_list(out, "rows");
    walk.field = form_field(walk.form, "name")->index ? form_field(walk.form, "name") : NULL;
    if (!(err = txn_walk(txn, &walk, list_user, &l)))
        node_str(out, "next", l.next);
    return err;
}

/* --- first sign-in, new store --- */

int user_bind(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              uint64_t uid)
{
    const struct form *form = dict_form(county->dict, "user");
    struct rec *old, *user;
    int err = txn_get(txn, ctx, form, actor->id, &old);

    if (err || rec_get(old, "uid"))
        return err;
    user = rec_copy(ctx, old);
    rec_set(user, "uid", text_printf(ctx, "%llu", (unsigned long long)uid));
    return txn_put(txn, &actor->who, old, user, NULL, NULL);
}

static bool role_named(const char *const roles[], const char *name)
{
    for (size_t i = 0; roles && roles[i]; i++)
        if (strcmp(roles[i], name) == 0)
            return true;
    return !roles;
}

int user_init(struct txn *txn, void *ctx, const struct county *county, const struct store_who *who,
              const char *login, uint64_t uid, const char *name, const char *const roles[])
{
    struct change c = {txn, ctx, county, NULL, who, NULL};
    struct rec *user, *more = rec_new(ctx, dict_form(county->dict, "user"));
    int err;

    rec_set(more, "uid", text_printf(ctx, "%llu", (unsigned long long)uid));
    rec_set(more, "name", name);
    err = user_make(&c, login, more, &user);
    for (size_t i = 0; i < county->roles->n && !err; i++) {
        struct rec *post = rec_new(ctx, dict_form(county->dict, "post"));

        if (!role_named(roles, county->roles->role[i].name))
            continue;
        rec_set(post, "user", text_printf(ctx, "%llu", (unsigned long long)user->id));
        rec_set(post, "role", county->roles->role[i].name);
        err = txn_put(txn, who, NULL, post, NULL, NULL);
    }
    return err;
}
