/* import: a file of rows. Killed and run again it goes on; run once more it changes nothing. */
#include "ctl/import.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/lang.h"
#include "report/table_write.h"

static const char *const results[] = {HAN_("符合"), HAN_("不符合"), HAN_("待核")};

static int begin(struct import *im)
{
    struct node *b = ctl_body(im->c, im->type), *answer;
    const char *base = strrchr(im->path, '/');
    node_str(b, "file", base ? base + 1 : im->path);
    node_str(b, "digest", im->digest);
    node_str(b, "map", im->map_digest);
    node_int(b, "rows", im->rows);
    map_fields(im->match, node_add_list(b, "fields"));
    map_consts(im->match->map, node_add_map(b, "const"));
    if (im->dry) { /* a job of its own that stores no record */
        node_remove(b, "dry");
        node_bool(b, "try", true);
    }
    int r = ctl_call(im->c, OP_IMPORT_BEGIN, b, &answer);
    if (r < 0)
        return r;
    im->job = node_num(answer, "job", 0);
    im->next = node_num(answer, "next", 1);
    im->again = node_flag(answer, "again");
    if (im->next > 1)
        out_say(_("接着上次导入，前 %lld 行已经办完"), (long long)im->next - 1);
    /* a rejects file says everything: rows done before are only compared, nothing is stored twice */
    if (args_text(im->c->args, "--rejects"))
        im->next = 1;
    return 0;
}

static int open_rejects(struct import *im)
{
    static const char *const heading[] = {"row", "field", "code", "message"};
    const char *path = args_text(im->c->args, "--rejects");
    if (!path)
        return 0;
    im->rejects = fopen(path, "we");
    if (!im->rejects) {
        out_say(_("hutongctl: 不能写 %s：%s"), path, strerror(errno));
        return HE_IO;
    }
    table_csv_row(im->rejects, heading, NELEM(heading), false);
    return 0;
}

static int close_rejects(struct import *im)
{
    if (!im->rejects)
        return 0;
    bool ok = !ferror(im->rejects);
    ok = fclose(im->rejects) == 0 && ok;
    im->rejects = NULL;
    return ok ? 0 : import_say(HE_IO, _("退回清单没有写完整，请检查磁盘"));
}

/* Of the whole file: the job's own counts, also of rows sent by a run that was killed. A file that
 * was done before counts what this run found. */
static void collect(struct import *im, const struct node *answer, struct node *out)
{
    for (size_t i = 0; i < IMP_COUNT; i++)
        if (!im->again)
            im->count[i] = node_num(answer, import_outcomes[i], 0);
    /* what is stored counts as accepted, complete or not */
    node_int(out, "accepted", im->count[IMP_ACCEPTED] + im->count[IMP_INCOMPLETE]);
    node_int(out, "incomplete", im->count[IMP_INCOMPLETE]);
    node_int(out, "unchanged", im->count[IMP_UNCHANGED]);
    node_int(out, "rejected", im->count[IMP_REJECTED]);
    node_int(out, "skipped", im->count[IMP_SKIPPED]);
    if (strcmp(im->type, "child") == 0)
        for (size_t i = 0; i < NELEM(results); i++)
            node_int(out, results[i], node_num(answer, results[i], 0));
}

static int finish(struct import *im)
{
    struct node *b = ctl_body(im->c, NULL), *answer, *out = node_map(im->c);
    node_remove(b, "dry");
    node_int(b, "job", im->job);
    int r = ctl_call(im->c, OP_IMPORT_END, b, &answer);
    if (r < 0)
        return r;
    collect(im, answer, out);
    if (args_has(im->c->args, "--json")) {
        out_json(out);
    } else {
        for (const struct node *e = node_first(out); e; e = e->next)
            out_print("%s %lld\n", e->key, (long long)e->num);
    }
    bool changed = im->count[IMP_ACCEPTED] + im->count[IMP_INCOMPLETE] > 0;
    if (im->dry)
        out_say(_("只做了检查，没有保存 (--dry-run)"));
    else if (!changed && im->count[IMP_REJECTED])
        out_say(_("没有变化：退回的 %lld 行没有登记，其余的早已登记"),
                (long long)im->count[IMP_REJECTED]);
    else if (!changed)
        out_say(_("没有变化：这个文件的内容都已经登记"));
    return im->count[IMP_REJECTED] ? CTL_SOME : 0;
}

int cmd_import(struct ctl *c)
{
    struct import im = {.c = c, .type = args_at(c->args, 0), .path = args_at(c->args, 1)};
    const char *enc = args_text(c->args, "--encoding");
    im.dry = args_has(c->args, "--dry-run");
    if (enc && conv_enc_parse(enc, &im.opt.enc) < 0) {
        out_say(_("hutongctl: 不认识编码 %s，可写 auto utf-8 gb18030 utf-16le utf-16be"), enc);
        return HE_USAGE;
    }
    int r = import_prepare(&im);
    if (args_has(c->args, "--preview")) {
        if (im.match)
            import_show_first(&im);
        return r;
    }
    if (r == 0)
        r = begin(&im);
    if (r == 0)
        r = open_rejects(&im);
    if (r == 0)
        r = import_send(&im);
    int end = close_rejects(&im);
    r = r ? r : end;
    return r < 0 ? r : finish(&im);
}
