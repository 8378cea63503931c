# fault
if TESTS_BUILT
fault_tests = tests/fault/kill9 tests/fault/fsync
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)

tests_fault_kill9_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fault_kill9_CFLAGS = $(TEST_CFLAGS)
tests_fault_kill9_LDADD = $(store_test_libs)
tests_fault_fsync_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fault_fsync_CFLAGS = $(TEST_CFLAGS)
tests_fault_fsync_LDADD = $(store_test_libs)

check_PROGRAMS += tests/fault/server_kill9
TESTS += tests/fault/server_kill9
tests_fault_server_kill9_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fault_server_kill9_CFLAGS = $(TEST_CFLAGS)
tests_fault_server_kill9_LDADD = $(people_test_libs)

check_PROGRAMS += tests/fuzz/requests
TESTS += tests/fuzz/requests
tests_fuzz_requests_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_requests_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_requests_LDADD = $(people_test_libs)

# Many cycles: make check-long LONG_CYCLES=1000
LONG_CYCLES = 200
check-long: $(BUILT_SOURCES) hutongd hutongctl tests/fuzz/requests tests/fault/kill9 tests/fault/server_kill9
	tests/fault/kill9 $(LONG_CYCLES)
	tests/fault/server_kill9 $(LONG_CYCLES)
	for seed in 1 2 3 4 5; do \
		HUTONG_FUZZ=50000 HUTONG_FUZZ_SEED=$$seed tests/fuzz/requests || exit 1; \
	done
	HUTONG_FULL=1 top_srcdir=$(abs_top_srcdir) top_builddir=$(abs_top_builddir) \
		sh $(srcdir)/tests/server/sweep_2023.sh >sweep_2023.full
	! grep '^not ok' sweep_2023.full
endif
