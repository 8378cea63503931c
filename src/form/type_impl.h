/* What the files of the field types share. Private to this room. */
#ifndef HUTONG_FORM_TYPE_IMPL_H
#define HUTONG_FORM_TYPE_IMPL_H

#include "form/type.h"

/* Sets the finding and returns HE_RULE. text belongs to the caller's ctx. */
int type_refuse(const char **code, char **problem, const char *word, char *text);
/* What was typed, fit to stand in a message: at most 20 characters, nothing invisible. */
const char *type_quote(void *ctx, const char *in);
/* Half-width, no blanks, without the apostrophe that spreadsheets put before numbers. */
char *type_compact(void *ctx, const char *in, unsigned flags);
bool type_all_digits(const char *s); /* at least one */

char *type_show_same(void *ctx, const struct form_field *, const char *value);
char *type_sort_same(void *ctx, const struct form_field *, const char *value);

#endif
