/*
 * 排查表 on paper: by village group in walking order, the row numbers of the grid, a blank a question,
 * what the digits mean, places for signatures. As lines for a line printer, as a table for PDF.
 */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/print.h"
#include "tui/print_doc.h"
#include "tui/sweep_grid.h"

enum {
    NAME_COLS = 10,
    CELL = 4,
    NOTE_COLS = 10,
    SIGN_COLS = 10,
    PAGE_ROWS = 58,
    ROW_POINTS = 24,
    LEGEND_COLS = 84,
    HEAD_ROWS = 5,
    BLANKS = 3
};

static const char unlisted[] = N_("名单上没有、要核实的孩子写在下面，回来在排查表里新增：");

struct sheet {
    void *ctx;
    const struct grid *g;
    const struct grid_q *q;
    size_t nq;
    bool places;
    char *text;
    int at; /* lines of the page so far */
    size_t n;
};

static void line(struct sheet *p, const char *s)
{
    if (p->at == PAGE_ROWS) {
        p->text = talloc_strdup_append(p->text, "\f");
        p->at = 0;
    }
    p->text = talloc_asprintf_append(p->text, "%s\n", s);
    MUST(p->text);
    p->at++;
}

static char *rule(const struct sheet *p)
{
    char *s = talloc_strdup(p->ctx, "+----+----------+");
    for (size_t i = 0; i < p->nq; i++)
        s = talloc_strdup_append(s, "----+");
    return talloc_strdup_append(s, "----------+----------+");
}

/* One line of a row: cell(i) is the text of question i. */
static char *row_line(const struct sheet *p, const char *no, const char *name,
                      char *(*cell)(const struct sheet *, size_t i, const void *), const void *arg,
                      const char *note, const char *sign)
{
    char *s = text_printf(p->ctx, "|%s|%s|", doc_cols(p->ctx, no, CELL),
                          doc_cols(p->ctx, name, NAME_COLS));
    for (size_t i = 0; i < p->nq; i++)
        s = talloc_asprintf_append(s, "%s|", doc_cols(p->ctx, cell(p, i, arg), CELL));
    return talloc_asprintf_append(s, "%s|%s|", doc_cols(p->ctx, note, NOTE_COLS),
                                  doc_cols(p->ctx, sign, SIGN_COLS));
}

static char *head_cell(const struct sheet *p, size_t i, const void *arg)
{
    const char *label = p->q[i].label;
    int used;
    size_t n = text_fit(label, CELL, 2, &used);
    if (*(const int *)arg == 0)
        return talloc_strndup(p->ctx, label, n);
    return talloc_strndup(p->ctx, label + n, text_fit(label + n, CELL, 2, &used));
}

static char *answer_cell(const struct sheet *p, size_t i, const void *arg)
{
    const struct grid_row *r = arg;
    return r->cell[i].stored ? text_printf(p->ctx, " %c", r->cell[i].stored)
                             : talloc_strdup(p->ctx, "");
}

static void heads(struct sheet *p)
{
    static const int first = 0, second = 1;
    line(p, rule(p));
    line(p, row_line(p, _("行号"), p->places ? _("场所") : _("姓名"), head_cell, &first, _("备注"),
                     p->places ? _("责任人签字") : _("照护人签字")));
    line(p, row_line(p, "", "", head_cell, &second, "", ""));
    line(p, rule(p));
}

/* "见到情况：1见到孩子 2查无此人" of every question. */
static char *legend(const struct sheet *p)
{
    const struct grid_row any = {.origin = '3', .place = p->places};
    char *s = talloc_strdup(p->ctx, "");
    for (size_t i = 0; i < p->nq; i++) {
        s = talloc_asprintf_append(s, "%s%s：", i ? "；" : "", p->q[i].label);
        for (const char *d = p->q[i].digits ? p->q[i].digits : ""; *d; d++)
            if (grid_takes(&any, &p->q[i], *d))
                s = talloc_asprintf_append(s, "%s%c%s", d > p->q[i].digits ? " " : "", *d,
                                           p->q[i].what[*d - '0']);
    }
    MUST(s);
    return s;
}

/* A suspicion, in a word that a family may read. */
static const char *remark(const struct grid_row *r)
{
    return r->origin == '2' ? _("待核") : "";
}

static char *no_cell(const struct sheet *p, size_t i, const void *arg)
{
    (void)i, (void)arg;
    return talloc_strdup(p->ctx, "");
}

/* A long name goes on below itself: two children must not look alike. */
static void put_row(struct sheet *p, const struct grid_row *r, const struct lines *name)
{
    line(p, row_line(p, text_printf(p->ctx, "%3" PRId64, r->no), name->n ? name->line[0] : "",
                     answer_cell, r, remark(r), ""));
    for (size_t i = 1; i < name->n; i++)
        line(p, row_line(p, "", name->line[i], no_cell, NULL, "", ""));
    line(p, rule(p));
    p->n++;
}

static bool belongs(const struct sheet *p, const struct grid_row *r)
{
    return r->place == p->places;
}

static void rows(struct sheet *p)
{
    const char *group = NULL;
    for (size_t i = 0; i < p->g->n; i++) {
        const struct grid_row *r = &p->g->row[i];
        if (!belongs(p, r))
            continue;
        struct lines name = draw_wrap(p->ctx, r->name, NAME_COLS, 2);
        bool fresh = !group || strcmp(group, r->group) != 0;
        if (p->n == 0 || p->at + (fresh ? 3 : 1) + (int)name.n > PAGE_ROWS) {
            if (p->n) {
                p->at = PAGE_ROWS;
                line(p, text_printf(p->ctx, "%s  %s", p->g->place_name, p->g->title));
            }
            heads(p);
            fresh = true;
        }
        if (fresh && *r->group)
            line(p, text_printf(p->ctx, "%c  %s", PDF_STRONG, r->group));
        if (fresh && *r->group)
            line(p, rule(p));
        group = r->group;
        put_row(p, r, &name);
    }
}

static void words(struct sheet *p, const char *text)
{
    struct lines l = draw_wrap(p->ctx, text, LEGEND_COLS, 2);
    for (size_t i = 0; i < l.n; i++)
        line(p, l.line[i]);
}

static const char *sheet_title(const struct grid *g)
{
    const struct form_view *v = form_view(dict_form(g->s->dict, "sweep_item"), "grid");
    return v && v->print ? _(v->print) : _("入户排查表");
}

static char *signatures(void *ctx)
{
    return text_printf(ctx, "%s",
                       _("入户人签字：________________  村(居)委会（盖章）：______________"
                         "  日期：______年____月____日"));
}

/* One part for children, one for places: {text} of both. */
static void part(struct sheet *p, bool places)
{
    p->places = places;
    p->q = places ? p->g->place : p->g->child;
    p->nq = places ? p->g->nplace : p->g->nchild;
    size_t before = p->n;
    p->n = 0;
    for (size_t i = 0; i < p->g->n; i++)
        p->n += belongs(p, &p->g->row[i]);
    if (p->n) {
        p->n = 0;
        words(p, legend(p));
        rows(p);
        line(p, "");
    }
    p->n += before;
}

/* Children nobody knew of are met at the door, too. */
static void blanks(struct sheet *p)
{
    const struct grid_row blank = {.name = ""};
    p->places = false;
    p->q = p->g->child;
    p->nq = p->g->nchild;
    if (p->at + HEAD_ROWS + 2 * BLANKS > PAGE_ROWS)
        p->at = PAGE_ROWS;
    line(p, _(unlisted));
    heads(p);
    for (int i = 0; i < BLANKS; i++) {
        line(p, row_line(p, "", "", answer_cell, &blank, "", ""));
        line(p, rule(p));
    }
    line(p, "");
}

static char *as_text(void *ctx, const struct grid *g)
{
    struct sheet p = {.ctx = ctx, .g = g, .text = talloc_strdup(ctx, "")};
    line(&p, text_printf(ctx, "%c%*s%s", PDF_STRONG, 34, "", sheet_title(g)));
    line(&p, text_printf(ctx, "%s    %s", g->place_name, g->title));
    if (*g->note)
        words(&p, g->note);
    part(&p, false);
    part(&p, true);
    blanks(&p);
    line(&p, signatures(ctx));
    return p.text;
}

/* --- PDF --- */

static struct table_column *columns(void *ctx, const struct sheet *p)
{
    struct table_column *c = talloc_zero_array(ctx, struct table_column, (unsigned)p->nq + 5);
    MUST(c);
    c[0] = (struct table_column){.heading = _("行号"), .number = true};
    c[1] = (struct table_column){.heading = _("村民组")};
    c[2] = (struct table_column){.heading = _("姓名或场所"), .width = 10};
    for (size_t i = 0; i < p->nq; i++)
        c[3 + i] =
            (struct table_column){.heading = p->q[i].label, .group = _("填数字，含义见表下")};
    c[3 + p->nq] = (struct table_column){.heading = _("备注"), .width = 16};
    c[4 + p->nq] = (struct table_column){.heading = _("照护人或责任人签字"), .width = 12};
    return c;
}

static void as_table(void *ctx, const struct grid *g, struct pdf_table *t)
{
    struct sheet p = {.ctx = ctx, .g = g, .q = g->child, .nq = g->nchild};
    const char **cell, **below = talloc_zero_array(ctx, const char *, 5);
    size_t n = p.nq + 5;
    struct sheet places = {.ctx = ctx, .g = g, .q = g->place, .nq = g->nplace};
    bool any = false;
    cell = talloc_zero_array(ctx, const char *, (unsigned)(n * (g->n + BLANKS + 1)));
    MUST(cell && below);
    for (size_t r = 0; r < g->n; r++) {
        const struct grid_row *row = &g->row[r];
        const char **c = &cell[r * n];
        c[0] = text_printf(ctx, "%" PRId64, row->no);
        c[1] = row->group;
        c[2] = row->name;
        c[3 + p.nq] = remark(row);
        any = any || row->place;
        for (size_t i = 0; i < p.nq; i++)
            c[3 + i] = row->place && i >= g->nplace ? "/" : answer_cell(&p, i, row);
    }
    cell[g->n * n + 2] = _("名单上没有、要核实的：");
    size_t k = 0;
    below[k++] = legend(&p);
    if (any)
        below[k++] = text_printf(ctx, _("场所行各格依次是：%s"), legend(&places));
    below[k++] = g->note;
    below[k++] = signatures(ctx);
    *t = (struct pdf_table){.title = sheet_title(g),
                            .left = g->place_name,
                            .right = g->title,
                            .column = columns(ctx, &p),
                            .n = n,
                            .cell = cell,
                            .nrow = g->n + BLANKS + 1,
                            .below = below,
                            .row_height = ROW_POINTS};
}

void grid_paper(struct app *app, struct grid *g)
{
    void *ctx = talloc_new(app);
    struct pdf_table table;
    if (!g->n) {
        app_message(app, _("没有可以打印的行。"));
    } else {
        as_table(ctx, g, &table);
        print_paper(
            app, g->s,
            &(struct paper){.title = sheet_title(g),
                            .name = text_printf(ctx, "sweep-%" PRIu64 "-%s", g->sweep, g->village),
                            .text = as_text(ctx, g),
                            .table = &table});
    }
    talloc_free(ctx);
}
