/*
 * Spot checks: a sample drawn by the server, the sheet that goes along, and row by row what was found.
 * A row with errors names the questions that are wrong; it goes back to the village with a deadline.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/popup.h"
#include "tui/print.h"
#include "tui/print_doc.h"
#include "tui/sweep.h"

enum { ROWS = 100, FIELDS = 48, NAME_COLS = 12, PLACE_COLS = 24 };

struct spot {
    struct session *s;
    void *ctx;
    uint64_t sweep;
    const char *town, *title;
    int64_t sample;
    const struct node *rows; /* of the sample */
};

static struct node *ask_rows(struct app *app, struct spot *p, const char *where, int limit)
{
    static const char *const fields[] = {"row",           "name", "village",
                                         "village_group", "spot", "sample"};
    struct node *body = node_map(p->ctx), *answer, *list = node_add_list(body, "fields");
    node_str(body, "type", "sweep_item");
    node_str(body, "area", p->town);
    node_str(body, "where", where);
    node_str(body, "sort", "place_no");
    node_int(body, "limit", limit);
    for (size_t i = 0; i < NELEM(fields); i++)
        node_str(list, NULL, fields[i]);
    return session_call(app, p->s, p->ctx, OP_REC_LIST, body, &answer) == 0 ? answer : NULL;
}

static bool read_sample(struct app *app, struct spot *p)
{
    struct node *answer = ask_rows(
        app, p,
        text_printf(p->ctx, "sweep = %" PRIu64 " and sample = %" PRId64, p->sweep, p->sample),
        ROWS);
    p->rows = node_get(answer, "rows");
    return p->rows != NULL;
}

/* The number of the sample drawn last, 0 when none was. */
static int64_t last_sample(struct app *app, struct spot *p)
{
    int64_t last = 0;
    struct node *answer = ask_rows(
        app, p, text_printf(p->ctx, "sweep = %" PRIu64 " and sample is not empty", p->sweep), ROWS);
    for (const struct node *e = node_first(node_get(answer, "rows")); e; e = e->next) {
        int64_t n = strtoll(node_text_or(node_get(e, "v"), "sample", "0"), NULL, 10);
        last = n > last ? n : last;
    }
    return last;
}

static bool draw_sample(struct app *app, struct spot *p)
{
    struct node *body = node_map(p->ctx), *answer;
    node_int(body, "sweep", (int64_t)p->sweep);
    node_str(body, "area", p->town);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_SAMPLE, body, &answer) < 0)
        return false;
    p->sample = node_num(answer, "sample", 0);
    const struct node *rows = node_get(answer, "rows");
    app_message(app, _("从 %lld 行里抽了 %zu 行，种子 %lld。"),
                (long long)node_num(answer, "pool", 0), rows ? rows->n : 0,
                (long long)node_num(answer, "seed", 0));
    return true;
}

/* --- the sheet that goes along --- */

static void print_sheet(struct app *app, struct spot *p)
{
    char *text = text_printf(p->ctx, "%c%*s%s\n%s    %s %lld\n\n", PDF_STRONG, 30, "", _("抽查表"),
                             p->title, _("批次"), (long long)p->sample);
    for (const struct node *e = node_first(p->rows); e; e = e->next) {
        const struct node *v = node_get(e, "v");
        text = talloc_asprintf_append(
            text, "%4s %s %s %s\n     %s\n", node_text_or(v, "row", ""),
            doc_cols(p->ctx, node_text_or(v, "name", ""), NAME_COLS),
            doc_cols(p->ctx, node_text_or(v, "village", ""), PLACE_COLS),
            node_text_or(v, "village_group", ""),
            _("属实 [  ]   有误 [  ]   哪里不对：________________________________________"));
    }
    text = talloc_asprintf_append(text, "\n%s\n",
                                  _("抽查人签字：______________   日期：______年____月____日"));
    MUST(text);
    print_view(app, p->s, _("抽查表"),
               text_printf(p->ctx, "spot-%" PRIu64 "-%lld", p->sweep, (long long)p->sample), text);
}

/* --- what was found --- */

/* The questions of the checklist, to mark those that are wrong. */
static size_t read_fields(struct app *app, struct spot *p, struct pick_item *items,
                          const char **name)
{
    struct node *body = node_map(p->ctx), *list;
    const struct form *form = dict_form(p->s->dict, "sweep_item");
    size_t n = 0;
    node_int(body, "sweep", (int64_t)p->sweep);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_CHECKLIST, body, &list) < 0)
        return 0;
    for (const struct node *e = node_first(node_get(list, "sections")); e; e = e->next)
        for (const struct node *f = node_first(node_get(e, "fields")); f && n < FIELDS;
             f = f->next) {
            const char *path = node_text_or(f, "field", "");
            const struct form_field *field = form_field(form, path);
            items[n].label = field ? _(field->label) : node_text_or(f, "label", path);
            name[n++] = path;
        }
    return n;
}

static void send_check(struct app *app, struct spot *p, uint64_t id, struct node *body)
{
    struct node *answer;
    node_int(body, "id", (int64_t)id);
    if (session_call(app, p->s, p->ctx, OP_SWEEP_CHECK, body, &answer) == 0)
        app_message(app, node_text(answer, "fix_due") ? _("已记下，改正期限 %s。") : _("已记下。"),
                    node_text_or(answer, "fix_due", ""));
}

static void ask_errors(struct app *app, struct spot *p, uint64_t id)
{
    struct pick_item items[FIELDS] = {0};
    const char *name[FIELDS];
    struct node *body = node_map(p->ctx), *fields = node_add_list(body, "fields");
    size_t n = read_fields(app, p, items, name);
    struct pick pick = {.title = _("哪几项不对"), .items = items, .n = n, .multi = true};
    if (!n || popup_pick(app, &pick) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (items[i].marked)
            node_str(fields, NULL, name[i]);
    char *note = popup_ask(app, p->ctx, _("抽查"), _("实际怎样："), "",
                           &(struct edit_opts){.cols = 40, .max_chars = 200});
    if (!note)
        return;
    node_bool(body, "ok", false);
    node_str(body, "note", note);
    send_check(app, p, id, body);
}

static void check_row(struct app *app, struct spot *p, const struct node *row)
{
    const char *const answers[] = {_("合格"), _("有误")};
    const char *name = node_text_or(node_get(row, "v"), "name", "");
    uint64_t id = (uint64_t)node_num(row, "id", 0);
    int i = popup_choose(app, name, _("上门看到的和填的一样吗？"), answers, 2, 0);
    if (i == 0) {
        struct node *body = node_map(p->ctx);
        node_bool(body, "ok", true);
        send_check(app, p, id, body);
    } else if (i == 1) {
        ask_errors(app, p, id);
    }
}

/* The rows of the sample until one has enough of it. */
static void check_rows(struct app *app, struct spot *p)
{
    while (read_sample(app, p)) {
        size_t n = 0, at = 0;
        struct pick_item items[ROWS + 1] = {{.label = _("打印抽查表")}};
        for (const struct node *e = node_first(p->rows); e && n < ROWS; e = e->next) {
            const struct node *v = node_get(e, "v");
            const char *spot = node_text_or(v, "spot", "");
            items[++n].label = text_printf(p->ctx, "%s %s", node_text_or(v, "name", ""),
                                           node_text_or(v, "village", ""));
            items[n].hint = *spot ? spot : _("还没有查");
            at = !at && !*spot ? n : at;
        }
        struct pick pick = {.title = _("抽查"), .items = items, .n = n + 1, .at = at};
        int i = popup_pick(app, &pick);
        const struct node *row = node_first(p->rows);
        if (i < 0)
            return;
        if (i == 0) {
            print_sheet(app, p);
            continue;
        }
        while (--i > 0)
            row = row->next;
        check_row(app, p, row);
    }
}

void sweep_spot(struct app *app, struct session *s, uint64_t sweep, const char *town,
                const char *title)
{
    struct spot p = {.s = s, .ctx = talloc_new(app), .sweep = sweep, .town = town, .title = title};
    const char *const answers[] = {_("接着查上一批"), _("再抽一批")};
    p.sample = last_sample(app, &p);
    int i = p.sample ? popup_choose(app, _("抽查"), NULL, answers, 2, 0) : 1;
    if (i == 0 || (i == 1 && draw_sample(app, &p)))
        check_rows(app, &p);
    talloc_free(p.ctx);
}
