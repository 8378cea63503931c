/* keys.def as tables: which action a key means, and the lists of keys made from it. */
#include "tui/keys.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

static const struct action_info actions[ACT_END] = {
#define ACTION(name, bar, any, typing, list, label, help)                                          \
    [ACT_##name] = {#name, bar, any, typing, list, label, help},
#include "tui/keys.def"
#undef ACTION
};

static const struct {
    enum key_func func;
    const char *name; /* as in keys.def */
    const char *shown;
} funcs[] = {
    {KF_UP, "Up", N_("上箭头")},
    {KF_DOWN, "Down", N_("下箭头")},
    {KF_LEFT, "Left", N_("左箭头")},
    {KF_RIGHT, "Right", N_("右箭头")},
    {KF_HOME, "Home", "Home"},
    {KF_END, "End", "End"},
    {KF_PGUP, "PgUp", "PgUp"},
    {KF_PGDN, "PgDn", "PgDn"},
    {KF_INS, "Ins", "Ins"},
    {KF_DEL, "Del", "Del"},
    {KF_BACKSPACE, "Backspace", N_("退格")},
    {KF_ENTER, "Enter", N_("回车")},
    {KF_TAB, "Tab", "Tab"},
    {KF_BACKTAB, "BackTab", "Shift-Tab"},
    {KF_ESCESC, "EscEsc", "Esc Esc"},
    {KF_ESCSPACE, "EscSpace", N_("Esc 空格")},
};

const struct action_info *action_info(enum action a)
{
    MUST(a > ACT_NONE && a < ACT_END);
    return &actions[a];
}

uint32_t keys_plain(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return cp - 0xFF01 + '!';
    switch (cp) {
    case 0x3000: /* ideographic space */
        return ' ';
    case 0x3001: /* 、 is where / is */
        return '/';
    case 0x3002: /* 。 */
        return '.';
    case 0x300A: /* 《 */
        return '<';
    case 0x300B: /* 》 */
        return '>';
    default:
        return cp;
    }
}

int keys_digit(const struct key *key)
{
    uint32_t c = key->kind == K_CHAR ? keys_plain(key->code) : 0;
    return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
}

/* The function a name of keys.def stands for, n bytes of it. */
static enum key_func func_named(const char *s, size_t n)
{
    if (n >= 2 && s[0] == 'F' && s[1] >= '1' && s[1] <= '9')
        return KF_F1 + (enum key_func)(n == 2 ? s[1] - '1' : (s[1] - '0') * 10 + s[2] - '1');
    for (size_t i = 0; i < NELEM(funcs); i++)
        if (strlen(funcs[i].name) == n && memcmp(funcs[i].name, s, n) == 0)
            return funcs[i].func;
    return KF_NONE;
}

/* Does one name of keys.def mean this key? */
static bool name_means(const char *s, size_t n, const struct key *key)
{
    switch (key->kind) {
    case K_CHAR:
        if (n == 1)
            return keys_plain(key->code) == (unsigned char)*s;
        return n == 5 && memcmp(s, "Space", 5) == 0 && keys_plain(key->code) == ' ';
    case K_CTRL:
        return n == 2 && s[0] == '^' && (unsigned char)s[1] == key->code;
    case K_FUNC:
        return n > 1 && func_named(s, n) == (enum key_func)key->code;
    default:
        return false;
    }
}

static bool names_mean(const char *names, const struct key *key)
{
    for (const char *s = names; *s;) {
        size_t n = strcspn(s, " ");
        if (name_means(s, n, key))
            return true;
        s += n + strspn(s + n, " ");
    }
    return false;
}

enum action keys_action(const struct key *key, bool typing)
{
    if (key->kind == K_ACTION)
        return (enum action)key->code;
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++)
        if (names_mean(actions[a].any, key) ||
            names_mean(typing ? actions[a].typing : actions[a].list, key))
            return a;
    return ACT_NONE;
}

char *keys_name(void *ctx, const struct key *key)
{
    char utf8[5] = {0};
    switch (key->kind) {
    case K_CHAR:
        text_put(utf8, key->code);
        return key->code == ' ' ? talloc_strdup(ctx, _("空格"))
                                : text_printf(ctx, "%s (U+%04X)", utf8, (unsigned)key->code);
    case K_CTRL:
        return text_printf(ctx, "Ctrl-%c", (int)key->code);
    case K_FUNC:
        for (size_t i = 0; i < NELEM(funcs); i++)
            if (funcs[i].func == (enum key_func)key->code)
                return talloc_strdup(ctx, _(funcs[i].shown));
        return text_printf(ctx, "F%d", (int)key->code - KF_F1 + 1);
    case K_PASTE:
        return text_printf(ctx, _("粘贴 %zu 个字"), text_chars(key->text));
    case K_REPORT:
        return talloc_strdup(ctx, _("终端回答光标位置"));
    default:
        return talloc_strdup(ctx, _("不认识的键，已忽略"));
    }
}

/* "F3 Ctrl-X 左箭头" from the names of an action; mdoc gets the names of keys.def as they are. */
static char *names_shown(void *ctx, const char *names, char *out)
{
    for (const char *s = names; *s;) {
        size_t n = strcspn(s, " ");
        enum key_func f = n > 1 ? func_named(s, n) : KF_NONE;
        struct key key = {.kind = K_FUNC, .code = f};
        char *name = f != KF_NONE            ? keys_name(ctx, &key)
                     : n == 2 && s[0] == '^' ? text_printf(ctx, "Ctrl-%c", s[1])
                     : n == 5 && *s == 'S'   ? talloc_strdup(ctx, _("空格"))
                                             : talloc_strndup(ctx, s, n);
        out = talloc_asprintf_append(out, "%s%s", *out ? " " : "", name);
        MUST(out);
        if (f >= KF_F1 && f <= KF_F1 + 9)
            out = talloc_asprintf_append(out, " Esc-%d", (f - KF_F1 + 1) % 10);
        s += n + strspn(s + n, " ");
    }
    return out;
}

static char *all_names(void *ctx, enum action a)
{
    char *out = talloc_strdup(ctx, "");
    out = names_shown(ctx, actions[a].any, out);
    out = names_shown(ctx, actions[a].typing, out);
    return names_shown(ctx, actions[a].list, out);
}

char *keys_help(void *ctx)
{
    char *out = talloc_strdup(ctx, "");
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++) {
        char *names = all_names(out, a);
        const char *label = _(actions[a].label);
        out = talloc_asprintf_append(out, "%s%*s%s\n        %s\n", label, 8 - text_width(label, 2),
                                     "", names, _(actions[a].help));
        MUST(out);
    }
    return out;
}
