noinst_LIBRARIES += libform.a
libform_a_SOURCES = \
	src/form/form.h src/form/codes.h src/form/type.h src/form/role.h \
	src/form/load.h src/form/load.c src/form/dict.c src/form/lookup.c \
	src/form/field.c src/form/section.c src/form/view.c src/form/rule.c \
	src/form/codes.c src/form/checklist.h src/form/checklist.c src/form/role.c src/form/report.h src/form/report.c \
	src/form/report_formula.c \
	src/form/type_impl.h src/form/type.c src/form/type_text.c src/form/type_code.c \
	src/form/type_yesno.c src/form/type_date.c src/form/type_id.c src/form/type_phone.c \
	src/form/type_int.c src/form/type_area.c src/form/type_ref.c
