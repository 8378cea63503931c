/*
 * Arguments read by the text that also is the help (as OpenSMTPD's smtpctl does): one grammar, so
 * the two cannot differ.
 *
 *   LOGIN --role R [--name N] [--json|--csv FILE] field=value …
 *
 * A word is a positional argument, "--x" an option, a word behind an option (before the next bracket
 * or bar) says that it takes a value. Brackets make optional, "…" repeats the word before it.
 */
#ifndef HUTONG_CTL_ARGS_H
#define HUTONG_CTL_ARGS_H

#include "base/base.h"

struct args;

/* HE_USAGE with *problem a sentence. Options may stand anywhere; "--x=y" is "--x y"; what follows
 * "--" is positional. */
int args_read(void *ctx, const char *grammar, int argc, char **argv, struct args **out,
              char **problem);
size_t args_count(const struct args *);                         /* positional ones */
const char *args_at(const struct args *, size_t i);             /* NULL beyond the last */
const char *args_text(const struct args *, const char *option); /* value, NULL when not given */
bool args_has(const struct args *, const char *option);

#endif
