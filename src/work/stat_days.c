/*
 * Which tables there are: the last few days asked for. One lock guards all of them while they are read or
 * refreshed; it is let go while one is built, and never held by the writer.
 */
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/err.h"
#include "work/stat_in.h"

/* --- which tables there are --- */

static struct stat_table *table_new(struct statistics *s, const struct stat_key *key)
{
    struct stat_table *t = talloc_zero(NULL, struct stat_table);

    t->stat = s;
    t->key = *key;
    t->day = key->day;
    t->building = true;
    pthread_mutex_lock(&s->log_lock);
    t->log = s->n;
    pthread_mutex_unlock(&s->log_lock);
    return t;
}

/* The place of the least used table that nobody waits for; NULL when all are in use. */
static struct stat_table **table_place(struct statistics *s)
{
    struct stat_table **place = NULL;

    for (int i = 0; i < STAT_TABLES; i++) {
        struct stat_table *t = s->table[i];

        if (!t)
            return &s->table[i];
        if (!t->users && !t->building && (!place || t->used < (*place)->used))
            place = &s->table[i];
    }
    return place;
}

static bool same_key(const struct stat_key *a, const struct stat_key *b)
{
    return a->form == b->form && a->on == b->on && date_cmp(a->day, b->day) == 0 &&
           date_cmp(a->from, b->from) == 0;
}

static struct stat_table *table_of(struct statistics *s, const struct stat_key *key)
{
    for (int i = 0; i < STAT_TABLES; i++)
        if (s->table[i] && same_key(&s->table[i]->key, key))
            return s->table[i];
    return NULL;
}

static void table_drop(struct statistics *s, struct stat_table *t)
{
    for (int i = 0; i < STAT_TABLES; i++)
        if (s->table[i] == t)
            s->table[i] = NULL;
    talloc_free(t);
}

/* Under the lock, which is let go meanwhile. */
static int table_build(struct statistics *s, const struct stat_key *key, bool past,
                       struct stat_table **out)
{
    struct stat_table **place = table_place(s), *t;
    int err;

    if (!place)
        return HE_BUSY;
    talloc_free(*place);
    t = *place = table_new(s, key);
    t->past = past;
    s->building_past |= past;
    pthread_mutex_unlock(&s->lock);
    err = stat_build(t);
    pthread_mutex_lock(&s->lock);
    t->building = false;
    if (past)
        s->building_past = false;
    pthread_cond_broadcast(&s->built);
    if (err)
        table_drop(s, t);
    *out = err ? NULL : t;
    return err;
}

static bool is_past(struct statistics *s, struct date today, struct date day)
{
    bool past;

    pthread_mutex_lock(&s->log_lock);
    if (date_cmp(today, s->latest) > 0)
        s->latest = today;
    past = date_cmp(day, s->latest) < 0;
    pthread_mutex_unlock(&s->log_lock);
    return past;
}

/* Under the lock: the fresh table of the day. */
static int table_fresh(struct statistics *s, struct date today, const struct stat_key *key,
                       struct stat_table **out)
{
    bool past = is_past(s, today, key->day) && !key->on;
    int err = 0;

    for (int tries = 0; tries < 5; tries++) {
        struct stat_table *t = table_of(s, key);

        if (t ? t->building : past && s->building_past) {
            pthread_cond_wait(&s->built, &s->lock);
            tries--;
            continue;
        }
        if (!t && (err = table_build(s, key, past, &t)))
            return err;
        t->past = past;
        err = stat_refresh(t);
        if (err != HE_LIMIT) {
            *out = t;
            return err;
        }
        table_drop(s, t);
    }
    return err;
}

int stat_take(const struct county *county, struct date today, const struct stat_key *key, size_t n,
              struct stat_table **out)
{
    struct statistics *s = county->stat;
    size_t taken = 0;
    int err = 0;

    pthread_mutex_lock(&s->lock);
    while (taken < n && !(err = table_fresh(s, today, &key[taken], &out[taken])))
        out[taken++]->users++; /* building another lets the lock go: this one must stay */
    for (size_t i = 0; i < taken; i++) {
        out[i]->users--;
        if (!err)
            err = stat_refresh(out[i]);
        out[i]->used = s->clock + 1;
    }
    s->clock++;
    if (err)
        pthread_mutex_unlock(&s->lock);
    else
        stat_log_trim(s);
    return err;
}

int stat_take_ready(const struct county *county, struct date today, struct stat_table **out)
{
    const struct stat_key key = stat_day_key(county, today);
    struct statistics *s = county->stat;
    struct stat_table *t;
    int err = HE_NOTFOUND;

    pthread_mutex_lock(&s->lock);
    t = table_of(s, &key);
    if (t && !t->building && !t->past && !is_past(s, today, today) && !(err = stat_refresh(t)))
        t->used = ++s->clock;
    if (err)
        pthread_mutex_unlock(&s->lock);
    else
        stat_log_trim(s);
    *out = err ? NULL : t;
    return err == HE_LIMIT ? HE_NOTFOUND : err;
}

struct stat_key stat_day_key(const struct county *county, struct date day)
{
    return (struct stat_key){.day = day, .form = dict_form(county->dict, "child")};
}

void stat_release(struct stat_table *t)
{
    pthread_mutex_unlock(&t->stat->lock);
}

/* --- the engine --- */

static int stat_free(struct statistics *s)
{
    for (int i = 0; i < STAT_TABLES; i++)
        talloc_free(s->table[i]);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->log_lock);
    pthread_cond_destroy(&s->built);
    pthread_cond_destroy(&s->wake);
    return 0;
}

struct statistics *stat_new(const struct county *county)
{
    struct statistics *s = talloc_zero(base_unconst(county), struct statistics);

    s->county = county;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->log_lock, NULL);
    pthread_cond_init(&s->built, NULL);
    pthread_cond_init(&s->wake, NULL);
    talloc_set_destructor(s, stat_free);
    return s;
}

/* The tables that most reports need, ready before anybody asks: today's and the last day of the month
 * before. */
static void keep_ready(const struct county *county)
{
    struct date today = date_of_time(date_now()), before = today;
    struct stat_key days[2];
    struct stat_table *t[2];

    before.d = 1;
    days[0] = stat_day_key(county, date_add_days(before, -1));
    days[1] = stat_day_key(county, today);
    if (stat_take(county, today, days, 2, t) == 0)
        stat_release(t[1]);
}

static void *stat_main(void *arg)
{
    struct statistics *s = arg;

    pthread_mutex_lock(&s->lock);
    while (!s->stop) {
        struct timespec until;

        pthread_mutex_unlock(&s->lock);
        keep_ready(s->county);
        pthread_mutex_lock(&s->lock);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 5;
        if (!s->stop)
            pthread_cond_timedwait(&s->wake, &s->lock, &until);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

void stat_start(const struct county *county)
{
    struct statistics *s = county->stat;

    s->running = pthread_create(&s->thread, NULL, stat_main, s) == 0;
}

void stat_stop(const struct county *county)
{
    struct statistics *s = county->stat;

    if (!s->running)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    for (int i = 0; i < STAT_TABLES; i++)
        if (s->table[i])
            s->table[i]->dropped = true; /* a building under way ends */
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    s->running = false;
}
