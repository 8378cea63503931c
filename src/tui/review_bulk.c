/* Approving or returning many: what will happen, then piece by piece, then what happened. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/review.h"

enum { SHOWN = 10, PIECE = 20 };

struct bulk {
    struct session *s;
    void *ctx;
    uint64_t *ids; /* those that can be decided */
    size_t n, skipped, done;
    char *text; /* the first ten, in words */
    char *left; /* why others were not decided */
    char *same; /* what is the same for all: the fields to mend, in words */
};

/* Sorts out what waits for a decision and describes it. */
static int look(struct app *app, struct bulk *b, uint64_t id)
{
    struct node *body = node_map(b->ctx), *view;
    node_str(body, "type", "change");
    node_int(body, "id", (int64_t)id);
    int r = session_call(app, b->s, b->ctx, OP_REC_GET, body, &view);
    if (r < 0)
        return r;
    const struct node *v = node_get(view, "v"), *show = node_get(view, "show");
    const char *state = node_text_or(v, "state", "");
    if (*state != '1' && *state != '2') {
        b->skipped++;
        return 0;
    }
    if (b->n < SHOWN)
        b->text = talloc_asprintf_append(
            b->text, "%2zu %s %s %s\n", b->n + 1, node_text_or(show, "child", ""),
            node_text_or(show, "kind", ""), node_text_or(v, "summary", ""));
    else if (b->n == SHOWN)
        b->text = talloc_strdup_append(b->text, _("   后面还有\n"));
    MUST(b->text);
    b->ids[b->n++] = id;
    return 0;
}

static bool sure(struct app *app, struct bulk *b, bool approve)
{
    char *head = text_printf(b->ctx, approve ? _("将审核通过 %zu 条") : _("将退回 %zu 条"), b->n);
    char *skip = b->skipped ? text_printf(b->ctx, _("，%zu 条已经办过，跳过"), b->skipped)
                            : talloc_strdup(b->ctx, "");
    char *text = text_printf(b->ctx, _("%s%s：\n%s%s"), head, skip, b->text, b->same);
    char *yes = text_printf(b->ctx, approve ? _("审核通过这 %zu 条") : _("退回这 %zu 条"), b->n);
    return popup_confirm(app, approve ? _("成批审核") : _("成批退回"), text, yes);
}

/* The fields that all of them should be mended in; NULL when cancelled. Files of children only: their
 * director's form opens at the first one. */
static struct node *pick_marks(struct app *app, struct bulk *b)
{
    const struct form *form = dict_form(b->s->dict, "child");
    struct node *marks = node_list(b->ctx);
    struct pick p = {.title = _("要改哪几项（空格标出，回车继续；每一条都标这些）"), .multi = true};
    const char **path = NULL;
    for (size_t i = 0; i < form->nsection; i++)
        for (size_t k = 0; k < form->section[i].n; k++) {
            struct form_path at = form->section[i].path[k];
            if (at.field->system)
                continue;
            p.items = talloc_realloc(b->ctx, p.items, struct pick_item, (unsigned)p.n + 1);
            path = talloc_realloc(b->ctx, path, const char *, (unsigned)p.n + 1);
            MUST(p.items && path);
            path[p.n] = form_path_text(b->ctx, at);
            p.items[p.n++] = (struct pick_item){.label = form_path_said(b->ctx, at)};
        }
    if (popup_pick(app, &p) < 0)
        return NULL;
    for (size_t i = 0; i < p.n; i++)
        if (p.items[i].marked) {
            b->same =
                talloc_asprintf_append(b->same, "%s%s", *b->same ? _("、") : "", p.items[i].label);
            node_str(marks, NULL, path[i]);
        }
    b->same = *b->same ? text_printf(b->ctx, _("每一条都用同一个原因，都标出要改的：%s"), b->same)
                       : talloc_strdup(b->ctx, _("每一条都用同一个原因，没有标出要改的项"));
    return marks;
}

static void run(struct app *app, struct bulk *b, bool approve, const char *why,
                const struct node *marks)
{
    for (size_t i = 0; i < b->n; i += PIECE) {
        size_t n = b->n - i < PIECE ? b->n - i : PIECE, done = 0;
        const struct node *skipped = NULL;
        if (b->n > PIECE) {
            app_message(app, _("正在办理 %zu/%zu，Ctrl-C 停止"), i, b->n);
            app_show(app);
        }
        if (app_stopped(app) || review_send(app, b->s, b->ctx, b->ids + i, n, approve, why, marks,
                                            &done, &skipped) < 0) {
            b->left =
                talloc_asprintf_append(b->left, _("没有办完：还有 %zu 条没有办。\n"), b->n - i);
            return;
        }
        b->done += done;
        for (const struct node *e = node_first(skipped); e; e = e->next)
            b->left = talloc_asprintf_append(b->left, "%s\n", node_text_or(e, "text", ""));
    }
}

size_t review_bulk(struct app *app, struct session *s, const uint64_t *ids, size_t n, bool approve)
{
    struct bulk b = {.s = s, .ctx = talloc_new(app)};
    struct node *marks = NULL;
    char *why = NULL;
    b.ids = talloc_zero_array(b.ctx, uint64_t, n + 1);
    b.text = talloc_strdup(b.ctx, "");
    b.left = talloc_strdup(b.ctx, "");
    b.same = talloc_strdup(b.ctx, "");
    MUST(b.ids && b.text && b.left && b.same);
    bool go = n > 0;
    for (size_t i = 0; i < n && go; i++)
        go = look(app, &b, ids[i]) == 0;
    if (go && !b.n)
        app_message(app, _("选上的都已经办过了。"));
    go = go && b.n &&
         (approve || ((why = review_reason(app, b.ctx)) && (marks = pick_marks(app, &b)))) &&
         sure(app, &b, approve);
    if (go) {
        run(app, &b, approve, why, marks);
        app_message(app, approve ? _("审核通过 %zu 条。") : _("退回 %zu 条。"), b.done);
        if (*b.left)
            popup_pager(app, _("没有办的"), b.left);
    }
    size_t done = b.done;
    talloc_free(b.ctx);
    return done;
}
