/* Maps of headings: reading them, matching a heading row. */
#include "report/map_in.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"
#include "base/text.h"

#define MAP_BYTES_MAX (1u << 20)

/* --- headings --- */

static const struct {
    const char *from, *to;
} shapes[] = {{"【", "("}, {"】", ")"}, {"〔", "("}, {"〕", ")"}, {"[", "("}, {"]", ")"},
              {"{", "("},  {"}", ")"},  {"*", ""},   {"※", ""},   {":", ""},  {"＊", ""},
              {"★", ""},   {"、", ","}, {"\"", ""},  {"'", ""}};

static const char shape_heads[] = "\xe2\xe3\xef[]{}*:\"'"; /* first bytes of them */

char *map_clean(void *ctx, const char *heading)
{
    char *fold = text_fold(ctx, heading);
    char *out = fold;
    for (const char *p = fold; *p;) {
        size_t i = strchr(shape_heads, *p) ? 0 : NELEM(shapes); /* every cell comes here */
        while (i < NELEM(shapes) && strncmp(p, shapes[i].from, strlen(shapes[i].from)) != 0)
            i++;
        if (i == NELEM(shapes)) {
            *out++ = *p++;
            continue;
        }
        size_t n = strlen(shapes[i].to); /* never longer than what it stands for */
        memcpy(out, shapes[i].to, n);
        out += n;
        p += strlen(shapes[i].from);
    }
    *out = '\0';
    return fold;
}

/* "姓名(必填)" is 姓名 when nothing is called the whole. */
static bool drop_remark(char *heading)
{
    char *open = strchr(heading, '(');
    size_t n = strlen(heading);
    if (!open || open == heading || heading[n - 1] != ')')
        return false;
    *open = '\0';
    return true;
}

static bool among(const char *word, const char **list)
{
    for (; list && *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* --- reading a map --- */

static const char **clean_all(void *ctx, const char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        list[i] = map_clean(ctx, list[i]);
    return list;
}

static bool read_path(const struct map *m, const struct conf_item *g, const char *key,
                      struct form_path *path, struct conf_errors *errs)
{
    const char *text = conf_text(g, key, "", errs);
    if (form_path_parse(m->form, text, path) == 0)
        return true;
    conf_error_at(errs, conf_get(g, key) ? conf_get(g, key) : g, _("%s 没有字段 “%s”"),
                  m->form->label, text);
    return false;
}

static void read_column(struct map *m, const struct conf_item *g, struct conf_errors *errs)
{
    static const char *const names[] = {"heading", "field", "by", "unless", "skip", "show", NULL};
    struct map_column *c = &m->column[m->ncolumn];
    struct form_path unless;
    const char **heading = conf_texts(m, g, "heading", errs);
    conf_only(g, names, errs);
    c->title = heading ? heading[0] : NULL;
    c->heading = clean_all(m, heading);
    c->national = strcmp(conf_text(g, "show", "", errs), "map") == 0;
    if (conf_get(g, "show") && !c->national)
        conf_error_at(errs, conf_get(g, "show"), _("“show” 只能是 \"map\""));
    if (!c->heading || !c->heading[0])
        conf_error_at(errs, g, _("这一组没有写列名 heading"));
    if (!read_path(m, g, "field", &c->path, errs))
        return;
    c->path_text = form_path_text(m, c->path);
    const char *by = conf_text(g, "by", "", errs);
    c->by_name = strcmp(by, "name") == 0;
    if (*by && !c->by_name)
        conf_error_at(errs, conf_get(g, "by"), _("“by” 只能是 \"name\""));
    if (conf_get(g, "unless") && read_path(m, g, "unless", &unless, errs))
        c->unless = form_path_text(m, unless);
    c->skip = clean_all(m, conf_texts(m, g, "skip", errs));
    m->ncolumn++;
}

static void read_const(struct map *m, const struct conf_item *g, struct conf_errors *errs)
{
    static const char *const names[] = {"field", "value", NULL};
    struct form_path path;
    conf_only(g, names, errs);
    if (!read_path(m, g, "field", &path, errs))
        return;
    m->value[m->nvalue++] =
        (struct map_const){form_path_text(m, path), conf_text(g, "value", "", errs)};
}

static void read_groups(struct map *m, const struct conf_item *root, struct conf_errors *errs)
{
    const struct conf_item *list = conf_get(root, "columns"), *value = conf_get(root, "const");
    size_t n = list ? conf_count(list) : 0, k = value ? conf_count(value) : 0;
    m->column = talloc_zero_array(m, struct map_column, n + 1);
    m->value = talloc_zero_array(m, struct map_const, k + 1);
    MUST(m->column && m->value);
    for (size_t i = 0; i < n; i++)
        read_column(m, conf_at(list, i), errs);
    for (size_t i = 0; i < k; i++)
        read_const(m, conf_at(value, i), errs);
}

static void set_name(struct map *m, const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strrchr(base, '.');
    m->name = talloc_strndup(m, base, dot ? (size_t)(dot - base) : strlen(base));
}

static void read_all(struct map *m, const struct conf_item *root, const struct dict *dict,
                     struct conf_errors *errs)
{
    static const char *const names[] = {"type",    "serial", "total", "ignore",
                                        "columns", "const",  NULL};
    const char *type = conf_text(root, "type", "", errs);
    const char *serial = conf_text(root, "serial", NULL, errs);
    conf_only(root, names, errs);
    m->form = dict_form(dict, type);
    if (!m->form) {
        conf_error_at(errs, conf_get(root, "type") ? conf_get(root, "type") : root,
                      _("没有 “%s” 这种记录"), type);
        return;
    }
    m->serial = serial ? map_clean(m, serial) : NULL;
    m->total = clean_all(m, conf_texts(m, root, "total", errs));
    m->ignore = clean_all(m, conf_texts(m, root, "ignore", errs));
    read_groups(m, root, errs);
}

struct map *map_load(void *ctx, const char *path, const struct dict *dict, struct conf_errors *errs)
{
    struct map *m = talloc_zero(ctx, struct map);
    char *text;
    size_t len, before = errs->n;
    MUST(m);
    struct conf *c = conf_read(m, path, errs);
    if (c && io_read_file(m, path, MAP_BYTES_MAX, &text, &len) < 0)
        conf_error(errs, path, 1, _("读不出来"));
    if (errs->n == before) {
        m->text = text;
        set_name(m, path);
        read_all(m, conf_root(c), dict, errs);
    }
    if (errs->n == before)
        return m;
    talloc_free(m);
    return NULL;
}

struct map *map_of_form(void *ctx, const struct form *form)
{
    struct map *m = talloc_zero(ctx, struct map);
    MUST(m);
    m->name = m->text = "";
    m->form = form;
    return m;
}

const char *map_name(const struct map *m)
{
    return m->name;
}

const struct form *map_form(const struct map *m)
{
    return m->form;
}

const char *map_text(const struct map *m)
{
    return m->text;
}

size_t map_columns(void *ctx, const struct map *m, struct map_export **out)
{
    *out = talloc_zero_array(ctx, struct map_export, m->ncolumn + 1);
    MUST(*out);
    for (size_t i = 0; i < m->ncolumn; i++)
        (*out)[i] = (struct map_export){m->column[i].title, m->column[i].path_text,
                                        m->column[i].path.field, m->column[i].national};
    return m->ncolumn;
}

/* --- matching --- */

static const struct map_column *known_column(const struct map *m, const char *heading)
{
    for (size_t i = 0; i < m->ncolumn; i++)
        if (among(heading, m->column[i].heading))
            return &m->column[i];
    return NULL;
}

static bool names_field(void *tmp, const struct form_field *f, const char *heading)
{
    return strcmp(heading, map_clean(tmp, f->label)) == 0 || strcmp(heading, f->name) == 0 ||
           (f->en && strcmp(heading, map_clean(tmp, f->en)) == 0);
}

/* 父亲·姓名, 父亲姓名, father.name */
static bool names_linked(void *tmp, struct form_path p, const char *heading)
{
    return strcmp(heading, map_clean(tmp, form_path_label(tmp, p))) == 0 ||
           strcmp(heading,
                  map_clean(tmp, text_printf(tmp, "%s%s", p.via->label, p.field->label))) == 0 ||
           strcmp(heading, form_path_text(tmp, p)) == 0;
}

static bool find_linked(void *tmp, const struct form_field *via, const char *heading,
                        struct form_path *out)
{
    for (size_t i = 0; via->ref && i < via->ref->nfield; i++) {
        struct form_path p = {via, &via->ref->field[i]};
        if (names_linked(tmp, p, heading)) {
            *out = p;
            return true;
        }
    }
    return false;
}

/* The field of the form whose label or name the heading is. */
static bool find_label(const struct form *f, const char *heading, struct form_path *out)
{
    void *tmp = talloc_new(NULL);
    bool found = false;
    for (size_t i = 0; i < f->nfield && !found; i++)
        if (names_field(tmp, &f->field[i], heading)) {
            *out = (struct form_path){NULL, &f->field[i]};
            found = true;
        }
    for (size_t i = 0; i < f->nfield && !found; i++)
        found = find_linked(tmp, &f->field[i], heading, out);
    talloc_free(tmp);
    return found;
}

/* The key says which record is meant, though nobody types it. */
static bool filled_by_rules(struct form_path p)
{
    const char *key = p.field->form->key;

    if (p.via && p.via->system)
        return true;
    if (key && strcmp(key, p.field->name) == 0)
        return false;
    return p.field->system || p.field->retired;
}

/* Gives the column a meaning; false when the heading is strange. */
static bool match_heading(struct map_match *out, struct map_use *u, char *heading)
{
    const struct map *m = out->map;
    struct form_path path;
    u->serial = m->serial && strcmp(heading, m->serial) == 0;
    if (u->serial || among(heading, m->ignore))
        return true;
    u->column = known_column(m, heading);
    if (u->column)
        return true;
    if (!find_label(m->form, heading, &path))
        return false;
    if (filled_by_rules(path)) /* known, and not to be typed */
        return true;
    struct map_column *c = talloc_zero(out, struct map_column);
    MUST(c);
    c->path = path;
    c->path_text = form_path_text(c, path);
    u->column = c;
    return true;
}

static void add_text(void *ctx, const char ***list, const char *s)
{
    size_t n = *list ? talloc_array_length(*list) : 1;
    *list = talloc_realloc(ctx, *list, const char *, n + 1);
    MUST(*list);
    (*list)[n - 1] = s;
    (*list)[n] = NULL;
}

/* A second column of the same field is not used, unless the map says which one goes first. */
static bool is_taken(const struct map_match *m, const struct map_use *u)
{
    for (const struct map_use *o = m->use; o < u; o++)
        if (o->column && strcmp(o->column->path_text, u->column->path_text) == 0 &&
            !o->column->unless && !u->column->unless)
            return true;
    return false;
}

/* The heading of a column below a group's, and in full: "父亲" over "姓名" is 父亲姓名; "姓名" over nothing
 * or, merged, over itself is 姓名. */
static const char *full_heading(void *ctx, const struct table_row *over, size_t i, const char *low)
{
    const char *top = over && i < over->n ? over->cell[i] : "";
    if (!over || !*low || strcmp(low, top) == 0)
        return *low ? low : top;
    for (size_t k = i + 1; k-- > 0 && !*top;) /* a group's name stands over its first column */
        top = k < over->n ? over->cell[k] : "";
    return text_printf(ctx, "%s%s", top, low);
}

static bool knows(struct map_match *m, struct map_use *u, const char *text)
{
    u->heading = map_clean(m, text);
    char *second = talloc_strdup(m, u->heading);
    return match_heading(m, u, base_unconst(u->heading)) ||
           (drop_remark(second) && match_heading(m, u, second));
}

struct map_match *map_match(void *ctx, const struct map *map, const struct table_row *over,
                            const struct table_row *row)
{
    struct map_match *m = talloc_zero(ctx, struct map_match);
    MUST(m);
    m->map = map;
    m->heading = row->number;
    m->n = over && over->n > row->n ? over->n : row->n;
    m->use = talloc_zero_array(m, struct map_use, m->n + 1);
    MUST(m->use);
    for (size_t i = 0; i < m->n; i++) {
        struct map_use *u = &m->use[i];
        const char *low = i < row->n ? row->cell[i] : "", *full = full_heading(m, over, i, low);
        u->shown = text_clean(m, full, 0, NULL);
        u->heading = u->shown;
        if (!*u->shown)
            continue;
        bool known = knows(m, u, full) || (*low && full != low && knows(m, u, low));
        m->known += known;
        if (!known) {
            add_text(m, &m->strange, u->shown);
        } else if (u->column && is_taken(m, u)) {
            add_text(m, &m->twice, u->shown);
            u->column = NULL;
        }
        m->fed += u->column != NULL;
    }
    return m;
}
