/*
 * hutong --plain, what its files share.
 *
 *   plain.c       lines in and out; finding a child; what is due; the way through
 *   plain_form.c  one record: its questions, its sections, saving
 */
#ifndef HUTONG_TUI_PLAIN_PRIV_H
#define HUTONG_TUI_PLAIN_PRIV_H

#include "base/conv.h"
#include "tui/form_priv.h"

enum { PLAIN_HERE = -1, PLAIN_END = -2, PLAIN_ROWS = 9 };

struct plain {
    struct session *s;
    enum conv_enc enc;
    bool over; /* the input ended: everything returns */
};

/* --- plain.c --- */
void plain_say(const struct plain *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What was typed, cleaned; NULL at the end of input. */
char *plain_ask(struct plain *, void *ctx, const char *prompt);
/* A number from 1 to n; 0 for "0", PLAIN_HERE for an empty line, PLAIN_END at the end of input. */
int plain_number(struct plain *, const char *prompt, int n);
/* Says what went wrong, save for HE_RULE, which the caller explains. */
int plain_call(const struct plain *, void *ctx, enum wire_op, struct node *body,
               struct node **answer);

/* --- plain_form.c --- */
/* A record to read, change and save. */
void plain_open(struct plain *, const char *type, uint64_t id);
/* A new one, asked question by question; ask as for form_open. */
void plain_new(struct plain *, const struct form_ask *);

#endif
