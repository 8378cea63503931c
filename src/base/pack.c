/* The flat writer and reader, and the tree to and from bytes. The tree itself is in node.c. */
#include "base/pack.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/text.h"

/* --- writing --- */

void pack_raw(struct pack *p, const char *bytes, size_t len)
{
    if (p->len + len > p->room) {
        p->room = (p->len + len) * 2;
        p->buf = talloc_realloc(NULL, p->buf, char, p->room);
        MUST(p->buf);
    }
    memcpy(p->buf + p->len, bytes, len);
    p->len += len;
}

static int pack_write(void *data, const char *bytes, size_t len)
{
    pack_raw(data, bytes, len);
    return 0;
}

static msgpack_packer pack_packer(struct pack *p)
{
    return (msgpack_packer){p, pack_write};
}

void pack_init(void *ctx, struct pack *p)
{
    *p = (struct pack){.room = 256};
    p->buf = talloc_array(ctx, char, p->room);
    MUST(p->buf);
}

void pack_uint(struct pack *p, uint64_t v)
{
    msgpack_packer pk = pack_packer(p);

    msgpack_pack_uint64(&pk, v);
}

void pack_str(struct pack *p, const char *s, size_t len)
{
    msgpack_packer pk = pack_packer(p);

    msgpack_pack_str(&pk, len);
    pack_raw(p, s, len);
}

void pack_nil(struct pack *p)
{
    msgpack_packer pk = pack_packer(p);

    msgpack_pack_nil(&pk);
}

void pack_array(struct pack *p, size_t n)
{
    msgpack_packer pk = pack_packer(p);

    msgpack_pack_array(&pk, n);
}

void pack_map(struct pack *p, size_t n)
{
    msgpack_packer pk = pack_packer(p);

    msgpack_pack_map(&pk, n);
}

static void node_pack(struct pack *p, const struct node *n)
{
    msgpack_packer pk = pack_packer(p);

    switch (n->type) {
    case NODE_NIL:
        pack_nil(p);
        return;
    case NODE_BOOL:
        n->num ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk);
        return;
    case NODE_INT:
        msgpack_pack_int64(&pk, n->num);
        return;
    case NODE_STR:
        pack_str(p, n->str, n->len);
        return;
    case NODE_LIST:
        pack_array(p, n->n);
        break;
    case NODE_MAP:
        pack_map(p, n->n);
        break;
    }
    for (const struct node *e = n->child; e; e = e->next) {
        if (n->type == NODE_MAP)
            pack_str(p, e->key, strlen(e->key));
        node_pack(p, e);
    }
}

void node_encode(void *ctx, const struct node *n, char **out, size_t *len)
{
    struct pack p;

    pack_init(ctx, &p);
    node_pack(&p, n);
    *out = p.buf;
    *len = p.len;
}

/* --- reading ---
 * Our own, because the library's reader builds a tree of its own first; this one never allocates.
 */

struct pack_head {
    enum node_type type;
    bool negative;
    uint64_t num; /* of NODE_INT (two's complement when negative), NODE_BOOL */
    size_t n;     /* bytes of a string, elements of a list or map */
};

static bool unpack_be(struct unpack *u, size_t bytes, uint64_t *v)
{
    if ((size_t)(u->end - u->p) < bytes)
        return false;
    for (*v = 0; bytes > 0; bytes--)
        *v = *v << 8 | (unsigned char)*u->p++;
    return true;
}

/* The types whose length or value is in the first byte. */
static bool unpack_short(unsigned char c, struct pack_head *h)
{
    if (c <= 0x7f)
        *h = (struct pack_head){.type = NODE_INT, .num = c};
    else if (c <= 0x8f)
        *h = (struct pack_head){.type = NODE_MAP, .n = c & 15};
    else if (c <= 0x9f)
        *h = (struct pack_head){.type = NODE_LIST, .n = c & 15};
    else if (c <= 0xbf)
        *h = (struct pack_head){.type = NODE_STR, .n = c & 31};
    else if (c == 0xc0)
        *h = (struct pack_head){.type = NODE_NIL};
    else if (c == 0xc2 || c == 0xc3)
        *h = (struct pack_head){.type = NODE_BOOL, .num = c & 1};
    else if (c >= 0xe0)
        *h = (struct pack_head){NODE_INT, true, (uint64_t)(int64_t)(int8_t)c, 0};
    else
        return false;
    return true;
}

static bool unpack_int(struct unpack *u, unsigned char c, struct pack_head *h)
{
    size_t bytes = (size_t)1 << (c & 3);
    uint64_t v;

    if (!unpack_be(u, bytes, &v))
        return false;
    *h = (struct pack_head){.type = NODE_INT, .num = v};
    if (c >= 0xd0) { /* signed: spread the sign of the narrow ones */
        int unused = 64 - 8 * (int)bytes;
        int64_t wide = (int64_t)(v << unused) >> unused;
        h->num = (uint64_t)wide;
        h->negative = wide < 0;
    }
    return true;
}

/*
 * Reads the head of the next value. bin, ext and float are not ours; a length that the rest of the
 * input cannot hold is refused at once.
 */
static int unpack_head(struct unpack *u, struct pack_head *h)
{
    if (u->p >= u->end)
        return HE_PROTOCOL;
    unsigned char c = (unsigned char)*u->p++;
    if (!unpack_short(c, h)) {
        uint64_t n = 0;
        if (c >= 0xcc && c <= 0xd3)
            return unpack_int(u, c, h) ? 0 : HE_PROTOCOL;
        if (c < 0xd9)
            return HE_PROTOCOL;
        enum node_type type = c <= 0xdb ? NODE_STR : c <= 0xdd ? NODE_LIST : NODE_MAP;
        size_t bytes = type == NODE_STR ? (size_t)1 << (c - 0xd9) : c & 1 ? 4 : 2;
        if (!unpack_be(u, bytes, &n))
            return HE_PROTOCOL;
        *h = (struct pack_head){.type = type, .n = (size_t)n};
    }
    size_t left = (size_t)(u->end - u->p);
    return h->n > (h->type == NODE_MAP ? left / 2 : left) ? HE_PROTOCOL : 0;
}

int unpack_uint(struct unpack *u, uint64_t *v)
{
    struct unpack next = *u;
    struct pack_head h;

    if (unpack_head(&next, &h) != 0 || h.type != NODE_INT || h.negative)
        return HE_PROTOCOL;
    *v = h.num;
    *u = next;
    return 0;
}

int unpack_str(struct unpack *u, const char **s, size_t *len)
{
    struct unpack next = *u;
    struct pack_head h;

    if (unpack_head(&next, &h) != 0 || (h.type != NODE_STR && h.type != NODE_NIL))
        return HE_PROTOCOL;
    *s = h.type == NODE_STR ? next.p : NULL;
    *len = h.n;
    next.p += h.n;
    *u = next;
    return 0;
}

int unpack_map(struct unpack *u, size_t *n)
{
    struct unpack next = *u;
    struct pack_head h;

    if (unpack_head(&next, &h) != 0 || h.type != NODE_MAP)
        return HE_PROTOCOL;
    *n = h.n;
    *u = next;
    return 0;
}

/* --- bytes to a tree: one pass that checks and counts, one that fills a single allocation --- */

struct pack_size {
    size_t nodes, text;
};

static int unpack_text_check(struct unpack *u, struct pack_size *size)
{
    const char *s;
    size_t len;

    if (unpack_str(u, &s, &len) != 0 || !s || !text_valid(s, len))
        return HE_PROTOCOL;
    size->text += len + 1;
    return 0;
}

static int node_measure(struct unpack *u, int depth, struct pack_size *size)
{
    struct unpack start = *u;
    struct pack_head h;

    if (unpack_head(u, &h) != 0)
        return HE_PROTOCOL;
    size->nodes++;
    if (h.type == NODE_INT && !h.negative && h.num > INT64_MAX)
        return HE_PROTOCOL;
    if (h.type == NODE_STR) {
        *u = start;
        return unpack_text_check(u, size);
    }
    if ((h.type == NODE_LIST || h.type == NODE_MAP) && depth > PACK_DEPTH_MAX)
        return HE_PROTOCOL;
    for (size_t i = 0; i < h.n; i++) {
        if (h.type == NODE_MAP && unpack_text_check(u, size) != 0)
            return HE_PROTOCOL;
        if (node_measure(u, depth + 1, size) != 0)
            return HE_PROTOCOL;
    }
    return 0;
}

struct node_filler {
    struct unpack u;
    struct node *top, *next;
    char *text;
};

static const char *node_fill_text(struct node_filler *f, size_t *len)
{
    const char *s = NULL, *at = f->text;

    MUST(unpack_str(&f->u, &s, len) == 0 && s);
    memcpy(f->text, s, *len);
    f->text[*len] = '\0';
    f->text += *len + 1;
    return at;
}

/* The input has passed node_measure. */
static struct node *node_fill(struct node_filler *f)
{
    struct node *n = f->next++;
    struct unpack start = f->u;
    struct pack_head h = {0};
    size_t len;

    MUST(unpack_head(&f->u, &h) == 0);
    *n = (struct node){.type = h.type, .num = (int64_t)h.num, .mem = f->top};
    if (h.type == NODE_STR) {
        f->u = start;
        n->str = node_fill_text(f, &n->len);
        return n;
    }
    n->n = h.n;
    for (size_t i = 0; i < h.n; i++) {
        const char *key = h.type == NODE_MAP ? node_fill_text(f, &len) : NULL;
        struct node *e = node_fill(f);
        e->key = key;
        if (n->last)
            n->last->next = e;
        else
            n->child = e;
        n->last = e;
    }
    return n;
}

static int key_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A key that comes twice would let one reader check the first and another use the second. */
static bool node_keys_distinct(const struct node *map, const char **room)
{
    size_t n = 0;

    for (const struct node *e = map->child; e; e = e->next)
        if (e->child && !node_keys_distinct(e, room))
            return false;
    if (map->type != NODE_MAP)
        return true;
    for (const struct node *e = map->child; e; e = e->next)
        room[n++] = e->key;
    qsort(room, n, sizeof *room, key_compare);
    for (size_t i = 1; i < n; i++)
        if (strcmp(room[i - 1], room[i]) == 0)
            return false;
    return true;
}

int node_decode(void *ctx, const char *bytes, size_t len, struct node **out)
{
    struct unpack u = {bytes, bytes + len};
    struct pack_size size = {0, 0};

    *out = NULL;
    if (node_measure(&u, 1, &size) != 0 || u.p != u.end)
        return HE_PROTOCOL;
    struct node *top = talloc_size(ctx, size.nodes * sizeof *top + size.text);
    MUST(top);
    talloc_set_name_const(top, "struct node");
    struct node_filler f = {{bytes, bytes + len}, top, top, (char *)(top + size.nodes)};
    node_fill(&f);
    const char **room = talloc_array(NULL, const char *, size.nodes);
    MUST(room);
    bool distinct = node_keys_distinct(top, room);
    talloc_free(room);
    if (!distinct) {
        talloc_free(top);
        return HE_PROTOCOL;
    }
    *out = top;
    return 0;
}
