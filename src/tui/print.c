/* Which document, and the values for it. */
#include "tui/print.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/print_doc.h"

enum { ROSTER_MAX = 5000, PAGE_ROWS = 100, ROSTER_WIDTH = 90, PAPER_ROWS = 50 };

static char *docs_dir(void *ctx, const struct session *s)
{
    return text_printf(ctx, "%s/print", s->place->forms);
}

/* The documents for a type (NULL: rosters). Broken ones are left out; *problem says the first. */
static struct doc **docs_of(void *ctx, const struct session *s, const char *type, size_t *n,
                            char **problem)
{
    char *dir = docs_dir(ctx, s);
    const char **names = doc_names(ctx, dir);
    struct doc **docs = talloc_zero_array(ctx, struct doc *, 1);
    *n = 0;
    *problem = NULL;
    for (size_t i = 0; names[i]; i++) {
        struct doc *d;
        char *why;
        if (doc_load(ctx, dir, names[i], s->dict, &d, &why) < 0) {
            *problem = *problem ? *problem : why;
            continue;
        }
        if (type ? !d->type || strcmp(d->type, type) != 0 : d->type != NULL)
            continue;
        docs = talloc_realloc(ctx, docs, struct doc *, *n + 2);
        MUST(docs);
        docs[(*n)++] = d;
    }
    return docs;
}

bool print_any(const struct session *s, const char *type)
{
    void *ctx = talloc_new(NULL);
    size_t n;
    char *problem;
    docs_of(ctx, s, type, &n, &problem);
    talloc_free(ctx);
    return n > 0;
}

/* ---- values ---- */

struct values {
    const struct session *s;
    const struct doc *doc;
    const struct node *view; /* of op print; NULL for a roster */
    const char *title;
    int64_t total;
};

static bool is_masked(const struct node *view, const char *name)
{
    for (const struct node *e = node_first(node_get(view, "mask")); e; e = e->next)
        if (e->type == NODE_STR && strcmp(e->str, name) == 0)
            return true;
    return false;
}

/* Identity numbers are masked on paper, whatever the person may read (design: agreements and
 * official forms excepted). */
static const char *field_value(void *arg, void *ctx, struct form_path p)
{
    const struct values *v = arg;
    const char *name = form_path_text(ctx, p);
    const char *raw = node_text(node_get(v->view, "v"), name);
    const char *show = node_text(node_get(v->view, "show"), name);
    if (!show)
        show = raw ? type_show(ctx, p.field, raw) : "";
    bool id = p.field->mask && strcmp(p.field->mask, "id") == 0;
    if (id && raw && !v->doc->official && !is_masked(v->view, name))
        return type_mask(ctx, p.field, raw);
    return show;
}

static const char *word_value(void *arg, void *ctx, const char *word)
{
    const struct values *v = arg;
    const struct node *post = node_first(node_get(v->s->me, "posts"));
    char day[11];
    if (strcmp(word, "today") == 0)
        return talloc_strdup(ctx, date_format(v->s->today, day));
    if (strcmp(word, "name") == 0)
        return node_text_or(v->s->me, "name", "");
    if (strcmp(word, "login") == 0)
        return node_text_or(v->s->me, "login", "");
    if (strcmp(word, "place") == 0)
        return node_text_or(post, "title", "");
    if (strcmp(word, "total") == 0)
        return text_printf(ctx, "%lld", (long long)v->total);
    return v->title;
}

struct doc *print_choose(struct app *app, struct session *s, void *ctx, const char *type)
{
    size_t n;
    char *problem;
    struct doc **docs = docs_of(ctx, s, type, &n, &problem);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, n + 1);
    MUST(items);
    if (problem)
        app_message(app, _("打印模板有错：%s"), problem);
    else if (!n)
        app_message(app, _("没有可以打印的文件。"));
    for (size_t i = 0; i < n; i++)
        items[i].label = docs[i]->title;
    struct pick p = {.title = _("打印什么"), .items = items, .n = n};
    int i = n > 1 ? popup_pick(app, &p) : (int)n - 1;
    return i < 0 ? NULL : docs[i];
}

char *print_fill(struct app *app, struct session *s, void *ctx, const struct doc *doc,
                 const char *type, uint64_t id)
{
    struct node *body = node_map(ctx), *view;
    node_str(body, "type", type);
    node_int(body, "id", (int64_t)id);
    node_str(body, "doc", doc->name);
    if (session_call(app, s, ctx, OP_PRINT, body, &view) < 0)
        return NULL;
    struct values v = {.s = s, .doc = doc, .view = view, .title = doc->title};
    struct doc_source src = {field_value, word_value, &v};
    return doc_fill(ctx, doc, dict_form(s->dict, type), &src, NULL);
}

char *print_fill_by(struct app *app, struct session *s, void *ctx, const char *name,
                    const char *type, uint64_t id)
{
    struct doc *doc;
    char *problem = NULL;
    if (doc_load(ctx, docs_dir(ctx, s), name, s->dict, &doc, &problem) == 0)
        return print_fill(app, s, ctx, doc, type, id);
    app_message(app, _("打印模板有错：%s"), problem ? problem : name);
    return NULL;
}

void print_open(struct app *app, struct session *s, const char *type, uint64_t id)
{
    void *ctx = talloc_new(app);
    struct doc *doc = print_choose(app, s, ctx, type);
    char *text = doc ? print_fill(app, s, ctx, doc, type, id) : NULL;
    if (text)
        print_view(app, s, doc->title,
                   text_printf(ctx, "%s-%s-%llu", doc->name, type, (unsigned long long)id), text);
    talloc_free(ctx);
}

/* ---- roster ---- */

/* The rows twice: as lines for a line printer, as cells for PDF. */
struct table {
    void *ctx;
    const struct list *l;
    struct table_column *column;
    const char **cell;
    char *head, *text;
    int64_t n;
};

static void add_cell(struct table *t, size_t i, const char *s)
{
    size_t at = (size_t)(t->n - 1) * (t->l->ncol + 1) + i;
    if (i == 0) {
        t->cell = talloc_realloc(t->ctx, t->cell, const char *, (unsigned)(at + t->l->ncol + 1));
        MUST(t->cell);
    }
    t->cell[at] = talloc_strdup(t->ctx, s);
}

static void table_row(struct table *t, const struct node *v)
{
    char *line = text_printf(t->ctx, "%4lld ", (long long)++t->n);
    add_cell(t, 0, line + strspn(line, " "));
    for (size_t i = 0; i < t->l->ncol; i++) {
        const struct list_col *c = &t->l->col[i];
        const char *s = node_text_or(v, c->name, "");
        if (c->path.field->mask && strcmp(c->path.field->mask, "id") == 0)
            s = type_mask(t->ctx, c->path.field, s);
        line = talloc_asprintf_append(line, "%s ", doc_cols(t->ctx, s, c->width));
        add_cell(t, i + 1, s);
    }
    if (t->n > 1 && t->n % PAPER_ROWS == 1)
        t->text = talloc_asprintf_append(t->text, "\f%s", t->head);
    t->text = talloc_asprintf_append(t->text, "%s\n", line);
    MUST(t->text);
    talloc_free(line);
}

static void table_head(struct table *t)
{
    char *line = talloc_strdup(t->ctx, _("序号 "));
    int cols = 4;
    t->column = talloc_zero_array(t->ctx, struct table_column, (unsigned)t->l->ncol + 1);
    MUST(t->column);
    t->column[0] = (struct table_column){.heading = _("序号"), .number = true};
    for (size_t i = 0; i < t->l->ncol; i++) {
        const struct list_col *c = &t->l->col[i];
        const char *h = list_col_heading(t->ctx, c, PAPER_AMB);
        line = talloc_asprintf_append(line, "%s ", doc_cols(t->ctx, h, t->l->col[i].width));
        cols += 1 + t->l->col[i].width;
        t->column[i + 1] = (struct table_column){
            .heading = list_heading(t->ctx, c->path),
            .number = strcmp(t->l->col[i].path.field->type->name, "int") == 0};
    }
    t->head = talloc_asprintf(t->ctx, "%s\n", line);
    while (cols-- > 0)
        t->head = talloc_strdup_append(t->head, "-");
    t->head = talloc_strdup_append(t->head, "\n");
    t->text = talloc_strdup(t->ctx, t->head);
    MUST(t->text);
}

/* Every row of the list, page by page; false when stopped or refused. */
static bool table_rows(struct app *app, struct table *t)
{
    char *after = NULL;
    for (;;) {
        struct node *body = list_body(t->ctx, t->l), *answer;
        node_int(body, "limit", PAGE_ROWS);
        if (after)
            node_str(body, "after", after);
        if (session_call(app, t->l->s, t->ctx, list_op(t->l), body, &answer) < 0)
            return false;
        for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next)
            table_row(t, node_get(e, "v"));
        const char *next = node_text(answer, "next");
        after = next ? talloc_strdup(t->ctx, next) : NULL;
        talloc_free(answer);
        if (!after)
            return true;
        if (t->n >= ROSTER_MAX || app_stopped(app)) {
            app_message(app, t->n >= ROSTER_MAX ? _("名单太长，先筛选再打印。") : _("已停止。"));
            return false;
        }
    }
}

/* What goes on paper is noted, like a card. */
static bool leave_row(struct app *app, const struct table *t, const struct doc *doc)
{
    struct node *body = list_body(t->ctx, t->l);
    node_str(body, "doc", doc->name);
    node_int(body, "rows", t->n);
    return session_call(app, t->l->s, t->ctx, OP_PRINT, body, NULL) == 0;
}

static void show_roster(struct app *app, struct table *t, const struct doc *doc)
{
    const struct list *l = t->l;
    /* a view without a title for paper gets the neutral one of the document */
    const char *title = l->view && l->view->print ? _(l->view->print) : doc->title;
    struct values v = {.s = l->s, .doc = doc, .title = title, .total = t->n};
    struct doc_source src = {field_value, word_value, &v};
    struct pdf_table pdf = {
        .title = title,
        .left = word_value(&v, t->ctx, "place"),
        .right = text_printf(t->ctx, _("打印 %s %s   共 %lld 行"), word_value(&v, t->ctx, "today"),
                             word_value(&v, t->ctx, "name"), (long long)t->n),
        .column = t->column,
        .n = l->ncol + 1,
        .cell = t->cell,
        .nrow = (size_t)t->n,
    };
    struct paper paper = {.title = title,
                          .name = text_printf(t->ctx, "roster-%s", l->type),
                          .text = doc_fill(t->ctx, doc, NULL, &src, t->text),
                          .table = &pdf};
    print_paper(app, l->s, &paper);
}

void print_roster(struct app *app, struct list *l)
{
    void *ctx = talloc_new(app);
    struct doc *doc = print_choose(app, l->s, ctx, NULL);
    struct table t = {.ctx = ctx, .l = l};
    if (doc) {
        list_columns(l, ROSTER_WIDTH);
        table_head(&t);
        if (table_rows(app, &t) && leave_row(app, &t, doc))
            show_roster(app, &t, doc);
    }
    talloc_free(ctx);
}
