/* One field: an editor for its type, keys that pick at once, what is typed on leaving it. */
#include "tui/form_priv.h"

#include <string.h>
#include <talloc.h>

#include "base/idno.h"

enum { FEW = 9 };

/* --- the editor --- */

static struct edit_opts opts_of(const struct form_screen *fs, const struct entry *p)
{
    const struct form_type *t = p->f->type;
    int room = term_cols(app_term(fs->app)) - 6 -
               form_value_col(fs->m, p->section, term_amb_width(app_term(fs->app)));
    int chars = p->f->max ? p->f->max : t->max;
    struct edit_opts o = {.cols = chars + 1, .rows = 1, .max_chars = (size_t)chars};
    if (strcmp(t->name, "id") == 0)
        o.flags = EDIT_HALFWIDTH | EDIT_UPPER;
    else if (strcmp(t->name, "text") == 0 || strcmp(t->name, "note") == 0)
        o.cols = p->f->width ? 2 * p->f->width + 4 : 40;
    else if (t->widget == WIDGET_LINE)
        o.flags = EDIT_HALFWIDTH;
    else
        o = (struct edit_opts){.cols = 32, .rows = 1, .max_chars = 60}; /* words to look up */
    if (t->widget == WIDGET_DATE)
        o.cols = 14;
    if (t->widget == WIDGET_YESNO)
        o.cols = 6;
    if (t->widget == WIDGET_PICKS)
        o.cols = room, o.max_chars = 500;
    if (t->widget == WIDGET_NOTE)
        o.rows = form_rows_of(p), o.cols = room;
    if (p->f->unknown_ok && o.max_chars < 120) /* 不掌握（原因） is longer than a number */
        o.max_chars = 120, o.cols = t->widget == WIDGET_DATE ? 24 : o.cols;
    if (o.cols > 2 * (int)o.max_chars + 1)
        o.cols = 2 * (int)o.max_chars + 1;
    if (o.cols > room)
        o.cols = room;
    return o;
}

void field_open(struct form_screen *fs)
{
    const struct entry *p = &fs->m->place[fs->at];
    talloc_free(fs->edit);
    fs->edit = NULL;
    fs->touched = false;
    if (fs->readonly || p->fixed || model_folded(fs->m, p->section))
        return;
    struct edit_opts o = opts_of(fs, p);
    fs->edit_cols = o.cols;
    fs->edit_rows = o.rows;
    fs->edit = edit_new(fs, &o);
    edit_set(fs->edit, model_text(fs->edit, p, &p->a));
}

/* --- keys --- */

const char *field_choices(void *ctx, const struct model *m, const struct entry *p)
{
    const struct code *code[FEW + 1];
    if (p->f->type->widget == WIDGET_YESNO)
        return talloc_strdup(ctx, _("1是 0否"));
    if (p->f->type->widget != WIDGET_PICK)
        return NULL;
    size_t n = choose_codes(m, p, code, FEW + 1);
    bool coded = true;
    char *out = talloc_strdup(ctx, "");
    for (size_t i = 0; i < n; i++)
        coded = coded && code[i]->code[0] >= '0' && code[i]->code[0] <= '9' && !code[i]->code[1];
    if (n == 0 || (n > FEW && !coded))
        return NULL;
    for (size_t i = 0; i < n; i++)
        out = talloc_asprintf_append(out, "%s%c%s", i ? " " : "",
                                     coded ? code[i]->code[0] : (char)('1' + i), _(code[i]->label));
    return out;
}

/* The value of a digit, NULL when it means none. */
static const char *digit_value(const struct model *m, const struct entry *p, int digit)
{
    const struct code *code[FEW + 2];
    if (p->f->type->widget == WIDGET_YESNO)
        return digit == 1 ? "1" : digit == 0 || digit == 2 ? "0" : NULL;
    size_t n = choose_codes(m, p, code, FEW + 2);
    bool coded = true;
    for (size_t i = 0; i < n; i++)
        coded = coded && !code[i]->code[1];
    for (size_t i = 0; i < n; i++)
        if (coded ? code[i]->code[0] == '0' + digit : (int)i + 1 == digit)
            return code[i]->code;
    return NULL;
}

static enum handled pick_digit(struct form_screen *fs, int digit)
{
    const struct entry *p = &fs->m->place[fs->at];
    const char *value = digit_value(fs->m, p, digit);
    if (!value) {
        app_message(fs->app, _("没有第 %d 项，请按下面列出的数字"), digit);
        return KEY_TAKEN;
    }
    model_begin(fs->m);
    model_put(fs->m, fs->at, (struct answer){.value = value});
    field_open(fs);
    return KEY_NEXT;
}

static bool whole_date(const char *s, bool month)
{
    size_t digits = strspn(s, "0123456789");
    if (!s[digits])
        return digits == 8 ||
               (month && digits == 6 && (!strncmp(s, "19", 2) || !strncmp(s, "20", 2)));
    return strlen(s) == 10 && digits == 4;
}

/* Nothing more can follow: 18 digits of a number that checks, a day, a mobile phone. */
static bool is_whole(const struct form_screen *fs, const struct entry *p)
{
    struct idno id;
    const char *s = edit_text(fs->edit), *type = p->f->type->name;
    char *out = NULL, *problem = NULL;
    const char *code;
    void *tmp = talloc_new(NULL);
    bool whole = false;
    if (strcmp(type, "id") == 0)
        whole = strlen(s) == 18 && idno_check(s, fs->s->today, &id) == IDNO_OK;
    else if (strcmp(type, "phone") == 0)
        whole = strlen(s) == 11 && s[0] == '1' && s[strspn(s, "0123456789")] == '\0';
    else if (p->f->type->widget == WIDGET_DATE)
        whole =
            whole_date(s, strcmp(type, "month") == 0) &&
            (strlen(s) == 6 || type_parse(tmp, p->f, fs->s->today, s, &out, &code, &problem) == 0);
    talloc_free(tmp);
    return whole;
}

/* The last digit is the moment when the paper is still in sight. */
static void tell_problem(struct form_screen *fs, const struct entry *p)
{
    void *tmp = talloc_new(NULL);
    char *out = NULL, *problem = NULL;
    const char *code;
    if (type_parse(tmp, p->f, fs->s->today, edit_text(fs->edit), &out, &code, &problem) != 0)
        app_message(fs->app, "%s", problem);
    talloc_free(tmp);
}

/* Numbers and looked-up values are typed anew; only words are mended where the caret stands. A
 * number that the caret or Backspace went into first is mended too. */
static bool replaces(const struct form_screen *fs, const struct key *key, const struct entry *p,
                     bool empty)
{
    enum form_widget w = p->f->type->widget;
    bool typed = key->kind == K_CHAR, back = key->kind == K_FUNC && key->code == KF_BACKSPACE;
    if (empty || fs->touched || strcmp(p->f->type->name, "text") == 0 || w == WIDGET_NOTE)
        return false;
    return typed || (back && w != WIDGET_LINE && w != WIDGET_DATE);
}

enum handled field_key(struct form_screen *fs, const struct key *key)
{
    const struct entry *p = &fs->m->place[fs->at];
    enum form_widget w = p->f->type->widget;
    if (!fs->edit)
        return KEY_IGNORED;
    bool empty = *edit_text(fs->edit) == '\0';
    bool typed = key->kind == K_CHAR;
    if (typed && empty && keys_plain(key->code) == ' ')
        return choose_open(fs, true) ? KEY_NEXT : KEY_TAKEN;
    if (keys_digit(key) >= 0 &&
        (w == WIDGET_YESNO || (w == WIDGET_PICK && field_choices(fs->edit, fs->m, p))))
        return pick_digit(fs, keys_digit(key));
    if (replaces(fs, key, p, empty))
        edit_replace(fs->edit, "");
    fs->touched = true;
    enum handled h = edit_key(fs->edit, key);
    if (edit_problem(fs->edit))
        app_message(fs->app, "%s", edit_problem(fs->edit));
    if (h == KEY_TAKEN && typed && is_whole(fs, p))
        return KEY_NEXT;
    if (typed && strcmp(p->f->type->name, "id") == 0 && strlen(edit_text(fs->edit)) == 18)
        tell_problem(fs, p);
    return h;
}

/* --- leaving --- */

/* "202402" in a month field: year and month without a dash. */
static const char *month_dash(void *ctx, const struct entry *p, const char *text)
{
    if (strcmp(p->f->type->name, "month") != 0 || strlen(text) != 6 || !whole_date(text, true))
        return text;
    return text_printf(ctx, "%.4s-%s", text, text + 4);
}

static void parse_into(struct form_screen *fs, void *tmp, const char *text, struct answer *a)
{
    const struct entry *p = &fs->m->place[fs->at];
    char *value = NULL, *problem = NULL;
    const char *code = NULL;
    int r = type_parse(tmp, p->f, fs->s->today, month_dash(tmp, p, text), &value, &code, &problem);
    *a = (struct answer){.value = r == 0 ? value : text, .problem = r == 0 ? NULL : problem};
    bool looks = p->f->type->widget == WIDGET_REF || p->f->type->widget == WIDGET_AREA;
    if (a->value && !type_is_unknown(a->value) &&
        (looks || (r != 0 && p->f->type->widget == WIDGET_PICK)))
        choose_words(fs, text, a);
    if (a->problem && strcmp(p->f->type->name, "region") == 0)
        a->problem = NULL; /* a place name: the server knows all of them */
}

bool field_commit(struct form_screen *fs)
{
    struct entry *p = &fs->m->place[fs->at];
    if (!fs->edit || !edit_changed(fs->edit))
        return false;
    void *tmp = talloc_new(NULL);
    struct answer a;
    unsigned flags = p->f->type->widget == WIDGET_NOTE ? TEXT_MULTILINE : 0;
    const char *text = text_clean(tmp, edit_text(fs->edit), flags, NULL);
    edit_set(fs->edit, edit_text(fs->edit)); /* what is asked below must not ask twice */
    parse_into(fs, tmp, text, &a);
    bool changed = !rec_same(a.value, p->a.value) || !rec_same(a.problem, p->a.problem);
    model_begin(fs->m);
    model_put(fs->m, fs->at, a);
    talloc_free(tmp);
    return changed;
}

/* The change may be on another page, or too small to be seen. */
static void say_undone(struct form_screen *fs, const struct entry *p, bool forth)
{
    void *tmp = talloc_new(NULL);
    const char *now = model_text(tmp, p, &p->a);
    now = !*now ? _("(空)") : p->f->codes ? _(now) : now;
    app_message(fs->app,
                forth ? _("已重做：【%s】现在是 %s。")
                      : _("已撤销：【%s】现在是 %s。Ctrl-Y 重做。"),
                model_label(tmp, p), now);
    talloc_free(tmp);
}

void field_undo(struct form_screen *fs, bool forth)
{
    field_commit(fs);
    size_t i = forth ? model_redo(fs->m) : model_undo(fs->m);
    if (i == NO_PLACE) {
        app_message(fs->app, forth ? _("没有可以重做的") : _("没有可以撤销的"));
        return;
    }
    if (fs->m->place[i].f->ref)
        model_link(fs->app, fs->m, i);
    model_follow(fs->m);
    form_name(fs);
    fs->m->open[fs->m->place[i].section] = true;
    form_goto(fs, i);
    say_undone(fs, &fs->m->place[i], forth);
    draft_send(fs);
}
