/* Drafts of the user himself. Rights are checked again when one is given back: posts change. */
#include "server/call.h"

#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"

#define KEY_MAX 120

/* A key is "child/17" or "child/new/1": a type the user may read or add. */
static bool key_allowed(struct call *c, const char *key)
{
    size_t n = key ? strcspn(key, "/") : 0;
    if (!n || strlen(key) > KEY_MAX)
        return false;
    const char *type = talloc_strndup(c->ctx, key, n);
    return actor_may(c->actor, call_right(c, type, "read")) ||
           actor_may(c->actor, call_right(c, type, "add"));
}

static int key_of(struct call *c, const char **key)
{
    *key = node_text(c->body, "key");
    if (!*key)
        return HE_PROTOCOL;
    return key_allowed(c, *key) ? 0 : HE_DENIED;
}

/* {key, draft: {…}} → {} */
int op_draft_put(struct call *c, struct txn *t)
{
    const char *key;
    const struct node *draft = node_get(c->body, "draft");
    (void)t;
    if (!draft || draft->type != NODE_MAP)
        return HE_PROTOCOL;
    int r = key_of(c, &key);
    if (r == 0)
        r = store_draft_put(c->srv->store, c->actor->id, key, draft);
    if (r == HE_LIMIT)
        c->text = _("没有做完的登记太多，请先办完或放弃一些");
    return r;
}

/* {key} → {draft: {…, time}} */
int op_draft_get(struct call *c, struct txn *t)
{
    const char *key;
    struct node *draft;
    (void)t;
    int r = key_of(c, &key);
    if (r == 0)
        r = store_draft_get(c->srv->store, c->ctx, c->actor->id, key, &draft);
    if (r == 0)
        node_copy(c->out, "draft", draft);
    return r;
}

/* {} → {rows: as store_draft_list, those whose type the user still may read or add} */
int op_draft_list(struct call *c, struct txn *t)
{
    struct node *list;
    (void)t;
    int r = store_draft_list(c->srv->store, c->ctx, c->actor->id, &list);
    if (r < 0)
        return r;
    struct node *rows = node_add_list(c->out, "rows");
    for (const struct node *e = node_first(list); e; e = e->next)
        if (key_allowed(c, node_text(e, "key")))
            node_copy(rows, NULL, e);
    return 0;
}

/* {key} → {}; one's own, whatever the posts of today. */
int op_draft_drop(struct call *c, struct txn *t)
{
    const char *key = node_text(c->body, "key");
    (void)t;
    return key ? store_draft_drop(c->srv->store, c->actor->id, key) : HE_PROTOCOL;
}
