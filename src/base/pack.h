/*
 * msgpack, its only home. A `struct node` tree carries messages, drafts, jobs and history: nil, bool,
 * int, UTF-8 text, list, map with text keys. Depth and size are bounded; text is checked once here,
 * so that everything behind it may trust it to be UTF-8 without NUL.
 */
#ifndef HUTONG_PACK_H
#define HUTONG_PACK_H

#include "base/base.h"

enum node_type { NODE_NIL, NODE_BOOL, NODE_INT, NODE_STR, NODE_LIST, NODE_MAP };

struct node {
    enum node_type type;
    int64_t num;         /* NODE_INT, NODE_BOOL */
    const char *str;     /* NODE_STR, NUL-terminated */
    size_t len;          /* of str */
    struct node *child;  /* first element of a list or map */
    struct node *last;
    struct node *next;   /* sibling */
    const char *key;     /* name inside a map */
    size_t n;            /* elements */
    void *mem;           /* private: the talloc chunk that holds this node */
};

#define PACK_DEPTH_MAX 12

struct node *node_map(void *ctx);
struct node *node_list(void *ctx);
/* Adding copies the text; a key may be NULL inside a list. Returns the new element. An existing key
 * is replaced in its place. A NULL str adds nil. Never keep a pointer into a replaced element. */
struct node *node_str(struct node *parent, const char *key, const char *str);
struct node *node_strn(struct node *parent, const char *key, const char *str, size_t len);
struct node *node_int(struct node *parent, const char *key, int64_t v);
struct node *node_bool(struct node *parent, const char *key, bool v);
struct node *node_nil(struct node *parent, const char *key);
struct node *node_add_map(struct node *parent, const char *key);
struct node *node_add_list(struct node *parent, const char *key);
/* A deep copy of n under parent. */
struct node *node_copy(struct node *parent, const char *key, const struct node *n);
void node_remove(struct node *map, const char *key);

/* Reading; all take NULL and the wrong type calmly. */
const struct node *node_get(const struct node *map, const char *key);
const char *node_text(const struct node *map, const char *key);              /* NULL if no string */
const char *node_text_or(const struct node *map, const char *key, const char *dflt);
int64_t node_num(const struct node *map, const char *key, int64_t dflt);
bool node_flag(const struct node *map, const char *key);                     /* false by default */
/* for (const struct node *e = node_first(list); e; e = e->next) */
const struct node *node_first(const struct node *list_or_map);

/*
 * Encoding never fails but for memory; a tree that wraps decoded ones may be deeper than
 * PACK_DEPTH_MAX, and then its reader refuses it. Decoding: HE_PROTOCOL for anything but one whole
 * value of these types, for text that is not UTF-8 or holds NUL, for a key that comes twice in a
 * map, and beyond PACK_DEPTH_MAX levels. The whole tree is one allocation under ctx; freeing *out
 * frees it.
 */
void node_encode(void *ctx, const struct node *, char **out, size_t *len);
int node_decode(void *ctx, const char *bytes, size_t len, struct node **out);
/* The tree as one line of JSON (for --json and logs of tests). */
char *node_json(void *ctx, const struct node *);

/* Flat writer and reader for stored values, without a tree. */
struct pack {
    char *buf;   /* talloc'ed under the ctx of pack_init; lives as long as that, or is freed alone */
    size_t len;
    size_t room; /* private */
};
void pack_init(void *ctx, struct pack *);
void pack_uint(struct pack *, uint64_t);
void pack_str(struct pack *, const char *s, size_t len);
void pack_nil(struct pack *);
void pack_array(struct pack *, size_t n);
void pack_map(struct pack *, size_t n);
void pack_raw(struct pack *, const char *bytes, size_t len); /* bytes as they are */

struct unpack {
    const char *p, *end;
};
/* Each returns HE_PROTOCOL when the next value is not of its kind or is cut off. */
int unpack_uint(struct unpack *, uint64_t *);
int unpack_str(struct unpack *, const char **s, size_t *len); /* borrowed, not NUL-terminated; nil gives NULL */
int unpack_map(struct unpack *, size_t *n);

#endif
