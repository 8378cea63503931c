noinst_LIBRARIES += libctl.a
libctl_a_SOURCES = \
	src/ctl/ctl.h src/ctl/commands.h src/ctl/commands.c \
	src/ctl/args.h src/ctl/args.c src/ctl/help.c src/ctl/out.h src/ctl/out.c src/ctl/body.c \
	src/ctl/cmd_forms.c src/ctl/cmd_division.c src/ctl/cmd_user.c src/ctl/cmd_admin.c \
	src/ctl/cmd_list.c src/ctl/cmd_national.c src/ctl/cmd_show.c src/ctl/cmd_save.c src/ctl/cmd_agreement.c src/ctl/cmd_child.c \
	src/ctl/import.h src/ctl/cmd_import.c src/ctl/import_file.c src/ctl/import_first.c \
	src/ctl/import_send.c \
	src/ctl/cmd_export.c src/ctl/cmd_report.c src/ctl/cmd_sweep.c src/ctl/cmd_sweep_table.c \
	src/ctl/run.c
hutongctl_LIBS = libwire.a libreport.a librec.a libform.a libbase.a $(REPORT_LIBS) $(BASE_LIBS)
bin_PROGRAMS += hutongctl
hutongctl_SOURCES = src/ctl/hutongctl.c
hutongctl_LDADD = libctl.a $(hutongctl_LIBS)
