/*
 * The loop: a stack of screens, the message line, keys that mean the same everywhere, other file
 * descriptors, timers, the idle lock, the screen hidden from a family (遮屏).
 */
#ifndef HUTONG_TUI_APP_H
#define HUTONG_TUI_APP_H

#include "tui/draw.h"
#include "tui/handled.h"
#include "tui/keys.h"

struct app;
struct screen;

struct screen_ops {
    /* Shown for the first time, or again after what covered it closed. May be NULL. */
    void (*enter)(struct app *, struct screen *);
    /* Draws title, view, body and hint; places the caret last. Message and key bar are the app's.
     */
    void (*draw)(struct app *, struct screen *, const struct frame *);
    /*
     * act is what the key means here (ACT_NONE for text). KEY_IGNORED falls back: F1 shows help(),
     * F3 closes the screen, F9 lists the enabled actions, Ctrl-O the messages; any other action
     * answers that it does nothing here.
     */
    enum handled (*key)(struct app *, struct screen *, const struct key *, enum action act);
    /* Going away; state dies after it. May be NULL. */
    void (*leave)(struct app *, struct screen *);
    /* A text field has the focus: printable characters are text. NULL: never. */
    bool (*typing)(struct app *, struct screen *);
    /* The label of an action that works now ("" for its usual one), NULL when it does not. */
    const char *(*enabled)(struct app *, struct screen *, enum action);
    /* Help of this screen, translated; may be NULL. */
    const char *(*help)(struct app *, struct screen *);
    bool overlay; /* the screen below is drawn first */
};

struct screen {
    const struct screen_ops *ops;
    void *state;
    int result; /* what app_modal returns */
    bool closed, entered;
    int busy; /* its code is on the C stack: not freed yet */
    struct screen *below;
};

/* Takes the terminal over (term_open). */
int app_new(void *ctx, const struct term_opts *, struct app **out, const char **why);
struct terminal *app_term(struct app *);

/* Puts a screen on the stack, which from now on owns state (a talloc chunk or NULL). */
struct screen *app_push(struct app *, const struct screen_ops *, void *state);
/* The same, and runs until it is closed; state stays the caller's. HE_CANCELLED on a hangup. */
int app_modal(struct app *, const struct screen_ops *, void *state);
void app_close(struct app *, struct screen *, int result);
/* Until the stack is empty: 0; HE_CANCELLED after a hangup or SIGTERM. */
int app_run(struct app *);
/* Closes every screen; each may still save in leave(). */
void app_quit(struct app *);

/* One line on row 22 until the next key; kept in the history of 50 (Ctrl-O). Translated text. Without an app
 * (--plain) nothing: whoever asks says it. */
void app_message(struct app *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* How far long work is: painted now, not kept in the history; "" takes it away. */
void app_progress(struct app *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* 请稍候 on row 22, painted now; off takes it away. Not kept in the history. */
void app_wait(struct app *, bool on);
/* Draws and paints now: before work that takes longer than 300 ms. */
void app_show(struct app *);
/* Ctrl-C was typed since the last call: for long work between two steps. Keeps other keys. */
bool app_stopped(struct app *);
/* Forgets what was typed ahead: before a question whose wrong answer loses something. */
void app_drop_keys(struct app *);
/* Sends a key as if it were typed, before all that wait. */
void app_send_action(struct app *, enum action);

/* The key that is being handled goes to the screen on top after it: a pop-up that it closes. */
void app_again(struct app *);

/* fn runs once after ms; a second call with the same fn and arg moves it. ms < 0 cancels. */
void app_after(struct app *, int ms, void (*fn)(struct app *, void *arg), void *arg);
/* After warn seconds without a key fn(…, false), after lock seconds fn(…, true). 0 0: off. */
void app_on_idle(struct app *, int warn, int lock, void (*fn)(struct app *, bool lock, void *arg),
                 void *arg);
/* fn runs on the key of the urgent report, on every screen; NULL: the key means nothing. */
void app_on_urgent(struct app *, void (*fn)(struct app *, void *arg), void *arg);
/* Hides everything behind one neutral line until Enter. */
void app_hide(struct app *);

#endif
