/* What kinds of values compare, and how a literal is read beside a field. */
#include "rec/expr_in.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"

enum expr_kind expr_kind_of(const struct form_field *f)
{
    static const struct {
        const char *type;
        enum expr_kind kind;
    } table[] = {
        {"text", KIND_TEXT},  {"note", KIND_TEXT},   {"id", KIND_TEXT},     {"phone", KIND_TEXT},
        {"code", KIND_CODE},  {"codes", KIND_CODES}, {"yesno", KIND_YESNO}, {"date", KIND_DATE},
        {"month", KIND_DATE}, {"time", KIND_DATE},   {"int", KIND_NUM},     {"money", KIND_NUM},
        {"area", KIND_AREA},  {"region", KIND_AREA}, {"ref", KIND_REF},     {"user", KIND_REF},
    };

    for (size_t i = 0; i < NELEM(table); i++)
        if (strcmp(table[i].type, f->type->name) == 0)
            return table[i].kind;
    return f->type->numeric ? KIND_NUM : KIND_TEXT;
}

bool expr_is_hidden(const char *const *hidden, const char *code, size_t len)
{
    for (; hidden && *hidden; hidden++)
        if (strncmp(*hidden, code, len) == 0 && !(*hidden)[len])
            return true;
    return false;
}

const char **expr_hidden(void *ctx, const struct form_field *f, const struct expr_access *access)
{
    if (!f->codes || !access || !access->code)
        return NULL;
    const char **out = talloc_zero_array(ctx, const char *, f->codes->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->codes->n; i++)
        if (!access->code(access->arg, f, f->codes->code[i].code))
            out[n++] = f->codes->code[i].code;
    if (n)
        return out;
    talloc_free(out);
    return NULL;
}

/* Floor or ceiling of hundredths as whole units. */
static char *type_whole(void *ctx, int64_t hundredths, bool up)
{
    return text_printf(ctx, "%lld", (long long)((hundredths + (up ? 99 : 0)) / 100));
}

bool expr_hundredths(const char *s, int64_t *out)
{
    int64_t whole = 0, part = 0;
    bool negative = *s == '-';
    int n = 0, scale = 10;

    for (s += negative; isdigit((unsigned char)*s) && n < 15; s++, n++)
        whole = whole * 10 + (*s - '0');
    if (n && *s == '.' && s[1])
        for (s++; isdigit((unsigned char)*s) && scale; s++, scale /= 10)
            part += scale * (*s - '0');
    *out = (negative ? -1 : 1) * (whole * 100 + part);
    return n && !*s;
}

static bool settle_num(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    if (!expr_hundredths(c->tok->text, &c->val.num))
        return false;
    c->val.known = true;
    if (with->yuan)
        c->lo = c->hi = text_printf(p->ctx, "%lld.%02lld", (long long)c->val.num / 100,
                                    (long long)c->val.num % 100);
    else {
        c->lo = type_whole(p->ctx, c->val.num, false);
        c->hi = type_whole(p->ctx, c->val.num, true);
    }
    return true;
}

/*
 * A month compares as its first day, so the bounds of a first day take the month in, whichever of
 * the two a value is written as; a day beside a time is the whole of that day.
 */
static bool settle_date(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    const char *s = c->tok->text;
    struct date d;
    int64_t secs;

    c->lo = c->hi = s;
    if (date_parse(s, &d) == 0) {
        c->val = (struct expr_val){.known = true, .num = expr_days(d)};
        char day[11];
        date_format(date_from_days((long)c->val.num), day);
        if (with->time) {
            c->lo = text_printf(p->ctx, "%s 00:00:00", day);
            c->hi = text_printf(p->ctx, "%s 23:59:59", day);
        } else if (d.d <= 1) {
            c->lo = text_printf(p->ctx, "%.7s", day);
            c->hi = talloc_strdup(p->ctx, day);
        }
        return true;
    }
    if (date_time_parse(s, &secs) != 0)
        return false;
    c->val = (struct expr_val){.known = true, .secs = true, .num = secs};
    return true;
}

static bool settle_code(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    const struct form_field *f = with->path.field;
    const struct code *code = f->codes ? codes_lookup(f->codes, c->tok->text) : NULL;

    (void)p;
    if (!code || expr_is_hidden(with->hidden, code->code, strlen(code->code)))
        return false;
    c->val = (struct expr_val){.known = true, .text = code->code};
    return true;
}

static bool settle_yesno(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    static const char *const word[2][4] = {{"0", HAN_("否"), "no", "false"},
                                           {"1", HAN_("是"), "yes", "true"}};

    (void)p, (void)with;
    for (size_t i = 0; i < 8; i++)
        if (strcasecmp(c->tok->text, word[i / 4][i % 4]) == 0) {
            c->val = (struct expr_val){.known = true, .text = word[i / 4][0]};
            return true;
        }
    return false;
}

static bool settle_area(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    char code[13];
    const char *s = c->tok->text;

    if (area_parse(s, code) == 0)
        s = talloc_strdup(p->ctx, code);
    else if (with->src != SRC_PATH || strcmp(with->path.field->type->name, "region") != 0 ||
             isdigit((unsigned char)*s))
        return false; /* a region may also be 境外, 海上, 流动 */
    c->val = (struct expr_val){.known = true, .text = s};
    return true;
}

static bool settle_ref(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    const char *s = c->tok->text;

    (void)p, (void)with;
    if (strspn(s, "0123456789") != strlen(s))
        return false;
    while (*s == '0' && s[1])
        s++;
    c->val = (struct expr_val){.known = true, .text = s};
    return true;
}

static bool settle_text(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    (void)p, (void)with;
    c->val = (struct expr_val){.known = true, .text = c->tok->text};
    return true;
}

static const struct {
    bool (*read)(struct expr_parser *, struct expr_arg *, const struct expr_arg *with);
    bool label; /* begins with the label of the field */
    const char *what;
} settle[] = {
    [KIND_TEXT] = {settle_text, false, ""},
    [KIND_NUM] = {settle_num, true, N_("要和数字比较")},
    [KIND_DATE] = {settle_date, true, N_("要和日期比较，例如 2026-11-22")},
    [KIND_CODE] = {settle_code, false, N_("没有这个选项，请核对代码或名称")},
    [KIND_CODES] = {settle_code, false, N_("没有这个选项，请核对代码或名称")},
    [KIND_YESNO] = {settle_yesno, false, N_("请写 是 或 否")},
    [KIND_AREA] = {settle_area, false, N_("区划代码应为 6 位或 12 位数字")},
    [KIND_REF] = {settle_ref, false, N_("请写记录编号")},
};

static bool settle_refuse(struct expr_parser *p, const struct expr_arg *c, const char *what)
{
    expr_fail(p, c->tok, what);
    return false;
}

bool expr_settle(struct expr_parser *p, struct expr_arg *c, const struct expr_arg *with)
{
    const char *what = settle[with->kind].what;

    if (!c->tok->text[0])
        return settle_refuse(p, c, N_("没有填写请用 is empty"));
    c->kind = with->kind;
    if (settle[c->kind].read(p, c, with)) {
        c->lo = c->lo ? c->lo : c->val.text;
        c->hi = c->hi ? c->hi : c->val.text;
        return true;
    }
    if (c->tok->type == TOK_DATE && c->kind == KIND_DATE)
        what = N_("没有这一天");
    else if (settle[c->kind].label && with->path.field)
        what = text_printf(p->ctx, "“%s”%s", _(with->path.field->label), _(what));
    else if (settle[c->kind].label)
        what = text_printf(p->ctx, _("这里%s"), _(what));
    return settle_refuse(p, c, what);
}
