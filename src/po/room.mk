# The English catalogue: messages of en.po, sentences of forms.po, labels from forms/, codes and roles.
catalogue = locale/en/LC_MESSAGES/hutong.mo
po_files = $(srcdir)/src/po/en.po $(srcdir)/src/po/forms.po
$(catalogue): $(po_files) $(srcdir)/src/po/labels.sh $(nobase_dist_pkgdata_DATA)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { cat $(po_files) && \
		$(SHELL) $(srcdir)/src/po/labels.sh $(srcdir) $(po_files); } | \
		msguniq --use-first - | $(MSGFMT) -o $@.new - && mv $@.new $@
all-local: $(catalogue)
install-data-local: $(catalogue)
	$(MKDIR_P) '$(DESTDIR)$(localedir)/en/LC_MESSAGES'
	$(INSTALL_DATA) $(catalogue) '$(DESTDIR)$(localedir)/en/LC_MESSAGES/hutong.mo'
uninstall-local:
	rm -f '$(DESTDIR)$(localedir)/en/LC_MESSAGES/hutong.mo'
CLEANFILES += $(catalogue)
EXTRA_DIST += src/po/en.po src/po/forms.po src/po/labels.sh
