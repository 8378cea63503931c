/*
 * The tree of pack.h. An element with its key and text is one talloc chunk under the chunk of its
 * parent; a decoded tree is one chunk in all. n->mem tells which: what is added below n is
 * allocated under it, and an element that is a chunk of its own can be freed when it is removed.
 */
#include "base/pack.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

static struct node *node_alloc(void *mem, enum node_type type, const char *key, const char *str,
                               size_t len)
{
    size_t key_room = key ? strlen(key) + 1 : 0;
    struct node *n = talloc_size(mem, sizeof *n + key_room + (str ? len + 1 : 0));
    char *text = (char *)(n + 1);

    MUST(n);
    talloc_set_name_const(n, "struct node");
    *n = (struct node){.type = type, .mem = n};
    if (key)
        n->key = memcpy(text, key, key_room);
    if (str) {
        text += key_room;
        memcpy(text, str, len);
        text[len] = '\0';
        n->str = text;
        n->len = len;
    }
    return n;
}

static void node_drop(struct node *n)
{
    if (n->mem == n)
        talloc_free(n);
}

/* The element before key's, or NULL; *at the element itself, or NULL. */
static struct node *node_before(const struct node *map, const char *key, struct node **at)
{
    struct node *before = NULL;

    for (*at = map->child; *at; before = *at, *at = (*at)->next)
        if ((*at)->key[0] == key[0] && strcmp((*at)->key, key) == 0)
            return before;
    return NULL;
}

static struct node *node_attach(struct node *parent, struct node *n)
{
    struct node *old = NULL, *before = parent->last;

    MUST(parent->type == NODE_LIST || (parent->type == NODE_MAP && n->key));
    if (parent->type == NODE_MAP) {
        struct node *b = node_before(parent, n->key, &old);
        before = old ? b : before;
    }
    if (before)
        before->next = n;
    else
        parent->child = n;
    n->next = old ? old->next : NULL;
    if (!n->next)
        parent->last = n;
    if (old)
        node_drop(old);
    else
        parent->n++;
    return n;
}

static struct node *node_new(struct node *parent, const char *key, enum node_type type,
                             const char *str, size_t len)
{
    if (parent->type == NODE_LIST)
        key = NULL;
    return node_attach(parent, node_alloc(parent->mem, type, key, str, len));
}

struct node *node_map(void *ctx)
{
    return node_alloc(ctx, NODE_MAP, NULL, NULL, 0);
}

struct node *node_list(void *ctx)
{
    return node_alloc(ctx, NODE_LIST, NULL, NULL, 0);
}

struct node *node_strn(struct node *parent, const char *key, const char *str, size_t len)
{
    return node_new(parent, key, str ? NODE_STR : NODE_NIL, str, len);
}

struct node *node_str(struct node *parent, const char *key, const char *str)
{
    return node_strn(parent, key, str, str ? strlen(str) : 0);
}

struct node *node_int(struct node *parent, const char *key, int64_t v)
{
    struct node *n = node_new(parent, key, NODE_INT, NULL, 0);

    n->num = v;
    return n;
}

struct node *node_bool(struct node *parent, const char *key, bool v)
{
    struct node *n = node_new(parent, key, NODE_BOOL, NULL, 0);

    n->num = v;
    return n;
}

struct node *node_nil(struct node *parent, const char *key)
{
    return node_new(parent, key, NODE_NIL, NULL, 0);
}

struct node *node_add_map(struct node *parent, const char *key)
{
    return node_new(parent, key, NODE_MAP, NULL, 0);
}

struct node *node_add_list(struct node *parent, const char *key)
{
    return node_new(parent, key, NODE_LIST, NULL, 0);
}

/* Copied whole before it is attached, so that n may be what the copy replaces or stands in. */
static struct node *node_clone(void *mem, const char *key, const struct node *n)
{
    struct node *copy = node_alloc(mem, n->type, key, n->str, n->len);

    copy->num = n->num;
    copy->n = n->n;
    for (const struct node *e = n->child; e; e = e->next) {
        struct node *c = node_clone(copy, e->key, e);
        if (copy->last)
            copy->last->next = c;
        else
            copy->child = c;
        copy->last = c;
    }
    return copy;
}

struct node *node_copy(struct node *parent, const char *key, const struct node *n)
{
    return node_attach(parent, node_clone(parent->mem, parent->type == NODE_LIST ? NULL : key, n));
}

void node_remove(struct node *map, const char *key)
{
    struct node *at, *before;

    if (!map || map->type != NODE_MAP)
        return;
    before = node_before(map, key, &at);
    if (!at)
        return;
    if (before)
        before->next = at->next;
    else
        map->child = at->next;
    if (map->last == at)
        map->last = before;
    map->n--;
    node_drop(at);
}

const struct node *node_get(const struct node *map, const char *key)
{
    struct node *at = NULL;

    if (map && map->type == NODE_MAP)
        node_before(map, key, &at);
    return at;
}

const char *node_text(const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);

    return n && n->type == NODE_STR ? n->str : NULL;
}

const char *node_text_or(const struct node *map, const char *key, const char *dflt)
{
    const char *s = node_text(map, key);

    return s ? s : dflt;
}

int64_t node_num(const struct node *map, const char *key, int64_t dflt)
{
    const struct node *n = node_get(map, key);

    return n && n->type == NODE_INT ? n->num : dflt;
}

bool node_flag(const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);

    return n && n->type == NODE_BOOL && n->num;
}

const struct node *node_first(const struct node *list_or_map)
{
    return list_or_map ? list_or_map->child : NULL;
}

/* --- JSON --- */

/* RFC 8259; control characters of both ranges become \u00XX, so that the line is safe to show. */
static void json_text(struct pack *out, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t run = 0;
    char esc[8];

    pack_raw(out, "\"", 1);
    for (; u[run]; run++) {
        bool c1 = u[run] == 0xc2 && u[run + 1] >= 0x80 && u[run + 1] <= 0x9f;
        if (u[run] >= 0x20 && u[run] != '"' && u[run] != '\\' && u[run] != 0x7f && !c1)
            continue;
        pack_raw(out, (const char *)u, run);
        u += run;
        if (*u == '"' || *u == '\\')
            snprintf(esc, sizeof esc, "\\%c", *u);
        else
            snprintf(esc, sizeof esc, "\\u%04x", c1 ? u[1] : u[0]);
        pack_raw(out, esc, strlen(esc));
        u += 1 + c1;
        run = (size_t)-1;
    }
    pack_raw(out, (const char *)u, run);
    pack_raw(out, "\"", 1);
}

static void json_value(struct pack *out, const struct node *n)
{
    char num[24];

    switch (n->type) {
    case NODE_NIL:
        pack_raw(out, "null", 4);
        return;
    case NODE_BOOL:
        pack_raw(out, n->num ? "true" : "false", n->num ? 4 : 5);
        return;
    case NODE_INT:
        pack_raw(out, num, (size_t)snprintf(num, sizeof num, "%lld", (long long)n->num));
        return;
    case NODE_STR:
        json_text(out, n->str);
        return;
    case NODE_LIST:
    case NODE_MAP:
        break;
    }
    pack_raw(out, n->type == NODE_MAP ? "{" : "[", 1);
    for (const struct node *e = n->child; e; e = e->next) {
        if (e != n->child)
            pack_raw(out, ",", 1);
        if (n->type == NODE_MAP) {
            json_text(out, e->key);
            pack_raw(out, ":", 1);
        }
        json_value(out, e);
    }
    pack_raw(out, n->type == NODE_MAP ? "}" : "]", 1);
}

char *node_json(void *ctx, const struct node *n)
{
    struct pack out;

    pack_init(ctx, &out);
    if (n)
        json_value(&out, n);
    pack_raw(&out, "", 1);
    return out.buf;
}
