noinst_LIBRARIES += libwire.a
libwire_a_SOURCES = \
	src/wire/wire.h src/wire/client.h src/wire/ops.def \
	src/wire/ops.c src/wire/frame.c src/wire/client.c \
	src/wire/place.h src/wire/place.c
