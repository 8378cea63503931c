/*
 * A text field: one line that scrolls sideways, or a note of several wrapped lines. Knows Chinese,
 * rare characters and combining marks: the caret moves and deletes whole clusters. Width is in
 * columns, length in characters as a person counts them.
 */
#ifndef HUTONG_TUI_EDIT_H
#define HUTONG_TUI_EDIT_H

#include "tui/draw.h"
#include "tui/handled.h"
#include "tui/keys.h"

enum edit_flags {
    EDIT_HALFWIDTH = 1, /* full-width letters, digits and punctuation are typed as ASCII */
    EDIT_DIGITS = 2,    /* digits only (implies EDIT_HALFWIDTH) */
    EDIT_UPPER = 4,     /* ASCII letters to upper case */
    EDIT_SECRET = 8,    /* shown as * */
    EDIT_AUTONEXT = 16, /* KEY_NEXT when the last character was typed: fixed-length codes */
};

struct edit_opts {
    int cols;         /* width of the field */
    int rows;         /* 1, or the rows of a note */
    size_t max_chars; /* 0: 64 for a line, 2000 for a note */
    unsigned flags;
    bool (*accept)(uint32_t cp, void *arg); /* more that may not be typed; may be NULL */
    void *arg;
};

struct edit;
struct edit *edit_new(void *ctx, const struct edit_opts *);
/* The stored value, which Ctrl-U brings back; forgets the undo history. Caret at the end. */
void edit_set(struct edit *, const char *text);
/* A value from elsewhere (pick list, Ctrl-D) as one change that can be undone. */
void edit_replace(struct edit *, const char *text);
/* What is typed; borrowed until the next call that changes it. Not cleaned (text_clean) yet. */
const char *edit_text(const struct edit *);
bool edit_changed(const struct edit *);
/* New width and height after a resize. */
void edit_resize(struct edit *, int cols, int rows);

/*
 * Characters, pastes, Left Right Home End Del Backspace, Ctrl-K U Z Y; in a note also Enter, Up and
 * Down inside it. Up at the top, Down at the bottom, Enter in a line, and all else are KEY_IGNORED:
 * the form moves on. Undo is ignored when nothing is left to undo.
 */
enum handled edit_key(struct edit *, const struct key *);
/* Why the last key was refused or shortened, a translated sentence; NULL when it was not. */
const char *edit_problem(const struct edit *);
/* Underlined over its width. Parks the caret when it has the focus. */
void edit_draw(struct edit *, const struct region *, int row, int col, bool focus);

#endif
