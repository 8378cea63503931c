/* Lists and look-ups of a field, 不掌握 and 拒绝提供, the last value, help, the list of sections. */
#include "tui/form_priv.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/pinyin.h"
#include "tui/pick_find.h"

enum { CODES = 400, MATCHES = 30 };

static bool in_force(const struct code *c, struct date today)
{
    return (c->to.y == 0 || date_cmp(today, c->to) <= 0) &&
           (c->from.y == 0 || date_cmp(today, c->from) >= 0);
}

/* A value that is more sensitive than its field is offered to those who read it (me.classes). */
size_t choose_codes(const struct model *m, const struct entry *p, const struct code **out,
                    size_t max)
{
    const struct codes *t = p->f->codes;
    size_t n = 0;
    for (size_t i = 0; t && i < t->n && n < max; i++)
        if (in_force(&t->code[i], m->s->today) && model_reads(m->s, t->code[i].class))
            out[n++] = &t->code[i];
    return n;
}

static bool put(struct form_screen *fs, struct answer a)
{
    model_begin(fs->m);
    model_put(fs->m, fs->at, a);
    field_open(fs);
    return true;
}

static bool put_value(struct form_screen *fs, const char *value, const char *show)
{
    return put(fs, (struct answer){.value = value, .show = show});
}

/* --- one of a table --- */

static int pick_codes(struct form_screen *fs, void *ctx, const struct code *const *code, size_t n,
                      const char *at, bool multi, const struct pick_item **items)
{
    const struct entry *p = &fs->m->place[fs->at];
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)n + 1);
    struct pick pick = {.title = p->label, .items = item, .n = n, .multi = multi};
    MUST(item);
    for (size_t i = 0; i < n; i++) {
        item[i] = (struct pick_item){.code = code[i]->code, .label = _(code[i]->label)};
        item[i].marked = multi && type_codes_has(p->a.value, code[i]->code);
        if (at && strcmp(at, code[i]->code) == 0)
            pick.at = i;
    }
    *items = item;
    return popup_pick(fs->app, &pick);
}

static bool choose_code(struct form_screen *fs, void *ctx)
{
    const struct entry *p = &fs->m->place[fs->at];
    const struct code **code = talloc_array(ctx, const struct code *, CODES);
    const struct pick_item *item;
    struct answer last;
    size_t n = choose_codes(fs->m, p, code, CODES);
    const char *at = p->a.value;
    if (!at && model_last(p, fs->m->form, &last))
        at = last.value;
    int i = n ? pick_codes(fs, ctx, code, n, at, false, &item) : HE_CANCELLED;
    return i >= 0 && put_value(fs, code[i]->code, NULL);
}

static bool choose_many(struct form_screen *fs, void *ctx)
{
    const struct entry *p = &fs->m->place[fs->at];
    const struct code **code = talloc_array(ctx, const struct code *, CODES);
    const struct pick_item *item;
    size_t n = choose_codes(fs->m, p, code, CODES);
    if (!n || pick_codes(fs, ctx, code, n, NULL, true, &item) < 0)
        return false;
    char *value = talloc_strdup(ctx, "");
    for (size_t i = 0; i < n; i++)
        if (item[i].marked)
            value = talloc_asprintf_append(value, "%s%s", *value ? "," : "", item[i].code);
    return put_value(fs, value, NULL);
}

static bool choose_yesno(struct form_screen *fs)
{
    const struct entry *p = &fs->m->place[fs->at];
    struct pick_item item[] = {{.code = "1", .label = _("是")}, {.code = "0", .label = _("否")}};
    struct answer last;
    const char *at = p->a.value;
    if (!at && model_last(p, fs->m->form, &last))
        at = last.value;
    struct pick pick = {.title = p->label, .items = item, .n = 2, .at = at && *at == '0'};
    int i = popup_pick(fs->app, &pick);
    return i >= 0 && put_value(fs, item[i].code, NULL);
}

/* --- look-ups --- */

static bool is_region(const struct entry *p)
{
    return strcmp(p->f->type->name, "region") == 0;
}

static bool choose_area(struct form_screen *fs, void *ctx)
{
    const struct entry *p = &fs->m->place[fs->at];
    struct find_row row;
    bool found = is_region(p) ? find_region(fs->app, fs->s, ctx, &row)
                              : find_area(fs->app, fs->s, ctx, NULL, &row);
    return found && put_value(fs, row.code, row.label);
}

static const char *ref_type(const struct entry *p)
{
    return p->f->ref ? p->f->ref->name : "user";
}

static bool choose_ref(struct form_screen *fs, void *ctx, size_t place)
{
    struct model *m = fs->m;
    struct find_row row;
    if (!find_record(fs->app, fs->s, ctx, ref_type(&m->place[place]), m->place[place].label, &row))
        return false;
    model_begin(m);
    model_put(m, place,
              (struct answer){.value = text_printf(ctx, "%" PRIu64, row.id), .show = row.label});
    if (place != fs->at) /* the form follows its own field on leaving it */
        model_link(fs->app, m, place);
    field_open(fs);
    return true;
}

/* "father.name": the place of the ref field itself, so that an existing person can be picked. */
static size_t ref_behind(const struct model *m, const struct entry *p)
{
    const struct form_field *via = p->path.via;
    if (!via || !via->ref || !via->ref->title || strcmp(via->ref->title, p->f->name) != 0)
        return NO_PLACE;
    return model_find(m, via->name);
}

/* --- the last value, for fields without a list --- */

static bool choose_last(struct form_screen *fs)
{
    const struct entry *p = &fs->m->place[fs->at];
    struct answer last;
    if (!model_last(p, fs->m->form, &last)) {
        app_message(fs->app, _("【%s】直接填写；按 F1 看怎样填"), p->label);
        return false;
    }
    void *tmp = talloc_new(NULL);
    const char *answers[] = {model_text(tmp, p, &last)};
    int i = popup_choose(fs->app, p->label, _("上一条记录填的是："), answers, 1, 0);
    talloc_free(tmp);
    return i == 0 && put(fs, last);
}

static bool choose_date(struct form_screen *fs)
{
    char day[3][11];
    const char *answers[4];
    size_t n = 0;
    struct answer last;
    const struct entry *p = &fs->m->place[fs->at];
    bool month = strcmp(p->f->type->name, "month") == 0;
    for (int i = 0; i < 3; i++) {
        struct date d = month ? date_add_months(fs->s->today, -i) : date_add_days(fs->s->today, -i);
        d.d = month ? 0 : d.d;
        answers[n++] = date_format(d, day[i]);
    }
    bool known = model_last(p, fs->m->form, &last);
    if (known)
        answers[n++] = last.value;
    int i = popup_choose(fs->app, p->label, _("也可以直接输入，例如 20160312、t、t-1、昨天。"),
                         answers, n, known ? n - 1 : 0);
    return i >= 0 && put_value(fs, answers[i], NULL);
}

static bool choose_list(struct form_screen *fs, void *ctx, bool space)
{
    const struct entry *p = &fs->m->place[fs->at];
    size_t ref = space ? NO_PLACE : ref_behind(fs->m, p);
    if (ref != NO_PLACE)
        return choose_ref(fs, ctx, ref);
    switch (p->f->type->widget) {
    case WIDGET_PICK:
        return choose_code(fs, ctx);
    case WIDGET_PICKS:
        return choose_many(fs, ctx);
    case WIDGET_YESNO:
        return choose_yesno(fs);
    case WIDGET_AREA:
        return choose_area(fs, ctx);
    case WIDGET_REF:
        return choose_ref(fs, ctx, fs->at);
    case WIDGET_DATE:
        return choose_date(fs);
    default:
        return choose_last(fs);
    }
}

/* 不掌握, 拒绝提供: an answer with a reason (domain.md 9.6). */
static bool choose_unknown(struct form_screen *fs, void *ctx, int kind)
{
    const struct entry *p = &fs->m->place[fs->at];
    const char *word = kind == 1 ? _("不掌握") : _("拒绝提供");
    const char *was = type_is_unknown(p->a.value) ? p->a.value + 3 : NULL;
    char *why = popup_ask(fs->app, ctx, word, _("写明原因，例如：父亲失联、本人不愿说。"), was,
                          &(struct edit_opts){.cols = 40, .max_chars = 100});
    if (!why || !*why)
        return false;
    return put_value(fs, text_printf(ctx, "?%d:%s", kind, why), NULL);
}

bool choose_open(struct form_screen *fs, bool space)
{
    const struct entry *p = &fs->m->place[fs->at];
    void *tmp = talloc_new(NULL);
    bool done = false;
    if (p->f->unknown_ok && !space) {
        bool list = p->f->type->widget != WIDGET_LINE && p->f->type->widget != WIDGET_NOTE;
        const char *answers[] = {_("不掌握"), _("拒绝提供"), _("从列表选")};
        int i = popup_choose(fs->app, p->label, _("问不到的照实选，再写原因，不要编。"), answers,
                             list ? 3 : 2, list ? 2 : 0);
        done = i == 2 ? choose_list(fs, tmp, false) : i >= 0 && choose_unknown(fs, tmp, i + 1);
    } else {
        done = choose_list(fs, tmp, space);
    }
    talloc_free(tmp);
    return done;
}

/* --- words typed into the field --- */

/* All initials, not some of them: zm is 祖母 and not 外祖母. */
static bool exact(void *ctx, const char *label, const char *words)
{
    const char **all = pinyin_initials(ctx, label, 8);
    bool same = false;
    for (size_t i = 0; all[i] && !same; i++)
        same = strcasecmp(all[i], words) == 0;
    return same;
}

static bool words_code(struct form_screen *fs, void *ctx, const char *words, struct answer *a)
{
    const struct entry *p = &fs->m->place[fs->at];
    const struct code *all[CODES], *hit[CODES];
    const struct pick_item *item;
    size_t n = choose_codes(fs->m, p, all, CODES), k = 0, whole = 0;
    for (size_t i = 0; i < n; i++) {
        bool all_of_it = exact(ctx, _(all[i]->label), words);
        if (all_of_it && whole++ == 0)
            k = 0;
        if (whole ? all_of_it : pinyin_match(_(all[i]->label), words))
            hit[k++] = all[i];
    }
    int i = k == 1 ? 0 : k > 1 ? pick_codes(fs, ctx, hit, k, NULL, false, &item) : HE_CANCELLED;
    if (i >= 0)
        *a = (struct answer){.value = hit[i]->code};
    return i >= 0;
}

static int pick_rows(struct form_screen *fs, void *ctx, const struct find_row *row, size_t n)
{
    struct pick_item *item = talloc_zero_array(ctx, struct pick_item, (unsigned)n + 1);
    MUST(item);
    for (size_t i = 0; i < n; i++)
        item[i] = (struct pick_item){.label = row[i].label, .hint = row[i].hint};
    struct pick pick = {.title = fs->m->place[fs->at].label, .items = item, .n = n};
    return popup_pick(fs->app, &pick);
}

static bool words_area(struct form_screen *fs, void *ctx, const char *words, struct answer *a)
{
    struct find_row *row = NULL;
    size_t n = is_region(&fs->m->place[fs->at])
                   ? find_regions(fs->app, fs->s, ctx, words, MATCHES, &row)
                   : find_areas(fs->app, fs->s, ctx, "", words, MATCHES, &row);
    int i = n == 1 ? 0 : n > 1 ? pick_rows(fs, ctx, row, n) : HE_CANCELLED;
    if (i >= 0)
        *a = (struct answer){.value = row[i].code, .show = row[i].label};
    return i >= 0;
}

static bool words_ref(struct form_screen *fs, void *ctx, const char *words, struct answer *a)
{
    const struct entry *p = &fs->m->place[fs->at];
    struct find_row *row = NULL;
    size_t n = find_records(fs->app, fs->s, ctx, ref_type(p), words, MATCHES, &row);
    int i = n == 1 ? 0 : n > 1 ? pick_rows(fs, ctx, row, n) : HE_CANCELLED;
    if (i >= 0)
        *a =
            (struct answer){.value = text_printf(ctx, "%" PRIu64, row[i].id), .show = row[i].label};
    else
        *a = (struct answer){.value = words,
                             .problem = _("没有找到这一条，换几个字再试，或按 F4 查找")};
    return i >= 0;
}

bool choose_words(struct form_screen *fs, const char *words, struct answer *a)
{
    const struct entry *p = &fs->m->place[fs->at];
    void *ctx = fs->edit; /* the texts must outlive this call */
    if (p->f->type->widget == WIDGET_PICK)
        return words_code(fs, ctx, words, a);
    return p->f->type->widget == WIDGET_AREA ? words_area(fs, ctx, words, a)
                                             : words_ref(fs, ctx, words, a);
}

/* Numbers of the requirements tell a village director nothing. */
static bool is_law(const char *basis)
{
    return strncmp(basis, "R-", 2) != 0 &&
           strncmp(basis, HAN_("护童约定"), strlen(HAN_("护童约定"))) != 0;
}

/* --- help, sections --- */

/* Help that names what the section is about would tell what was folded away. */
static void folded_help(struct form_screen *fs, size_t section)
{
    popup_pager(fs->app, _(fs->m->form->section[section].label),
                _("这一节先收起，免得旁边的人看到。\n\n按空格打开，填好再往下；按回车跳过，"
                  "以后再填。\n旁边有人时按 Esc 空格，马上遮住屏幕。"));
}

void choose_help(struct form_screen *fs)
{
    const struct entry *p = &fs->m->place[fs->at];
    if (model_folded(fs->m, p->section)) {
        folded_help(fs, p->section);
        return;
    }
    const struct code *code[CODES];
    char *text = talloc_strdup(fs, p->f->help ? _(p->f->help) : "");
    if (p->f->example)
        text = talloc_asprintf_append(text, _("\n\n例如：%s"), _(p->f->example));
    if (p->f->basis && is_law(p->f->basis))
        text = talloc_asprintf_append(text, _("\n\n依据：%s"), _(p->f->basis));
    if (p->f->unknown_ok)
        text =
            talloc_asprintf_append(text, "%s", _("\n\n问不到的按 F4 选【不掌握】或【拒绝提供】。"));
    size_t n = choose_codes(fs->m, p, code, CODES);
    for (size_t i = 0; i < n; i++)
        text = talloc_asprintf_append(text, "%s\n  %s %s", i ? "" : _("\n\n可以选："),
                                      code[i]->code, _(code[i]->label));
    if (p->a.problem)
        text = talloc_asprintf_append(text, _("\n\n现在要处理：%s"), p->a.problem);
    MUST(text);
    popup_pager(fs->app, p->label, text);
    talloc_free(text);
}

/* "完成", "缺 3 项", "收起": how a section stands. */
static const char *section_state(void *ctx, const struct model *m, size_t section)
{
    int wanted = 0, answered = 0, bad = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (m->place[i].section != section)
            continue;
        wanted += m->place[i].wanted;
        answered += m->place[i].a.value != NULL;
        bad += m->place[i].a.problem || check_level(m, i);
    }
    if (bad)
        return text_printf(ctx, _("有 %d 处要处理"), bad);
    if (wanted)
        return text_printf(ctx, _("缺 %d 项"), wanted);
    if (model_folded(m, section))
        return _("收起");
    return answered ? _("完成") : _("未填");
}

void choose_sections(struct form_screen *fs)
{
    struct model *m = fs->m;
    void *tmp = talloc_new(NULL);
    struct pick_item *item = talloc_zero_array(tmp, struct pick_item, m->form->nsection + 1);
    size_t *first = talloc_array(tmp, size_t, m->form->nsection + 1), n = 0;
    struct pick pick = {.title = _("目录"), .items = item};
    MUST(item && first);
    for (size_t i = 0; i < m->n; i++) {
        size_t s = m->place[i].section;
        if (m->hidden[s] || (i && m->place[i - 1].section == s))
            continue;
        if (s == m->place[fs->at].section)
            pick.at = n;
        item[n] = (struct pick_item){.code = text_printf(tmp, "%zu", n + 1),
                                     .label = _(m->form->section[s].label),
                                     .hint = section_state(tmp, m, s)};
        first[n++] = i;
    }
    pick.n = n;
    int i = popup_pick(fs->app, &pick);
    if (i >= 0)
        form_goto(fs, first[i]);
    talloc_free(tmp);
}
