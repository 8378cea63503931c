/*
 * Marks for the message catalogue. _() says a sentence in the language of the running thread; N_()
 * only marks one that is kept as data and said later; HAN_() marks a Chinese word of the data itself
 * (a spelling met in imports, a text kept in a record), which has no translation.
 * scripts/check-catalogue finds what is unmarked. Formats of conf_error, env_fail and the like need
 * no mark: the functions translate them, and the check knows them by name.
 */
#ifndef HUTONG_LANG_H
#define HUTONG_LANG_H

#include "base/base.h"

#define _(s)    lang_text(s)
#define N_(s)   (s)
#define HAN_(s) (s)

enum lang { LANG_ZH, LANG_EN };

/* s, or its English; valid for ever. s is UTF-8, "" stays "". */
const char *lang_text(const char *s) __attribute__((format_arg(1)));

/* A sentence that rules wrote into a record, made of messages (said.c): as it is in Chinese, else in the
 * language of the thread as far as its parts are known. Under ctx or valid for ever. */
const char *lang_said(void *ctx, const char *text);

/* Opens the catalogue, and chooses for this thread: English when HUTONG_LANG (else the locale)
 * begins with "en". Needs no locale on the machine, and changes nothing but the language. Once, at
 * the start. */
void lang_setup(void);

/* Of this thread; a new thread begins with Chinese. */
void lang_use(enum lang);
enum lang lang_now(void);
const char *lang_word(enum lang);    /* "zh", "en" */
enum lang lang_of(const char *word); /* NULL and every other word: Chinese */

#endif
