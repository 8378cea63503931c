/*
 * Pop-ups over the current screen. Each runs until it is answered and returns the answer, so the
 * caller reads like a question and its answer. HE_CANCELLED: Esc Esc, F3, or the line hung up.
 */
#ifndef HUTONG_TUI_POPUP_H
#define HUTONG_TUI_POPUP_H

#include "tui/app.h"
#include "tui/edit.h"

struct pick_item {
    const char *code;  /* may be NULL; codes of one digit are the digits to press */
    const char *label; /* shown and matched: Hanzi, pinyin, initials */
    const char *hint;  /* behind the label; may be NULL */
    bool marked;       /* multiple choice: in and out */
};

struct pick {
    const char *title;
    const char *text; /* above the items, wrapped; may be NULL */
    struct pick_item *items;
    size_t n;
    size_t at;  /* the cursor starts here: the last value */
    bool multi; /* Space or a digit marks, * all, Enter is done */
};

/*
 * The index of the chosen item (multi: the number of marked ones, marks in items), HE_CANCELLED.
 * Up to nine items: a digit picks at once. More: typing filters by Hanzi, initials and code, or by the
 * number that items without codes get; Enter takes the item at the cursor.
 */
int popup_pick(struct app *, struct pick *);
/*
 * The menu of a screen (F9): its own items, then actions that work on every screen, which are sent when
 * chosen. The index of its own item, else negative.
 */
int popup_menu(struct app *, const struct pick_item *own, size_t n, const enum action *acts,
               size_t nact);
/* Numbered answers to a question; the index of one. at is where the cursor starts: the safe one. */
int popup_choose(struct app *, const char *title, const char *text, const char *const *answers,
                 size_t n, size_t at);
/* 1 yes, 0 no or cancelled; yes says what will be done ("删除这一条"). Starts at no;
 * what was typed ahead does not answer it. */
bool popup_confirm(struct app *, const char *title, const char *text, const char *yes);
/* A text to read, with paging and search (/); lines are wrapped to the screen. */
void popup_pager(struct app *, const char *title, const char *text);
/* One line of input. Returns cleaned text under ctx, or NULL when cancelled. */
char *popup_ask(struct app *, void *ctx, const char *title, const char *prompt, const char *text,
                const struct edit_opts *);
/* Why something is done: one line that may not be empty; then missing is said, and NULL comes back. */
char *popup_why(struct app *, void *ctx, const char *title, const char *prompt, const char *missing);

#endif
