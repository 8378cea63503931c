/*
 * Whom a record names: the ids behind its references to people, kept in memory, because a search in a
 * village asks it of every child of the village at every key. What the writer changes is forgotten, so
 * nothing here is older than the register.
 */
#include "work/near.h"

#include <pthread.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"

#define SLOTS 65536 /* records next to each other in id lie next to each other */
#define KEPT  7     /* links of a record; one with more is read every time */

struct slot {
    const struct form *form; /* NULL: nothing is kept */
    uint64_t id;
    uint32_t turn; /* grows with every change of a record of this slot */
    uint32_t n;
    uint64_t to[KEPT];
    uint16_t field[KEPT];
};

struct near {
    pthread_mutex_t lock;
    struct slot slot[SLOTS];
};

static int near_free(struct near *near)
{
    pthread_mutex_destroy(&near->lock);
    return 0;
}

struct near *near_new(void *ctx)
{
    struct near *near = talloc_zero(ctx, struct near);

    MUST(near);
    pthread_mutex_init(&near->lock, NULL);
    talloc_set_destructor(near, near_free);
    return near;
}

static struct slot *slot_of(struct near *near, const struct form *form, uint64_t id)
{
    return &near->slot[(id + (uint64_t)form->number * 7919) % SLOTS];
}

void near_forget(struct near *near, const struct form *form, uint64_t id)
{
    struct slot *slot = slot_of(near, form, id);

    pthread_mutex_lock(&near->lock);
    slot->form = NULL;
    slot->turn++;
    pthread_mutex_unlock(&near->lock);
}

/* People, and the child that a visit, an agreement or a task hangs on, are found by their names. */
bool near_names(const struct form *form, const struct form_field *via)
{
    return via->ref && (form_is_shared(via->ref) || via == form_link(form, via->ref));
}

/* Is it kept? Else the turn at which it is read. */
static bool recall(struct near *near, const struct form *form, uint64_t id, struct near_link *out,
                   size_t *n, uint32_t *turn)
{
    struct slot *slot = slot_of(near, form, id);
    bool kept;

    pthread_mutex_lock(&near->lock);
    *turn = slot->turn;
    kept = slot->form == form && slot->id == id;
    *n = kept ? slot->n : 0;
    for (size_t i = 0; i < *n; i++)
        out[i] = (struct near_link){form->field[slot->field[i]].ref, slot->to[i], id};
    pthread_mutex_unlock(&near->lock);
    return kept;
}

static void keep(struct near *near, const struct slot *got)
{
    struct slot *slot = slot_of(near, got->form, got->id);

    pthread_mutex_lock(&near->lock);
    if (slot->turn == got->turn) /* else it may have changed while it was read */
        *slot = *got;
    pthread_mutex_unlock(&near->lock);
}

int near_links(struct txn *txn, struct near *near, const struct form *form, uint64_t id,
               struct near_link *out, size_t *n)
{
    struct slot got = {.form = form, .id = id};
    struct rec *rec;
    int err;

    if (recall(near, form, id, out, n, &got.turn))
        return 0;
    if ((err = txn_get(txn, NULL, form, id, &rec)))
        return err == HE_NOTFOUND ? 0 : err;
    for (size_t i = 0; i < form->nfield; i++) {
        uint64_t to = near_names(form, &form->field[i]) ? rec_ref(rec, form->field[i].name) : 0;

        if (!to)
            continue;
        out[(*n)++] = (struct near_link){form->field[i].ref, to, id};
        if (got.n < KEPT && i <= UINT16_MAX) {
            got.to[got.n] = to;
            got.field[got.n++] = (uint16_t)i;
        }
    }
    if (got.n == *n && rec->id == id)
        keep(near, &got);
    talloc_free(rec);
    return 0;
}
