/* What is done with a child beside filling in its form: transfer, coming back, duplicates, 关注名单,
 * hand-over; and taking back a change one sent up. Each asks, sends and says what became of it. */
#ifndef HUTONG_TUI_MATTER_H
#define HUTONG_TUI_MATTER_H

#include "tui/session.h"

/* 1 when it was done, 0 when not or cancelled. */
int matter_move(struct app *, struct session *, uint64_t child);
int matter_comeback(struct app *, struct session *, uint64_t child);
int matter_merge(struct app *, struct session *, uint64_t child);
int matter_watch(struct app *, struct session *, uint64_t child);
/* The children are those of one director; all of them go to another. */
int matter_checked(struct app *, struct session *, const uint64_t *children, size_t n);
int matter_handover(struct app *, struct session *, const uint64_t *children, size_t n);
/* The files were entered in the national system as they stood in these versions. */
int matter_synced(struct app *, struct session *, const uint64_t *children,
                  const uint32_t *version, size_t n);
int matter_recall(struct app *, struct session *, uint64_t change);

#endif
