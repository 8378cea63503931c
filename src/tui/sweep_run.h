/* Progress of a sweep: what its files share. */
#ifndef HUTONG_TUI_SWEEP_RUN_H
#define HUTONG_TUI_SWEEP_RUN_H

#include "tui/sweep.h"
#include "tui/tui.h"

struct unit {
    const struct node *row;
    const char *title; /* a village's without its township's name */
    int64_t total, done;
    bool mark;
};

struct run {
    struct session *s;
    struct sweep_one one;
    const char *area, *area_title; /* a township: its villages; NULL: townships */
    struct node *mem;
    struct unit *unit;
    size_t n, at, top, fit;
    int64_t total, done;
    bool by_code;
};

/* --- sweep_run.c --- */
/* Reads everything again; 0 or an error. */
int run_load(struct app *, struct run *);
/* Another of these screens, of a township below it or of another sweep (area NULL). */
void run_push(struct app *, struct session *, const struct sweep_one *, const char *area,
              const char *area_title);
/* Code of sweep_unit_state; '\0' none. */
char run_state(const struct unit *);

/* --- sweep_act.c --- */
void run_menu(struct app *, struct run *);
/* A township's villages, a village's rows. */
void run_down(struct app *, struct run *);
void run_sort(struct app *, struct run *);
/* Marks of townships that can be accepted, of all when there are none. */
void run_mark_all(struct run *);

#endif
