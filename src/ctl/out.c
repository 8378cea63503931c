/* Tables, CSV and JSON on stdout; sentences on stderr. */
#include "ctl/out.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/conv.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "report/table_write.h"

#define TABLE_ROWS 500 /* kept to measure the columns */
#define CELL_COLS  40  /* of a table; longer texts are cut */

static bool gb_out, gb_err; /* terminals that take GB18030 */
static bool progress_shown;

static void put(FILE *f, bool gb, const char *s)
{
    char *bytes;
    size_t len;
    if (!gb) {
        fputs(s, f);
        return;
    }
    if (conv_from_utf8(NULL, s, strlen(s), CONV_GB18030, "?", &bytes, &len) == 0) {
        fwrite(bytes, 1, len, f);
        talloc_free(bytes);
    }
}

__attribute__((format(printf, 3, 0))) static void put_va(FILE *f, bool gb, const char *fmt,
                                                         va_list ap, const char *end)
{
    char *s = talloc_vasprintf(NULL, fmt, ap);
    MUST(s);
    char *safe = text_visible(NULL, s, TEXT_MULTILINE);
    put(f, gb, safe);
    put(f, gb, end);
    talloc_free(safe);
    talloc_free(s);
}

void out_print(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    put_va(stdout, gb_out, fmt, ap, "");
    va_end(ap);
}

void out_say(const char *fmt, ...)
{
    va_list ap;
    out_progress("%s", "");
    va_start(ap, fmt);
    put_va(stderr, gb_err, fmt, ap, "\n");
    va_end(ap);
}

void out_progress(const char *fmt, ...)
{
    va_list ap;
    if (!isatty(STDERR_FILENO))
        return;
    va_start(ap, fmt);
    char *s = talloc_vasprintf(NULL, fmt, ap);
    va_end(ap);
    MUST(s);
    if (*s || progress_shown) {
        put(stderr, gb_err, "\r\033[K");
        put(stderr, gb_err, s);
        fflush(stderr);
    }
    progress_shown = *s != '\0';
    talloc_free(s);
}

void out_json(const struct node *n)
{
    char *s = node_json(NULL, n);
    put(stdout, gb_out, s);
    put(stdout, gb_out, "\n");
    talloc_free(s);
}

/* --- rows --- */

struct out {
    enum out_format format;
    size_t n;
    struct out_column *column;
    int *width;
    char ***row; /* of a table, waiting to be measured */
    size_t nrow;
    bool headed;
};

static const char *label_of(const struct out_column *c)
{
    return c->label ? lang_text(c->label) : c->key;
}

struct out *out_open(void *ctx, enum out_format format, const struct out_column *column, size_t n)
{
    struct out *o = talloc_zero(ctx, struct out);
    MUST(o);
    o->format = format;
    o->column = talloc_zero_array(o, struct out_column, n + 1);
    o->width = talloc_zero_array(o, int, n + 1);
    MUST(o->column && o->width);
    for (size_t i = 0; i < n; i++)
        if (format == OUT_JSON || !column[i].json_only) {
            o->column[o->n] = column[i];
            o->width[o->n++] = text_width(label_of(&column[i]), 2);
        }
    const char **key = talloc_array(o, const char *, o->n);
    for (size_t i = 0; i < o->n; i++)
        key[i] = o->column[i].key;
    if (format == OUT_CSV)
        table_csv_row(stdout, key, o->n, false);
    return o;
}

static void json_row(struct out *o, const char *const *cell)
{
    struct node *n = node_map(o);
    for (size_t i = 0; i < o->n; i++) {
        const char *key = o->column[i].key;
        if (o->column[i].number && cell[i])
            node_int(n, key, strtoll(cell[i], NULL, 10));
        else
            node_str(n, key, cell[i]);
    }
    out_json(n);
    talloc_free(n);
}

static void pad(int n)
{
    while (n-- > 0)
        putchar(' ');
}

static void print_line(struct out *o, const char *const *cell)
{
    for (size_t i = 0; i < o->n; i++) {
        int w = text_width(cell[i], 2), room = o->width[i] - w;
        if (o->column[i].number)
            pad(room);
        put(stdout, gb_out, cell[i]);
        if (i + 1 < o->n)
            pad((o->column[i].number ? 0 : room) + 2);
    }
    putchar('\n');
}

static void print_rows(struct out *o)
{
    const char **head = talloc_array(o, const char *, o->n + 1);
    MUST(head);
    for (size_t i = 0; i < o->n; i++)
        head[i] = label_of(&o->column[i]);
    if (!o->headed)
        print_line(o, head);
    o->headed = true;
    for (size_t r = 0; r < o->nrow; r++)
        print_line(o, (const char *const *)o->row[r]);
    talloc_free(o->row);
    talloc_free(head);
    o->row = NULL;
    o->nrow = 0;
}

/* One line without control characters, at most CELL_COLS wide. */
static char *shown(void *ctx, const char *cell)
{
    int used;
    char *s = text_visible(ctx, cell ? cell : "", 0);
    size_t n = text_fit(s, CELL_COLS, 2, &used);
    if (s[n] == '\0')
        return s;
    n = text_fit(s, CELL_COLS - 2, 2, &used);
    return text_printf(ctx, "%.*s..", (int)n, s);
}

static void table_row(struct out *o, const char *const *cell)
{
    if (!o->row) {
        o->row = talloc_array(o, char **, TABLE_ROWS);
        MUST(o->row);
    }
    char **row = talloc_array(o->row, char *, o->n + 1);
    MUST(row);
    for (size_t i = 0; i < o->n; i++) {
        row[i] = shown(row, cell[i]);
        int w = text_width(row[i], 2);
        if (w > o->width[i])
            o->width[i] = w;
    }
    o->row[o->nrow++] = row;
    if (o->nrow == TABLE_ROWS)
        print_rows(o);
}

void out_row(struct out *o, const char *const *cell)
{
    if (o->format == OUT_JSON)
        json_row(o, cell);
    else if (o->format == OUT_CSV)
        table_csv_row(stdout, cell, o->n, false);
    else
        table_row(o, cell);
}

void out_node(struct out *o, const struct node *row)
{
    void *tmp = talloc_new(o);
    const char **cell = talloc_zero_array(tmp, const char *, o->n + 1);
    MUST(cell);
    for (size_t i = 0; i < o->n; i++) {
        const struct node *v = node_get(row, o->column[i].key);
        if (v && v->type == NODE_INT)
            cell[i] = text_printf(tmp, "%lld", (long long)v->num);
        else if (v && v->type == NODE_STR)
            cell[i] = v->str;
    }
    out_row(o, cell);
    talloc_free(tmp);
}

void out_list(void *ctx, enum out_format format, const struct out_column *column, size_t n,
              const struct node *rows)
{
    struct out *o = out_open(ctx, format, column, n);
    for (const struct node *e = node_first(rows); e; e = e->next)
        out_node(o, e);
    out_close(o);
}

void out_close(struct out *o)
{
    if (o->format == OUT_TABLE && (o->nrow > 0 || !o->headed))
        print_rows(o);
    talloc_free(o);
}

/* --- the ends --- */

void out_start(void *ctx, int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    bool gb = strncmp(nl_langinfo(CODESET), "GB", 2) == 0;
    gb_out = gb && isatty(STDOUT_FILENO);
    gb_err = gb && isatty(STDERR_FILENO);
    for (int i = 0; i < argc; i++) {
        char *utf8;
        size_t len, bad;
        if (!text_valid(argv[i], strlen(argv[i])) &&
            conv_to_utf8(ctx, argv[i], strlen(argv[i]), CONV_GB18030, &utf8, &len, &bad) == 0)
            argv[i] = utf8;
    }
}

int out_finish(void)
{
    out_progress("%s", "");
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fputs("hutongctl: ", stderr);
    out_say(_("输出没有写完"));
    return HE_IO;
}
