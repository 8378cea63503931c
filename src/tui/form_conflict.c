/*
 * The same field changed by somebody else meanwhile: 原值, 现值 (who, when), 我的值, chosen field by
 * field. What others changed elsewhere is taken over without asking. Afterwards the form rests on
 * the version of now, so keeping mine does not meet the same conflict again.
 */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

static const char *text_of(void *ctx, const struct entry *p, const char *value)
{
    struct answer a = {.value = value};
    const char *text = value && *value ? model_text(ctx, p, &a) : "";
    return *text ? text : _("(空)");
}

/* True: mine stays; false: theirs; *cancelled when neither was chosen. */
static bool choose(struct form_screen *fs, const struct entry *p, const struct node *c,
                   bool *cancelled)
{
    void *tmp = talloc_new(NULL);
    const char *show = node_text(c, "show");
    const char *theirs = show ? show : text_of(tmp, p, node_text(c, "theirs"));
    const char *mine = model_text(tmp, p, &p->a);
    const char *when = node_text_or(c, "when", "");
    char *text = text_printf(tmp, _("%s 在 %.16s 改过这一项。\n原值：%s\n现值：%s\n我的值：%s"),
                             node_text_or(c, "who", _("别人")), when, /* to the minute */
                             text_of(tmp, p, node_text(c, "was")), theirs, mine);
    const char *answers[] = {text_printf(tmp, _("用现值：%s"), theirs),
                             text_printf(tmp, _("用我的值：%s"), *mine ? mine : _("(空)"))};
    app_drop_keys(fs->app);
    int i = popup_choose(fs->app, p->label, text, answers, 2, 0);
    *cancelled = i < 0;
    talloc_free(tmp);
    return i == 1;
}

/* Everything the server has now; what was typed stays typed. */
static bool rest_on_now(struct form_screen *fs, void *ctx)
{
    struct node *body = node_map(ctx), *view = NULL;
    node_str(body, "type", fs->m->form->name);
    node_int(body, "id", (int64_t)fs->m->id);
    if (session_call(fs->app, fs->s, ctx, OP_REC_GET, body, &view) != 0)
        return false;
    model_take(fs->m, view, true);
    return true;
}

bool conflict_solve(struct form_screen *fs, const struct node *answer)
{
    struct model *m = fs->m;
    const struct node *list = node_get(answer, "conflict");
    void *tmp = talloc_new(NULL);
    bool *theirs = talloc_zero_array(tmp, bool, (unsigned)m->n + 1), cancelled = false;
    MUST(theirs);
    for (const struct node *c = node_first(list); c && !cancelled; c = c->next) {
        size_t i = model_find(m, node_text(c, "field"));
        if (i != NO_PLACE)
            theirs[i] = !choose(fs, &m->place[i], c, &cancelled);
    }
    bool done = !cancelled && rest_on_now(fs, tmp);
    if (done)
        model_begin(m);
    for (size_t i = 0; done && i < m->n; i++)
        if (theirs[i])
            model_put(
                m, i,
                (struct answer){.value = m->place[i].stored, .show = m->place[i].stored_show});
    if (done) {
        model_follow(m);
        field_open(fs);
        if (model_changes(m) == 0)
            app_message(fs->app, _("都用了现值，没有要保存的改动"));
    }
    talloc_free(tmp);
    return done && model_changes(m) > 0;
}
