/* A child leaves the register (退出): reason and day, checked and reviewed by the server. */
#ifndef HUTONG_TUI_LEAVE_H
#define HUTONG_TUI_LEAVE_H

#include "tui/session.h"

/* Asks and sends; 1 when it was taken. */
int leave_ask(struct app *, struct session *, uint64_t child, const char *name);

#endif
