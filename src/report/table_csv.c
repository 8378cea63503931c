/*
 * Text tables. The file is read in pieces that end with a line break: neither the trail bytes of
 * GB18030 nor those of UTF-8 hold one, so a piece converts alone, and a file of any length takes
 * the same memory. libcsv is strict here: a quote out of place is a mistake with a row number and
 * not a guess that swallows the rows behind it.
 */
#include "report/table_in.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"

#define PIECE   (256u << 10)
#define ROW_MAX (1u << 20)

struct csv_source {
    struct csv_parser parser;
    struct table *table;
    char buf[PIECE];
    size_t have;
    bool eof, after_cr, begun;
    long row;        /* finished ones */
    size_t row_from; /* bytes of the unfinished one so far */
    size_t column;
    int err;
};

static int source_destroy(struct csv_source *s)
{
    csv_free(&s->parser);
    return 0;
}

/* Fills buf; how many of its bytes make a piece: up to the last line break, all at the end. */
static int read_piece(struct table *t, struct csv_source *s, size_t *len)
{
    while (!s->eof && s->have < PIECE) {
        ssize_t n = read(t->fd, s->buf + s->have, PIECE - s->have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return table_fail(t, HE_IO, _("读不出 %s：%s"), t->path, strerror(errno));
        s->eof = n == 0;
        s->have += (size_t)n;
    }
    size_t unit = t->enc == CONV_UTF16LE || t->enc == CONV_UTF16BE ? 2 : 1;
    size_t low = t->enc == CONV_UTF16BE ? 1 : 0, n = s->have - s->have % unit;
    if (s->eof) {
        *len = s->have;
        return 0;
    }
    for (; n >= unit; n -= unit) {
        const char *c = s->buf + n - unit;
        if ((c[low] == '\n' || c[low] == '\r') && (unit == 1 || c[1 - low] == '\0'))
            break;
    }
    *len = n;
    return n >= unit ? 0
                     : table_fail(t, HE_FORMAT, _("第 %ld 行太长，这个文件不像表格"), s->row + 1);
}

static void keep_rest(struct csv_source *s, size_t used)
{
    memmove(s->buf, s->buf + used, s->have - used);
    s->have -= used;
}

/* --- encoding --- */

/* UTF-8 when every piece is; else GB18030, whose mistakes are found when its rows are read. */
static int detect(struct table *t, struct csv_source *s, size_t *bom)
{
    enum conv_enc enc;
    size_t len;
    bool utf8 = true;
    *bom = 0;
    for (bool first = true; utf8 && !(s->eof && s->have == 0); first = false) {
        int r = read_piece(t, s, &len);
        if (r < 0)
            return r;
        size_t skip = 0;
        if (first && conv_detect(s->buf, len, &enc, &skip) == 0 && skip) {
            t->enc = enc;
            *bom = skip;
            return 0;
        }
        if (memchr(s->buf, '\0', len))
            return table_fail(t, HE_FORMAT,
                              _("%s 不是文本，请另存为 .xlsx 或 CSV UTF-8；若是 Unicode 文本，"
                                "请加 --encoding utf-16le"),
                              t->path);
        utf8 = text_valid(s->buf, len);
        keep_rest(s, len);
    }
    t->enc = utf8 ? CONV_UTF8 : CONV_GB18030;
    return 0;
}

static int rewind_to(struct table *t, struct csv_source *s, size_t offset)
{
    s->have = 0;
    s->eof = false;
    return lseek(t->fd, (off_t)offset, SEEK_SET) < 0 ? HE_IO : 0;
}

/* --- cells and rows --- */

static void begin_row(struct csv_source *s)
{
    if (!s->begun)
        table_row_begin(s->table, s->row + 1);
    s->begun = true;
}

static void on_cell(void *bytes, size_t len, void *arg)
{
    struct csv_source *s = arg;
    struct table *t = s->table;
    begin_row(s);
    char *text = talloc_strndup(t->hold, bytes ? bytes : "", len);
    MUST(text);
    table_cell_unguard(text);
    if (table_cell_short(text)) {
        char *full = table_cell_number(t->hold, text, true);
        if (full)
            text = full;
        else
            table_row_bad(t, s->column, "lost_digits", table_cell_lost(t->hold, text));
    }
    int r = table_row_cell(t, s->column++, text);
    if (r < 0 && s->err == 0)
        s->err = r;
}

static void on_row(int sign, void *arg)
{
    struct csv_source *s = arg;
    (void)sign;
    begin_row(s);
    table_row_end(s->table);
    s->begun = false;
    s->row++;
    s->column = 0;
    s->row_from = 0;
}

/* All line breaks become LF, in place; an empty line then is one row, as spreadsheets count. */
static size_t plain_breaks(struct csv_source *s, char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool second = text[i] == '\n' && s->after_cr;
        s->after_cr = text[i] == '\r';
        if (!second)
            text[n++] = text[i] == '\r' ? '\n' : text[i];
    }
    return n;
}

static int feed(struct table *t, struct csv_source *s, const char *text, size_t len)
{
    s->row_from += len;
    size_t used = csv_parse(&s->parser, text, len, on_cell, on_row, s);
    if (used < len || (s->row_from > ROW_MAX && s->parser.quoted))
        return table_fail(
            t, HE_FORMAT,
            _("第 %ld 行的引号不成对或放错了位置，请改正这一行，或另存为 .xlsx 再导入"),
            s->row + 1);
    return s->err;
}

static int finish(struct table *t, struct csv_source *s)
{
    if (csv_fini(&s->parser, on_cell, on_row, s) == 0)
        return s->err;
    return table_fail(t, HE_FORMAT,
                      _("第 %ld 行的引号没有成对，请改正这一行，或另存为 .xlsx 再导入"),
                      s->row + 1);
}

static int bad_bytes(struct table *t, struct csv_source *s, size_t bad_at)
{
    long row = s->row + 1;
    for (size_t i = 0; i < bad_at && i < s->have; i++)
        row += s->buf[i] == '\n';
    return table_fail(t, HE_FORMAT,
                      _("第 %ld 行附近有不是 %s 的字节，请另存为 .xlsx 或 CSV UTF-8 再导入"), row,
                      conv_enc_name(t->enc));
}

static int csv_fill(struct table *t)
{
    struct csv_source *s = t->from;
    size_t len, n, bad_at;
    char *text;
    int r = read_piece(t, s, &len);
    if (r < 0)
        return r;
    if (len > 0) {
        r = conv_to_utf8(s, s->buf, len, t->enc, &text, &n, &bad_at);
        if (r < 0)
            return bad_bytes(t, s, bad_at);
        r = feed(t, s, text, plain_breaks(s, text, n));
        talloc_free(text);
        keep_rest(s, len);
    }
    if (r == 0 && s->eof && s->have == 0) {
        r = finish(t, s);
        return r;
    }
    return r < 0 ? r : 1;
}

/* --- opening --- */

/* The sign that stands most often in the first line, outside of quotes. */
static char find_separator(const char *text)
{
    static const char signs[] = ",\t;";
    size_t count[3] = {0}, best = 0;
    bool quoted = false;
    text += strspn(text, "\n");
    for (; *text && (quoted || *text != '\n'); text++) {
        if (*text == '"')
            quoted = !quoted;
        const char *hit = quoted ? NULL : strchr(signs, *text);
        if (hit)
            count[hit - signs]++;
    }
    for (size_t i = 1; i < NELEM(count); i++)
        if (count[i] > count[best])
            best = i;
    return signs[best];
}

/* Reads the first piece for the separator; a line "sep=;" of Excel says it and is no row. */
static int open_separator(struct table *t, struct csv_source *s, size_t bom)
{
    size_t len, n, bad_at, skip = 0;
    char *text;
    int r = read_piece(t, s, &len);
    if (r < 0)
        return r;
    if (conv_to_utf8(s, s->buf, len, t->enc, &text, &n, &bad_at) < 0)
        return bad_bytes(t, s, bad_at);
    plain_breaks(s, text, n + 1);
    s->after_cr = false;
    char sign = find_separator(text);
    if (strncmp(text, "sep=", 4) == 0 && text[4] && text[5] == '\n') {
        const char *eol = memchr(s->buf, '\n', len);
        sign = text[4];
        skip = eol && t->enc != CONV_UTF16LE && t->enc != CONV_UTF16BE ? (size_t)(eol - s->buf) + 1
                                                                       : 0;
        s->row = skip ? 1 : 0;
    }
    talloc_free(text);
    csv_set_delim(&s->parser, (unsigned char)sign);
    return rewind_to(t, s, bom + skip);
}

int table_csv_open(struct table *t)
{
    struct csv_source *s = talloc_zero(t, struct csv_source);
    size_t bom = 0;
    MUST(s && csv_init(&s->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) == 0);
    talloc_set_destructor(s, source_destroy);
    s->table = t;
    t->from = s;
    t->fill = csv_fill;
    int r = t->enc == CONV_AUTO ? detect(t, s, &bom) : 0;
    if (r == 0)
        r = rewind_to(t, s, bom);
    if (r == 0)
        r = open_separator(t, s, bom);
    return r;
}
