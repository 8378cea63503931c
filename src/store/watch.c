/* Who is told of changes: a child transaction that is undone takes its notes back; a batch that was
 * committed gives all of them. */
#include <stdlib.h>

#include "store/store_int.h"

void store_watch(struct store *s, store_watch_fn fn, void *arg)
{
    s->watch = fn;
    s->watch_arg = arg;
}

void watch_note(struct txn *t, const struct form *form, uint64_t id, struct date day)
{
    struct change_log *l = &t->s->changed;

    if (!t->s->watch)
        return;
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 256;
        l->e = realloc(l->e, l->room * sizeof *l->e);
        MUST(l->e);
    }
    l->e[l->n++] = (struct change_entry){form, id, day};
}

void watch_forget(struct store *s, size_t from)
{
    s->changed.n = from < s->changed.n ? from : s->changed.n;
}

void watch_tell(struct store *s)
{
    for (size_t i = 0; i < s->changed.n && s->watch; i++)
        s->watch(s->changed.e[i].form, s->changed.e[i].id, s->changed.e[i].day, s->watch_arg);
    s->changed.n = 0;
}
