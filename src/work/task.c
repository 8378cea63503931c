/* Tasks: opened by rules, answered by the village, checked by the township or the county. */
#include "work/task.h"

#include <string.h>
#include <talloc.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"

static bool is_state(const struct rec *task, const char *states)
{
    const char *state = rec_get(task, "state");

    return state && strchr(states, *state);
}

static const char *id_text(void *ctx, uint64_t id)
{
    return id ? text_printf(ctx, "%llu", (unsigned long long)id) : NULL;
}

static void set_day(struct rec *rec, const char *field, struct date day)
{
    char text[11];

    rec_set(rec, field, date_format(day, text));
}

/* --- tasks as they stand --- */

struct scan {
    void *ctx;
    const struct form *form;
    const struct task_new *like; /* the same source and kind; NULL members: any */
    struct rec **rec;
    size_t n;
};

static bool wanted(const struct scan *scan, const struct rec *task)
{
    const struct task_new *like = scan->like;

    if (!is_state(task, "12"))
        return false;
    return !like || ((!like->kind || rec_same(rec_get(task, "kind"), like->kind)) &&
                     rec_same(rec_get(task, "source"), like->source));
}

static int scan_one(struct rec *task, void *arg)
{
    struct scan *scan = arg;

    if (!wanted(scan, task)) {
        talloc_free(task);
        return 0;
    }
    scan->rec = talloc_realloc(scan->ctx, scan->rec, struct rec *, scan->n + 1);
    scan->rec[scan->n++] = task;
    return 0;
}

static int scan_child(struct txn *txn, struct scan *scan, uint64_t child)
{
    const char *key = id_text(scan->ctx, child);
    struct walk walk = {
        .form = scan->form, .field = form_field(scan->form, "child"), .lo = key, .hi = key};

    return txn_each(txn, scan->ctx, &walk, scan_one, scan);
}

static int scan_source(struct txn *txn, struct scan *scan, const char *village, const char *source)
{
    const char *areas[] = {village, NULL};
    struct walk walk = {.form = scan->form,
                        .field = form_field(scan->form, "source"),
                        .areas = areas,
                        .lo = source,
                        .hi = source};

    return txn_each(txn, scan->ctx, &walk, scan_one, scan);
}

/* --- opening --- */

/* The open task that says the same already. */
static int find_same(struct txn *txn, void *ctx, const struct form *form, const struct task_new *t,
                     const char *village, uint64_t *id)
{
    struct scan scan = {.ctx = talloc_new(ctx), .form = form, .like = t};
    int err = 0;

    *id = 0;
    if (t->source)
        err = t->child ? scan_child(txn, &scan, t->child)
                       : scan_source(txn, &scan, village, t->source);
    for (size_t i = 0; i < scan.n && !err && !*id; i++)
        if (rec_ref(scan.rec[i], "child") == t->child)
            *id = scan.rec[i]->id;
    talloc_free(scan.ctx);
    return err;
}

static int assign(struct txn *txn, const struct county *county, const struct rec *child,
                  struct rec *task, struct date today)
{
    uint64_t user = child ? rec_ref(child, "director") : 0;
    int err = user ? 0 : village_director(txn, county, rec_get(task, "village"), today, &user);

    rec_set(task, "assignee", id_text(task, user));
    return err;
}

int task_open(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              const struct task_new *t, uint64_t *id)
{
    const struct form *form = dict_form(county->dict, "task");
    struct store_who who = actor->who;
    struct rec *child = NULL, *task;
    const char *village = t->village;
    uint64_t found;
    int err = 0;

    if (t->child && (err = txn_get(txn, ctx, dict_form(county->dict, "child"), t->child, &child)))
        return err;
    village = village ? village : child ? rec_get(child, "village") : NULL;
    if ((err = find_same(txn, ctx, form, t, village, &found)) || found) {
        if (id)
            *id = found;
        return err;
    }
    task = rec_new(ctx, form);
    rec_set(task, "kind", t->kind);
    rec_set(task, "child", id_text(task, t->child));
    rec_set(task, "village", village);
    rec_set(task, "what", t->what);
    rec_set(task, "fields", t->fields);
    set_day(task, "due", t->due);
    rec_set(task, "source", t->source);
    rec_set(task, "state", "1");
    rec_set(task, "opened_by", id_text(task, actor->id));
    rec_set(task, "assignee", id_text(task, t->assignee));
    if (!t->assignee && (err = assign(txn, county, child, task, actor->today)))
        return err;
    who.today = actor->today;
    who.source = t->source ? t->source : who.source;
    err = txn_put(txn, &who, NULL, task, NULL, NULL);
    if (id)
        *id = task->id;
    return err;
}

int task_drop(struct txn *txn, void *ctx, const struct county *county, const struct actor *actor,
              const char *village, const char *source, const char *kind, const char *why)
{
    struct task_new like = {.source = source, .kind = kind};
    struct scan scan = {.ctx = ctx, .form = dict_form(county->dict, "task"), .like = &like};
    struct store_who who = actor->who;
    int err = scan_source(txn, &scan, village, source);

    who.today = actor->today;
    who.source = source;
    for (size_t i = 0; i < scan.n && !err; i++) {
        struct rec *task = rec_copy(ctx, scan.rec[i]);

        rec_set(task, "state", "4");
        rec_set(task, "check", "3");
        rec_set(task, "check_note", why);
        set_day(task, "checked_on", actor->today);
        err = txn_put(txn, &who, scan.rec[i], task, NULL, NULL);
    }
    return err;
}

/* Reports and additions lie in the village of their child too. */
static int move_form(struct txn *txn, void *ctx, const struct form *form,
                     const struct store_who *who, const struct rec *child)
{
    struct rec **old;
    size_t n = 0;
    int err = linked_all(txn, ctx, form, "child", child->id, &old, &n);

    for (size_t i = 0; i < n && !err; i++) {
        struct rec *rec = rec_copy(ctx, old[i]);

        rec_set(rec, "village", rec_get(child, "village"));
        err = txn_put(txn, who, old[i], rec, NULL, NULL);
    }
    return err;
}

int task_follow(struct txn *txn, void *ctx, const struct county *county,
                const struct store_who *who, const struct rec *old, const struct rec *child)
{
    static const char *const moved[] = {"urgent_report", "addition"};
    struct scan scan = {.ctx = ctx, .form = dict_form(county->dict, "task")};
    uint64_t was = old ? rec_ref(old, "director") : 0, now = rec_ref(child, "director");
    int err = scan_child(txn, &scan, child->id);

    for (size_t i = 0; i < scan.n && !err; i++) {
        struct rec *task = rec_copy(ctx, scan.rec[i]);

        rec_set(task, "village", rec_get(child, "village"));
        if (was && was != now && rec_ref(task, "assignee") == was)
            rec_set(task, "assignee", id_text(task, now));
        err = txn_put(txn, who, scan.rec[i], task, NULL, NULL); /* nothing when nothing differs */
    }
    for (size_t i = 0; i < NELEM(moved) && !err; i++)
        err = move_form(txn, ctx, dict_form(county->dict, moved[i]), who, child);
    return err;
}

/* --- by hand --- */

static void refuse(struct family *f, const char *field, const char *code, const char *text)
{
    findings_add(f->s->findings, 'E', field, code, "%s", text);
}

static bool may_check(const struct family *f)
{
    return f->more->trusted || actor_may(f->reader, "task.review");
}

/* Where a task stands and whose it is, from its child. */
static int follow_own_child(struct family *f)
{
    uint64_t id = rec_ref(f->rec, "child");
    struct rec *child = NULL;
    int err = id ? txn_get(f->txn, f, dict_form(f->county->dict, "child"), id, &child) : 0;

    if (err)
        return err == HE_NOTFOUND ? 0 : err; /* a finding of the reference says so */
    if (child) {
        rec_set(f->rec, "village", rec_get(child, "village"));
        if (!f->old && !f->more->trusted &&
            !actor_sees(f->txn, f->county, f->actor, "task.add", child))
            refuse(f, "child", "out_of_scope", _("这个孩子不在您负责的范围，请选择您负责的孩子"));
    }
    return rec_get(f->rec, "assignee") ? 0
                                       : assign(f->txn, f->county, child, f->rec, f->actor->today);
}

/* What was asked for is fixed for who has to do it. */
static void keep_question(struct family *f)
{
    static const char *const fixed[] = {"kind",   "child", "village", "what",
                                        "fields", "due",   "assignee"};

    if (!f->old || may_check(f) ||
        (rec_ref(f->old, "opened_by") == f->actor->id && !rec_get(f->old, "source") &&
         is_state(f->old, "1")))
        return;
    for (size_t i = 0; i < NELEM(fixed); i++)
        if (!rec_same(rec_get(f->old, fixed[i]), rec_get(f->rec, fixed[i])))
            refuse(f, fixed[i], "fixed",
                   _("事项的内容和期限由乡镇或县里定，要改请和他们商量；您填“办理结果”就行"));
}

/* A follow-up of one's own visit and a note to oneself need nobody's check. */
static bool closes_itself(const struct rec *task, uint64_t me)
{
    const char *kind = rec_get(task, "kind");

    return rec_ref(task, "opened_by") == me &&
           (!rec_get(task, "source") ||
            (kind && (!strcmp(kind, TASK_FOLLOW) || !strcmp(kind, TASK_REVISIT))));
}

/* What the check said, and an answer that was checked, are not for who answers to take away. */
static void keep_check(struct family *f)
{
    static const char *const of_check[] = {"check", "check_note"};
    static const char *const of_answer[] = {"answer", "done_on"};

    if (may_check(f))
        return;
    for (size_t i = 0; i < NELEM(of_check); i++)
        if (!rec_same(f->old ? rec_get(f->old, of_check[i]) : NULL, rec_get(f->rec, of_check[i])))
            refuse(f, of_check[i], "denied", _("核查由乡镇或县里填写，您填“办理结果”就行"));
    for (size_t i = 0; f->old && !is_state(f->old, "12") && i < NELEM(of_answer); i++)
        if (!rec_same(rec_get(f->old, of_answer[i]), rec_get(f->rec, of_answer[i])))
            refuse(f, of_answer[i], "closed", _("这件事已经办结，不能再改办理结果"));
}

static void answered(struct family *f)
{
    struct rec *task = f->rec;

    if (f->old && !is_state(f->old, "12")) {
        refuse(f, "answer", "closed", _("这件事已经办结，不能再改办理结果"));
        return;
    }
    rec_set(task, "state", closes_itself(task, f->actor->id) ? "3" : "2");
    rec_set(task, "done_by", id_text(task, f->actor->id));
    if (!rec_get(task, "done_on"))
        set_day(task, "done_on", f->actor->today);
    if (!f->old || rec_same(rec_get(f->old, "check"), rec_get(task, "check")))
        rec_set(task, "check", NULL);
}

static void checked(struct family *f, const char *check)
{
    static const char *const state_of[] = {['1'] = "3", ['2'] = "1", ['3'] = "4"};
    struct rec *task = f->rec;

    if (!may_check(f))
        return; /* keep_check says so */
    if (*check == '1' && !is_state(task, "2")) {
        refuse(f, "check", "not_answered", _("还没有办理结果，不能办结；不用办了选“取消”"));
        return;
    }
    if (*check == '2' && !is_state(task, "23")) {
        refuse(f, "check", "not_answered", _("还没有办理结果，不用退回"));
        return;
    }
    rec_set(task, "state", state_of[(unsigned char)*check]);
    rec_set(task, "checked_by", id_text(task, f->actor->id));
    set_day(task, "checked_on", f->actor->today);
    if (*check == '2')
        rec_set(task, "done_on", NULL);
}

int task_values(struct family *f)
{
    const char *answer, *check, *was = f->old ? rec_get(f->old, "check") : NULL;
    int err = follow_own_child(f);

    if (err)
        return err;
    if (!f->old) {
        rec_set(f->rec, "state", "1");
        rec_set(f->rec, "opened_by", id_text(f->rec, f->actor->id));
    }
    keep_question(f);
    keep_check(f);
    answer = rec_get(f->rec, "answer");
    if (answer && !rec_same(f->old ? rec_get(f->old, "answer") : NULL, answer))
        answered(f);
    check = rec_get(f->rec, "check");
    if (check && !rec_same(was, check))
        checked(f, check);
    return 0;
}
