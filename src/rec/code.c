/* Stored form (field numbers, for the store only) and wire form (names). */
#include "rec/rec.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"

void rec_encode(void *ctx, const struct rec *r, char **bytes, size_t *len)
{
    const struct form *form = r->form;
    struct pack p;
    size_t n = 0;

    for (size_t i = 0; i < form->nfield; i++)
        n += r->val[i] != NULL;
    pack_init(ctx, &p);
    pack_map(&p, n);
    for (size_t i = 0; i < form->nfield; i++) {
        if (!r->val[i])
            continue;
        MUST(form->field[i].number > 0);
        pack_uint(&p, (uint64_t)form->field[i].number);
        pack_str(&p, r->val[i], strlen(r->val[i]));
    }
    *bytes = p.buf;
    *len = p.len;
}

/* The field with the number; the search goes on from the last one found, for they come in order. */
static const struct form_field *code_field(const struct form *form, uint64_t number, size_t *from)
{
    for (size_t i = 0; i < form->nfield; i++) {
        size_t at = *from + i < form->nfield ? *from + i : *from + i - form->nfield;
        if ((uint64_t)form->field[at].number == number) {
            *from = at + 1 < form->nfield ? at + 1 : 0;
            return &form->field[at];
        }
    }
    return NULL;
}

/*
 * Values stay inside a copy of the bytes; a NUL takes the place of the byte behind each, which is
 * the head of the next element and is read from the original.
 */
static int code_fill(struct rec *r, const char *bytes, size_t len, char *copy)
{
    struct unpack u = {bytes, bytes + len};
    size_t n, from = 0, vlen;
    const char *s;
    uint64_t number;

    if (unpack_map(&u, &n) != 0)
        return HE_CORRUPT;
    for (size_t i = 0; i < n; i++) {
        if (unpack_uint(&u, &number) != 0 || unpack_str(&u, &s, &vlen) != 0)
            return HE_CORRUPT;
        const struct form_field *f = code_field(r->form, number, &from);
        if (!f || !s || !vlen)
            continue;
        char *value = copy + (s - bytes);
        value[vlen] = '\0';
        r->val[f->pos] = value;
    }
    return u.p == u.end ? 0 : HE_CORRUPT;
}

int rec_decode(void *ctx, const struct form *form, const char *bytes, size_t len, struct rec **out)
{
    size_t head = sizeof(struct rec) + form->nfield * sizeof(char *);
    struct rec *r = talloc_size(ctx, head + len + 1);
    char *copy = (char *)r + head;

    talloc_set_name_const(r, "struct rec");
    memset(r, 0, head);
    r->form = form;
    r->val = (const char **)(r + 1);
    memcpy(copy, bytes, len);
    int rc = code_fill(r, bytes, len, copy);
    if (rc) {
        talloc_free(r);
        r = NULL;
    }
    *out = r;
    return rc;
}
