/*
 * A server that is played: answers the requests of one screen with canned records, so that lost
 * answers, full disks and conflicts come when a test wants them. Words of `play`, divided by
 * blanks: conflict, lost, unsaved (lost and not done), full, same, sibling, warn.
 */
#ifndef TESTS_SCREEN_FAKE_SERVER_H
#define TESTS_SCREEN_FAKE_SERVER_H

#include "form/form.h"

/* Listens at DIR/socket in a child process until this one ends; requests go to DIR/log, one JSON
 * line each. */
void fake_server_start(const char *dir, struct dict *dict, const char *play);

#endif
