/* What villages lack, and whom to ask in one. */
#ifndef HUTONG_TUI_VILLAGE_H
#define HUTONG_TUI_VILLAGE_H

#include "tui/session.h"

void village_empty_open(struct app *, struct session *);
void village_contacts_open(struct app *, struct session *);

#endif
