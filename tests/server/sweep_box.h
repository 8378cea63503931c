/* What the tests of sweeps share: children in three villages, an opened sweep, requests as pairs. */
#ifndef HUTONG_TEST_SWEEP_BOX_H
#define HUTONG_TEST_SWEEP_BOX_H

#include "server/work_box.h"
#include "work/sweep.h"

#define TOWN_1 "320681100000"
#define TOWN_2 "320681101000"

typedef int sweep_fn(struct txn *, void *, const struct county *, const struct actor *,
                     const struct node *, struct node *);

struct ask {
    sweep_fn *fn;
    struct node *body, *out;
};

static inline int ask_fn(struct txn *t, struct box *b, const struct actor *a, void *arg)
{
    struct ask *k = arg;

    k->out = node_map(b->ctx);
    return k->fn(t, b->ctx, b->county, a, k->body, k->out);
}

/* "sweep=#1|area=320681100000|ids=[3,4]|v={found=1,result=1}" */
static inline struct node *ask_body(void *ctx, const char *pairs)
{
    struct node *out = node_map(ctx), *list;
    char *copy = talloc_strdup(ctx, pairs), *save = NULL, *in = NULL;

    for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save)) {
        char *eq = strchr(p, '='), *v = eq + 1;

        *eq = '\0';
        if (*v == '#') {
            node_int(out, p, strtoll(v + 1, NULL, 10));
        } else if (*v == '?') {
            node_bool(out, p, v[1] == '1');
        } else if (*v == '[') {
            list = node_add_list(out, p);
            v[strlen(v) - 1] = '\0';
            for (char *w = strtok_r(v + 1, ",", &in); w; w = strtok_r(NULL, ",", &in))
                if (strlen(w) < 9 && strspn(w, "0123456789") == strlen(w))
                    node_int(list, NULL, strtoll(w, NULL, 10));
                else
                    node_str(list, NULL, w);
        } else if (*v == '{') {
            list = node_add_map(out, p);
            v[strlen(v) - 1] = '\0';
            for (char *w = strtok_r(v + 1, ",", &in); w; w = strtok_r(NULL, ",", &in)) {
                char *e = strchr(w, '=');

                *e = '\0';
                node_str(list, w, e + 1);
            }
        } else {
            node_str(out, p, v);
        }
    }
    return out;
}

static inline int ask(struct box *b, const char *login, sweep_fn *fn, const char *pairs,
                      struct node **out)
{
    struct ask k = {.fn = fn, .body = ask_body(b->ctx, pairs)};
    int err = box_do(b, login, ask_fn, &k);

    *out = k.out;
    return err;
}

static inline void asked(struct box *b, const char *login, sweep_fn *fn, const char *pairs,
                         struct node **out)
{
    int err = ask(b, login, fn, pairs, out);

    cr_assert_eq(err, 0, "%s %s: %s", login, pairs, node_text_or(*out, "text", err_text(err)));
}

/* A file as registration leaves it; the rest is missing. */
static inline uint64_t sweep_child(struct box *b, const char *name, const char *village,
                                   const char *more)
{
    struct save s = {.direct = true, .confirm_all = true};
    int err = box_save(b, "xu", &s,
                       text_printf(b->ctx,
                                   "name=%s|village=%s|child_kinds=10|birth_date=2015-03-02|sex=1"
                                   "|father.name=王强%s%s",
                                   name, village, *more ? "|" : "", more));

    if (err)
        box_log(&s);
    cr_assert_eq(err, 0, "%s", name);
    return s.rec->id;
}

static inline void sweep_wait(struct box *b, int64_t job)
{
    cr_assert_eq(store_job_wait(b->store, (uint64_t)job, 20000), 0);
}

/* A sweep opened by the clerk; its id. */
static inline uint64_t sweep_opened(struct box *b, const char *more)
{
    struct save s = {.form = dict_form(b->dict, "sweep")};
    struct node *out;
    int err = box_save(b, "xu", &s,
                       text_printf(b->ctx, "title=暑期排查|kind=2%s%s", *more ? "|" : "", more));

    if (err)
        box_log(&s);
    cr_assert_eq(err, 0);
    asked(b, "xu", sweep_open, text_printf(b->ctx, "id=#%llu", (unsigned long long)s.rec->id),
          &out);
    sweep_wait(b, node_num(out, "job", 0));
    cr_assert_str_eq(box_val(b, s.form, s.rec->id, "state"), "3");
    return s.rec->id;
}

/* The item of a child (or place); the first that has the value. 0: none. */
static inline uint64_t sweep_item_id(struct box *b, const char *field, uint64_t of)
{
    const struct form *form = dict_form(b->dict, "sweep_item");

    for (uint64_t id = 1; id < 200; id++) {
        struct box_get g = {b->ctx, form, id, NULL};

        if (store_read(b->store, box_get_fn, &g) == 0 && rec_ref(g.rec, field) == of)
            return id;
    }
    return 0;
}

static inline int64_t figure(struct box *b, uint64_t sweep, const char *area, const char *counter)
{
    struct node *out;

    asked(b, "xu", sweep_figures,
          text_printf(b->ctx, "sweep=#%llu|level=village|area=%s", (unsigned long long)sweep, area),
          &out);
    return node_num(node_get(out, "total"), counter, -1);
}

static inline void sweep_is(struct box *b, uint64_t item, const char *field, const char *want)
{
    const char *v = box_val(b, dict_form(b->dict, "sweep_item"), item, field);

    cr_assert_str_eq(v, want, "item %llu.%s is %s, not %s", (unsigned long long)item, field, v, want);
}

/* Answers a row; HE_* as expected. */
static inline struct save sweep_answer(struct box *b, const char *login, uint64_t item,
                                       const char *pairs, int want)
{
    struct save s = {.form = dict_form(b->dict, "sweep_item"), .id = item};
    int err = box_save(b, login, &s, pairs);

    if (err != want)
        box_log(&s);
    cr_assert_eq(err, want, "%s %s: %s", login, pairs, err_name(err));
    return s;
}

#endif
