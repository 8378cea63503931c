/* Periods as people write them: a day, a month, a quarter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/lang.h"
#include "base/text.h"
#include "work/stat.h"

static struct date quarter_end(struct date first)
{
    struct date d = date_add_months(first, 3);

    return date_add_days(d, -1);
}

/* The whole period that begins on this first day. */
static void fill(struct stat_period *p, enum report_period kind, struct date first)
{
    p->kind = kind;
    p->from = p->to = first;
    if (kind == PERIOD_MONTH)
        p->to.d = date_month_days(first.y, first.m);
    if (kind == PERIOD_QUARTER)
        p->to = quarter_end(first);
    if (kind == PERIOD_DAY)
        date_format(first, p->text);
    else if (kind == PERIOD_MONTH)
        snprintf(p->text, sizeof p->text, "%04d-%02d", first.y % 10000, first.m % 100);
    else
        snprintf(p->text, sizeof p->text, "%04dQ%d", first.y % 10000, (first.m + 2) / 3 % 10);
}

/* "2026Q4" "2026-Q4" "2026年4季度"; false when it is none. */
static bool quarter_parse(const char *s, struct date *first)
{
    char *end;
    long y = strtol(s, &end, 10), q;

    end += strspn(end, "- ");
    if (strncmp(end, HAN_("年"), 3) == 0)
        end += 3;
    if (strncmp(end, HAN_("第"), 3) == 0)
        end += 3;
    if (*end == 'Q' || *end == 'q')
        end++;
    else if (!strstr(end, HAN_("季")))
        return false;
    q = strtol(end, &end, 10);
    if (y < 1900 || y > 2199 || q < 1 || q > 4 || (*end && !strstr(end, HAN_("季"))))
        return false;
    *first = (struct date){(int)y, (int)q * 3 - 2, 1};
    return true;
}

static bool parse(const char *s, struct date today, struct stat_period *out)
{
    struct date d;

    if (quarter_parse(s, &d)) {
        fill(out, PERIOD_QUARTER, d);
        return true;
    }
    if (date_parse_loose(s, today, &d))
        return false;
    bool month = d.d == 0;
    d.d = month ? 1 : d.d;
    fill(out, month ? PERIOD_MONTH : PERIOD_DAY, d);
    return true;
}

static void now(unsigned kinds, struct date today, struct stat_period *out)
{
    struct date first = today;

    if (kinds & 1u << PERIOD_DAY) {
        fill(out, PERIOD_DAY, today);
        return;
    }
    first.d = 1;
    if (!(kinds & 1u << PERIOD_MONTH))
        first.m = (first.m - 1) / 3 * 3 + 1;
    fill(out, kinds & 1u << PERIOD_MONTH ? PERIOD_MONTH : PERIOD_QUARTER, first);
}

int stat_period(void *ctx, const char *text, unsigned kinds, struct date today,
                struct stat_period *out, char **problem)
{
    static const char *const words[] = {N_("这张报表没有按日的"), N_("这张报表没有按月的"),
                                        N_("这张报表没有按季度的")};

    *out = (struct stat_period){0};
    if (!text || !*text) {
        now(kinds, today, out);
    } else if (!parse(text, today, out)) {
        *problem = text_printf(ctx, _("时间写成 2026-11-22、2026-11 或 2026Q4，不能是“%.40s”"),
                               text_visible(ctx, text, 0));
        return HE_USAGE;
    }
    if (!(kinds >> out->kind & 1)) {
        *problem = text_printf(ctx, "%s", _(words[out->kind]));
        return HE_USAGE;
    }
    if (date_cmp(out->from, today) > 0) {
        *problem = text_printf(ctx, _("%s 还没有开始，请选今天或以前的时间"), out->text);
        return HE_USAGE;
    }
    out->partial = out->kind != PERIOD_DAY && date_cmp(out->to, today) >= 0;
    if (date_cmp(out->to, today) > 0)
        out->to = today;
    return 0;
}
