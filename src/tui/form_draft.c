/*
 * Drafts: after each field all that differs goes to the server, which keeps it without waiting for
 * its disk; the next opening offers it. A draft is {type, id, version, title, at, sibling_of, change,
 * v: {path: value}, show: {path: text}, base: {path: stored}} under "child/17" or "child/new/…".
 */
#include "tui/form_priv.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

enum { OFFERED = 8 };

static char *key_of(const struct form_screen *fs, void *ctx)
{
    const struct model *m = fs->m;
    return m->id ? text_printf(ctx, "%s/%" PRIu64, m->form->name, m->id)
                 : text_printf(ctx, "%s/new/%" PRId64, m->form->name, date_now());
}

/* Whom it is about, for the one who is asked about it later: a visit is known by its child. */
static const char *about(const struct form_screen *fs, void *ctx)
{
    static const char *const names[] = {"child", "child_name"};
    for (size_t k = 0; k < NELEM(names); k++) {
        size_t i = model_find(fs->m, names[k]);
        const struct entry *p = i == NO_PLACE ? NULL : &fs->m->place[i];
        if (p && p->a.value && !p->a.problem)
            return model_text(ctx, p, &p->a);
    }
    return fs->title;
}

static struct node *draft_node(const struct form_screen *fs, void *ctx)
{
    const struct model *m = fs->m;
    struct node *d = node_map(ctx);
    node_str(d, "title", about(fs, ctx));
    node_str(d, "at", m->place[fs->at].name);
    if (fs->ask->change)
        node_int(d, "change", (int64_t)fs->ask->change);
    model_send(m, d);
    struct node *show = node_add_map(d, "show");
    for (size_t i = 0; i < m->n; i++)
        if (model_changed(&m->place[i]) && m->place[i].a.show)
            node_str(show, m->place[i].name, m->place[i].a.show);
    return d;
}

/* Only what somebody typed makes a draft; the same one is not sent twice. */
void draft_send(struct form_screen *fs)
{
    const char *text;
    if (fs->ask->collect || fs->readonly || (fs->m->at == 0 && !fs->drafted))
        return;
    void *tmp = talloc_new(NULL);
    struct node *d = draft_node(fs, tmp), *body = node_map(tmp);
    char *now = node_json(fs, node_get(d, "v"));
    if (fs->drafted && strcmp(now, fs->drafted) == 0) {
        talloc_free(now);
        talloc_free(tmp);
        return;
    }
    if (!fs->draft)
        fs->draft = key_of(fs, fs);
    node_str(body, "key", fs->draft);
    node_copy(body, "draft", d);
    int r = session_call_quiet(fs->app, fs->s, tmp, OP_DRAFT_PUT, body, NULL, &text);
    talloc_free(fs->drafted);
    fs->drafted = r == 0 ? now : NULL; /* NULL: row 2 no longer says that it is kept */
    talloc_free(tmp);
}

static void drop(struct form_screen *fs, const char *key)
{
    void *tmp = talloc_new(NULL);
    const char *text;
    struct node *body = node_map(tmp);
    node_str(body, "key", key);
    session_call_quiet(fs->app, fs->s, tmp, OP_DRAFT_DROP, body, NULL, &text);
    talloc_free(tmp);
}

void draft_drop(struct form_screen *fs)
{
    if (fs->draft)
        drop(fs, fs->draft);
    TALLOC_FREE(fs->drafted);
    TALLOC_FREE(fs->draft);
}

/* --- coming back to one --- */

static const struct node *get(struct form_screen *fs, void *ctx, const char *key)
{
    struct node *body = node_map(ctx), *answer = NULL;
    const char *text;
    node_str(body, "key", key);
    if (session_call_quiet(fs->app, fs->s, ctx, OP_DRAFT_GET, body, &answer, &text) != 0)
        return NULL;
    return node_get(answer, "draft");
}

/* Values laid over what is stored now. What they were based on is kept, so that the server sees
 * who changed the same fields meanwhile. */
static void lay_over(struct form_screen *fs, const struct node *d)
{
    struct model *m = fs->m;
    const struct node *v = node_get(d, "v"), *base = node_get(d, "base");
    model_begin(m);
    for (size_t i = 0; i < m->n; i++) {
        struct entry *p = &m->place[i];
        if (p->fixed || !node_get(v, p->name))
            continue;
        if (node_get(base, p->name))
            p->stored = talloc_strdup(m, node_text_or(base, p->name, ""));
        if (p->stored && !*p->stored)
            p->stored = NULL;
        char *value = NULL, *problem = NULL;
        const char *code, *text = node_text(v, p->name);
        struct answer a = {.value = text, .show = node_text(node_get(d, "show"), p->name)};
        bool typed = p->f->type->widget != WIDGET_AREA && p->f->type->widget != WIDGET_REF;
        if (text && typed && type_parse(m, p->f, fs->s->today, text, &value, &code, &problem) != 0)
            a.problem = problem;
        model_put(m, i, a);
    }
    if (m->id)
        m->version = (uint32_t)node_num(d, "version", m->version);
}

static void resume(struct form_screen *fs, const char *key, const struct node *d)
{
    lay_over(fs, d);
    size_t at = model_find(fs->m, node_text(d, "at"));
    fs->at = at != NO_PLACE ? at : fs->at;
    fs->draft = talloc_strdup(fs, key);
    fs->drafted = talloc_strdup(fs, "");
    app_message(fs->app, _("已接着上次的内容，核对后继续"));
}

/* "11-22 10:42 王小雨，已填 14 项" */
static const char *words_of(void *ctx, const struct node *d)
{
    char when[20];
    date_time_format(node_num(d, "time", 0), when);
    const struct node *v = node_get(d, "v");
    return text_printf(ctx, _("%.11s %s，已填 %zu 项"), when + 5,
                       node_text_or(d, "title", _("未写姓名")), v ? v->n : 0);
}

/* The draft of this record: go on, start over, or leave it for later. */
static int offer_one(struct form_screen *fs, void *ctx, const char *key)
{
    const struct node *d = get(fs, ctx, key);
    const char *answers[] = {_("接着填"), _("不要了，重新开始"), _("以后再说，先返回")};
    if (!d)
        return 0;
    int i = popup_choose(fs->app, _("上次没有保存完"), words_of(ctx, d), answers, 3, 0);
    if (i == 0)
        resume(fs, key, d);
    else if (i == 1)
        drop(fs, key);
    return i == 0 || i == 1 ? 0 : HE_CANCELLED;
}

/* New records begun before: one of them, or another new one. */
static int offer_new(struct form_screen *fs, void *ctx)
{
    struct node *answer = NULL;
    const char *text, *key[OFFERED], *words[OFFERED + 1];
    const struct node *d[OFFERED];
    char *prefix = text_printf(ctx, "%s/new/", fs->m->form->name);
    size_t n = 0;
    if (session_call_quiet(fs->app, fs->s, ctx, OP_DRAFT_LIST, NULL, &answer, &text) != 0)
        return 0;
    for (const struct node *e = node_first(node_get(answer, "rows")); e && n < OFFERED;
         e = e->next) {
        key[n] = node_text_or(e, "key", "");
        if (strncmp(key[n], prefix, strlen(prefix)) == 0 && (d[n] = get(fs, ctx, key[n]))) {
            words[n] = words_of(ctx, d[n]);
            n++;
        }
    }
    if (n == 0)
        return 0;
    words[n] = _("登记新的");
    int i = popup_choose(fs->app, _("上次没有保存完"), _("接着填哪一份？"), words, n + 1, 0);
    if (i >= 0 && (size_t)i < n)
        resume(fs, key[i], d[i]);
    return i >= 0 ? 0 : HE_CANCELLED;
}

int draft_offer(struct form_screen *fs)
{
    void *tmp = talloc_new(NULL);
    int r = 0;
    if (fs->ask->draft) {
        const struct node *d = get(fs, tmp, fs->ask->draft);
        if (d)
            resume(fs, fs->ask->draft, d);
        else
            app_message(fs->app, _("这份草稿已经不在了"));
    } else if (fs->m->id) {
        r = offer_one(fs, tmp, key_of(fs, tmp));
    } else if (!fs->ask->sibling_of) {
        r = offer_new(fs, tmp);
    }
    talloc_free(tmp);
    return r;
}
