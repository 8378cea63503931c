/*
 * 统计报表: a report as a table that pages both ways; each figure opens its children.
 *
 *   sheet.c       which report, keys, what can be done with it
 *   sheet_load.c  the table from the server, live or frozen
 *   sheet_out.c   a file in the box
 *   cross.c       临时统计: what to count, kept under a name
 *   cross_cell.c  … the list behind one of its figures
 *   sheet_draw.c  headings in two lines, the columns that fit
 */
#ifndef HUTONG_TUI_SHEET_H
#define HUTONG_TUI_SHEET_H

#include "tui/session.h"
#include "tui/tui.h"

struct sheet_col {
    const char *name, *label, *group; /* group NULL */
    int width;
    bool opens;
    const char *of; /* type of the records behind its figures */
};

struct sheet_row {
    const char *code, *name;
    bool total;
    int64_t director;
    const char **v; /* [ncol] */
};

struct sheet {
    struct session *s;
    const char *report, *period; /* as asked; period "" the server's choice */
    char division[13];           /* "" one's own */
    bool deep;                   /* every village */
    int64_t frozen;              /* an edition, 0 the live figures */
    const struct node *cross;    /* a table of one's own: what stat.cross asks; NULL */
    void *mem;                   /* of what follows */
    const struct node *head;     /* the answer's first page */
    struct sheet_col *col;
    size_t ncol;
    struct sheet_row *row;
    size_t nrow;
    size_t at, top, c, left; /* row and column of the cursor; first ones shown */
};

/* The screen of jump code 62: which report, then sheet_open. */
void sheet_choose(struct app *, struct session *);
/* The screen of jump code 63. */
void cross_open(struct app *, struct session *);
/* The result of a table of one's own; spec is copied. */
void sheet_open_cross(struct app *, struct session *, const struct node *spec);
/* Its choices once more, then the table as they are now. */
void cross_again(struct app *, struct sheet *);
/* The list behind the figure at the cursor of such a table. */
void cross_cell(struct app *, struct sheet *);
/* As a file into the box. */
void sheet_take_out(struct app *, struct sheet *);
/* An int below 0 leaves the sheet as it was. */
int sheet_load(struct app *, struct sheet *);
void sheet_draw(struct app *, struct screen *, const struct frame *);
/* Rows that the body holds. */
int sheet_fit(const struct frame *);
/* "0-5周岁 男" */
char *sheet_heading(void *ctx, const struct sheet_col *);

#endif
