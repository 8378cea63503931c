/*
 * Review of changes (decision 5).
 *
 *   review.c       one change: old and new beside each other, approve, return with marked fields
 *   review_bulk.c  many: what will happen, then what happened
 */
#ifndef HUTONG_TUI_REVIEW_H
#define HUTONG_TUI_REVIEW_H

#include "tui/session.h"

/* Approves or returns many changes; how many were decided, 0 when cancelled. */
size_t review_bulk(struct app *, struct session *, const uint64_t *ids, size_t n, bool approve);
/* Asks for the reason of a return; NULL when cancelled. */
char *review_reason(struct app *, void *ctx);
/* One request for some ids; marks may be NULL. Counts done, gives those skipped. */
int review_send(struct app *, struct session *, void *ctx, const uint64_t *ids, size_t n,
                bool approve, const char *why, const struct node *marks, size_t *done,
                const struct node **skipped);

#endif
