/* Lists, counts, search. A page that a person looks at leaves one row; typing leaves none, its
 * number stands in the row of the session's end. */
#include "server/call.h"

#include <talloc.h>

#include "work/list.h"

struct list_ask call_list(struct call *c, const struct node *b, const struct form *form, int limit)
{
    struct list_ask a = {
        .form = form,
        .view = node_text(b, "view"),
        .where = node_text(b, "where"),
        .area = node_text(b, "area"),
        .sort = node_text(b, "sort"),
        .fields = call_texts(c, b, "fields"),
        .after = node_text(b, "after"),
        .limit = limit,
        .raw = node_flag(b, "raw"),
        .count = node_flag(b, "count"),
    };
    if (node_text(b, "day") && date_parse(node_text(b, "day"), &a.day))
        a.day = (struct date){9999, 1, 1}; /* refused like every day to come */
    return a;
}

int call_said(struct call *c, int err, char *problem)
{
    if (err < 0 && problem)
        c->text = problem;
    return err;
}

static void leave_row(struct call *c, const struct list_ask *a, const char *words)
{
    /* Typing looks at the first page of a screen; what reads on, or raw, is a search. */
    if (node_flag(c->body, "typing") && !a->raw && !a->after) {
        c->session->typed++;
        return;
    }
    c->audit = node_map(c->ctx);
    if (a->view)
        node_str(c->audit, "view", a->view);
    if (a->area)
        node_str(c->audit, "area", a->area);
    call_digest(c->audit, "where", a->where);
    call_digest(c->audit, "words", words);
    const struct node *rows = node_get(c->out, "rows");
    if (rows)
        node_int(c->audit, "n", (int64_t)rows->n);
}

/* {type, view, where, area, sort, fields: [path], after, limit, raw, count, typing} → list_page */
int op_rec_list(struct call *c, struct txn *t)
{
    struct list_ask a = call_list(c, c->body, c->form, call_limit(c, 20));
    char *problem = NULL;
    int r = list_page(t, c->ctx, c->county, c->actor, &a, c->out, &problem);
    leave_row(c, &a, NULL);
    return call_said(c, r, problem);
}

/* {type, view, where, area, by: [path], day} → {total} or {rows: [{v, n}]}. Figures leave no row. */
int op_rec_count(struct call *c, struct txn *t)
{
    struct list_ask a = call_list(c, c->body, c->form, call_limit(c, 20));
    char *problem = NULL;
    int r = list_count(t, c->ctx, c->county, c->actor, &a, call_texts(c, c->body, "by"), c->out,
                       &problem);
    return call_said(c, r, problem);
}

/* {type, words, and as rec.list} → as rec.list */
int op_rec_find(struct call *c, struct txn *t)
{
    struct list_ask a = call_list(c, c->body, c->form, call_limit(c, 20));
    char *problem = NULL;
    const char *words = node_text(c->body, "words");
    if (!words)
        return HE_PROTOCOL;
    int r = list_find(t, c->ctx, c->county, c->actor, &a, words, c->out, &problem);
    leave_row(c, &a, words);
    return call_said(c, r, problem);
}

/* {} → as helper_count. */
int op_helper_count(struct call *c, struct txn *t)
{
    return helper_count(t, c->ctx, c->county, c->actor, c->out);
}
