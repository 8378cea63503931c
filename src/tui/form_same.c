/*
 * Likely duplicates, and brothers and sisters, of a record in the making (child_same in
 * src/work/save.h): {id, title, village_title, why, text}; a file of another village has no id and
 * says only whom to ask. Each is shown once.
 */
#include "tui/form_priv.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static bool seen_before(struct form_screen *fs, const struct node *row)
{
    char *word =
        text_printf(fs, "%" PRId64 " %s", node_num(row, "id", 0), node_text_or(row, "why", ""));
    size_t n = fs->seen ? talloc_array_length(fs->seen) : 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(fs->seen[i], word) == 0) {
            talloc_free(word);
            return true;
        }
    fs->seen = talloc_realloc(fs, fs->seen, char *, (unsigned)n + 1);
    MUST(fs->seen);
    fs->seen[n] = word;
    return false;
}

static void look_at(struct form_screen *fs, uint64_t id)
{
    struct form_ask ask = {.type = fs->m->form->name, .id = id, .readonly = true};
    form_open(fs->app, fs->s, &ask, NULL);
}

/* The same family: one key shares the parents. */
static void ask_sibling(struct form_screen *fs, const struct node *row)
{
    const char *answers[] = {_("是，父母和监护人共用一份"), _("不是，各填各的")};
    uint64_t id = (uint64_t)node_num(row, "id", 0);
    char *text = text_printf(fs, _("像是 %s 的兄弟姐妹。共用的人改一次电话，几个孩子都改好。"),
                             node_text_or(row, "title", "?"));
    app_drop_keys(fs->app); /* digits of the next field are no answers */
    int i = popup_choose(fs->app, _("兄弟姐妹"), text, answers, 2, 0);
    talloc_free(text);
    if (i == 0 && id && model_share(fs->app, fs->m, id) == 0) {
        fs->shared = true;
        app_message(fs->app, _("已共用父母和监护人，他们的资料一起带过来了"));
    }
}

/* True: this registration is given up. */
static bool ask_same(struct form_screen *fs, const struct node *row)
{
    uint64_t id = (uint64_t)node_num(row, "id", 0);
    const char *answers[] = {_("不是同一个孩子，继续"), _("打开那份档案看看"),
                             _("是同一个孩子，不再登记")};
    const char *said = node_text(row, "text");
    char *text =
        said ? text_printf(fs, "%s", said)
             : text_printf(fs, _("可能已经登记过：%s %s %s。"), node_text_or(row, "title", ""),
                           node_text_or(row, "birth_date", ""),
                           node_text_or(row, "village_title", ""));
    int i;
    app_drop_keys(fs->app);
    do {
        i = popup_choose(fs->app, _("是不是同一个孩子"), text, answers, 3, 0);
        if (i == 1 && id)
            look_at(fs, id);
        else if (i == 1)
            app_message(fs->app, _("那份档案在别的村，请联系乡镇核对"));
    } while (i == 1);
    talloc_free(text);
    return i == 2 && popup_confirm(fs->app, _("不再登记"),
                                   _("填到一半的内容会丢掉，已有的档案不受影响。"), _("不再登记"));
}

bool same_show(struct form_screen *fs, const struct node *rows)
{
    for (const struct node *e = node_first(rows); e; e = e->next) {
        if (fs->m->id || seen_before(fs, e))
            continue;
        if (strcmp(node_text_or(e, "why", ""), "sibling") == 0) {
            if (!fs->shared && !fs->ask->sibling_of)
                ask_sibling(fs, e);
        } else if (ask_same(fs, e)) {
            draft_drop(fs);
            fs->done = true;
            return true;
        }
    }
    return false;
}

/* Names, numbers and what follows from them are what duplicates are found by. */
bool same_look(struct form_screen *fs, size_t place)
{
    const struct entry *p = &fs->m->place[place];
    struct node *answer = NULL;
    if (fs->m->id || p->a.problem || !p->a.value ||
        (p->f->search == SEARCH_NONE && !p->f->from && !p->f->unique))
        return false;
    void *tmp = talloc_new(NULL);
    int r = check_call(fs, tmp, &answer, true);
    bool gone = (r == 0 || r == HE_RULE) && same_show(fs, node_get(answer, "same"));
    talloc_free(tmp);
    return gone;
}
