/*
 * Users and posts. One line a user with the posts in force; each request is the server's, so the
 * rules (exclusive administrators, nobody for himself) are told in its words.
 */
#include "tui/users.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/role.h"
#include "tui/popup.h"

enum { LOGIN_COLS = 14, NAME_COLS = 12, STATE_COLS = 11 };

struct users {
    struct session *s;
    struct roles *roles;
    void *mem; /* of the rows */
    const struct node **row;
    size_t n, at, top, fit;
};

static const struct node *nth(const struct users *u, size_t i)
{
    return i < u->n ? u->row[i] : NULL;
}

static void load(struct app *app, struct users *u)
{
    void *mem = talloc_new(u);
    size_t n;
    const struct node **row = session_rows(app, u->s, mem, OP_USER_LIST, node_map(mem), &n, NULL);
    if (!row) {
        talloc_free(mem);
        return;
    }
    talloc_free(u->mem);
    u->mem = mem;
    u->row = row;
    u->n = n;
    u->at = u->at < u->n ? u->at : u->n ? u->n - 1 : 0;
}

static void users_enter(struct app *app, struct screen *scr)
{
    struct users *u = scr->state;
    if (!u->mem)
        load(app, u);
}

/* ---- drawing ---- */

static const char *role_label(const struct users *u, const char *name)
{
    const struct role *r = u->roles ? roles_find(u->roles, name) : NULL;
    return r ? _(r->label) : name;
}

static const char *place_of(const struct node *post)
{
    return node_text_or(post, "title",
                        node_text_or(post, "area", node_text_or(post, "division", "")));
}

/* "儿童主任 幸福一村（到2026-12-31）、…" */
static char *posts_text(const struct users *u, void *ctx, const struct node *row)
{
    char *s = talloc_strdup(ctx, "");
    for (const struct node *p = node_first(node_get(row, "posts")); p; p = p->next) {
        const char *to = node_text(p, "to");
        s = talloc_asprintf_append(s, "%s%s %s", *s ? _("、") : "",
                                   role_label(u, node_text_or(p, "role", "")), place_of(p));
        if (to && *to)
            s = talloc_asprintf_append(s, _("（到%s）"), to);
    }
    MUST(s);
    return *s ? s : talloc_strdup(ctx, _("没有岗位"));
}

static void draw_user(const struct users *u, const struct region *r, int row, size_t i,
                      const struct node *e)
{
    const char *until = node_text_or(e, "until", "");
    char *posts = posts_text(u, base_unconst(u), e);
    int at = 2;
    draw_text(r, row, 0, ATTR_NORMAL, i == u->at ? ">" : " ");
    draw_cols(r, row, at, LOGIN_COLS, ATTR_NORMAL, ALIGN_LEFT, node_text_or(e, "login", ""));
    at += LOGIN_COLS + 1;
    draw_cols(r, row, at, NAME_COLS, ATTR_NORMAL, ALIGN_LEFT, node_text_or(e, "name", ""));
    at += NAME_COLS + 1;
    draw_cols(r, row, at, STATE_COLS, ATTR_NORMAL, ALIGN_LEFT,
              node_flag(e, "disabled") ? _("已停用")
              : *until                 ? until
                                       : _("在用"));
    at += STATE_COLS + 1;
    draw_cols(r, row, at, r->cols - at, ATTR_NORMAL, ALIGN_LEFT, posts);
    talloc_free(posts);
}

static void users_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct users *u = scr->state;
    (void)app;
    draw_title(f, _("91 用户管理"), session_badge(u->s));
    char *n = text_printf(u, _("共 %zu 个用户"), u->n);
    draw_text(&f->view, 0, 0, ATTR_NORMAL, n);
    talloc_free(n);
    draw_text(&f->body, 0, 2, ATTR_NORMAL, _("登录名"));
    draw_text(&f->body, 0, 3 + LOGIN_COLS, ATTR_NORMAL, _("姓名"));
    draw_text(&f->body, 0, 4 + LOGIN_COLS + NAME_COLS, ATTR_NORMAL, _("有效期"));
    draw_text(&f->body, 0, 5 + LOGIN_COLS + NAME_COLS + STATE_COLS, ATTR_NORMAL, _("岗位"));
    draw_fill(&f->body, 1, 0, f->body.cols, ATTR_NORMAL, '-');
    u->fit = (size_t)f->body.rows - 2;
    if (u->at < u->top)
        u->top = u->at;
    if (u->at >= u->top + u->fit)
        u->top = u->at - u->fit + 1;
    for (size_t i = u->top; i < u->n && i < u->top + u->fit; i++)
        draw_user(u, &f->body, 2 + (int)(i - u->top), i, u->row[i]);
    if (u->mem && !u->n)
        draw_text(&f->body, 4, 2, ATTR_NORMAL, _("还没有用户。按 F6 新增。"));
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              _("回车办理：加岗位、结束岗位、停用、改有效期、人员资料。F6 新增，/ 找人。"));
    draw_caret(&f->body, 2 + (int)(u->at - u->top), 1);
}

/* ---- asking ---- */

static const char *ask_role(struct app *app, struct users *u, void *ctx)
{
    size_t n = u->roles ? u->roles->n : 0;
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, n + 1);
    MUST(items);
    for (size_t i = 0; i < n; i++)
        items[i].label = _(u->roles->role[i].label);
    struct pick p = {.title = _("角色"), .items = items, .n = n};
    int i = n ? popup_pick(app, &p) : HE_CANCELLED;
    return i < 0 ? NULL : u->roles->role[i].name;
}

/* role, division and school of a post into body; false when given up. */
static bool ask_post(struct app *app, struct users *u, struct node *body)
{
    const char *name = ask_role(app, u, body);
    const struct role *role = name ? roles_find(u->roles, name) : NULL;
    char code[13];
    if (!role)
        return false;
    node_str(body, "role", name);
    if (role->scope == SCOPE_SCHOOL) {
        uint64_t school = pick_record(app, u->s, "school", _("哪个学校"));
        if (!school)
            return false;
        node_int(body, "school", (int64_t)school);
    } else if (role->scope != SCOPE_NONE) {
        if (!pick_area(app, u->s, NULL, code))
            return false;
        node_str(body, "division", code);
    }
    return true;
}

/* One line, empty allowed only when not needed. NULL when given up. */
static char *ask_line(struct app *app, void *ctx, const char *title, const char *prompt,
                      const char *dflt, bool needed)
{
    const struct edit_opts opts = {.cols = 24, .max_chars = 40};
    char *s = popup_ask(app, ctx, title, prompt, dflt, &opts);
    if (s && needed && !*s) {
        app_message(app, _("没有填，未办理。"));
        return NULL;
    }
    return s;
}

static bool send(struct app *app, struct users *u, enum wire_op op, struct node *body,
                 const char *said)
{
    if (session_call(app, u->s, body, op, body, NULL) < 0)
        return false;
    app_message(app, "%s", said);
    load(app, u);
    return true;
}

static void add_user(struct app *app, struct users *u)
{
    struct node *body = node_map(u);
    const char *title = _("新增用户");
    char *login = ask_line(app, body, title, _("登录名（系统账户名）："), "", true);
    char *name = login ? ask_line(app, body, title, _("姓名："), "", true) : NULL;
    if (name && ask_post(app, u, body)) {
        char *until = ask_line(app, body, title, _("有效期至（长期的空着）："), "", false);
        node_str(body, "login", login);
        node_str(body, "name", name);
        if (until && *until)
            node_str(body, "until", until);
        if (until)
            send(app, u, OP_USER_ADD, body, _("用户已新增。"));
    }
    talloc_free(body);
}

static void add_post(struct app *app, struct users *u, const char *login)
{
    struct node *body = node_map(u);
    node_str(body, "login", login);
    if (ask_post(app, u, body)) {
        char *from = ask_line(app, body, _("加岗位"), _("从哪天（空着：一直是）："), "", false);
        char *until =
            from ? ask_line(app, body, _("加岗位"), _("到哪天（长期的空着）："), "", false) : NULL;
        if (from && *from)
            node_str(body, "from", from);
        if (until && *until)
            node_str(body, "to", until); /* of the post, not of the account */
        if (until)
            send(app, u, OP_POST_ADD, body, _("岗位已加上。"));
    }
    talloc_free(body);
}

static void end_post(struct app *app, struct users *u, const struct node *row)
{
    const struct node *posts = node_get(row, "posts"), *p = node_first(posts);
    struct node *body = node_map(u);
    size_t n = 0;
    struct pick_item *items =
        talloc_zero_array(body, struct pick_item, posts ? (unsigned)posts->n + 1 : 1);
    MUST(items);
    for (const struct node *e = p; e; e = e->next) {
        items[n].label = role_label(u, node_text_or(e, "role", ""));
        items[n++].hint = text_printf(body, "%s  %s %s", place_of(e), node_text_or(e, "from", ""),
                                      node_text_or(e, "to", ""));
    }
    struct pick pick = {.title = _("结束哪个岗位"), .items = items, .n = n};
    int i = n ? popup_pick(app, &pick) : HE_CANCELLED;
    while (i-- > 0)
        p = p->next;
    if (i == -1 &&
        popup_confirm(app, _("结束岗位"), _("从今天起不能再用这个岗位办事。"), _("结束岗位"))) {
        node_int(body, "post", node_num(p, "id", node_num(p, "post", 0)));
        send(app, u, OP_POST_END, body, _("岗位已结束。"));
    }
    talloc_free(body);
}

static void set_disabled(struct app *app, struct users *u, const char *login, bool on)
{
    struct node *body = node_map(u);
    node_str(body, "login", login);
    node_bool(body, "disabled", on);
    if (popup_confirm(app, on ? _("停用") : _("启用"), login,
                      on ? _("停用这个用户") : _("启用这个用户")))
        send(app, u, OP_USER_SET, body, on ? _("已停用。") : _("已启用。"));
    talloc_free(body);
}

static void set_until(struct app *app, struct users *u, const struct node *row)
{
    struct node *body = node_map(u);
    char *until = ask_line(app, body, _("有效期"), _("有效期至（2026-12-31，长期的空着）："),
                           node_text_or(row, "until", ""), false);
    if (until) {
        node_str(body, "login", node_text_or(row, "login", ""));
        node_str(body, "until", until);
        send(app, u, OP_USER_SET, body, _("有效期已改。"));
    }
    talloc_free(body);
}

static void act(struct app *app, struct users *u)
{
    const struct node *row = nth(u, u->at);
    if (!row)
        return;
    bool off = node_flag(row, "disabled");
    const char *const answers[] = {_("加岗位"),   _("结束岗位"), off ? _("启用") : _("停用"),
                                   _("改有效期"), _("人员资料"), _("修改历史")};
    char *login = talloc_strdup(u, node_text_or(row, "login", ""));
    char *text = text_printf(login, "%s %s\n%s", login, node_text_or(row, "name", ""),
                             posts_text(u, login, row));
    switch (popup_choose(app, _("用户"), text, answers, NELEM(answers), 0)) {
    case 0:
        add_post(app, u, login);
        break;
    case 1:
        end_post(app, u, row);
        break;
    case 2:
        set_disabled(app, u, login, !off);
        break;
    case 3:
        set_until(app, u, row);
        break;
    case 4:
        while (row && users_info(app, u->s, row)) {
            load(app, u);
            row = nth(u, u->at);
        }
        break;
    case 5:
        history_open(app, u->s, "user", (uint64_t)node_num(row, "id", 0));
        break;
    default:
        break;
    }
    talloc_free(login);
}

/* ---- keys ---- */

/* Among thousands: by login name, name or initials. */
static void find_user(struct app *app, struct users *u)
{
    struct pick_item *items = talloc_zero_array(u, struct pick_item, (unsigned)u->n + 1);
    MUST(items);
    for (size_t i = 0; i < u->n; i++) {
        items[i].code = node_text_or(u->row[i], "login", "");
        items[i].label = node_text_or(u->row[i], "name", "");
    }
    struct pick p = {.title = _("找哪个用户"), .items = items, .n = u->n, .at = u->at};
    int i = u->n ? popup_pick(app, &p) : HE_CANCELLED;
    u->at = i >= 0 ? (size_t)i : u->at;
    talloc_free(items);
}

static void move(struct users *u, long by)
{
    long at = (long)u->at + by, last = (long)u->n - 1;
    at = at > last ? last : at;
    u->at = at < 0 ? 0 : (size_t)at;
}

static enum handled users_key(struct app *app, struct screen *scr, const struct key *key,
                              enum action a)
{
    struct users *u = scr->state;
    (void)key;
    switch (a) {
    case ACT_UP:
        return move(u, -1), KEY_TAKEN;
    case ACT_DOWN:
        return move(u, 1), KEY_TAKEN;
    case ACT_PGUP:
        return move(u, -(long)u->fit), KEY_TAKEN;
    case ACT_PGDN:
        return move(u, (long)u->fit), KEY_TAKEN;
    case ACT_FIRST:
        return u->at = 0, KEY_TAKEN;
    case ACT_LAST:
        return move(u, (long)u->n), KEY_TAKEN;
    case ACT_NEW:
        return add_user(app, u), KEY_TAKEN;
    case ACT_OPEN:
    case ACT_EDIT:
        return act(app, u), KEY_TAKEN;
    case ACT_FILTER:
        return find_user(app, u), KEY_TAKEN;
    case ACT_REFRESH:
        return load(app, u), KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static const char *users_enabled(struct app *app, struct screen *scr, enum action a)
{
    (void)app;
    (void)scr;
    return a == ACT_NEW || a == ACT_EDIT || a == ACT_OPEN || a == ACT_REFRESH || a == ACT_PGUP ||
                   a == ACT_PGDN || a == ACT_FILTER
               ? ""
               : NULL;
}

static const struct screen_ops users_ops = {
    .enter = users_enter, .draw = users_draw, .key = users_key, .enabled = users_enabled};

void users_open(struct app *app, struct session *s)
{
    struct users *u = talloc_zero(NULL, struct users);
    MUST(u);
    struct conf_errors *errs = conf_errors_new(u);
    u->s = s;
    u->roles = roles_load(
        u, place_path(s->place, conf_get(s->place->root, "server"), "roles", "roles.conf", errs),
        s->dict, errs);
    app_push(app, &users_ops, u);
}
