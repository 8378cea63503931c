/* The one director of a village. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "work/county.h"
#include "work/save_in.h"

struct director_scan {
    const struct county *county;
    const char *village;
    struct date today;
    uint64_t user;
    size_t n;
};

static bool in_force(const struct rec *post, struct date on)
{
    struct date d;
    const char *from = rec_get(post, "from"), *to = rec_get(post, "to");

    if (from && !date_parse(from, &d) && date_cmp(on, d) < 0)
        return false;
    return !(to && !date_parse(to, &d) && date_cmp(on, d) > 0);
}

static int director_one(struct rec *post, void *arg)
{
    struct director_scan *scan = arg;
    const struct role *role;

    role = roles_find(scan->county->roles, rec_get(post, "role") ? rec_get(post, "role") : "");
    if (role && role->level && !strcmp(role->level, "village") && role_may(role, "child.change") &&
        in_force(post, scan->today) && scan->user != rec_ref(post, "user")) {
        scan->user = rec_ref(post, "user");
        scan->n++;
    }
    talloc_free(post);
    return 0;
}

/* Every new file asks who directs its village, and posts hardly ever change. */
struct directors {
    pthread_mutex_t mu;
    uint64_t stamp; /* of the posts; 0: of none yet */
    const struct roles *roles;
    struct date today;
    struct {
        uint64_t village, user;
    } slot[1024];
};

struct directors *directors_new(void *ctx)
{
    struct directors *d = talloc_zero(ctx, struct directors);

    MUST(d && !pthread_mutex_init(&d->mu, NULL));
    return d;
}

/* put: keeps *user; else gives it, when it is known. */
static bool directors_know(const struct county *county, uint64_t stamp, struct date today,
                           const char *village, uint64_t *user, bool put)
{
    struct directors *d = county->directors;
    uint64_t code = strtoull(village, NULL, 10);
    size_t at = code * UINT64_C(0x9e3779b97f4a7c15) >> 54;
    bool known;

    if (stamp % 2) /* they are just being changed */
        return false;
    pthread_mutex_lock(&d->mu);
    if (d->stamp != stamp + 2 || d->roles != county->roles || date_cmp(d->today, today)) {
        memset(d->slot, 0, sizeof d->slot);
        d->stamp = stamp + 2;
        d->roles = county->roles;
        d->today = today;
    }
    if (put) {
        d->slot[at].village = code;
        d->slot[at].user = *user;
    }
    known = d->slot[at].village == code;
    if (known)
        *user = d->slot[at].user;
    pthread_mutex_unlock(&d->mu);
    return known;
}

int village_director(struct txn *txn, const struct county *county, const char *village,
                     struct date today, uint64_t *user)
{
    const struct form *form = dict_form(county->dict, "post");
    const char *areas[] = {village, NULL};
    struct director_scan scan = {county, village, today, 0, 0};
    struct walk walk = {.form = form, .field = form_field(form, "area"), .areas = areas};
    uint64_t stamp = txn_changes(txn, form);
    int err;

    *user = 0;
    if (!village || directors_know(county, stamp, today, village, user, false))
        return 0;
    err = txn_each(txn, NULL, &walk, director_one, &scan);
    *user = !err && scan.n == 1 ? scan.user : 0;
    if (!err && txn_changes(txn, form) == stamp)
        directors_know(county, stamp, today, village, user, true);
    return err;
}
