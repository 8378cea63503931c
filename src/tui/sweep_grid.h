/* The grid of a sweep: what its files share. */
#ifndef HUTONG_TUI_SWEEP_GRID_H
#define HUTONG_TUI_SWEEP_GRID_H

#include "form/form.h"
#include "tui/sweep.h"
#include "tui/tui.h"

enum { GRID_QUESTIONS = 12 };

/* A question answered by one digit. */
struct grid_q {
    const char *field, *label;
    const char *digits;   /* those it takes, in order */
    const char *what[10]; /* by digit: its label */
    bool need;
};

struct grid_cell {
    char stored, typed; /* digits; 0: none. typed 0: as stored */
};

struct grid_row {
    uint64_t id;
    uint32_t version;
    int64_t no;
    const char *name, *group;
    char state, origin; /* codes of sweep_item_state and sweep_origin */
    bool place;         /* not a child: other questions */
    uint64_t child;
    bool explained;   /* why it is not checked */
    const char *back; /* what the spot check found, until when; NULL */
    struct grid_cell cell[GRID_QUESTIONS];
    const char *bad; /* why it was not saved; NULL */
    bool conflict;   /* somebody else answered it meanwhile */
    bool drafted;    /* the server keeps what was typed */
};

struct grid {
    struct session *s;
    uint64_t sweep;
    const char *title; /* of the sweep */
    const char *due;   /* its next milestone, in words */
    const char *note;  /* of its checklist, for the paper */
    const char *village, *place_name;
    struct grid_q child[GRID_QUESTIONS], place[GRID_QUESTIONS];
    size_t nchild, nplace;
    struct grid_row *row;
    size_t n, at, q, top, fit;
    bool told;           /* the last save had something to say */
    bool open_only;      /* rows without an answer only, as they were when it was chosen */
    char checked_on[11]; /* of the rows saved from now on; "": today */
    const char *for_login, *for_name; /* 代录; NULL */
};

/* --- sweep_grid.c --- */
/* Reads everything again; the cursor stays on its row. */
void grid_reload(struct app *, struct grid *);
/* Leaves the row as going on does; false: it was not stored. */
bool grid_go(struct app *, struct grid *, size_t row);

/* --- sweep_rows.c --- */
/* Questions of the checklist, rows of the village, what was typed before: 0 or an error. */
int grid_load(struct app *, struct grid *);
const struct grid_q *grid_questions(const struct grid *, const struct grid_row *, size_t *n);
/* Is the digit an answer of this question in this row? */
bool grid_takes(const struct grid_row *, const struct grid_q *, char digit);
char grid_value(const struct grid_cell *); /* typed, else stored, else 0 */
bool grid_typed(const struct grid_row *);
/* The first needed question without an answer; SIZE_MAX: the row is whole. */
size_t grid_lacks(const struct grid *, const struct grid_row *);
/* Submitted upward: no answer any more. */
bool grid_locked(const struct grid_row *);
bool grid_answered(const struct grid_row *);
bool grid_waits(const struct grid_row *); /* for an answer or a correction */
/* Saves a whole row; true when it is stored. Says why not. */
bool grid_save(struct app *, struct grid *, struct grid_row *);
/* Keeps the digits of a row as a draft of its record; gone when none is typed. */
void grid_keep(struct app *, struct grid *, struct grid_row *);
/* The row again as the server has it; what was typed goes. */
void grid_again(struct app *, struct grid *, struct grid_row *);

/* --- sweep_draw.c --- */
void grid_draw(struct app *, struct screen *, const struct frame *);

/* --- sweep_more.c --- */
void grid_menu(struct app *, struct grid *);
void grid_add(struct app *, struct grid *);
/* The full checklist of the row. */
void grid_sheet(struct app *, struct grid *);
/* Asks for what a refused row lacks and no digit says (reason, exit_reason); false: not that, or
 * cancelled. */
bool grid_ask(struct app *, struct grid *, const struct node *finding, struct node *values);
/* Sends one word of a row; true when it is stored. */
bool grid_set(struct app *, struct grid *, struct grid_row *, const char *field, const char *value);
/* A row that the spot check returned: what was mended is told; true when it is stored. */
bool grid_mended(struct app *, struct grid *, struct grid_row *);
/* To a row by name, initials or number. */
void grid_find(struct app *, struct grid *);

/* --- sweep_paper.c --- */
void grid_paper(struct app *, struct grid *);

#endif
