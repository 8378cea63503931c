/* The pick list and what is made of it: choices and confirmations. */
#include "tui/popup.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/pinyin.h"
#include "base/text.h"

enum { DIGIT_ITEMS = 9, FILTER_COLS = 24, NUMBER_CHARS = 24 };

struct picker {
    struct pick *p;
    size_t *shown; /* indexes of items that match the filter */
    size_t shown_n, cursor, top;
    int rows; /* of items, as drawn last */
    struct edit *filter;
    bool digits; /* few items: a digit picks at once, nothing to filter */
    bool coded;  /* the digits are the items' codes */
    char (
        *number)[NUMBER_CHARS]; /* of items without codes, when there are many: "1", "2" …; NULL */
};

/* Are all codes single digits and different? */
static bool codes_are_digits(const struct pick *p)
{
    unsigned seen = 0;
    for (size_t i = 0; i < p->n; i++) {
        const char *c = p->items[i].code;
        if (!c || c[0] < '0' || c[0] > '9' || c[1] || (seen >> (c[0] - '0') & 1))
            return false;
        seen |= 1u << (c[0] - '0');
    }
    return p->n > 0;
}

/* What stands before an item and is typed for it: its code, else its number. */
static const char *code_of(const struct picker *k, size_t i)
{
    return k->number ? k->number[i] : k->p->items[i].code;
}

static void give_numbers(struct picker *k)
{
    for (size_t i = 0; i < k->p->n; i++)
        if (k->p->items[i].code)
            return;
    k->number = talloc_size(k, k->p->n * NUMBER_CHARS);
    MUST(k->number);
    for (size_t i = 0; i < k->p->n; i++)
        snprintf(k->number[i], NUMBER_CHARS, "%zu", i + 1);
}

/* A Han word of the explanation finds it too; initials would find nearly everything there. */
static enum pinyin_place place_in(const struct picker *k, size_t i, const char *query)
{
    const struct pick_item *it = &k->p->items[i];
    const char *code = code_of(k, i);
    if (!*query || (code && strncasecmp(code, query, strlen(query)) == 0))
        return PINYIN_START;
    enum pinyin_place place = pinyin_find(it->label, query);
    bool han = (unsigned char)*query >= 0x80;
    return !place && han && it->hint && strstr(it->hint, query) ? PINYIN_INSIDE : place;
}

static void apply_filter(struct picker *k)
{
    char *query = text_clean(k, edit_text(k->filter), TEXT_HALFWIDTH, NULL);
    k->shown_n = 0;
    for (int place = PINYIN_START; place > PINYIN_NOWHERE; place--) /* what begins so comes first */
        for (size_t i = 0; i < k->p->n; i++)
            if ((int)place_in(k, i, query) == place)
                k->shown[k->shown_n++] = i;
    k->cursor = k->top = 0;
    for (size_t i = 0; i < k->shown_n && *query; i++)
        if (code_of(k, k->shown[i]) && strcmp(code_of(k, k->shown[i]), query) == 0)
            k->cursor = i;
    talloc_free(query);
}

static size_t marked_count(const struct picker *k)
{
    size_t n = 0;
    for (size_t i = 0; i < k->p->n; i++)
        n += k->p->items[i].marked;
    return n;
}

/* ---- drawing ---- */

static int item_width(const struct picker *k, size_t i, int amb)
{
    const struct pick_item *it = &k->p->items[i];
    const char *code = code_of(k, i);
    int w = 6 + text_width(it->label, amb) + (k->p->multi ? 4 : 0);
    if (it->hint)
        w += 2 + text_width(it->hint, amb);
    return w + (code && !k->digits ? text_width(code, amb) : 0);
}

static int widest(const struct picker *k, int amb)
{
    int w = text_width(k->p->title, amb) + 4;
    for (size_t i = 0; i < k->p->n; i++)
        if (item_width(k, i, amb) > w)
            w = item_width(k, i, amb);
    if (w < FILTER_COLS + 16)
        w = FILTER_COLS + 16;
    return w;
}

/* The columns codes take: the longest one. */
static int code_cols(const struct picker *k, int amb)
{
    int w = 0;
    for (size_t i = 0; i < k->p->n && !k->digits; i++)
        if (code_of(k, i) && text_width(code_of(k, i), amb) > w)
            w = text_width(code_of(k, i), amb);
    return w;
}

static void draw_item(struct picker *k, const struct region *r, int row, size_t pos)
{
    int amb = term_amb_width(r->term), at = 0;
    size_t i = k->shown[pos];
    const struct pick_item *it = &k->p->items[i];
    draw_text(r, row, at, ATTR_NORMAL, pos == k->cursor ? ">" : " ");
    at += 2;
    if (k->p->multi) {
        draw_text(r, row, at, ATTR_NORMAL, it->marked ? "[x]" : "[ ]");
        at += 4;
    }
    if (k->digits) {
        char digit[2] = {k->coded ? it->code[0] : (char)('1' + i), '\0'};
        draw_text(r, row, at, ATTR_NORMAL, digit);
        at += 2;
    } else if (code_cols(k, amb) > 0) {
        draw_text(r, row, at, ATTR_NORMAL, code_of(k, i) ? code_of(k, i) : "");
        at += code_cols(k, amb) + 1;
    }
    at += draw_text(r, row, at, ATTR_NORMAL, it->label);
    if (it->hint)
        draw_text(r, row, at + 2, ATTR_NORMAL, it->hint);
}

static void draw_filter(struct picker *k, const struct region *r, int row)
{
    int at = draw_text(r, row, 1, ATTR_NORMAL, _("筛选：")) + 1;
    edit_draw(k->filter, r, row, at, true);
    char *count = text_printf(k, _("%zu 项"), k->shown_n);
    draw_text(r, row, at + FILTER_COLS + 1, ATTR_NORMAL, count);
    talloc_free(count);
}

static void pick_draw(struct app *app, struct screen *s, const struct frame *f)
{
    struct picker *k = s->state;
    int amb = term_amb_width(f->term), cols = widest(k, amb) + 4;
    (void)app;
    if (cols > f->body.cols)
        cols = f->body.cols;
    struct lines text = draw_wrap(k, k->p->text ? k->p->text : "", cols - 4, amb);
    int want = (int)k->p->n + (int)text.n + 2 + !k->digits;
    int rows = want < f->body.rows ? want : f->body.rows;
    /* A question stands in the middle; a list at the right, so that the field is seen beside it. */
    int col = (f->body.cols - cols) / (k->p->text ? 2 : 1);
    struct region box = draw_sub(&f->body, 0, col, rows, cols);
    struct region in = draw_box(&box, k->p->title);
    int row = 0;
    if (!k->digits)
        draw_filter(k, &in, row++);
    for (size_t i = 0; i < text.n && row < in.rows - 1; i++)
        draw_text(&in, row++, 1, ATTR_NORMAL, text.line[i]);
    talloc_free(text.line);
    struct region list = draw_sub(&in, row, 1, in.rows - row, in.cols - 1);
    k->rows = list.rows > 0 ? list.rows : 1;
    k->top = k->cursor / (size_t)k->rows * (size_t)k->rows;
    for (int i = 0; i < k->rows && k->top + (size_t)i < k->shown_n; i++)
        draw_item(k, &list, i, k->top + (size_t)i);
    if (k->shown_n == 0)
        draw_text(&list, 0, 2, ATTR_NORMAL, _("没有符合的，请改筛选内容"));
    if (k->digits)
        draw_caret(&list, (int)(k->cursor - k->top), 0);
    draw_blank(&f->hint);
    draw_text(&f->hint, 0, 0, ATTR_NORMAL,
              k->p->multi ? _("空格打勾，* 全选，回车确定，Esc Esc 取消。")
              : k->digits ? _("按数字直接选定，或用箭头键再按回车；Esc Esc 取消。")
              : k->number ? _("输入编号、汉字或拼音首字母，回车选定；Esc Esc 取消。")
                          : _("输入汉字、拼音首字母或代码筛选，回车选定；Esc Esc 取消。"));
}

/* ---- keys ---- */

static void move_cursor(struct picker *k, long by)
{
    long to = (long)k->cursor + by;
    if (to >= (long)k->shown_n)
        to = (long)k->shown_n - 1;
    k->cursor = to < 0 ? 0 : (size_t)to;
}

static void take(struct app *app, struct screen *s)
{
    struct picker *k = s->state;
    if (k->p->multi)
        app_close(app, s, (int)marked_count(k));
    else if (k->shown_n > 0)
        app_close(app, s, (int)k->shown[k->cursor]);
}

static void mark(struct picker *k)
{
    if (k->shown_n > 0) {
        struct pick_item *it = &k->p->items[k->shown[k->cursor]];
        it->marked = !it->marked;
        move_cursor(k, 1);
    }
}

static void mark_all(struct picker *k)
{
    bool all = true;
    for (size_t i = 0; i < k->shown_n; i++)
        all = all && k->p->items[k->shown[i]].marked;
    for (size_t i = 0; i < k->shown_n; i++)
        k->p->items[k->shown[i]].marked = !all;
}

static enum handled digit_key(struct app *app, struct screen *s, int digit)
{
    struct picker *k = s->state;
    for (size_t i = 0; i < k->p->n; i++) {
        if ((k->coded ? k->p->items[i].code[0] - '0' : (int)i + 1) != digit)
            continue;
        k->cursor = i;
        if (k->p->multi)
            k->p->items[i].marked = !k->p->items[i].marked;
        else
            take(app, s);
        return KEY_TAKEN;
    }
    app_message(app, _("没有第 %d 项，请按列表里的数字"), digit);
    return KEY_TAKEN;
}

static bool cursor_key(struct picker *k, enum action act)
{
    switch (act) {
    case ACT_UP:
    case ACT_PREV:
        move_cursor(k, -1);
        return true;
    case ACT_DOWN:
    case ACT_NEXT:
        move_cursor(k, 1);
        return true;
    case ACT_PGUP:
        move_cursor(k, -(long)k->rows);
        return true;
    case ACT_PGDN:
        move_cursor(k, k->rows);
        return true;
    case ACT_FIRST:
        k->cursor = 0;
        return true;
    case ACT_LAST:
        move_cursor(k, (long)k->shown_n);
        return true;
    default:
        return false;
    }
}

/* "=31" typed at a question, before it was seen: it is not answered, and the screen below jumps. */
static bool jumps(struct app *app, struct screen *s, const struct key *key, enum action act)
{
    struct screen *below = s->below;
    if (key->kind != K_CHAR || act != ACT_MENU || !below || below->ops->overlay ||
        (below->ops->typing && below->ops->typing(app, below)))
        return false;
    app_close(app, s, HE_CANCELLED);
    app_again(app);
    return true;
}

static enum handled pick_key(struct app *app, struct screen *s, const struct key *key,
                             enum action act)
{
    struct picker *k = s->state;
    bool is_func = key->kind == K_FUNC || key->kind == K_CTRL || key->kind == K_ACTION;
    if (k->digits && jumps(app, s, key, act))
        return KEY_TAKEN;
    if (k->digits && keys_digit(key) >= 0)
        return digit_key(app, s, keys_digit(key));
    if (k->p->multi && act == ACT_MARK)
        return mark(k), KEY_TAKEN;
    if (k->p->multi && act == ACT_MARK_ALL)
        return mark_all(k), KEY_TAKEN;
    if (act == ACT_OPEN || act == ACT_SAVE)
        return take(app, s), KEY_TAKEN;
    if (act == ACT_CANCEL || (act == ACT_BACK && !(key->kind == K_FUNC && key->code == KF_LEFT)))
        return app_close(app, s, HE_CANCELLED), KEY_TAKEN;
    if ((is_func || k->digits) && cursor_key(k, act))
        return KEY_TAKEN;
    if (k->digits || act == ACT_HELP || act == ACT_MENU)
        return is_func || act != ACT_NONE ? KEY_IGNORED : KEY_TAKEN;
    enum handled h = edit_key(k->filter, key);
    if (h != KEY_IGNORED)
        apply_filter(k);
    return h;
}

static const char *pick_enabled(struct app *app, struct screen *s, enum action a)
{
    struct picker *k = s->state;
    (void)app;
    if (a == ACT_SAVE)
        return _("确定");
    if (a == ACT_BACK || a == ACT_CANCEL || a == ACT_PGUP || a == ACT_PGDN)
        return "";
    return k->p->multi && (a == ACT_MARK || a == ACT_MARK_ALL) ? "" : NULL;
}

static const struct screen_ops pick_ops = {
    .draw = pick_draw,
    .key = pick_key,
    .enabled = pick_enabled,
    .overlay = true,
};

int popup_pick(struct app *app, struct pick *p)
{
    struct picker *k = talloc_zero(app, struct picker);
    MUST(k);
    k->p = p;
    k->coded = codes_are_digits(p);
    k->digits = p->n <= DIGIT_ITEMS || k->coded;
    if (!k->digits)
        give_numbers(k);
    k->shown = talloc_array(k, size_t, (unsigned)p->n + 1);
    MUST(k->shown);
    k->filter = edit_new(k, &(struct edit_opts){.cols = FILTER_COLS, .max_chars = 40});
    apply_filter(k);
    k->cursor = p->at < p->n ? p->at : 0;
    k->rows = 1;
    int r = app_modal(app, &pick_ops, k);
    talloc_free(k);
    return r;
}

int popup_menu(struct app *app, const struct pick_item *own, size_t n, const enum action *acts,
               size_t nact)
{
    struct pick_item *items = talloc_array(app, struct pick_item, (unsigned)(n + nact));
    MUST(items);
    for (size_t i = 0; i < n; i++)
        items[i] = own[i];
    for (size_t i = 0; i < nact; i++)
        items[n + i] = (struct pick_item){.label = _(action_info(acts[i])->label),
                                          .hint = _(action_info(acts[i])->help)};
    struct pick p = {.title = _("菜单"), .items = items, .n = n + nact};
    int r = popup_pick(app, &p);
    talloc_free(items);
    if (r < (int)n)
        return r;
    app_send_action(app, acts[(size_t)r - n]);
    return HE_CANCELLED;
}

int popup_choose(struct app *app, const char *title, const char *text, const char *const *answers,
                 size_t n, size_t at)
{
    struct pick_item items[DIGIT_ITEMS] = {0};
    MUST(n <= DIGIT_ITEMS);
    for (size_t i = 0; i < n; i++)
        items[i].label = answers[i];
    struct pick p = {.title = title, .text = text, .items = items, .n = n, .at = at};
    return popup_pick(app, &p);
}

bool popup_confirm(struct app *app, const char *title, const char *text, const char *yes)
{
    const char *answers[] = {yes, _("不，返回")};
    app_drop_keys(app);
    return popup_choose(app, title, text, answers, 2, 1) == 0;
}
