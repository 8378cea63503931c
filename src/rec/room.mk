noinst_LIBRARIES += librec.a
librec_a_SOURCES = \
	src/rec/rec.h src/rec/check.h src/rec/expr.h src/rec/expr_in.h \
	src/rec/rec.c src/rec/code.c src/rec/findings.c src/rec/take.c src/rec/check.c \
	src/rec/bind.c src/rec/derive.c src/rec/token.c \
	src/rec/expr_lex.c src/rec/expr_arg.c src/rec/expr_type.c src/rec/expr_parse.c \
	src/rec/expr_eval.c src/rec/expr_index.c
