/* Users and posts. */
#include "ctl/commands.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

/* What user add and post add share. */
static int put_post(struct ctl *c, struct node *b)
{
    int r = ctl_put_values(c, b, 1);
    if (r < 0)
        return r;
    ctl_put_text(b, "from", args_text(c->args, "--from"));
    node_str(b, "login", args_at(c->args, 0));
    ctl_put_text(b, "role", args_text(c->args, "--role"));
    ctl_put_text(b, "division", args_text(c->args, "--division"));
    return ctl_put_option(c, b, "school", "--school");
}

int cmd_user_add(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    const char *name = args_text(c->args, "--name");
    int r = put_post(c, b);
    node_str(b, "name", name ? name : args_at(c->args, 0));
    ctl_put_text(b, "until", args_text(c->args, "--until")); /* of the account */
    return r < 0 ? r : ctl_act(c, OP_USER_ADD, b, _("已增加用户"));
}

int cmd_post_add(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    int r = put_post(c, b);
    ctl_put_text(b, "to", args_text(c->args, "--until")); /* of the post */
    if (args_has(c->args, "--acting"))
        node_bool(b, "acting", true);
    return r < 0 ? r : ctl_act(c, OP_POST_ADD, b, _("已增加岗位"));
}

int cmd_post_set(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    int r = ctl_put_argument(c, b, "post", _("岗位号"), 0);
    if (r == 0)
        r = ctl_put_values(c, b, 1);
    return r < 0 ? r : ctl_act(c, OP_POST_SET, b, _("已保存"));
}

int cmd_post_end(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    int r = ctl_put_argument(c, b, "post", _("岗位号"), 0);
    ctl_put_text(b, "on", args_text(c->args, "--on"));
    return r < 0 ? r : ctl_act(c, OP_POST_END, b, _("岗位已结束"));
}

static int set_user(struct ctl *c, struct node *b)
{
    node_str(b, "login", args_at(c->args, 0));
    return ctl_act(c, OP_USER_SET, b, _("已保存"));
}

int cmd_user_set(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    ctl_put_text(b, "name", args_text(c->args, "--name"));
    ctl_put_text(b, "until", args_text(c->args, "--until"));
    if (args_has(c->args, "--enable"))
        node_bool(b, "disabled", false);
    if (args_has(c->args, "--forget-uid"))
        node_bool(b, "forget_uid", true);
    int r = ctl_put_values(c, b, 1);
    return r < 0 ? r : set_user(c, b);
}

int cmd_user_disable(struct ctl *c)
{
    struct node *b = ctl_body(c, NULL);
    node_bool(b, "disabled", true);
    return set_user(c, b);
}

/* "儿童主任 幸福一村; …" of the posts in force, for tables. */
static char *posts_text(void *ctx, const struct node *posts, bool names)
{
    char *s = talloc_strdup(ctx, "");
    for (const struct node *p = node_first(posts); p; p = p->next) {
        const char *role = node_text_or(p, names ? "label" : "role", "");
        const char *area = node_text_or(p, names ? "title" : "division", "");
        if (node_flag(p, "now"))
            s = talloc_asprintf_append(s, "%s%s%s%s", *s ? "; " : "", role, *area ? " " : "", area);
    }
    return s;
}

static int user_row(struct ctl *c, const struct node *row, void *arg)
{
    if (c->format == OUT_JSON) {
        out_json(row);
        return 0;
    }
    void *tmp = talloc_new(c);
    bool table = c->format == OUT_TABLE, off = node_flag(row, "disabled");
    const char *cell[] = {node_text(row, "login"), node_text(row, "name"),
                          table ? (off ? _("停用") : _("在用")) : (off ? "1" : "0"),
                          node_text(row, "until"), posts_text(tmp, node_get(row, "posts"), table)};
    out_row(arg, cell);
    talloc_free(tmp);
    return 0;
}

int cmd_user_list(struct ctl *c)
{
    static const struct out_column column[] = {{.key = "login", .label = N_("登录名")},
                                               {.key = "name", .label = N_("姓名")},
                                               {.key = "disabled", .label = N_("状态")},
                                               {.key = "until", .label = N_("有效期至")},
                                               {.key = "posts", .label = N_("岗位")}};
    struct node *b = ctl_body(c, NULL);
    ctl_put_text(b, "role", args_text(c->args, "--role"));
    ctl_put_text(b, "division", args_text(c->args, "--division"));
    struct out *out = c->format == OUT_JSON ? NULL : out_open(c, c->format, column, NELEM(column));
    int r = ctl_pages(c, OP_USER_LIST, b, 0, user_row, out);
    if (out)
        out_close(out);
    return r;
}
