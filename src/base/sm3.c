/*
 * SM3, GB/T 32905-2016. Our own hundred lines: libcrypto's costs a terminal session 4 MB of memory and
 * several milliseconds of start. Names are those of the standard.
 */
#include "base/sm3.h"

#include <string.h>

#define BLOCK 64

struct sm3 {
    uint32_t v[8];
    unsigned char buf[BLOCK];
    size_t fill;
    uint64_t bytes;
};

static inline uint32_t rotl(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static inline uint32_t p0(uint32_t x)
{
    return x ^ rotl(x, 9) ^ rotl(x, 17);
}

static inline uint32_t p1(uint32_t x)
{
    return x ^ rotl(x, 15) ^ rotl(x, 23);
}

static inline uint32_t word(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* T of step j, turned by j. */
static const uint32_t turned[64] = {
    0x79cc4519, 0xf3988a32, 0xe7311465, 0xce6228cb, 0x9cc45197, 0x3988a32f, 0x7311465e, 0xe6228cbc,
    0xcc451979, 0x988a32f3, 0x311465e7, 0x6228cbce, 0xc451979c, 0x88a32f39, 0x11465e73, 0x228cbce6,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
    0x7a879d8a, 0xf50f3b14, 0xea1e7629, 0xd43cec53, 0xa879d8a7, 0x50f3b14f, 0xa1e7629e, 0x43cec53d,
    0x879d8a7a, 0x0f3b14f5, 0x1e7629ea, 0x3cec53d4, 0x79d8a7a8, 0xf3b14f50, 0xe7629ea1, 0xcec53d43,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
};

/*
 * One step of CF; instead of moving the eight registers, the next step names them anew. The message is
 * expanded on the way, which gives the processor two things to do at once.
 */
#define STEP(FF, GG, t, j, a, b, c, d, e, f, g, h)                                                 \
    do {                                                                                           \
        if ((j) >= 12)                                                                             \
            w[(j) + 4] =                                                                           \
                p1(w[(j)-12] ^ w[(j)-5] ^ rotl(w[(j) + 1], 15)) ^ rotl(w[(j)-9], 7) ^ w[(j)-2];    \
        uint32_t a12 = rotl(a, 12), ss1 = rotl(a12 + e + (t), 7);                                  \
        d += FF(a, b, c) + (ss1 ^ a12) + (w[j] ^ w[(j) + 4]);                                      \
        h = p0(h + GG(e, f, g) + ss1 + w[j]);                                                      \
        b = rotl(b, 9);                                                                            \
        f = rotl(f, 19);                                                                           \
    } while (0)
#define FOUR(FF, GG, t, j)                                                                         \
    do {                                                                                           \
        STEP(FF, GG, t[j], j, a, b, c, d, e, f, g, h);                                             \
        STEP(FF, GG, t[(j) + 1], (j) + 1, d, a, b, c, h, e, f, g);                                 \
        STEP(FF, GG, t[(j) + 2], (j) + 2, c, d, a, b, g, h, e, f);                                 \
        STEP(FF, GG, t[(j) + 3], (j) + 3, b, c, d, a, f, g, h, e);                                 \
    } while (0)
#define XOR(x, y, z)      ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define CHOICE(x, y, z)   ((((y) ^ (z)) & (x)) ^ (z))

static void compress(struct sm3 *s, const unsigned char *block)
{
    uint32_t w[68], *v = s->v;
    uint32_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];

    for (int j = 0; j < 16; j++)
        w[j] = word(block + 4 * j);
    for (int j = 0; j < 12; j += 4)
        FOUR(XOR, XOR, turned, j);
    FOUR(XOR, XOR, turned, 12);
    for (int j = 16; j < 64; j += 4)
        FOUR(MAJORITY, CHOICE, turned, j);
    v[0] ^= a, v[1] ^= b, v[2] ^= c, v[3] ^= d;
    v[4] ^= e, v[5] ^= f, v[6] ^= g, v[7] ^= h;
}

static void update(struct sm3 *s, const unsigned char *p, size_t len)
{
    s->bytes += len;
    while (len) {
        size_t part = BLOCK - s->fill < len ? BLOCK - s->fill : len;
        if (part == BLOCK) { /* whole, where it stands */
            compress(s, p);
        } else {
            memcpy(s->buf + s->fill, p, part);
            s->fill += part;
            if (s->fill == BLOCK) {
                compress(s, s->buf);
                s->fill = 0;
            }
        }
        p += part;
        len -= part;
    }
}

static void finish(struct sm3 *s, unsigned char out[SM3_LEN])
{
    static const unsigned char pad[BLOCK] = {0x80};
    uint64_t bits = s->bytes * 8;
    unsigned char len[8];

    for (int i = 0; i < 8; i++)
        len[i] = (unsigned char)(bits >> (56 - 8 * i));
    update(s, pad, s->fill < 56 ? 56 - s->fill : BLOCK + 56 - s->fill);
    update(s, len, sizeof len);
    for (int i = 0; i < SM3_LEN; i++)
        out[i] = (unsigned char)(s->v[i / 4] >> (24 - 8 * (i % 4)));
}

void sm3_parts(size_t n, const void *const part[], const size_t len[], unsigned char out[SM3_LEN])
{
    struct sm3 s = {.v = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa,
                          0xe38dee4d, 0xb0fb0e4e}};

    for (size_t i = 0; i < n; i++)
        update(&s, part[i], len[i]);
    finish(&s, out);
}

void sm3(const void *bytes, size_t len, unsigned char out[SM3_LEN])
{
    sm3_parts(1, &bytes, &len, out);
}

char *sm3_hex(const unsigned char digest[SM3_LEN], char out[65])
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < SM3_LEN; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[2 * SM3_LEN] = '\0';
    return out;
}
