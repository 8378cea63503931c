/*
 * The terminal: a grid of cells that is compared with what the terminal shows and painted with as
 * few bytes as will do. The only user of curses, of which it takes the terminfo strings alone:
 * painting through ncurses needs a zh_CN.GB18030 locale on the machine for GB18030 terminals and
 * draws Han of Extension C and later as blanks there (research/feasibility.md 5), and the bytes of
 * every change are budgeted (research/ux.md 5.3).
 *
 * Inside everything is UTF-8; the bytes on the line are in the terminal's encoding. Positions count
 * from 0. Attributes are normal, bold, reverse and underline; lines are drawn with - and | only.
 * The hardware cursor is parked at the caret after each paint, because input methods anchor their
 * candidate box to it.
 *
 * Ambiguous-width characters (· — … “) are drawn so that either width does no harm: the column
 * behind is blanked first, and the cursor is placed anew. Until the terminal has answered
 * term_probe they count two columns.
 */
#ifndef HUTONG_TUI_TERM_H
#define HUTONG_TUI_TERM_H

#include "base/base.h"
#include "base/conv.h"

enum attr { ATTR_NORMAL = 0, ATTR_BOLD = 1, ATTR_REVERSE = 2, ATTR_UNDERLINE = 4 };

enum { TERM_MIN_ROWS = 16, TERM_MIN_COLS = 60, TERM_MAX_ROWS = 256, TERM_MAX_COLS = 400 };

/* One column. The second column of a wide character has width 0 and no text. */
struct cell {
    char text[14]; /* one cluster of UTF-8; combining marks beyond the room are dropped */
    uint8_t width;
    uint8_t attr;
};

struct term_opts {
    int fd;            /* the tty, read and write */
    const char *name;  /* TERM; NULL or unknown falls back to xterm-256color, xterm, vt100 */
    enum conv_enc enc; /* CONV_UTF8 or CONV_GB18030 */
    bool two_byte;     /* a GBK or GB2312 terminal: four-byte characters are shown as 〓 */
};

struct terminal;

/*
 * Takes the terminal over: raw mode without flow control, bracketed paste, alternate screen.
 * HE_NOTFOUND when no terminal description serves, HE_IO when fd is no terminal; *why then is a
 * Chinese sentence. The terminal is given back by talloc_free, at exit and on a crash. One at a
 * time.
 */
int term_open(void *ctx, const struct term_opts *, struct terminal **out, const char **why);
/* What TERM's surroundings say of the encoding: HUTONG_TERM_ENCODING, LC_ALL, LC_CTYPE, LANG. */
void term_opts_from_env(struct term_opts *);

int term_rows(const struct terminal *);
int term_cols(const struct terminal *);
bool term_too_small(const struct terminal *);
int term_amb_width(const struct terminal *);
enum conv_enc term_enc(const struct terminal *);

/* Asks for the width of ambiguous characters and for bracketed paste; the answers come as keys. */
void term_probe(struct terminal *);
/* The answer (K_REPORT). True when widths changed and the screen must be drawn again. */
bool term_probe_answer(struct terminal *, int row, int col);

/* Blanks the grid. Drawing a screen starts with it; unchanged cells cost nothing. */
void term_clear(struct terminal *);
/* Puts text at (row, col), at most cols columns, cut at a whole cluster. Returns the columns used.
 */
int term_put(struct terminal *, int row, int col, int cols, unsigned attr, const char *text);
void term_caret(struct terminal *, int row, int col);
/* Paints the difference in one write. Returns the bytes sent. */
size_t term_paint(struct terminal *);
/* Forgets what the terminal shows: the next paint draws everything (Ctrl-L). */
void term_forget(struct terminal *);

/* Text to the printer at the terminal (media copy: PuTTY calls it remote-controlled printing), in
 * the terminal's encoding, line feeds as CR LF, form feeds between pages. Nothing of it is shown. */
void term_print(struct terminal *, const char *text);

/* Reads what is there: bytes, 0 when nothing, HE_IO when the line is gone. */
int term_read(struct terminal *, char *buf, size_t room);
int term_fd(const struct terminal *);

enum term_event {
    TERM_EV_RESIZE = 1,
    TERM_EV_HANGUP = 2, /* SIGHUP or SIGTERM: save drafts and leave; the terminal may be gone */
    TERM_EV_CONTINUE = 4,
};
/* Readable when a signal came; term_events takes them all (a mask of enum term_event). */
int term_event_fd(const struct terminal *);
unsigned term_events(struct terminal *);

#endif
