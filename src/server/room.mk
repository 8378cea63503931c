noinst_LIBRARIES += libserver.a
libserver_a_SOURCES = \
	src/server/server.h src/server/call.h \
	src/server/settings.c src/server/setup.c src/server/serve.c src/server/listen.c \
	src/server/peer.c src/server/session.c src/server/dispatch.c src/server/op_table.c \
	src/server/op_session.c src/server/op_record.c src/server/op_list.c src/server/op_child.c \
	src/server/op_draft.c src/server/op_import.c src/server/op_export.c src/server/op_admin.c \
	src/server/op_stat.c src/server/op_agreement.c src/server/op_sweep.c
SERVER_LIBS = libserver.a libwork.a libstore.a libwire.a librec.a libform.a libbase.a \
	$(DB_LIBS) $(CSV_LIBS) $(BASE_LIBS)

sbin_PROGRAMS += hutongd
hutongd_SOURCES = src/server/hutongd.c
hutongd_LDADD = $(SERVER_LIBS)
