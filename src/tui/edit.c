#include "tui/edit_priv.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

struct edit *edit_new(void *ctx, const struct edit_opts *opts)
{
    struct edit *e = talloc_zero(ctx, struct edit);
    MUST(e);
    e->o = *opts;
    if (e->o.rows < 1)
        e->o.rows = 1;
    if (e->o.flags & EDIT_DIGITS)
        e->o.flags |= EDIT_HALFWIDTH;
    if (e->o.max_chars == 0)
        e->o.max_chars = e->o.rows > 1 ? 2000 : 64;
    e->amb = 2;
    edit_set(e, "");
    return e;
}

static bool is_note(const struct edit *e)
{
    return e->o.rows > 1;
}

static void drop_states(struct edit *e, int from, int n)
{
    for (int i = from; i < from + n; i++)
        talloc_free(e->undo[i].text);
}

static void put_text(struct edit *e, const char *text, size_t at)
{
    char *copy = talloc_strdup(e, text);
    MUST(copy);
    talloc_free(e->text);
    e->text = copy;
    e->at = at;
    e->goal = -1;
}

void edit_set(struct edit *e, const char *text)
{
    drop_states(e, 0, e->undo_n + e->redo_n);
    e->undo_n = e->redo_n = 0;
    talloc_free(e->stored);
    e->stored = talloc_strdup(e, text);
    put_text(e, text, strlen(text));
    e->left = 0;
    e->top = 0;
    e->typing = false;
    e->problem = NULL;
}

/* Keeps the state before a change; typing character by character is one change. */
static void remember(struct edit *e, bool typed)
{
    drop_states(e, e->undo_n, e->redo_n);
    e->redo_n = 0;
    if (typed && e->typing)
        return;
    if (e->undo_n == EDIT_UNDO_MAX) {
        drop_states(e, 0, 1);
        memmove(e->undo, e->undo + 1, sizeof(e->undo) - sizeof(e->undo[0]));
        e->undo_n--;
    }
    e->undo[e->undo_n++] = (struct edit_state){talloc_strdup(e, e->text), e->at};
    e->typing = typed;
}

void edit_replace(struct edit *e, const char *text)
{
    remember(e, false);
    put_text(e, text, strlen(text));
}

const char *edit_text(const struct edit *e)
{
    return e->text;
}

bool edit_changed(const struct edit *e)
{
    return strcmp(e->text, e->stored) != 0;
}

const char *edit_problem(const struct edit *e)
{
    return e->problem;
}

void edit_resize(struct edit *e, int cols, int rows)
{
    e->o.cols = cols;
    e->o.rows = is_note(e) ? (rows > 1 ? rows : 2) : 1;
    e->left = 0;
    e->top = 0;
}

static bool undo_step(struct edit *e, int by)
{
    int from = by < 0 ? e->undo_n - 1 : e->undo_n;
    if (by < 0 ? e->undo_n == 0 : e->redo_n == 0)
        return false;
    struct edit_state now = {e->text, e->at}, then = e->undo[from];
    e->undo[from] = now;
    e->text = then.text;
    e->at = then.at;
    e->undo_n += by;
    e->redo_n -= by;
    e->typing = false;
    e->goal = -1;
    return true;
}

/* The code point as this field takes it; 0 when it does not. */
static uint32_t accepted(struct edit *e, uint32_t cp)
{
    if (e->o.flags & EDIT_HALFWIDTH)
        cp = keys_plain(cp);
    if ((e->o.flags & EDIT_UPPER) && cp >= 'a' && cp <= 'z')
        cp -= 'a' - 'A';
    if (cp == '\n' ? !is_note(e) : !text_cp_allowed(cp, is_note(e)))
        return 0;
    if ((e->o.flags & EDIT_DIGITS) && !(cp >= '0' && cp <= '9')) {
        e->problem = _("这一项只填数字");
        return 0;
    }
    if (e->o.accept && !e->o.accept(cp, e->o.arg)) {
        e->problem = _("这个字符不能填在这一项，按 F1 看怎样填");
        return 0;
    }
    return cp;
}

/* Inserts one code point at the caret; false when the field is full. */
static bool insert(struct edit *e, uint32_t cp)
{
    char utf8[5] = {0};
    size_t n = (size_t)text_put(utf8, cp);
    char *text = text_printf(e, "%.*s%s%s", (int)e->at, e->text, utf8, e->text + e->at);
    if (text_chars(text) > e->o.max_chars) {
        talloc_free(text);
        return false;
    }
    talloc_free(e->text);
    e->text = text;
    e->at += n;
    return true;
}

static const char *full_problem(struct edit *e)
{
    static char sentence[160];
    char *s = text_printf(e, _("最多 %zu 个字，多出的没有录入"), e->o.max_chars);
    strncpy(sentence, s, sizeof(sentence) - 1);
    talloc_free(s);
    return sentence;
}

static enum handled type_char(struct edit *e, uint32_t cp)
{
    cp = accepted(e, cp);
    if (cp == 0)
        return KEY_TAKEN;
    remember(e, true);
    e->goal = -1;
    if (!insert(e, cp)) {
        e->problem = full_problem(e);
        return KEY_TAKEN;
    }
    bool full = text_chars(e->text) == e->o.max_chars && e->at == strlen(e->text);
    return full && (e->o.flags & EDIT_AUTONEXT) ? KEY_NEXT : KEY_TAKEN;
}

static enum handled paste(struct edit *e, const char *text)
{
    unsigned flags =
        (is_note(e) ? TEXT_MULTILINE : 0) | (e->o.flags & EDIT_HALFWIDTH ? TEXT_HALFWIDTH : 0);
    char *clean = text_clean(e, text, flags, NULL);
    const char *p = clean;
    remember(e, false);
    e->goal = -1;
    for (uint32_t cp; (cp = text_next(&p)) != 0;) {
        cp = accepted(e, cp);
        if (cp != 0 && !insert(e, cp)) {
            e->problem = full_problem(e);
            break;
        }
    }
    talloc_free(clean);
    return KEY_TAKEN;
}

/* Removes the bytes from..to; a caret behind them follows. */
static void erase(struct edit *e, size_t from, size_t to)
{
    if (from >= to)
        return;
    remember(e, false);
    memmove(e->text + from, e->text + to, strlen(e->text + to) + 1);
    e->at = from;
    e->goal = -1;
}

static void move(struct edit *e, size_t to)
{
    e->at = to;
    e->typing = false;
    e->goal = -1;
}

static enum handled func_key(struct edit *e, enum key_func f)
{
    size_t start, end;
    switch (f) {
    case KF_LEFT:
        move(e, e->at > 0 ? text_cluster_prev(e->text, e->at) : 0);
        return KEY_TAKEN;
    case KF_RIGHT:
        move(e, e->text[e->at] ? text_cluster_next(e->text, e->at) : e->at);
        return KEY_TAKEN;
    case KF_HOME:
        edit_line_at(e, &start, &end);
        move(e, start);
        return KEY_TAKEN;
    case KF_END:
        edit_line_at(e, &start, &end);
        move(e, end);
        return KEY_TAKEN;
    case KF_BACKSPACE:
        if (e->at > 0)
            erase(e, text_cluster_prev(e->text, e->at), e->at);
        return KEY_TAKEN;
    case KF_DEL:
        if (e->text[e->at])
            erase(e, e->at, text_cluster_next(e->text, e->at));
        return KEY_TAKEN;
    case KF_UP:
    case KF_DOWN:
        e->typing = false;
        return is_note(e) && edit_vertical(e, f == KF_UP ? -1 : 1) ? KEY_TAKEN : KEY_IGNORED;
    case KF_ENTER:
        return is_note(e) ? type_char(e, '\n') : KEY_IGNORED;
    default:
        return KEY_IGNORED;
    }
}

enum handled edit_key(struct edit *e, const struct key *key)
{
    e->problem = NULL;
    switch (key->kind) {
    case K_CHAR:
        return type_char(e, key->code);
    case K_PASTE:
        return paste(e, key->text);
    case K_FUNC:
        return func_key(e, (enum key_func)key->code);
    default:
        break;
    }
    switch (keys_action(key, true)) {
    case ACT_CLEAR_NEXT:
        erase(e, e->at, strlen(e->text));
        return KEY_NEXT;
    case ACT_RESTORE:
        edit_replace(e, e->stored);
        return KEY_TAKEN;
    case ACT_UNDO:
        return undo_step(e, -1) ? KEY_TAKEN : KEY_IGNORED;
    case ACT_REDO:
        return undo_step(e, 1) ? KEY_TAKEN : KEY_IGNORED;
    default:
        return KEY_IGNORED;
    }
}
