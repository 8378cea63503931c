/* conf/hutong.conf: groups server, limits, county, print, private. An unknown or wrong word stops the
 * server. */
#include "server/server.h"

#include <limits.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "rec/expr.h"

/* The words of conf/hutong.conf; some belong to other programs of the project and are only known
 * here. */
static const char *const group_names[] = {"server", "store",  "limits",  "county",
                                          "print",  "phones", "private", NULL};
static const char *const server_names[] = {"data_dir",  "socket",     "forms_dir",
                                           "roles",     "import_dir", "box_dir",
                                           "log_level", "private",    NULL};
static const char *const store_names[] = {"cache_mb", "read_only_watermark_mb", "checkpoint_mb",
                                          NULL};
static const char *const limit_names[] = {
    "sessions", "sessions_per_user", "requests_per_second", "hello_ms",  "frame_ms",
    "stop_ms",  "page_max",          "import_rows",         "import_mb", "idle_lock_minutes",
    NULL};
static const char *const county_names[] = {
    "outing_months",         "divorced_counts_absent", "short_home_days",
    "agreement_makeup_days", "visit_red_days",         "visit_yellow_days",
    "visit_other_months",    "agreement_change_days",  "agreement_warn_days",
    "contact_gap_days",      "agreement_over_16",      "city_is_one_county",
    "rural_classes",         "review_to_county",       NULL};
static const char *const print_names[] = {"lp", "queue", "line_queue", NULL};
static const char *const private_names[] = {
    "allow_combined_roles", "allow_act_as", "allow_today", "fault", "clock_ahead", NULL};

/* Tests move the clock of the time stamps to see what a wrong one does. */
static int64_t clock_ahead;

static int64_t settings_now(void)
{
    return date_now() + clock_ahead;
}

/* A whole number of group[key] between lo and hi. */
static int number(const struct conf_item *g, const char *key, int dflt, int lo, int hi,
                  struct conf_errors *errs)
{
    if (!g)
        return dflt;
    long v = conf_int(g, key, dflt, errs);
    if (v >= lo && v <= hi)
        return (int)v;
    conf_error_at(errs, conf_get(g, key), "“%s” 应在 %d 到 %d 之间", key, lo, hi);
    return dflt;
}

static bool flag(const struct conf_item *g, const char *key, bool dflt, struct conf_errors *errs)
{
    return g ? conf_bool(g, key, dflt, errs) : dflt;
}

/* A group whose words are all known, or NULL when the file has none. */
static const struct conf_item *group(const struct settings *s, const char *name,
                                     const char *const names[], struct conf_errors *errs)
{
    const struct conf_item *g = conf_get(s->place->root, name);
    if (!g)
        return NULL;
    if (!conf_is_group(g)) {
        conf_error_at(errs, g, "“%s” 应是一组设置：%s = { … };", name, name);
        return NULL;
    }
    conf_only(g, names, errs);
    return g;
}

/* The phones of the urgent report, a row a division; read by the screens. */
static void check_phones(const struct settings *s, struct conf_errors *errs)
{
    static const char *const names[] = {"area", "police", "supervisor", "centre", NULL};
    const struct conf_item *list = conf_get(s->place->root, "phones");
    for (size_t i = 0; list && i < conf_count(list); i++)
        conf_only(conf_at(list, i), names, errs);
}

static void read_server(struct settings *s, struct conf_errors *errs)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    const struct conf_item *g = group(s, "server", server_names, errs);
    s->data_dir = place_path(s->place, g, "data_dir", "/var/lib/hutong", errs);
    s->roles_file = place_path(s->place, g, "roles", "roles.conf", errs);
    s->private = flag(g, "private", false, errs);
    const char *level = g ? conf_text(g, "log_level", "info", errs) : "info";
    size_t i = 0;
    while (i < NELEM(levels) && strcmp(levels[i], level) != 0)
        i++;
    if (i == NELEM(levels))
        conf_error_at(errs, conf_get(g, "log_level"),
                      "“log_level” 应是 error warn info debug 之一");
    else
        s->log_level = (int)i;
}

static void read_store(struct settings *s, struct conf_errors *errs)
{
    const struct conf_item *g = group(s, "store", store_names, errs);
    s->store = (struct store_conf){
        .dir = s->data_dir,
        .cache_bytes = (uint64_t)number(g, "cache_mb", 64, 1, 1 << 20, errs) << 20,
        .checkpoint_mb = (unsigned)number(g, "checkpoint_mb", 16, 1, 4096, errs),
        .low_disk_bytes = (uint64_t)number(g, "read_only_watermark_mb", 64, 1, 1 << 20, errs) << 20,
        .now = settings_now,
    };
}

static void read_limits(struct settings *s, struct conf_errors *errs)
{
    const struct conf_item *g = group(s, "limits", limit_names, errs);
    s->limits = (struct limits){
        .sessions = number(g, "sessions", 600, 1, 100000, errs),
        .sessions_per_user = number(g, "sessions_per_user", 5, 1, 100000, errs),
        .requests_per_second = number(g, "requests_per_second", 500, 1, 1000000, errs),
        .hello_ms = number(g, "hello_ms", 30000, 1, 600000, errs),
        .frame_ms = number(g, "frame_ms", 30000, 1, 600000, errs),
        .stop_ms = number(g, "stop_ms", 10000, 1, 600000, errs),
        .idle_lock_minutes = number(g, "idle_lock_minutes", 10, 0, 1440, errs),
    };
    s->county.page_max = number(g, "page_max", 200, 10, 1000, errs);
    s->county.import_rows = number(g, "import_rows", 200000, 1, 10000000, errs);
}

static void read_county(struct settings *s, struct conf_errors *errs)
{
    static const char *rural[] = {"121", "122", "210", "220", NULL};
    const struct conf_item *g = group(s, "county", county_names, errs);
    const char **classes = g ? conf_texts(s, g, "rural_classes", errs) : NULL;
    s->county.outing_months = number(g, "outing_months", 3, 1, 24, errs);
    s->county.divorced_counts_absent = flag(g, "divorced_counts_absent", true, errs);
    s->county.short_home_days = number(g, "short_home_days", 30, 1, 365, errs);
    s->county.makeup_days = number(g, "agreement_makeup_days", 30, 1, 365, errs);
    s->county.change_days = number(g, "agreement_change_days", 15, 1, 365, errs);
    expr_set_days("agreement_warn_days", number(g, "agreement_warn_days", 30, 1, 365, errs));
    expr_set_days("contact_gap_days", number(g, "contact_gap_days", 30, 1, 365, errs));
    s->county.no_agreement_16 = !flag(g, "agreement_over_16", true, errs);
    s->county.visit_red_days = number(g, "visit_red_days", 7, 1, 31, errs);
    s->county.visit_yellow_days = number(g, "visit_yellow_days", 15, 1, 31, errs);
    s->county.visit_other_months = number(g, "visit_other_months", 3, 1, 12, errs);
    s->county.city_is_one_county = flag(g, "city_is_one_county", false, errs);
    s->county.rural_classes = classes ? classes : rural;
    s->county.review_to_county = flag(g, "review_to_county", true, errs);
}

/* What a production server must never allow; asking for it there is a mistake, not a wish. */
static void read_private(struct settings *s, struct conf_errors *errs)
{
    const struct conf_item *g = group(s, "private", private_names, errs);
    s->county.combined_roles = flag(g, "allow_combined_roles", false, errs);
    s->act_as = flag(g, "allow_act_as", false, errs);
    s->today = flag(g, "allow_today", false, errs);
    const char *fault = g ? conf_text(g, "fault", "", errs) : "";
    s->store.fault = *fault ? fault : NULL;
    clock_ahead = number(g, "clock_ahead", 0, INT_MIN, INT_MAX, errs);
    bool asked = s->county.combined_roles || s->act_as || s->today || s->store.fault || clock_ahead;
    if (asked && !s->private)
        conf_error_at(errs, g,
                      "“private” 一组只能用在试用服务器上：正式服务器请删去，试用请在 server "
                      "一组写 private = true");
}

struct settings *settings_read(void *ctx, const char *config, struct conf_errors *errs)
{
    struct settings *s = talloc_zero(ctx, struct settings);
    MUST(s);
    size_t before = errs->n;
    s->place = place_read(s, config, errs);
    if (s->place) {
        conf_only(s->place->root, group_names, errs);
        read_server(s, errs);
        read_store(s, errs);
        read_limits(s, errs);
        read_county(s, errs);
        read_private(s, errs);
        group(s, "print", print_names, errs); /* read by the screens */
        check_phones(s, errs);
    }
    if (errs->n == before)
        return s;
    talloc_free(s);
    return NULL;
}

int settings_check_data(void *ctx, const struct settings *s, char **problem)
{
    char *mark = text_printf(ctx, "%s/%s", s->data_dir, PRIVATE_MARK);
    bool marked = access(mark, F_OK) == 0;
    talloc_free(mark);
    if (marked == s->private)
        return 0;
    *problem = text_printf(ctx,
                           marked ? _("%s 是试用数据，不能当正式数据使用；请另建数据目录")
                                  : _("%s 是正式数据，不能用试用配置 (private = true) 打开"),
                           s->data_dir);
    return HE_RULE;
}
