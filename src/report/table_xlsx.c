/* The sheet of a workbook, as WPS, Excel, LibreOffice and libraries write it. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/xlsx_part.h"

#define SHEET_MAX (1u << 30)
#define CELL_MAX  131072 /* bytes; Excel's limit is 32,767 characters */
#define MERGE_MAX 20000

/* One text for several rows of a column; a sheet names them behind its rows. */
struct merge {
    long top, bottom;
    size_t column;
    char *text; /* once the top was read */
};

struct xlsx_source {
    struct xlsx_book book;
    struct xlsx_xml *xml;
    long row;
    size_t column;
    char kind[12]; /* of the cell: s inlineStr str b e d n */
    size_t style;
    bool value; /* inside of v, or of t of an inline text */
    bool phonetic;
    char *text;
    size_t len;
    struct merge *merge;        /* by top */
    size_t nmerge, first, last; /* those that may reach this row: first … last-1 */
};

/* "BC12" is column 54; cells without a place follow the one before. */
static size_t column_of(const char *ref, size_t dflt)
{
    size_t n = 0;
    if (!ref)
        return dflt;
    for (; *ref >= 'A' && *ref <= 'Z' && n <= REPORT_COLUMNS_MAX; ref++)
        n = n * 26 + (size_t)(*ref - 'A') + 1;
    return n ? n - 1 : dflt;
}

/* --- merged cells --- */

static long row_of(const char *ref)
{
    return strtol(ref + strspn(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), NULL, 10);
}

static void on_merge(void *arg, const char *name, const char **a)
{
    struct xlsx_xml *x = arg;
    struct xlsx_source *s = x->arg;
    const char *ref = strcmp(xlsx_name(name), "mergeCell") == 0 ? xlsx_attr(a, "ref") : NULL;
    const char *to = ref ? strchr(ref, ':') : NULL;
    struct merge m = {.column = column_of(ref, REPORT_COLUMNS_MAX)};
    if (!to || s->nmerge == MERGE_MAX || m.column >= REPORT_COLUMNS_MAX)
        return;
    m.top = row_of(ref);
    m.bottom = row_of(to + 1);
    if (m.bottom <= m.top)
        return;
    if ((s->nmerge & (s->nmerge - 1)) == 0) { /* a power of two, or none: double */
        s->merge = talloc_realloc(s, s->merge, struct merge, (unsigned)s->nmerge * 2 + 1);
        MUST(s->merge);
    }
    s->merge[s->nmerge++] = m;
}

static int by_top(const void *a, const void *b)
{
    const struct merge *x = a, *y = b;
    return (x->top > y->top) - (x->top < y->top);
}

/* The top's text stands for every row of the merged cell, as a person sees it. */
static void fill_merged(struct xlsx_source *s, struct table *t)
{
    while (s->last < s->nmerge && s->merge[s->last].top <= s->row)
        s->last++;
    while (s->first < s->last && s->merge[s->first].bottom < s->row)
        s->first++;
    for (size_t i = s->first; i < s->last; i++) {
        struct merge *m = &s->merge[i];
        bool empty = m->column >= t->now->n || !*t->now->cell[m->column];
        if (m->top == s->row && !empty)
            m->text = talloc_strdup(s->merge, t->now->cell[m->column]);
        else if (m->text && empty && m->top < s->row && s->row <= m->bottom)
            table_row_cell(t, m->column, talloc_strdup(t->hold, m->text));
    }
}

/* --- cells --- */

static void begin_row(struct xlsx_source *s, struct table *t, const char **a)
{
    const char *ref = xlsx_attr(a, "r");
    long n = ref ? strtol(ref, NULL, 10) : 0;
    s->row = n > s->row ? n : s->row + 1;
    s->column = (size_t)-1;
    table_row_begin(t, s->row);
}

static void begin_cell(struct xlsx_source *s, const char **a)
{
    const char *kind = xlsx_attr(a, "t"), *style = xlsx_attr(a, "s");
    s->column = column_of(xlsx_attr(a, "r"), s->column + 1);
    strncpy(s->kind, kind ? kind : "n", sizeof s->kind - 1);
    s->style = style ? strtoul(style, NULL, 10) : 0;
    s->len = 0;
    s->value = false;
}

static void on_start(void *arg, const char *name, const char **a)
{
    struct xlsx_xml *x = arg;
    struct xlsx_source *s = x->arg;
    name = xlsx_name(name);
    if (strcmp(name, "row") == 0)
        begin_row(s, x->table, a);
    else if (!x->table->now)
        return;
    else if (strcmp(name, "c") == 0)
        begin_cell(s, a);
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = true;
    else if (strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && !s->phonetic))
        s->value = true;
}

static char *shared(struct xlsx_source *s, struct table *t, const char *index)
{
    char *end;
    unsigned long i = strtoul(index, &end, 10);
    if (end == index || *end || i >= s->book.nstring)
        return NULL;
    return talloc_strdup(t->hold, s->book.text + s->book.start[i]);
}

static char *number(struct xlsx_source *s, struct table *t, const char *raw)
{
    if (s->style < s->book.nstyle && s->book.date_style[s->style]) {
        char *date = table_cell_date(t->hold, raw, s->book.from_1904);
        if (date)
            return date;
    }
    char *full = table_cell_number(t->hold, raw, false);
    if (full)
        return full;
    table_row_bad(t, s->column, "lost_digits", table_cell_lost(t->hold, raw));
    return talloc_strdup(t->hold, raw);
}

/* What the cell says, or NULL when the file is broken. */
static char *cell_text(struct xlsx_source *s, struct table *t)
{
    const char *raw = s->len ? s->text : "";
    if (strcmp(s->kind, "s") == 0 && *raw) {
        char *text = shared(s, t, raw);
        if (text)
            xlsx_unescape(text);
        return text;
    }
    if (strcmp(s->kind, "n") == 0 && *raw)
        return number(s, t, raw);
    char *text = talloc_strdup(t->hold, raw);
    if (strcmp(s->kind, "b") == 0)
        return talloc_strdup(t->hold, *raw == '1' ? HAN_("是") : HAN_("否"));
    if (strcmp(s->kind, "e") == 0)
        table_row_bad(t, s->column, "cell_error",
                      text_printf(t->hold, _("“%s”是电子表格的错误值，请改正这一格"), raw));
    xlsx_unescape(text);
    return text;
}

static void end_cell(struct xlsx_xml *x, struct xlsx_source *s)
{
    struct table *t = x->table;
    if (s->column >= REPORT_COLUMNS_MAX && s->len == 0)
        return;
    char *text = cell_text(s, t);
    if (!text) {
        xlsx_xml_stop(x, table_fail(t, HE_FORMAT,
                                    _("%s 第 %ld 行的内容不完整，请在 WPS 或 Excel 里另存一份"),
                                    t->path, s->row));
        return;
    }
    int r = table_row_cell(t, s->column, text);
    if (r < 0)
        xlsx_xml_stop(x, r);
}

static void on_end(void *arg, const char *name)
{
    struct xlsx_xml *x = arg;
    struct xlsx_source *s = x->arg;
    name = xlsx_name(name);
    if (strcmp(name, "sheetData") == 0) {
        xlsx_xml_stop(x, 0);
        return;
    }
    if (!x->table->now)
        return;
    if (strcmp(name, "row") == 0) {
        if (x->table->filled)
            fill_merged(s, x->table);
        table_row_end(x->table);
    } else if (strcmp(name, "c") == 0)
        end_cell(x, s);
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = false;
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        s->value = false;
}

static void on_chars(void *arg, const char *text, int n)
{
    struct xlsx_xml *x = arg;
    struct xlsx_source *s = x->arg;
    if (!s->value)
        return;
    if (s->len + (size_t)n >= CELL_MAX) {
        xlsx_xml_stop(x, table_fail(x->table, HE_FORMAT, _("第 %ld 行有一格的内容太长"), s->row));
        return;
    }
    memcpy(s->text + s->len, text, (size_t)n);
    s->len += (size_t)n;
    s->text[s->len] = '\0';
}

static int xlsx_fill(struct table *t)
{
    struct xlsx_source *s = t->from;
    return xlsx_xml_step(s->xml);
}

/* The sheet is read twice: merged cells are known at its end only. */
static int read_merges(struct table *t, struct xlsx_source *s)
{
    static const struct xlsx_reader how = {on_merge, NULL, NULL, SHEET_MAX};
    int r = xlsx_part_read(t, s->book.zip, s->book.sheet, &how, s);
    if (s->nmerge)
        qsort(s->merge, s->nmerge, sizeof(*s->merge), by_top);
    t->problem = NULL; /* said where the rows end */
    return r == HE_NOTFOUND ? r : 0;
}

int table_xlsx_open(struct table *t)
{
    static const struct xlsx_reader how = {on_start, on_end, on_chars, SHEET_MAX};
    struct xlsx_source *s = talloc_zero(t, struct xlsx_source);
    MUST(s);
    s->text = talloc_size(s, CELL_MAX);
    MUST(s->text);
    t->from = s;
    t->fill = xlsx_fill;
    int r = xlsx_book_open(t, &s->book);
    if (r == 0)
        r = read_merges(t, s);
    if (r == 0)
        r = xlsx_xml_open(t, s->book.zip, s->book.sheet, &how, s, &s->xml);
    if (r == HE_NOTFOUND)
        return table_fail(t, HE_FORMAT, _("%s 里没有工作表 %s，请在 WPS 或 Excel 里另存一份"),
                          t->path, s->book.sheet);
    return r;
}
