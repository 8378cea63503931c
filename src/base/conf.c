/* libconfig, its only home: typed reading of what conf_check.c has let pass. */
#include "base/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/conf_scan.h"
#include "base/err.h"
#include "base/io.h"
#include "base/lang.h"

#define CONF_FILE_MAX (4 << 20)

struct conf {
    config_t cfg; /* first: a setting knows its config_t, and so its conf */
    const char *path;
    const struct conf_mended *mended; /* its text is NULL when the file was right */
};

/* --- mistakes --- */

struct conf_errors *conf_errors_new(void *ctx)
{
    struct conf_errors *errs = talloc_zero(ctx, struct conf_errors);

    MUST(errs);
    return errs;
}

static void conf_errors_add(struct conf_errors *errs, const char *file, int line, const char *fmt,
                            va_list ap) __attribute__((format(printf, 4, 0)));

static void conf_errors_add(struct conf_errors *errs, const char *file, int line, const char *fmt,
                            va_list ap)
{
    errs->text = talloc_realloc(errs, errs->text, char *, errs->n + 1);
    MUST(errs->text);
    char *text = line > 0 ? talloc_asprintf(errs->text, "%s:%d: ", file, line)
                          : talloc_asprintf(errs->text, "%s: ", file);
    MUST(text);
    text = talloc_vasprintf_append_buffer(text, _(fmt), ap);
    MUST(text);
    errs->text[errs->n++] = text;
}

void conf_error(struct conf_errors *errs, const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    conf_errors_add(errs, file, line, fmt, ap);
    va_end(ap);
}

void conf_error_at(struct conf_errors *errs, const struct conf_item *item, const char *fmt, ...)
{
    const config_setting_t *s = (const config_setting_t *)item;
    va_list ap;

    const struct conf *c = (const struct conf *)s->config;

    if (conf_line_broken(c->mended, conf_line(item)))
        return;
    va_start(ap, fmt);
    conf_errors_add(errs, c->path, conf_line(item), fmt, ap);
    va_end(ap);
}

/* By file, then by line as a number, then by words. */
static int conf_error_cmp(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    const char *cx = strstr(x, ": "), *cy = strstr(y, ": ");
    size_t nx = cx ? (size_t)(cx - x) : strlen(x), ny = cy ? (size_t)(cy - y) : strlen(y);
    size_t fx = nx, fy = ny;

    while (fx > 0 && x[fx - 1] != ':')
        fx--;
    while (fy > 0 && y[fy - 1] != ':')
        fy--;
    int c = strncmp(x, y, fx > fy ? fx : fy);
    if (c == 0)
        c = atoi(x + fx) - atoi(y + fy);
    return c ? c : strcmp(x, y);
}

void conf_errors_sort(struct conf_errors *errs, size_t from)
{
    if (errs->n > from)
        qsort(errs->text + from, errs->n - from, sizeof *errs->text, conf_error_cmp);
}

/* --- the file --- */

static int conf_destroy(struct conf *c)
{
    config_destroy(&c->cfg);
    return 0;
}

static bool conf_parse(struct conf *c, const char *text, struct conf_errors *errs)
{
    config_init(&c->cfg);
    talloc_set_destructor(c, conf_destroy);
    if (config_read_string(&c->cfg, c->mended->text ? c->mended->text : text) == CONFIG_TRUE)
        return true;
    if (!c->mended->text)
        conf_error(errs, c->path, config_error_line(&c->cfg), _("写法有错（%s）"),
                   config_error_text(&c->cfg));
    return false;
}

struct conf *conf_read(void *ctx, const char *path, struct conf_errors *errs)
{
    struct conf *c = talloc_zero(ctx, struct conf);
    char *text = NULL;
    size_t len = 0, before = errs->n;

    MUST(c);
    c->path = talloc_strdup(c, path);
    int rc = io_read_file(c, path, CONF_FILE_MAX, &text, &len);
    if (rc != 0)
        conf_error(errs, path, 0, "%s",
                   rc == HE_TOOBIG     ? _("文件太大")
                   : rc == HE_NOTFOUND ? _("没有这个文件")
                                       : strerror(errno));
    else if (strlen(text) != len)
        conf_error(errs, path, 0, _("不是文本文件，请另存为 “UTF-8（无 BOM）”"));
    else
        c->mended = conf_scan_check(c, path, text, errs);
    bool ok = c->mended && conf_parse(c, text, errs);
    conf_errors_sort(errs, before);
    if (ok) {
        talloc_free(text);
        return c;
    }
    talloc_free(c);
    return NULL;
}

const struct conf_item *conf_root(const struct conf *c)
{
    return (const struct conf_item *)config_root_setting(&c->cfg);
}

bool conf_is_broken(const struct conf *c)
{
    return c->mended->broken != NULL;
}

/* --- items --- */

static config_setting_t *conf_setting(const struct conf_item *item)
{
    return base_unconst(item);
}

const struct conf_item *conf_get(const struct conf_item *group, const char *key)
{
    if (!conf_is_group(group))
        return NULL;
    return (const struct conf_item *)config_setting_get_member(conf_setting(group), key);
}

size_t conf_count(const struct conf_item *item)
{
    if (!conf_is_group(item) && !conf_is_list(item))
        return 0;
    return (size_t)config_setting_length(conf_setting(item));
}

const struct conf_item *conf_at(const struct conf_item *item, size_t i)
{
    if (i >= conf_count(item))
        return NULL;
    return (const struct conf_item *)config_setting_get_elem(conf_setting(item), (unsigned)i);
}

const char *conf_name(const struct conf_item *item)
{
    return item ? config_setting_name(conf_setting(item)) : NULL;
}

int conf_line(const struct conf_item *item)
{
    return item ? (int)config_setting_source_line(conf_setting(item)) : 0;
}

bool conf_is_group(const struct conf_item *item)
{
    return item && config_setting_is_group(conf_setting(item));
}

bool conf_is_list(const struct conf_item *item)
{
    return item && (config_setting_is_list(conf_setting(item)) ||
                    config_setting_is_array(conf_setting(item)));
}

static int conf_type(const struct conf_item *item)
{
    return config_setting_type(conf_setting(item));
}

bool conf_is_text(const struct conf_item *item)
{
    return item && conf_type(item) == CONFIG_TYPE_STRING && !conf_is_mended(item);
}

bool conf_is_mended(const struct conf_item *item)
{
    return item && conf_type(item) == CONFIG_TYPE_STRING &&
           config_setting_get_string(conf_setting(item))[0] == CONF_MENDED;
}

/* The word that stood in the place of a mistaken value, NULL when there was none. */
static const char *conf_mended_word(const struct conf_item *item)
{
    const char *word = config_setting_get_string(conf_setting(item)) + 1;

    return *word ? word : NULL;
}

static bool conf_is_number(const struct conf_item *item)
{
    return conf_type(item) == CONFIG_TYPE_INT || conf_type(item) == CONFIG_TYPE_INT64;
}

/* --- typed values --- */

/* The text of an item, or NULL with the mistake reported under the name given. */
static const char *conf_item_text(const struct conf_item *item, const char *key,
                                  struct conf_errors *errs)
{
    if (conf_is_text(item))
        return config_setting_get_string(conf_setting(item));
    if (conf_is_mended(item))
        return conf_mended_word(item);
    if (conf_is_number(item))
        conf_error_at(errs, item, _("“%s” 应为文字：数字请加引号，写成 \"%lld\""), key,
                      config_setting_get_int64(conf_setting(item)));
    else
        conf_error_at(errs, item, _("“%s” 应为文字，请写在引号里"), key);
    return NULL;
}

const char *conf_text(const struct conf_item *group, const char *key, const char *dflt,
                      struct conf_errors *errs)
{
    const struct conf_item *item = conf_get(group, key);
    const char *text = item ? conf_item_text(item, key, errs) : NULL;

    return text ? text : dflt;
}

long conf_int(const struct conf_item *group, const char *key, long dflt, struct conf_errors *errs)
{
    const struct conf_item *item = conf_get(group, key);

    if (!item || conf_is_mended(item))
        return dflt;
    if (conf_is_number(item))
        return (long)config_setting_get_int64(conf_setting(item));
    if (conf_is_text(item))
        conf_error_at(errs, item, _("“%s” 应为整数，请去掉引号"), key);
    else
        conf_error_at(errs, item, _("“%s” 应为整数"), key);
    return dflt;
}

bool conf_bool(const struct conf_item *group, const char *key, bool dflt, struct conf_errors *errs)
{
    const struct conf_item *item = conf_get(group, key);

    if (!item || conf_is_mended(item))
        return dflt;
    if (conf_type(item) == CONFIG_TYPE_BOOL)
        return config_setting_get_bool(conf_setting(item)) != 0;
    conf_error_at(errs, item, _("“%s” 应为 true 或 false，不加引号"), key);
    return dflt;
}

const char **conf_texts(void *ctx, const struct conf_item *group, const char *key,
                        struct conf_errors *errs)
{
    const struct conf_item *item = conf_get(group, key);
    bool list = conf_is_list(item);
    size_t n = list ? conf_count(item) : 1, used = 0;

    if (!item)
        return NULL;
    const char **texts = talloc_zero_array(ctx, const char *, n + 1);
    MUST(texts);
    for (size_t i = 0; i < n; i++) {
        const char *text = conf_item_text(list ? conf_at(item, i) : item, key, errs);
        if (text)
            texts[used++] = text;
    }
    return texts;
}

/* --- unknown names --- */

#define CONF_NAME_MAX 32

/* Levenshtein distance of two short names; CONF_NAME_MAX for longer ones. */
static size_t conf_distance(const char *a, const char *b)
{
    size_t row[CONF_NAME_MAX], na = strlen(a), nb = strlen(b);

    if (na >= CONF_NAME_MAX || nb >= CONF_NAME_MAX)
        return CONF_NAME_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t up = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = up;
            if (up + 1 < best)
                best = up + 1;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[nb];
}

const char *conf_nearest(const char *name, const char *const names[])
{
    const char *best = NULL;
    size_t least = strlen(name) <= 3 ? 2 : 3; /* further away is a guess */

    for (; *names; names++) {
        size_t d = conf_distance(name, *names);
        if (d < least) {
            least = d;
            best = *names;
        }
    }
    return best;
}

static bool conf_known(const char *name, const char *const names[])
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

void conf_only(const struct conf_item *group, const char *const names[], struct conf_errors *errs)
{
    for (size_t i = 0; conf_is_group(group) && i < conf_count(group); i++) {
        const struct conf_item *item = conf_at(group, i);
        const char *name = conf_name(item);
        if (!name || conf_known(name, names))
            continue;
        const char *near = conf_nearest(name, names);
        if (near)
            conf_error_at(errs, item, _("不认识的项 “%s”，是不是 “%s”？"), name, near);
        else
            conf_error_at(errs, item, _("不认识的项 “%s”"), name);
    }
}
