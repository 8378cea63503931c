/*
 * Kills hutongd at any moment while several clients add and change children over the wire, and looks
 * whether everything that it acknowledged is there, nothing is half, and every answer that was lost is
 * known by its number: what `outcome` says happened is there, what it says did not is not.
 *
 *   server_kill9 [CYCLES [SEED]]     3 cycles when started by the test run
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

#define CLIENTS 6
#define EARLY   60     /* cycles within which the planted fault must be found */
#define ROUNDS  100000 /* names of one client: more than a run can reach */

#define EARLY_CONF                                                                                 \
    "private = { allow_combined_roles = true; allow_act_as = true; allow_today = true; fault = "   \
    "\"early_ack\"; };\nlimits = { sessions_per_user = 1000; requests_per_second = 1000000; };\n"

/* What became of a change, as far as its client knows. */
enum fate { NONE, SAVED, REFUSED, LOST };

struct entry {
    enum fate fate;
    bool add;
    int64_t id, value; /* the child; what was written into it */
};

struct client {
    struct harness *h;
    int no, fd;
    uint64_t nonce;
    int64_t seq;
    struct entry *ledger; /* by seq */
    size_t n;
    int64_t child; /* its newest */
    uint64_t acked, lost;
};

struct harness {
    struct wire_county c;
    struct client client[CLIENTS];
    atomic_int acked;
    unsigned seed;
    bool planted; /* a server that answers too early: its faults are wanted */
    uint64_t faults, asked, happened;
};

static void fault(struct harness *h, const char *what, const struct client *c, size_t i)
{
    h->faults++;
    if (!h->planted)
        printf("# %s: client %d change %zu child %lld value %lld\n", what, c->no, i,
               (long long)c->ledger[i].id, (long long)c->ledger[i].value);
}

/* --- one client --- */

static struct node *call(struct client *c, void *ctx, const char *op, struct node *body)
{
    struct node *n = node_map(ctx), *answer = NULL;
    node_int(n, "seq", ++c->seq);
    node_str(n, "op", op);
    node_copy(n, "body", body);
    if (wire_send(c->fd, n, 10000) < 0 || wire_recv(ctx, c->fd, &answer, 10000) < 0)
        return NULL;
    return answer;
}

static bool hello(struct client *c)
{
    void *ctx = talloc_new(NULL);
    struct node *b = node_map(ctx);
    c->fd = run_dial(&c->h->c.run);
    node_int(b, "wire", WIRE_VERSION);
    node_int(b, "nonce", (int64_t)c->nonce);
    node_str(b, "program", "test");
    node_str(b, "from", "test");
    node_str(b, "today", TODAY);
    struct node *answer = call(c, ctx, "hello", b);
    bool ok = answer && strcmp(node_text_or(answer, "err", ""), "OK") == 0;
    talloc_free(ctx);
    return ok;
}

/* Every third change is a new child, with a father of its own: four records' worth of keys. */
static struct node *change(struct client *c, void *ctx, struct entry *e)
{
    e->value = (int64_t)c->n + 1;
    if (c->n % 3 != 0 && c->child) {
        e->id = c->child;
        return county_body(ctx, "type=child|#id=%lld|v.hobbies=%lld|?confirm_all", (long long)e->id,
                           (long long)e->value);
    }
    e->add = true;
    return county_body(
        ctx,
        "type=child|v.name=王小雨|v.village=%s|v.hobbies=%lld|v.birth_date=2016-03-12"
        "|v.father.name=王强|v.father.phone=13900%06lld|?direct|?confirm_all",
        c->no % 2 ? V1 : V2, (long long)e->value, (long long)(c->no * ROUNDS + e->value) % 1000000);
}

static void *client_loop(void *arg)
{
    struct client *c = arg;
    while (c->n < ROUNDS) {
        void *ctx = talloc_new(NULL);
        struct entry *e = &c->ledger[c->n];
        struct node *body = change(c, ctx, e);
        c->seq = (int64_t)c->n + 1; /* the number of the change; hello took number 1 */
        struct node *answer = call(c, ctx, e->id ? "rec.set" : "rec.add", body);
        bool ok = answer && strcmp(node_text_or(answer, "err", ""), "OK") == 0;
        e->fate = ok ? SAVED : answer ? REFUSED : LOST;
        if (ok)
            c->child = e->id = node_num(node_get(answer, "body"), "id", 0);
        else if (answer)
            printf("# refused: %s\n", node_json(ctx, answer));
        c->n++;
        c->acked += ok;
        c->lost += !answer;
        atomic_fetch_add(&c->h->acked, ok);
        talloc_free(ctx);
        if (!answer)
            break;
    }
    close(c->fd);
    return NULL;
}

/* --- what must be true afterwards --- */

static int64_t stored(struct client *c, void *ctx, int64_t id)
{
    struct node *a =
        call(c, ctx, "rec.get", county_body(ctx, "type=child|#id=%lld", (long long)id));
    const char *v = node_text(node_get(node_get(a, "body"), "v"), "hobbies");
    return v ? strtoll(v, NULL, 10) : -1;
}

/* The answer that was lost is asked for by its number. */
static void ask_outcome(struct client *c, size_t i)
{
    void *ctx = talloc_new(NULL);
    struct entry *e = &c->ledger[i];
    struct node *a = call(c, ctx, "outcome", county_body(ctx, "#seq=%lld", (long long)i + 2));
    const char *err = node_text_or(a, "err", "");
    c->h->asked++;
    if (strcmp(err, "OK") == 0) {
        e->fate = SAVED;
        e->id = node_num(node_get(a, "body"), "id", 0);
        c->child = e->id;
        c->h->happened++;
    } else if (strcmp(err, "NOTFOUND") == 0) {
        if (e->id && stored(c, ctx, e->id) == e->value)
            fault(c->h, "said not to have happened, and is there", c, i);
        e->fate = REFUSED;
    } else {
        fault(c->h, "no clear outcome", c, i);
    }
    talloc_free(ctx);
}

/* The last acknowledged value of each child, no earlier and no other. */
static void check_ledger(struct client *c, size_t from)
{
    void *ctx = talloc_new(NULL);
    for (size_t i = from; i < c->n; i++) {
        const struct entry *e = &c->ledger[i];
        bool last = true;
        for (size_t k = i + 1; k < c->n && last; k++)
            last = c->ledger[k].id != e->id || c->ledger[k].fate != SAVED;
        if (e->fate == SAVED && last && stored(c, ctx, e->id) != e->value)
            fault(c->h, "acknowledged and not there", c, i);
    }
    talloc_free(ctx);
}

/* No child but those that somebody was told of. */
static void check_count(struct harness *h)
{
    uint64_t want = 0;
    for (int i = 0; i < CLIENTS; i++)
        for (size_t k = 0; k < h->client[i].n; k++)
            want += h->client[i].ledger[k].fate == SAVED && h->client[i].ledger[k].add;
    const struct node *o =
        county_do(&h->c, h->c.boss, "rec.count", county_body(h->c.ctx, "type=child"));
    if ((uint64_t)node_num(o, "total", 0) != want) {
        h->faults++;
        if (!h->planted)
            printf("# %lld children instead of %llu\n", (long long)node_num(o, "total", 0),
                   (unsigned long long)want);
    }
}

/* --- cycles --- */

static void cycle(struct harness *h)
{
    pthread_t t[CLIENTS];
    size_t from[CLIENTS];
    int until = 20 + rand_r(&h->seed) % 150;
    atomic_store(&h->acked, 0);
    for (int i = 0; i < CLIENTS; i++) {
        from[i] = h->client[i].n;
        h->client[i].seq = 0;
        if (!hello(&h->client[i]) || pthread_create(&t[i], NULL, client_loop, &h->client[i]))
            exit(2);
    }
    time_t end = time(NULL) + 20;
    while (atomic_load(&h->acked) < until && time(NULL) < end)
        sched_yield();
    close(h->c.boss);
    kill(h->c.run.pid, SIGKILL);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(t[i], NULL);
    if (run_wait(&h->c.run) != 128 + SIGKILL || run_start(&h->c.run, NULL) != 0) {
        printf("# %s\n", h->c.run.said);
        exit(2);
    }
    h->c.boss = county_hello(&h->c, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        struct client *c = &h->client[i];
        c->seq = ROUNDS + 10; /* readings take numbers that no change uses */
        if (!hello(c))
            exit(2);
        for (size_t k = from[i]; k < c->n; k++)
            if (c->ledger[k].fate == LOST)
                ask_outcome(c, k);
        check_ledger(c, from[i]);
        close(c->fd);
    }
    check_count(h);
}

/* Until something is wrong. Returns the cycles that were run. */
static int cycles_run(struct harness *h, int cycles)
{
    int done = 0;
    county_make(&h->c, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        h->client[i] =
            (struct client){.h = h, .no = i, .nonce = h->seed * 1000ull + (unsigned)i + 1};
        h->client[i].ledger = talloc_zero_array(h->c.ctx, struct entry, ROUNDS);
    }
    if (h->planted) {
        close(h->c.boss);
        run_stop(&h->c.run);
        run_conf(&h->c.run, "private = true;", EARLY_CONF);
        if (run_start(&h->c.run, NULL) != 0)
            exit(2);
        h->c.boss = county_hello(&h->c, NULL);
    }
    for (; done < cycles && !h->faults; done++)
        cycle(h);
    return done;
}

static bool verified(struct harness *h)
{
    county_do(&h->c, h->c.boss, "verify", NULL);
    bool sound = strstr(h->c.raw, "\"faults\":0") != NULL;
    if (!sound)
        printf("# %s\n", h->c.raw);
    return sound;
}

static uint64_t acknowledged(const struct harness *h)
{
    uint64_t n = 0;
    for (int i = 0; i < CLIENTS; i++)
        n += h->client[i].acked;
    return n;
}

int main(int argc, char **argv)
{
    int cycles = argc > 1 && atoi(argv[1]) > 0 ? atoi(argv[1]) : 3;
    unsigned seed = argc > 2 && atoi(argv[2]) > 0 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL);
    static struct harness h, early;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("1..2\n# seed %u\n", seed);
    h.seed = early.seed = seed;
    early.planted = true;
    int done = cycles_run(&h, cycles);
    bool good = verified(&h) && !h.faults && acknowledged(&h);
    printf("# %d cycles, %llu acknowledged, %llu lost answers asked for, %llu had happened\n", done,
           (unsigned long long)acknowledged(&h), (unsigned long long)h.asked,
           (unsigned long long)h.happened);
    county_drop(&h.c);
    printf("%s 1 - nothing acknowledged is lost, nothing is half, every lost answer is known\n",
           good ? "ok" : "not ok");
    done = cycles_run(&early, EARLY);
    printf("# early answers: after %d cycles\n", done);
    printf("%s 2 - answers before the flush are found out\n", early.faults ? "ok" : "not ok");
    county_drop(&early.c);
    return !good || !early.faults;
}
