/* What is kept of a user besides the account, and whether a post is full or part time. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "tui/popup.h"
#include "tui/users.h"

/* As domain.md has the director's record; the server takes these and no others. */
static const char *const info_user[] = {"phone",         "unit",     "vetted_on", "vetted_by",
                                        "training_last", "training", "remark"};

enum { ASK_COLS = 40 };

struct info {
    const struct form_field *field;
    const struct node *post; /* NULL: of the user */
    const char *value;
};

static struct info info_item(const struct session *s, const char *type, const char *field,
                             const struct node *row, const struct node *post)
{
    const char *value = node_text_or(post ? post : node_get(row, "v"), field, "");
    return (struct info){form_field(dict_form(s->dict, type), field), post, value};
}

/* "专职（幸福一村）" for a post, the start of the text for a user. */
static const char *info_hint(void *ctx, const struct info *i)
{
    const struct code *code = i->field->codes ? codes_find(i->field->codes, i->value) : NULL;
    const char *text = code ? _(code->label) : i->value;

    if (!i->post)
        return text;
    return text_printf(ctx, _("%s（%s）"), *text ? text : _("没有填"),
                       node_text_or(i->post, "title", node_text_or(i->post, "label", "")));
}

static struct info *info_list(const struct session *s, void *ctx, const struct node *row, size_t *n)
{
    const struct node *posts = node_get(row, "posts");
    struct info *out =
        talloc_array(ctx, struct info, NELEM(info_user) + (posts ? (unsigned)posts->n : 0));

    MUST(out);
    *n = 0;
    for (size_t i = 0; i < NELEM(info_user); i++)
        out[(*n)++] = info_item(s, "user", info_user[i], row, NULL);
    for (const struct node *p = node_first(posts); p; p = p->next)
        if (node_flag(p, "now") && *node_text_or(p, "division", ""))
            out[(*n)++] = info_item(s, "post", "full_part", row, p);
    return out;
}

/* The new value, "" to empty it; NULL when given up. */
static const char *info_ask(struct app *app, void *ctx, const struct info *i)
{
    const struct form_field *f = i->field;
    const struct edit_opts opts = {.cols = ASK_COLS, .max_chars = f->max ? f->max : f->type->max};

    if (!f->codes)
        return popup_ask(app, ctx, _(f->label), _(f->help), i->value, &opts);
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)f->codes->n + 1);
    struct pick pick = {.title = _(f->label), .items = item};
    MUST(item);
    for (; pick.n < f->codes->n; pick.n++) {
        const struct code *code = &f->codes->code[pick.n];
        item[pick.n] = (struct pick_item){.code = code->code, .label = _(code->label)};
        if (strcmp(code->code, i->value) == 0)
            pick.at = pick.n;
    }
    int at = popup_pick(app, &pick);
    return at < 0 ? NULL : item[at].code;
}

static bool info_send(struct app *app, struct session *s, const struct node *row,
                      const struct info *i, const char *value)
{
    struct node *body = node_map(s), *v = node_add_map(body, "v");
    enum wire_op op = i->post ? OP_POST_SET : OP_USER_SET;

    if (i->post)
        node_int(body, "post", node_num(i->post, "id", 0));
    else
        node_str(body, "login", node_text_or(row, "login", ""));
    if (*value)
        node_str(v, i->field->name, value);
    else
        node_nil(v, i->field->name);
    bool done = session_call(app, s, body, op, body, NULL) >= 0;
    if (done)
        app_message(app, _("已保存：%s。"), _(i->field->label));
    talloc_free(body);
    return done;
}

bool users_info(struct app *app, struct session *s, const struct node *row)
{
    void *ctx = talloc_new(s);
    struct pick pick = {.title = _("人员资料")};
    const struct info *info = info_list(s, ctx, row, &pick.n);
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)pick.n);
    const char *value = NULL;

    MUST(item);
    pick.items = item;

    for (size_t i = 0; i < pick.n; i++)
        item[i] =
            (struct pick_item){.label = _(info[i].field->label), .hint = info_hint(ctx, &info[i])};
    int at = popup_pick(app, &pick);
    if (at >= 0)
        value = info_ask(app, ctx, &info[at]);
    bool changed =
        value && strcmp(value, info[at].value) != 0 && info_send(app, s, row, &info[at], value);
    talloc_free(ctx);
    return changed;
}
