/* Reads forms/checklist/: which questions of sweep_item a kind of sweep asks. */
#include "form/checklist.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/io.h"
#include "base/sm3.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/load.h"

#define CHECKLIST_FILE_MAX (1u << 20)

struct reader {
    struct load *l;
    const struct form *item;
    struct checklist *to;
};

/* Names of questions; an unknown, retired or repeated one is a mistake. */
static size_t fields_read(struct reader *r, const struct conf_item *group, const char *key,
                          const struct form_field ***out)
{
    const char **names = conf_texts(r->l->tmp, group, key, r->l->errs);
    size_t n = 0;

    while (names && names[n])
        n++;
    *out = talloc_array(r->l->dict, const struct form_field *, n + 1);
    n = 0;
    for (size_t i = 0; names && names[i]; i++) {
        const struct form_field *f = form_field(r->item, names[i]);
        bool again = false;

        for (size_t k = 0; f && k < n; k++)
            again |= (*out)[k] == f;
        if (!f || f->system || f->retired)
            conf_error_at(r->l->errs, load_at(group, key), "检查表里没有“%s”这道题", names[i]);
        else if (again)
            conf_error_at(r->l->errs, load_at(group, key), "“%s”重复了", names[i]);
        else
            (*out)[n++] = f;
    }
    return n;
}

static void parts_read(struct reader *r, const struct conf_item *root)
{
    static const char *const keys[] = {"label", "en", "fields", NULL};
    const struct conf_item *list = conf_get(root, "sections");
    size_t n = list && conf_is_list(list) ? conf_count(list) : 0;

    r->to->part = talloc_zero_array(r->l->dict, struct checklist_part, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct conf_item *g = conf_at(list, i);
        struct checklist_part *p = &r->to->part[r->to->npart++];

        conf_only(g, keys, r->l->errs);
        p->label = load_need(r->l, g, "label");
        p->en = load_need(r->l, g, "en");
        p->n = fields_read(r, g, "fields", &p->field);
    }
}

static void kinds_read(struct reader *r, const struct conf_item *root)
{
    const struct codes *table = dict_codes(r->l->dict, "sweep_kind");
    const char **kinds = conf_texts(r->l->tmp, root, "kinds", r->l->errs);
    size_t n = 0;

    while (kinds && kinds[n])
        n++;
    if (n == 0)
        conf_error_at(r->l->errs, root, "kinds 要列出用这张表的排查种类");
    r->to->kinds = talloc_zero_array(r->l->dict, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        r->to->kinds[i] = load_pool_text(r->l->pool, kinds[i]);
        if (!table || !codes_find(table, kinds[i]))
            conf_error_at(r->l->errs, load_at(root, "kinds"), "没有排查种类“%s”", kinds[i]);
    }
}

static void file_digest(struct reader *r, const char *path)
{
    unsigned char digest[SM3_LEN];
    size_t len;
    char *bytes;

    if (io_read_file(r->l->tmp, path, CHECKLIST_FILE_MAX, &bytes, &len))
        return; /* conf_read has said so */
    sm3(bytes, len, digest);
    sm3_hex(digest, r->to->digest);
}

static void file_read(struct reader *r, const char *path, const char *stem)
{
    static const char *const keys[] = {"name", "label", "en",       "kinds", "basis",
                                       "note", "grid",  "sections", "need",  NULL};
    const struct conf *conf = conf_read(r->l->tmp, path, r->l->errs);
    const struct conf_item *root = conf ? conf_root(conf) : NULL;

    *r->to = (struct checklist){.name = load_pool_text(r->l->pool, stem), .label = "", .en = ""};
    if (!root)
        return;
    conf_only(root, keys, r->l->errs);
    if (strcmp(load_name(r->l, root), stem) != 0)
        conf_error_at(r->l->errs, load_at(root, "name"), "name 应与文件名“%s”相同", stem);
    r->to->label = load_need(r->l, root, "label");
    r->to->en = load_need(r->l, root, "en");
    r->to->basis = load_text(r->l, root, "basis");
    r->to->note = load_text(r->l, root, "note");
    kinds_read(r, root);
    r->to->ngrid = fields_read(r, root, "grid", &r->to->grid);
    r->to->nneed = fields_read(r, root, "need", &r->to->need);
    if (r->to->ngrid == 0)
        conf_error_at(r->l->errs, root, "grid 要列出排查表的各格");
    parts_read(r, root);
    file_digest(r, path);
}

static int name_cmp(const void *a, const void *b)
{
    return strcmp(((const struct checklist *)a)->name, ((const struct checklist *)b)->name);
}

void checklist_load(struct load *l)
{
    struct reader r = {.l = l, .item = dict_form(l->dict, "sweep_item")};
    const char *dir = text_printf(l->tmp, "%s/checklist", l->dict->dir);
    DIR *d = r.item ? opendir(dir) : NULL;
    struct dict *dict = l->dict;
    struct dirent *e;

    while (d && (e = readdir(d))) {
        size_t len = strlen(e->d_name);

        if (*e->d_name == '.' || len <= 5 || strcmp(e->d_name + len - 5, ".form") != 0)
            continue;
        dict->checklist =
            talloc_realloc(dict, dict->checklist, struct checklist, dict->nchecklist + 1);
        r.to = &dict->checklist[dict->nchecklist++];
        file_read(&r, text_printf(l->tmp, "%s/%s", dir, e->d_name),
                  talloc_strndup(l->tmp, e->d_name, len - 5));
    }
    if (d)
        closedir(d);
    if (dict->nchecklist > 1)
        qsort(dict->checklist, dict->nchecklist, sizeof *dict->checklist, name_cmp);
}

const struct checklist *checklist_find(const struct dict *d, const char *name, const char *kind)
{
    for (size_t i = 0; i < d->nchecklist; i++) {
        const struct checklist *c = &d->checklist[i];

        if (name && *name) {
            if (!strcmp(c->name, name))
                return c;
            continue;
        }
        for (size_t k = 0; kind && c->kinds[k]; k++)
            if (!strcmp(c->kinds[k], kind))
                return c;
    }
    return NULL;
}
