# The English catalogue: messages of en.po, labels from forms/, codes and roles.
catalogue = locale/en/LC_MESSAGES/hutong.mo
$(catalogue): $(srcdir)/src/po/en.po $(srcdir)/src/po/labels.sh $(nobase_dist_pkgdata_DATA)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { cat $(srcdir)/src/po/en.po && \
		$(SHELL) $(srcdir)/src/po/labels.sh $(srcdir) $(srcdir)/src/po/en.po; } | \
		$(MSGFMT) -o $@.new - && mv $@.new $@
all-local: $(catalogue)
install-data-local: $(catalogue)
	$(MKDIR_P) '$(DESTDIR)$(localedir)/en/LC_MESSAGES'
	$(INSTALL_DATA) $(catalogue) '$(DESTDIR)$(localedir)/en/LC_MESSAGES/hutong.mo'
uninstall-local:
	rm -f '$(DESTDIR)$(localedir)/en/LC_MESSAGES/hutong.mo'
CLEANFILES += $(catalogue)
EXTRA_DIST += src/po/en.po src/po/labels.sh
