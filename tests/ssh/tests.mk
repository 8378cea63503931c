# ssh
if TESTS_BUILT
TESTS += tests/ssh/sshd.sh
endif
EXTRA_DIST += tests/ssh/sshd.sh tests/ssh/stand.sh tests/ssh/signin.sh tests/ssh/refused.sh \
	tests/ssh/box.sh tests/ssh/family.sh tests/ssh/clerk.sh
