/* What term.c (modes, grid) and paint.c (bytes) share. No other file includes it. */
#ifndef HUTONG_TUI_TERM_PRIV_H
#define HUTONG_TUI_TERM_PRIV_H

#include <termios.h>

#include "tui/term.h"

struct terminal {
    int fd;
    enum conv_enc enc;
    bool two_byte;
    int amb; /* columns of an ambiguous character */
    int rows, cols;
    struct cell *want, *have; /* rows * cols; have is what the terminal shows */
    bool known;               /* have is true */
    int caret_row, caret_col;
    int at_row, at_col; /* where the terminal's cursor is; at_row -1: nobody knows */
    unsigned attr;      /* what the terminal draws with now */
    char *out;          /* bytes of the paint under way */
    size_t out_len, out_room;
    struct termios saved;
    /* terminfo */
    char *clear, *cup, *cuf, *el, *attr_on[3], *attr_off;
    const char *enter, *leave;
    size_t leave_len;
    bool wraps;           /* writing the last column of the last row would scroll */
    int ti_rows, ti_cols; /* when the window does not tell its size */
};

const char *term_cup(struct terminal *, int row, int col);
const char *term_cuf(struct terminal *, int n);
bool term_hung_up(void);
/* Writes all of it, unless the line hangs up. */
void term_send(struct terminal *, const char *bytes, size_t n);

#endif
