/* export: a ticket with its purpose, then rows into a file for people (headings and labels) that our
 * import reads again. */
#include "ctl/commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "report/map.h"
#include "report/table_write.h"

struct export
{
    struct ctl *c;
    const struct form *form;
    struct list_columns columns;
    const bool *national; /* [columns.n] with --map: codes of the national system; NULL: labels */
    struct node *begin;
    int64_t number, total, done;
    enum table_format format;
    const char *path; /* NULL: CSV on stdout */
    struct table_file *file;
};

/* --- which columns --- */

static bool in_sections(const struct form *form, const struct form_field *via,
                        const struct form_field *f)
{
    for (size_t s = 0; s < form->nsection; s++)
        for (size_t i = 0; i < form->section[s].n; i++)
            if (form->section[s].path[i].via == via && form->section[s].path[i].field == f)
                return true;
    return false;
}

/* Of a linked record: what names it for people and finds it again on import, and what the form shows
 * of it in place, so that the file brings all of it back. */
static bool taken_along(const struct form *form, const struct form_field *via,
                        const struct form_field *f)
{
    const struct form *ref = via->ref;
    if (ref->key && strcmp(f->name, ref->key) == 0)
        return true;
    return !f->retired && !f->system && !f->ref &&
           ((ref->title && strcmp(f->name, ref->title) == 0) || f->unique || f->mask ||
            in_sections(form, via, f));
}

static char *add_name(char *list, const char *via, const char *name)
{
    return talloc_asprintf_append(list, "%s%s%s%s", *list ? "," : "", via ? via : "",
                                  via ? "." : "", name);
}

/* Everything of the form that readers of these classes may see, in its own order. */
static char *all_fields(void *ctx, const struct form *form, enum form_class max)
{
    char *list = talloc_strdup(ctx, "");
    for (size_t i = 0; i < form->nfield; i++) {
        const struct form_field *f = &form->field[i];
        if (f->retired || f->class > max)
            continue;
        if (!f->ref) {
            list = add_name(list, NULL, f->name);
            continue;
        }
        for (size_t k = 0; k < f->ref->nfield; k++)
            if (taken_along(form, f, &f->ref->field[k]) && f->ref->field[k].class <= max)
                list = add_name(list, f->name, f->ref->field[k].name);
    }
    return list;
}

/* Columns, headings and order of a file in conf/import. */
static int map_begin(struct export *x, const char *name)
{
    struct map_export *column;
    struct map *map;
    int r = ctl_map(x->c, name, x->form, &map);
    if (r < 0)
        return r;
    size_t n = map_columns(x->c, map, &column);
    bool *national = talloc_zero_array(x->c, bool, n + 1);
    char *fields = talloc_strdup(x->c, "");
    MUST(national);
    for (size_t i = 0; i < n; i++) {
        fields = add_name(fields, NULL, column[i].path);
        national[i] = column[i].national;
    }
    x->national = national;
    if ((r = ctl_columns(x->c, x->form, fields, false, &x->columns)) < 0)
        return r;
    for (size_t i = 0; i < n; i++)
        x->columns.label[i] = column[i].heading;
    return 0;
}

static int begin(struct export *x, const char *fields, const char **text)
{
    struct node *answer = NULL;
    int r = x->national ? 0 : ctl_columns(x->c, x->form, fields, false, &x->columns);
    struct node *list = node_add_list(x->begin, "fields");
    for (size_t i = 0; r == 0 && i < x->columns.n; i++)
        if (x->columns.field[i])
            node_str(list, NULL, x->columns.path[i]);
    *text = NULL;
    if (r == 0)
        r = ctl_try(x->c, OP_EXPORT_BEGIN, x->begin, &answer, text);
    if (r == 0) {
        x->number = node_num(answer, "export", 0);
        x->total = node_num(answer, "total", 0);
    }
    return r;
}

/*
 * Without --fields: as much as one may read. What one may not read acts as if it did not exist, so
 * the classes are tried from the top; a role with a list of fields gets the list's columns.
 */
static int begin_any(struct export *x)
{
    const char *text = NULL, *fields = args_text(x->c->args, "--fields");
    const char *map = args_text(x->c->args, "--map");
    int r = map ? map_begin(x, map) : HE_USAGE;
    if (map && r < 0)
        return r;
    if (fields || map) {
        r = begin(x, fields, &text);
    } else {
        for (int max = CLASS_D; max >= (int)CLASS_A && r == HE_USAGE; max--)
            r = begin(x, all_fields(x->c, x->form, (enum form_class)max), &text);
        if (r == HE_USAGE)
            r = begin(x, NULL, &text);
    }
    if (r < 0 && text)
        out_say("hutongctl: %s", text);
    return r;
}

/* --- rows --- */

/* The code that the national system has for a value: the table's `map`, where it has none the label. */
static const char *national_code(void *ctx, const struct form_field *f, const char *value)
{
    char *copy = talloc_strdup(ctx, value ? value : ""), *out = talloc_strdup(ctx, ""),
         *save = NULL;
    if (!f || !f->codes || !value || type_is_unknown(value))
        return value;
    for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        const struct code *code = codes_find(f->codes, w);
        out = add_name(out, NULL, code && code->map ? code->map : codes_label(f->codes, w));
    }
    return out;
}

/* A label that does not lead back to its code stays the code. */
static const char *shown(void *ctx, const struct form_field *f, const char *value)
{
    const char *kind = f->type->name;
    if (!value || type_is_unknown(value))
        return value;
    if (strcmp(kind, "yesno") == 0)
        return type_show(ctx, f, value);
    if (strcmp(kind, "code") != 0)
        return value;
    const char *label = codes_label(f->codes, value);
    const struct code *back = codes_lookup(f->codes, label);
    return back && strcmp(back->code, value) == 0 ? label : value;
}

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
    (void)sig;
    stopped = 1;
}

/* Ctrl-C, a stop on screen, a line that drops: half a file is removed, where nobody takes it for a whole
 * one. */
static void stop_listen(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction act = {.sa_handler = stop, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < NELEM(signals); i++)
        sigaction(signals[i], &act, NULL);
}

static int export_row(struct ctl *c, const struct node *row, void *arg)
{
    struct export *x = arg;
    void *tmp = talloc_new(c);
    const char **cell = talloc_zero_array(tmp, const char *, x->columns.n + 1);
    const struct node *v = node_get(row, "v");
    int r = 0;
    MUST(cell);
    if (stopped) {
        out_say(_("已停止，没有留下文件。"));
        talloc_free(tmp);
        return HE_CANCELLED;
    }
    for (size_t i = 0; i < x->columns.n; i++) {
        const struct form_field *f = x->columns.field[i];
        cell[i] = x->national && x->national[i]
                      ? national_code(tmp, f, node_text(v, x->columns.path[i]))
                  : f ? shown(tmp, f, node_text(v, x->columns.path[i]))
                      : text_printf(tmp, "%lld", (long long)node_num(row, x->columns.path[i], 0));
    }
    if (x->file)
        r = table_add(x->file, cell);
    else
        table_csv_row(stdout, cell, x->columns.n, false);
    talloc_free(tmp);
    if (r < 0)
        out_say("hutongctl: %s",
                r == HE_LIMIT ? _("超过一张工作表的行数，请缩小范围或导出 CSV") : err_text(r));
    if (++x->done % 1000 == 0 && x->total)
        out_progress(_("导出 %lld/%lld"), (long long)x->done, (long long)x->total);
    else if (x->done % 1000 == 0)
        out_progress(_("导出 %lld"), (long long)x->done);
    return r;
}

static int open_file(struct export *x)
{
    char *problem = NULL;
    struct table_column *column = talloc_zero_array(x->c, struct table_column, x->columns.n + 1);
    MUST(column);
    for (size_t i = 0; i < x->columns.n; i++) {
        const struct form_field *f = x->columns.field[i];
        column[i] = (struct table_column){.heading = x->columns.label[i],
                                          .number = !f || f->type->numeric,
                                          .width = f ? f->width : 0};
    }
    if (!x->path) {
        table_csv_row(stdout, x->columns.label, x->columns.n, false);
        return 0;
    }
    stop_listen();
    int r = table_create(x->c, x->format, x->path, column, x->columns.n, &x->file, &problem);
    if (r < 0)
        out_say("hutongctl: %s", problem);
    return r;
}

static int close_file(struct export *x)
{
    char *problem = NULL;
    int r = x->file ? table_close(x->file, &problem) : 0;
    x->file = NULL;
    if (r < 0)
        out_say("hutongctl: %s", problem);
    return r;
}

static int target(struct export *x)
{
    const char *csv = args_text(x->c->args, "--csv"), *xlsx = args_text(x->c->args, "--xlsx");
    if (csv && xlsx) {
        out_say(_("hutongctl: --csv 和 --xlsx 只写一个"));
        return HE_USAGE;
    }
    x->format = xlsx ? TABLE_XLSX : TABLE_CSV;
    x->path = xlsx ? xlsx : csv && strcmp(csv, "-") != 0 ? csv : NULL;
    return 0;
}

/* --report …: of the records behind one figure alone, as the screen opens them. */
static int put_cell(struct ctl *c, struct node *begin)
{
    static const char *const text[][2] = {{"report", "--report"},
                                          {"period", "--period"},
                                          {"division", "--division"},
                                          {"column", "--column"},
                                          {"row", "--row"}};
    const char *director = args_text(c->args, "--director");
    struct node *cell;
    int64_t id;
    if (!args_text(c->args, "--report"))
        return 0;
    cell = node_add_map(begin, "cell");
    for (size_t i = 0; i < NELEM(text); i++)
        ctl_put_text(cell, text[i][0], args_text(c->args, text[i][1]));
    node_bool(cell, "deep", args_has(c->args, "--villages"));
    node_bool(cell, "total", !args_text(c->args, "--row") && !director);
    int r = director ? ctl_number("--director", director, &id) : 0;
    if (director && r == 0)
        node_int(cell, "director", id);
    return r;
}

int cmd_export(struct ctl *c)
{
    const char *type = args_at(c->args, 0);
    struct export x = {.c = c, .begin = ctl_body(c, type)};
    int r = target(&x);
    if (r == 0)
        r = ctl_form(c, type, &x.form);
    if (r < 0)
        return r;
    node_str(x.begin, "purpose", args_text(c->args, "--purpose"));
    ctl_put_text(x.begin, "where", args_text(c->args, "--where"));
    if ((r = put_cell(c, x.begin)) == 0)
        r = begin_any(&x);
    if (r == 0)
        r = open_file(&x);
    if (r < 0)
        return r;
    struct node *b = ctl_body(c, type);
    node_int(b, "export", x.number);
    r = ctl_pages(c, OP_EXPORT_ROWS, b, 0, export_row, &x);
    if (r == 0)
        r = close_file(&x);
    talloc_free(x.file); /* unless it is whole, nothing of it stays */
    if (r == 0)
        out_say(_("导出 %lld 行，导出号 %lld"), (long long)x.done, (long long)x.number);
    return r;
}
