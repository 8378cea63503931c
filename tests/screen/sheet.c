/* 统计报表: walking over a report, the children behind a figure, a period, a file; key ceilings. */
#include <config.h>

#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/text.h"
#include "screen/county.h"

#define SEES(h, text) cr_assert(harness_wait(h, text, HARNESS_MS), "%s:\n%s", text, harness_text(h))

enum { KEYS_MAX = 8 }; /* research/ux.md 5.1, task 8 */

static struct county_run county;

static void setup(void)
{
    county_start(&county);
}

static void teardown(void)
{
    county_stop(&county);
}

/* One key after the other, counted. */
static int press(struct harness *h, const char *const *keys)
{
    int n = 0;
    for (; keys[n]; n++)
        harness_send(h, keys[n]);
    return n;
}

/* Lines below the heading of the file that the screen names. */
static int rows_in_box(struct harness *h, const char *user, const char *begins)
{
    const char *name = strstr(harness_text(h), begins);
    char *path = text_printf(county.ctx, "%s/box/%s/out/%.*s", county.run.dir, user,
                             (int)strcspn(name, " \n"), name);
    FILE *file = fopen(path, "r");
    int n = -1, c;
    cr_assert_not_null(file, "%s", path);
    while ((c = getc(file)) != EOF)
        n += c == '\n';
    fclose(file);
    return n;
}

/* The monthly report as a workbook in the box: no more keys than it may take. */
Test(sheet, monthly, .init = setup, .fini = teardown)
{
    static const char *const keys[] = {"=", "6", "2", "\r", "\r", "\0330", "1", "1", NULL};
    struct harness *h = county_screen(&county, "gao", NULL);
    cr_assert_leq(press(h, keys), KEYS_MAX);
    SEES(h, "已放进取件箱：t1-2026-10-");
    const char *name = strstr(harness_text(h), "t1-2026-10-");
    char *path = text_printf(county.ctx, "%s/box/gao/out/%.*s", county.run.dir,
                             (int)strcspn(name, " \n"), name);
    cr_assert_eq(access(path, R_OK), 0, "%s", path);
    SEES(h, "62 统计报表 > 农村留守儿童基本情况汇总表");
    harness_stop(h);
}

Test(sheet, walk, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=62\r");
    SEES(h, "走访情况表");
    harness_send(h, "5");
    SEES(h, "62 统计报表 > 走访情况表");
    SEES(h, "汇龙镇  2026-10");
    SEES(h, "列 1-");
    harness_send(h, "\0335");
    SEES(h, "2026Q4");
    harness_send(h, "2026-11\r");
    SEES(h, "未满期，截至2026-11-22");
    SEES(h, "幸福一村");
    SEES(h, "40");
    harness_bytes_reset(h);
    harness_send(h, "\033[B");
    harness_settle(h);
    cr_assert(harness_bytes(h) <= 64, "%zu", harness_bytes(h));
    harness_send(h, "\033[A\r"); /* the children of the first row */
    SEES(h, "共40条");
    SEES(h, "幸福一村 在册");
    harness_send(h, "\024"); /* sorted like every list */
    SEES(h, "现在按");
    harness_send(h, "\0333");
    SEES(h, "62 统计报表 > 走访情况表");
    for (int i = 0; i < 12; i++)
        harness_send(h, "\033[C");
    SEES(h, "父母联系");
    SEES(h, "列 ");
    harness_send(h, "\r");
    SEES(h, "这一列是算出来的");
    harness_send(h, "\0335");
    SEES(h, "2026Q4");
    harness_send(h, "2027-01\r");
    SEES(h, "还没有开始");
    harness_stop(h);
}

/* What stands behind a figure is an ordinary list: narrowed by typing, counted, taken out with a purpose. */
Test(sheet, behind_a_figure, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "xu", NULL);
    harness_send(h, "=62\r");
    SEES(h, "数据质量情况表");
    harness_send(h, "2");
    SEES(h, "62 统计报表 > 数据质量情况表");
    harness_send(h, "\0335");
    SEES(h, "2026Q4");
    harness_send(h, "2026-11-22\r");
    SEES(h, "汇龙镇");
    harness_send(h, "\r");
    SEES(h, "共40条");
    harness_send(h, "oy");
    SEES(h, "共5条");
    SEES(h, "汇龙镇 在册");
    harness_send(h, "\033\033");
    SEES(h, "共40条");
    harness_send(h, "\0339js\r");
    SEES(h, "按哪一项计数");
    harness_send(h, "xb\r");
    SEES(h, "合计 40");
    harness_send(h, "\r");
    SEES(h, "共20条");
    harness_send(h, "\0339dc\r");
    SEES(h, "做什么用");
    harness_send(h, "核对\r");
    SEES(h, "XLSX 工作簿");
    harness_send(h, "2");
    SEES(h, "已放进取件箱：child-");
    cr_assert_eq(rows_in_box(h, "xu", "child-"), 20);
    harness_stop(h);
}

/* Frozen, and looked at again. */
Test(sheet, frozen, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "xu", NULL);
    harness_send(h, "=62\r\r");
    SEES(h, "农村留守儿童基本情况汇总表");
    SEES(h, "2026-10");
    harness_send(h, "\0336");
    SEES(h, "出更正版写原因");
    harness_send(h, "\r");
    SEES(h, "上报和通报用它");
    harness_send(h, "1");
    SEES(h, "已冻结，第 1 版");
    harness_send(h, "\0332");
    SEES(h, "现在的数字");
    SEES(h, "第 1 版");
    harness_send(h, "2");
    SEES(h, "第 1 版，取数 20");
    harness_send(h, "\r");
    SEES(h, "冻结的数字照当时的存");
    harness_send(h, "\0336");
    SEES(h, "出更正版写原因");
    harness_send(h, "\r");
    SEES(h, "上报和通报用它");
    harness_send(h, "1");
    SEES(h, "已经冻结过");
    harness_stop(h);
}

static void set_child(uint64_t id, const char *field, const char *value)
{
    struct node *body = node_map(county.ctx), *v = node_add_map(body, "v");
    node_str(body, "type", "child");
    node_int(body, "id", (int64_t)id);
    node_bool(body, "confirm_all", true);
    node_bool(body, "direct", true);
    node_str(body, "why", "核对");
    node_str(v, field, value);
    county_call(&county, NULL, OP_REC_SET, body);
}

/* Freezes T12 of last month, and sees what comes of it. */
static void freeze_quality(struct harness *h, const char *note, const char *said)
{
    harness_send(h, "=62\r");
    SEES(h, "5 走访情况表");
    harness_send(h, "2");
    SEES(h, "62 统计报表 > 数据质量情况表");
    SEES(h, "2026-11");
    harness_send(h, "\0336");
    SEES(h, "出更正版写原因");
    harness_send(h, note);
    harness_send(h, "\r");
    SEES(h, "上报和通报用它");
    harness_send(h, "1");
    SEES(h, said);
}

/* Frozen with an exception named on it, corrected, and what the correction changed. */
Test(sheet, editions, .init = setup, .fini = teardown)
{
    struct harness *h;
    set_child(5, "caregiver.birth_date", "2012-05-01");
    county.today = "2026-12-01";
    h = county_screen(&county, "xu", NULL);
    freeze_quality(h, "", "有 1 份档案的疑点要改正");
    harness_stop(h);
    h = county_screen(&county, "gao", NULL);
    harness_send(h, "=31\r");
    SEES(h, "31 儿童 > ");
    harness_send(h, "\0339名单\r");
    SEES(h, "2  照护急需落实");
    harness_send(h, "dayd\r");
    SEES(h, "31 儿童 > 档案疑点");
    SEES(h, "共1条");
    harness_send(h, "\0339lwsm\r");
    SEES(h, "37 例外说明 > 登记");
    harness_send(h, "\r母亲在外，暂由姐姐照看\r2027-01-31");
    SEES(h, "改第几项"); /* the last field is full */
    harness_send(h, "\r");
    SEES(h, "欧阳晓月：已登记");
    harness_stop(h);
    h = county_screen(&county, "sun", NULL);
    harness_send(h, "=37\r");
    SEES(h, "例外说明待批");
    SEES(h, "共1条");
    harness_send(h, "\0332");
    SEES(h, "说明人          高秀英");
    harness_send(h, "\0338");
    SEES(h, "1待批 2同意 3不同意");
    harness_send(h, "2\0330");
    SEES(h, "-> 同意");
    harness_send(h, "\r");
    SEES(h, "已保存");
    harness_stop(h);
    h = county_screen(&county, "xu", NULL);
    freeze_quality(h, "", "已冻结，第 1 版");
    harness_send(h, "\03322");
    SEES(h, "第 1 版，取数 20");
    harness_send(h, "\03397");
    SEES(h, "母亲在外，暂由姐姐照看，期限 2027-01-31，批准 孙督导");
    harness_stop(h);
    county.today = "2026-11-25"; /* recorded for November afterwards */
    set_child(7, "hukou_type", "1");
    county.today = "2026-12-02";
    h = county_screen(&county, "xu", NULL);
    freeze_quality(h, "", "写明更正的原因");
    freeze_quality(h, "补录户籍", "已冻结，第 2 版");
    harness_send(h, "\03322");
    SEES(h, "第 2 版，取数 20");
    harness_send(h, "\03397");
    SEES(h, "说明：补录户籍");
    SEES(h, "原来 680，现在 679");
    harness_stop(h);
}

/* A table of one's own: rows, columns, a look, its list, a file; kept, found again, renamed, dropped. */
Test(sheet, own_table, .init = setup, .fini = teardown)
{
    struct harness *h = county_screen(&county, "sun", NULL);
    harness_send(h, "=63\r");
    SEES(h, "63 临时统计");
    SEES(h, "在册儿童");
    harness_send(h, "2");
    SEES(h, "按什么分行");
    harness_send(h, "szc\r");
    SEES(h, "所在村(居)");
    harness_send(h, "3");
    SEES(h, "按什么分列");
    harness_send(h, "xb\r");
    SEES(h, "性别");
    harness_send(h, "6");
    SEES(h, "截至哪一天");
    harness_send(h, "2026-11-22\r");
    SEES(h, "2026-11-22");
    harness_send(h, "7");
    SEES(h, "存下这张统计");
    harness_send(h, "村和性别\r");
    SEES(h, "已存成【村和性别】");
    harness_send(h, "1");
    SEES(h, "63 临时统计 > 村和性别");
    SEES(h, "分行 所在村(居)，分列 性别；在册儿童；全部；2026-11-22");
    SEES(h, "幸福一村");
    SEES(h, "40");
    harness_send(h, "\0330");
    SEES(h, "XLSX 工作簿");
    harness_send(h, "31");
    SEES(h, "已放进取件箱：count-2026-11-22-");
    cr_assert_eq(rows_in_box(h, "sun", "count-"), 3, "headings, one village, the total");
    harness_send(h, "\0332");
    SEES(h, "存下的改名、删去");
    harness_send(h, "6\r");
    SEES(h, "分列");
    harness_send(h, "1");
    SEES(h, "全部；今天");
    harness_send(h, "\r");
    SEES(h, "共20条");
    harness_send(h, "\0333");
    SEES(h, "63 临时统计 > 村和性别");
    harness_send(h, "\0333=63\r");
    SEES(h, "打开存下的");
    harness_send(h, "8");
    SEES(h, "存下的统计");
    harness_send(h, "1");
    SEES(h, "所在村(居)");
    SEES(h, "2026-11-22");
    harness_send(h, "91");
    SEES(h, "改哪一个的名称");
    harness_send(h, "1");
    SEES(h, "新的名称");
    harness_send(h, "\177\177\177\177村男女\r");
    SEES(h, "已改名为【村男女】");
    harness_send(h, "92");
    SEES(h, "删去哪一个");
    SEES(h, "村男女");
    harness_send(h, "1");
    SEES(h, "已删去【村男女】");
    harness_send(h, "8");
    SEES(h, "还没有存过统计");
    harness_stop(h);
}
