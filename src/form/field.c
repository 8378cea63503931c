#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "form/codes.h"
#include "form/load.h"
#include "form/type.h"

static const char *const field_keys[] = {
    "name",   "label",   "en",     "type",   "codes",    "ref",     "help",    "example",
    "basis",  "max",     "width",  "must",   "complete", "unknown", "unique",  "index",
    "search", "class",   "review", "system", "sibling",  "mask",    "default", "from",
    "was",    "retired", "later",  "each",   "carry",    "blind",   "usual",   NULL};

/* Words of the expression language and of every record; a field of that name could not be asked
 * for. */
static const char *const field_reserved[] = {"and", "or",   "not",    "in",    "is",
                                             "has", "like", "within", "empty", "today",
                                             "me",  "id",   "version"};

static void field_load_type(struct load *l, const struct conf_item *g, struct form_field *f)
{
    const char *name = load_need(l, g, "type");

    f->type = type_find(name);
    if (f->type == NULL && *name != '\0')
        conf_error_at(l->errs, load_at(g, "type"), "没有类型“%s”%s", name,
                      load_near(l->tmp, name, type_names(l->tmp)));
}

/* `complete` is true, false or an expression. */
static void field_load_complete(struct load *l, const struct conf_item *g, struct form_field *f)
{
    const struct conf_item *item = conf_get(g, "complete");

    if (item == NULL)
        return;
    if (conf_is_text(item))
        f->complete_text = load_text(l, g, "complete");
    else if (conf_bool(g, "complete", false, l->errs))
        f->complete_text = "1";
}

static void field_load_search(struct load *l, const struct conf_item *g, struct form_field *f)
{
    const char *s = conf_text(g, "search", NULL, l->errs);
    const char *type = f->type != NULL ? f->type->name : "text";

    if (s == NULL)
        return;
    if (strcmp(s, "name") == 0 || strcmp(s, "title") == 0) {
        f->search = SEARCH_NAME;
        f->person = strcmp(s, "name") == 0;
        if (strcmp(type, "text") != 0)
            conf_error_at(l->errs, load_at(g, "search"), "search = \"%s\" 只能用于 text 类型", s);
    } else if (strcmp(s, "digits") == 0) {
        f->search = SEARCH_DIGITS;
        if (strcmp(type, "text") != 0 && strcmp(type, "id") != 0 && strcmp(type, "phone") != 0 &&
            strcmp(type, "int") != 0)
            conf_error_at(l->errs, load_at(g, "search"),
                          "search = \"digits\" 只能用于 text、id、phone、int 类型");
    } else {
        conf_error_at(l->errs, load_at(g, "search"),
                      "search 只能是 \"name\" \"title\" \"digits\"，不能是“%s”", s);
    }
}

static void field_load_mask(struct load *l, const struct conf_item *g, struct form_field *f)
{
    f->mask = load_text(l, g, "mask");
    if (f->mask != NULL && strcmp(f->mask, "id") != 0 && strcmp(f->mask, "phone") != 0)
        conf_error_at(l->errs, load_at(g, "mask"), "mask 只能是 \"id\" 或 \"phone\"，不能是“%s”",
                      f->mask);
}

static void field_load_retired(struct load *l, const struct conf_item *g, struct form_field *f)
{
    struct date day;

    f->retired = load_text(l, g, "retired");
    if (f->retired == NULL)
        return;
    if (date_parse(f->retired, &day) != 0)
        conf_error_at(l->errs, load_at(g, "retired"), "retired 应写成 \"2027-01\" 这样，不能是“%s”",
                      f->retired);
    if (f->must)
        conf_error_at(l->errs, load_at(g, "retired"), "停用的字段不能再 must = true");
}

static void field_load_name(struct load *l, const struct conf_item *g, struct form_field *f)
{
    f->name = load_name(l, g);
    for (size_t i = 0; i < NELEM(field_reserved); i++)
        if (strcmp(f->name, field_reserved[i]) == 0)
            conf_error_at(l->errs, load_at(g, "name"), "字段不能叫“%s”：它是表达式里的词", f->name);
    for (const struct form_field *o = l->form->field; o < f; o++)
        if (*f->name != '\0' && strcmp(o->name, f->name) == 0)
            conf_error_at(l->errs, load_at(g, "name"), "字段“%s”重复，第 %d 行已有", f->name,
                          o->line);
}

/* review = true, or "town" when the township's word is enough. */
static void field_load_review(struct load *l, const struct conf_item *g, struct form_field *f)
{
    const struct conf_item *item = conf_get(g, "review");

    if (item == NULL || !conf_is_text(item)) {
        f->review = conf_bool(g, "review", false, l->errs);
        return;
    }
    f->review = f->review_town = true;
    if (strcmp(load_need(l, g, "review"), "town") != 0)
        conf_error_at(l->errs, item, "“review”只能是 true、false 或 \"town\"");
}

/* What others answered must not be felt out by typing the same. */
static void field_load_blind(struct load *l, const struct conf_item *g, struct form_field *f)
{
    f->blind = conf_bool(g, "blind", false, l->errs);
    if (f->blind && (f->unique || f->search != SEARCH_NONE || f->review || f->system))
        conf_error_at(l->errs, load_at(g, "blind"),
                      "blind 的字段不能 unique、search、review 或 system");
}

static void field_load_one(struct load *l, const struct conf_item *g, struct form_field *f)
{
    conf_only(g, field_keys, l->errs);
    field_load_name(l, g, f);
    f->label = load_need(l, g, "label");
    f->en = load_need(l, g, "en");
    f->help = load_text(l, g, "help");
    f->basis = load_text(l, g, "basis");
    f->example = load_text(l, g, "example");
    field_load_type(l, g, f);
    f->ref_name = load_text(l, g, "ref");
    f->max = load_int(l, g, "max", 1, f->type != NULL ? f->type->limit : 10000);
    f->width = load_int(l, g, "width", 1, 80);
    f->must = conf_bool(g, "must", false, l->errs);
    field_load_complete(l, g, f);
    f->unknown_ok = conf_bool(g, "unknown", false, l->errs);
    f->unique = conf_bool(g, "unique", false, l->errs);
    f->index = conf_bool(g, "index", false, l->errs);
    field_load_search(l, g, f);
    f->class = load_class(l, g, "class", CLASS_B);
    field_load_review(l, g, f);
    f->system = conf_bool(g, "system", false, l->errs);
    f->sibling = conf_bool(g, "sibling", false, l->errs);
    f->later = conf_bool(g, "later", false, l->errs);
    f->each = conf_bool(g, "each", false, l->errs);
    f->carry = conf_bool(g, "carry", false, l->errs);
    field_load_blind(l, g, f);
    field_load_mask(l, g, f);
    f->dflt = load_text(l, g, "default");
    f->usual = load_text(l, g, "usual");
    f->from = load_text(l, g, "from");
    f->was = load_text(l, g, "was");
    field_load_retired(l, g, f);
}

void field_load(struct load *l)
{
    const struct conf_item *list = load_list(l, "fields");
    struct form *form = l->form;
    const struct conf_item *root = conf_root(l->conf[form->pos]);

    if (list == NULL || conf_count(list) == 0) {
        if (!load_is_dim(l, form) && !conf_is_mended(conf_get(root, "fields")))
            conf_error_at(l->errs, root, "缺少“fields”：至少要有一个字段");
        return;
    }
    form->field = talloc_zero_array(l->dict, struct form_field, conf_count(list));
    MUST(form->field != NULL);
    for (size_t i = 0; i < conf_count(list); i++) {
        const struct conf_item *g = conf_at(list, i);
        struct form_field *f = &form->field[i];

        f->name = f->label = f->en = "";
        f->pos = (int)i;
        f->line = conf_line(g);
        f->form = form;
        if (conf_is_group(g))
            field_load_one(l, g, f);
        else
            conf_error_at(l->errs, g, "每个字段应是用花括号括起来的一组");
    }
    form->nfield = conf_count(list);
}

static bool field_is(const struct form_field *f, const char *type)
{
    return f->type != NULL && strcmp(f->type->name, type) == 0;
}

static void field_resolve_codes(struct load *l, const struct conf_item *g, struct form_field *f)
{
    const char *name = conf_text(g, "codes", NULL, l->errs);
    bool wants = field_is(f, "code") || field_is(f, "codes");
    const char **known = talloc_zero_array(l->tmp, const char *, l->dict->ncodes + 1);

    if (f->type == NULL)
        return;
    if (name == NULL || !wants) {
        if (name != NULL || wants)
            conf_error_at(l->errs, load_at(g, "codes"),
                          wants ? _("类型 %s 要用 codes 说明代码表")
                                : _("类型 %s 没有代码表，请去掉 codes"),
                          f->type->name);
        return;
    }
    MUST(known != NULL);
    f->codes = dict_codes(l->dict, name);
    if (f->codes != NULL)
        return;
    for (size_t i = 0; i < l->dict->ncodes; i++)
        known[i] = l->dict->codes[i].name;
    conf_error_at(l->errs, load_at(g, "codes"), "没有代码表 codes/%s.csv%s", name,
                  load_near(l->tmp, name, known));
}

static void field_resolve_ref(struct load *l, const struct conf_item *g, struct form_field *f)
{
    bool wants = field_is(f, "ref");
    const char **known = talloc_zero_array(l->tmp, const char *, l->dict->nform + 1);

    if (f->type == NULL)
        return;
    if (field_is(f, "user"))
        f->ref = dict_form(l->dict, "user");
    if (f->ref_name == NULL || !wants) {
        if (f->ref_name != NULL || wants)
            conf_error_at(l->errs, load_at(g, "ref"),
                          wants ? _("类型 %s 要用 ref 说明指向哪种记录")
                                : _("类型 %s 不指向记录，请去掉 ref"),
                          f->type->name);
        return;
    }
    MUST(known != NULL);
    f->ref = dict_form(l->dict, f->ref_name);
    if (f->ref != NULL)
        return;
    for (size_t i = 0; i < l->dict->nform; i++)
        known[i] = l->dict->form[i].name;
    conf_error_at(l->errs, load_at(g, "ref"), "没有记录类型“%s”%s", f->ref_name,
                  load_near(l->tmp, f->ref_name, known));
}

static void field_resolve_was(struct load *l, const struct conf_item *g, const struct form_field *f)
{
    if (f->was == NULL)
        return;
    if (!load_is_name(f->was)) {
        conf_error_at(l->errs, load_at(g, "was"), "旧名称“%s”不合规定", f->was);
        return;
    }
    for (size_t i = 0; i < l->form->nfield; i++) {
        const struct form_field *o = &l->form->field[i];

        if (strcmp(o->name, f->was) == 0 ||
            (o < f && o->was != NULL && strcmp(o->was, f->was) == 0))
            conf_error_at(l->errs, load_at(g, "was"), "旧名称“%s”与第 %d 行的字段冲突", f->was,
                          o->line);
    }
}

/* from = "id_no.birth": the source is an ID number, the target of the type that it gives. */
static void field_resolve_from(struct load *l, const struct conf_item *g,
                               const struct form_field *f)
{
    const char *dot = f->from != NULL ? strchr(f->from, '.') : NULL;
    const struct form_field *source;
    bool birth, sex;

    if (f->from == NULL)
        return;
    birth = dot != NULL && strcmp(dot, ".birth") == 0;
    sex = dot != NULL && strcmp(dot, ".sex") == 0;
    if (!birth && !sex) {
        conf_error_at(l->errs, load_at(g, "from"),
                      "from 应写成 \"id_no.birth\" 或 \"id_no.sex\" 这样，不能是“%s”", f->from);
        return;
    }
    source = load_own_field(l, load_at(g, "from"),
                            talloc_strndup(l->tmp, f->from, (size_t)(dot - f->from)));
    if (source != NULL && source->type != NULL && !field_is(source, "id"))
        conf_error_at(l->errs, load_at(g, "from"), "“%s”不是 id 类型，得不出%s", source->name,
                      birth ? _("出生日期") : _("性别"));
    if (f->type != NULL && !field_is(f, birth ? "date" : "code"))
        conf_error_at(l->errs, load_at(g, "from"), "由证件号得出的%s应是 %s 类型",
                      birth ? _("出生日期") : _("性别"), birth ? "date" : "code");
}

/* The words today, user, user.village, or a literal that the type takes. */
static void field_resolve_default(struct load *l, const struct conf_item *g,
                                  const struct form_field *f)
{
    static const struct {
        const char *word, *types;
    } words[] = {{"today", " date month time "}, {"user", " user "}, {"user.village", " area "}};
    const char *code;
    char *out, *problem;

    if (f->dflt == NULL || f->type == NULL || (field_is(f, "code") && f->codes == NULL) ||
        (field_is(f, "codes") && f->codes == NULL))
        return;
    for (size_t i = 0; i < NELEM(words); i++)
        if (strcmp(f->dflt, words[i].word) == 0 &&
            strstr(words[i].types, talloc_asprintf(l->tmp, " %s ", f->type->name)) != NULL)
            return;
    if (type_parse(l->tmp, f, date_of_time(date_now()), f->dflt, &out, &code, &problem) != 0)
        conf_error_at(l->errs, load_at(g, "default"), "默认值“%s”不能用：%s", f->dflt, problem);
    else if (out == NULL || strcmp(out, f->dflt) != 0)
        conf_error_at(l->errs, load_at(g, "default"), "默认值“%s”应写成“%s”", f->dflt,
                      out != NULL ? out : "");
}

static void field_resolve_index(struct load *l, const struct conf_item *g,
                                const struct form_field *f)
{
    if (field_is(f, "note") && (f->index || f->unique))
        conf_error_at(l->errs, load_at(g, f->index ? "index" : "unique"),
                      "note 类型太长，不能 index 或 unique");
}

/* The word empty, or a value as it is stored; the records without an entry are found by their division. */
static void field_resolve_usual(struct load *l, const struct conf_item *g, struct form_field *f)
{
    const char *division = form_division(l->form), *code;
    char *out = NULL, *problem;

    if (f->usual == NULL || f->type == NULL || (field_is(f, "code") && f->codes == NULL))
        return;
    if (!f->index || f->ref || division == NULL || strcmp(division, f->name) == 0)
        conf_error_at(
            l->errs, load_at(g, "usual"),
            "usual 只用于有 index 的字段，所在的记录要有区划，字段不能是区划和指向别的记录的");
    else if (strcmp(f->usual, "empty") == 0)
        f->usual = "";
    else if (type_parse(l->tmp, f, date_of_time(date_now()), f->usual, &out, &code, &problem) ||
             out == NULL || strcmp(out, f->usual) != 0)
        conf_error_at(l->errs, load_at(g, "usual"), "usual 应是 \"empty\" 或存下来的值，不能是“%s”",
                      f->usual);
}

void field_resolve(struct load *l)
{
    const struct conf_item *list = conf_get(conf_root(l->conf[l->form->pos]), "fields");

    for (size_t i = 0; i < l->form->nfield; i++) {
        const struct conf_item *g = conf_at(list, i);
        struct form_field *f = &l->form->field[i];

        if (!conf_is_group(g))
            continue;
        field_resolve_codes(l, g, f);
        field_resolve_ref(l, g, f);
    }
    for (size_t i = 0; i < l->form->nfield; i++) {
        const struct conf_item *g = conf_at(list, i);
        struct form_field *f = &l->form->field[i];

        if (!conf_is_group(g))
            continue;
        field_resolve_was(l, g, f);
        field_resolve_from(l, g, f);
        field_resolve_default(l, g, f);
        field_resolve_index(l, g, f);
        field_resolve_usual(l, g, f);
    }
}
