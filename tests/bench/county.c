#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/idno.h"
#include "base/io.h"
#include "base/text.h"
#include "rec/rec.h"
#include "rec/check.h"
#include "store/store_admin.h"

#define SEED  UINT64_C(20261122)
#define BATCH 100 /* families of one transaction */

static char village_code[512][13];
static char village_name[512][48];
static size_t villages;
static char *divisions; /* text of the list */

static void villages_read(void)
{
    size_t len;
    char *save = NULL, *copy;

    if (villages)
        return;
    if (io_read_file(NULL, SRCDIR "/tests/data/320681-qidong.csv", 1 << 20, &divisions, &len))
        die("no list of divisions");
    copy = talloc_strdup(divisions, divisions);
    for (char *line = strtok_r(copy, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
        if (*line < '0' || *line > '9' || strncmp(line + 9, "000", 3) == 0 || villages == 512)
            continue;
        memcpy(village_code[villages], line, 12);
        snprintf(village_name[villages], sizeof village_name[0], "%.45s", line + 13);
        villages++;
    }
}

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15) * (SEED | 1);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* One of a text of Han characters; low ones are commoner, as surnames and given names are. */
static const char *han(const char *all, uint64_t r, char out[4])
{
    size_t n = strlen(all) / 3;
    double u = (double)(r % 100003) / 100003;
    size_t i = (size_t)(u * u * (double)n);

    memcpy(out, all + 3 * i, 3);
    out[3] = '\0';
    return out;
}

static void name_make(char *out, size_t size, uint64_t family, uint64_t r)
{
    static const char surnames[] = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾"
                                   "彭萧蔡潘田董袁于余叶蒋杜苏魏程"
                                   "吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎"
                                   "薛尹段雷龙史陶贺顾毛郝龚邵万";
    static const char given[] =
        "雨子梓欣宇轩涵佳怡浩俊杰嘉文明志强伟芳娜敏静丽洋勇军艳涛超霞平刚桂英华玉秀兰红梅燕玲鹏飞雪"
        "博思梦诗语晨阳天一可心依若晓小海波建国庆春秋冬夏林森云龙凤山川江河源泽润瑞祥福康宁安乐悦恒"
        "新"
        "成功德义仁礼智信忠孝贤良善美慧聪颖灵秋菊竹松柏青翠绿蓝紫金银铜铁玲珑珊瑚琪瑶琳璐莹萍";
    char a[4], b[4], c[4];

    snprintf(out, size, "%s%s%s", han(surnames, mix(family), a), han(given, r, b),
             r % 8 ? han(given, r >> 20, c) : "");
}

static void id_finish(char id[19], struct date today)
{
    struct idno no;

    id[17] = '0';
    id[18] = '\0';
    (void)idno_check(id, today, &no);
    id[17] = no.check;
}

/* Age groups 0–5, 6–13, 14–16 in thousandths; days counted back from the first day of 2026. A county
 * has numbers for 1,500,000 of them, then the next one's follow. */
static void birth_make(uint64_t n, struct kid *k)
{
    static const struct {
        unsigned share, from, days;
    } group[] = {{217, 0, 2190}, {674, 2190, 2920}, {109, 5110, 400}};
    static const char *const county[] = {"320681", "320682", "320684", "320623", "320612"};
    unsigned slot = (unsigned)(n * 619 % 1000), g = 0;

    while (slot >= group[g].share)
        slot -= group[g++].share;
    uint64_t i = n / 1000 * group[g].share + slot;
    int back = (int)(group[g].from + i * 1009 % group[g].days);
    unsigned seq = (unsigned)(i / group[g].days) * 2 % 998 + (k->boy ? 1 : 2);
    struct date d = date_add_days((struct date){2026, 1, 1}, -back);

    k->age = back / 365;
    snprintf(k->birth, sizeof k->birth, "%04d-%02d-%02d", d.y, d.m, d.d);
    snprintf(k->id_no, sizeof k->id_no, "%s%04u%02u%02u%03u", county[n / 1500000 % NELEM(county)],
             (unsigned)d.y % 10000, (unsigned)d.m % 100, (unsigned)d.d % 100, seq % 1000);
    id_finish(k->id_no, (struct date){2026, 11, 22});
}

void kid_make(uint64_t n, struct kid *k)
{
    uint64_t r = mix(n), family = n / 2;
    size_t v;

    villages_read();
    v = mix(family ^ 77) % villages;
    memset(k, 0, sizeof *k);
    k->boy = r % 1000 < 545;
    name_make(k->name, sizeof k->name, family, r >> 8);
    birth_make(n, k);
    memcpy(k->village, village_code[v], 13);
    snprintf(k->group, sizeof k->group, "%u组", (unsigned)(mix(family) % 30) + 1);
    snprintf(k->addr, sizeof k->addr, "启东市%s%u号", village_name[v],
             (unsigned)(mix(family) % 400) + 1);
    snprintf(k->phone, sizeof k->phone, "13%09u", (unsigned)(mix(family ^ 5) % 1000000000));
}

size_t kid_pairs(const struct kid *k, struct pair out[KID_FIELDS])
{
    const struct pair all[] = {
        {"name", k->name},
        {"id_type", "111"},
        {"id_no", k->id_no},
        {"sex", k->boy ? "1" : "2"},
        {"birth_date", k->birth},
        {"ethnicity", "01"},
        {"hukou_registered", "1"},
        {"hukou_type", "1"},
        {"hukou_addr", k->addr},
        {"village", k->village},
        {"village_group", k->group},
        {"live_addr", k->addr},
        {"live_with", "4"},
        {"parents_state", "1"},
        {"father_kind", "1"},
        {"mother_kind", "1"},
        {"guard_kind", "1"},
        {"has_caregiver", "1"},
        {"caregiver_relation", "62"},
        {"care_since", "2025-02-20"},
        {"actual_care", "1"},
        {"care_form", "3"},
        {"reason_entrust", "1"},
        {"school_state", k->age < 3    ? "01"
                         : k->age < 6  ? "02"
                         : k->age < 12 ? "03"
                                       : "04"},
        {"grade", k->age < 6 ? NULL : "3年级"},
        {"class", k->age < 6 ? NULL : "2班"},
        {"head_teacher", "陈老师"},
        {"boarding", "0"},
        {"health", "10"},
        {"character", "活泼，爱说话"},
        {"hobbies", "画画、跑步"},
        {"child_kinds", "10"},
        {"guard_grade", "1"},
        {"relief", "00"},
        {"obs_home", "奶奶照料细心，孩子自己会洗碗扫地，作业由邻居家姐姐辅导，晚上九点前睡觉，"
                     "每个星期天和爸爸妈妈视频一次。"},
        {"obs_school",
         "到校准时，和同学相处好，数学好一些，语文作文要多练，班主任每月联系一次家里。"},
    };
    size_t n = 0;

    for (size_t i = 0; i < NELEM(all); i++)
        if (all[i].value)
            out[n++] = all[i];
    return n;
}

/* --- a county in this process --- */

/* Everybody was registered a year ago. */
#define REGISTERED "2025-11-20"
static const struct store_who who = {"bench", 1, "bench", "rec.add", NULL, "bench", {2025, 11, 20}};

void home_open(struct home *h, const char *data_dir, unsigned cache_mb)
{
    static const char *rural[] = {"121", "122", "210", "220", NULL};
    struct county_conf conf = {.outing_months = 3,
                               .divorced_counts_absent = true,
                               .short_home_days = 30,
                               .rural_classes = rural,
                               .review_to_county = true,
                               .page_max = 200,
                               .combined_roles = true};
    struct store_conf store = {.dir = data_dir,
                               .cache_bytes = (uint64_t)cache_mb << 20,
                               .checkpoint_mb = cache_mb > CACHE_MB ? 256 : 0};
    struct conf_errors *errs;
    char *problem = NULL;

    memset(h, 0, sizeof *h);
    h->ctx = talloc_new(NULL);
    errs = conf_errors_new(h->ctx);
    h->dict = rec_load_dict(h->ctx, SRCDIR "/forms", errs);
    if (h->dict)
        h->roles = roles_load(h->ctx, SRCDIR "/conf/roles.conf", h->dict, errs);
    if (!h->roles || store_open(h->ctx, &store, h->dict, &h->store, &problem))
        die("cannot open %s: %s", data_dir, problem ? problem : errs->n ? errs->text[0] : "?");
    h->county = county_open(h->ctx, h->store, h->dict, h->roles, &conf, errs);
    if (!h->county)
        die("cannot open the county: %s", errs->n ? errs->text[0] : "?");
}

void home_close(struct home *h)
{
    store_close(&h->store);
    talloc_free(h->ctx);
}

uint64_t home_put(struct txn *t, void *ctx, const struct store_who *by, const struct form *f,
                  const struct pair *p, size_t n)
{
    struct rec *rec = rec_new(ctx, f);
    int err;

    for (size_t i = 0; i < n; i++)
        rec_set(rec, p[i].field, p[i].value);
    if ((err = txn_put(t, by, NULL, rec, NULL, NULL)))
        die("cannot put a %s: %s", f->name, err_text(err));
    return rec->id;
}

static uint64_t put_user(struct txn *t, void *ctx, struct home *h, const char *login,
                         const char *role, const char *area)
{
    struct pair user[] = {{"login", login}, {"name", "测试"}, {"state", "1"}};
    uint64_t id = home_put(t, ctx, &who, dict_form(h->dict, "user"), user, NELEM(user));
    struct pair post[] = {
        {"user", text_printf(ctx, "%llu", (unsigned long long)id)}, {"role", role}, {"area", area}};

    home_put(t, ctx, &who, dict_form(h->dict, "post"), post, NELEM(post));
    return id;
}

/* Users are numbered as settle makes them, behind the one of a private server: the first village's
 * director, the clerk, the other directors. */
static uint64_t director_of(size_t village)
{
    return village ? village + 3 : 2;
}

uint64_t kid_director(const struct kid *k)
{
    size_t low = 0, high = villages;

    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        *(strcmp(village_code[mid], k->village) <= 0 ? &low : &high) = mid;
    }
    return director_of(low);
}

static int settle(struct txn *t, void *arg)
{
    struct home *h = arg;
    void *ctx = talloc_new(h->ctx);
    char *copy, *save = NULL;

    villages_read();
    copy = talloc_strdup(ctx, divisions);
    for (char *line = strtok_r(copy, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
        if (*line < '0' || *line > '9')
            continue;
        line[12] = '\0';
        struct pair p[] = {{"code", line}, {"name", line + 13}};
        home_put(t, ctx, &who, dict_form(h->dict, "division"), p, 2);
    }
    put_user(t, ctx, h, DIRECTOR, "director", village_code[0]);
    put_user(t, ctx, h, CLERK, "county_clerk", "320681000000");
    for (size_t v = 1; v < villages; v++)
        if (put_user(t, ctx, h, text_printf(ctx, "bench%zu", v), "director", village_code[v]) !=
            director_of(v))
            die("users are numbered another way");
    /* the rules of the day have run: else they would, beside what is measured */
    struct node *due = node_map(ctx);
    node_str(due, "day", "2099-12-31");
    if (txn_meta_put(t, "due/last", due))
        die("no day of the rules");
    talloc_free(ctx);
    return 0;
}

void home_settle(struct home *h)
{
    int err = store_write(h->store, h->ctx, NULL, settle, h, NULL);

    if (err)
        die("cannot settle the county: %s", err_text(err));
}

/* --- many children --- */

struct fill {
    struct home *h;
    uint64_t from, to;
};

static uint64_t grown_up(struct txn *t, void *ctx, struct home *h, const struct kid *k,
                         uint64_t family, int which)
{
    struct kid p = *k;
    uint64_t r = mix(family * 4 + (uint64_t)which);
    int year = which == 2 ? 1952 + (int)(r % 16) : 1980 + (int)(r % 15);

    name_make(p.name, sizeof p.name, which == 0 ? family : r, r >> 8);
    snprintf(p.phone, sizeof p.phone, "13%09u",
             (unsigned)(mix(which ? family * 4 + (uint64_t)which : family ^ 5) % 1000000000));
    snprintf(p.birth, sizeof p.birth, "%04u-%02u-%02u", (unsigned)year % 10000,
             (unsigned)(r >> 8) % 12 + 1, (unsigned)(r >> 16) % 28 + 1);
    struct pair v[] = {{"name", p.name},
                       {"sex", which ? "2" : "1"},
                       {"birth_date", p.birth},
                       {"phone", p.phone},
                       {"village", p.village},
                       {"life_state", "1"},
                       {"out_working", which == 2 ? NULL : "1"}};

    return home_put(t, ctx, &who, dict_form(h->dict, "person"), v, NELEM(v) - (which == 2));
}

static void fill_family(struct txn *t, struct home *h, uint64_t first)
{
    static const char *const field[] = {"father", "mother", "caregiver"};
    void *ctx = talloc_new(NULL);
    char *id[3] = {NULL};

    for (uint64_t n = first; n < first + 2; n++) {
        struct pair v[KID_FIELDS + 8];
        struct kid k;
        kid_make(n, &k);
        size_t c = kid_pairs(&k, v);
        for (int i = 0; i < 3; i++) {
            if (!id[i])
                id[i] = text_printf(ctx, "%llu",
                                    (unsigned long long)grown_up(t, ctx, h, &k, first / 2, i));
            v[c++] = (struct pair){field[i], id[i]};
        }
        v[c++] = (struct pair){"file_no",
                               text_printf(ctx, "%s%04llu", k.village, (unsigned long long)n)};
        v[c++] = (struct pair){"director",
                               text_printf(ctx, "%llu", (unsigned long long)kid_director(&k))};
        v[c++] = (struct pair){"add_date", REGISTERED};
        v[c++] = (struct pair){"state", "3"};
        v[c++] = (struct pair){"review_state", "0"};
        v[c++] = (struct pair){"lbc_result", n % 10 ? "1" : "3"};
        v[c++] = (struct pair){"complete", n % 5 ? "1" : "0"};
        home_put(t, ctx, &who, dict_form(h->dict, "child"), v, c);
    }
    talloc_free(ctx);
}

static int fill_some(struct txn *t, void *arg)
{
    const struct fill *f = arg;

    for (uint64_t n = f->from; n < f->to; n += 2)
        fill_family(t, f->h, n);
    return 0;
}

void home_fill(struct home *h, uint64_t from, uint64_t to)
{
    for (uint64_t n = from; n < to; n += 2 * BATCH) {
        struct fill f = {h, n, n + 2 * BATCH < to ? n + 2 * BATCH : to};
        int err = store_write(h->store, h->ctx, NULL, fill_some, &f, NULL);
        if (err)
            die("cannot fill: %s", err_text(err));
    }
}
