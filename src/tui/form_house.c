/*
 * One visit for all children of a house: the brothers and sisters of the child are offered, each answers
 * what is asked of every child (form_field.each), and all records are saved in one request.
 */
#include "tui/form_priv.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

enum { MATES = 9 };

struct mate {
    uint64_t id;
    const char *name, *born;
};

/* The first question asked of every child; NULL: none is. */
static const char *first_each(const struct form *form)
{
    for (size_t i = 0; i < form->nfield; i++)
        if (form->field[i].each)
            return form->field[i].name;
    return NULL;
}

static struct node *ask(struct form_screen *fs, void *ctx, enum wire_op op, struct node *body)
{
    struct node *answer = NULL;
    const char *text;
    return session_call_quiet(fs->app, fs->s, ctx, op, body, &answer, &text) == 0 ? answer : NULL;
}

static void take(const struct node *rows, uint64_t self, struct mate *mate, size_t *n)
{
    for (const struct node *e = node_first(rows); e && *n < MATES; e = e->next) {
        uint64_t id = (uint64_t)node_num(e, "id", 0);
        bool known = id == self;
        for (size_t i = 0; i < *n; i++)
            known = known || mate[i].id == id;
        if (!known)
            mate[(*n)++] = (struct mate){id, node_text_or(node_get(e, "v"), "name", "?"),
                                         node_text_or(node_get(e, "v"), "birth_date", "")};
    }
}

/* Registered children of the same parents or household. */
static size_t mates_of(struct form_screen *fs, void *ctx, uint64_t id, struct mate *mate)
{
    static const char *const links[] = {"father", "mother", "household"};
    const char *who = strcmp(fs->ask->type, "agreement") ? "" : " and agr_state not in ('2','3','4')";
    struct node *body = node_map(ctx), *view;
    size_t n = 0;
    node_str(body, "type", fs->ask->of);
    node_int(body, "id", (int64_t)id);
    view = ask(fs, ctx, OP_REC_GET, body);
    for (size_t i = 0; view && i < NELEM(links); i++) {
        const char *to = node_text(node_get(view, "v"), links[i]);
        struct node *list = node_map(ctx), *fields = node_add_list(list, "fields"), *answer;
        if (!to)
            continue;
        node_str(list, "type", fs->ask->of);
        node_str(list, "where",
                 text_printf(ctx, "state in ('1','3') and %s = %s%s", links[i], to, who));
        node_int(list, "limit", MATES + 1);
        node_str(fields, NULL, "name");
        node_str(fields, NULL, "birth_date");
        answer = ask(fs, ctx, OP_REC_LIST, list);
        take(node_get(answer, "rows"), id, mate, &n);
    }
    return n;
}

/* What is the same for all of them, as rec.open shows a record: every answer but those asked of each,
 * and whose it is; the people behind it too. */
static struct node *common(const struct form_screen *fs, void *ctx)
{
    struct node *view = node_map(ctx), *v = node_add_map(view, "v"),
                *show = node_add_map(view, "show");
    for (size_t i = 0; i < fs->m->n; i++) {
        const struct entry *p = &fs->m->place[i];
        const char *whose = p->path.via ? p->path.via->name : p->name;
        if (p->f->each || (p->fixed && !p->path.via) || !p->a.value || p->a.problem ||
            strcmp(whose, fs->ask->of) == 0)
            continue;
        node_str(v, p->name, p->a.value);
        node_str(show, p->name, p->a.show);
    }
    return view;
}

void house_collect(struct form_screen *fs)
{
    struct mate mate[MATES];
    struct pick_item items[MATES] = {{0}};
    const struct node *view;
    bool visit = strcmp(fs->ask->type, "visit") == 0;
    size_t n;
    if (fs->m->id || !fs->ask->of || fs->ask->collect || fs->also || !first_each(fs->m->form))
        return;
    fs->also = node_list(fs);
    n = mates_of(fs, fs->also, fs->ask->of_id, mate);
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct pick_item){.label = mate[i].name, .hint = mate[i].born, .marked = true};
    struct pick p = {.title = visit ? _("同一家的孩子，一起记") : _("同一家的孩子，一起办"),
                     .text =
                         visit ? _("打勾的孩子各记一份，只问每个孩子不一样的几项；没见到的去掉勾。")
                               : _("打勾的孩子各办一份，内容照抄这一份，本人的几项各填各的。"),
                     .items = items,
                     .n = n,
                     .multi = true};
    if (popup_pick(fs->app, &p) <= 0)
        return;
    view = common(fs, fs);
    for (size_t i = 0; i < n; i++)
        if (items[i].marked)
            form_open(fs->app, fs->s,
                      &(struct form_ask){.type = fs->ask->type,
                                         .of = fs->ask->of,
                                         .of_id = mate[i].id,
                                         .view = view,
                                         .field = visit ? NULL : first_each(fs->m->form),
                                         .collect = fs->also},
                      NULL);
}
