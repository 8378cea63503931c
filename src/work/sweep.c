/* What the files of sweeps share (sweep_in.h). */
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/area.h"
#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/codes.h"
#include "form/type.h"
#include "work/sweep_in.h"

const struct form *sweep_form(const struct county *county, const char *name)
{
    return dict_form(county->dict, name);
}

int sweep_refuse(struct node *out, int err, const char *text)
{
    node_str(out, "text", text);
    return err;
}

int sweep_load(struct swept *s, uint64_t id)
{
    struct rec *rec;
    int err = txn_get(s->txn, s->ctx, sweep_form(s->county, "sweep"), id, &rec);

    if (!err)
        s->sweep = rec;
    return err;
}

int sweep_of(struct swept *s, const struct node *body, struct node *out)
{
    int64_t id = node_num(body, "sweep", 0);
    int err = id > 0 ? sweep_load(s, (uint64_t)id) : HE_NOTFOUND;

    return err == HE_NOTFOUND ? sweep_refuse(out, err, _("没有这次排查，请核对排查号")) : err;
}

int sweep_must_run(const struct swept *s, struct node *out)
{
    switch (sweep_code(s->sweep, "state")) {
    case SWEEP_RUNNING:
        return 0;
    case SWEEP_OPENING:
        return sweep_refuse(out, HE_RULE, _("名单还在建立，请稍等片刻再办"));
    case SWEEP_DRAFT:
        return sweep_refuse(out, HE_RULE, _("这次排查还没有开启"));
    default:
        return sweep_refuse(out, HE_RULE, _("这次排查已经结束，不能再改"));
    }
}

/* --- kept values --- */

const char *sweep_key(const struct swept *s, const char *rest)
{
    return text_printf(s->ctx, "sweep/%llu%s%s", (unsigned long long)s->sweep->id, *rest ? "/" : "",
                       rest);
}

int sweep_kept(struct swept *s, const char *rest, struct node **out)
{
    int err = txn_meta_get(s->txn, s->ctx, sweep_key(s, rest), out);

    if (err == HE_NOTFOUND) {
        *out = node_map(s->ctx);
        return 0;
    }
    return err;
}

int sweep_keep(struct swept *s, const char *rest, const struct node *value)
{
    return txn_meta_put(s->txn, sweep_key(s, rest), value);
}

int sweep_next(struct swept *s, const char *what, int64_t *n)
{
    struct node *head;
    int err = sweep_kept(s, "", &head);

    if (err)
        return err;
    *n = node_num(head, what, 0) + 1;
    node_int(head, what, *n);
    return sweep_keep(s, "", head);
}

/* --- which sweeps run --- */

#define RUNNING_KEY "sweep/running"

int sweep_running(struct txn *txn, void *ctx, uint64_t **ids, size_t *n)
{
    struct node *kept;
    int err = txn_meta_get(txn, ctx, RUNNING_KEY, &kept);

    *ids = NULL;
    *n = 0;
    if (err)
        return err == HE_NOTFOUND ? 0 : err;
    for (const struct node *e = node_first(node_get(kept, "ids")); e; e = e->next) {
        *ids = talloc_realloc(ctx, *ids, uint64_t, *n + 1);
        (*ids)[(*n)++] = (uint64_t)e->num;
    }
    return 0;
}

int sweep_set_running(struct txn *txn, void *ctx, uint64_t id, bool on)
{
    struct node *value = node_map(ctx), *list = node_add_list(value, "ids");
    uint64_t *ids;
    size_t n;
    int err = sweep_running(txn, ctx, &ids, &n);

    for (size_t i = 0; i < n && !err; i++)
        if (ids[i] != id)
            node_int(list, NULL, (int64_t)ids[i]);
    if (on)
        node_int(list, NULL, (int64_t)id);
    return err ? err : txn_meta_put(txn, RUNNING_KEY, value);
}

/* --- time, names --- */

#define DAY_SECONDS 86400
#define ZONE        (8 * 3600)

char *sweep_time(void *ctx, struct date today, long hours)
{
    int64_t clock = (date_now() + ZONE) % DAY_SECONDS;
    char text[20];

    date_time_format((int64_t)date_days(today) * DAY_SECONDS - ZONE + clock + (int64_t)hours * 3600,
                     text);
    return talloc_strdup(ctx, text);
}

const char *sweep_id(void *ctx, uint64_t id)
{
    return id ? text_printf(ctx, "%llu", (unsigned long long)id) : NULL;
}

int sweep_festival(const struct dict *dict, int year, struct date *out)
{
    const struct codes *table = dict_codes(dict, "spring_festival");
    char text[12];
    const struct code *c;

    if (year < 0 || year > 9999)
        return HE_NOTFOUND;
    snprintf(text, sizeof text, "%d", year);
    c = table ? codes_find(table, text) : NULL;
    return c ? date_parse(c->label, out) : HE_NOTFOUND;
}

/* --- scope --- */

/* Is word one of the words of a list that people typed? "320681100000，320681101000" */
static bool listed(const char *list, bool (*is)(const char *word, const char *arg), const char *arg)
{
    static const char seps[] = ",，;；、 \n\t";
    char *copy = talloc_strdup(NULL, list), *word = copy;
    bool hit = false;

    for (char *p = copy; !hit && *word; p = word) {
        char *end = p;

        while (*end) { /* separators may be of three bytes */
            size_t w = text_cluster_next(end, 0);

            if (memmem(seps, sizeof seps - 1, end, w))
                break;
            end += w;
        }
        word = end + (*end ? text_cluster_next(end, 0) : 0);
        *end = '\0';
        hit = *p && is(p, arg);
    }
    talloc_free(copy);
    return hit;
}

static bool area_is(const char *word, const char *area)
{
    char code[13];

    return !area_parse(word, code) && (area_within(area, code) || area_within(code, area));
}

static bool group_is(const char *word, const char *group)
{
    return !strcmp(word, group);
}

bool sweep_covers(const struct rec *sweep, const char *area)
{
    const char *areas = rec_get(sweep, "areas");

    return !areas || (area && listed(areas, area_is, area));
}

bool sweep_wants(const struct rec *sweep, const struct rec *child)
{
    const char *kinds = rec_get(sweep, "categories"), *groups = rec_get(sweep, "groups");
    const char *own = rec_get(child, "child_kinds"), *group = rec_get(child, "village_group");
    char state = sweep_code(child, "state");
    bool any = !kinds;

    if (!state || !strchr("123", state) || !sweep_covers(sweep, rec_get(child, "village")))
        return false;
    if (groups && !(group && listed(groups, group_is, group)))
        return false;
    for (const char *p = kinds; p && !any; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        any = own && type_codes_has(
                         own, text_printf(base_unconst(child), "%.*s", (int)strcspn(p, ","), p));
    return any || (own && !strcmp(own, "90")); /* a suspicion may be anything */
}

const char **sweep_villages(void *ctx, const struct county *county, const struct rec *sweep)
{
    const char **all = area_villages(ctx, county, "");
    size_t n = 0;

    for (size_t i = 0; all[i]; i++)
        if (sweep_covers(sweep, all[i]))
            all[n++] = all[i];
    all[n] = NULL;
    return all;
}
