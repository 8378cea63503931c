/* Small named values: the store's own under "s/", those of others under "u/". */
#include <string.h>
#include <talloc.h>

#include "store/store_int.h"

static int meta_key(struct key *k, const char *space, const char *name)
{
    key_init(k);
    key_text(k, space);
    key_text(k, name);
    return strlen(space) + strlen(name) > KEY_MAX - 2 ? HE_TOOBIG : 0;
}

int meta_get(struct txn *t, void *ctx, const char *name, struct node **out)
{
    struct key k;
    int err = meta_key(&k, "", name);
    return err ? err : blob_get_node(t, ctx, t->s->sys[SYS_META], &k, out);
}

int meta_put(struct txn *t, const char *name, const struct node *n)
{
    struct key k;
    int err = meta_key(&k, "", name);
    return err ? err : blob_put_node(t, t->s->sys[SYS_META], &k, n);
}

int64_t txn_meta_days(const struct txn *t, int days)
{
    return store_now(t->s) + (int64_t)days * 86400;
}

int txn_meta_get(struct txn *t, void *ctx, const char *name, struct node **out)
{
    struct key k;
    int err = meta_key(&k, "u/", name);
    return err ? err : blob_get_node(t, ctx, t->s->sys[SYS_META], &k, out);
}

int txn_meta_put(struct txn *t, const char *name, const struct node *n)
{
    struct key k;
    MUST(t->writes);
    int err = meta_key(&k, "u/", name);
    return err ? err : blob_put_node(t, t->s->sys[SYS_META], &k, n);
}
