/* hutong --plain: the register line by line, for screen readers. */
#ifndef HUTONG_TUI_PLAIN_H
#define HUTONG_TUI_PLAIN_H

#include "base/conv.h"
#include "tui/session.h"

/* Until the person leaves. Writes nothing but text and line feeds. */
int plain_run(struct session *, enum conv_enc);

#endif
