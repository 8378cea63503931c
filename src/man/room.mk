# Manual pages in English and Chinese; keys and commands come from their tables.
man_tool = $(srcdir)/src/man/make-man
nodist_man_MANS = man/hutong.1 man/hutongctl.1 man/hutongd.8
zhman1dir = $(mandir)/zh_CN/man1
zhman8dir = $(mandir)/zh_CN/man8
nodist_zhman1_DATA = man/zh_CN/hutong.1 man/zh_CN/hutongctl.1
nodist_zhman8_DATA = man/zh_CN/hutongd.8
man_from = $(man_tool) $(srcdir)/src/tui/keys.def $(catalogue) hutongctl$(EXEEXT)
man_make = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(SHELL) $(man_tool) $(srcdir)
man/hutong.1: $(srcdir)/src/man/hutong.1.en $(man_from)
	$(man_make) en $(srcdir)/src/man/hutong.1.en >$@.new && mv $@.new $@
man/hutongctl.1: $(srcdir)/src/man/hutongctl.1.en $(man_from)
	$(man_make) en $(srcdir)/src/man/hutongctl.1.en >$@.new && mv $@.new $@
man/hutongd.8: $(srcdir)/src/man/hutongd.8.en $(man_from)
	$(man_make) en $(srcdir)/src/man/hutongd.8.en >$@.new && mv $@.new $@
man/zh_CN/hutong.1: $(srcdir)/src/man/hutong.1.zh $(man_from)
	$(man_make) zh $(srcdir)/src/man/hutong.1.zh >$@.new && mv $@.new $@
man/zh_CN/hutongctl.1: $(srcdir)/src/man/hutongctl.1.zh $(man_from)
	$(man_make) zh $(srcdir)/src/man/hutongctl.1.zh >$@.new && mv $@.new $@
man/zh_CN/hutongd.8: $(srcdir)/src/man/hutongd.8.zh $(man_from)
	$(man_make) zh $(srcdir)/src/man/hutongd.8.zh >$@.new && mv $@.new $@
CLEANFILES += $(nodist_man_MANS) $(nodist_zhman1_DATA) $(nodist_zhman8_DATA)
EXTRA_DIST += src/man/make-man \
	src/man/hutong.1.en src/man/hutongctl.1.en src/man/hutongd.8.en \
	src/man/hutong.1.zh src/man/hutongctl.1.zh src/man/hutongd.8.zh
