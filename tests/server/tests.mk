# server
if TESTS_BUILT
check_LIBRARIES = libservertest.a
libservertest_a_SOURCES = tests/server/run.h tests/server/run.c
libservertest_a_CPPFLAGS = $(TEST_CPPFLAGS)
libservertest_a_CFLAGS = $(TEST_CFLAGS)
server_tests = tests/server/server_hello tests/server/server_wire tests/server/server_life \
	tests/server/server_table tests/server/attack
check_PROGRAMS += $(server_tests)
TESTS += $(server_tests)
server_test_libs = libservertest.a libwire.a libbase.a $(CRYPTO_LIBS) $(BASE_LIBS) $(TEST_LIBS)

tests_server_server_hello_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_server_hello_CFLAGS = $(TEST_CFLAGS)
tests_server_server_hello_LDADD = $(server_test_libs)
tests_server_server_wire_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_server_wire_CFLAGS = $(TEST_CFLAGS)
tests_server_server_wire_LDADD = $(server_test_libs)
tests_server_server_life_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_server_life_CFLAGS = $(TEST_CFLAGS)
tests_server_server_life_LDADD = $(server_test_libs)
tests_server_attack_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_attack_CFLAGS = $(TEST_CFLAGS)
tests_server_attack_LDADD = $(server_test_libs)
tests_server_server_table_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_server_table_CFLAGS = $(TEST_CFLAGS)
tests_server_server_table_LDADD = $(SERVER_LIBS) $(TEST_LIBS)
endif

EXTRA_DIST += tests/server/store_box.h
if TESTS_BUILT
store_tests = tests/server/store_record tests/server/store_admin tests/server/store_open \
	tests/server/store_usual
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
store_test_libs = libstore.a librec.a libform.a libbase.a $(DB_LIBS) $(CSV_LIBS) $(BASE_LIBS) \
	$(CRYPTO_LIBS) $(TEST_LIBS)

tests_server_store_record_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_store_record_CFLAGS = $(TEST_CFLAGS)
tests_server_store_record_LDADD = $(store_test_libs)
tests_server_store_admin_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_store_admin_CFLAGS = $(TEST_CFLAGS)
tests_server_store_admin_LDADD = $(store_test_libs)
tests_server_store_open_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_store_open_CFLAGS = $(TEST_CFLAGS)
tests_server_store_open_LDADD = $(store_test_libs)
tests_server_store_usual_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_store_usual_CFLAGS = $(TEST_CFLAGS)
tests_server_store_usual_LDADD = $(store_test_libs)
endif

EXTRA_DIST += tests/server/sweep_box.h tests/server/work_box.h tests/server/county_box.h
if TESTS_BUILT
work_tests = tests/server/work_import tests/server/work_save tests/server/work_county \
	tests/server/rights tests/server/work_stat tests/server/work_review tests/server/work_quality \
	tests/server/work_agreement tests/server/work_same \
	tests/server/work_task tests/server/work_sweep tests/server/work_sweep_end tests/server/work_visit
check_PROGRAMS += $(work_tests)
TESTS += $(work_tests)
work_test_libs = libwork.a libstore.a librec.a libform.a libbase.a $(DB_LIBS) $(CSV_LIBS) \
	$(BASE_LIBS) $(CRYPTO_LIBS) $(TEST_LIBS)

tests_server_work_save_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_save_CFLAGS = $(TEST_CFLAGS)
tests_server_work_save_LDADD = $(work_test_libs)
tests_server_work_quality_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_quality_CFLAGS = $(TEST_CFLAGS)
tests_server_work_quality_LDADD = $(work_test_libs)
tests_server_work_review_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_review_CFLAGS = $(TEST_CFLAGS)
tests_server_work_review_LDADD = $(work_test_libs)
tests_server_work_agreement_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_agreement_CFLAGS = $(TEST_CFLAGS)
tests_server_work_agreement_LDADD = $(work_test_libs)
tests_server_work_same_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_same_CFLAGS = $(TEST_CFLAGS)
tests_server_work_same_LDADD = $(work_test_libs)
tests_server_work_sweep_end_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_sweep_end_CFLAGS = $(TEST_CFLAGS)
tests_server_work_sweep_end_LDADD = $(work_test_libs) -lm
tests_server_work_sweep_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_sweep_CFLAGS = $(TEST_CFLAGS)
tests_server_work_sweep_LDADD = $(work_test_libs)
tests_server_work_visit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_visit_CFLAGS = $(TEST_CFLAGS)
tests_server_work_visit_LDADD = $(work_test_libs)
tests_server_work_task_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_task_CFLAGS = $(TEST_CFLAGS)
tests_server_work_task_LDADD = $(work_test_libs)
tests_server_work_import_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_import_CFLAGS = $(TEST_CFLAGS)
tests_server_work_import_LDADD = $(work_test_libs)
tests_server_work_county_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_county_CFLAGS = $(TEST_CFLAGS)
tests_server_work_county_LDADD = $(work_test_libs)
tests_server_work_stat_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_work_stat_CFLAGS = $(TEST_CFLAGS)
tests_server_work_stat_LDADD = $(work_test_libs)
tests_server_rights_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_rights_CFLAGS = $(TEST_CFLAGS)
tests_server_rights_LDADD = $(work_test_libs)
endif

TESTS += tests/server/ctl_command.sh tests/server/ctl_files.sh tests/server/report_roster.sh tests/server/ctl_national.sh tests/server/sweep_2023.sh
dist_check_SCRIPTS += tests/server/ctl_command.sh tests/server/ctl_files.sh tests/server/report_roster.sh tests/server/ctl_national.sh tests/server/sweep_2023.sh
EXTRA_DIST += tests/server/ctl.sh

# As many different people, over the wire and by hutongctl, against the real hutongd.
if TESTS_BUILT
people_tests = tests/server/rights_wire tests/server/import_roster tests/server/bad_input \
	tests/server/dictionary tests/server/register tests/server/review_parts \
	tests/server/many
check_PROGRAMS += $(people_tests)
TESTS += $(people_tests)
check_LIBRARIES += libpeopletest.a
libpeopletest_a_SOURCES = tests/server/wire_county.h tests/server/wire_county.c
libpeopletest_a_CPPFLAGS = $(TEST_CPPFLAGS)
libpeopletest_a_CFLAGS = $(TEST_CFLAGS)
people_test_libs = libpeopletest.a $(server_test_libs)

tests_server_rights_wire_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_rights_wire_CFLAGS = $(TEST_CFLAGS)
tests_server_rights_wire_LDADD = $(people_test_libs)
tests_server_import_roster_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_import_roster_CFLAGS = $(TEST_CFLAGS)
tests_server_import_roster_LDADD = $(people_test_libs)
tests_server_bad_input_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_bad_input_CFLAGS = $(TEST_CFLAGS)
tests_server_bad_input_LDADD = $(people_test_libs)
tests_server_register_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_register_CFLAGS = $(TEST_CFLAGS)
tests_server_register_LDADD = $(people_test_libs)
tests_server_review_parts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_review_parts_CFLAGS = $(TEST_CFLAGS)
tests_server_review_parts_LDADD = $(people_test_libs)
tests_server_many_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_many_CFLAGS = $(TEST_CFLAGS)
tests_server_many_LDADD = $(people_test_libs)
tests_server_dictionary_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_dictionary_CFLAGS = $(TEST_CFLAGS)
tests_server_dictionary_LDADD = tests/screen/libharness.a $(VTERM_LIBS) -lutil $(people_test_libs)
endif
