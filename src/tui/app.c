#include "tui/app_priv.h"

#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int app_new(void *ctx, const struct term_opts *opts, struct app **out, const char **why)
{
    struct app *app = talloc_zero(ctx, struct app);
    MUST(app);
    int r = term_open(app, opts, &app->term, why);
    if (r != 0) {
        talloc_free(app);
        return r;
    }
    app->keys = keys_new(app, opts->enc);
    app->last_key = now_ms();
    app->dirty = true;
    term_probe(app->term);
    *out = app;
    return 0;
}

struct terminal *app_term(struct app *app)
{
    return app->term;
}

/* ---- screens ---- */

static struct screen *push(struct app *app, const struct screen_ops *ops, void *state)
{
    struct screen *s = talloc_zero(app, struct screen);
    MUST(s);
    s->ops = ops;
    s->state = state;
    s->below = app->top;
    app->top = s;
    app->dirty = true;
    return s;
}

struct screen *app_push(struct app *app, const struct screen_ops *ops, void *state)
{
    struct screen *s = push(app, ops, state);
    if (state)
        talloc_steal(s, state);
    return s;
}

void app_close(struct app *app, struct screen *s, int result)
{
    s->closed = true;
    s->result = result;
    app->dirty = true;
}

void app_quit(struct app *app)
{
    for (struct screen *s = app->top; s; s = s->below)
        if (!s->closed)
            app_close(app, s, HE_CANCELLED);
}

/* Frees what is closed and enters what came to the top. */
static void settle(struct app *app)
{
    struct screen **link = &app->top;
    while (*link) {
        struct screen *s = *link;
        if (!s->closed || s->busy > 0) {
            link = &s->below;
            continue;
        }
        s->busy++;
        if (s->ops->leave)
            s->ops->leave(app, s);
        /* leave() may have pushed or closed: find the link again */
        for (link = &app->top; *link != s;)
            link = &(*link)->below;
        *link = s->below;
        talloc_free(s);
        if (app->top)
            app->top->entered = false;
        link = &app->top;
    }
    struct screen *s = app->top;
    if (s && !s->entered && !s->closed) {
        s->entered = true;
        s->busy++;
        if (s->ops->enter)
            s->ops->enter(app, s);
        s->busy--;
    }
}

/* ---- drawing ---- */

static void draw_small(struct app *app)
{
    char *s = text_printf(app, _("终端窗口太小（现 %dx%d，需 80x24），请拉大窗口。"),
                          term_cols(app->term), term_rows(app->term));
    struct lines l = draw_wrap(s, s, term_cols(app->term), term_amb_width(app->term));
    for (size_t i = 0; i < l.n && (int)i < term_rows(app->term); i++)
        term_put(app->term, (int)i, 0, term_cols(app->term), ATTR_NORMAL, l.line[i]);
    term_caret(app->term, 0, 0);
    talloc_free(s);
}

static void draw_from(struct app *app, struct screen *s, const struct frame *f)
{
    if (s->ops->overlay && s->below)
        draw_from(app, s->below, f);
    s->busy++;
    s->ops->draw(app, s, f);
    s->busy--;
}

/* Esc waits for a digit: which digit does what. */
static void draw_prefix(struct app *app, const struct frame *f)
{
    struct region r = f->message;
    draw_blank(&r);
    int at = draw_text(&r, 0, 0, ATTR_BOLD, "Esc- ");
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++) {
        const char *label = action_info(a)->bar ? app_label(app, a) : NULL;
        char digit[2] = {(char)('0' + action_info(a)->bar % 10), '\0'};
        if (!label)
            continue;
        at += draw_text(&r, 0, at, ATTR_NORMAL, digit);
        at += draw_text(&r, 0, at, ATTR_NORMAL, label);
        at += draw_text(&r, 0, at, ATTR_NORMAL, " ");
    }
    draw_text(&r, 0, at, ATTR_NORMAL, _("再按Esc取消"));
}

static void draw_all(struct app *app)
{
    struct frame f;
    const char *labels[10] = {0};
    term_clear(app->term);
    draw_frame(app->term, &f);
    if (!app->top)
        return;
    draw_from(app, app->top, &f);
    if (keys_prefix(app->keys)) {
        draw_prefix(app, &f);
    } else if (app->waiting || app->message) {
        draw_blank(&f.message);
        draw_text(&f.message, 0, 0, ATTR_BOLD, app->waiting ? _("请稍候。") : app->message);
    }
    for (enum action a = ACT_NONE + 1; a < ACT_END; a++)
        if (action_info(a)->bar)
            labels[action_info(a)->bar - 1] = app_label(app, a);
    draw_keybar(&f, labels);
}

void app_show(struct app *app)
{
    if (app->hidden) {
        term_clear(app->term);
        term_put(app->term, 0, 0, term_cols(app->term), ATTR_NORMAL, _("按回车键继续。"));
        term_caret(app->term, 1, 0);
    } else if (term_too_small(app->term)) {
        term_clear(app->term);
        draw_small(app);
    } else {
        draw_all(app);
    }
    term_paint(app->term);
    app->dirty = false;
}

void app_message(struct app *app, const char *fmt, ...)
{
    va_list ap;
    if (!app)
        return;
    va_start(ap, fmt);
    char *text = talloc_vasprintf(app, fmt, ap);
    va_end(ap);
    MUST(text);
    if (app->history_n == APP_MESSAGES) {
        talloc_free(app->history[0]);
        memmove(app->history, app->history + 1, sizeof(app->history) - sizeof(char *));
        app->history_n--;
    }
    app->history[app->history_n++] = text;
    app->message = text;
    app->dirty = true;
}

void app_progress(struct app *app, const char *fmt, ...)
{
    va_list ap;
    talloc_free(app->progress);
    va_start(ap, fmt);
    app->progress = talloc_vasprintf(app, fmt, ap);
    va_end(ap);
    MUST(app->progress);
    app->message = *app->progress ? app->progress : NULL;
    app->dirty = true;
    app_show(app);
}

void app_wait(struct app *app, bool on)
{
    if (!app || on == app->waiting)
        return;
    app->waiting = on;
    app->dirty = true;
    if (on)
        app_show(app);
}

/* ---- timers ---- */

void app_after(struct app *app, int ms, void (*fn)(struct app *, void *), void *arg)
{
    for (int i = 0; i < app->timer_n; i++)
        if (app->timer[i].fn == fn && app->timer[i].arg == arg)
            app->timer[i--] = app->timer[--app->timer_n];
    if (ms < 0)
        return;
    MUST(app->timer_n < APP_TIMERS);
    app->timer[app->timer_n++] = (struct app_timer){now_ms() + ms, fn, arg};
}

void app_on_urgent(struct app *app, void (*fn)(struct app *, void *arg), void *arg)
{
    app->urgent_fn = fn;
    app->urgent_arg = arg;
}

void app_on_idle(struct app *app, int warn, int lock, void (*fn)(struct app *, bool, void *),
                 void *arg)
{
    app->idle_warn = warn;
    app->idle_lock = lock;
    app->idle_fn = fn;
    app->idle_arg = arg;
    app->idle_told = 0;
    app->last_key = now_ms();
}

/* When the idle hook is due next; -1 never. */
static int64_t idle_due(const struct app *app)
{
    int after = app->idle_told == 0   ? (app->idle_warn ? app->idle_warn : app->idle_lock)
                : app->idle_told == 1 ? app->idle_lock
                                      : 0;
    return app->idle_fn && after > 0 ? app->last_key + (int64_t)after * 1000 : -1;
}

static int poll_timeout(const struct app *app)
{
    int64_t due = idle_due(app), now = now_ms();
    for (int i = 0; i < app->timer_n; i++)
        if (due < 0 || app->timer[i].due < due)
            due = app->timer[i].due;
    return due < 0 ? -1 : due <= now ? 0 : (int)(due - now);
}

static void run_timers(struct app *app)
{
    int64_t now = now_ms(), idle = idle_due(app);
    for (int i = 0; i < app->timer_n; i++) {
        struct app_timer t = app->timer[i];
        if (t.due > now)
            continue;
        app->timer[i] = app->timer[--app->timer_n];
        app->dirty = true;
        t.fn(app, t.arg);
        i = -1; /* the callback may have changed the list */
    }
    if (idle >= 0 && idle <= now) {
        bool lock = app->idle_told == 1 || app->idle_warn == 0;
        app->idle_told = lock ? 2 : 1;
        app->dirty = true;
        app->idle_fn(app, lock, app->idle_arg);
    }
}

/* ---- the loop ---- */

static void hang_up(struct app *app)
{
    if (app->hung_up)
        return;
    app->hung_up = true;
    app_quit(app);
}

static void take_events(struct app *app)
{
    unsigned ev = term_events(app->term);
    if (ev & (TERM_EV_RESIZE | TERM_EV_CONTINUE))
        app->dirty = true;
    if (ev & TERM_EV_HANGUP)
        hang_up(app);
}

static void read_keys(struct app *app)
{
    char buf[4096];
    int n = term_read(app->term, buf, sizeof(buf));
    if (n < 0) {
        hang_up(app);
        return;
    }
    bool prefix = keys_prefix(app->keys);
    keys_feed(app->keys, buf, (size_t)n);
    app->dirty = app->dirty || prefix != keys_prefix(app->keys);
}

/* Waits up to timeout ms for the terminal and signals; takes what came. */
static void wait_input(struct app *app, int timeout)
{
    struct pollfd p[2] = {
        {.fd = term_fd(app->term), .events = POLLIN},
        {.fd = term_event_fd(app->term), .events = POLLIN},
    };
    if (poll(p, 2, timeout) < 0)
        p[0].revents = p[1].revents = 0; /* interrupted: the pipe tells why next time */
    if (p[1].revents)
        take_events(app);
    if (p[0].revents && !app->hung_up)
        read_keys(app);
}

/* One key that waits, if any; type-ahead is honoured screen by screen. */
static bool run_key(struct app *app)
{
    struct key key = {.kind = K_ACTION, .code = app->injected};
    if (app->injected == ACT_NONE && !keys_next(app->keys, &key))
        return false;
    app->injected = ACT_NONE;
    if (key.kind == K_REPORT) {
        app->dirty = term_probe_answer(app->term, key.row, key.col) || app->dirty;
        return true;
    }
    app->last_key = now_ms();
    app->idle_told = 0;
    app->dirty = true;
    app_key(app, &key);
    return true;
}

/* Until `until` is closed (or the stack is empty when it is NULL). */
static void loop(struct app *app, const struct screen *until)
{
    for (;;) {
        settle(app);
        if (!app->top || (until && until->closed))
            return;
        if (run_key(app))
            continue;
        run_timers(app);
        wait_input(app, 0);
        settle(app);
        if (!app->top || (until && until->closed))
            return;
        if (run_key(app))
            continue; /* paint only when all that was typed is done */
        if (app->dirty)
            app_show(app);
        wait_input(app, poll_timeout(app));
    }
}

int app_modal(struct app *app, const struct screen_ops *ops, void *state)
{
    if (app->hung_up)
        return HE_CANCELLED;
    struct screen *s = push(app, ops, state);
    s->busy++;
    loop(app, s);
    s->busy--;
    int result = s->result;
    settle(app);
    return result;
}

int app_run(struct app *app)
{
    loop(app, NULL);
    return app->hung_up ? HE_CANCELLED : 0;
}

bool app_stopped(struct app *app)
{
    wait_input(app, 0);
    return keys_take_ctrl(app->keys, 'C') || app->hung_up;
}

void app_drop_keys(struct app *app)
{
    struct key key;
    wait_input(app, 0);
    while (keys_next(app->keys, &key)) {
    }
}

void app_send_action(struct app *app, enum action a)
{
    app->injected = a;
}

void app_hide(struct app *app)
{
    app->hidden = true;
    app->dirty = true;
}
