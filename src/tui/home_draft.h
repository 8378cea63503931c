/* What was being typed when the line dropped: offered at sign-in, and under F9. */
#ifndef HUTONG_TUI_HOME_DRAFT_H
#define HUTONG_TUI_HOME_DRAFT_H

#include "tui/session.h"

/* The newest draft, if any: 1继续 2以后 3丢弃. */
void home_draft_offer(struct app *, struct session *);
/* All of them, to choose one. */
void home_draft_list(struct app *, struct session *);

#endif
