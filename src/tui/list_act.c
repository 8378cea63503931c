/* Option digits (5250 style): 2修改 3复制 4退出 5查看 6打印 8协议 9历史; the same digit means the same in every list. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/agreement.h"
#include "tui/leave.h"
#include "tui/list.h"
#include "tui/print.h"

static bool is(const struct list *l, const char *type)
{
    return strcmp(l->type, type) == 0;
}

static bool may(const struct list *l, const char *verb)
{
    return session_may_do(l->s, l->type, verb);
}

static bool ok_edit(const struct list *l)
{
    return is(l, "change") ? session_may(l->s, "child.change")
                           : !l->form->system && may(l, "change");
}

static bool ok_copy(const struct list *l)
{
    return is(l, "child") && may(l, "add");
}

static bool ok_leave(const struct list *l)
{
    return is(l, "child") && may(l, "exit");
}

static bool ok_view(const struct list *l)
{
    (void)l;
    return true;
}

static bool ok_print(const struct list *l)
{
    return may(l, "print") && print_any(l->s, l->type);
}

/* ---- doing ---- */

static uint64_t at_id(const struct list *l)
{
    return l->at < l->nrow ? l->row[l->at].id : 0;
}

static uint64_t ref_of(const struct node *view, const char *field)
{
    const char *v = node_text(node_get(view, "v"), field);
    return v ? strtoull(v, NULL, 10) : (uint64_t)node_num(node_get(view, "v"), field, 0);
}

/* A returned change is mended in the form of the child, at the first marked field. */
static void mend(struct app *app, struct list *l, uint64_t change)
{
    struct node *body = node_map(l), *view;
    node_str(body, "type", "change");
    node_int(body, "id", (int64_t)change);
    if (session_call(app, l->s, body, OP_REC_GET, body, &view) == 0) {
        struct form_ask ask = {.type = "child", .id = ref_of(view, "child"), .change = change};
        if (!ask.id)
            ask =
                (struct form_ask){.type = "person", .id = ref_of(view, "person"), .change = change};
        if (ask.id)
            form_open(app, l->s, &ask, NULL);
    }
    talloc_free(body);
}

/* Where the work of the person is: a task is answered in the village, checked above it. */
static const char *work_field(const struct list *l)
{
    if (!is(l, "task"))
        return NULL;
    return session_may(l->s, "task.review") ? "check" : "answer";
}

static void do_edit(struct app *app, struct list *l)
{
    if (is(l, "change"))
        mend(app, l, at_id(l));
    else
        form_open(app, l->s,
                  &(struct form_ask){.type = l->type, .id = at_id(l), .field = work_field(l)},
                  NULL);
}

static void do_copy(struct app *app, struct list *l)
{
    form_open(app, l->s, &(struct form_ask){.type = l->type, .sibling_of = at_id(l)}, NULL);
}

static void do_leave(struct app *app, struct list *l)
{
    const struct form_field *title = l->form->title ? form_field(l->form, l->form->title) : NULL;
    leave_ask(app, l->s, at_id(l), title ? node_text_or(l->row[l->at].v, title->name, "") : "");
}

static void do_view(struct app *app, struct list *l)
{
    if (is(l, "change"))
        review_open(app, l->s, at_id(l));
    else
        form_open(app, l->s, &(struct form_ask){.type = l->type, .id = at_id(l), .readonly = true},
                  NULL);
}

static void do_print(struct app *app, struct list *l)
{
    print_open(app, l->s, l->type, at_id(l));
}

static void do_history(struct app *app, struct list *l)
{
    history_open(app, l->s, l->type, at_id(l));
}

static void do_related(struct app *app, struct list *l)
{
    const struct form_field *title = l->form->title ? form_field(l->form, l->form->title) : NULL;
    related_open(app, l->s, l->type, at_id(l),
                 title ? node_text_or(l->row[l->at].v, title->name, "") : "");
}

static bool ok_related(const struct list *l)
{
    return related_any(l->s, l->form);
}

static bool ok_agreement(const struct list *l)
{
    return (is(l, "child") || is(l, "agreement")) && session_may_do(l->s, "agreement", "add");
}

static void do_agreement(struct app *app, struct list *l)
{
    if (is(l, "child"))
        agreement_child(app, l->s, at_id(l), node_text_or(l->row[l->at].v, "name", ""));
    else
        agreement_row(app, l->s, at_id(l));
}

static const struct option {
    int digit;
    const char *label;
    bool (*ok)(const struct list *);
    void (*run)(struct app *, struct list *);
} options[] = {
    {1, N_("相关"), ok_related, do_related},     {2, N_("修改"), ok_edit, do_edit},
    {3, N_("复制"), ok_copy, do_copy},           {4, N_("退出"), ok_leave, do_leave},
    {5, N_("查看"), ok_view, do_view},           {6, N_("打印"), ok_print, do_print},
    {8, N_("协议"), ok_agreement, do_agreement}, {9, N_("历史"), ok_view, do_history},
};

/* A digit of the form files: a new record that hangs on the one of the row (form_option). */
static const struct form *makes(const struct list *l, int digit)
{
    for (size_t i = 0; i < l->dict->nform; i++) {
        const struct form *f = &l->dict->form[i];
        if (f->option.of && f->option.digit == digit && is(l, f->option.of) &&
            session_may_do(l->s, f->name, "add"))
            return f;
    }
    return NULL;
}

static const char *option_label(const struct list *l, int digit)
{
    const struct form *f = makes(l, digit);
    for (size_t i = 0; i < NELEM(options); i++)
        if (options[i].digit == digit && options[i].ok(l))
            return _(options[i].label);
    return f ? _(f->option.label) : NULL;
}

char *list_options(void *ctx, const struct list *l)
{
    char *s = talloc_strdup(ctx, _("编号加回车："));
    for (int digit = 1; digit <= 9; digit++)
        if (option_label(l, digit))
            s = talloc_asprintf_append(s, " %d%s", digit, option_label(l, digit));
    s = talloc_asprintf_append(s, "  %s", _("/筛选 F9更多"));
    MUST(s);
    return s;
}

static const struct option *find(const struct list *l, int digit)
{
    for (size_t i = 0; i < NELEM(options); i++)
        if (options[i].digit == digit && options[i].ok(l))
            return &options[i];
    return NULL;
}

bool list_option_ok(const struct list *l, int digit)
{
    return option_label(l, digit) != NULL;
}

static void run_one(struct app *app, struct list *l, int digit)
{
    const struct option *o = find(l, digit);
    const struct form *made = o ? NULL : makes(l, digit);
    if (l->at >= l->nrow)
        return;
    l->row[l->at].version = 0;
    if (o)
        o->run(app, l);
    else if (made)
        form_open(app, l->s,
                  &(struct form_ask){.type = made->name, .of = l->type, .of_id = at_id(l)}, NULL);
}

void list_do(struct app *app, struct list *l, int digit)
{
    run_one(app, l, digit);
    list_reload(app, l);
}

void list_run(struct app *app, struct list *l)
{
    size_t back = l->at, done = 0;
    for (size_t i = 0; i < l->nrow; i++) {
        int digit = l->row[i].option;
        if (!digit)
            continue;
        l->row[i].option = 0;
        l->at = i;
        run_one(app, l, digit);
        done++;
    }
    l->at = back;
    if (!done)
        run_one(app, l, 5);
    if (l->nrow)
        list_reload(app, l);
}

void list_new(struct app *app, struct list *l)
{
    uint64_t id = 0;
    if (is(l, "agreement") && l->of_id && ok_agreement(l)) {
        agreement_child(app, l->s, l->of_id, l->where_label ? l->where_label : "");
        list_reload(app, l);
        return;
    }
    if (l->form->system || !may(l, "add")) {
        app_message(app, _("这里不能新增。"));
        return;
    }
    form_open(app, l->s, &(struct form_ask){.type = l->type, .of = l->of, .of_id = l->of_id}, &id);
    l->total = -1;
    l->npage = 1; /* counted anew from the start */
    if (list_reload(app, l) == 0 && id)
        list_to(l, id);
}
