/* 用户管理 of the security administrator: who may sign in, what they do where. */
#ifndef HUTONG_TUI_USERS_H
#define HUTONG_TUI_USERS_H

#include "tui/session.h"

void users_open(struct app *, struct session *);

#endif
