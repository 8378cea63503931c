/* Opening a form: the record, its rights, a sibling, a returned change, a draft. */
#include "tui/form_priv.h"
#include "tui/urgent.h"

#include <string.h>
#include <talloc.h>

static bool can(const struct node *view, const char *verb)
{
    for (const struct node *e = node_first(node_get(view, "can")); e; e = e->next)
        if (e->type == NODE_STR && strcmp(e->str, verb) == 0)
            return true;
    return false;
}

static int read_record(struct form_screen *fs, void *ctx)
{
    struct node *body = node_map(ctx), *view = NULL;
    const char *reason = NULL;
    node_str(body, "type", fs->ask->type);
    node_int(body, "id", (int64_t)fs->ask->id);
    int r = session_call(fs->app, fs->s, ctx, OP_REC_OPEN, body, &view);
    if (r < 0)
        return r;
    fs->m->id = fs->ask->id;
    model_take(fs->m, view, false);
    fs->can_change = can(view, "change");
    fs->readonly = fs->ask->readonly || !fs->can_change;
    if (node_text(view, "notice"))
        app_message(fs->app, "%s", node_text(view, "notice"));
    if (fs->ask->change) {
        fs->at = model_mend(fs->m, node_get(view, "change"), &reason);
        if (reason)
            app_message(fs->app, _("退回原因：%s"), reason);
    }
    return 0;
}

static int fill(struct form_screen *fs, void *ctx)
{
    int r = 0;
    if (fs->ask->id) {
        r = read_record(fs, ctx);
    } else {
        fs->can_change = true;
        const char *carried = model_defaults(ctx, fs->m);
        if (*carried)
            app_message(fs->app, _("照上一份：%s。不是的，按上箭头改。"), carried);
        if (fs->ask->sibling_of)
            r = model_sibling(fs->app, fs->m, fs->ask->sibling_of);
        else if (fs->ask->of)
            r = model_hang(fs->app, fs->m, fs->ask->of, fs->ask->of_id);
        model_given(fs->m, fs->ask->view);
        model_preset(fs->m, fs->ask->set);
    }
    if (r == 0)
        model_follow(fs->m);
    return r == 0 && !fs->readonly && !fs->ask->collect ? draft_offer(fs) : r;
}

static size_t start_at(const struct form_screen *fs)
{
    size_t i = model_find(fs->m, fs->ask->field);
    if (i == NO_PLACE)
        i = fs->at;
    if (i == NO_PLACE)
        return model_start(fs->m);
    fs->m->open[fs->m->place[i].section] = true;
    return i;
}

int form_open(struct app *app, struct session *s, const struct form_ask *ask, uint64_t *saved_id)
{
    const struct form *form = dict_form(s->dict, ask->type);
    if (!form || form->nsection == 0)
        return 0;
    struct form_screen *fs = talloc_zero(app, struct form_screen);
    MUST(fs);
    *fs = (struct form_screen){.app = app, .s = s, .ask = ask, .at = NO_PLACE, .rows = 1};
    fs->m = model_new(fs, s, form);
    uint64_t saved = 0;
    fs->saved = &saved;
    int r = fs->m->n ? fill(fs, fs) : HE_NOTFOUND;
    int result = 0;
    if (r == 0) {
        size_t at = start_at(fs);
        urgent_follow(app, s, fs->m);
        model_follow(fs->m);
        form_begin(fs, at);
        result = form_run(fs);
    }
    if (saved_id)
        *saved_id = saved;
    if (result > 0 && fs->next)
        urgent_next(app, s, node_get(fs->next, "next"));
    talloc_free(fs);
    return result > 0 ? 1 : 0;
}
