/* Picks a record by search: name, initials, number. */
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/pick_find.h"

enum { ROWS = 60 };

struct records {
    struct session *s;
    const char *type;
};

/* The other columns of a row, for telling namesakes apart. */
static const char *rest_of(void *ctx, const struct node *v, const char *title)
{
    char *out = talloc_strdup(ctx, "");
    for (const struct node *e = node_first(v); e; e = e->next)
        if (e->type == NODE_STR && *e->str && strcmp(e->key, title) != 0 && text_width(out, 2) < 50)
            out = talloc_asprintf_append(out, "%s%s", *out ? " " : "", e->str);
    return out;
}

size_t find_records(struct app *app, struct session *s, void *ctx, const char *type,
                    const char *words, size_t max, struct find_row **rows)
{
    const struct form *form = dict_form(s->dict, type);
    struct node *body = node_map(ctx), *answer = NULL;
    size_t n = 0;
    const char *title = form && form->title ? form->title : "name";
    node_str(body, "type", type);
    node_str(body, "words", words);
    node_int(body, "limit", (int64_t)max);
    node_bool(body, "typing", true);
    if (!*words || session_call(app, s, ctx, OP_REC_FIND, body, &answer) != 0)
        return 0;
    const struct node *list = node_get(answer, "rows");
    *rows = talloc_zero_array(ctx, struct find_row, (unsigned)(list ? list->n : 0) + 1);
    MUST(*rows);
    for (const struct node *e = node_first(list); e && n < max; e = e->next) {
        const struct node *v = node_get(e, "v");
        (*rows)[n++] = (struct find_row){.label = node_text_or(v, title, "?"),
                                         .hint = rest_of(ctx, v, title),
                                         .id = (uint64_t)node_num(e, "id", 0)};
    }
    return n;
}

static size_t query(struct app *app, void *arg, void *ctx, const char *words,
                    struct find_row **rows)
{
    const struct records *r = arg;
    return find_records(app, r->s, ctx, r->type, words, ROWS, rows);
}

bool find_record(struct app *app, struct session *s, void *ctx, const char *type, const char *title,
                 struct find_row *out)
{
    struct records r = {s, type};
    struct finder f = {.title = title,
                       .hint = _("输入姓名、拼音首字母、身份证号或电话，回车选定；Esc Esc 取消。"),
                       .arg = &r,
                       .query = query};
    return find_run(app, ctx, &f, out);
}

uint64_t pick_record(struct app *app, struct session *s, const char *type, const char *title)
{
    void *tmp = talloc_new(NULL);
    struct find_row row;
    uint64_t id = find_record(app, s, tmp, type, title, &row) ? row.id : 0;
    talloc_free(tmp);
    return id;
}
