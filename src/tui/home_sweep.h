/* On the first screen: how far the running sweeps are in the places one answers for. */
#ifndef HUTONG_TUI_HOME_SWEEP_H
#define HUTONG_TUI_HOME_SWEEP_H

#include "tui/draw.h"
#include "tui/session.h"

enum { HOME_SWEEPS_MAX = 3 };

struct home_sweeps {
    struct node *mem;
    const struct node *rows;
};

void home_sweeps_load(struct app *, struct session *, void *ctx, struct home_sweeps *);
size_t home_sweeps_n(const struct home_sweeps *);
void home_sweeps_draw(const struct home_sweeps *, const struct region *line, size_t i);
/* The grid for who answers in one village, else the progress. */
void home_sweeps_open(struct app *, struct session *, const struct home_sweeps *, size_t i);

#endif
