/* The form of a record: opening it, keys, moving from field to field, leaving. */
#include "tui/form_priv.h"
#include "tui/urgent.h"

#include <string.h>
#include <talloc.h>

/* --- where the cursor may stand --- */

static bool first_of_section(const struct model *m, size_t i)
{
    return i == 0 || m->place[i - 1].section != m->place[i].section;
}

static bool section_typed(const struct model *m, size_t section)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->place[i].section == section && !m->place[i].fixed)
            return true;
    return false;
}

/* A folded section is one stop; what nobody types here is none, unless a section has nothing else. */
static bool is_stop(const struct form_screen *fs, size_t i)
{
    const struct model *m = fs->m;
    const struct entry *p = &m->place[i];
    if (m->hidden[p->section])
        return false;
    if (model_folded(m, p->section))
        return first_of_section(m, i);
    if (fs->readonly || !p->fixed)
        return true;
    return first_of_section(m, i) && !section_typed(m, p->section);
}

/* The stop before or behind `from`; derived values are passed over on the way down. */
static size_t seek(const struct form_screen *fs, size_t from, int by)
{
    const struct model *m = fs->m;
    for (size_t i = from + (size_t)by; i < m->n; i += (size_t)by)
        if (is_stop(fs, i) && (by < 0 || fs->readonly || !m->place[i].a.derived))
            return i;
    return NO_PLACE;
}

static void tell_place(struct form_screen *fs)
{
    const struct model *m = fs->m;
    const char *text = m->place[fs->at].a.problem;
    for (size_t i = 0; i < m->nfinding && !text; i++)
        if (m->finding[i].place == fs->at)
            text = m->finding[i].text;
    if (text)
        app_message(fs->app, "%s", text);
}

void form_goto(struct form_screen *fs, size_t place)
{
    size_t section = fs->m->place[place].section;
    if (!is_stop(fs, place) && !model_folded(fs->m, section) && seek(fs, place, 1) != NO_PLACE &&
        !fs->m->place[place].a.derived)
        place = seek(fs, place, 1);
    fs->at = place;
    fs->entered = fs->m->place[place].a;
    field_open(fs);
    tell_place(fs);
}

void form_name(struct form_screen *fs)
{
    size_t i = model_find(fs->m, fs->m->form->title);
    const struct entry *p = i == NO_PLACE ? NULL : &fs->m->place[i];
    if (p && !p->a.value && p->f->system) { /* a number to come: whom it is about */
        const char *division = form_division(fs->m->form);
        const char *dot = division ? strchr(division, '.') : NULL;
        i = dot ? model_find(fs->m, talloc_strndup(fs, division, (size_t)(dot - division)))
                : NO_PLACE;
        p = i == NO_PLACE ? NULL : &fs->m->place[i];
    }
    if (p && p->a.value)
        fs->title = talloc_strdup(fs, model_text(fs, p, &p->a));
    else
        fs->title = fs->m->id ? text_printf(fs, _("编号 %llu"), (unsigned long long)fs->m->id)
                              : _("未写姓名");
}

void form_exit_field(struct form_screen *fs)
{
    struct model *m = fs->m;
    struct entry *p = &m->place[fs->at];
    size_t at = fs->at;
    if (fs->readonly || model_folded(m, p->section))
        return;
    field_commit(fs);
    p->left = true;
    if (rec_same(fs->entered.value, p->a.value) && rec_same(fs->entered.problem, p->a.problem))
        return;
    if (p->f->ref && !p->a.problem)
        model_link(fs->app, m, at);
    urgent_follow(fs->app, fs->s, m);
    model_follow(m);
    form_name(fs);
    fs->entered = p->a;
    draft_send(fs);
    if (p->a.problem)
        app_message(fs->app, "%s", p->a.problem);
    if (same_look(fs, at)) {
        app_close(fs->app, fs->screen, 0);
        return;
    }
    model_follow(m);
}

static void save(struct form_screen *fs)
{
    form_exit_field(fs);
    if (!fs->screen->closed && check_save(fs))
        app_close(fs->app, fs->screen, 1);
}

/* Passed over on the way down: what is known of a brother already, sections that no answer opened. */
static bool passed(const struct form_screen *fs, size_t to, size_t here)
{
    const struct model *m = fs->m;
    const struct entry *p = &m->place[to];
    if (p->section == here)
        return fs->ask->collect && p->a.value && !p->f->each;
    return !m->form->section[p->section].when;
}

/* Behind the last short answer of a new record it is saved, unless an answer opened a section. */
static size_t next_stop(const struct form_screen *fs, int by)
{
    const struct model *m = fs->m;
    size_t to = seek(fs, fs->at, by), here = m->place[fs->at].section;
    if (by < 0 || fs->readonly || m->id || !model_quick(m) ||
        !(m->form->section[here].quick || m->form->section[here].when))
        return to;
    while (to != NO_PLACE && passed(fs, to, here))
        to = seek(fs, to, by);
    return to;
}

/* To a stop that was found before or after; a message of the field left stays unless this has one. */
static void leave_for(struct form_screen *fs, int by)
{
    form_exit_field(fs);
    if (fs->screen->closed)
        return;
    size_t to = next_stop(fs, by);
    if (to != NO_PLACE)
        form_goto(fs, to);
    else if (by > 0 && !fs->readonly)
        save(fs);
    else
        app_message(fs->app, by > 0 ? _("已经是最后一项") : _("已经是第一项"));
}

void form_next(struct form_screen *fs)
{
    leave_for(fs, 1);
}

/* The next page of a long section, or the next section. */
static void turn_page(struct form_screen *fs, int by)
{
    const struct model *m = fs->m;
    form_exit_field(fs);
    if (fs->screen->closed)
        return;
    size_t section = m->place[fs->at].section, to = NO_PLACE;
    int page = form_page_of(m, fs->at, fs->rows);
    for (size_t i = seek(fs, fs->at, by); i != NO_PLACE; i = seek(fs, i, by)) {
        bool here = m->place[i].section == section && form_page_of(m, i, fs->rows) == page;
        if (here && to == NO_PLACE)
            continue;
        if (to != NO_PLACE && (m->place[i].section != m->place[to].section ||
                               form_page_of(m, i, fs->rows) != form_page_of(m, to, fs->rows)))
            break;
        to = i;
        if (by > 0)
            break;
    }
    if (to != NO_PLACE)
        form_goto(fs, to);
    else
        app_message(fs->app, by > 0 ? _("已经是最后一节") : _("已经是第一节"));
}

/* --- leaving --- */

static void go_back(struct form_screen *fs)
{
    const char *answers[] = {_("保存"), _("存草稿，以后再填"), _("放弃改动"), _("继续填写")};
    form_exit_field(fs);
    if (fs->screen->closed)
        return;
    bool typed = fs->m->at > 0 || fs->drafted;
    if (fs->readonly || !typed || model_changes(fs->m) == 0) {
        draft_drop(fs);
        fs->done = true;
        app_close(fs->app, fs->screen, 0);
        return;
    }
    app_drop_keys(fs->app);
    int i = popup_choose(fs->app, _("还没有保存"), _("这份内容改过，怎么办？"), answers, 4, 3);
    if (i == 0) {
        save(fs);
    } else if (i == 1 || i == 2) {
        if (i == 1)
            draft_send(fs);
        else
            draft_drop(fs);
        fs->done = true;
        app_message(fs->app, i == 1 ? _("已存草稿，下次打开时可以接着填") : _("已放弃改动"));
        app_close(fs->app, fs->screen, 0);
    }
}

/* The line dropped, or the program ends: what stands in the field goes into the draft. */
static void form_leave(struct app *app, struct screen *s)
{
    struct form_screen *fs = s->state;
    (void)app;
    if (fs->done || fs->readonly)
        return;
    field_commit(fs);
    if (fs->m->at > 0)
        draft_send(fs);
}

/* --- keys --- */

static void put_back(struct form_screen *fs, struct answer a)
{
    model_begin(fs->m);
    model_put(fs->m, fs->at, a);
    field_open(fs);
}

static void restore(struct form_screen *fs)
{
    const struct entry *p = &fs->m->place[fs->at];
    if (!fs->edit)
        return;
    edit_set(fs->edit, edit_text(fs->edit));
    put_back(fs, (struct answer){.value = p->stored, .show = p->stored_show});
}

static void copy_last(struct form_screen *fs)
{
    const struct entry *p = &fs->m->place[fs->at];
    struct answer last;
    if (!fs->edit)
        return;
    if (!model_last(p, fs->m->form, &last)) {
        app_message(fs->app, _("还没有上一条记录可以照抄【%s】"), p->label);
        return;
    }
    put_back(fs, last);
    form_next(fs);
}

static void next_error(struct form_screen *fs)
{
    form_exit_field(fs);
    if (fs->screen->closed)
        return;
    size_t i = check_next(fs->m, fs->at);
    for (size_t k = fs->at + 1; i == NO_PLACE && k <= fs->at + fs->m->n; k++)
        if (fs->m->place[k % fs->m->n].a.problem) {
            form_goto(fs, k % fs->m->n);
            return;
        }
    if (i == NO_PLACE) {
        app_message(fs->app, _("没有要处理的地方"));
        return;
    }
    size_t place = fs->m->finding[i].place;
    fs->m->open[fs->m->place[place].section] = true;
    form_goto(fs, place);
}

/* Digits go to the numbered findings; any other key goes back to the field. */
static bool summary_key(struct form_screen *fs, const struct key *key)
{
    int digit = keys_digit(key);
    fs->summary = false;
    if (digit < 1 || (size_t)digit > fs->m->nfinding)
        return key->kind == K_FUNC && (key->code == KF_ENTER || key->code == KF_ESCESC);
    size_t place = fs->m->finding[digit - 1].place;
    if (place == NO_PLACE) {
        app_message(fs->app, "%s", fs->m->finding[digit - 1].text);
        return true;
    }
    fs->m->open[fs->m->place[place].section] = true;
    form_goto(fs, place);
    return true;
}

static enum handled fold_key(struct form_screen *fs, const struct key *key)
{
    struct model *m = fs->m;
    if (key->kind != K_CHAR || keys_plain(key->code) != ' ')
        return KEY_IGNORED;
    m->open[m->place[fs->at].section] = true;
    form_goto(fs, fs->at);
    return KEY_TAKEN;
}

static void start_editing(struct form_screen *fs)
{
    if (!fs->readonly || !fs->can_change)
        return;
    fs->readonly = false;
    form_goto(fs, fs->at);
}

/* Keys that come before the field's own. */
static bool form_act(struct form_screen *fs, enum action act)
{
    switch (act) {
    case ACT_HELP:
        return choose_help(fs), true;
    case ACT_EDIT:
        return start_editing(fs), fs->can_change;
    case ACT_PICK:
        if (fs->edit && choose_open(fs, false))
            form_next(fs);
        return fs->edit != NULL || fs->screen->closed;
    case ACT_CANCEL: /* what was typed since the cursor came */
        if (fs->edit)
            field_open(fs);
        return fs->edit != NULL;
    case ACT_DUP:
        return copy_last(fs), true;
    case ACT_RESTORE:
        return restore(fs), true;
    case ACT_NEXT_ERROR:
        return next_error(fs), true;
    case ACT_SECTIONS:
        form_exit_field(fs);
        if (!fs->screen->closed)
            choose_sections(fs);
        return true;
    case ACT_PGDN:
    case ACT_PGUP:
        return turn_page(fs, act == ACT_PGDN ? 1 : -1), true;
    case ACT_BACK:
        return go_back(fs), true;
    case ACT_SAVE:
        if (!fs->readonly)
            save(fs);
        return !fs->readonly;
    case ACT_RELATED:
        if (fs->m->id)
            related_open(fs->app, fs->s, fs->m->form->name, fs->m->id, fs->title);
        return fs->m->id != 0;
    default:
        return false;
    }
}

static enum handled form_key(struct app *app, struct screen *s, const struct key *key,
                             enum action act)
{
    struct form_screen *fs = s->state;
    bool folded = model_folded(fs->m, fs->m->place[fs->at].section);
    (void)app;
    if (fs->summary && summary_key(fs, key))
        return KEY_TAKEN;
    if (folded && fold_key(fs, key) == KEY_TAKEN)
        return KEY_TAKEN;
    if (form_act(fs, act))
        return KEY_TAKEN;
    enum handled h = field_key(fs, key);
    if (h == KEY_NEXT)
        form_next(fs);
    if (h != KEY_IGNORED)
        return KEY_TAKEN;
    switch (act) {
    case ACT_NEXT:
    case ACT_CLEAR_NEXT:
        return form_next(fs), KEY_TAKEN;
    case ACT_PREV:
        return leave_for(fs, -1), KEY_TAKEN;
    case ACT_UNDO:
    case ACT_REDO:
        if (!fs->readonly)
            field_undo(fs, act == ACT_REDO);
        return KEY_TAKEN;
    default:
        return key->kind == K_CHAR || key->kind == K_PASTE ? KEY_TAKEN : KEY_IGNORED;
    }
}

static bool form_typing(struct app *app, struct screen *s)
{
    (void)app;
    (void)s;
    return true;
}

static const char *form_enabled(struct app *app, struct screen *s, enum action a)
{
    const struct form_screen *fs = s->state;
    (void)app;
    switch (a) {
    case ACT_EDIT:
        return fs->readonly && fs->can_change ? "" : NULL;
    case ACT_SAVE:
    case ACT_UNDO:
    case ACT_REDO:
        return fs->readonly ? NULL : "";
    case ACT_PICK:
    case ACT_DUP:
    case ACT_RESTORE:
        return fs->edit ? "" : NULL;
    case ACT_NEXT_ERROR:
        return fs->m->nfinding ? "" : NULL;
    case ACT_RELATED:
        return fs->m->id && related_any(fs->s, fs->m->form) ? "" : NULL;
    case ACT_BACK:
    case ACT_PGUP:
    case ACT_PGDN:
    case ACT_NEXT:
    case ACT_PREV:
    case ACT_SECTIONS:
        return "";
    default:
        return NULL;
    }
}

static const char *form_help(struct app *app, struct screen *s)
{
    (void)app;
    (void)s;
    return _("回车到下一项，最后一项回车就是保存。保存前会先核对。缺的可以以后补。");
}

static void form_enter(struct app *app, struct screen *s)
{
    struct form_screen *fs = s->state;
    (void)app;
    fs->screen = s;
}

void form_begin(struct form_screen *fs, size_t place)
{
    form_name(fs);
    form_goto(fs, place);
}

int form_run(struct form_screen *fs)
{
    static const struct screen_ops ops = {
        .enter = form_enter,
        .draw = form_draw,
        .key = form_key,
        .leave = form_leave,
        .typing = form_typing,
        .enabled = form_enabled,
        .help = form_help,
    };
    return app_modal(fs->app, &ops, fs);
}
