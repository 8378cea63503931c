#include "tui/review.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

#define KIND_NEW "1" /* forms/codes/change_kind.csv */

enum { LABEL_COL = 4, LABEL_COLS = 16 };

struct diff {
    const char *path, *label, *was, *now;
    bool marked;
};

struct review {
    struct session *s;
    uint64_t change;
    const struct node *head; /* rec.get of the change */
    const struct form *form; /* of the record that is changed */
    uint64_t id;             /* of that record */
    const char *title;
    struct diff *diff;
    size_t n, at, top;
    bool fresh; /* a new record: everything in it is shown, and what is missing */
    bool can;   /* decide it now */
    bool decided;
};

/* ---- reading ---- */

static const char *head_text(const struct review *r, const char *field)
{
    const struct node *show = node_get(r->head, "show");
    return node_text_or(show, field, node_text_or(node_get(r->head, "v"), field, ""));
}

static uint64_t head_ref(const struct review *r, const char *field)
{
    const struct node *v = node_get(node_get(r->head, "v"), field);
    return v && v->type == NODE_STR ? strtoull(v->str, NULL, 10) : 0;
}

static const char *label_of(struct review *r, const char *path)
{
    struct form_path p;
    if (form_path_parse(r->form, path, &p) < 0)
        return path;
    return p.via ? text_printf(r, "%s%s", _(p.via->label), _(p.field->label)) : _(p.field->label);
}

static bool in_list(const struct node *list, const char *word)
{
    for (const struct node *e = node_first(list); e; e = e->next)
        if (e->type == NODE_STR && strcmp(e->str, word) == 0)
            return true;
    return false;
}

/* What is proposed beside what the record holds now; marks of an earlier return stay. */
static void take_diff(struct review *r, const struct node *record)
{
    const struct node *change = node_get(r->head, "change"), *was = node_get(record, "show");
    const struct node *now = node_get(change, "proposed_show");
    r->diff = talloc_zero_array(r, struct diff, (now ? now->n : 0) + 1);
    MUST(r->diff);
    for (const struct node *e = node_first(now); e; e = e->next) {
        struct diff d = {.path = e->key,
                         .label = label_of(r, e->key),
                         .was = node_text_or(was, e->key, ""),
                         .now = e->type == NODE_STR ? e->str : "",
                         .marked = in_list(node_get(change, "marks"), e->key)};
        if (strcmp(d.was, d.now) != 0)
            r->diff[r->n++] = d;
    }
}

static bool is_missing(const struct node *record, const char *path)
{
    for (const struct node *e = node_first(node_get(record, "missing")); e; e = e->next)
        if (strcmp(node_text_or(e, "field", ""), path) == 0)
            return true;
    return false;
}

/* A registration proposes nothing beside the record: it is the record, in the order of the form. */
static void take_fresh(struct review *r, const struct node *record)
{
    const struct node *show = node_get(record, "show");
    const struct node *marks = node_get(node_get(r->head, "change"), "marks");
    for (size_t i = 0; i < r->form->nsection; i++) {
        const struct form_section *sec = &r->form->section[i];
        r->diff = talloc_realloc(r, r->diff, struct diff, (unsigned)(r->n + sec->n));
        MUST(r->diff || !(r->n + sec->n));
        for (size_t k = 0; k < sec->n; k++) {
            char *path = form_path_text(r, sec->path[k]);
            const char *now = node_text_or(show, path, "");
            if (sec->path[k].field->system || (!*now && !is_missing(record, path)))
                continue;
            r->diff[r->n++] = (struct diff){.path = path,
                                            .label = label_of(r, path),
                                            .was = "",
                                            .now = now,
                                            .marked = in_list(marks, path)};
        }
    }
}

static int ask(struct app *app, struct review *r, enum wire_op op, const char *type, uint64_t id,
               struct node **out)
{
    struct node *body = node_map(r);
    node_str(body, "type", type);
    node_int(body, "id", (int64_t)id);
    return session_call(app, r->s, r, op, body, out);
}

static int load(struct app *app, struct review *r)
{
    struct node *head, *view;
    int err = ask(app, r, OP_REC_GET, "change", r->change, &head);
    if (err < 0)
        return err;
    r->head = head;
    r->form = dict_form(r->s->dict, node_text_or(node_get(head, "change"), "about", "child"));
    r->id = r->form ? head_ref(r, r->form->name) : 0;
    if (!r->form || !r->id)
        return HE_NOTFOUND;
    err = ask(app, r, OP_REC_OPEN, r->form->name, r->id, &view);
    if (err < 0)
        return err;
    r->title = node_text_or(node_get(view, "show"), r->form->title,
                            node_text_or(node_get(view, "v"), r->form->title, ""));
    r->fresh = strcmp(node_text_or(node_get(r->head, "change"), "kind", ""), KIND_NEW) == 0;
    if (r->fresh)
        take_fresh(r, view);
    else
        take_diff(r, view);
    const char *state = node_text_or(node_get(head, "v"), "state", "");
    r->can = session_may(r->s, "child.review") && (*state == '1' || *state == '2');
    return 0;
}

/* ---- drawing ---- */

static int height(const struct review *r, const struct diff *d, int cols, struct lines out[2],
                  void *ctx, int amb)
{
    bool both = *d->was != '\0';
    const char *empty = r->fresh ? _("（没有填）") : _("（清空）");
    out[0] = draw_wrap(ctx, both ? d->was : "", cols, amb);
    out[1] = draw_wrap(ctx, *d->now ? d->now : empty, cols, amb);
    size_t n = out[0].n > out[1].n ? out[0].n : out[1].n;
    return n ? (int)n : 1;
}

static int draw_diff(struct review *r, const struct region *g, int row, size_t i, void *ctx)
{
    const struct diff *d = &r->diff[i];
    int left = LABEL_COL + LABEL_COLS + 1, cols = (g->cols - left - 4) / 2;
    struct lines l[2];
    int h = height(r, d, cols, l, ctx, term_amb_width(g->term));
    draw_text(g, row, 0, ATTR_NORMAL, i == r->at ? ">" : " ");
    draw_text(g, row, 2, ATTR_NORMAL, d->marked ? "*" : " ");
    draw_cols(g, row, LABEL_COL, LABEL_COLS, ATTR_NORMAL, ALIGN_LEFT, d->label);
    if (*d->was)
        draw_text(g, row, left + cols, ATTR_NORMAL, " ->");
    for (size_t k = 0; k < l[0].n; k++)
        draw_text(g, row + (int)k, left, ATTR_NORMAL, l[0].line[k]);
    for (size_t k = 0; k < l[1].n; k++)
        draw_text(g, row + (int)k, left + cols + 4, ATTR_BOLD, l[1].line[k]);
    return h;
}

static void draw_head(const struct review *r, const struct frame *f, void *ctx)
{
    char *title = text_printf(ctx, _("36 变更 > %s %s"), r->title, head_text(r, "kind"));
    const char *why = head_text(r, "reason"), *back = head_text(r, "return_reason");
    char *line = text_printf(ctx, _("%s %.16s 上报  %s"), head_text(r, "submitted_by"),
                             head_text(r, "submitted_on"), head_text(r, "state"));
    draw_title(f, title, session_badge(r->s));
    draw_text(&f->view, 0, 0, ATTR_NORMAL, line);
    if (*why)
        draw_text(&f->body, 0, 0, ATTR_NORMAL, text_printf(ctx, _("原因：%s"), why));
    if (*back)
        draw_text(&f->body, *why ? 1 : 0, 0, ATTR_BOLD,
                  text_printf(ctx, _("退回：%s（%s）"), back, head_text(r, "returned_by")));
}

static void review_draw(struct app *app, struct screen *scr, const struct frame *f)
{
    struct review *r = scr->state;
    void *ctx = talloc_new(r);
    int head = (*head_text(r, "reason") != '\0') + (*head_text(r, "return_reason") != '\0');
    int half = (f->body.cols - LABEL_COL - LABEL_COLS - 5) / 2, left = LABEL_COL + LABEL_COLS + 1;
    struct region g = draw_sub(&f->body, head + 1, 0, f->body.rows - head - 1, f->body.cols);
    int row = 0, caret = 0;
    (void)app;
    draw_head(r, f, ctx);
    draw_text(&f->body, head, LABEL_COL, ATTR_BOLD, _("项目"));
    draw_text(&f->body, head, left, ATTR_BOLD, _("原来"));
    draw_text(&f->body, head, left + half + 4, ATTR_BOLD, _("改为"));
    if (!r->n)
        draw_text(&g, 1, LABEL_COL, ATTR_NORMAL, _("没有可以看到的改动。"));
    for (size_t i = r->top; i < r->n && row < g.rows; i++) {
        if (i == r->at)
            caret = row;
        row += draw_diff(r, &g, row, i, ctx);
    }
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              r->can ? _("1通过 2退回  空格标出要改的项，退回时一起告诉上报人。") : _("F3 返回。"));
    draw_caret(&g, caret, 1);
    talloc_free(ctx);
}

/* ---- deciding ---- */

char *review_reason(struct app *app, void *ctx)
{
    return popup_why(app, ctx, _("退回"), _("哪里要改，怎么改："),
                     _("要写退回的原因，上报人才知道怎么改。"));
}

int review_send(struct app *app, struct session *s, void *ctx, const uint64_t *ids, size_t n,
                bool approve, const char *why, const struct node *marks, size_t *done,
                const struct node **skipped)
{
    struct node *body = node_map(ctx), *answer;
    struct node *list = node_add_list(body, "ids");
    for (size_t i = 0; i < n; i++)
        node_int(list, NULL, (int64_t)ids[i]);
    node_bool(body, "approve", approve);
    if (why)
        node_str(body, "why", why);
    if (marks)
        node_copy(body, "marks", marks);
    int r = session_call(app, s, ctx, OP_REVIEW_DECIDE, body, &answer);
    if (r < 0)
        return r;
    *done = (size_t)node_num(answer, "done", 0);
    *skipped = node_get(answer, "skipped");
    return 0;
}

static void decide(struct app *app, struct screen *scr, bool approve)
{
    struct review *r = scr->state;
    void *ctx = talloc_new(app);
    const struct node *skipped = NULL;
    struct node *marks = node_list(ctx);
    char *why = NULL;
    size_t done = 0;
    if (!r->can)
        app_message(app, _("这一条现在不归您审核。"));
    else if (approve ? popup_confirm(app, _("审核"),
                                     text_printf(ctx, _("%s %s，共改 %zu 项。"), r->title,
                                                 head_text(r, "kind"), r->n),
                                     _("审核通过"))
                     : (why = review_reason(app, ctx)) != NULL) {
        for (size_t i = 0; i < r->n && !approve; i++)
            if (r->diff[i].marked)
                node_str(marks, NULL, r->diff[i].path);
        if (review_send(app, r->s, ctx, &r->change, 1, approve, why, marks, &done, &skipped) == 0) {
            if (done)
                app_message(app, approve ? _("已审核通过。") : _("已退回。"));
            else
                app_message(app, _("没有办成：%s"), node_text_or(node_first(skipped), "text", ""));
            r->decided = done > 0;
            app_close(app, scr, done > 0);
        }
    }
    talloc_free(ctx);
}

/* ---- keys ---- */

static void move(struct review *r, int by, size_t rows)
{
    if (by < 0)
        r->at = r->at > (size_t)-by ? r->at - (size_t)-by : 0;
    else
        r->at = r->at + (size_t)by < r->n ? r->at + (size_t)by : r->n ? r->n - 1 : 0;
    if (r->at < r->top)
        r->top = r->at;
    if (r->at >= r->top + rows)
        r->top = r->at - rows + 1;
}

static enum handled review_key(struct app *app, struct screen *scr, const struct key *key,
                               enum action act)
{
    struct review *r = scr->state;
    struct frame f;
    draw_frame(app_term(app), &f);
    size_t rows = (size_t)f.body.rows / 2; /* long values take two lines now and then */
    int digit = keys_digit(key);
    if (digit == 1 || digit == 2 || act == ACT_SAVE || act == ACT_EDIT)
        return decide(app, scr, digit == 1 || act == ACT_SAVE), KEY_TAKEN;
    switch (act) {
    case ACT_UP:
        return move(r, -1, rows), KEY_TAKEN;
    case ACT_DOWN:
    case ACT_OPEN:
        return move(r, 1, rows), KEY_TAKEN;
    case ACT_PGUP:
        return move(r, -(int)rows, rows), KEY_TAKEN;
    case ACT_PGDN:
        return move(r, (int)rows, rows), KEY_TAKEN;
    case ACT_MARK:
        if (r->at < r->n)
            r->diff[r->at].marked = !r->diff[r->at].marked;
        return move(r, 1, rows), KEY_TAKEN;
    default:
        return KEY_IGNORED;
    }
}

static const char *review_enabled(struct app *app, struct screen *scr, enum action a)
{
    const struct review *r = scr->state;
    (void)app;
    if (a == ACT_SAVE)
        return r->can ? _("通过") : NULL;
    if (a == ACT_EDIT)
        return r->can ? _("退回") : NULL;
    return a == ACT_PGUP || a == ACT_PGDN || (r->can && a == ACT_MARK) ? "" : NULL;
}

static const struct screen_ops review_ops = {
    .draw = review_draw, .key = review_key, .enabled = review_enabled};

int review_open(struct app *app, struct session *s, uint64_t change)
{
    struct review *r = talloc_zero(app, struct review);
    MUST(r);
    r->s = s;
    r->change = change;
    int err = load(app, r), done = 0;
    if (err == HE_NOTFOUND)
        app_message(app, _("这次变更涉及的档案已经看不到了。"));
    if (err == 0) {
        app_modal(app, &review_ops, r);
        done = r->decided;
    }
    talloc_free(r);
    return done;
}
