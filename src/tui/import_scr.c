/* 投件: a table of the box is checked first, nothing stored, then imported. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/box.h"
#include "tui/popup.h"

static bool is_table(const char *name)
{
    const char *dot = strrchr(name, '.');
    return *name != '.' && dot && (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".xlsx") == 0);
}

struct file {
    char *name;
    int64_t time;
    char *hint;
};

static int newest_first(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    return (y->time > x->time) - (y->time < x->time);
}

static struct file *list_files(void *ctx, const char *dir, size_t *n)
{
    DIR *d = opendir(dir);
    struct file *out = talloc_array(ctx, struct file, 1);
    *n = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        struct stat st;
        char when[20], *path = text_printf(ctx, "%s/%s", dir, e->d_name);
        if (!is_table(e->d_name) || lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        date_time_format(st.st_mtime, when);
        out = talloc_realloc(ctx, out, struct file, (unsigned)*n + 1);
        MUST(out);
        out[(*n)++] = (struct file){
            text_visible(ctx, e->d_name, 0), st.st_mtime,
            text_printf(ctx, "%.16s  %lld KB", when, (long long)(st.st_size + 1023) / 1024)};
    }
    if (d)
        closedir(d);
    qsort(out, *n, sizeof(*out), newest_first);
    return out;
}

/* The name of the chosen file, NULL when cancelled. */
static const char *choose_file(struct app *app, struct session *s, void *ctx)
{
    size_t n;
    const struct file *file = list_files(ctx, text_printf(ctx, "%s/in", s->box), &n);
    struct pick_item *items = talloc_zero_array(ctx, struct pick_item, (unsigned)n + 1);
    MUST(items);
    for (size_t i = 0; i < n; i++) {
        items[i].label = file[i].name;
        items[i].hint = file[i].hint;
    }
    if (!n)
        app_message(app, _("投件箱里没有 .xlsx 或 .csv 文件。请先用文件传输放进 in 目录。"));
    struct pick p = {.title = _("导入哪个文件"), .items = items, .n = n};
    int i = n ? popup_pick(app, &p) : -1;
    return i < 0 ? NULL : file[i].name;
}

struct job {
    const char *type, *path, *rejects;
};

enum step { PREVIEW, CHECK, IMPORT };

/* 0 or 1: done (1: some rows were refused); *said is the report. */
static int run(struct app *app, struct session *s, void *ctx, const struct job *j, enum step step,
               char **said)
{
    static const char *const doing[] = {N_("正在读文件"), N_("正在检查"), N_("正在导入")};
    const char *words[12] = {"import", j->type, j->path};
    size_t n = 3;
    if (step != PREVIEW) {
        words[n++] = "--rejects";
        words[n++] = j->rejects;
    }
    if (strcmp(j->type, "child") == 0 || strcmp(j->type, "task") == 0) {
        words[n++] = "--map"; /* tasks come as feedback of the level above */
        words[n++] = *j->type == 'c' ? "roster" : "feedback";
    }
    if (step != IMPORT)
        words[n++] = step == CHECK ? "--dry-run" : "--preview";
    *said = NULL;
    int r = box_run(app, s, ctx, _(doing[step]), words, said);
    if (r == HE_CANCELLED)
        app_message(app, "%s",
                    step == IMPORT
                        ? _("已停止。已经导入的留着，再导入一次就从停下的地方接着。")
                        : _("已停止，什么都没有导入。"));
    else if (r < 0)
        app_message(app, _("没有办成：%s"), _(err_text(r)));
    return r;
}

/* The report of hutongctl with its words made plain. */
static char *report(void *ctx, const char *said, const struct job *j, bool refused)
{
    static const char *const words[][2] = {{"accepted ", N_("存入 ")},
                                           {"incomplete ", N_("其中资料不全 ")},
                                           {"unchanged ", N_("没有变化 ")},
                                           {"rejected ", N_("退回 ")},
                                           {"skipped ", N_("跳过（合计行、空行） ")},
                                           {HAN_("符合 "), N_("认定 符合 ")},
                                           {HAN_("不符合 "), N_("认定 不符合 ")},
                                           {HAN_("待核 "), N_("认定 待核 ")}};
    const char *tried = _("只做了检查，没有保存 (--dry-run)"); /* which the title says already */
    char *out = talloc_strdup(ctx, ""), *copy = talloc_strdup(ctx, said), *save = NULL;
    for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
        size_t i = 0;
        if (strcmp(l, tried) == 0)
            continue;
        while (i < NELEM(words) && strncmp(l, words[i][0], strlen(words[i][0])) != 0)
            i++;
        out = i < NELEM(words)
                  ? talloc_asprintf_append(out, "%s%s\n", _(words[i][1]), l + strlen(words[i][0]))
                  : talloc_asprintf_append(out, "%s\n", l);
    }
    if (refused)
        out = talloc_asprintf_append(out, _("\n退回的各行和原因在取件箱：%s\n"),
                                     strrchr(j->rejects, '/') + 1);
    MUST(out);
    return out;
}

/* The first rows as they would be kept: does each column say what it means? */
static bool columns_fit(struct app *app, struct session *s, void *ctx, const struct job *j)
{
    char *said;
    int r = run(app, s, ctx, j, PREVIEW, &said);
    if (r < 0)
        return false;
    popup_pager(app, r ? _("这个文件不能导入") : _("前几行会这样登记（F3 往下）"), said);
    if (r > 0)
        app_message(app, _("这个文件不能导入，请照说明改好再放进来。"));
    return r == 0 &&
           popup_confirm(app, _("导入"), _("各列都对上了吗？下一步逐行检查，还不会导入。"),
                         _("对，检查"));
}

static void import_file(struct app *app, struct session *s, void *ctx, const struct job *j)
{
    char *said;
    int r = columns_fit(app, s, ctx, j) ? run(app, s, ctx, j, CHECK, &said) : HE_CANCELLED;
    if (r < 0)
        return;
    popup_pager(app, _("检查结果（还没有导入，F3 往下）"), report(ctx, said, j, r == 1));
    if (r > 1) {
        app_message(app, _("这个文件不能导入，请照检查结果改好再放进来。"));
        return;
    }
    if (!popup_confirm(app, _("导入"), _("现在导入吗？退回的行不会导入，其余的存进登记册。"),
                       _("导入")))
        return;
    r = run(app, s, ctx, j, IMPORT, &said);
    if (r >= 0)
        popup_pager(app, _("导入结果"), report(ctx, said, j, r == 1));
}

void import_open(struct app *app, struct session *s)
{
    void *ctx = talloc_new(app);
    const char *name = box_there(app, s) ? choose_file(app, s, ctx) : NULL;
    const char *type = name ? box_pick_type(app, s, _("导入成什么"), "add", false) : NULL;
    if (type) {
        struct job j = {.type = type,
                        .path = text_printf(ctx, "%s/in/%s", s->box, name),
                        .rejects = text_printf(ctx, HAN_("%s/out/退回-%.*s.csv"), s->box,
                                               (int)(strrchr(name, '.') - name), name)};
        import_file(app, s, ctx, &j);
    }
    talloc_free(ctx);
}
