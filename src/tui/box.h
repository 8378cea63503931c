/*
 * 投件箱、取件箱: files that come and go through the box of a person. The work is done by hutongctl,
 * run as the same person: one import and one export for screens and scripts, and the readers of XLSX
 * and CSV stay out of this program's memory.
 *
 *   box.c         running hutongctl, with progress and stopping
 *   import_scr.c  投件: choose a file, check, import, what was refused
 *   export_scr.c  取件: purpose and format of an export
 */
#ifndef HUTONG_TUI_BOX_H
#define HUTONG_TUI_BOX_H

#include "tui/session.h"

/*
 * Runs hutongctl with these words (NULL-terminated, without the program) and waits; Ctrl-C ends it at
 * a safe place. Its exit code, or HE_CANCELLED, HE_IO; *said is what it printed, both streams.
 */
int box_run(struct app *, struct session *, void *ctx, const char *what, const char *const *words,
            char **said);
/* Is there a box, with in and out? Says so when not. */
bool box_there(struct app *, const struct session *);
/* Which of the record types one may do verb with, in the order of the menu; NULL when cancelled.
 * other: also those that requests of their own write. */
const char *box_pick_type(struct app *, struct session *, const char *title, const char *verb,
                          bool other);
/* The screen of jump code 82: which type, then export_open. */
void export_any_open(struct app *, struct session *);

#endif
