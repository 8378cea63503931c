/* Marks for the message catalogue: _() translates now, N_() only marks text that is kept as data. */
#ifndef HUTONG_LANG_H
#define HUTONG_LANG_H

#include <libintl.h>

#include "base/base.h"

#define _(s)  gettext(s)
#define N_(s) (s)

/* Opens the catalogue: English when HUTONG_LANG (else the locale) begins with "en", else Chinese.
 * Needs no locale on the machine, and changes nothing but the language. Once, at the start. */
void lang_setup(void);

#endif
