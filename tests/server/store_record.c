/* Records: put and get, versions, unique keys, indexes and paging, search, history, transfer, merge. */
#include "server/store_box.h"
#include "store/store_int.h"

struct got {
    const struct form *form;
    uint64_t id;
    void *ctx;
    struct rec *rec;
};

static int get_fn(struct txn *t, void *arg)
{
    struct got *g = arg;
    return txn_get(t, g->ctx, g->form, g->id, &g->rec);
}

Test(store, record)
{
    struct box b;
    box_new(&b);
    struct got g = {b.child, 0, b.ctx, NULL};
    char *longer = talloc_array(b.ctx, char, 9001);
    memset(longer, 'x', 9000);
    longer[9000] = '\0';

    cr_assert_eq((g.id = box_put(&b, b.child, 0, "name=王小雨|id_no=11|village=320681001001")), 1);
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_str_eq(rec_get(g.rec, "name"), "王小雨");
    cr_assert_eq(g.rec->version, 1);
    box_put(&b, b.child, 1, text_printf(b.ctx, "remark=%s", longer)); /* many pieces, then few */
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_str_eq(rec_get(g.rec, "remark"), longer);
    box_put(&b, b.child, 1, "remark=短");
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_str_eq(rec_get(g.rec, "remark"), "短");
    cr_assert_eq(g.rec->version, 3);
    box_put(&b, b.child, 1, "remark=短"); /* nothing differs: nothing is written */
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_eq(g.rec->version, 3);

    struct box_put p = {.b = &b, .form = b.child, .id = 1, .pairs = "name=甲乙", .version = 2};
    cr_assert_eq(store_write(b.s, b.ctx, NULL, box_put_fn, &p, NULL), HE_CONFLICT);
    p = (struct box_put){.b = &b, .form = b.child, .pairs = "name=李明|id_no=11"};
    cr_assert_eq(store_write(b.s, b.ctx, NULL, box_put_fn, &p, NULL), HE_EXISTS);
    cr_assert_str_eq(p.clash->name, "id_no");
    cr_assert_eq(p.clash_id, 1);
    box_put(&b, b.child, 1, "id_no=12");
    box_put(&b, b.child, 0, "name=李明|id_no=11"); /* the old number is free again */
    box_put(&b, b.child, 0, "name=甲|id_no=?1:不知道");
    box_put(&b, b.child, 0, "name=乙|id_no=?1:不知道"); /* an unknown is nobody's value */
    g.id = 99;
    cr_assert_eq(store_read(b.s, get_fn, &g), HE_NOTFOUND);

    store_close(&b.s);
    box_open(&b);
    g.id = 1;
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_str_eq(rec_get(g.rec, "id_no"), "12");
    box_free(&b);
}

/* Error after a part was written: nothing of it stays, and a swallowed error cannot be committed. */
static int half_fn(struct txn *t, void *arg)
{
    struct box_put *p = arg;
    int err = box_put_fn(t, p);
    cr_assert_eq(err, 0);
    return p->version == 77 ? HE_RULE : 0;
}

static int swallow_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    struct rec *r = box_rec(b->ctx, b->child, "name=吞|id_no=55");
    cr_assert_eq(txn_put(t, &box_who, NULL, r, NULL, NULL), 0);
    t->broken = HE_IO; /* as a failed write inside would say */
    return 0;
}

static int count_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    uint64_t n;
    int err = txn_count(t, b->child, &n);
    return err ? err : (int)n;
}

Test(store, undo)
{
    struct box b;
    box_new(&b);
    struct box_put p = {.b = &b, .form = b.child, .pairs = "name=甲|id_no=1", .version = 77};
    cr_assert_eq(store_write(b.s, b.ctx, NULL, half_fn, &p, NULL), HE_RULE);
    cr_assert_eq(store_read(b.s, count_fn, &b), 0);
    cr_assert_eq(store_write(b.s, b.ctx, NULL, swallow_fn, &b, NULL), HE_IO);
    cr_assert_eq(store_read(b.s, count_fn, &b), 0);
    cr_assert_eq(box_put(&b, b.child, 0, "name=甲|id_no=1"), 1);
    cr_assert_eq(store_read(b.s, count_fn, &b), 1);
    uint64_t rows, bad;
    char head[65];
    cr_assert_eq(store_audit_verify(b.s, &rows, &bad, head), 0);
    cr_assert(rows == 1 && bad == 0);
    box_free(&b);
}

Test(store, walk)
{
    static const char *const town1[] = {"320681001000", NULL};
    static const char *const two[] = {"320681001002", "320681002000", NULL};
    static const char *const county[] = {"320681000000", NULL};
    static const char *const other[] = {"320682000000", NULL};
    static const char *const twice[] = {"320681001000", "320681001001", NULL};
    struct box b;
    box_new(&b);
    const struct form_field *birth = form_field(b.child, "birth_date");
    box_put(&b, b.child, 0, "name=一|village=320681001001|birth_date=2016-01-05");
    box_put(&b, b.child, 0, "name=二|village=320681001002|birth_date=2016-01-03");
    box_put(&b, b.child, 0, "name=三|village=320681002001|birth_date=2016-01-04");
    box_put(&b, b.child, 0, "name=四|village=320681001001|birth_date=2016-01-01");
    box_put(&b, b.child, 0, "name=五|village=320681002001");
    box_put(&b, b.child, 0, "name=六|village=320682001001|birth_date=2016-01-02");
    static const struct {
        const char *const *areas;
        bool by_birth, reverse;
        const char *lo, *hi, *want;
    } cases[] = {
        {NULL, false, false, NULL, NULL, "1 2 3 4 5 6"},
        {NULL, false, true, NULL, NULL, "6 5 4 3 2 1"},
        {town1, false, false, NULL, NULL, "1 2 4"},
        {NULL, true, false, NULL, NULL, "5 4 6 2 3 1"},
        {NULL, true, true, NULL, NULL, "1 3 2 6 4 5"},
        {county, true, false, NULL, NULL, "5 4 2 3 1"},
        {town1, true, false, NULL, NULL, "4 2 1"},
        {two, true, false, NULL, NULL, "5 2 3"},
        {two, true, true, NULL, NULL, "3 2 5"},
        {other, true, false, NULL, NULL, "6"},
        {twice, true, false, NULL, NULL, "4 2 1"},
        {NULL, true, false, "2016-01-02", "2016-01-04", "6 2 3"},
        {NULL, true, true, "2016-01-02", "2016-01-04", "3 2 6"},
        {county, true, false, "2016-01-04", NULL, "3 1"},
        {NULL, true, false, NULL, "2016-01-01", "4"}, /* who did not answer is in no range */
    };
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct box_walk w = {.w = {.form = b.child,
                                   .field = cases[i].by_birth ? birth : NULL,
                                   .areas = cases[i].areas,
                                   .lo = cases[i].lo,
                                   .hi = cases[i].hi,
                                   .reverse = cases[i].reverse}};
        cr_assert_str_eq(box_walk(&b, &w), cases[i].want, "case %zu: %s", i, w.text);
        /* the same page by page, two entries a page */
        char *all = talloc_strdup(b.ctx, ""), mark[512] = "";
        for (int page = 0; page < 9; page++) {
            w.max = 2;
            w.w.after = page ? mark : NULL;
            box_walk(&b, &w);
            if (!*w.text)
                break;
            all = talloc_asprintf_append(all, "%s%s", *all ? " " : "", w.text);
            snprintf(mark, sizeof mark, "%s", w.mark);
        }
        cr_assert_str_eq(all, cases[i].want, "case %zu by pages: %s", i, all);
    }
    struct box_walk bad = {.w = {.form = b.child, .field = birth, .after = "zz"}};
    cr_assert_str_eq(box_walk(&b, &bad), "PROTOCOL");
    bad.w.field = form_field(b.child, "remark");
    bad.w.after = NULL;
    cr_assert_str_eq(box_walk(&b, &bad), "USAGE");
    box_free(&b);
}

/* A transfer takes the visits along; a merge leaves a forwarding id. */
static int forward_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    return txn_forward(t, &box_who, b->child, 1, 2);
}

Test(store, transfer_and_merge)
{
    static const char *const v1[] = {"320681001001", NULL}, *const v2[] = {"320681001002", NULL};
    struct box b;
    box_new(&b);
    box_put(&b, b.child, 0, "name=一|id_no=1|village=320681001001");
    box_put(&b, b.child, 0, "name=二|id_no=2|village=320681001002");
    box_put(&b, b.visit, 0, "child=1|day=2026-01-01");
    box_put(&b, b.visit, 0, "child=1|day=2026-01-02");
    box_put(&b, b.visit, 0, "child=2|day=2026-01-03");
    struct box_walk in1 = {
        .w = {.form = b.visit, .field = form_field(b.visit, "day"), .areas = v1}};
    struct box_walk in2 = in1,
                    of1 = {
                        .w = {.form = b.visit, .field = form_field(b.visit, "child"), .lo = "1"}};
    in2.w.areas = v2;
    cr_assert_str_eq(box_walk(&b, &in1), "1 2");
    cr_assert_str_eq(box_walk(&b, &of1), "1 2");
    box_put(&b, b.child, 1, "village=320681001002");
    cr_assert_str_eq(box_walk(&b, &in1), "");
    cr_assert_str_eq(box_walk(&b, &in2), "1 2 3");
    box_put(&b, b.child, 1, "village=320681001001");
    cr_assert_str_eq(box_walk(&b, &in1), "1 2");

    cr_assert_eq(store_write(b.s, b.ctx, NULL, forward_fn, &b, NULL), 0);
    struct got g = {b.child, 1, b.ctx, NULL};
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_eq(g.rec->id, 2);
    cr_assert_eq(store_read(b.s, count_fn, &b), 1);
    cr_assert_str_eq(box_walk(&b, &in2), "1 2 3");
    box_put(&b, b.child, 0, "name=三|id_no=1|village=320681001001"); /* its number is free */
    cr_assert_eq(store_write(b.s, b.ctx, NULL, forward_fn, &b, NULL), HE_CONFLICT);
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    box_free(&b);
}

/* --- many at once --- */

#define CROWD 12

struct crowd {
    struct box *b;
    int i;
    pthread_t thread;
};

struct one {
    struct box *b;
    const char *name;
    bool fails;
};

/* Writes first and fails then: those that share its batch must not notice. */
static int one_fn(struct txn *t, void *arg)
{
    struct one *o = arg;
    void *ctx = talloc_new(NULL);
    struct rec *rec =
        box_rec(ctx, o->b->child, text_printf(ctx, "name=%s|id_no=%s", o->name, o->name));
    struct node *answer = node_map(ctx);
    int err = txn_put(t, &box_who, NULL, rec, NULL, NULL);
    node_int(answer, "id", (int64_t)rec->id);
    if (!err)
        err = txn_answer(t, answer);
    talloc_free(ctx);
    return err ? err : o->fails ? HE_RULE : 0;
}

static void *crowd_main(void *arg)
{
    struct crowd *c = arg;
    void *ctx = talloc_new(NULL);
    for (int n = 0; n < 30; n++) {
        struct one o = {c->b, text_printf(ctx, "%d-%d", c->i, n), n % 5 == c->i % 5};
        struct store_reqno no = {7, (uint64_t)c->i + 1, (uint64_t)n + 1};
        int err = store_write(c->b->s, ctx, &no, one_fn, &o, NULL);
        cr_assert_eq(err, o.fails ? HE_RULE : 0, "%s: %s", o.name, err_name(err));
        struct node *answer;
        cr_assert_eq(store_outcome(c->b->s, ctx, &no, &answer), o.fails ? HE_NOTFOUND : 0);
    }
    talloc_free(ctx);
    return NULL;
}

Test(store, undo_in_a_crowd)
{
    struct crowd c[CROWD];
    struct box b;
    uint64_t rows, bad;
    char head[65];
    box_new(&b);
    for (int i = 0; i < CROWD; i++) {
        c[i] = (struct crowd){.b = &b, .i = i};
        cr_assert_eq(pthread_create(&c[i].thread, NULL, crowd_main, &c[i]), 0);
    }
    for (int i = 0; i < CROWD; i++)
        pthread_join(c[i].thread, NULL);
    cr_assert_eq(store_read(b.s, count_fn, &b), CROWD * 24);
    cr_assert_eq(store_audit_verify(b.s, &rows, &bad, head), 0);
    cr_assert(rows == CROWD * 24 && bad == 0);
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    box_free(&b);
}

/* --- what a reading rests on --- */

struct sight {
    struct box *b;
    const struct form *child;
    int what;
    struct seen *seen;
    bool still;
};

static int sight_stop(struct txn *t, uint64_t id, const char *mark, void *arg)
{
    (void)t, (void)id, (void)mark, (void)arg;
    return 1;
}

static int sight_note(const struct node *entry, void *arg)
{
    (void)entry, (void)arg;
    return 0;
}

static int sight_read(struct txn *t, void *arg)
{
    struct sight *x = arg;
    const struct form_field *id_no = form_field(x->child, "id_no");
    struct walk w = {.form = x->child, .field = form_field(x->child, "birth_date")};
    void *ctx = x->b->ctx;
    struct rec *rec;
    uint64_t id, n, *ids;
    size_t found;
    switch (x->what) {
    case 0:
        return txn_get(t, ctx, x->child, 1, &rec);
    case 1:
        return txn_get(t, ctx, x->child, 99, &rec) == HE_NOTFOUND ? 0 : HE_IO;
    case 2:
        return txn_unique(t, id_no, "1", &id);
    case 3:
        return txn_unique_vacant(t, id_no, "77", &id) == HE_NOTFOUND ? 0 : HE_IO;
    case 4:
        return txn_walk(t, &w, sight_stop, NULL);
    case 5:
        return txn_search(t, ctx, x->child, "n甲", 9, &ids, &found);
    case 6:
        return txn_count(t, x->child, &n);
    default:
        return txn_history(t, ctx, x->child, 1, sight_note, NULL);
    }
}

static int sight_again(struct txn *t, void *arg)
{
    struct sight *x = arg;
    x->still = txn_as_seen(t, x->seen);
    return 0;
}

Test(store, as_seen)
{
    static const struct {
        uint64_t id;
        const char *pairs;
        const char *still; /* of each way of reading: is it as it was? */
    } changes[] = {{0, NULL, "11111110"},
                   {2, "remark=乙", "11110000"},
                   {1, "remark=乙", "01110000"},
                   {1, "id_no=5", "01010000"},
                   {2, "id_no=77", "11100000"}};
    for (size_t i = 0; i < NELEM(changes); i++) {
        struct sight x[8];
        struct box b;
        box_new(&b);
        box_put(&b, b.child, 0, "name=甲|id_no=1");
        box_put(&b, b.child, 0, "name=乙|id_no=2");
        for (int what = 0; what < 8; what++) {
            x[what] = (struct sight){.b = &b, .child = b.child, .what = what};
            cr_assert_eq(store_look(b.s, b.ctx, sight_read, &x[what], &x[what].seen), 0, "%d",
                         what);
        }
        if (changes[i].pairs)
            box_put(&b, b.child, changes[i].id, changes[i].pairs);
        for (int what = 0; what < 8; what++) {
            cr_assert_eq(store_write(b.s, b.ctx, NULL, sight_again, &x[what], NULL), 0);
            cr_assert_eq(x[what].still, changes[i].still[what] == '1', "change %zu, reading %d", i,
                         what);
        }
        box_free(&b);
    }
}

struct search {
    struct box *b;
    const char *word;
    size_t max, n;
    uint64_t *ids;
};

static int search_fn(struct txn *t, void *arg)
{
    struct search *x = arg;
    const char **q = rec_query_tokens(x->b->ctx, x->word);
    x->n = 0;
    int err = 0;
    for (; *q && !err && !x->n; q++)
        err = txn_search(t, x->b->ctx, x->b->child, *q, x->max, &x->ids, &x->n);
    return err;
}

Test(store, search)
{
    struct box b;
    box_new(&b);
    box_put(&b, b.child, 0, "name=王小雨|id_no=320681201601054021");
    box_put(&b, b.child, 0, "name=王小小|id_no=320681201601054022");
    static const struct {
        const char *word;
        size_t max, n;
    } cases[] = {{"王小", 9, 2},   {"小雨", 9, 1}, {"王小", 1, 1},
                 {"320681", 9, 2}, {"李", 9, 0},   {"小", 9, 2}};
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct search x = {.b = &b, .word = cases[i].word, .max = cases[i].max};
        cr_assert_eq(store_read(b.s, search_fn, &x), 0);
        cr_assert_eq(x.n, cases[i].n, "%s: %zu", x.word, x.n);
    }
    box_put(&b, b.child, 1, "name=李大雨");
    struct search x = {.b = &b, .word = "王", .max = 9};
    cr_assert_eq(store_read(b.s, search_fn, &x), 0);
    cr_assert(x.n == 1 && x.ids[0] == 2);
    /* whole numbers are found by their unique keys: few, many, no longer, and no others */
    for (int i = 0; i < 40; i++)
        box_put(&b, b.child, 0, text_printf(b.ctx, "name=丙|id_no=7700%03d", i));
    box_put(&b, b.child, 3, "id_no=88");
    box_put(&b, b.child, 4, "id_no=-");
    static const struct {
        const char *word;
        size_t max, n;
    } numbers[] = {{"7700", 99, 38},   {"7700", 20, 20},   {"770000", 99, 8},
                   {"7700005", 9, 1},  {"7700000", 9, 0},  {"88", 9, 1},
                   {"77000050", 9, 0}, {"770001", 99, 10}, {"320681201601054022", 9, 1},
                   {"20160105", 9, 2}, {"500077", 9, 0}};
    for (size_t i = 0; i < NELEM(numbers); i++) {
        struct search y = {.b = &b, .word = numbers[i].word, .max = numbers[i].max};
        cr_assert_eq(store_read(b.s, search_fn, &y), 0);
        cr_assert_eq(y.n, numbers[i].n, "%s: %zu", y.word, y.n);
    }
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    box_free(&b);
}

struct lines {
    struct box *b;
    char text[2048];
};

static int history_line(const struct node *e, void *arg)
{
    struct lines *l = arg;
    size_t len = strlen(l->text);
    const struct node *old = node_get(e, "old");
    snprintf(l->text + len, sizeof l->text - len, "%lld %s name:%s remark:%s note:%s\n",
             (long long)node_num(e, "version", 0), node_text_or(e, "user", "?"),
             !node_get(old, "name") ? "-" : node_text_or(old, "name", "nil"),
             !node_get(old, "remark") ? "-" : node_text_or(old, "remark", "nil"),
             node_text_or(node_get(e, "note"), "text", "-"));
    return 0;
}

static int note_fn(struct txn *t, void *arg)
{
    struct box *b = arg;
    struct node *n = node_map(b->ctx);
    node_str(n, "text", "父亲电话改了");
    return txn_note(t, &box_who, b->child, 1, n);
}

static int history_fn_(struct txn *t, void *arg)
{
    struct lines *l = arg;
    l->text[0] = '\0';
    return txn_history(t, l->b->ctx, l->b->child, 1, history_line, l);
}

Test(store, history)
{
    struct box b;
    box_new(&b);
    struct lines l = {.b = &b};
    box_put(&b, b.child, 0, "name=甲");
    box_put(&b, b.child, 0, "name=别人");
    box_put(&b, b.child, 1, "name=乙|remark=x");
    cr_assert_eq(store_write(b.s, b.ctx, NULL, note_fn, &b, NULL), 0);
    box_put(&b, b.child, 1, "remark=-");
    cr_assert_eq(store_read(b.s, history_fn_, &l), 0);
    cr_assert_str_eq(l.text, "3 zhang name:- remark:x note:-\n"
                             "2 zhang name:- remark:- note:父亲电话改了\n"
                             "2 zhang name:甲 remark:nil note:-\n"
                             "1 zhang name:- remark:- note:-\n");
    /* renamed: number, values and history stay */
    store_close(&b.s);
    char *text = text_printf(b.ctx, CHILD_FORM, PHONE_FIELD),
         *p = strstr(text, "{name=\"remark\";");
    text = text_printf(b.ctx, "%.*s{name=\"memo\";was=\"remark\";%s", (int)(p - text), text,
                       p + strlen("{name=\"remark\";"));
    box_dict_text(&b, text);
    box_open(&b);
    cr_assert_eq(form_field(b.child, "memo")->number, 6);
    struct got g = {b.child, 1, b.ctx, NULL};
    box_put(&b, b.child, 1, "memo=还在");
    cr_assert_eq(store_read(b.s, get_fn, &g), 0);
    cr_assert_str_eq(rec_get(g.rec, "memo"), "还在");
    box_free(&b);
}

/* --- readers beside the writer --- */

#define READERS 3

struct beside {
    struct box *b;
    atomic_bool stop;
    atomic_int bad, seen;
};

/* A long remark is one letter over and over: two letters are pieces of two versions. */
static int whole_one(struct txn *t, uint64_t id, const char *mark, void *arg)
{
    struct beside *x = arg;
    void *ctx = talloc_new(NULL);
    struct rec *r;
    (void)mark;
    const char *s = txn_get(t, ctx, x->b->child, id, &r) ? NULL : rec_get(r, "remark");
    if (!s || !*s || strspn(s, (char[]){*s, 0}) != strlen(s))
        atomic_fetch_add(&x->bad, 1);
    atomic_fetch_add(&x->seen, 1);
    talloc_free(ctx);
    return 0;
}

static int whole_fn(struct txn *t, void *arg)
{
    struct beside *x = arg;
    struct walk w = {.form = x->b->child, .field = form_field(x->b->child, "birth_date")};
    return txn_walk(t, &w, whole_one, x);
}

static void *reader_main(void *arg)
{
    struct beside *x = arg;
    while (!atomic_load(&x->stop))
        if (store_read(x->b->s, whole_fn, x))
            atomic_fetch_add(&x->bad, 1);
    return NULL;
}

Test(store, readers)
{
    struct box b;
    struct beside x = {.b = &b};
    pthread_t t[READERS];
    box_new(&b);
    for (int i = 0; i < 20; i++)
        box_put(&b, b.child, 0, "name=甲|remark=a|village=320681001001");
    for (int i = 0; i < READERS; i++)
        cr_assert_eq(pthread_create(&t[i], NULL, reader_main, &x), 0);
    for (int i = 0; i < 600; i++) {
        char text[3001];
        size_t len = i % 7 == 0 ? 10 : 3000;
        memset(text, 'a' + i % 26, len);
        text[len] = '\0';
        box_put(&b, b.child, (uint64_t)(i % 20) + 1,
                text_printf(b.ctx, "remark=%s|birth_date=2016-01-%02d|village=32068100100%d", text,
                            i % 28 + 1, i % 5));
    }
    atomic_store(&x.stop, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(t[i], NULL);
    cr_assert_eq(atomic_load(&x.bad), 0, "%d of %d", atomic_load(&x.bad), atomic_load(&x.seen));
    cr_assert_gt(atomic_load(&x.seen), 100);
    cr_assert_eq(store_verify(b.s, NULL, NULL), 0);
    box_free(&b);
}
