/* What is done with agreements beside filling in their form: option 8 of the lists. */
#ifndef HUTONG_TUI_AGREEMENT_H
#define HUTONG_TUI_AGREEMENT_H

#include "tui/session.h"

/* For a child: goes on with the agreement in preparation, renews the one in force or expired, drafts a
 * first one. */
void agreement_child(struct app *, struct session *, uint64_t child, const char *name);
/* For an agreement in a list: what can be done with it now. */
void agreement_row(struct app *, struct session *, uint64_t id);

#endif
