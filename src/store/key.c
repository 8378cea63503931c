/* Keys: big-endian numbers and texts one after another, so that memcmp is the order of reading. */
#include <string.h>

#include "store/store_int.h"

void key_init(struct key *k)
{
    k->len = 0;
}

void key_bytes(struct key *k, const void *p, size_t n)
{
    if (n > KEY_MAX - k->len)
        n = KEY_MAX - k->len;
    memcpy(k->b + k->len, p, n);
    k->len += n;
}

static void key_num(struct key *k, uint64_t v, int bytes)
{
    unsigned char b[8];
    for (int i = 0; i < bytes; i++)
        b[i] = (unsigned char)(v >> (8 * (bytes - 1 - i)));
    key_bytes(k, b, (size_t)bytes);
}

void key_u8(struct key *k, unsigned v)
{
    key_num(k, v, 1);
}

void key_u16(struct key *k, unsigned v)
{
    key_num(k, v, 2);
}

void key_u32(struct key *k, uint32_t v)
{
    key_num(k, v, 4);
}

void key_u64(struct key *k, uint64_t v)
{
    key_num(k, v, 8);
}

void key_text(struct key *k, const char *s)
{
    key_bytes(k, s, strlen(s));
}

/* Twelve digits fit 40 bits. */
void key_area(struct key *k, uint64_t code)
{
    key_num(k, code, 5);
}

uint64_t key_get(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    while (bytes-- > 0)
        v = v << 8 | *p++;
    return v;
}

bool key_next(struct key *k)
{
    while (k->len > 0 && k->b[k->len - 1] == 0xff)
        k->len--;
    if (k->len == 0)
        return false;
    k->b[k->len - 1]++;
    return true;
}

int key_cmp(const struct key *a, const struct key *b)
{
    size_t n = a->len < b->len ? a->len : b->len;
    int c = memcmp(a->b, b->b, n);
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

uint64_t area_num(const char *code)
{
    uint64_t v = 0;
    for (; code && *code >= '0' && *code <= '9'; code++)
        v = v * 10 + (uint64_t)(*code - '0');
    return v & 0xffffffffffu;
}
