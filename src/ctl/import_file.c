/*
 * Before anything is sent the file is read to its end: its digest, that every byte and quote of it can
 * be read, which map knows its heading, and whether columns are shifted.
 */
#include "ctl/import.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/sm3.h"
#include "base/text.h"

#define HEADING_ROWS 20  /* titles and notes that may stand before the heading */
#define SAMPLE_ROWS  300 /* looked at for shifted columns */
#define DIGEST_PIECE (1u << 20)

struct maps {
    struct map **map;
    size_t n;
};

int import_say(int err, const char *problem)
{
    if (err < 0)
        out_say("hutongctl: %s", problem ? problem : err_text(err));
    return err;
}

/* --- maps --- */

static void add_map(struct maps *m, void *ctx, struct map *map)
{
    m->map = talloc_realloc(ctx, m->map, struct map *, m->n + 1);
    MUST(m->map);
    m->map[m->n++] = map;
}

static struct map *read_map(struct ctl *c, const char *path)
{
    struct conf_errors *errs = conf_errors_new(c);
    struct map *map = map_load(c, path, c->dict, errs);
    for (size_t i = 0; i < errs->n; i++)
        out_say("%s", errs->text[i]);
    return map;
}

static int is_map(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && strcmp(e->d_name + n - 4, ".map") == 0;
}

static const char *map_dir(struct ctl *c)
{
    struct conf_errors *errs = conf_errors_new(c);
    return place_path(c->place, conf_get(c->place->root, "server"), "import_dir", "import", errs);
}

int ctl_map(struct ctl *c, const char *name, const struct form *form, struct map **map)
{
    *map = read_map(c, strchr(name, '/') ? name : text_printf(c, "%s/%s.map", map_dir(c), name));
    if (!*map)
        return HE_FORMAT;
    if (map_form(*map) == form)
        return 0;
    out_say(_("hutongctl: 对照表 %s 不是用来导入 %s 的"), name, form->label);
    return HE_USAGE;
}

/* --map NAME, else every map of the type; the form's own headings are always known. */
static int read_maps(struct import *im, const struct form *form, struct maps *m)
{
    const char *name = args_text(im->c->args, "--map"), *dir = map_dir(im->c);
    struct dirent **list;
    struct map *map;
    if (name) {
        int r = ctl_map(im->c, name, form, &map);
        if (r == 0)
            add_map(m, im->c, map);
        return r;
    }
    /* first, so that what was exported here is read as such and not by a roster's loose words */
    add_map(m, im->c, map_of_form(im->c, form));
    int n = scandir(dir, &list, is_map, alphasort);
    for (int i = 0; i < n; i++) {
        map = read_map(im->c, text_printf(im->c, "%s/%s", dir, list[i]->d_name));
        if (map && map_form(map) == form)
            add_map(m, im->c, map);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return 0;
}

/* --- the heading --- */

/* The map that knows most of the row; NULL when the row is no heading. */
static struct map_match *match_row(struct import *im, const struct maps *m,
                                   const struct table_row *over, const struct table_row *row)
{
    struct map_match *best = NULL;
    for (size_t i = 0; i < m->n; i++) {
        struct map_match *x = map_match(im->c, m->map[i], over, row);
        if (x->fed >= 2 && (!best || x->known > best->known))
            best = x;
    }
    return best;
}

static void keep_over(struct import *im, const struct table_row *row)
{
    const char **cell = talloc_zero_array(im->c, const char *, (unsigned)row->n + 1);
    MUST(cell);
    for (size_t i = 0; i < row->n; i++)
        cell[i] = talloc_strdup(cell, row->cell[i]);
    im->over = (struct table_row){.number = row->number, .n = row->n, .cell = cell};
}

/* The heading may have two rows. False: neither this row nor both are one. */
static bool take_heading(struct import *im, const struct maps *maps, const struct table_row *row)
{
    struct map_match *both = im->over.n ? match_row(im, maps, &im->over, row) : NULL;
    struct map_match *one = im->match ? im->match : match_row(im, maps, NULL, row);
    bool two = both && (!one || both->known > one->known), was = im->match != NULL;
    im->match = two ? both : one;
    im->over.n = 0;
    if (!was && !two) /* the next row may be its second */
        keep_over(im, row);
    return two || !was;
}

static void say_match(const struct map_match *m)
{
    if (*map_name(m->map))
        out_say(_("用对照表 %s"), map_name(m->map));
    for (const char **s = m->strange; s && *s; s++)
        out_say(_("不认识的列“%s”，没有导入"), *s);
    for (const char **s = m->twice; s && *s; s++)
        out_say(_("列“%s”和前面的列是同一项，只用前面的"), *s);
}

/* --- the file --- */

static int limit_of(struct import *im, const char *key, int dflt)
{
    struct conf_errors *errs = conf_errors_new(im->c);
    const struct conf_item *g = conf_get(im->c->place->root, "limits");
    return g ? (int)conf_int(g, key, dflt, errs) : dflt;
}

/* A chain of digests of pieces, so that the file is never in memory as a whole. */
static int read_digest(struct import *im)
{
    unsigned char d[SM3_LEN] = {0};
    char *piece = talloc_size(im->c, DIGEST_PIECE);
    FILE *f = fopen(im->path, "re");
    MUST(piece);
    if (!f)
        return import_say(HE_IO, NULL);
    for (size_t n; (n = fread(piece, 1, DIGEST_PIECE, f)) > 0;) {
        const void *const part[] = {d, piece};
        const size_t len[] = {sizeof d, n};
        sm3_parts(2, part, len, d);
    }
    bool ok = !ferror(f);
    fclose(f);
    talloc_free(piece);
    sm3_hex(d, im->digest);
    return ok ? 0 : import_say(HE_IO, NULL);
}

static void digest_map(struct import *im)
{
    unsigned char d[SM3_LEN];
    const char *text = map_text(im->match->map);
    sm3(text, strlen(text), d);
    sm3_hex(d, im->map_digest);
}

static int scan_row(struct import *im, const struct maps *maps, const struct table_row *row)
{
    if ((!im->match || im->over.n) && take_heading(im, maps, row))
        return im->match || row->number <= HEADING_ROWS ? 0 : HE_FORMAT;
    im->rows = row->number - im->match->heading;
    if (im->match->sampled < SAMPLE_ROWS && map_kind(im->match, row) == MAP_DATA)
        map_sample(im->match, row, ctl_today(im->c));
    import_keep_first(im, row);
    return 0;
}

static int scan(struct import *im, const struct maps *maps)
{
    struct table *t;
    const struct table_row *row;
    char *problem = NULL;
    int r = table_open(im->c, im->path, &im->opt, &t, &problem);
    while (r == 0 && (r = table_next(t, &row, &problem)) > 0)
        r = scan_row(im, maps, row);
    if (problem)
        return import_say(r, problem);
    talloc_free(t);
    if (!im->match)
        return import_say(HE_FORMAT,
                          _("找不到表头：前 20 行里没有认识的列名，请用 --map 指明对照表"));
    return r;
}

int import_prepare(struct import *im)
{
    struct maps maps = {0};
    const struct form *form;
    int r = ctl_form(im->c, im->type, &form);
    if (r == 0)
        r = read_maps(im, form, &maps);
    if (r < 0)
        return r;
    im->opt.max_bytes = (uint64_t)limit_of(im, "import_mb", 64) << 20;
    r = scan(im, &maps);
    if (r == 0)
        r = read_digest(im);
    if (r < 0)
        return r;
    say_match(im->match);
    digest_map(im);
    if (im->rows > limit_of(im, "import_rows", 200000))
        return import_say(HE_LIMIT, _("行数太多，请分成几个文件"));
    char *doubt = map_doubt(im->c, im->match);
    return doubt ? import_say(HE_RULE, doubt) : 0;
}
