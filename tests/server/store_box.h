/* What the tests of the store share: a small dictionary, a store in a directory of its own. */
#ifndef HUTONG_TEST_STORE_BOX_H
#define HUTONG_TEST_STORE_BOX_H

#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/text.h"
#include "rec/check.h"
#include "store/store_admin.h"
#include "unit/tmpdir.h"

#define CHILD_FORM                                                                                 \
    "name=\"child\";label=\"儿童\";en=\"Child\";area=\"village\";title=\"name\";"                \
    "fields=({name=\"name\";label=\"姓名\";en=\"Name\";type=\"text\";must=true;index=true;"      \
    "search=\"name\";},"                                                                           \
    "{name=\"id_no\";label=\"身份证\";en=\"ID\";type=\"text\";unique=true;search=\"digits\";}," \
    "{name=\"village\";label=\"村\";en=\"Village\";type=\"area\";index=true;},"                   \
    "{name=\"birth_date\";label=\"出生\";en=\"Birth\";type=\"date\";index=true;},"               \
    "%s"                                                                                           \
    "{name=\"remark\";label=\"备注\";en=\"Remark\";type=\"note\";});"                            \
    "sections=({name=\"a\";label=\"甲\";en=\"A\";fields=[\"name\"];});"
#define VISIT_FORM                                                                                 \
    "name=\"visit\";label=\"走访\";en=\"Visit\";area=\"child.village\";"                         \
    "fields=({name=\"child\";label=\"儿童\";en=\"Child\";type=\"ref\";ref=\"child\";},"          \
    "{name=\"day\";label=\"日期\";en=\"Day\";type=\"date\";index=true;});"                       \
    "sections=({name=\"a\";label=\"甲\";en=\"A\";fields=[\"day\"];});"
#define PHONE_FIELD "{name=\"phone\";label=\"电话\";en=\"Phone\";type=\"text\";},"

struct box {
    void *ctx;
    char *dir, *forms;
    struct dict *dict;
    struct store_conf conf;
    struct store *s;
    char *problem;
    const struct form *child, *visit;
};

static const struct store_who box_who = {"zhang", 7,      "pts/1",       "rec.add",
                                         "测试",  "form", {2026, 11, 22}};

/* The dictionary anew; extra: more fields of child. */
static inline void box_dict_text(struct box *b, const char *child)
{
    char *path = text_printf(b->ctx, "%s/child.form", b->forms);
    struct conf_errors *errs = conf_errors_new(b->ctx);
    cr_assert_eq(io_write_file(path, child, strlen(child), 0600), 0);
    path = text_printf(b->ctx, "%s/visit.form", b->forms);
    cr_assert_eq(io_write_file(path, VISIT_FORM, strlen(VISIT_FORM), 0600), 0);
    b->dict = rec_load_dict(b->ctx, b->forms, errs);
    for (size_t i = 0; i < errs->n; i++)
        cr_log_error("%s", errs->text[i]);
    cr_assert_not_null(b->dict);
    b->child = dict_form(b->dict, "child");
    b->visit = dict_form(b->dict, "visit");
}

static inline void box_dict(struct box *b, const char *extra)
{
    box_dict_text(b, text_printf(b->ctx, CHILD_FORM, extra));
}

static inline int box_try_open(struct box *b)
{
    return store_open(b->ctx, &b->conf, b->dict, &b->s, &b->problem);
}

static inline void box_open(struct box *b)
{
    int err = box_try_open(b);
    cr_assert_eq(err, 0, "%s: %s", err_name(err), b->problem ? b->problem : "");
}

/* A new store, not yet opened. low_disk_bytes is small so that a full test machine does not matter. */
static inline void box_make(struct box *b)
{
    memset(b, 0, sizeof *b);
    b->ctx = talloc_new(NULL);
    b->dir = tmpdir_new(b->ctx);
    b->forms = text_printf(b->ctx, "%s/forms", b->dir);
    cr_assert_eq(io_make_dirs(text_printf(b->ctx, "%s/codes", b->forms), 0700), 0);
    b->conf.dir = text_printf(b->ctx, "%s/data", b->dir);
    b->conf.cache_bytes = 4 << 20;
    b->conf.low_disk_bytes = 1 << 20;
    box_dict(b, PHONE_FIELD);
    int err = store_init(&b->conf, b->dict, &b->problem);
    cr_assert_eq(err, 0, "%s", b->problem ? b->problem : err_name(err));
}

static inline void box_new(struct box *b)
{
    box_make(b);
    box_open(b);
}

/* What a call on a stopped store said; it is a root of its own. */
static inline const char *box_said(struct box *b)
{
    return b->problem ? b->problem = talloc_steal(b->ctx, b->problem) : "";
}

static inline void box_free(struct box *b)
{
    store_close(&b->s);
    talloc_free(b->ctx);
}

static inline struct rec *box_rec(void *ctx, const struct form *f, const char *pairs)
{
    struct rec *r = rec_new(ctx, f);
    char *copy = talloc_strdup(ctx, pairs), *save = NULL;
    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *eq = strchr(p, '=');
        *eq = '\0';
        rec_set(r, p, eq + 1);
    }
    return r;
}

/* One record put by name=value pairs; id 0 a new one. */
struct box_put {
    struct box *b;
    const struct form *form;
    const char *pairs;
    uint64_t id, clash_id;
    uint32_t version; /* based on; 0: what is stored */
    const struct form_field *clash;
};

static inline int box_put_fn(struct txn *t, void *arg)
{
    struct box_put *p = arg;
    void *ctx = talloc_new(NULL);
    struct rec *old = NULL, *rec = box_rec(ctx, p->form, p->id ? "" : p->pairs);
    int err = p->id ? txn_get(t, ctx, p->form, p->id, &old) : 0;
    if (!err && old) {
        rec = rec_copy(ctx, old);
        struct rec *set = box_rec(ctx, p->form, p->pairs);
        for (size_t i = 0; i < p->form->nfield; i++)
            if (set->val[i])
                rec_set_at(rec, &p->form->field[i], strcmp(set->val[i], "-") ? set->val[i] : NULL);
        if (p->version)
            old->version = p->version;
    }
    if (!err)
        err = txn_put(t, &box_who, old, rec, &p->clash, &p->clash_id);
    p->id = rec->id;
    talloc_free(ctx);
    return err;
}

static inline uint64_t box_put(struct box *b, const struct form *f, uint64_t id, const char *pairs)
{
    struct box_put p = {.b = b, .form = f, .pairs = pairs, .id = id};
    int err = store_write(b->s, b->ctx, NULL, box_put_fn, &p, NULL);
    cr_assert_eq(err, 0, "put %s: %s", pairs, err_name(err));
    return p.id;
}

/* A walk as text: ids with blanks between, at most max. */
struct box_walk {
    struct walk w;
    char text[4096], mark[512];
    int max, n;
};

static inline int box_walk_one(struct txn *t, uint64_t id, const char *mark, void *arg)
{
    struct box_walk *w = arg;
    (void)t;
    size_t len = strlen(w->text);
    snprintf(w->text + len, sizeof w->text - len, "%s%llu", len ? " " : "", (unsigned long long)id);
    snprintf(w->mark, sizeof w->mark, "%s", mark);
    return w->max && ++w->n == w->max;
}

static inline int box_walk_fn(struct txn *t, void *arg)
{
    struct box_walk *w = arg;
    w->text[0] = '\0';
    w->n = 0;
    return txn_walk(t, &w->w, box_walk_one, w);
}

static inline const char *box_walk(struct box *b, struct box_walk *w)
{
    int err = store_read(b->s, box_walk_fn, w);
    return err ? err_name(err) : w->text;
}

/* In a child process; returns its wait status. */
static inline int box_fork(void (*fn)(struct box *), struct box *b)
{
    pid_t pid = fork();
    int status = 0;
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        fn(b);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status;
}

#endif
