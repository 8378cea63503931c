/*
 * Sweeps on screen (重点时段排查).
 *
 *   sweep_which.c  which sweep, which village, for whom
 *   sweep_grid.c   排查表: one child a row, one digit a column: keys, moving
 *   sweep_rows.c   … its rows: reading, saving, drafts
 *   sweep_draw.c   … its look
 *   sweep_more.c   … what F9 and F6 offer beside it
 *   sweep_paper.c  the same on paper, with blanks
 *   sweep_grid.h   between these
 *   sweep_run.c    progress by township and village: its look and keys
 *   sweep_act.c    … what is done with them: submitting, accepting, returning …
 *   sweep_run.h    between these
 *   sweep_spot.c   spot checks: a sample, its sheet, what was found
 *   sweep_table.c  dispatch table, comparison with the sweep before
 *   sweep_doc.c    opening, freezing, bulletins, closing
 */
#ifndef HUTONG_TUI_SWEEP_H
#define HUTONG_TUI_SWEEP_H

#include "tui/session.h"

/* A sweep; texts under the ctx it was asked with. */
struct sweep_one {
    uint64_t id;
    const char *title;
    const char *due; /* "摸排完成 08-07，还有 2 天"; "" when no milestone is to come */
    bool opening;    /* its list is being made */
    bool closed;     /* its figures are those of the end */
};

/* --- sweep_which.c --- */
/* The only running sweep, or the one chosen; false with a message when there is none. */
bool sweep_which(struct app *, struct session *, void *ctx, struct sweep_one *);
/* What is told of a sweep's milestones; v as sweep.mine or its record has it. */
const char *sweep_due(void *ctx, const struct session *, const struct node *v);
/* One that is over, the latest first. */
bool sweep_which_past(struct app *, struct session *, void *ctx, struct sweep_one *);
/* One's only village, or the one chosen. *title under ctx. */
bool sweep_village(struct app *, struct session *, void *ctx, char code[13], const char **title);
/* A division by its code; texts under ctx. */
struct sweep_place {
    const char *code, *title, *successor; /* what it went into; NULL */
};
bool sweep_place(struct app *, struct session *, void *ctx, const char *code, struct sweep_place *);
/* Login and name of the director of a village for whom a supervisor types in; false: cancelled. */
bool sweep_typed_for(struct app *, struct session *, void *ctx, const char *village,
                     const char **login, const char **name);

/* The title of a row of figures: of a village below area without its township's name. */
const char *sweep_short_title(const struct node *row, const char *area);

/* --- sweep_grid.c --- */
void sweep_grid_open(struct app *, struct session *);
/* The grid of a sweep and village. */
void sweep_grid_show(struct app *, struct session *, const struct sweep_one *, const char *village,
                     const char *place);

/* --- sweep_run.c --- */
/* 排查进度: townships, below them villages, below them the rows. */
void sweep_run_open(struct app *, struct session *);
void sweep_run_show(struct app *, struct session *, const struct sweep_one *);
/* Of the sweep of a list's row, running or over. */
void sweep_run_of(struct app *, struct session *, uint64_t sweep);
/* --- sweep_spot.c --- */
/* Draws a sample of a township, or goes on with the last one drawn, and asks what was found. */
void sweep_spot(struct app *, struct session *, uint64_t sweep, const char *town,
                const char *title);

/* --- sweep_table.c --- */
/* The dispatch table (调度表) of townships or of the villages of area; for printing. */
void sweep_dispatch(struct app *, struct session *, const struct sweep_one *, const char *area,
                    const char *area_title);
/* The sweep beside the last closed one of its kind, by township. */
void sweep_compared(struct app *, struct session *, const struct sweep_one *);

/* --- sweep_doc.c --- */
/* Opens (开启) a sweep that was drawn up: freezes its list. 1 when it is done. */
int sweep_start(struct app *, struct session *, uint64_t sweep);
void sweep_freeze_ask(struct app *, struct session *, uint64_t sweep);
/* Drafts a bulletin, notices or the closing report from frozen figures and opens the drafts. */
void sweep_bulletin_ask(struct app *, struct session *, uint64_t sweep);
/* A leader's word on a draft; 1 when it was said. */
int sweep_sign_ask(struct app *, struct session *, uint64_t bulletin);
bool sweep_close_ask(struct app *, struct session *, uint64_t sweep);

#endif
