/* Findings as data: kept, merged, sent. */
#include "rec/check.h"

#include <stdarg.h>
#include <string.h>
#include <talloc.h>

#include "base/err.h"

struct findings *findings_new(void *ctx)
{
    return talloc_zero(ctx, struct findings);
}

static struct finding *findings_grow(struct findings *fs)
{
    size_t room = fs->f ? talloc_array_length(fs->f) : 0;

    if (fs->n == room)
        fs->f = talloc_realloc(fs, fs->f, struct finding, room ? 2 * room : 8);
    return &fs->f[fs->n++];
}

void findings_add(struct findings *fs, char level, const char *field, const char *code,
                  const char *fmt, ...)
{
    struct finding *f = findings_grow(fs);
    va_list ap;

    f->level = level;
    f->field = talloc_strdup(fs, field);
    f->code = talloc_strdup(fs, code);
    va_start(ap, fmt);
    f->text = talloc_vasprintf(fs, fmt, ap);
    va_end(ap);
}

size_t findings_count(const struct findings *fs, char level)
{
    size_t n = 0;

    for (size_t i = 0; i < fs->n; i++)
        n += fs->f[i].level == level;
    return n;
}

void findings_merge(struct findings *fs, const struct findings *from, const char *prefix)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct finding *f = &from->f[i];
        char *field = talloc_asprintf(fs, "%s%s", prefix, f->field);
        findings_add(fs, f->level, field, f->code, "%s", f->text);
        talloc_free(field);
    }
}

void findings_to_node(struct node *parent, const char *key, const struct findings *fs)
{
    struct node *list = node_add_list(parent, key);

    for (size_t i = 0; i < fs->n; i++) {
        struct node *n = node_add_map(list, NULL);
        node_strn(n, "level", &fs->f[i].level, 1);
        node_str(n, "field", fs->f[i].field);
        node_str(n, "code", fs->f[i].code);
        node_str(n, "text", fs->f[i].text);
    }
}
