/* What edit.c (the text) and edit_view.c (its lines) share. No other file includes it. */
#ifndef HUTONG_TUI_EDIT_PRIV_H
#define HUTONG_TUI_EDIT_PRIV_H

#include "tui/edit.h"

enum { EDIT_UNDO_MAX = 100 };

struct edit_state {
    char *text;
    size_t at;
};

struct edit {
    struct edit_opts o;
    char *stored, *text;
    size_t at;   /* caret, a byte offset at a cluster boundary or behind a typed mark */
    size_t left; /* first shown byte of a line */
    int top;     /* first shown line of a note */
    int goal;    /* column that Up and Down keep, -1 none */
    int amb;     /* as drawn last */
    struct edit_state undo[EDIT_UNDO_MAX];
    int undo_n, redo_n; /* redo states lie behind the undo states */
    bool typing;        /* the last change was typed: the next character joins it */
    const char *problem;
};

/* Up (-1) or Down (+1) in a note; false at its edge. */
bool edit_vertical(struct edit *, int by);
/* Start and end byte of the shown line the caret is on. */
void edit_line_at(struct edit *, size_t *start, size_t *end);

#endif
