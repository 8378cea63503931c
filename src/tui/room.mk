# tui
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	src/tui/tui.h src/tui/keys.def src/tui/handled.h \
	src/tui/actions.c \
	src/tui/agreement.c src/tui/agreement.h \
	src/tui/app.c src/tui/app.h src/tui/app_priv.h \
	src/tui/app_keys.c \
	src/tui/box.c src/tui/box.h \
	src/tui/draw.c src/tui/draw.h \
	src/tui/edit.c src/tui/edit.h src/tui/edit_priv.h \
	src/tui/edit_view.c \
	src/tui/encoding.c src/tui/encoding.h \
	src/tui/export_scr.c \
	src/tui/form_check.c src/tui/form_priv.h \
	src/tui/form_choose.c \
	src/tui/form_conflict.c \
	src/tui/form_draft.c \
	src/tui/form_draw.c \
	src/tui/form_field.c \
	src/tui/form_house.c \
	src/tui/form_load.c \
	src/tui/form_model.c \
	src/tui/form_open.c \
	src/tui/form_review.c \
	src/tui/form_rules.c \
	src/tui/form_same.c \
	src/tui/form_screen.c \
	src/tui/history.c \
	src/tui/home.c \
	src/tui/home_draft.c src/tui/home_draft.h \
	src/tui/home_places.c src/tui/home_places.h \
	src/tui/home_sweep.c src/tui/home_sweep.h \
	src/tui/import_scr.c \
	src/tui/jump.c src/tui/jump.h \
	src/tui/keys.c src/tui/keys.h \
	src/tui/helper.c \
	src/tui/related.c \
	src/tui/urgent.c src/tui/urgent.h \
	src/tui/cross.c src/tui/cross_cell.c src/tui/sheet_out.c \
	src/tui/sheet.h src/tui/sheet.c src/tui/sheet_load.c src/tui/sheet_draw.c \
	src/tui/keytest.c src/tui/keytest.h src/tui/plain.h src/tui/plain_priv.h src/tui/plain.c src/tui/plain_form.c \
	src/tui/leave.c src/tui/leave.h \
	src/tui/list.c src/tui/list.h \
	src/tui/list_act.c \
	src/tui/list_count.c \
	src/tui/list_draw.c \
	src/tui/list_load.c \
	src/tui/list_menu.c src/tui/list_pick.c src/tui/list_saved.c src/tui/saved.c src/tui/saved.h \
	src/tui/matter.c src/tui/matter.h \
	src/tui/paint.c \
	src/tui/pick_area.c \
	src/tui/pick_find.c src/tui/pick_find.h \
	src/tui/pick_record.c \
	src/tui/pick_region.c \
	src/tui/popup.h \
	src/tui/popup_pick.c \
	src/tui/popup_text.c \
	src/tui/print.c src/tui/print.h \
	src/tui/print_doc.c src/tui/print_doc.h \
	src/tui/print_out.c \
	src/tui/print_book.c \
	src/tui/print_view.c \
	src/tui/review.c src/tui/review.h \
	src/tui/review_bulk.c \
	src/tui/session.c src/tui/session.h \
	src/tui/sweep.h src/tui/sweep_grid.h src/tui/sweep_which.c src/tui/sweep_grid.c \
	src/tui/sweep_rows.c src/tui/sweep_draw.c src/tui/sweep_more.c src/tui/sweep_paper.c \
	src/tui/sweep_run.c src/tui/sweep_run.h src/tui/sweep_act.c src/tui/sweep_spot.c \
	src/tui/sweep_table.c src/tui/sweep_doc.c \
	src/tui/term.c src/tui/term.h src/tui/term_priv.h \
	src/tui/users.c src/tui/users.h src/tui/users_info.c \
	src/tui/village.c src/tui/village.h
libtui_a_CFLAGS = $(AM_CFLAGS) $(CURSES_CFLAGS)

bin_PROGRAMS += hutong
hutong_SOURCES = src/tui/hutong.c
hutong_LDADD = libtui.a libwire.a libreport.a librec.a libform.a libbase.a $(CURSES_LIBS) $(CSV_LIBS) \
	$(BASE_LIBS)
