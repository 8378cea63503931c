/* Templates: heads, places in braces, wrapping, pages. */
#include "tui/print_doc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"
#include "report/pdf.h"
#include "tui/draw.h"

enum { MAX_BYTES = 64 * 1024, AMB = PAPER_AMB, MAX_COLS = 200 };

/* ---- places ---- */

struct place_holder {
    char *name;  /* "=word" or a path */
    int cols;    /* 0: as wide as the text */
    bool wrap;   /* goes on below itself */
    bool blank;  /* a line to write on when there is nothing */
    size_t size; /* bytes in the template */
};

/* "{name}" "{name:20}" "{name:20+}" "{name:20_}" "{=today}" at s; false when it is none of them. */
static bool place_parse(void *ctx, const char *s, struct place_holder *out)
{
    const char *end = strchr(s, '}');
    size_t name = strcspn(s + 1, ":}");
    char *rest;
    if (!end || name == 0)
        return false;
    *out = (struct place_holder){.name = talloc_strndup(ctx, s + 1, name),
                                 .size = (size_t)(end - s) + 1};
    if (s[1 + name] == '}')
        return true;
    out->cols = (int)strtol(s + 2 + name, &rest, 10);
    out->wrap = *rest == '+';
    out->blank = *rest == '_';
    return out->cols > 0 && out->cols <= MAX_COLS && rest + (out->wrap || out->blank) == end;
}

char *doc_cols(void *ctx, const char *text, int cols)
{
    int used, width = text_width(text, AMB);
    if (width <= cols)
        return text_printf(ctx, "%s%*s", text, cols - width, "");
    size_t n = text_fit(text, cols - 1, AMB, &used);
    return text_printf(ctx, "%.*s%*s~", (int)n, text, cols - 1 - used, "");
}

/* ---- one line ---- */

struct filler {
    void *ctx;
    const struct doc *doc;
    const struct form *form;
    const struct doc_source *src;
    bool filled; /* some field of the line had a value */
    /* what of a wrapped field stands below the line */
    const char *below;
    int below_col, below_cols;
};

static const char *value_of(struct filler *f, const char *name)
{
    struct form_path p;
    if (*name == '=')
        return f->src->word(f->src->arg, f->ctx, name + 1);
    if (!f->form || form_path_parse(f->form, name, &p) < 0)
        return "";
    const char *v = f->src->field(f->src->arg, f->ctx, p);
    f->filled = f->filled || *v;
    return v;
}

/* The first line of a wrapped text; the rest waits for the lines below. */
static char *first_of(struct filler *f, const char *text, int col, int cols)
{
    struct lines l = draw_wrap(f->ctx, text, cols, AMB);
    char *rest = talloc_strdup(f->ctx, "");
    for (size_t i = 1; i < l.n; i++)
        rest = talloc_asprintf_append(rest, "%s%s", i > 1 ? "\n" : "", l.line[i]);
    if (*rest)
        *f = (struct filler){f->ctx, f->doc, f->form, f->src, f->filled, rest, col, cols};
    return doc_cols(f->ctx, l.n ? l.line[0] : "", cols);
}

static const char *underline(void *ctx, int cols)
{
    char *s = talloc_zero_size(ctx, (size_t)cols + 1);
    MUST(s);
    memset(s, '_', (size_t)cols);
    return s;
}

static char *fill_line(struct filler *f, const char *line)
{
    char *out = talloc_strdup(f->ctx, "");
    while (*line) {
        size_t n = strcspn(line, "{");
        struct place_holder p;
        out = talloc_strndup_append(out, line, n);
        line += n;
        if (!*line)
            break;
        if (!place_parse(f->ctx, line, &p)) {
            out = talloc_strndup_append(out, line++, 1);
            continue;
        }
        const char *v = value_of(f, p.name);
        if (p.blank && !*v)
            v = underline(f->ctx, p.cols);
        if (p.wrap)
            v = first_of(f, v, text_width(out, AMB), p.cols);
        else if (p.cols)
            v = doc_cols(f->ctx, v, p.cols);
        out = talloc_strdup_append(out, v);
        line += p.size;
    }
    MUST(out);
    return out;
}

static char *trimmed(char *s)
{
    size_t n = strlen(s);
    while (n > 0 && s[n - 1] == ' ')
        s[--n] = '\0';
    return s;
}

/* ---- pages ---- */

struct pages {
    char *text;
    int rows, at;
};

static void page_end(struct pages *p)
{
    p->text = talloc_strdup_append(p->text, "\f");
    p->at = 0;
}

static void page_line(struct pages *p, char *line)
{
    if (p->rows && p->at == p->rows)
        page_end(p);
    p->text = talloc_asprintf_append(p->text, "%s\n", trimmed(line));
    MUST(p->text);
    p->at++;
}

static void page_lines(void *ctx, struct pages *p, const char *text, int indent)
{
    while (text && *text) {
        size_t n = strcspn(text, "\n");
        page_line(p, text_printf(ctx, "%*s%.*s", indent, "", (int)n, text));
        text += n + (text[n] == '\n');
    }
}

char *doc_fill(void *ctx, const struct doc *doc, const struct form *form,
               const struct doc_source *src, const char *table)
{
    struct pages p = {.text = talloc_strdup(ctx, ""), .rows = doc->rows};
    void *tmp = talloc_new(ctx);
    for (size_t i = 0; doc->line[i]; i++) {
        struct filler f = {.ctx = tmp, .doc = doc, .form = form, .src = src};
        const char *line = doc->line[i];
        bool maybe = strncmp(line, "? ", 2) == 0, strong = strncmp(line, "! ", 2) == 0;
        if (strcmp(line, "===") == 0) {
            page_end(&p);
            continue;
        }
        if (strcmp(line, "{=table}") == 0) {
            page_lines(tmp, &p, table, 0);
            continue;
        }
        char *out = fill_line(&f, maybe || strong ? line + 2 : line);
        if (maybe && !f.filled)
            continue;
        page_line(&p, strong ? text_printf(tmp, "%c%s", PDF_STRONG, out) : out);
        page_lines(tmp, &p, f.below, f.below_col);
    }
    talloc_free(tmp);
    return p.text;
}

/* ---- reading ---- */

struct reader {
    struct doc *doc;
    const struct dict *dict;
    const char *file;
    int line;
    char *problem;
};

static int bad(struct reader *r, const char *what, const char *word)
{
    r->problem =
        text_printf(r->doc, "%s:%d: %s%s%s", r->file, r->line, what, *word ? " " : "", word);
    return HE_FORMAT;
}

static int read_head(struct reader *r, const char *line)
{
    size_t n = strcspn(line, ":");
    const char *v = line[n] ? line + n + 1 : "";
    v += strspn(v, " ");
    struct doc *d = r->doc;
    if (strncmp(line, "title:", 6) == 0)
        d->title = talloc_strdup(d, v);
    else if (strncmp(line, "type:", 5) == 0)
        d->type = talloc_strdup(d, v);
    else if (strncmp(line, "width:", 6) == 0)
        d->width = atoi(v);
    else if (strncmp(line, "rows:", 5) == 0)
        d->rows = atoi(v);
    else if (strcmp(line, "official: yes") == 0)
        d->official = true;
    else if (*line)
        return bad(r, _("不认识的项"), line);
    return 0;
}

static const char *const words[] = {"today", "name", "login", "place", "title", "total", "table"};

/* Every place must name something; a line must fit the paper. */
static int check_line(struct reader *r, const char *line)
{
    const struct form *form = r->doc->type ? dict_form(r->dict, r->doc->type) : NULL;
    void *tmp = talloc_new(r->doc);
    int err = 0;
    for (const char *s = strchr(line, '{'); s && err == 0; s = strchr(s + 1, '{')) {
        struct place_holder p;
        struct form_path path;
        bool known = false;
        if (!place_parse(tmp, s, &p)) {
            err = bad(r, _("花括号里写不对"), s);
            break;
        }
        for (size_t i = 0; *p.name == '=' && i < NELEM(words); i++)
            known = known || strcmp(p.name + 1, words[i]) == 0;
        if (!known && (!form || *p.name == '=' || form_path_parse(form, p.name, &path) < 0))
            err = bad(r, _("没有这个字段"), p.name);
    }
    talloc_free(tmp);
    return err;
}

static int read_lines(struct reader *r, char *text)
{
    struct doc *d = r->doc;
    size_t n = 0;
    bool body = false;
    int err = 0;
    for (char *line = text; line && err == 0; r->line++) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        r->line += r->line == 0;
        if (!body && strcmp(line, "---") == 0) {
            body = true;
        } else if (!body) {
            err = *line == '#' ? 0 : read_head(r, line);
        } else if (end || *line) {
            err = check_line(r, line);
            d->line = talloc_realloc(d, d->line, const char *, n + 2);
            MUST(d->line);
            d->line[n++] = talloc_strdup(d, line);
            d->line[n] = NULL;
        }
        line = end ? end + 1 : NULL;
    }
    if (err == 0 && (!d->line || !d->title))
        err = bad(r, _("缺少 title 或正文"), "");
    if (err == 0 && d->type && !dict_form(r->dict, d->type))
        err = bad(r, _("没有这种记录"), d->type);
    return err;
}

int doc_load(void *ctx, const char *dir, const char *name, const struct dict *dict,
             struct doc **out, char **problem)
{
    struct doc *d = talloc_zero(ctx, struct doc);
    char *text;
    size_t len;
    MUST(d);
    d->name = talloc_strdup(d, name);
    d->width = 76;
    d->rows = 60;
    struct reader r = {.doc = d, .dict = dict, .file = text_printf(d, "%s.print", name)};
    int err = io_read_file(d, text_printf(d, "%s/%s.print", dir, name), MAX_BYTES, &text, &len);
    if (err == 0 && !text_valid(text, len))
        err = bad(&r, _("不是 UTF-8"), "");
    if (err == 0)
        err = read_lines(&r, text);
    *problem = r.problem ? talloc_strdup(ctx, r.problem) : NULL;
    if (err < 0)
        talloc_free(d);
    else
        *out = d;
    return err;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

const char **doc_names(void *ctx, const char *dir)
{
    const char **names = talloc_zero_array(ctx, const char *, 1);
    DIR *d = opendir(dir);
    size_t n = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t len = strlen(e->d_name);
        if (len < 7 || strcmp(e->d_name + len - 6, ".print") != 0)
            continue;
        names = talloc_realloc(ctx, names, const char *, n + 2);
        MUST(names);
        names[n++] = talloc_strndup(names, e->d_name, len - 6);
        names[n] = NULL;
    }
    if (d)
        closedir(d);
    qsort(names, n, sizeof(*names), by_name);
    return names;
}
