/*
 * Reads a code table (libcsv, its only use in this room) and looks values up. Every spelling of
 * every value is folded once at load and sorted, because an import asks for millions.
 */
#include "form/codes.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/load.h"

#define CODES_FILE_MAX (4u << 20)
#define CODES_MAX      10000
#define CODE_CHARS     20
#define CODES_POOL     1024 /* most tables are small */

enum { COL_CODE, COL_LABEL, COL_EN, COL_ALIAS, COL_FROM, COL_TO, COL_CLASS, COL_MAP, COL_COUNT };

static const char *const codes_heading[COL_COUNT] = {"code", "label", "en",    "alias",
                                                     "from", "to",    "class", "map"};

struct codes_key {
    const char *fold;
    size_t code; /* index */
};

struct codes_reader {
    struct codes *out;
    struct load_pool *pool;
    void *tmp;
    void *row; /* a pool, emptied after each row */
    struct conf_errors *errs;
    const char *file;
    int *lines; /* of each code */
    int line;   /* where the row began */
    bool began, heading_seen;
    size_t columns;
    char *cell[COL_COUNT];
};

const struct code *codes_find(const struct codes *t, const char *code)
{
    size_t lo = 0, hi = t->n;

    for (size_t i = 0; !t->ordered && i < t->n; i++)
        if (strcmp(t->code[i].code, code) == 0)
            return &t->code[i];
    while (t->ordered && lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(t->code[mid].code, code);

        if (c == 0)
            return &t->code[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const char *codes_label(const struct codes *t, const char *code)
{
    const struct code *c = codes_find(t, code);

    return c != NULL ? c->label : code;
}

static int codes_key_cmp(const void *a, const void *b)
{
    const struct codes_key *x = a, *y = b;
    int c = strcmp(x->fold, y->fold);

    return c != 0 ? c : (x->code > y->code) - (x->code < y->code);
}

/* First key not below fold. */
static size_t codes_key_seek(const struct codes *t, const char *fold)
{
    size_t lo = 0, hi = t->nkey;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(t->key[mid].fold, fold) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Several values of one spelling: the only one still in force, else none. */
static const struct code *codes_choose(const struct codes *t, const char *fold)
{
    const struct code *first = NULL, *open = NULL;
    bool several = false;
    size_t nopen = 0;

    for (size_t i = codes_key_seek(t, fold); i < t->nkey && strcmp(t->key[i].fold, fold) == 0;
         i++) {
        const struct code *c = &t->code[t->key[i].code];

        several = several || (first != NULL && c != first);
        first = first == NULL ? c : first;
        if (c->to.y == 0 && c != open) {
            open = c;
            nopen++;
        }
    }
    if (!several)
        return first;
    return nopen == 1 ? open : NULL;
}

const struct code *codes_lookup(const struct codes *t, const char *typed)
{
    const struct code *c = codes_find(t, typed);
    char *fold;

    if (c != NULL)
        return c;
    fold = text_fold(NULL, typed);
    c = *fold != '\0' ? codes_choose(t, fold) : NULL;
    talloc_free(fold);
    return c;
}

static void codes_read_date(struct codes_reader *r, int column, struct date *out)
{
    const char *s = r->cell[column];

    if (*s != '\0' && (date_parse(s, out) != 0 || out->d == 0))
        conf_error(r->errs, r->file, r->line, "%s 应是 2020-01-31 这样的日期，不能是“%s”",
                   codes_heading[column], s);
}

static void codes_read_class(struct codes_reader *r, struct code *c)
{
    const char *s = r->cell[COL_CLASS];

    c->class = CLASS_A;
    if (strcmp(s, "C") == 0)
        c->class = CLASS_C;
    else if (strcmp(s, "D") == 0)
        c->class = CLASS_D;
    else if (*s != '\0')
        conf_error(r->errs, r->file, r->line, "class 只能是 C、D 或空，不能是“%s”", s);
}

static void codes_read_alias(struct codes_reader *r, struct code *c)
{
    static const char *none[] = {NULL};
    char *list = r->cell[COL_ALIAS], *save = NULL;
    size_t n = 0, max = 1;

    c->alias = none;
    if (*list == '\0')
        return;
    for (const char *p = list; *p != '\0'; p++)
        max += *p == '|';
    c->alias = talloc_zero_array(r->out->code, const char *, max + 1);
    MUST(c->alias != NULL);
    for (char *one = strtok_r(list, "|", &save); one != NULL; one = strtok_r(NULL, "|", &save)) {
        const char *tidy = text_clean(r->row, one, 0, NULL);

        if (*tidy != '\0')
            c->alias[n++] = load_pool_text(r->pool, tidy);
    }
}

static void codes_check_code(struct codes_reader *r, const char *code)
{
    size_t n = strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-");

    if (*code == '\0')
        conf_error(r->errs, r->file, r->line, "缺少代码");
    else if (code[n] != '\0' || n > CODE_CHARS)
        conf_error(r->errs, r->file, r->line, "代码“%s”不合规定：最多 %d 个数字、字母或 _ . -",
                   code, CODE_CHARS);
    if (r->out->n == 0 || (r->out->ordered && strcmp(r->out->code[r->out->n - 1].code, code) < 0)) {
        r->out->ordered = true;
        return;
    }
    r->out->ordered = false;
    for (size_t i = 0; i < r->out->n; i++)
        if (*code != '\0' && strcmp(r->out->code[i].code, code) == 0)
            conf_error(r->errs, r->file, r->line, "代码“%s”重复，第 %d 行已有", code, r->lines[i]);
}

/* Room for one more; code and lines grow together. */
static struct code *codes_grow(struct codes_reader *r)
{
    size_t n = r->out->n;

    if ((n & (n - 1)) == 0) {
        size_t room = n == 0 ? 1 : 2 * n;

        r->out->code = talloc_realloc(r->tmp, r->out->code, struct code, room);
        r->lines = talloc_realloc(r->tmp, r->lines, int, room);
        MUST(r->out->code != NULL && r->lines != NULL);
    }
    r->lines[n] = r->line;
    memset(&r->out->code[n], 0, sizeof r->out->code[n]);
    return &r->out->code[n];
}

static void codes_read_row(struct codes_reader *r)
{
    struct code *c;

    if (r->out->n >= CODES_MAX)
        return;
    codes_check_code(r, r->cell[COL_CODE]);
    c = codes_grow(r);
    c->code = load_pool_text(r->pool, r->cell[COL_CODE]);
    c->label = load_pool_text(r->pool, r->cell[COL_LABEL]);
    if (*c->label == '\0')
        conf_error(r->errs, r->file, r->line, "代码“%s”没有 label", c->code);
    c->en = *r->cell[COL_EN] != '\0' ? load_pool_text(r->pool, r->cell[COL_EN]) : NULL;
    codes_read_alias(r, c);
    codes_read_date(r, COL_FROM, &c->from);
    codes_read_date(r, COL_TO, &c->to);
    if (c->from.y != 0 && c->to.y != 0 && date_cmp(c->from, c->to) > 0)
        conf_error(r->errs, r->file, r->line, "from 晚于 to");
    codes_read_class(r, c);
    c->map = *r->cell[COL_MAP] != '\0' ? load_pool_text(r->pool, r->cell[COL_MAP]) : NULL;
    if (++r->out->n == CODES_MAX)
        conf_error(r->errs, r->file, r->line, "代码表最多 %d 行", CODES_MAX);
}

static void codes_read_heading(struct codes_reader *r)
{
    bool good = r->columns == COL_COUNT;

    for (size_t i = 0; good && i < COL_COUNT; i++)
        good = strcmp(r->cell[i], codes_heading[i]) == 0;
    if (!good)
        conf_error(r->errs, r->file, r->line, "标题行应是 code,label,en,alias,from,to,class,map");
    r->heading_seen = true;
}

static void codes_cell(void *s, size_t len, void *arg)
{
    static char empty[1]; /* most cells are, and the table of places has 30,000 */
    struct codes_reader *r = arg;
    size_t i = r->columns++;

    r->began = true;
    if (i >= COL_COUNT)
        return;
    r->cell[i] =
        s == NULL || len == 0 ? empty : text_clean(r->row, talloc_strndup(r->row, s, len), 0, NULL);
}

static void codes_row_end(int c, void *arg)
{
    struct codes_reader *r = arg;

    (void)c;
    for (size_t i = r->columns; i < COL_COUNT; i++)
        r->cell[i] = talloc_strdup(r->row, "");
    if (!r->heading_seen)
        codes_read_heading(r);
    else if (r->columns > COL_COUNT)
        conf_error(r->errs, r->file, r->line,
                   "这一行有 %zu 列，应是 %d 列：内容里有逗号时要用双引号括起来", r->columns,
                   COL_COUNT);
    else
        codes_read_row(r);
    r->columns = 0;
    r->began = false;
    talloc_free_children(r->row);
}

/* Fed line by line, so that a row knows the line on which it began. */
static void codes_parse_csv(struct codes_reader *r, const char *s, int line)
{
    struct csv_parser p;
    const char *fed = s;

    MUST(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) == 0);
    for (bool good = true; good && *s != '\0'; line++) {
        const char *nl = strchr(s, '\n');
        size_t n = nl != NULL ? (size_t)(nl - s) + 1 : strlen(s);

        /* An open quote keeps the row; began alone misses a quoted first cell. */
        if (!r->began && !(fed != s && p.quoted))
            r->line = line;
        good = csv_parse(&p, s, n, codes_cell, codes_row_end, r) == n;
        if (!good)
            conf_error(r->errs, r->file, r->line, "双引号不成对");
        s += n;
        if (*s == '\0' && good && csv_fini(&p, codes_cell, codes_row_end, r) != 0)
            conf_error(r->errs, r->file, r->line, "双引号不成对");
    }
    csv_free(&p);
}

static void codes_build_keys(struct codes_reader *r)
{
    struct codes *t = r->out;
    size_t max = 0;

    for (size_t i = 0; i < t->n; i++) {
        max += 3;
        for (size_t a = 0; t->code[i].alias[a] != NULL; a++)
            max++;
    }
    t->key = talloc_array(t->code, struct codes_key, max);
    MUST(t->key != NULL);
    for (size_t i = 0; i < t->n; i++) {
        const struct code *c = &t->code[i];
        const char *words[] = {c->code, c->label, c->en};

        for (size_t w = 0; w < NELEM(words); w++)
            if (words[w] != NULL && *words[w] != '\0')
                t->key[t->nkey++] =
                    (struct codes_key){load_pool_text(r->pool, text_fold(r->row, words[w])), i};
        for (size_t a = 0; c->alias[a] != NULL; a++)
            t->key[t->nkey++] =
                (struct codes_key){load_pool_text(r->pool, text_fold(r->row, c->alias[a])), i};
        talloc_free_children(r->row);
    }
    if (t->nkey > 0)
        qsort(t->key, t->nkey, sizeof *t->key, codes_key_cmp);
}

static bool codes_overlap(const struct code *a, const struct code *b)
{
    bool a_first = a->to.y != 0 && b->from.y != 0 && date_cmp(a->to, b->from) < 0;
    bool b_first = b->to.y != 0 && a->from.y != 0 && date_cmp(b->to, a->from) < 0;

    return !a_first && !b_first;
}

/* A label twice, or an alias that means another value too: imports would guess. */
static void codes_check_spelling(struct codes_reader *r, size_t i, const char *word, bool alias)
{
    const struct codes *t = r->out;
    const char *fold = text_fold(r->tmp, word);

    for (size_t k = codes_key_seek(t, fold); k < t->nkey && strcmp(t->key[k].fold, fold) == 0;
         k++) {
        size_t o = t->key[k].code;
        bool same_label = strcmp(text_fold(r->tmp, t->code[o].label), fold) == 0;

        if (o == i || !codes_overlap(&t->code[i], &t->code[o]))
            continue;
        if (!alias && (!same_label || o > i))
            continue;
        conf_error(r->errs, r->file, r->lines[i], "%s“%s”与第 %d 行的“%s”冲突",
                   alias ? _("别名") : _("名称"), word, r->lines[o], t->code[o].label);
        return;
    }
}

static bool codes_spelled_twice(const struct codes *t)
{
    for (size_t k = 1; k < t->nkey; k++)
        if (t->key[k].code != t->key[k - 1].code && strcmp(t->key[k].fold, t->key[k - 1].fold) == 0)
            return true;
    return false;
}

static void codes_check_spellings(struct codes_reader *r)
{
    if (!codes_spelled_twice(r->out))
        return;
    for (size_t i = 0; i < r->out->n; i++) {
        const struct code *c = &r->out->code[i];

        codes_check_spelling(r, i, c->label, false);
        for (size_t a = 0; c->alias[a] != NULL; a++)
            codes_check_spelling(r, i, c->alias[a], true);
    }
}

/* Line of the first byte that is not UTF-8; 0 when all are. */
static int codes_bad_line(const char *s, size_t len)
{
    const char *end = s + len;

    for (int line = 1; s < end; line++) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));
        size_t n = nl != NULL ? (size_t)(nl - s) + 1 : (size_t)(end - s);

        if (!text_valid(s, n))
            return line;
        s += n;
    }
    return 0;
}

/* Comment lines stand before the heading; the first names the standard. Returns where the table
 * starts, *line its number. */
static const char *codes_skip_comments(struct codes_reader *r, const char *s, int *line)
{
    *line = 1;
    while (*s == '#') {
        const char *nl = strchr(s, '\n');
        size_t n = nl != NULL ? (size_t)(nl - s) : strlen(s);

        if (r->out->standard == NULL)
            r->out->standard = load_pool_text(
                r->pool, text_clean(r->tmp, talloc_strndup(r->tmp, s + 1, n - 1), 0, NULL));
        s += n + (nl != NULL);
        ++*line;
    }
    return s;
}

static void codes_read_file(struct codes_reader *r, const char *path)
{
    size_t len, before = r->errs->n;
    const char *s;
    char *bytes;
    int line;

    if (io_read_file(r->tmp, path, CODES_FILE_MAX, &bytes, &len) != 0) {
        conf_error(r->errs, r->file, 0, "读不了这个文件");
        return;
    }
    line = codes_bad_line(bytes, len);
    if (line != 0) {
        conf_error(r->errs, r->file, line, "不是 UTF-8 编码，请另存为 UTF-8");
        return;
    }
    /* Spreadsheets put a BOM before UTF-8. */
    s = codes_skip_comments(r, bytes + (strncmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0), &line);
    codes_parse_csv(r, s, line);
    if (!r->heading_seen)
        conf_error(r->errs, r->file, line, "标题行应是 code,label,en,alias,from,to,class,map");
    else if (r->out->n == 0 && r->errs->n == before)
        conf_error(r->errs, r->file, line, "代码表里没有代码");
    codes_build_keys(r);
    codes_check_spellings(r);
}

int codes_load(void *ctx, const char *path, const char *name, struct codes *out,
               struct conf_errors *errs)
{
    size_t before = errs->n;
    struct codes_reader r = {.out = out, .errs = errs, .file = path};

    memset(out, 0, sizeof *out);
    r.tmp = talloc_new(ctx);
    r.row = talloc_pool(r.tmp, 16384);
    out->code = talloc_array(r.tmp, struct code, 0);
    r.pool = load_pool_new(ctx, CODES_POOL);
    out->name = load_pool_text(r.pool, name);
    codes_read_file(&r, path);
    talloc_steal(ctx, out->code);
    talloc_free(r.tmp);
    return errs->n == before ? 0 : HE_FORMAT;
}
