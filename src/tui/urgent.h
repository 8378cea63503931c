/* 紧急报告: one key and one code from any screen; the phones to call stand above the questions. */
#ifndef HUTONG_TUI_URGENT_H
#define HUTONG_TUI_URGENT_H

#include "tui/session.h"

/* A new report; a jump code and the key of every screen. */
void urgent_open(struct app *, struct session *);
/* What the server says to enter next (save.next: {type, of, of_id, set}), after a saved record. */
void urgent_next(struct app *, struct session *, const struct node *next);
/* The phones to call in the form of a report, and the village of its child: after every answer. */
struct model;
void urgent_follow(struct app *, struct session *, struct model *);
/* helper.c: the minimums of paired helpers, done and wanted. */
void helper_open(struct app *, struct session *);

#endif
