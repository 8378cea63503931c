/*
 * From the bytes of a terminal to keys, and from keys to actions.
 *
 * The decoder is a state machine without timers and without terminfo: it knows every sequence that
 * xterm, PuTTY (all keyboard modes but SCO), rxvt, Linux, vt100, vt220, screen and tmux send, at
 * any split of the bytes (research/ux.md 1.6, 1.7). A lone Esc opens a prefix that waits: Esc 1 …
 * Esc 0 are F1 … F10, Esc Esc cancels. What it does not know it swallows whole; no byte of a
 * sequence ever becomes text.
 */
#ifndef HUTONG_TUI_KEYS_H
#define HUTONG_TUI_KEYS_H

#include "base/base.h"
#include "base/conv.h"

enum key_func {
    KF_NONE,
    KF_F1, /* KF_F1 + n - 1 is Fn, up to F12 */
    KF_F12 = KF_F1 + 11,
    KF_UP,
    KF_DOWN,
    KF_LEFT,
    KF_RIGHT,
    KF_HOME,
    KF_END,
    KF_PGUP,
    KF_PGDN,
    KF_INS,
    KF_DEL,
    KF_BACKSPACE,
    KF_ENTER,
    KF_TAB,
    KF_BACKTAB,
    KF_ESCESC,
    KF_ESCSPACE,
};

enum key_kind {
    K_CHAR,    /* code: a code point of text, U+0020 and up */
    K_CTRL,    /* code: 'A'..'Z' or one of \ ] ^ _ */
    K_FUNC,    /* code: enum key_func */
    K_PASTE,   /* text: UTF-8, line feeds kept, every other control dropped */
    K_REPORT,  /* row, col: the terminal's answer to a cursor position request, from 1 */
    K_ACTION,  /* code: enum action, chosen in the action menu */
    K_UNKNOWN, /* a sequence that was swallowed; for the key test */
};

struct key {
    enum key_kind kind;
    uint32_t code;
    const char *text; /* K_PASTE: valid until the next keys_next */
    bool guessed;     /* K_PASTE: told by speed only; a screen without a text field replays it */
    int row, col;
    unsigned char raw[24]; /* the first bytes it came from */
    int raw_len;
};

struct keys;
struct keys *keys_new(void *ctx, enum conv_enc enc);
/* Takes what one read gave. Keys then wait for keys_next. */
void keys_feed(struct keys *, const char *bytes, size_t n);
/* Feeds a guessed paste again as single keys (behind those that wait). */
void keys_replay(struct keys *, const char *utf8);
bool keys_next(struct keys *, struct key *out);
void keys_again(struct keys *); /* the last one is given once more */
/* Takes a waiting Ctrl-letter out of the queue; the other keys stay. */
bool keys_take_ctrl(struct keys *, char letter);
/* An Esc is waiting for its second half: show the prefix hint. */
bool keys_prefix(const struct keys *);

enum action {
    ACT_NONE,
#define ACTION(name, bar, any, typing, list, label, help) ACT_##name,
#include "tui/keys.def"
#undef ACTION
    ACT_END,
};

struct action_info {
    const char *name; /* "HELP" */
    int bar;          /* 1 to 10, its place in the key bar and its F number; 0 none */
    const char *any, *typing, *list;
    const char *label, *help; /* message ids: show through _() */
};
const struct action_info *action_info(enum action);
/* The action of a key. typing: a text field has the focus, so printable characters are text. */
enum action keys_action(const struct key *, bool typing);
/* The ASCII twin of a full-width digit, letter or punctuation; else cp itself. */
uint32_t keys_plain(uint32_t cp);
/* The digit 0-9 that a key is (full-width too), else -1. */
int keys_digit(const struct key *);
/* "F1", "Ctrl-X", "向上", "王": for the key test and the list of keys. */
char *keys_name(void *ctx, const struct key *);
/* All keys of all actions as lines of text for the help screen. */
char *keys_help(void *ctx);

#endif
