#include "form/role.h"

#include <string.h>
#include <talloc.h>

#include "form/codes.h"
#include "form/load.h"

static const char *const role_verbs[] = {"read", "add",      "change", "review", "approve",
                                         "exit", "transfer", "merge",  "print",  "sync",
                                         "sign", "end",      "void",   NULL};
static const char *const role_machine[] = {
    "import.run",  "export.run",  "user.manage",    "division.load",
    "form.check",  "audit.read",  "job.manage",     "backup.run",
    "status.read", "report.read", "report.figures", "report.freeze",
    "sweep.open",  "sweep.check", "sweep.submit",   "sweep.accept",
    NULL};

struct role_load {
    struct load load; /* its dict is only read here */
    struct roles *roles;
    const struct conf_item *at; /* the group being read */
};

static bool role_has(const char *const list[], const char *word)
{
    for (; *list != NULL; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

/* The list group[key] kept by the roles; NULL when missing. */
static const char **role_list(struct role_load *l, const char *key)
{
    const char **list = conf_texts(l->roles, l->at, key, l->load.errs);

    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        list[i] = load_pool_text(l->load.pool, list[i]);
    return list;
}

/* The line of the i-th text of group[key]. */
static const struct conf_item *role_list_at(const struct role_load *l, const char *key, size_t i)
{
    const struct conf_item *item = load_at(l->at, key);

    return conf_is_list(item) && i < conf_count(item) ? conf_at(item, i) : item;
}

static enum role_scope role_load_scope(struct role_load *l)
{
    static const char *const words[] = {[SCOPE_AREA] = "area",
                                        [SCOPE_SCHOOL] = "school",
                                        [SCOPE_ASSIGNED] = "assigned",
                                        [SCOPE_NONE] = "none",
                                        NULL};
    const char *s = load_need(&l->load, l->at, "scope");

    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(s, words[i]) == 0)
            return (enum role_scope)i;
    if (*s != '\0')
        conf_error_at(l->load.errs, load_at(l->at, "scope"),
                      "没有范围“%s”，应是 area、school、assigned、none 之一%s", s,
                      load_near(l->load.tmp, s, words));
    return SCOPE_NONE;
}

static const char *role_load_level(struct role_load *l)
{
    static const char *const words[] = {"village", "town", "county", NULL};
    const char *s = load_text(&l->load, l->at, "level");

    if (s != NULL && !role_has(words, s))
        conf_error_at(l->load.errs, load_at(l->at, "level"),
                      "没有级别“%s”，应是 village、town、county 之一%s", s,
                      load_near(l->load.tmp, s, words));
    return s;
}

/* "AB" or [ "A", "B" ] as bits. */
static unsigned role_load_classes(struct role_load *l, const char *key)
{
    const char **list = conf_texts(l->load.tmp, l->at, key, l->load.errs);
    unsigned bits = 0;

    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        for (const char *p = list[i]; *p != '\0'; p++) {
            if (*p >= 'A' && *p <= 'D') {
                bits |= 1u << (*p - 'A');
                continue;
            }
            conf_error_at(l->load.errs, role_list_at(l, key, i),
                          "“%s”只能由 A B C D 组成，不能有“%s”", key, list[i]);
            break;
        }
    return bits;
}

/* The form of "child.read" when the word has a known verb of records; NULL noted. */
static const struct form *role_right_form(struct role_load *l, size_t i, const char *word)
{
    const char *dot = strchr(word, '.');
    const char *name = dot != NULL ? talloc_strndup(l->load.tmp, word, (size_t)(dot - word)) : word;
    const struct form *form = dot != NULL ? dict_form(l->load.dict, name) : NULL;
    const char **known = talloc_zero_array(l->load.tmp, const char *, l->load.dict->nform + 1);

    MUST(known != NULL);
    for (size_t n = 0; n < l->load.dict->nform; n++)
        known[n] = l->load.dict->form[n].name;
    if (form == NULL) {
        const char *hint = load_near(l->load.tmp, word, role_machine);

        conf_error_at(l->load.errs, role_list_at(l, "may", i), "没有权限“%s”%s", word,
                      *hint != '\0' ? hint : load_near(l->load.tmp, name, known));
    } else if (strcmp(dot, ".*") != 0 && !role_has(role_verbs, dot + 1)) {
        conf_error_at(l->load.errs, role_list_at(l, "may", i), "没有权限“%s”%s", word,
                      load_near(l->load.tmp, dot + 1, role_verbs));
        return NULL;
    }
    return form;
}

/*
 * The three administrators are kept apart from children's files and from each other: users and the
 * audit trail are theirs alone and never in one hand (domain.md 4, 三员).
 */
static void role_check_may(struct role_load *l, const struct role *r)
{
    bool users = false, audit = false;

    for (size_t i = 0; r->may[i] != NULL; i++) {
        const struct form *form;

        users = users || strcmp(r->may[i], "user.manage") == 0;
        audit = audit || strcmp(r->may[i], "audit.read") == 0;
        if (role_has(role_machine, r->may[i]))
            continue;
        form = role_right_form(l, i, r->may[i]);
        if (form != NULL && r->admin && form->area != NULL)
            conf_error_at(l->load.errs, role_list_at(l, "may", i),
                          "管理员角色不能有“%s”：它碰到儿童的档案", r->may[i]);
    }
    if (!r->admin && (users || audit))
        conf_error_at(l->load.errs, load_at(l->at, "may"), "“%s”只能给 admin = true 的角色",
                      users ? "user.manage" : "audit.read");
    if (users && audit)
        conf_error_at(l->load.errs, load_at(l->at, "may"),
                      "user.manage 和 audit.read 不能给同一个角色：用户管理与审计要分开");
}

static void role_check_fields(struct role_load *l, const struct role *r)
{
    for (size_t i = 0; r->fields != NULL && r->fields[i] != NULL; i++) {
        const char *word = r->fields[i], *dot = strchr(word, '.');
        const struct form *form =
            dot == NULL
                ? NULL
                : dict_form(l->load.dict, talloc_strndup(l->load.tmp, word, (size_t)(dot - word)));

        if (form == NULL || form_field(form, dot + 1) == NULL)
            conf_error_at(l->load.errs, role_list_at(l, "fields", i),
                          "没有字段“%s”，应写成 \"child.name\" 这样", word);
    }
}

static void role_load_one(struct role_load *l, struct role *r)
{
    static const char *const keys[] = {"name",   "label", "en",     "scope", "level", "classes",
                                       "masked", "may",   "fields", "admin", NULL};
    static const char *none[] = {NULL};

    conf_only(l->at, keys, l->load.errs);
    r->name = load_name(&l->load, l->at);
    for (const struct role *o = l->roles->role; o < r; o++)
        if (*r->name != '\0' && strcmp(o->name, r->name) == 0)
            conf_error_at(l->load.errs, load_at(l->at, "name"), "角色“%s”重复，第 %d 行已有",
                          r->name, o->line);
    r->label = load_need(&l->load, l->at, "label");
    r->en = load_need(&l->load, l->at, "en");
    r->scope = role_load_scope(l);
    r->level = role_load_level(l);
    r->classes = role_load_classes(l, "classes");
    r->masked = role_load_classes(l, "masked");
    r->admin = conf_bool(l->at, "admin", false, l->load.errs);
    r->may = role_list(l, "may");
    if (r->may == NULL)
        r->may = none;
    r->fields = role_list(l, "fields");
    role_check_may(l, r);
    role_check_fields(l, r);
    if (r->admin && r->scope != SCOPE_NONE)
        conf_error_at(l->load.errs, load_at(l->at, "scope"), "管理员角色的 scope 应是 \"none\"");
}

/* Views name roles; only now can it be said that these exist. */
static void role_check_views(struct role_load *l)
{
    const char **known = talloc_zero_array(l->load.tmp, const char *, l->roles->n + 1);

    MUST(known != NULL);
    for (size_t i = 0; i < l->roles->n; i++)
        known[i] = l->roles->role[i].name;
    for (size_t i = 0; i < l->load.dict->nform; i++)
        for (size_t v = 0; v < l->load.dict->form[i].nview; v++) {
            const struct form_view *view = &l->load.dict->form[i].view[v];

            for (size_t k = 0; view->roles != NULL && view->roles[k] != NULL; k++)
                if (roles_find(l->roles, view->roles[k]) == NULL)
                    conf_error(l->load.errs, l->load.dict->form[i].path, view->line,
                               "没有角色“%s”%s", view->roles[k],
                               load_near(l->load.tmp, view->roles[k], known));
        }
}

static void role_load_file(struct role_load *l, const struct conf_item *root)
{
    static const char *const keys[] = {"roles", NULL};
    const struct conf_item *list = conf_get(root, "roles");

    conf_only(root, keys, l->load.errs);
    if (list == NULL || !conf_is_list(list) || conf_count(list) == 0) {
        conf_error_at(l->load.errs, list != NULL ? list : root,
                      "缺少“roles”：应写成 roles = ( { name = … }, … )");
        return;
    }
    l->roles->role = talloc_zero_array(l->roles, struct role, conf_count(list));
    MUST(l->roles->role != NULL);
    for (size_t i = 0; i < conf_count(list); i++) {
        struct role *r = &l->roles->role[i];

        l->at = conf_at(list, i);
        r->line = conf_line(l->at);
        r->name = "";
        if (conf_is_group(l->at))
            role_load_one(l, r);
        else
            conf_error_at(l->load.errs, l->at, "每个角色应是用花括号括起来的一组");
        l->roles->n = i + 1;
    }
    role_check_views(l);
}

struct roles *roles_load(void *ctx, const char *path, const struct dict *dict,
                         struct conf_errors *errs)
{
    struct roles *roles = talloc_zero(ctx, struct roles);
    struct role_load l = {.roles = roles, .load = {.dict = base_unconst(dict), .errs = errs}};
    size_t before = errs->n;
    const struct conf *conf;

    MUST(roles != NULL);
    l.load.pool = load_pool_new(roles, LOAD_POOL_STEP);
    l.load.tmp = talloc_new(roles);
    conf = conf_read(l.load.tmp, path, errs);
    if (conf != NULL)
        role_load_file(&l, conf_root(conf));
    talloc_free(l.load.tmp);
    if (errs->n == before)
        return roles;
    talloc_free(roles);
    return NULL;
}

const struct role *roles_find(const struct roles *roles, const char *name)
{
    for (size_t i = 0; i < roles->n; i++)
        if (strcmp(roles->role[i].name, name) == 0)
            return &roles->role[i];
    return NULL;
}

/* "child.*" stands for the verbs of records only; a machine right is always written out. */
bool role_may(const struct role *r, const char *right)
{
    const char *dot = strchr(right, '.');
    bool record = dot != NULL && role_has(role_verbs, dot + 1) && !role_has(role_machine, right);

    for (size_t i = 0; r->may[i] != NULL; i++) {
        const char *word = r->may[i], *star = strchr(word, '.');

        if (strcmp(word, right) == 0)
            return true;
        if (record && star != NULL && strcmp(star, ".*") == 0 && star - word == dot - right &&
            strncmp(word, right, (size_t)(dot - right)) == 0)
            return true;
    }
    return false;
}

static bool role_names_field(const struct role *r, const struct form_field *f)
{
    size_t n = strlen(f->form->name);

    for (size_t i = 0; r->fields[i] != NULL; i++) {
        const char *word = r->fields[i];

        if (strncmp(word, f->form->name, n) == 0 && word[n] == '.' &&
            (strcmp(word + n + 1, f->name) == 0 ||
             (f->was != NULL && strcmp(word + n + 1, f->was) == 0)))
            return true;
    }
    return false;
}

bool role_reads(const struct role *r, const struct form_field *f, bool *masked)
{
    unsigned bit = 1u << f->class;
    bool hidden = (r->masked & bit) != 0 && f->mask != NULL;

    *masked = hidden;
    if (r->fields != NULL && !role_names_field(r, f))
        return false;
    return (r->classes & bit) != 0 || hidden;
}

bool role_fills(const struct role *r, const struct form_field *f)
{
    return f->blind && (r->fields == NULL || role_names_field(r, f));
}

bool role_reads_code(const struct role *r, const struct code *c)
{
    return c->class == CLASS_A || (r->classes & (1u << c->class)) != 0;
}
