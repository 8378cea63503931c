# bench: built and run by `make bench` only; never a timed test
if TESTS_BUILT
EXTRA_PROGRAMS = tests/bench/bench
CLEANFILES += tests/bench/bench
tests_bench_bench_SOURCES = tests/bench/bench.h tests/bench/bench.c tests/bench/measure.c \
	tests/bench/county.c tests/bench/daemon.c tests/bench/year.c tests/bench/stock.c tests/bench/load.c tests/bench/save.c \
	tests/bench/sql.h tests/bench/sql.c tests/bench/rival_bdb.c tests/bench/rival_sqlite.c \
	tests/bench/rival_pg.c tests/bench/find.c tests/bench/stat.c \
	tests/bench/beside.c tests/bench/import.c tests/bench/sweep.c tests/bench/screen.c \
	tests/bench/lived.c tests/bench/life.c
tests_bench_bench_CPPFLAGS = $(TEST_CPPFLAGS) $(PQ_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_bench_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_bench_bench_LDADD = $(HARNESS_LIBS) $(SERVER_LIBS) $(PQ_LIBS) $(SQLITE_LIBS)

bench: $(sbin_PROGRAMS) $(bin_PROGRAMS) tests/bench/bench
	tests/bench/bench
else
bench:
	@echo "make bench 需要 libcriterion-dev 和 libvterm-dev" >&2; exit 1
endif
