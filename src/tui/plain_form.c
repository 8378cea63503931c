/* --plain: one record. The places, defaults, derived values and drafts are those of the form. */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "tui/pick_find.h"
#include "tui/plain_priv.h"
#include "tui/urgent.h"

enum { CODES_SAID = 30 };

static const char *value_now(void *ctx, const struct entry *e)
{
    const char *text = model_text(ctx, e, &e->a);
    return e->f->codes ? _(text) : text;
}

/* --- one question --- */

/* What may be chosen, where that is short enough to be listened to. */
static void say_codes(const struct plain *p, const struct model *m, const struct entry *e)
{
    const struct code *code[CODES_SAID + 1];
    size_t n = choose_codes(m, e, code, NELEM(code));
    if (e->f->type->widget == WIDGET_YESNO)
        plain_say(p, "%s", _("1是 0否"));
    if (n == 0 || n > CODES_SAID)
        return;
    plain_say(p, _("可以填："));
    for (size_t i = 0; i < n; i++)
        plain_say(p, "%s %s", code[i]->code, _(code[i]->label));
}

/* Words that stand for a place or a record: the only one, or one of a few. */
static bool look_up(struct plain *p, void *ctx, const struct entry *e, const char *words,
                    struct answer *a)
{
    struct find_row *row = NULL;
    bool area = e->f->type->widget == WIDGET_AREA;
    size_t n = area && strcmp(e->f->type->name, "region") == 0
                   ? find_regions(NULL, p->s, ctx, words, PLAIN_ROWS, &row)
               : area ? find_areas(NULL, p->s, ctx, "", words, PLAIN_ROWS, &row)
                      : find_records(NULL, p->s, ctx, e->f->ref->name, words, PLAIN_ROWS, &row);
    int i = n == 1 ? 1 : 0;
    for (size_t k = 0; n > 1 && k < n; k++)
        plain_say(p, "%zu. %s %s", k + 1, row[k].label, row[k].hint ? row[k].hint : "");
    if (n == 0)
        plain_say(p, _("没有找到。少输几个字再试。"));
    if (n > 1)
        i = plain_number(p, _("是第几个（空行不选）："), (int)n);
    if (i <= 0)
        return false;
    *a = (struct answer){
        .show = row[i - 1].label,
        .value = row[i - 1].code ? row[i - 1].code
                                 : text_printf(ctx, "%llu", (unsigned long long)row[i - 1].id)};
    return true;
}

static bool understood(struct plain *p, void *ctx, const struct entry *e, const char *line,
                       struct answer *a)
{
    char *out = NULL, *problem = NULL;
    const char *code;
    enum form_widget w = e->f->type->widget;
    *a = (struct answer){0};
    if (strcmp(line, "-") == 0)
        return true;
    if ((w == WIDGET_REF || w == WIDGET_AREA) && strspn(line, "0123456789") != 12)
        return look_up(p, ctx, e, line, a);
    if (type_parse(ctx, e->f, p->s->today, line, &out, &code, &problem) < 0) {
        plain_say(p, "%s", problem);
        return false;
    }
    a->value = out;
    return true;
}

/* Asks once more when it was not understood; false at an empty line. */
static bool question(struct plain *p, struct form_screen *fs, size_t at)
{
    struct model *m = fs->m;
    struct entry *e = &m->place[at];
    void *tmp = talloc_new(NULL);
    struct answer a;
    char *line;
    bool put = false;
    if (e->f->help)
        plain_say(p, "%s", _(e->f->help));
    say_codes(p, m, e);
    char *prompt = text_printf(tmp, _("%s，现在是【%s】。新内容（空行不改，- 清空）："),
                               model_label(tmp, e), value_now(tmp, e));
    while (!put && (line = plain_ask(p, tmp, prompt)) && *line)
        put = understood(p, tmp, e, line, &a);
    if (put) {
        fs->at = at;
        model_begin(m);
        model_put(m, at, a);
        if (e->f->ref)
            model_link(NULL, m, at);
        urgent_follow(NULL, p->s, m);
        model_follow(m);
        form_name(fs);
        draft_send(fs);
        plain_say(p, _("%s：%s（还没有保存）"), model_label(tmp, e), value_now(tmp, e));
    }
    talloc_free(tmp);
    return put;
}

/* --- sections --- */

static void section(struct plain *p, struct form_screen *fs, size_t which)
{
    struct model *m = fs->m;
    for (int i = 1; i > 0;) {
        size_t at[128], n = 0;
        void *tmp = talloc_new(NULL);
        plain_say(p, _("【%s】"), _(m->form->section[which].label));
        for (size_t k = 0; k < m->n && n < NELEM(at); k++)
            if (m->place[k].section == which) {
                at[n++] = k;
                plain_say(p, "%zu. %s%s%s", n, m->place[k].label, _("："),
                          value_now(tmp, &m->place[k]));
            }
        talloc_free(tmp);
        i = plain_number(p, _("改第几项（空行回到目录）："), (int)n);
        if (i > 0 && (m->place[at[i - 1]].fixed || fs->readonly))
            plain_say(p, _("%s：这里不能改，要在画面里改或由系统填写。"),
                      m->place[at[i - 1]].label);
        else if (i > 0)
            question(p, fs, at[i - 1]);
    }
}

/* --- saving --- */

static bool say_findings(const struct plain *p, const struct node *answer)
{
    bool stops = false;
    for (const struct node *e = node_first(node_get(answer, "findings")); e; e = e->next) {
        const char *level = node_text_or(e, "level", "");
        if (strchr("EW", *level))
            plain_say(p, "%s", node_text_or(e, "text", ""));
        stops = stops || *level == 'E';
    }
    return stops;
}

static bool save(struct plain *p, struct form_screen *fs, bool sure)
{
    struct model *m = fs->m;
    struct node *body = node_map(fs), *answer = NULL;
    model_send(m, body);
    node_str(body, "source", "form");
    if (fs->draft)
        node_str(body, "draft", fs->draft);
    if (sure)
        node_bool(body, "confirm_all", true);
    int r = plain_call(p, fs, m->id ? OP_REC_SET : OP_REC_ADD, body, &answer);
    if (r == 0) {
        fs->done = true;
        model_remember(m);
        plain_say(p, node_num(answer, "change", 0) ? _("已保存，等上级审核。") : _("已保存。"));
        if (node_get(answer, "next")) {
            fs->next = node_map(fs);
            node_copy(fs->next, "next", node_get(answer, "next"));
        }
        return true;
    }
    if (r != HE_RULE || say_findings(p, answer) || sure)
        return false;
    return plain_number(p, _("照实无误就输入 1 保存，空行返回："), 1) == 1 && save(p, fs, true);
}

/* What can be begun from a child's file. */
static const char *const from_child[] = {"visit", "task", "urgent_report"};

static size_t say_contents(const struct plain *p, const struct form_screen *fs, size_t at[64])
{
    const struct model *m = fs->m;
    size_t n = 0, k = 0;
    for (size_t i = 0; i < m->form->nsection && n < 60; i++)
        if (!m->hidden[i] && m->form->section[i].n) {
            at[n++] = i;
            plain_say(p, "%zu. %s", n, _(m->form->section[i].label));
        }
    while (m->id && strcmp(m->form->name, "child") == 0 && k < NELEM(from_child)) {
        const struct form *f = dict_form(p->s->dict, from_child[k++]);
        plain_say(p, _("%zu. 新的%s"), n + k, f ? _(f->label) : "");
    }
    return n;
}

/* The contents, until it is saved or left. */
static void record(struct plain *p, struct form_screen *fs)
{
    while (!p->over && !fs->done) {
        size_t at[64];
        plain_say(p, "%s", fs->title);
        size_t n = say_contents(p, fs, at);
        bool child = fs->m->id && strcmp(fs->m->form->name, "child") == 0;
        int i = plain_number(p, _("看第几节（0 保存，空行离开）："),
                             (int)(n + (child ? NELEM(from_child) : 0)));
        bool open = model_changes(fs->m) > 0 && fs->m->at > 0;
        if (i == 0 && !open && fs->m->id)
            plain_say(p, _("没有要保存的改动。"));
        else if (i == 0)
            save(p, fs, false);
        else if (i > (int)n)
            plain_new(p, &(struct form_ask){.type = from_child[i - (int)n - 1],
                                            .of = "child",
                                            .of_id = fs->m->id});
        else if (i > 0)
            section(p, fs, at[i - 1]);
        else if (i != PLAIN_HERE)
            return;
        else if (!open || plain_number(p, _("还没有保存。输入 1 放弃改动，空行返回："), 1) == 1) {
            draft_drop(fs);
            return;
        }
    }
}

static struct form_screen *start(struct plain *p, const struct form_ask *ask)
{
    const struct form *form = dict_form(p->s->dict, ask->type);
    struct form_screen *fs = talloc_zero(NULL, struct form_screen);
    MUST(fs && form);
    *fs = (struct form_screen){.s = p->s, .ask = ask};
    fs->m = model_new(fs, p->s, form);
    return fs;
}

void plain_open(struct plain *p, const char *type, uint64_t id)
{
    const struct form_ask ask = {.type = type, .id = id};
    struct form_screen *fs = start(p, &ask);
    struct node *body = node_map(fs), *view;
    node_str(body, "type", type);
    node_int(body, "id", (int64_t)id);
    if (plain_call(p, fs, OP_REC_OPEN, body, &view) == 0) {
        fs->m->id = id;
        model_take(fs->m, view, false);
        fs->readonly = true;
        for (const struct node *e = node_first(node_get(view, "can")); e; e = e->next)
            fs->readonly = fs->readonly && strcmp(e->str, "change") != 0;
        model_follow(fs->m);
        form_name(fs);
        if (node_text(view, "notice"))
            plain_say(p, "%s", node_text(view, "notice"));
        record(p, fs);
    }
    talloc_free(fs);
}

/* Short answers of a quick form and what they open; else the first section. An answer may open more. */
static bool asked_first(const struct model *m, const struct entry *e)
{
    const struct form_section *s = &m->form->section[e->section];
    if (m->hidden[e->section] || e->fixed || (model_quick(m) && e->a.value))
        return false;
    return s->quick || s->when || (!model_quick(m) && e->section == 0);
}

void plain_new(struct plain *p, const struct form_ask *ask)
{
    struct form_screen *fs = start(p, ask);
    struct model *m = fs->m;
    model_defaults(fs, m);
    int r = ask->of ? model_hang(NULL, m, ask->of, ask->of_id) : 0;
    model_preset(m, ask->set);
    urgent_follow(NULL, p->s, m);
    model_follow(m);
    form_name(fs);
    plain_say(p, _("【%s】"), _(m->form->label));
    for (size_t i = 0; r == 0 && i < m->n && !p->over; i++)
        if (m->place[i].fixed && m->place[i].a.value && m->place[i].section == 0)
            plain_say(p, "%s%s%s", m->place[i].label, _("："), m->place[i].a.value);
        else if (asked_first(m, &m->place[i]))
            question(p, fs, i);
    if (r == 0)
        record(p, fs);
    if (fs->done && fs->next) {
        const struct node *next = node_get(fs->next, "next");
        plain_say(p, "%s", _("有紧急情形：危急先打110，再填这份报告；保存不会通知任何人。"));
        plain_new(p, &(struct form_ask){.type = node_text_or(next, "type", ""),
                                        .of = node_text(next, "of"),
                                        .of_id = (uint64_t)node_num(next, "of_id", 0),
                                        .set = node_get(next, "set")});
    }
    talloc_free(fs);
}
