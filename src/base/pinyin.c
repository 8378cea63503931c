/* Readings of names. Tables: pinyin_table.c (generated), pinyin_surname.def (by hand). */
#include "base/pinyin.h"

#include <string.h>
#include <talloc.h>

#include "base/pinyin_table.h"
#include "base/text.h"

#define READINGS_MAX 12 /* of one character, surname readings included */
#define SPELT        "0123456789abcdefghijklmnopqrstuvwxyz" /* characters that spell themselves */

static const struct surname {
    const char *name, *reading;
} surnames[] = {
#define SURNAME(name, reading) {name, reading},
#include "base/pinyin_surname.def"
#undef SURNAME
};

/* A syllable inside a list of readings. */
struct reading {
    const char *s;
    uint8_t len, tone; /* tone 0: not known */
};

/* One character of a name that can be spelt: Han with its readings, or a letter or digit. */
struct slot {
    uint32_t cp;
    uint8_t n;
    struct reading r[READINGS_MAX];
};

struct slots {
    size_t n;
    struct slot *slot;
};

static uint16_t value_of(uint32_t cp)
{
    size_t lo = 0, hi = pinyin_ranges_n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const struct pinyin_range *r = &pinyin_ranges[mid];
        if (cp > r->hi)
            lo = mid + 1;
        else if (cp < r->lo)
            hi = mid;
        else
            return pinyin_values[r->first + cp - r->lo];
    }
    return 0;
}

const char *pinyin_readings(uint32_t cp)
{
    uint16_t v = value_of(cp);

    return v ? pinyin_lists + pinyin_list_at[v / 8] : NULL;
}

/* Adds the next word of *list ("dan shan", "mo4 qi2") unless the slot has it; false at its end. */
static bool slot_add_word(struct slot *slot, const char **list)
{
    const char *s = *list;
    struct reading r = {.s = s};

    if (*s == '\0')
        return false;
    while (s[r.len] >= 'a' && s[r.len] <= 'z')
        r.len++;
    s += r.len;
    if (*s >= '1' && *s <= '5')
        r.tone = (uint8_t)(*s++ - '0');
    *list = *s == ' ' ? s + 1 : s;
    for (int i = 0; i < slot->n; i++)
        if (slot->r[i].len == r.len && memcmp(slot->r[i].s, r.s, r.len) == 0)
            return true;
    if (slot->n < READINGS_MAX)
        slot->r[slot->n++] = r;
    return true;
}

static void slots_add_surnames(struct slots *all, const char *name)
{
    for (size_t i = 0; i < NELEM(surnames); i++) {
        const char *own = surnames[i].name, *reading = surnames[i].reading;
        if (own[0] != name[0] || own[1] != name[1] || own[2] != name[2]) /* most, quickly */
            continue;
        if (strncmp(name, own, strlen(own)) == 0)
            for (size_t j = 0; j < all->n && slot_add_word(&all->slot[j], &reading); j++)
                ;
    }
}

/* The dictionary's readings behind those of a surname. */
static void slot_add_dictionary(struct slot *slot)
{
    const char *list = pinyin_readings(slot->cp);
    uint8_t before = slot->n;

    while (list && slot_add_word(slot, &list))
        ;
    if (before == 0 && slot->n > 0)
        slot->r[0].tone = value_of(slot->cp) % 8;
}

/* Splits a folded name; what cannot be spelt has a slot without readings. */
static struct slots slots_of(void *ctx, const char *folded)
{
    struct slots all = {0};

    for (const char *p = folded; *p; all.n++)
        text_next(&p);
    all.slot = talloc_zero_array(ctx, struct slot, all.n + 1);
    MUST(all.slot);
    all.n = 0;
    for (const char *p = folded; *p;)
        all.slot[all.n++].cp = text_next(&p);
    slots_add_surnames(&all, folded);
    for (size_t i = 0; i < all.n; i++) {
        struct slot *slot = &all.slot[i];
        const char *own = slot->cp < 0x80 ? strchr(SPELT, (int)slot->cp) : NULL;
        if (own)
            slot->r[slot->n++] = (struct reading){.s = own, .len = 1};
        else
            slot_add_dictionary(slot);
    }
    return all;
}

/* Cuts readings to their first letters, each once, and drops slots without readings. */
static void slots_narrow(struct slots *all, bool initials)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->n; i++) {
        struct slot *slot = &all->slot[i];
        uint8_t n = 0;
        for (int j = 0; initials && j < slot->n; j++) {
            int k = 0;
            while (k < n && slot->r[k].s[0] != slot->r[j].s[0])
                k++;
            if (k == n)
                slot->r[n++] = (struct reading){.s = slot->r[j].s, .len = 1};
        }
        if (initials)
            slot->n = n;
        if (slot->n > 0)
            all->slot[kept++] = *slot;
    }
    all->n = kept;
}

/* Spellings being made: those of equal rank sum in turn, so that the commonest come first. */
struct spelling {
    void *ctx;
    const struct slots *all;
    char *buf;
    const char **list;
    size_t n, max;
};

static void spelling_add(struct spelling *sp, size_t len)
{
    sp->buf[len] = '\0';
    for (size_t i = 0; i < sp->n; i++)
        if (strcmp(sp->list[i], sp->buf) == 0) /* xi'an and xian */
            return;
    sp->list[sp->n] = talloc_strdup(sp->list, sp->buf);
    MUST(sp->list[sp->n]);
    sp->n++;
}

/* Ranks that the slots from i on can use up. */
static size_t ranks_behind(const struct slots *all, size_t i)
{
    size_t sum = 0;

    for (; i < all->n; i++)
        sum += all->slot[i].n - 1u;
    return sum;
}

/* Writes slot i and those behind it so that their ranks add up to rank. */
static void spell(struct spelling *sp, size_t i, size_t len, size_t rank)
{
    if (i == sp->all->n) {
        spelling_add(sp, len);
        return;
    }
    const struct slot *slot = &sp->all->slot[i];
    size_t behind = ranks_behind(sp->all, i + 1);
    /* The surname is what people spell in two ways: vary it first. */
    for (size_t j = rank < slot->n ? rank + 1 : slot->n; j-- > 0 && sp->n < sp->max;) {
        if (rank - j > behind)
            break;
        memcpy(sp->buf + len, slot->r[j].s, slot->r[j].len);
        spell(sp, i + 1, len + slot->r[j].len, rank - j);
    }
}

static const char **spellings(void *ctx, const char *name, size_t max, bool initials)
{
    struct spelling sp = {.max = max};
    void *tmp = talloc_new(ctx);
    struct slots all = slots_of(tmp, text_fold(tmp, name));
    size_t room = 1;

    slots_narrow(&all, initials);
    for (size_t i = 0; i < all.n; i++) {
        size_t longest = 0;
        for (int j = 0; j < all.slot[i].n; j++)
            if (all.slot[i].r[j].len > longest)
                longest = all.slot[i].r[j].len;
        room += longest;
    }
    sp.all = &all;
    sp.buf = talloc_array(tmp, char, room);
    sp.list = talloc_zero_array(ctx, const char *, max + 1);
    MUST(sp.buf && sp.list);
    for (size_t rank = 0; all.n > 0 && rank <= ranks_behind(&all, 0) && sp.n < max; rank++)
        spell(&sp, 0, 0, rank);
    talloc_free(tmp);
    return sp.list;
}

const char **pinyin_initials(void *ctx, const char *name, size_t max)
{
    return spellings(ctx, name, max, true);
}

const char **pinyin_full(void *ctx, const char *name, size_t max)
{
    return spellings(ctx, name, max, false);
}

/* Place of a syllable in the alphabet. */
static size_t syllable_rank(const struct reading *r)
{
    size_t lo = 0, hi = pinyin_syllables_n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = strncmp(pinyin_syllables[mid], r->s, r->len);
        if (c == 0)
            c = pinyin_syllables[mid][r->len] != '\0';
        if (c == 0)
            return mid;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return hi;
}

/*
 * Each character gives its own part, so that people of one surname stand together even where
 * another surname sounds alike: letters and digits themselves (< 0x80); Han two bytes of syllable
 * and tone (0x80–0xBF, 0x40–0x7F) and the character; other text itself (from 0xC2), after all
 * that can be read.
 */
char *pinyin_sortkey(void *ctx, const char *name)
{
    void *tmp = talloc_new(ctx);
    struct slots all = slots_of(tmp, text_fold(tmp, name));
    char *key = talloc_array(ctx, char, all.n * 6 + 1);
    size_t len = 0;

    MUST(key);
    for (size_t i = 0; i < all.n; i++) {
        const struct slot *slot = &all.slot[i];
        if (slot->n > 0 && slot->cp >= 0x80) {
            size_t v = syllable_rank(&slot->r[0]) * 8 + slot->r[0].tone;
            key[len++] = (char)(0x80 | v >> 6);
            key[len++] = (char)(0x40 | (v & 0x3F));
        }
        len += (size_t)text_put(key + len, slot->cp);
    }
    key[len] = '\0';
    talloc_free(tmp);
    return key;
}

/* Do the slots from i on begin to spell query? */
static bool slots_spell(const struct slots *all, size_t i, const char *query)
{
    if (*query == '\0')
        return true;
    if (i == all->n)
        return false;
    for (int j = 0; j < all->slot[i].n; j++) {
        const struct reading *r = &all->slot[i].r[j];
        size_t len = strnlen(query, r->len);
        if (strncmp(query, r->s, len) == 0 && slots_spell(all, i + 1, query + len))
            return true;
    }
    return false;
}

enum pinyin_place pinyin_find(const char *text, const char *query)
{
    void *tmp = talloc_new(NULL);
    const char *folded = text_fold(tmp, text), *wanted = text_fold(tmp, query);
    const char *at = strstr(folded, wanted);
    enum pinyin_place place = !at ? PINYIN_NOWHERE : at == folded ? PINYIN_START : PINYIN_INSIDE;

    if (place != PINYIN_START && wanted[strspn(wanted, SPELT)] == '\0') {
        struct slots all = slots_of(tmp, folded);
        for (int initials = 0; initials <= 1; initials++) {
            slots_narrow(&all, initials);
            for (size_t i = 0; i < all.n && place != PINYIN_START; i++)
                if (slots_spell(&all, i, wanted))
                    place = i == 0 ? PINYIN_START : PINYIN_INSIDE;
        }
    }
    talloc_free(tmp);
    return place;
}

bool pinyin_match(const char *text, const char *query)
{
    return pinyin_find(text, query) != PINYIN_NOWHERE;
}
