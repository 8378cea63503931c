/* Reads the report files, strictly: all mistakes of all files at once, by file and line. */
#include "form/report.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/load.h"
#include "form/type.h"

struct reading {
    struct load l; /* for load_text and its kin */
    void *ctx;     /* of all reports */
    struct report *r;
    const char *group, *group_en, *group_where;
    const struct form *of; /* of the group */
    const struct form_field *on;
};

static const char *const move_words[] = {"opening", "added",   "left",   "in",
                                         "out",     "redrawn", "closing"};
static const char *const period_words[] = {"day", "month", "quarter"};

/* --- columns --- */

static int word_of(const char *word, const char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0)
            return (int)i;
    return -1;
}

static const char *both(void *ctx, const char *a, const char *b)
{
    return a && b ? text_printf(ctx, "(%s) and (%s)", a, b) : a ? a : b;
}

static void column_formula(struct reading *g, const struct conf_item *item, struct report_column *c,
                           const char *text)
{
    const char *slash = strchr(text, '/'), *bad;
    char *up = talloc_strndup(g->ctx, text, slash ? (size_t)(slash - text) : strlen(text));

    c->kind = REPORT_FORMULA;
    bad = report_sum_parse(g->ctx, g->r, up, &c->up);
    if (!bad && slash)
        bad = report_sum_parse(g->ctx, g->r, slash + 1, &c->down);
    if (bad)
        conf_error_at(g->l.errs, load_at(item, "formula"), "%s", bad);
    c->percent = conf_bool(item, "percent", false, g->l.errs);
    c->digits = load_int(&g->l, item, "digits", 0, 4);
}

static void column_sum(struct reading *g, const struct conf_item *item, struct report_column *c,
                       const char *text)
{
    c->kind = REPORT_SUM;
    if (!g->r->form || !(c->sum = form_field(g->r->form, text)))
        conf_error_at(g->l.errs, load_at(item, "sum"), "没有字段“%s”", text);
    else if (strcmp(c->sum->type->name, "int") != 0)
        conf_error_at(g->l.errs, load_at(item, "sum"), "“%s”不是整数，不能求和", text);
}

static void column_check(struct reading *g, const struct conf_item *item, struct report_column *c,
                         const char *text)
{
    c->kind = REPORT_CHECK;
    c->check = text;
    if (strcmp(text, "M") && strcmp(text, "E") && strcmp(text, "W") && strncmp(text, "M:", 2))
        conf_error_at(g->l.errs, load_at(item, "check"),
                      "check 只能是 \"M\" \"M:关联字段\" \"E\" \"W\"，不能是“%s”", text);
}

static void column_move(struct reading *g, const struct conf_item *item, struct report_column *c,
                        const char *text)
{
    int move = word_of(text, move_words, NELEM(move_words));

    c->kind = REPORT_MOVE;
    c->move = (enum report_move)move;
    if (move < 0)
        conf_error_at(g->l.errs, load_at(item, "move"),
                      "move 只能是 opening added left in out redrawn closing，不能是“%s”", text);
}

/* of = "visit", on = "visited_on": visits of those days are counted: by the columns of this group,
 * or (with) children that have one. */
static void of_load(struct reading *g, const struct conf_item *item)
{
    const char *of = load_text(&g->l, item, "of"), *on = load_text(&g->l, item, "on");

    g->of = of ? dict_form(g->l.dict, of) : NULL;
    g->on = g->of && on ? form_field(g->of, on) : NULL;
    if (!of)
        return;
    if (!g->of || !g->r->form || !form_link(g->of, g->r->form))
        conf_error_at(g->l.errs, load_at(item, "of"), "“%s”不是挂在孩子名下的记录", of);
    else if (!g->on || strcmp(g->on->type->name, "date") != 0 || !g->on->index)
        conf_error_at(g->l.errs, item, "on 应是“%s”的日期字段，有索引", of);
    else if (g->r->of && (g->r->of != g->of || g->r->on != g->on))
        conf_error_at(g->l.errs, item, "一张报表只能另数一种记录");
    if (!g->on)
        g->of = NULL;
    g->r->of = g->of ? g->of : g->r->of;
    g->r->on = g->on ? g->on : g->r->on;
}

static void column_load(struct reading *g, const struct conf_item *item)
{
    static const char *const keys[] = {"name",    "label",  "en",   "where", "formula",
                                       "percent", "digits", "sum",  "check", "move",
                                       "of",      "on",     "with", NULL};
    static void (*const kinds[])(struct reading *, const struct conf_item *, struct report_column *,
                                 const char *) = {column_formula, column_sum, column_check,
                                                  column_move};
    static const char *const words[] = {"formula", "sum", "check", "move"};
    struct report *r = g->r;
    struct report_column c = {.group = g->group, .group_en = g->group_en, .line = conf_line(item)};
    size_t said = 0;
    bool whole = g->of != NULL; /* group */

    conf_only(item, keys, g->l.errs);
    c.name = load_name(&g->l, item);
    c.label = load_need(&g->l, item, "label");
    c.en = load_need(&g->l, item, "en");
    if (!whole)
        of_load(g, item);
    c.of = g->of;
    c.on = g->on;
    c.with_text = load_text(&g->l, item, "with");
    c.kind = !g->of ? REPORT_COUNT : c.with_text ? REPORT_WITH : REPORT_OF;
    if ((c.with_text && whole) || (!whole && g->of && !c.with_text))
        conf_error_at(g->l.errs, item, "with 和 of、on 写在同一列：有这样记录的孩子");
    if (!whole)
        g->of = NULL, g->on = NULL;
    c.where_text = both(g->ctx, g->group_where, load_text(&g->l, item, "where"));
    for (size_t i = 0; i < NELEM(words); i++) {
        const char *text = load_text(&g->l, item, words[i]);
        if (text && said++ == 0)
            kinds[i](g, item, &c, text);
    }
    if (c.of && said && c.kind != REPORT_FORMULA)
        conf_error_at(g->l.errs, item, "of 的组里只能计数，或写 formula");
    if (c.kind == REPORT_FORMULA) {
        c.where_text = NULL; /* the group's is not asked of it */
        c.of = NULL;
        c.on = NULL;
    }
    if (said > 1)
        conf_error_at(g->l.errs, item, "一列只能写 formula sum check move 之一");
    if (*c.name && report_column_find(r, c.name) >= 0)
        conf_error_at(g->l.errs, load_at(item, "name"), "列“%s”重复", c.name);
    if (r->ncolumn == REPORT_COLUMN_LIMIT)
        conf_error_at(g->l.errs, item, "一张报表最多 %d 列", REPORT_COLUMN_LIMIT);
    else
        r->column[r->ncolumn++] = c;
}

static void columns_load(struct reading *g, const struct conf_item *group)
{
    static const char *const keys[] = {"group", "en", "where", "columns", "of", "on", NULL};
    const struct conf_item *list = conf_get(group, "columns");

    for (size_t i = 0; list && conf_is_list(list) && i < conf_count(list); i++) {
        const struct conf_item *item = conf_at(list, i);

        if (!conf_is_group(item)) {
            conf_error_at(g->l.errs, item, "每一列应是用花括号括起来的一组");
        } else if (conf_get(item, "columns") && !g->group) {
            conf_only(item, keys, g->l.errs);
            g->group = load_need(&g->l, item, "group");
            g->group_en = load_need(&g->l, item, "en");
            g->group_where = load_text(&g->l, item, "where");
            of_load(g, item);
            columns_load(g, item);
            g->of = NULL;
            g->on = NULL;
            g->group = g->group_en = g->group_where = NULL;
        } else {
            column_load(g, item);
        }
    }
    if (!list || !conf_is_list(list) || conf_count(list) == 0)
        conf_error_at(g->l.errs, group, "缺少“columns”");
}

/* --- what is said of columns --- */

static void identities_load(struct reading *g, const struct conf_item *root)
{
    const char **texts = conf_texts(g->l.tmp, root, "checks", g->l.errs);
    struct report *r = g->r;

    for (size_t n = 0; texts && texts[n]; n++) {
        const char *eq = strchr(texts[n], '='), *bad = _("检验应写成 列 = 列 + 列");
        struct report_identity *id;

        r->identity = talloc_realloc(g->ctx, r->identity, struct report_identity, n + 1);
        id = &r->identity[r->nidentity++];
        *id = (struct report_identity){.text = load_pool_text(g->l.pool, texts[n]),
                                       .line = conf_line(load_at(root, "checks"))};
        if (eq)
            bad = report_sum_parse(
                g->ctx, r, talloc_strndup(g->ctx, texts[n], (size_t)(eq - texts[n])), &id->left);
        if (eq && !bad)
            bad = report_sum_parse(g->ctx, r, eq + 1, &id->right);
        if (bad)
            conf_error_at(g->l.errs, load_at(root, "checks"), "检验“%s”：%s", texts[n], bad);
    }
}

static void link_load(struct reading *g, const struct conf_item *item)
{
    static const char *const keys[] = {"column", "same", "before", NULL};
    const char *name = load_need(&g->l, item, "column"), *other = load_text(&g->l, item, "same");
    struct report_link link = {.line = conf_line(item)};
    const char *dot;

    conf_only(item, keys, g->l.errs);
    link.before = other == NULL;
    if (!other)
        other = load_need(&g->l, item, "before");
    link.column = report_column_find(g->r, name);
    if (link.column < 0)
        conf_error_at(g->l.errs, load_at(item, "column"), "没有叫“%s”的列", name);
    if (!(dot = strchr(other, '.'))) {
        conf_error_at(g->l.errs, item, "应写成“报表.列”，不能是“%s”", other);
        return;
    }
    link.report = talloc_strndup(g->ctx, other, (size_t)(dot - other));
    link.other = dot + 1;
    g->r->link = talloc_realloc(g->ctx, g->r->link, struct report_link, g->r->nlink + 1);
    g->r->link[g->r->nlink++] = link;
}

static void links_load(struct reading *g, const struct conf_item *root)
{
    const struct conf_item *list = conf_get(root, "links");

    for (size_t i = 0; list && conf_is_list(list) && i < conf_count(list); i++)
        if (conf_is_group(conf_at(list, i)))
            link_load(g, conf_at(list, i));
}

/* --- a file --- */

static void head_load(struct reading *g, const struct conf_item *root, const char *stem)
{
    static const char *const keys[] = {"name",   "label", "en",   "basis", "definition",
                                       "period", "rows",  "form", "where", "columns",
                                       "checks", "links", NULL};
    struct report *r = g->r;
    const char *form, *rows, **periods = conf_texts(g->l.tmp, root, "period", g->l.errs);

    conf_only(root, keys, g->l.errs);
    r->name = load_name(&g->l, root);
    if (*r->name && strcmp(r->name, stem) != 0)
        conf_error_at(g->l.errs, load_at(root, "name"), "name “%s”应与文件名“%s”相同", r->name,
                      stem);
    r->label = load_need(&g->l, root, "label");
    r->en = load_need(&g->l, root, "en");
    r->basis = load_text(&g->l, root, "basis");
    r->definition = load_need(&g->l, root, "definition");
    r->where_text = load_text(&g->l, root, "where");
    form = load_text(&g->l, root, "form");
    if (!(r->form = dict_form(g->l.dict, form ? form : "child")))
        conf_error_at(g->l.errs, load_at(root, "form"), "没有记录类型“%s”", form);
    else if (strcmp(r->form->name, "child") != 0) /* the tables of statistics hold children */
        conf_error_at(g->l.errs, load_at(root, "form"), "报表数的是孩子，form 只能是 \"child\"");
    rows = load_text(&g->l, root, "rows");
    r->by_director = rows && strcmp(rows, "director") == 0;
    if (rows && !r->by_director && strcmp(rows, "division") != 0)
        conf_error_at(g->l.errs, load_at(root, "rows"), "rows 只能是 \"division\" \"director\"");
    for (size_t i = 0; periods && periods[i]; i++) {
        int kind = word_of(periods[i], period_words, NELEM(period_words));
        if (kind < 0)
            conf_error_at(g->l.errs, load_at(root, "period"),
                          "period 只能是 \"day\" \"month\" \"quarter\"，不能是“%s”", periods[i]);
        else
            r->periods |= 1u << kind;
    }
    if (!periods || !periods[0])
        conf_error_at(g->l.errs, root, "缺少“period”");
}

static void report_load(struct reading *g, const char *file)
{
    const struct conf_item *root;
    struct conf *conf;
    const char *stem = talloc_strndup(g->l.tmp, file, strlen(file) - strlen(".report"));

    g->r->path = text_printf(g->ctx, "%s/report/%s", g->l.dict->dir, file);
    g->r->name = g->r->label = g->r->en = "";
    if (!(conf = conf_read(g->l.tmp, g->r->path, g->l.errs)))
        return;
    root = conf_root(conf);
    g->r->column = talloc_zero_array(g->ctx, struct report_column, REPORT_COLUMN_LIMIT);
    head_load(g, root, stem);
    columns_load(g, root);
    identities_load(g, root);
    links_load(g, root);
}

static int file_cmp(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **files_of(void *ctx, const char *dir, size_t *n)
{
    DIR *d = opendir(dir);
    char **names = NULL;
    struct dirent *e;

    *n = 0;
    while (d && (e = readdir(d))) {
        size_t len = strlen(e->d_name);
        if (e->d_name[0] == '.' || len <= 7 || strcmp(e->d_name + len - 7, ".report") != 0)
            continue;
        names = talloc_realloc(ctx, names, char *, *n + 1);
        names[(*n)++] = talloc_strdup(ctx, e->d_name);
    }
    if (d)
        closedir(d);
    if (*n)
        qsort(names, *n, sizeof *names, file_cmp);
    return names;
}

/* Links lead to columns that are there. */
static void links_check(const struct reports *all, struct conf_errors *errs)
{
    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < all->report[i].nlink; k++) {
            const struct report_link *link = &all->report[i].link[k];
            const struct report *to = reports_find(all, link->report);
            if (!to || report_column_find(to, link->other) < 0)
                conf_error(errs, all->report[i].path, link->line, "没有 %s.%s 这一列", link->report,
                           link->other);
        }
}

struct reports *reports_load(void *ctx, const struct dict *dict, struct conf_errors *errs)
{
    struct reports *all = talloc_zero(ctx, struct reports);
    struct reading g = {.ctx = all, .l = {.dict = base_unconst(dict), .errs = errs}};
    size_t n;
    char **file;

    g.l.tmp = talloc_new(all);
    g.l.pool = load_pool_new(all, LOAD_POOL_STEP);
    file = files_of(g.l.tmp, text_printf(g.l.tmp, "%s/report", dict->dir), &n);
    all->report = talloc_zero_array(all, struct report, n + 1);
    for (size_t i = 0; i < n; i++) {
        g.r = &all->report[all->n++];
        report_load(&g, file[i]);
    }
    links_check(all, errs);
    talloc_free(g.l.tmp);
    return all;
}

char *report_text(void *ctx, const char *text, const char *from, const char *to)
{
    char *out = talloc_strdup(ctx, "");

    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "{");

        out = talloc_asprintf_append(out, "%.*s", (int)n, p);
        p += n;
        if (strncmp(p, "{from}", 6) == 0 || strncmp(p, "{to}", 4) == 0) {
            out = talloc_asprintf_append(out, "%s", p[1] == 'f' ? from : to);
            p += p[1] == 'f' ? 6 : 4;
        } else if (*p) {
            out = talloc_asprintf_append(out, "%c", *p++);
        }
    }
    return out;
}

const struct report *reports_find(const struct reports *all, const char *name)
{
    for (size_t i = 0; all && name && i < all->n; i++)
        if (strcmp(all->report[i].name, name) == 0)
            return &all->report[i];
    return NULL;
}
