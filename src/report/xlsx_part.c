/*
 * Parts of a workbook: which sheet, shared strings, formats of dates. Everything is bounded, for a
 * few kilobytes of ZIP unpack to gigabytes, and a document type declaration (none belongs there)
 * ends the reading, so that entities cannot grow.
 */
#include "report/xlsx_part.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define PART_MAX    (8u << 20)
#define STRINGS_MAX (256u << 20) /* of XML */
#define TEXT_MAX    (96u << 20)  /* of text in it */
#define COUNT_MAX   65536        /* formats, sheets, relations */
#define STEP        65536

/* --- XML --- */

const char *xlsx_name(const char *qualified)
{
    const char *colon = strrchr(qualified, ':');
    return colon ? colon + 1 : qualified;
}

const char *xlsx_attr(const char **attrs, const char *name)
{
    for (; attrs[0]; attrs += 2)
        if (strcmp(xlsx_name(attrs[0]), name) == 0)
            return attrs[1];
    return NULL;
}

static int xml_destroy(struct xlsx_xml *x)
{
    XML_ParserFree(x->parser);
    zip_fclose(x->file);
    return 0;
}

void xlsx_xml_stop(struct xlsx_xml *x, int err)
{
    x->enough = true;
    x->err = err;
    XML_StopParser(x->parser, XML_FALSE);
}

static int broken(struct table *t, const char *part)
{
    return table_fail(t, HE_FORMAT, _("%s 已损坏 (%s)，请在 WPS 或 Excel 里打开后另存一份"),
                      t->path, part);
}

static void on_doctype(void *arg, const char *name, const char *sys, const char *pub, int internal)
{
    struct xlsx_xml *x = arg;
    (void)name, (void)sys, (void)pub, (void)internal;
    xlsx_xml_stop(x, broken(x->table, x->name));
}

int xlsx_xml_open(struct table *t, zip_t *zip, const char *name, const struct xlsx_reader *r,
                  void *arg, struct xlsx_xml **out)
{
    zip_int64_t at = zip_name_locate(zip, name, ZIP_FL_NOCASE);
    if (at < 0)
        return HE_NOTFOUND;
    zip_file_t *file = zip_fopen_index(zip, (zip_uint64_t)at, 0);
    if (!file)
        return table_fail(t, HE_FORMAT, _("打不开 %s 的内容，可能加了密码，请去掉密码后另存一份"),
                          t->path);
    struct xlsx_xml *x = talloc_zero(t, struct xlsx_xml);
    MUST(x);
    x->table = t;
    x->name = talloc_strdup(x, name);
    x->arg = arg;
    x->max = r->max;
    x->file = file;
    x->parser = XML_ParserCreate(NULL);
    MUST(x->parser);
    talloc_set_destructor(x, xml_destroy);
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, r->start, r->end);
    XML_SetCharacterDataHandler(x->parser, r->chars);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    *out = x;
    return 0;
}

int xlsx_xml_step(struct xlsx_xml *x)
{
    void *buf = XML_GetBuffer(x->parser, STEP);
    MUST(buf);
    zip_int64_t n = zip_fread(x->file, buf, STEP);
    if (n < 0)
        return broken(x->table, x->name);
    x->bytes += (uint64_t)n;
    if (x->bytes > x->max)
        return table_fail(x->table, HE_TOOBIG, _("%s 解开后太大，请分成几个文件"), x->table->path);
    enum XML_Status s = XML_ParseBuffer(x->parser, (int)n, n == 0);
    if (x->enough)
        return x->err;
    return s == XML_STATUS_OK ? n > 0 : broken(x->table, x->name);
}

/* Reads a whole part; HE_NOTFOUND when there is none. */
int xlsx_part_read(struct table *t, zip_t *zip, const char *name, const struct xlsx_reader *how,
                   void *arg)
{
    struct xlsx_xml *x;
    int r = xlsx_xml_open(t, zip, name, how, arg, &x);
    if (r < 0)
        return r;
    while ((r = xlsx_xml_step(x)) > 0)
        ;
    talloc_free(x);
    return r;
}

/* The code point of "_x000D_" at s, or 0. */
static uint32_t escaped(const char *s)
{
    char hex[5] = "", *end;
    if (s[0] != '_' || s[1] != 'x' || strnlen(s, 7) < 7 || s[6] != '_')
        return 0;
    memcpy(hex, s + 2, 4);
    unsigned long cp = strtoul(hex, &end, 16);
    return *end == '\0' && cp < 0xD800 ? (uint32_t)cp : 0;
}

void xlsx_unescape(char *s)
{
    char *out = s;
    while (*s) {
        uint32_t cp = escaped(s);
        if (cp) {
            char utf8[4];
            int n = text_put(utf8, cp);
            memcpy(out, utf8, (size_t)n);
            out += n;
            s += 7;
        } else {
            *out++ = *s++;
        }
    }
    *out = '\0';
}

/* --- workbook.xml and its relations: the first visible sheet --- */

struct book_names {
    struct xlsx_book *book;
    char *sheet_rel; /* id of the sheet's relation */
    char *strings, *styles;
    bool seen_hidden;
};

static void on_book(void *arg, const char *name, const char **a)
{
    struct xlsx_xml *x = arg;
    struct book_names *n = x->arg;
    name = xlsx_name(name);
    if (strcmp(name, "workbookPr") == 0) {
        const char *v = xlsx_attr(a, "date1904");
        n->book->from_1904 = v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
    } else if (strcmp(name, "sheet") == 0 && !n->sheet_rel) {
        const char *state = xlsx_attr(a, "state"), *id = NULL;
        for (const char **p = a; p[0]; p += 2)
            if (strchr(p[0], ':') && strcmp(xlsx_name(p[0]), "id") == 0)
                id = p[1];
        if (id && (!state || strcmp(state, "visible") == 0))
            n->sheet_rel = talloc_strdup(x->table, id);
    }
}

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && strcmp(s + n - m, tail) == 0;
}

/* Targets are meant from xl/, or from the root with a slash before them. */
static char *target_path(void *ctx, const char *target)
{
    return target[0] == '/' ? talloc_strdup(ctx, target + 1) : text_printf(ctx, "xl/%s", target);
}

static void on_relation(void *arg, const char *name, const char **a)
{
    struct xlsx_xml *x = arg;
    struct book_names *n = x->arg;
    const char *id = xlsx_attr(a, "Id"), *type = xlsx_attr(a, "Type");
    const char *target = xlsx_attr(a, "Target");
    if (strcmp(xlsx_name(name), "Relationship") != 0 || !id || !type || !target)
        return;
    char **to = n->sheet_rel && strcmp(id, n->sheet_rel) == 0 ? &n->book->sheet
                : ends_with(type, "/sharedStrings")           ? &n->strings
                : ends_with(type, "/styles")                  ? &n->styles
                                                              : NULL;
    if (to && !*to)
        *to = target_path(x->table, target);
}

/* --- sharedStrings.xml --- */

struct strings_state {
    struct xlsx_book *book;
    bool text, phonetic;
};

static int strings_add(struct xlsx_book *b, void *ctx, const char *s, size_t n)
{
    if (b->len + n + 1 > TEXT_MAX)
        return HE_TOOBIG;
    if (b->len + n + 1 > b->room) {
        b->room = (b->len + n + 1) * 2;
        b->text = talloc_realloc_size(ctx, b->text, b->room);
        MUST(b->text);
    }
    memcpy(b->text + b->len, s, n);
    b->len += n;
    return 0;
}

static void on_string_start(void *arg, const char *name, const char **a)
{
    struct xlsx_xml *x = arg;
    struct strings_state *s = x->arg;
    struct xlsx_book *b = s->book;
    (void)a;
    name = xlsx_name(name);
    if (strcmp(name, "si") == 0) {
        if ((b->nstring & (b->nstring + 1)) == 0) { /* one less than a power of two: double */
            b->start = talloc_realloc(x->table, b->start, size_t, (b->nstring + 1) * 2);
            MUST(b->start);
        }
        b->start[b->nstring++] = b->len;
    } else if (strcmp(name, "rPh") == 0) {
        s->phonetic = true;
    } else if (strcmp(name, "t") == 0) {
        s->text = !s->phonetic && b->nstring > 0;
    }
}

static void on_string_end(void *arg, const char *name)
{
    struct xlsx_xml *x = arg;
    struct strings_state *s = x->arg;
    name = xlsx_name(name);
    if (strcmp(name, "t") == 0)
        s->text = false;
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = false;
    else if (strcmp(name, "si") == 0 && strings_add(s->book, x->table, "", 1) < 0)
        xlsx_xml_stop(x, HE_TOOBIG);
}

static void on_string_chars(void *arg, const char *text, int n)
{
    struct xlsx_xml *x = arg;
    struct strings_state *s = x->arg;
    if (s->text && strings_add(s->book, x->table, text, (size_t)n) < 0)
        xlsx_xml_stop(
            x, table_fail(x->table, HE_TOOBIG, _("%s 解开后太大，请分成几个文件"), x->table->path));
}

/* --- styles.xml: which formats are dates --- */

struct styles_state {
    struct xlsx_book *book;
    bool *date_format; /* of own formats, by id */
    bool in_xfs;
};

static long number_attr(const char **a, const char *name)
{
    const char *v = xlsx_attr(a, name);
    long n = v ? strtol(v, NULL, 10) : 0;
    return n >= 0 && n < COUNT_MAX ? n : 0;
}

static void on_style_start(void *arg, const char *name, const char **a)
{
    struct xlsx_xml *x = arg;
    struct styles_state *s = x->arg;
    struct xlsx_book *b = s->book;
    name = xlsx_name(name);
    if (strcmp(name, "numFmt") == 0) {
        s->date_format[number_attr(a, "numFmtId")] =
            table_cell_date_format(-1, xlsx_attr(a, "formatCode"));
    } else if (strcmp(name, "cellXfs") == 0) {
        s->in_xfs = true;
    } else if (s->in_xfs && strcmp(name, "xf") == 0 && b->nstyle < COUNT_MAX) {
        long id = number_attr(a, "numFmtId");
        b->date_style = talloc_realloc(x->table, b->date_style, bool, b->nstyle + 1);
        MUST(b->date_style);
        b->date_style[b->nstyle++] = table_cell_date_format((int)id, NULL) || s->date_format[id];
    }
}

static void on_style_end(void *arg, const char *name)
{
    struct xlsx_xml *x = arg;
    struct styles_state *s = x->arg;
    if (strcmp(xlsx_name(name), "cellXfs") == 0)
        s->in_xfs = false;
}

/* --- the whole --- */

static const struct xlsx_reader read_book = {on_book, NULL, NULL, PART_MAX};
static const struct xlsx_reader read_relations = {on_relation, NULL, NULL, PART_MAX};
static const struct xlsx_reader read_strings = {on_string_start, on_string_end, on_string_chars,
                                                STRINGS_MAX};
static const struct xlsx_reader read_styles = {on_style_start, on_style_end, NULL, PART_MAX};

static int zip_destroy(zip_t **holder)
{
    zip_discard(*holder);
    return 0;
}

static int open_zip(struct table *t, zip_t **out)
{
    int code;
    zip_t **holder = talloc(t, zip_t *);
    MUST(holder);
    *holder = zip_open(t->path, ZIP_RDONLY, &code);
    if (!*holder)
        return broken(t, "zip");
    talloc_set_destructor(holder, zip_destroy);
    *out = *holder;
    return 0;
}

static int read_names(struct table *t, struct book_names *n)
{
    zip_t *zip = n->book->zip;
    int r = xlsx_part_read(t, zip, "xl/workbook.xml", &read_book, n);
    if (r == HE_NOTFOUND)
        return table_fail(t, HE_FORMAT, _("%s 不是表格文件，请另存为 .xlsx 或 CSV"), t->path);
    if (r == 0 && !n->sheet_rel)
        return table_fail(t, HE_FORMAT, _("%s 里没有可见的工作表"), t->path);
    if (r == 0)
        r = xlsx_part_read(t, zip, "xl/_rels/workbook.xml.rels", &read_relations, n);
    if (r == HE_NOTFOUND || (r == 0 && !n->book->sheet))
        return broken(t, "workbook.xml.rels");
    return r;
}

int xlsx_book_open(struct table *t, struct xlsx_book *b)
{
    struct book_names names = {.book = b};
    struct strings_state strings = {.book = b};
    struct styles_state styles = {.book = b};
    int r = open_zip(t, &b->zip);
    if (r == 0)
        r = read_names(t, &names);
    if (r == 0 && names.strings)
        r = xlsx_part_read(t, b->zip, names.strings, &read_strings, &strings);
    if (r == HE_NOTFOUND || (r == 0 && !names.styles))
        return 0;
    styles.date_format = talloc_zero_array(t, bool, COUNT_MAX);
    MUST(styles.date_format);
    if (r == 0)
        r = xlsx_part_read(t, b->zip, names.styles, &read_styles, &styles);
    talloc_free(styles.date_format);
    return r == HE_NOTFOUND ? 0 : r;
}
