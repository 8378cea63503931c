/*
 * Loads a directory of forms in three passes, so that forms may point at each other: every file and
 * code table is read; then every form's fields; then what they say of each other. Nothing stops at
 * the first mistake: whoever edits a form sees all of them at once, by file and line.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/err.h"
#include "base/io.h"
#include "base/sm3.h"
#include "base/text.h"
#include "form/checklist.h"
#include "form/codes.h"
#include "form/load.h"
#include "form/type.h"

#define DICT_FILE_MAX (4u << 20)
#define BIG_BYTES     (64 << 10)

struct dict_files {
    char **name; /* "child.form", sorted by bytes */
    size_t n;
};

static int dict_name_cmp(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files of dir that end in suffix; hidden ones and editors' copies are left out by the names. */
static bool dict_scan(void *tmp, const char *dir, const char *suffix, struct dict_files *out)
{
    DIR *d = opendir(dir);
    struct dirent *e;

    *out = (struct dict_files){talloc_array(tmp, char *, 0), 0};
    if (d == NULL)
        return false;
    while ((e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name), tail = strlen(suffix);

        if (e->d_name[0] == '.' || len <= tail || strcmp(e->d_name + len - tail, suffix) != 0)
            continue;
        out->name = talloc_realloc(tmp, out->name, char *, out->n + 1);
        MUST(out->name != NULL);
        out->name[out->n++] = talloc_strdup(tmp, e->d_name);
    }
    closedir(d);
    if (out->n > 0)
        qsort(out->name, out->n, sizeof *out->name, dict_name_cmp);
    return true;
}

static const char *dict_stem(struct load *l, const char *file)
{
    return talloc_strndup(l->tmp, file, (size_t)(strrchr(file, '.') - file));
}

static const char *dict_path(struct load *l, const char *file)
{
    return text_printf(l->tmp, "%s/%s", l->dict->dir, file);
}

static bool big_late;

void dict_load_big_late(bool late)
{
    big_late = late;
}

static bool is_late(const char *path)
{
    struct stat st;

    return big_late && stat(path, &st) == 0 && st.st_size >= BIG_BYTES;
}

static void dict_read_codes(struct load *l, const struct dict_files *files)
{
    struct dict *d = l->dict;

    d->codes = talloc_zero_array(d, struct codes, files->n);
    for (size_t i = 0; i < files->n; i++) {
        const char *path = dict_path(l, text_printf(l->tmp, "codes/%s", files->name[i]));
        const char *name = dict_stem(l, files->name[i]);

        if (!load_is_name(name))
            conf_error(l->errs, path, 0, "文件名应是小写字母、数字和下划线");
        if (is_late(path))
            d->codes[i] = (struct codes){.name = load_pool_text(l->pool, name),
                                         .late = load_pool_text(l->pool, path)};
        else
            codes_load(d, path, name, &d->codes[i], l->errs);
        d->ncodes++;
    }
}

static void dict_read_forms(struct load *l, const struct dict_files *files)
{
    struct dict *d = l->dict;

    d->form = talloc_zero_array(d, struct form, files->n);
    l->conf = talloc_zero_array(l->tmp, const struct conf *, files->n);
    MUST(d->form != NULL && l->conf != NULL);
    for (size_t i = 0; i < files->n; i++) {
        struct form *form = &d->form[i];

        form->name = load_pool_text(l->pool, dict_stem(l, files->name[i]));
        form->label = form->en = "";
        form->path = load_pool_text(l->pool, dict_path(l, files->name[i]));
        form->pos = (int)i;
        form->dict = d;
        l->conf[i] = conf_read(l->tmp, form->path, l->errs);
    }
    d->nform = files->n;
}

/* SM3 of names and contents, so that client and server know whether they hold the same forms. */
static void dict_digest(struct load *l, const struct dict_files *forms,
                        const struct dict_files *codes)
{
    size_t n = 0, total = 2 * (forms->n + codes->n);
    const void **part = talloc_array(l->tmp, const void *, total);
    size_t *len = talloc_array(l->tmp, size_t, total);
    unsigned char digest[SM3_LEN];

    MUST(part != NULL && len != NULL);
    for (size_t i = 0; i < forms->n + codes->n; i++) {
        const char *file = i < forms->n
                               ? forms->name[i]
                               : text_printf(l->tmp, "codes/%s", codes->name[i - forms->n]);
        char *bytes;

        part[n] = file;
        len[n++] = strlen(file) + 1;
        if (io_read_file(l->tmp, dict_path(l, file), DICT_FILE_MAX, &bytes, &len[n]) != 0)
            continue; /* reading it has failed before, and is in errs */
        part[n++] = bytes;
    }
    sm3_parts(n, part, len, digest);
    sm3_hex(digest, l->dict->digest);
}

static void dict_load_option(struct load *l)
{
    static const char *const keys[] = {"of", "digit", "label", "en", NULL};
    const struct conf_item *g = conf_get(conf_root(l->conf[l->form->pos]), "option");
    struct form_option *o = &l->form->option;

    if (g == NULL)
        return;
    conf_only(g, keys, l->errs);
    o->of = load_need(l, g, "of");
    o->digit = load_int(l, g, "digit", 1, 9);
    o->label = load_need(l, g, "label");
    o->en = load_need(l, g, "en");
}

static void dict_load_head(struct load *l)
{
    static const char *const keys[] = {"name",   "label",  "en",       "help",    "area",
                                       "owner",  "title",  "key",      "code",    "alias",
                                       "system", "fields", "sections", "columns", "views",
                                       "rules",  "final",  "option",   NULL};
    const struct conf_item *root = conf_root(l->conf[l->form->pos]);
    struct form *form = l->form;
    const char *name;

    conf_only(root, keys, l->errs);
    name = load_name(l, root);
    if (*name != '\0' && strcmp(name, form->name) != 0)
        conf_error_at(l->errs, load_at(root, "name"), "name “%s”应与文件名“%s”相同", name,
                      form->name);
    form->label = load_need(l, root, "label");
    form->en = load_need(l, root, "en");
    form->help = load_text(l, root, "help");
    form->area = load_text(l, root, "area");
    form->owner = load_text(l, root, "owner");
    form->title = load_text(l, root, "title");
    form->key = load_text(l, root, "key");
    form->code = load_text(l, root, "code");
    form->alias = load_text(l, root, "alias");
    form->system = conf_bool(root, "system", false, l->errs);
    form->final = conf_bool(root, "final", false, l->errs);
    dict_load_option(l);
}

static void dict_check_head(struct load *l)
{
    const struct conf_item *root = conf_root(l->conf[l->form->pos]);
    const struct form *form = l->form;
    const struct form_field *key, *owner;
    struct form_path p;

    if (form_division(form) != NULL && load_path(l, load_at(root, "area"), form->area, &p) &&
        p.field->type != NULL && strcmp(p.field->type->name, "area") != 0)
        conf_error_at(l->errs, load_at(root, "area"), "“%s”不是 area 类型，不能作区划", form->area);
    if (form->title != NULL)
        load_own_field(l, load_at(root, "title"), form->title);
    owner = form->owner != NULL ? load_own_field(l, load_at(root, "owner"), form->owner) : NULL;
    if (owner != NULL && (owner->type == NULL || strcmp(owner->type->name, "user") != 0 ||
                          !owner->index || !owner->system || form->area != NULL))
        conf_error_at(
            l->errs, load_at(root, "owner"),
            "“%s”作 owner，它要是 user 类型，写 index = true 和 system = true，表单不写 area",
            form->owner);
    key = form->key != NULL ? load_own_field(l, load_at(root, "key"), form->key) : NULL;
    if (key != NULL && !key->unique)
        conf_error_at(l->errs, load_at(root, "key"), "“%s”作 key，它要写 unique = true", form->key);
}

/* A digit means one thing in the lists of a form, and what it makes hangs on that form. */
static void dict_check_option(struct load *l)
{
    const struct conf_item *at = load_at(conf_root(l->conf[l->form->pos]), "option");
    const struct form_option *mine = &l->form->option;
    const struct form *of = mine->of != NULL ? dict_form(l->dict, mine->of) : NULL;

    if (mine->of == NULL)
        return;
    if (of == NULL || form_link(l->form, of) == NULL)
        conf_error_at(l->errs, at,
                      "option 的 of “%s”应是一种记录，并有同名的 ref 字段(index = true)", mine->of);
    if (strchr("1234569", '0' + mine->digit) != NULL && of != NULL &&
        strcmp(of->name, "child") == 0)
        conf_error_at(l->errs, at, "儿童名单里数字 %d 已有别的用处，请用 7 或 8", mine->digit);
    for (const struct form *o = l->dict->form; o < l->form; o++)
        if (o->option.of != NULL && strcmp(o->option.of, mine->of) == 0 &&
            o->option.digit == mine->digit)
            conf_error_at(l->errs, at, "数字 %d 与 %s.form 的 option 重复", mine->digit, o->name);
}

static bool dict_only(const char *s, const char *set, size_t max)
{
    return *s != '\0' && s[strspn(s, set)] == '\0' && strlen(s) <= max;
}

/* Jump codes and their letters are typed blindly: one form each. */
static void dict_check_jump(struct load *l)
{
    const struct conf_item *root = conf_root(l->conf[l->form->pos]);
    const struct form *form = l->form;

    if (form->code != NULL && !dict_only(form->code, "0123456789", 4))
        conf_error_at(l->errs, load_at(root, "code"), "code “%s”应是 1 到 4 位数字", form->code);
    if (form->alias != NULL && !dict_only(form->alias, "abcdefghijklmnopqrstuvwxyz", 8))
        conf_error_at(l->errs, load_at(root, "alias"), "alias “%s”应是 1 到 8 个小写字母",
                      form->alias);
    for (const struct form *o = l->dict->form; o < form; o++) {
        if (form->code != NULL && o->code != NULL && strcmp(o->code, form->code) == 0)
            conf_error_at(l->errs, load_at(root, "code"), "code “%s”与 %s.form 重复", form->code,
                          o->name);
        if (form->alias != NULL && o->alias != NULL && strcmp(o->alias, form->alias) == 0)
            conf_error_at(l->errs, load_at(root, "alias"), "alias “%s”与 %s.form 重复", form->alias,
                          o->name);
    }
}

/* Runs one pass over every form that could be read. */
static void dict_each(struct load *l, void (*pass)(struct load *))
{
    for (size_t i = 0; i < l->dict->nform; i++) {
        l->form = &l->dict->form[i];
        if (l->conf[i] != NULL)
            pass(l);
    }
}

static void dict_load_files(struct load *l)
{
    struct dict_files forms, codes;

    if (!dict_scan(l->tmp, l->dict->dir, ".form", &forms) || forms.n == 0) {
        conf_error(l->errs, l->dict->dir, 0, "这个目录里没有 .form 文件");
        return;
    }
    dict_scan(l->tmp, dict_path(l, "codes"), ".csv", &codes);
    dict_read_codes(l, &codes);
    dict_read_forms(l, &forms);
    dict_each(l, dict_load_head);
    dict_each(l, field_load);
    dict_each(l, field_resolve);
    dict_each(l, dict_check_head);
    dict_each(l, dict_check_jump);
    dict_each(l, dict_check_option);
    dict_each(l, section_load);
    dict_each(l, view_load);
    dict_each(l, rule_load);
    checklist_load(l);
    dict_digest(l, &forms, &codes);
}

struct dict *dict_load(void *ctx, const char *dir, struct conf_errors *errs)
{
    struct dict *d = talloc_zero(ctx, struct dict);
    struct load l = {.dict = d, .errs = errs};
    size_t before = errs->n;

    MUST(d != NULL);
    l.pool = load_pool_new(d, LOAD_POOL_STEP);
    l.tmp = talloc_new(d);
    d->dir = load_pool_text(l.pool, dir);
    dict_load_files(&l);
    for (size_t i = 0; i < d->nform; i++)
        d->form[i].dim = load_is_dim(&l, &d->form[i]);
    talloc_free(l.tmp);
    for (size_t i = 0; i < d->nform && errs->n == before; i++)
        form_index_names(d, &d->form[i]);
    return d;
}
