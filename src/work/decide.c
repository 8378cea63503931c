/* Approving, returning and recalling changes under review (decision 5). */
#include <string.h>
#include <stdlib.h>
#include <talloc.h>
#include <time.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "form/type.h"
#include "work/save_in.h"

#define MARKS_MAX 40
#define PART_MS   8  /* of the writer at once */
#define PART_MAX  25 /* changes at once */

struct decision {
    struct txn *txn;
    void *ctx;
    const struct county *county;
    const struct actor *actor;
    struct store_who who;
    bool approve;
    const char *reason;
    const struct node *marks;
    struct rec *change; /* as stored */
    struct rec *child;
    enum level level;
    const char *text; /* why it was skipped */
};

/* --- the proposal: a flat JSON map of texts and nulls, as node_json wrote it --- */

static const char *json_string(void *ctx, const char **p)
{
    char *out = talloc_strdup(ctx, *p), *w = out;
    const char *s = *p + 1;

    if (**p != '"')
        return NULL;
    for (; *s && *s != '"'; s++) {
        unsigned cp = 0;
        if (*s != '\\') {
            *w++ = *s;
            continue;
        }
        s++;
        if (*s == 'u') {
            for (int i = 1; i <= 4; i++) {
                const char *hex = "0123456789abcdef", *at = s[i] ? strchr(hex, s[i]) : NULL;
                if (!at)
                    return NULL;
                cp = cp * 16 + (unsigned)(at - hex);
            }
            s += 4;
            w += text_put(w, cp);
        } else if (*s == '"' || *s == '\\') {
            *w++ = *s;
        } else {
            return NULL;
        }
    }
    if (*s != '"')
        return NULL;
    *w = '\0';
    *p = s + 1;
    return out;
}

static bool json_pair(struct node *out, const char **p)
{
    const char *key = json_string(out, p), *value;

    if (!key || *(*p)++ != ':')
        return false;
    if (!strncmp(*p, "null", 4)) {
        *p += 4;
        node_nil(out, key);
        return true;
    }
    value = json_string(out, p);
    if (value)
        node_str(out, key, value);
    return value != NULL;
}

int review_proposed(void *ctx, const struct rec *change, struct node **out)
{
    const char *p = rec_get(change, "proposed");

    *out = node_map(ctx);
    if (!p || !strcmp(p, "{}"))
        return 0;
    if (*p++ != '{')
        return HE_CORRUPT;
    while (json_pair(*out, &p)) {
        if (*p == '}')
            return p[1] ? HE_CORRUPT : 0;
        if (*p++ != ',')
            return HE_CORRUPT;
    }
    return HE_CORRUPT;
}

/* --- one change --- */

static int skip(struct decision *d, const char *text)
{
    d->text = text;
    return 1;
}

static void set_who(const struct decision *d, struct rec *rec, const char *by, const char *on)
{
    char now[20];

    rec_set(rec, by, text_printf(rec, "%llu", (unsigned long long)d->actor->id));
    rec_set(rec, on, date_time_format(date_now(), now));
}

static int store_change(struct decision *d, struct rec *rec)
{
    return txn_put(d->txn, &d->who, d->change, rec, NULL, NULL);
}

/* The child's review_state follows its changes. */
static int mirror(struct decision *d)
{
    struct rec *old, *rec;
    char state[2];
    int err = txn_get(d->txn, d->ctx, d->child->form, d->child->id, &old);

    if (err || (err = review_mirror(d->txn, d->ctx, d->county, old->id, state)))
        return err;
    if (rec_same(rec_get(old, "review_state"), state))
        return 0;
    rec = rec_copy(d->ctx, old);
    rec_set(rec, "review_state", state);
    return txn_put(d->txn, &d->who, old, rec, NULL, NULL);
}

/* The first thing that stands in the way, as a sentence. */
static const char *refusal(struct decision *d, const struct save *s, int err)
{
    const struct node *row = node_first(s->conflict);
    struct form_path path;

    if (err == HE_CONFLICT && row && !form_path_parse(s->form, node_text(row, "field"), &path))
        return text_printf(d->ctx, _("“%s”在上报以后被%s改过，请退回核对后重新上报"),
                           form_path_said(d->ctx, path), node_text_or(row, "who", _("别人")));
    for (size_t i = 0; err == HE_RULE && i < s->findings->n; i++)
        if (s->findings->f[i].level == 'E')
            return s->findings->f[i].text;
    return err_text(err);
}

/* Takes the proposed values into the file, checking them as of now. */
static int apply(struct decision *d)
{
    static const char *const states[] = {['1'] = "3", ['4'] = "4", ['5'] = "3", ['6'] = "4"};
    char kind = *rec_get(d->change, "kind");
    const char *base = rec_get(d->change, "base_version"), *on = rec_get(d->change, "submitted_on");
    struct save s = {.form = d->child->form,
                     .id = d->child->id,
                     .confirm_all = true,
                     .direct = true,
                     .why = rec_get(d->change, "reason")};
    struct save_more more = {.trusted = true, .move = kind == '3'};
    struct node *value;
    int err = review_proposed(d->ctx, d->change, &value);

    if (err)
        return err;
    if ((size_t)kind < NELEM(states))
        more.state = states[(size_t)kind];
    s.value = value;
    s.version = kind != '1' && base ? (uint32_t)strtoul(base, NULL, 10) : 0;
    s.source = text_printf(d->ctx, "review %llu", (unsigned long long)d->change->id);
    if (on)
        date_time_parse(on, &more.since);
    err = save_run(d->txn, d->ctx, d->county, d->actor, &s, &more);
    if (err == HE_RULE || err == HE_CONFLICT || err == HE_NOTFOUND)
        return skip(d, refusal(d, &s, err));
    return err;
}

static bool ends_at_town(const struct decision *d)
{
    char kind = *rec_get(d->change, "kind");
    struct node *proposed;
    struct form_path path;

    if (!d->county->conf.review_to_county && (kind == '1' || kind == '2'))
        return true;
    if (kind != '2' || review_proposed(d->ctx, d->change, &proposed) || !proposed->n)
        return false;
    for (const struct node *n = node_first(proposed); n; n = n->next)
        if (form_path_parse(d->child->form, n->key, &path) || !path.field->review_town)
            return false;
    return true;
}

static int approve(struct decision *d)
{
    bool town = *rec_get(d->change, "state") == '1';
    struct rec *rec = rec_copy(d->ctx, d->change);
    char now[20];
    int err;

    if (town)
        set_who(d, rec, "town_by", "town_on");
    if (town && !ends_at_town(d)) {
        rec_set(rec, "state", "2");
        return store_change(d, rec);
    }
    if (!town && d->level != LEVEL_COUNTY)
        return skip(d, _("这条变更要由县里审核"));
    if ((err = apply(d)))
        return err;
    if (!town)
        set_who(d, rec, "county_by", "county_on");
    rec_set(rec, "state", "4");
    rec_set(rec, "applied_on", date_time_format(date_now(), now));
    return store_change(d, rec);
}

/* Names of fields of what the change is about, and nothing else. */
static const char *sound_marks(struct decision *d)
{
    const struct form *form =
        rec_ref(d->change, "person") ? dict_form(d->county->dict, "person") : d->child->form;
    struct node *out = node_list(d->ctx);
    struct form_path path;

    for (const struct node *n = node_first(d->marks); n && out->n < MARKS_MAX; n = n->next)
        if (n->type == NODE_STR && (!form_path_parse(form, n->str, &path) ||
                                    !form_path_parse(d->child->form, n->str, &path)))
            node_str(out, NULL, n->str);
    return d->marks ? node_json(d->ctx, out) : rec_get(d->change, "marks");
}

static int send_back(struct decision *d)
{
    struct rec *rec = rec_copy(d->ctx, d->change);

    if (*rec_get(d->change, "state") == '2' && d->level != LEVEL_COUNTY)
        return skip(d, _("这条变更已经报到县里，要由县里退回"));
    if (!d->reason || !*d->reason)
        return skip(d, _("请写明退回的原因，让村里知道改哪里"));
    rec_set(rec, "state", "3");
    rec_set(rec, "return_reason", d->reason);
    rec_set(rec, "marks", sound_marks(d));
    set_who(d, rec, "returned_by", "returned_on");
    return store_change(d, rec);
}

static int load(struct decision *d, uint64_t id)
{
    int err = txn_get(d->txn, d->ctx, dict_form(d->county->dict, "change"), id, &d->change);

    if (!err)
        err = txn_get(d->txn, d->ctx, dict_form(d->county->dict, "child"),
                      rec_ref(d->change, "child"), &d->child);
    return err == HE_NOTFOUND ? skip(d, _("没有找到这条变更")) : err;
}

static int decide(struct decision *d, uint64_t id)
{
    const char *state;
    int err = load(d, id);

    if (err)
        return err;
    state = rec_get(d->change, "state");
    if (!actor_sees(d->txn, d->county, d->actor, "child.review", d->child))
        return skip(d, _("没有找到这条变更"));
    if (!state || !strchr("12", *state))
        return skip(d, _("这条变更已经办完或撤回，不用再审"));
    if (d->approve && (rec_ref(d->change, "submitted_by") == d->actor->id ||
                       rec_ref(d->change, "typed_by") == d->actor->id))
        return skip(d, _("自己上报的变更要由别人审核"));
    d->level = review_level(d->txn, d->county, d->actor, d->child);
    err = d->approve ? approve(d) : send_back(d);
    return err ? err : mirror(d);
}

static int decide_one(struct decision *d, struct review_batch *b)
{
    int err = b->at->type == NODE_INT ? decide(d, (uint64_t)b->at->num) : HE_PROTOCOL;
    struct node *row;

    if (err > 0) {
        row = node_add_map(b->skipped, NULL);
        node_int(row, "id", b->at->num);
        node_str(row, "text", d->text);
    }
    b->done += err == 0;
    return err < 0 ? err : 0;
}

static int64_t clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int review_decide(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, struct review_batch *b)
{
    int64_t until = clock_ms() + PART_MS;
    int err = 0;

    for (int n = 0; b->at && !err && n < PART_MAX && clock_ms() < until; n++) {
        struct decision d = {.txn = txn,
                             .ctx = talloc_new(ctx),
                             .county = county,
                             .actor = actor,
                             .who = actor->who,
                             .approve = b->approve,
                             .reason = b->reason,
                             .marks = b->marks};

        d.who.why = b->reason;
        d.who.today = actor->today;
        err = decide_one(&d, b);
        b->at = b->at->next;
        talloc_free(d.ctx);
    }
    return err;
}

int review_recall(struct txn *txn, void *ctx, const struct county *county,
                  const struct actor *actor, uint64_t change)
{
    struct decision d = {
        .txn = txn, .ctx = ctx, .county = county, .actor = actor, .who = actor->who};
    struct rec *rec;
    const char *state;
    int err = load(&d, change);

    if (err)
        return err > 0 ? HE_NOTFOUND : err;
    if (rec_ref(d.change, "submitted_by") != actor->id &&
        rec_ref(d.change, "typed_by") != actor->id)
        return actor_sees(txn, county, actor, "change.read", d.change) ? HE_DENIED : HE_NOTFOUND;
    state = rec_get(d.change, "state");
    if (!state || !strchr("123", *state))
        return HE_CONFLICT;
    rec = rec_copy(ctx, d.change);
    rec_set(rec, "state", "5");
    if ((err = store_change(&d, rec)))
        return err;
    return mirror(&d);
}
