/* What app.c (the loop) and app_keys.c (keys that mean the same everywhere) share. */
#ifndef HUTONG_TUI_APP_PRIV_H
#define HUTONG_TUI_APP_PRIV_H

#include "tui/app.h"

enum { APP_MESSAGES = 50, APP_TIMERS = 8 };

struct app_timer {
    int64_t due; /* ms, monotonic */
    void (*fn)(struct app *, void *);
    void *arg;
};

struct app {
    struct terminal *term;
    struct keys *keys;
    struct screen *top;
    char *message, *progress; /* shown now; the last app_progress */
    char *history[APP_MESSAGES];
    int history_n;
    struct app_timer timer[APP_TIMERS];
    int timer_n;
    void (*urgent_fn)(struct app *, void *);
    void *urgent_arg;
    int idle_warn, idle_lock;
    void (*idle_fn)(struct app *, bool, void *);
    void *idle_arg;
    int idle_told; /* 0 nothing, 1 warned, 2 locked */
    int64_t last_key;
    bool hung_up, hidden, dirty, waiting;
    enum action injected;
};

/* Sends one key through the top screen and the keys that mean the same everywhere. */
void app_key(struct app *, const struct key *);
/* The label of an action on the top screen, NULL when it does nothing there. */
const char *app_label(struct app *, enum action);

#endif
