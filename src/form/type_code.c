/* code, codes: values of a code table, kept as codes, shown as labels. */
#include "form/type_impl.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"

#define CODE_OFFERED 8

/* A short table is offered whole, a long one by where to find it. */
static char *code_bad(void *ctx, const struct form_field *f, const char *in)
{
    char *list;

    if (f->codes->n > CODE_OFFERED)
        return text_printf(ctx, _("“%s”没有“%s”这一项，请从列表中选择"), _(f->label),
                           type_quote(ctx, in));
    list = talloc_strdup(ctx, "");
    for (size_t i = 0; i < f->codes->n; i++)
        list =
            talloc_asprintf_append(list, "%s%s", i > 0 ? _("、") : "", _(f->codes->code[i].label));
    return text_printf(ctx, _("“%s”没有“%s”这一项，请从这些里选：%s"), _(f->label),
                       type_quote(ctx, in), list);
}

static int code_find(void *ctx, const struct form_field *f, struct date today, const char *in,
                     const struct code **out, const char **code, char **problem)
{
    const struct code *c = codes_lookup(f->codes, in);

    if (c == NULL)
        return type_refuse(code, problem, "bad_code", code_bad(ctx, f, in));
    if ((c->to.y != 0 && date_cmp(today, c->to) > 0) ||
        (c->from.y != 0 && date_cmp(today, c->from) < 0))
        return type_refuse(
            code, problem, "bad_code",
            text_printf(ctx, _("“%s”里的“%s”今天不能用（已停用或还没有启用），请另选一项"),
                        _(f->label), _(c->label)));
    *out = c;
    return 0;
}

static int code_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                      char **out, const char **code, char **problem)
{
    const char *s = type_compact(ctx, in, 0);
    const struct code *c;
    int rc;

    if (*s == '\0')
        return 0;
    rc = code_find(ctx, f, today, s, &c, code, problem);
    if (rc == 0)
        *out = talloc_strdup(ctx, c->code);
    return rc;
}

/* Turns every separator that people use into a comma. */
static char *codes_split(void *ctx, const char *in)
{
    static const char *const marks[] = {",", "，", "、", ";", "；", "|", "/"};
    char *s = type_compact(ctx, in, 0);
    char *out = s;

    for (const char *p = s; *p != '\0';) {
        size_t n = 0;

        for (size_t i = 0; i < NELEM(marks) && n == 0; i++)
            if (strncmp(p, marks[i], strlen(marks[i])) == 0)
                n = strlen(marks[i]);
        *out++ = n > 0 ? ',' : *p;
        p += n > 0 ? n : 1;
    }
    *out = '\0';
    return s;
}

static char *codes_join(void *ctx, const struct codes *t, const bool *chosen)
{
    char *out = NULL;

    for (size_t i = 0; i < t->n; i++)
        if (chosen[i])
            out = out == NULL ? talloc_strdup(ctx, t->code[i].code)
                              : talloc_asprintf_append(out, ",%s", t->code[i].code);
    return out;
}

/* "1 2" and, where every code is one digit, "12": as "1,2". Anything else as it is. */
static const char *digits_apart(void *ctx, const struct form_field *f, const char *in)
{
    bool single = true;
    char *out;

    if (in[strspn(in, "0123456789 ")] != '\0')
        return in;
    for (size_t i = 0; i < f->codes->n; i++)
        single = single && f->codes->code[i].code[0] && !f->codes->code[i].code[1];
    out = talloc_strdup(ctx, "");
    for (const char *p = in; *p; p++)
        out =
            talloc_asprintf_append(out, "%s%c", single && p > in ? "," : "", *p == ' ' ? ',' : *p);
    MUST(out != NULL);
    return out;
}

static int codes_parse(void *ctx, const struct form_field *f, struct date today, const char *in,
                       char **out, const char **code, char **problem)
{
    const char *whole = type_compact(ctx, in, 0);
    bool *chosen = talloc_zero_array(ctx, bool, f->codes->n + 1);
    const struct code *c = *whole != '\0' ? codes_lookup(f->codes, whole) : NULL;
    char *save = NULL, *list;
    int rc;

    MUST(chosen != NULL);
    in = c != NULL ? in : digits_apart(ctx, f, text_clean(ctx, in, TEXT_HALFWIDTH, NULL));
    /* A label may hold a separator itself. */
    list = c != NULL ? talloc_strdup(ctx, c->code) : codes_split(ctx, in);
    for (char *one = strtok_r(list, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save)) {
        rc = code_find(ctx, f, today, one, &c, code, problem);
        if (rc != 0)
            return rc;
        chosen[c - f->codes->code] = true;
    }
    *out = codes_join(ctx, f->codes, chosen);
    return 0;
}

static char *code_show(void *ctx, const struct form_field *f, const char *value)
{
    return talloc_strdup(ctx, _(codes_label(f->codes, value)));
}

static char *codes_show(void *ctx, const struct form_field *f, const char *value)
{
    char *list = talloc_strdup(ctx, value), *out = talloc_strdup(ctx, ""), *save = NULL;

    for (char *one = strtok_r(list, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save))
        out = talloc_asprintf_append(out, "%s%s", *out != '\0' ? _("、") : "",
                                     _(codes_label(f->codes, one)));
    talloc_free(list);
    return out;
}

bool type_codes_has(const char *value, const char *code)
{
    size_t n = strlen(code);

    if (value == NULL || n == 0 || type_is_unknown(value))
        return false;
    for (const char *p = value; p != NULL; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, code, n) == 0 && (p[n] == ',' || p[n] == '\0'))
            return true;
    }
    return false;
}

const struct form_type type_code = {.name = "code",
                                    .widget = WIDGET_PICK,
                                    .max = 20,
                                    .limit = 20,
                                    .width = 8,
                                    .parse = code_parse,
                                    .show = code_show,
                                    .sortkey = type_sort_same};

const struct form_type type_codes = {.name = "codes",
                                     .widget = WIDGET_PICKS,
                                     .max = 500,
                                     .limit = 500,
                                     .width = 16,
                                     .parse = codes_parse,
                                     .show = codes_show,
                                     .sortkey = type_sort_same};
