/* Does this terminal speak UTF-8 or GB18030? Nothing on the line says so: a person is asked, once. */
#ifndef HUTONG_TUI_ENCODING_H
#define HUTONG_TUI_ENCODING_H

#include "tui/app.h"

/*
 * Fills opts. word (--encoding) or HUTONG_TERM_ENCODING decides; else what was answered before
 * (~/.hutong-terminal); else, and for the word "ask", the question, whose answer is kept. HE_USAGE
 * for an unknown word, errors of term_open; *why is a sentence.
 */
int encoding_choose(void *ctx, const char *word, struct term_opts *opts, const char **why);
/* The next sign-in asks again. */
void encoding_forget(struct app *);

#endif
