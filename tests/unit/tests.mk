# unit
if TESTS_BUILT
check_PROGRAMS += tests/unit/wire
TESTS += tests/unit/wire
tests_unit_wire_SOURCES = tests/unit/wire.c
tests_unit_wire_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_wire_CFLAGS = $(TEST_CFLAGS)
tests_unit_wire_LDADD = libwire.a libbase.a $(TEST_LIBS) $(CRYPTO_LIBS) $(BASE_LIBS)
endif

if TESTS_BUILT
check_PROGRAMS += tests/unit/base_text
tests_unit_base_text_SOURCES = tests/unit/base_text.c
tests_unit_base_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_text_CFLAGS = $(TEST_CFLAGS)
tests_unit_base_text_LDADD = libbase.a $(BASE_LIBS) $(TEST_LIBS)
TESTS += tests/unit/base_text
endif

TESTS += scripts/check-includes scripts/check-size scripts/check-catalogue scripts/check-man
dist_check_SCRIPTS += scripts/check-includes scripts/check-size scripts/check-catalogue scripts/check-man
EXTRA_DIST += tests/unit/tmpdir.h

if TESTS_BUILT
base_tests = tests/unit/base_conf tests/unit/base_date tests/unit/base_idno tests/unit/base_misc \
	tests/unit/base_pack
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
base_test_libs = libbase.a $(BASE_LIBS) $(CRYPTO_LIBS) $(TEST_LIBS)

tests_unit_base_conf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_conf_CFLAGS = $(TEST_CFLAGS)
tests_unit_base_conf_LDADD = $(base_test_libs)
tests_unit_base_date_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_date_CFLAGS = $(TEST_CFLAGS)
tests_unit_base_date_LDADD = $(base_test_libs)
tests_unit_base_idno_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_idno_CFLAGS = $(TEST_CFLAGS)
tests_unit_base_idno_LDADD = $(base_test_libs)
tests_unit_base_misc_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_misc_CFLAGS = $(TEST_CFLAGS)
tests_unit_base_misc_LDADD = $(base_test_libs)
tests_unit_base_pack_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_pack_CFLAGS = $(TEST_CFLAGS)
tests_unit_base_pack_LDADD = $(base_test_libs)
endif

if TESTS_BUILT
rec_tests = tests/unit/rec_expr tests/unit/rec_record tests/unit/rec_check tests/unit/rec_token
check_PROGRAMS += $(rec_tests)
TESTS += $(rec_tests)
rec_test_libs = librec.a libform.a libbase.a $(CSV_LIBS) $(BASE_LIBS) $(CRYPTO_LIBS) $(TEST_LIBS)

tests_unit_rec_expr_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_rec_expr_CFLAGS = $(TEST_CFLAGS)
tests_unit_rec_expr_LDADD = $(rec_test_libs)
tests_unit_rec_record_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_rec_record_CFLAGS = $(TEST_CFLAGS)
tests_unit_rec_record_LDADD = $(rec_test_libs)
tests_unit_rec_check_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_rec_check_CFLAGS = $(TEST_CFLAGS)
tests_unit_rec_check_LDADD = $(rec_test_libs)
tests_unit_rec_token_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_rec_token_CFLAGS = $(TEST_CFLAGS)
tests_unit_rec_token_LDADD = $(rec_test_libs)
endif
EXTRA_DIST += tests/fuzz/expr.c tests/fuzz/corpus/requests.txt tests/unit/rec_forms.h \
	tests/unit/forms-rec/child.form tests/unit/forms-rec/person.form \
	tests/unit/forms-rec/codes/kinds.csv tests/unit/forms-rec/codes/school.csv \
	tests/unit/forms-rec/codes/sex.csv

EXTRA_DIST += tests/unit/forms-small tests/unit/forms-bad tests/unit/forms-syntax \
	tests/unit/forms-mixed tests/unit/mistakes.h

if TESTS_BUILT
form_tests = tests/unit/form_dict tests/unit/form_role tests/unit/form_type
check_PROGRAMS += $(form_tests)
TESTS += $(form_tests)
form_test_libs = libform.a libbase.a $(BASE_LIBS) $(CRYPTO_LIBS) $(CSV_LIBS) $(TEST_LIBS)

tests_unit_form_dict_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_form_dict_CFLAGS = $(TEST_CFLAGS)
tests_unit_form_dict_LDADD = $(form_test_libs)
tests_unit_form_role_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_form_role_CFLAGS = $(TEST_CFLAGS)
tests_unit_form_role_LDADD = $(form_test_libs)
tests_unit_form_type_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_form_type_CFLAGS = $(TEST_CFLAGS)
tests_unit_form_type_LDADD = $(form_test_libs)
endif

if TESTS_BUILT
tui_tests = tests/unit/tui_keys tests/unit/tui_edit tests/unit/tui_draw
check_PROGRAMS += $(tui_tests)
TESTS += $(tui_tests)
tui_test_libs = libtui.a libbase.a $(CURSES_LIBS) $(BASE_LIBS) $(TEST_LIBS)

tests_unit_tui_keys_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_tui_keys_CFLAGS = $(TEST_CFLAGS)
tests_unit_tui_keys_LDADD = $(tui_test_libs)
tests_unit_tui_edit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_tui_edit_CFLAGS = $(TEST_CFLAGS)
tests_unit_tui_edit_LDADD = $(tui_test_libs)
tests_unit_tui_draw_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_tui_draw_CFLAGS = $(TEST_CFLAGS)
tests_unit_tui_draw_LDADD = $(tui_test_libs)
check_PROGRAMS += tests/unit/forms_shipped
TESTS += tests/unit/forms_shipped
tests_unit_forms_shipped_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_forms_shipped_CFLAGS = $(TEST_CFLAGS)
tests_unit_forms_shipped_LDADD = $(rec_test_libs)
endif

if TESTS_BUILT
report_tests = tests/unit/report_read tests/unit/report_write tests/unit/report_map \
	tests/unit/report_pdf
check_PROGRAMS += $(report_tests)
TESTS += $(report_tests)
report_test_libs = libreport.a librec.a libform.a libbase.a $(REPORT_LIBS) $(BASE_LIBS) \
	$(CRYPTO_LIBS) $(TEST_LIBS)

tests_unit_report_read_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_report_read_CFLAGS = $(TEST_CFLAGS) $(ZIP_CFLAGS) $(EXPAT_CFLAGS)
tests_unit_report_read_LDADD = $(report_test_libs)
tests_unit_report_write_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_report_write_CFLAGS = $(TEST_CFLAGS)
tests_unit_report_write_LDADD = $(report_test_libs)
tests_unit_report_map_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_report_map_CFLAGS = $(TEST_CFLAGS)
tests_unit_report_map_LDADD = $(report_test_libs)
tests_unit_report_pdf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_report_pdf_CFLAGS = $(TEST_CFLAGS)
tests_unit_report_pdf_LDADD = $(report_test_libs)
endif
EXTRA_DIST += tests/unit/no-fonts.conf

if TESTS_BUILT
check_PROGRAMS += tests/unit/ctl_args
TESTS += tests/unit/ctl_args
tests_unit_ctl_args_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_ctl_args_CFLAGS = $(TEST_CFLAGS)
tests_unit_ctl_args_LDADD = libctl.a $(hutongctl_LIBS) $(TEST_LIBS)
endif
