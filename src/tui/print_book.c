/*
 * A booklet: a page of figures of the list, then the same document of every child of it; or of
 * the marked ones, without figures. Each leaf is printed like one alone, so each leaves its audit row.
 */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/print.h"

enum { BOOK_MAX = 300, PAGE_ROWS = 100, LABEL_COLS = 30, NUMBER_COLS = 8 };

/* What a school or a township is asked for (调查统计表); what one may not name is left out. */
static const char *const figures[] = {
    "village",   "school", "sex", "school_state", "boarding", "live_with", "caregiver_relation",
    "hukou_type"};

struct book {
    void *ctx;
    struct app *app;
    struct list *l;
    uint64_t *id;
    size_t n;
};

/* --- whose leaves --- */

static void book_add(struct book *b, uint64_t id)
{
    b->id = talloc_realloc(b->ctx, b->id, uint64_t, (unsigned)b->n + 1);
    MUST(b->id);
    b->id[b->n++] = id;
}

static bool book_rows(struct book *b)
{
    char *after = NULL;
    do {
        struct node *body = list_body(b->ctx, b->l), *answer;
        node_int(body, "limit", PAGE_ROWS);
        if (after)
            node_str(body, "after", after);
        if (session_call(b->app, b->l->s, b->ctx, list_op(b->l), body, &answer) < 0)
            return false;
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            book_add(b, (uint64_t)node_num(e, "id", 0));
        const char *next = node_text(answer, "next");
        after = next ? talloc_strdup(b->ctx, next) : NULL;
    } while (after && b->n <= BOOK_MAX);
    return true;
}

static bool book_ids(struct book *b)
{
    for (size_t i = 0; i < b->l->nmark; i++)
        book_add(b, b->l->mark[i]);
    if (b->n == 0 && !book_rows(b))
        return false;
    if (b->n > BOOK_MAX)
        app_message(b->app, _("一册最多 %d 份，先筛选再打印。"), BOOK_MAX);
    else if (b->n == 0)
        app_message(b->app, _("名单里没有人。"));
    return b->n > 0 && b->n <= BOOK_MAX;
}

/* --- the page of figures --- */

static char *one_figure(struct book *b, char *text, const char *name)
{
    const struct form_field *f = form_field(b->l->form, name);
    struct node *body = list_body(b->ctx, b->l), *answer;
    const char *why;
    if (!f)
        return text;
    node_str(node_add_list(body, "by"), NULL, name);
    if (session_call_quiet(b->app, b->l->s, b->ctx, list_count_op(b->l), body, &answer, &why) < 0)
        return text;
    text = talloc_asprintf_append(text, "\n%c%s\n", PDF_STRONG, _(f->label));
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        const struct node *v = node_first(node_get(e, "v"));
        const char *label = v && v->type == NODE_STR && *v->str ? v->str : _("（空）");
        int used = text_width(label, 2);
        text = talloc_asprintf_append(text, "  %s%*s%*lld\n", label,
                                      used < LABEL_COLS ? LABEL_COLS - used : 1, "", NUMBER_COLS,
                                      (long long)node_num(e, "n", 0));
    }
    MUST(text);
    return text;
}

static char *figure_page(struct book *b, const char *title)
{
    const struct node *post = node_first(node_get(b->l->s->me, "posts"));
    char day[11];
    char *text = text_printf(b->ctx, "%c%s  %s\n%s  %s  ", PDF_STRONG, title, _("统计表"),
                             node_text_or(post, "title", ""), date_format(b->l->s->today, day));
    text = talloc_asprintf_append(text, _("共 %zu 人"), b->n);
    text = talloc_strdup_append(text, "\n");
    for (size_t i = 0; i < NELEM(figures); i++)
        text = one_figure(b, text, figures[i]);
    return talloc_strdup_append(text, "\f");
}

/* --- all of it --- */

void print_book(struct app *app, struct list *l)
{
    struct book b = {.ctx = talloc_new(app), .app = app, .l = l};
    struct doc *doc = book_ids(&b) ? print_choose(app, l->s, b.ctx, l->type) : NULL;
    const char *title = l->view && l->view->print ? _(l->view->print) : _("档案册");
    char *ask = text_printf(b.ctx, _("把 %zu 份印成一册？每份都记入打印记录。"), b.n);
    if (doc && popup_confirm(app, _("打印整册"), ask, _("印成一册"))) {
        char *text = l->nmark || *l->words ? talloc_strdup(b.ctx, "") : figure_page(&b, title);
        size_t i = 0;
        for (; i < b.n && !app_stopped(app); i++) {
            char *leaf = print_fill(app, l->s, b.ctx, doc, l->type, b.id[i]);
            if (!leaf)
                break;
            text = talloc_asprintf_append(text, "%s%s", leaf, i + 1 < b.n ? "\f" : "");
            talloc_free(leaf);
        }
        if (i == b.n)
            print_view(app, l->s, title, text_printf(b.ctx, "book-%s", l->type), text);
        else
            app_message(app, _("印到第 %zu 份停下了，没有打印。"), i);
    }
    talloc_free(b.ctx);
}
