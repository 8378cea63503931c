/*
 * Readings of Han characters from the Unihan database (Unicode licence; the generated table is in
 * pinyin_table.c, its maker in scripts/make-pinyin) with the surname readings that dictionaries get
 * wrong (research/feasibility.md 6): 单 shan, 曾 zeng, 仇 qiu, 万俟 moqi … A search must find a name
 * by every reading, so nothing here chooses one, except the sort key.
 */
#ifndef HUTONG_PINYIN_H
#define HUTONG_PINYIN_H

#include "base/base.h"

/* All syllables of one code point without tones, a space between, "dan chan shan", the customary one
 * first; NULL if none. ü is v, as on the keyboard, with the passport's spelling last: "lv lyu". */
const char *pinyin_readings(uint32_t cp);
/*
 * All distinct initials spellings of a name ("曾小雨" → "zxy", "cxy"), NULL-terminated; an ASCII
 * letter or digit stands for itself, other characters are skipped. At most max spellings (surname readings
 * first) are made; names of many polyphonic characters keep the commonest.
 */
const char **pinyin_initials(void *ctx, const char *name, size_t max);
/* The same with whole syllables: "zengxiaoyu". */
const char **pinyin_full(void *ctx, const char *name, size_t max);
/* Bytes that compare with memcmp in the order of a Chinese name list, one character after the other:
 * reading (of the surname, then each one's first) with its tone, then code point, so that one
 * surname stands together. About 5 bytes a character; NUL-free, NUL-terminated. */
char *pinyin_sortkey(void *ctx, const char *name);
/* Does text match the typed query: Hanzi substring, or a prefix of initials or full spelling of any
 * reading starting at any character. For filtering short lists (code tables) in memory. */
bool pinyin_match(const char *text, const char *query);
/* The same, and whether it matches from the first character on: such come first in a list. */
enum pinyin_place { PINYIN_NOWHERE, PINYIN_INSIDE, PINYIN_START };
enum pinyin_place pinyin_find(const char *text, const char *query);

#endif
