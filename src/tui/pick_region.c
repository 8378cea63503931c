/*
 * Places of the whole country for a region field: GB/T 2260 comes with the dictionary (code table
 * `region`), so that it is narrowed and searched without asking; below the county it is the server's
 * divisions. A code ending in zeros is the place above.
 */
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/area.h"
#include "base/lang.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "form/codes.h"
#include "tui/pick_find.h"

enum { ROWS = 60, ROOM = 400 };

static const char *const elsewhere[] = {N_("境外"), N_("海上"), N_("流动")};

struct regions {
    struct session *s;
    void *ctx;
    const char *below, *below_title; /* NULL: the country */
};

/* "广东省深圳市" is found by 广东深圳 and gdsz too. */
static const char *short_name(void *ctx, const char *label)
{
    static const char *const drop[] = {HAN_("省"), HAN_("市")};
    char *out = talloc_strdup(ctx, label), *to = out;
    for (const char *p = label; *p;) {
        size_t n = 0;
        for (size_t i = 0; i < NELEM(drop); i++)
            n = strncmp(p, drop[i], strlen(drop[i])) == 0 ? strlen(drop[i]) : n;
        if (n == 0)
            *to++ = *p++;
        else
            p += n;
    }
    *to = '\0';
    return out;
}

static void add(struct find_row *rows, size_t *n, const char *code, const char *label)
{
    rows[(*n)++] = (struct find_row){.code = code, .label = label};
}

static bool found_by(void *ctx, const struct code *c, const char *words)
{
    return strncmp(c->code, words, strlen(words)) == 0 || pinyin_match(c->label, words) ||
           pinyin_match(short_name(ctx, c->label), words);
}

/* The words are its beginning, not something in the middle: gd is 广东 before 古塔区. */
static bool begins(void *ctx, const char *label, const char *words)
{
    const char *name[] = {label, short_name(ctx, label)};
    size_t len = strlen(words);
    for (size_t i = 0; i < NELEM(name); i++) {
        const char **initials = pinyin_initials(ctx, name[i], 4);
        if (strncmp(name[i], words, len) == 0)
            return true;
        for (size_t k = 0; initials[k]; k++)
            if (strncasecmp(initials[k], words, len) == 0)
                return true;
    }
    return false;
}

/* "广东省东莞市" below 广东省 is 东莞市. */
static const char *within(const struct regions *r, const char *label)
{
    size_t n = r->below ? strlen(r->below_title) : 0;
    return n && strncmp(label, r->below_title, n) == 0 ? label + n : label;
}

/* Those that begin with the words first; the higher place before what lies in it, as in the table. */
static void match(void *ctx, const struct codes *t, const struct regions *r, const char *words,
                  size_t max, struct find_row *rows, size_t *n)
{
    size_t *later = talloc_array(ctx, size_t, (unsigned)max + 1), nlater = 0;
    MUST(later);
    for (size_t i = 0; i < NELEM(elsewhere) && *n < max && !r->below; i++)
        if (pinyin_match(_(elsewhere[i]), words))
            add(rows, n, elsewhere[i], _(elsewhere[i]));
    for (size_t i = 0; t && i < t->n && *n < max; i++) {
        if ((r->below && !area_within(t->code[i].code, r->below)) ||
            !found_by(ctx, &t->code[i], words))
            continue;
        if (begins(ctx, within(r, t->code[i].label), words))
            add(rows, n, t->code[i].code, t->code[i].label);
        else if (nlater < max)
            later[nlater++] = i;
    }
    for (size_t i = 0; i < nlater && *n < max; i++)
        add(rows, n, t->code[later[i]].code, t->code[later[i]].label);
}

static size_t search(struct app *app, const struct regions *r, void *ctx, const char *words,
                     size_t max, struct find_row **rows)
{
    struct find_row *own = NULL;
    size_t n = 0;
    *rows = talloc_zero_array(ctx, struct find_row, (unsigned)max + 1);
    MUST(*rows);
    match(ctx, dict_codes(r->s->dict, "region"), r, words, max, *rows, &n);
    size_t m = find_areas(app, r->s, ctx, r->below ? r->below : "", words, max - n, &own);
    for (size_t i = 0; i < m; i++)
        if (area_level(own[i].code) > AREA_COUNTY)
            add(*rows, &n, own[i].code, own[i].label);
    return n;
}

size_t find_regions(struct app *app, struct session *s, void *ctx, const char *words, size_t max,
                    struct find_row **rows)
{
    return search(app, &(struct regions){.s = s, .ctx = ctx}, ctx, words, max, rows);
}

/* Right below: what lies within it and not within another that does. The table is in order. */
static void children(const struct codes *t, const char *below, struct find_row *rows, size_t *n)
{
    const char *last = NULL;
    for (size_t i = 0; t && i < t->n && *n < ROOM; i++) {
        const char *code = t->code[i].code;
        if (below && (!area_within(code, below) || strcmp(code, below) == 0))
            continue;
        if (last && area_within(code, last))
            continue;
        last = code;
        add(rows, n, code, t->code[i].label);
    }
}

static size_t query(struct app *app, void *arg, void *ctx, const char *words,
                    struct find_row **rows)
{
    const struct regions *r = arg;
    size_t n = 0, own = 0;
    struct find_row *found = NULL;
    if (*words)
        return search(app, r, ctx, words, ROWS, rows);
    *rows = talloc_zero_array(ctx, struct find_row, ROOM + NELEM(elsewhere) + 1);
    MUST(*rows);
    if (r->below)
        add(*rows, &n, r->below, r->below_title), (*rows)[0].hint = _("就选这里，不再往下");
    else
        for (size_t i = 0; i < NELEM(elsewhere); i++)
            add(*rows, &n, elsewhere[i], _(elsewhere[i]));
    children(dict_codes(r->s->dict, "region"), r->below, *rows, &n);
    if (r->below && n == 1)
        own = find_areas(app, r->s, ctx, r->below, NULL, ROOM, &found);
    for (size_t i = 0; i < own && n < ROOM; i++)
        add(*rows, &n, found[i].code, found[i].label);
    return n;
}

/* A county is low enough; anything above is opened, and taken when chosen again. */
static bool take(void *arg, const struct find_row *row)
{
    struct regions *r = arg;
    bool digits = *row->code >= '0' && *row->code <= '9';
    if (!digits || area_level(row->code) == AREA_VILLAGE ||
        (r->below && strcmp(row->code, r->below) == 0))
        return true;
    r->below = talloc_strdup(r->ctx, row->code);
    r->below_title = talloc_strdup(r->ctx, row->label);
    return false;
}

bool find_region(struct app *app, struct session *s, void *ctx, struct find_row *out)
{
    struct regions r = {.s = s, .ctx = ctx};
    struct finder f = {
        .title = _("选择地方"),
        .hint = _("输入地名、拼音首字母或代码；回车打开下一级，再回车选定；Esc Esc 取消。"),
        .arg = &r,
        .query = query,
        .take = take};
    return find_run(app, ctx, &f, out);
}
