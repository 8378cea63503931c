/*
 * tui: the terminal and the widgets from which screens are built. Lower half of the room:
 *
 *   term.h     the tty: raw mode, signals, the cell grid and painting it (term.c, paint.c)
 *   keys.h     bytes to keys (keys.c), keys to actions (actions.c)
 *   keys.def   the one table of actions, keys, labels and help
 *   draw.h     regions, the anatomy of the screen, bars, wrapping
 *   edit.h     text fields and notes (edit.c, edit_view.c)
 *   handled.h  what became of a key
 *   app.h      the loop, the stack of screens (app.c), common keys (app_keys.c)
 *   popup.h    pick lists and questions (popup_pick.c), pager and input line (popup_text.c)
 *   keytest.h  what arrives for each key
 *   encoding.h  which encoding the terminal speaks; plain.h  lines in and lines out (--plain)
 *
 * Upper half: session.h is its contract; hutong.c is main.
 *
 *   form_priv.h    the form of a record: lists form_*.c
 *   list.h         lists: list*.c; related.c the lists behind a record, history.c its changes
 *   pick_find.h    look-ups: pick_area.c, pick_region.c, pick_record.c
 *   home.c         the first screen; home_draft.h home_places.h home_sweep.h its parts, jump.h numbers
 *   matter.h leave.h agreement.h urgent.h   what is done with one child, by a digit
 *   review.h       approving: review.c one change, review_bulk.c many
 *   sheet.h        statistics: sheet*.c; cross.c cross_cell.c a table of one's own
 *   sweep.h        sweeps: sweep_*.c; sweep_grid.h between the files of the grid
 *   print.h        paper: print*.c; print_doc.h the pages
 *   box.h          files to take: box.c; export_scr.c and import_scr.c out of and into lists
 *   users.h        users and posts: users.c, users_info.c
 *   village.h      villages without a file; helper.c what helpers did of their minimums
 *
 * How to write a screen
 *
 *   struct visits { struct edit *filter; size_t at; ... };      its state, a talloc chunk
 *   static void draw(struct app *, struct screen *s, const struct frame *f)
 *       Draw everything from s->state, each time; only what differs is sent. draw_title(f, ...) for
 *       row 1, &f->view for row 2, &f->body for the rest, &f->hint for help on the field. Mark the
 *       current row with ">" (8 bytes) and not with reverse video (218). Call draw_caret last: input
 *       methods follow it. Use no ambiguous-width characters (· — … “ ● × ①) in fixed text.
 *   static enum handled key(struct app *, struct screen *s, const struct key *k, enum action act)
 *       In a form give the key to the focused edit first (edit_key); what it ignores, and all of a
 *       list, is a switch on act. Return KEY_IGNORED for the rest: the app shows help, menu,
 *       messages, goes back, or says what works here. K_ACTION keys come from the menu (F9).
 *   static bool typing(...)
 *       True while an edit has the focus: letters are then text.
 *   static const char *enabled(..., act)
 *       "" for every action that works now: key bar and menu.
 *   static const struct screen_ops ops = {.draw = draw, .key = key, ...};
 *
 *   app_push(app, &ops, state) stacks it; app_close(app, s, 0) ends it. Ask with popup_pick,
 *   popup_choose, popup_confirm, popup_ask: they return the answer. They run the loop, so a screen
 *   may be redrawn, and a timer may call back, while they are open; the text of a paste key is gone
 *   after them. Say things with app_message. While something long runs call app_stopped now and
 *   then, and app_show after changing the progress (at most once a second). A new key is one row in
 *   keys.def.
 */
#ifndef HUTONG_TUI_TUI_H
#define HUTONG_TUI_TUI_H

#include "tui/app.h"
#include "tui/draw.h"
#include "tui/edit.h"
#include "tui/keys.h"
#include "tui/popup.h"

#endif
