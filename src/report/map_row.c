/* Rows of a file by a matched heading. */
#include "report/map_in.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"

#define SAMPLE_MIN 10 /* answers before a column is judged */

static bool means_total(const struct map *m, const char *cell)
{
    char *word = map_clean(NULL, cell);
    bool total = false;
    for (const char **t = m->total; t && *t && !total; t++)
        total = strcmp(word, *t) == 0;
    talloc_free(word);
    return total;
}

/* In the serial column, or in the first one that is not empty. */
static bool is_total(const struct map_match *m, const struct table_row *row)
{
    size_t first = 0;
    while (first < row->n && !*row->cell[first])
        first++;
    if (first < row->n && means_total(m->map, row->cell[first]))
        return true;
    for (size_t i = 0; i < row->n && i < m->n; i++)
        if (m->use[i].serial && means_total(m->map, row->cell[i]))
            return true;
    return false;
}

/* Long rosters repeat the heading on every printed page. */
static bool is_heading(const struct map_match *m, const struct table_row *row)
{
    size_t same = 0, other = 0;
    void *tmp = talloc_new(NULL);
    for (size_t i = 0; i < row->n && i < m->n && !other; i++) {
        const char *cell = map_clean(tmp, row->cell[i]);
        same += *cell && strcmp(cell, m->use[i].heading) == 0;
        other += *cell && strcmp(cell, m->use[i].heading) != 0;
    }
    talloc_free(tmp);
    return same > 1 && other == 0;
}

enum map_kind map_kind(const struct map_match *m, const struct table_row *row)
{
    if (is_total(m, row))
        return MAP_TOTAL;
    return is_heading(m, row) ? MAP_HEADING : MAP_DATA;
}

/* The cell's text without blanks around it; NULL when it says nothing. */
static const char *said(void *ctx, const struct map_use *u, const char *cell)
{
    char *text = text_clean(ctx, cell, TEXT_MULTILINE, NULL);
    if (!*text)
        return NULL;
    char *word = map_clean(ctx, text);
    for (const char **s = u->column->skip; s && *s; s++)
        if (strcmp(word, *s) == 0)
            return NULL;
    return text;
}

static void take_columns(const struct map_match *m, const struct table_row *row, struct node *v,
                         bool second, void *tmp)
{
    for (size_t i = 0; i < row->n && i < m->n; i++) {
        const struct map_use *u = &m->use[i];
        const struct map_column *c = u->column;
        if (!c || (c->unless != NULL) != second || (second && node_get(v, c->unless)))
            continue;
        const char *text = said(tmp, u, row->cell[i]);
        if (text && !node_get(v, c->path_text))
            node_str(v, c->path_text, text);
    }
}

void map_values(const struct map_match *m, const struct table_row *row, struct node *v)
{
    void *tmp = talloc_new(NULL);
    take_columns(m, row, v, false, tmp);
    take_columns(m, row, v, true, tmp);
    talloc_free(tmp);
}

void map_fields(const struct map_match *m, struct node *list)
{
    struct node *seen = node_map(NULL);
    for (size_t i = 0; i < m->n; i++) {
        const struct map_column *c = m->use[i].column;
        if (!c || node_get(seen, c->path_text))
            continue;
        node_bool(seen, c->path_text, true);
        node_str(list, NULL, c->path_text);
    }
    talloc_free(seen);
}

void map_consts(const struct map *m, struct node *v)
{
    for (size_t i = 0; i < m->nvalue; i++)
        node_str(v, m->value[i].path, m->value[i].value);
}

const struct table_bad *map_bad(const struct map_match *m, const struct table_row *row,
                                const char **path)
{
    for (size_t i = 0; i < row->nbad; i++) {
        size_t at = row->bad[i].column;
        if (at < m->n && m->use[at].column) {
            *path = m->use[at].column->path_text;
            return &row->bad[i];
        }
    }
    return NULL;
}

/* --- shifted columns --- */

/* An ID number with a wrong digit is an ID number; a place name is none. */
static bool is_of_kind(const char *code)
{
    return strcmp(code, "id_checksum") == 0 || strcmp(code, "id_date") == 0;
}

static bool fits(void *tmp, const struct map_column *c, const char *text, struct date today)
{
    char *out, *problem;
    const char *code = "";
    return type_parse(tmp, c->path.field, today, text, &out, &code, &problem) == 0 ||
           is_of_kind(code);
}

/* Names are looked up elsewhere, so their fields take no part. */
static bool can_judge(const struct map_column *c)
{
    const char *type = c->path.field->type->name;
    return !c->by_name && !c->path.field->ref_name && strcmp(type, "user") != 0 &&
           strcmp(type, "region") != 0;
}

struct map_said map_said(const struct map_match *m, size_t column)
{
    const struct map_use *u = &m->use[column];
    const char *first = u->column ? u->column->unless : NULL;
    bool spare = false;
    for (size_t i = 0; first && i < m->n; i++)
        spare = spare || (&m->use[i] != u && m->use[i].column &&
                          strcmp(m->use[i].column->path_text, first) == 0);
    return (struct map_said){.heading = u->shown,
                             .to = u->column ? &u->column->path : NULL,
                             .serial = u->serial,
                             .spare = spare};
}

char *map_show(void *ctx, const struct map_match *m, const struct table_row *row, size_t column,
               struct date today, bool *fits)
{
    const struct map_column *c = m->use[column].column;
    const char *code;
    char *value, *problem, *text = column < row->n ? talloc_strdup(ctx, row->cell[column]) : NULL;
    *fits = true;
    if (c && text)
        text = base_unconst(said(ctx, &m->use[column], text));
    if (!c || !text || !can_judge(c))
        return text ? text : talloc_strdup(ctx, "");
    *fits = type_parse(ctx, c->path.field, today, text, &value, &code, &problem) == 0;
    return *fits ? type_show(ctx, c->path.field, value) : text;
}

void map_sample(struct map_match *m, const struct table_row *row, struct date today)
{
    void *tmp = talloc_new(NULL);
    for (size_t i = 0; i < row->n && i < m->n; i++) {
        struct map_use *u = &m->use[i];
        const char *text = u->column && can_judge(u->column) ? said(tmp, u, row->cell[i]) : NULL;
        if (!text)
            continue;
        u->tried++;
        if (fits(tmp, u->column, text, today))
            continue;
        u->failed++;
        if (!u->wrong)
            u->wrong = talloc_strdup(m, text);
    }
    m->sampled++;
    talloc_free(tmp);
}

char *map_doubt(void *ctx, const struct map_match *m)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct map_use *u = &m->use[i];
        if (u->tried >= SAMPLE_MIN && u->failed * 5 > u->tried * 4)
            return text_printf(ctx,
                               _("“%s”一列的内容多半不对（如“%s”），可能是列错位了："
                                 "请对照表头检查这一列和它左右的列"),
                               u->shown, text_visible(ctx, u->wrong, 0));
    }
    return NULL;
}
