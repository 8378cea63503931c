/* `hutong keytest` and F1 9: shows what arrives for each key. */
#ifndef HUTONG_TUI_KEYTEST_H
#define HUTONG_TUI_KEYTEST_H

#include "tui/app.h"

/* Runs over the current screen until Enter was pressed three times in a row. */
void keytest_show(struct app *);
/* The command: takes the terminal, shows the test. Exit code. */
int keytest_main(void);

#endif
