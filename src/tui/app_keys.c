/* Keys that mean the same on every screen, and the screens' answers to the rest. */
#include "tui/app_priv.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"

const char *app_label(struct app *app, enum action a)
{
    struct screen *s = app->top;
    const char *label = s && s->ops->enabled ? s->ops->enabled(app, s, a) : NULL;
    if (!label && a == ACT_URGENT && app->urgent_fn)
        label = "";
    if (!label && (a == ACT_HELP || a == ACT_MENU || (a == ACT_BACK && s && s->below)))
        label = "";
    return label && !*label ? _(action_info(a)->label) : label;
}

static void show_log(struct app *app)
{
    char *text = talloc_strdup(app, "");
    for (int i = app->history_n - 1; i >= 0; i--)
        text = talloc_asprintf_append(text, "%s\n", app->history[i]);
    MUST(text);
    popup_pager(app, _("最近的提示"), *text ? text : _("还没有提示。"));
    talloc_free(text);
}

static void show_help(struct app *app)
{
    struct screen *s = app->top;
    const char *own = s->ops->help ? s->ops->help(app, s) : NULL;
    char *keys = keys_help(app);
    char *text = text_printf(app, "%s%s%s\n\n%s", own ? own : "", own ? "\n\n" : "",
                             _("全部按键（Esc-1 就是先按 Esc 再按 1）"), keys);
    popup_pager(app, _("帮助"), text);
    talloc_free(keys);
    talloc_free(text);
}

/* What an action does here: a screen that names F10 otherwise does not save with it. */
static const char *action_help(enum action a, const char *label)
{
    bool other = a == ACT_SAVE && strcmp(label, _(action_info(a)->label)) != 0;
    return other ? _("和按 F10 一样") : _(action_info(a)->help);
}

/* Everything that works here, numbered, to be found by pinyin initials. */
static void show_menu(struct app *app)
{
    struct pick_item items[ACT_END];
    enum action acts[ACT_END];
    size_t n = 0;
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++) {
        const char *label = a == ACT_MENU ? NULL : app_label(app, a);
        if (a == ACT_HIDE || a == ACT_LOG || a == ACT_REPAINT)
            label = _(action_info(a)->label);
        if (!label)
            continue;
        items[n] = (struct pick_item){.label = label, .hint = action_help(a, label)};
        acts[n++] = a;
    }
    struct pick p = {.title = _("菜单"), .items = items, .n = n};
    int i = popup_pick(app, &p);
    if (i >= 0)
        app_send_action(app, acts[i]);
}

static enum handled common_key(struct app *app, enum action act)
{
    struct screen *s = app->top;
    switch (act) {
    case ACT_HELP:
        show_help(app);
        return KEY_TAKEN;
    case ACT_MENU:
        show_menu(app);
        return KEY_TAKEN;
    case ACT_LOG:
        show_log(app);
        return KEY_TAKEN;
    case ACT_BACK:
        app_close(app, s, 0);
        return KEY_TAKEN;
    case ACT_URGENT:
        if (!app->urgent_fn)
            return KEY_IGNORED;
        app->urgent_fn(app, app->urgent_arg);
        return KEY_TAKEN;
    case ACT_CANCEL:
        return KEY_TAKEN; /* nothing is open that it could close */
    default:
        return KEY_IGNORED;
    }
}

/* These work whatever the screen does. */
static bool always(struct app *app, enum action act)
{
    switch (act) {
    case ACT_REPAINT:
        term_forget(app->term);
        return true;
    case ACT_HIDE:
        app_hide(app);
        return true;
    case ACT_STOP: /* nothing runs: long work takes it through app_stopped */
        return true;
    default:
        return false;
    }
}

/* What works here, for the person who pressed something that does not. */
static void tell_unused(struct app *app, enum action act)
{
    char *what = talloc_strdup(app, "");
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++) {
        const char *label = action_info(a)->bar ? app_label(app, a) : NULL;
        if (label)
            what = talloc_asprintf_append(what, " %d%s", action_info(a)->bar % 10, label);
    }
    MUST(what);
    app_message(app, _("%s：这里不能用。可用的键：%s"), _(action_info(act)->label), what);
    talloc_free(what);
}

void app_again(struct app *app)
{
    keys_again(app->keys);
}

void app_key(struct app *app, const struct key *key)
{
    struct screen *s = app->top;
    if (app->hidden) {
        app->hidden = !(key->kind == K_FUNC && key->code == KF_ENTER);
        return;
    }
    if (term_too_small(app->term))
        return; /* nobody types blindly into a form that is not shown */
    enum action act = keys_action(key, s->ops->typing && s->ops->typing(app, s));
    if (always(app, act))
        return;
    app->message = NULL;
    s->busy++;
    enum handled h = s->ops->key(app, s, key, act);
    s->busy--;
    if (h != KEY_IGNORED)
        return;
    if (key->kind == K_PASTE && key->guessed)
        keys_replay(app->keys, key->text);
    else if (act != ACT_NONE && common_key(app, act) == KEY_IGNORED)
        tell_unused(app, act);
}
