/* The lists behind a record: what hangs on it by a link of its own (form_link), with their counts. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/session.h"

static bool hangs(const struct session *s, const struct form *form, const struct form *of)
{
    return form_link(form, of) && session_may_do(s, form->name, "read");
}

bool related_any(const struct session *s, const struct form *of)
{
    for (size_t i = 0; i < s->dict->nform; i++)
        if (hangs(s, &s->dict->form[i], of))
            return true;
    return false;
}

/* How many there are; -1 when the server does not say. */
static long long count(struct app *app, struct session *s, const struct form *form, const char *of,
                       uint64_t id)
{
    void *ctx = talloc_new(NULL);
    struct node *body = node_map(ctx), *answer;
    const char *text;
    long long n = -1;
    node_str(body, "type", form->name);
    node_str(body, "where", text_printf(ctx, "%s = %llu", of, (unsigned long long)id));
    if (session_call_quiet(app, s, ctx, OP_REC_COUNT, body, &answer, &text) == 0)
        n = node_num(answer, "total", -1);
    talloc_free(ctx);
    return n;
}

void related_open(struct app *app, struct session *s, const char *of, uint64_t id,
                  const char *title)
{
    const struct form *to = dict_form(s->dict, of);
    void *ctx = talloc_new(app);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, s->dict->nform + 1);
    const struct form **form = talloc_zero_array(ctx, const struct form *, s->dict->nform + 1);
    size_t n = 0;
    MUST(items && form);
    for (size_t i = 0; to && i < s->dict->nform; i++) {
        if (!hangs(s, &s->dict->form[i], to))
            continue;
        form[n] = &s->dict->form[i];
        long long found = count(app, s, form[n], of, id);
        items[n].label = _(form[n]->label);
        items[n++].hint = found < 0 ? NULL : text_printf(ctx, _("%lld 条"), found);
    }
    struct pick p = {.title = text_printf(ctx, _("%s 的相关记录"), title), .items = items, .n = n};
    int i = n ? popup_pick(app, &p) : -1;
    if (n == 0)
        app_message(app, _("没有相关的记录。"));
    if (i >= 0)
        list_open_of(app, s, form[i]->name, of, id, title);
    talloc_free(ctx);
}
