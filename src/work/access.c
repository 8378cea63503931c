/* What of a record an actor sees; see access.h. */
#include "work/access.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"

#define SEEN_MAX 64

/* Values of a change on its way stand together in one field, and names of fields in another, so no
 * class fits them: rec_view shows them, each by its own field. */
static bool sealed(const struct form_field *field)
{
    return strcmp(field->form->name, "change") == 0 &&
           (strcmp(field->name, "proposed") == 0 || strcmp(field->name, "marks") == 0);
}

static int reads(const struct actor *actor, const struct form_field *field)
{
    return sealed(field) ? 0 : actor_reads(actor, field);
}

static const char *read_right(char buf[80], const struct form *form)
{
    size_t n = strlen(form->name);

    MUST(n < 70);
    memcpy(buf, form->name, n);
    memcpy(buf + n, ".read", 6);
    return buf;
}

/* --- linked records --- */

static const struct rec *linked(struct access *a, const struct rec *rec,
                                const struct form_field *ref)
{
    uint64_t id = rec_ref(rec, ref->name);
    struct rec *got;

    if (!id || !ref->ref)
        return NULL;
    for (size_t i = 0; i < a->nseen; i++)
        if (a->seen[i]->form == ref->ref && a->seen[i]->id == id)
            return a->seen[i];
    if (txn_get(a->txn, a, ref->ref, id, &got))
        return NULL;
    a->seen = talloc_realloc(a, a->seen, struct rec *, a->nseen + 1);
    return a->seen[a->nseen++] = got;
}

void access_forget(struct access *a)
{
    if (a->nseen < SEEN_MAX)
        return;
    for (size_t i = 0; i < a->nseen; i++)
        talloc_free(a->seen[i]);
    a->nseen = 0;
}

/* A record of a division of its own is seen by who reaches it; shared ones through this one. */
static const struct rec *env_linked(void *arg, const struct rec *rec, const struct form_field *ref)
{
    struct access *a = arg;
    const struct rec *other = linked(a, rec, ref);
    char right[80];

    if (!other)
        return NULL;
    read_right(right, other->form);
    return (form_division(other->form) ? actor_sees(a->txn, a->county, a->actor, right, other)
                                       : actor_may(a->actor, right))
               ? other
               : NULL;
}

static int env_area(void *arg, const char *code, struct date on, const char **successor)
{
    struct access *a = arg;

    return area_check(base_unconst(a->county), code, on, successor);
}

static const char *env_area_class(void *arg, const char *code)
{
    struct access *a = arg;
    const struct area_info *info = area_find(a->county, code);

    return info && *info->urban_rural ? info->urban_rural : NULL;
}

struct access *access_new(struct txn *txn, void *ctx, const struct county *county,
                          const struct actor *actor, const struct form *form,
                          const char *const roles[])
{
    struct access *a = talloc_zero(ctx, struct access);
    char right[80];

    *a = (struct access){.txn = txn, .ctx = a, .county = county, .form = form};
    a->actor = actor_with(a, actor, read_right(right, form), roles);
    a->env = (struct rec_env){.today = actor->today,
                              .me = text_printf(a, "%llu", (unsigned long long)actor->id),
                              .arg = a,
                              .linked = env_linked,
                              .area = env_area,
                              .area_class = env_area_class};
    return a->actor ? a : NULL;
}

/* --- names in a query --- */

/* Does a post reach everything that another one reaches? */
static bool post_covers(const struct actor_post *wide, const struct actor_post *post)
{
    if (wide->role->scope != SCOPE_AREA)
        return false;
    return !*wide->area ||
           (post->role->scope == SCOPE_AREA && *post->area && area_within(post->area, wide->area));
}

static bool post_names(const struct actor_post *post, const struct form_field *field)
{
    char right[80];
    bool masked;

    return role_reads(post->role, field, &masked) && !masked &&
           role_may(post->role, read_right(right, field->form));
}

/* Every post names it, or reaches only what another one reaches that does. */
bool access_names(const struct access *a, const struct form_field *field)
{
    const struct actor_post *post = a->actor->post;

    for (size_t i = 0; i < a->actor->npost; i++) {
        bool named = post_names(&post[i], field);

        for (size_t k = 0; k < a->actor->npost && !named; k++)
            named = post_covers(&post[k], &post[i]) && post_names(&post[k], field);
        if (!named)
            return false;
    }
    return !sealed(field);
}

bool access_names_code(const struct access *a, const struct form_field *field, const char *code)
{
    const struct code *row = field->codes ? codes_find(field->codes, code) : NULL;

    const struct actor_post *post = a->actor->post;

    for (size_t i = 0; row && i < a->actor->npost; i++) {
        bool named = role_reads_code(post[i].role, row);

        for (size_t k = 0; k < a->actor->npost && !named; k++)
            named = post_covers(&post[k], &post[i]) && post_names(&post[k], field) &&
                    role_reads_code(post[k].role, row);
        if (!named)
            return false;
    }
    return true;
}

static bool expr_field(void *arg, const struct form_field *field)
{
    return access_names(arg, field);
}

static bool expr_code(void *arg, const struct form_field *field, const char *code)
{
    return access_names_code(arg, field, code);
}

struct expr_access access_expr(struct access *a)
{
    return (struct expr_access){expr_field, expr_code, a};
}

char *access_unknown(void *ctx, const char *name)
{
    char *shown = text_visible(ctx, name, 0);

    return text_printf(ctx, _("没有“%.*s”这一项，请核对名称"), (int)text_fit(shown, 60, 2, NULL),
                       shown);
}

/* Shown at all: some post reads the field, and the one that links to it. */
static bool path_shown(const struct access *a, struct form_path path)
{
    char right[80];

    for (size_t i = 0; i < a->actor->npost; i++) {
        const struct role *role = a->actor->post[i].role;
        bool masked;

        if (role_reads(role, path.field, &masked) && !sealed(path.field) &&
            (!path.via || (role_reads(role, path.via, &masked) &&
                           role_may(role, read_right(right, path.field->form)))))
            return true;
    }
    return false;
}

int access_path(struct access *a, void *ctx, const char *text, bool query, struct form_path *out,
                char **problem)
{
    if (form_path_parse(a->form, text, out) == 0 &&
        (query ? access_names(a, out->field) && (!out->via || access_names(a, out->via))
               : path_shown(a, *out)))
        return 0;
    *problem = access_unknown(ctx, text);
    return HE_USAGE;
}

/* --- values --- */

const struct actor *access_narrow(struct access *a, void *ctx, const struct rec *rec)
{
    char right[80];

    return actor_narrow(a->txn, ctx, a->county, a->actor, read_right(right, rec->form), rec);
}

/* value without the codes that these posts may not read; NULL when none is left. */
static const char *without_hidden(void *ctx, const struct actor *narrow,
                                  const struct form_field *field, const char *value)
{
    char *left, *copy, *save = NULL;
    bool hidden = false;

    if (!field->codes || type_is_unknown(value))
        return value;
    left = talloc_strdup(ctx, "");
    copy = talloc_strdup(ctx, value);
    for (char *code = strtok_r(copy, ",", &save); code; code = strtok_r(NULL, ",", &save)) {
        if (actor_reads_code(narrow, field, code))
            left = talloc_asprintf_append(left, "%s%s", *left ? "," : "", code);
        else
            hidden = true;
    }
    return !hidden ? value : *left ? left : NULL;
}

struct seen access_own(void *ctx, const struct actor *narrow, const struct form_field *field,
                       const char *value)
{
    int how = value && narrow ? reads(narrow, field) : 0;

    if (how == 0)
        return (struct seen){NULL, false};
    if (how == 1 && !type_is_unknown(value))
        return (struct seen){type_mask(ctx, field, value), true};
    return (struct seen){without_hidden(ctx, narrow, field, value), false};
}

/* The posts that see the record behind ref through rec: they read the field that links, may read its
 * type, and reach it when it has a division of its own. */
static const struct actor *through(struct access *a, void *ctx, const struct actor *narrow,
                                   const struct form_field *ref, const struct rec *other)
{
    struct actor *may;
    char right[80];
    size_t n = 0;
    bool masked;

    may = actor_with(ctx, narrow, read_right(right, other->form), NULL);
    for (size_t i = 0; may && i < may->npost; i++)
        if (role_reads(may->post[i].role, ref, &masked))
            may->post[n++] = may->post[i];
    if (!n)
        return NULL;
    may->npost = n;
    return form_division(other->form) ? actor_narrow(a->txn, ctx, a->county, may, right, other)
                                      : may;
}

struct seen access_value(struct access *a, void *ctx, const struct actor *narrow,
                         const struct rec *rec, struct form_path path)
{
    const struct rec *other;

    if (!path.via)
        return access_own(ctx, narrow, path.field, rec_at(rec, path.field));
    other = linked(a, rec, path.via);
    if (!other)
        return (struct seen){NULL, false};
    return access_own(ctx, through(a, ctx, narrow, path.via, other), path.field,
                      rec_at(other, path.field));
}

/* The name of the record behind a ref or user value. */
static char *linked_title(struct access *a, void *ctx, const struct actor *narrow,
                          const struct form_field *ref, const char *value)
{
    struct rec *holder = rec_new(ctx, ref->form);
    const struct rec *other;
    const struct form_field *title;
    struct seen seen;

    rec_set_at(holder, ref, value);
    other = linked(a, holder, ref);
    title = other && other->form->title ? form_field(other->form, other->form->title) : NULL;
    if (!title)
        return text_printf(ctx, _("编号 %s"), value);
    seen = access_own(ctx, through(a, ctx, narrow, ref, other), title, rec_at(other, title));
    return seen.value ? type_show(ctx, title, seen.value) : text_printf(ctx, _("编号 %s"), value);
}

char *access_text(struct access *a, void *ctx, const struct actor *narrow,
                  const struct form_field *field, const char *value)
{
    if (!value)
        return talloc_strdup(ctx, "");
    if (type_is_unknown(value))
        return type_show(ctx, field, value);
    if (field->ref)
        return linked_title(a, ctx, narrow, field, value);
    if (field->type->widget == WIDGET_AREA && *value >= '0' && *value <= '9')
        return place_title(ctx, a->county, field, value);
    return type_show(ctx, field, value);
}

char *access_show(struct access *a, void *ctx, const struct actor *narrow, const struct rec *rec,
                  struct form_path path, bool in_list, bool *masked)
{
    struct seen seen = access_value(a, ctx, narrow, rec, path);

    *masked = seen.masked;
    if (!seen.value || seen.masked)
        return talloc_strdup(ctx, seen.value ? seen.value : "");
    if (in_list && path.field->mask && strcmp(path.field->mask, "id") == 0 &&
        !type_is_unknown(seen.value)) {
        *masked = true;
        return type_mask(ctx, path.field, seen.value);
    }
    return access_text(a, ctx, narrow, path.field, seen.value);
}
