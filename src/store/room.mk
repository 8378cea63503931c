noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	src/store/store.h src/store/store_admin.h src/store/store_int.h \
	src/store/key.c src/store/kv.c src/store/env.c src/store/files.c src/store/open.c \
	src/store/writer.c src/store/ask.c src/store/seen.c src/store/schema.c src/store/schema_sync.c src/store/meta.c \
	src/store/record.c src/store/count.c src/store/index.c src/store/rest.c src/store/unique.c src/store/token.c \
	src/store/watch.c src/store/walk_in.h src/store/walk.c src/store/stretch.c src/store/history.c src/store/audit.c src/store/request.c \
	src/store/draft.c src/store/job.c src/store/job_run.c src/store/purge.c \
	src/store/backup.c src/store/verify.c src/store/upgrade.c src/store/status.c
