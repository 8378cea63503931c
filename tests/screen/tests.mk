# screen
if TESTS_BUILT
noinst_LIBRARIES += tests/screen/libharness.a
tests_screen_libharness_a_SOURCES = tests/screen/harness.c tests/screen/harness.h
tests_screen_libharness_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_libharness_a_CFLAGS = $(TEST_CFLAGS) $(VTERM_CFLAGS)
HARNESS_LIBS = tests/screen/libharness.a libbase.a $(VTERM_LIBS) -lutil $(BASE_LIBS)

check_PROGRAMS += tests/screen/demo
tests_screen_demo_SOURCES = tests/screen/demo.c
tests_screen_demo_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_demo_LDADD = libtui.a libbase.a $(CURSES_LIBS) $(BASE_LIBS)

check_PROGRAMS += tests/screen/widgets
TESTS += tests/screen/widgets
tests_screen_widgets_SOURCES = tests/screen/widgets.c
tests_screen_widgets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_widgets_CFLAGS = $(TEST_CFLAGS)
tests_screen_widgets_LDADD = $(HARNESS_LIBS) $(TEST_LIBS)

check_LIBRARIES += tests/screen/libcounty.a
tests_screen_libcounty_a_SOURCES = tests/screen/county.c tests/screen/county.h
tests_screen_libcounty_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_libcounty_a_CFLAGS = $(TEST_CFLAGS)
COUNTY_LIBS = tests/screen/libcounty.a libservertest.a tests/screen/libharness.a libwire.a \
	libbase.a $(VTERM_LIBS) -lutil $(CRYPTO_LIBS) $(BASE_LIBS) $(TEST_LIBS)

county_tests = tests/screen/agreement tests/screen/english tests/screen/plain \
	tests/screen/home tests/screen/list tests/screen/matter tests/screen/visit \
	tests/screen/review tests/screen/ceilings tests/screen/print tests/screen/box tests/screen/sweep \
	tests/screen/sweep_walk \
	tests/screen/sheet
check_PROGRAMS += $(county_tests)
TESTS += $(county_tests)
tests_screen_agreement_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_agreement_CFLAGS = $(TEST_CFLAGS)
tests_screen_agreement_LDADD = $(COUNTY_LIBS)
tests_screen_sheet_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_sheet_CFLAGS = $(TEST_CFLAGS)
tests_screen_sheet_LDADD = $(COUNTY_LIBS)
tests_screen_visit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_visit_CFLAGS = $(TEST_CFLAGS)
tests_screen_visit_LDADD = $(COUNTY_LIBS)
tests_screen_matter_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_matter_CFLAGS = $(TEST_CFLAGS)
tests_screen_matter_LDADD = $(COUNTY_LIBS)
tests_screen_english_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_plain_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_english_CFLAGS = $(TEST_CFLAGS)
tests_screen_plain_CFLAGS = $(TEST_CFLAGS)
tests_screen_english_LDADD = $(COUNTY_LIBS)
tests_screen_plain_LDADD = $(COUNTY_LIBS)
tests_screen_home_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_home_CFLAGS = $(TEST_CFLAGS)
tests_screen_home_LDADD = $(COUNTY_LIBS)
tests_screen_list_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_list_CFLAGS = $(TEST_CFLAGS)
tests_screen_list_LDADD = $(COUNTY_LIBS)
tests_screen_ceilings_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_ceilings_CFLAGS = $(TEST_CFLAGS)
tests_screen_ceilings_LDADD = $(COUNTY_LIBS)
tests_screen_review_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_review_CFLAGS = $(TEST_CFLAGS)
tests_screen_review_LDADD = $(COUNTY_LIBS)
tests_screen_sweep_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_sweep_CFLAGS = $(TEST_CFLAGS)
tests_screen_sweep_LDADD = $(COUNTY_LIBS)
tests_screen_sweep_walk_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_sweep_walk_CFLAGS = $(TEST_CFLAGS)
tests_screen_sweep_walk_LDADD = $(COUNTY_LIBS)
tests_screen_sweep_walk_SOURCES = tests/screen/sweep_walk.c tests/screen/sweep_county.h
tests_screen_box_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_box_CFLAGS = $(TEST_CFLAGS)
tests_screen_box_LDADD = $(COUNTY_LIBS)
tests_screen_print_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_print_CFLAGS = $(TEST_CFLAGS)
tests_screen_print_LDADD = libtui.a libreport.a librec.a libform.a $(COUNTY_LIBS) $(CURSES_LIBS) $(CSV_LIBS) \
	$(BASE_LIBS) $(CRYPTO_LIBS)

check_PROGRAMS += tests/screen/form_app
tests_screen_form_app_SOURCES = tests/screen/form_app.c tests/screen/fake_server.c \
	tests/screen/fake_server.h
tests_screen_form_app_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_form_app_LDADD = libtui.a libwire.a libreport.a librec.a libform.a libbase.a $(CURSES_LIBS) $(CSV_LIBS) \
	$(CRYPTO_LIBS) $(BASE_LIBS)

check_PROGRAMS += tests/screen/form
TESTS += tests/screen/form
tests_screen_form_SOURCES = tests/screen/form.c
tests_screen_form_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_form_CFLAGS = $(TEST_CFLAGS)
tests_screen_form_LDADD = $(HARNESS_LIBS) $(TEST_LIBS)

noinst_PROGRAMS += tests/screen/screen_shot
tests_screen_screen_shot_SOURCES = tests/screen/screen_shot.c
tests_screen_screen_shot_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_screen_shot_CFLAGS = $(TEST_CFLAGS)
tests_screen_screen_shot_LDADD = $(HARNESS_LIBS)
noinst_PROGRAMS += tests/screen/screen_png
tests_screen_screen_png_SOURCES = tests/screen/screen_png.c
tests_screen_screen_png_CPPFLAGS = $(TEST_CPPFLAGS)
tests_screen_screen_png_CFLAGS = $(AM_CFLAGS) $(PANGOCAIRO_CFLAGS)
tests_screen_screen_png_LDADD = libbase.a $(PANGOCAIRO_LIBS) $(BASE_LIBS)
endif
EXTRA_DIST += scripts/screen-png
