# conf
confdir = $(sysconfdir)/hutong
dist_conf_DATA = conf/hutong.conf conf/roles.conf
importdir = $(confdir)/import
dist_import_DATA = conf/import/roster.map conf/import/suspect.map conf/import/national.map conf/import/feedback.map

# What the administrator copies or includes: README tells where.
sshddir = $(confdir)/sshd
dist_sshd_DATA = conf/sshd/hutong.conf conf/sshd/box.conf
pamdir = $(confdir)/pam
dist_pam_DATA = conf/pam/hutong
unitdir = $(prefix)/lib/systemd/system
dist_unit_DATA = conf/systemd/hutongd.service conf/systemd/hutong-box.service
dist_sbin_SCRIPTS = scripts/hutong-box
