/* 用户管理 of the security administrator: who may sign in, what they do where. */
#ifndef HUTONG_TUI_USERS_H
#define HUTONG_TUI_USERS_H

#include "tui/session.h"

void users_open(struct app *, struct session *);
/* users_info.c: 人员资料 of a row of user.list, one field a turn; true when something was saved. */
bool users_info(struct app *, struct session *, const struct node *row);

#endif
