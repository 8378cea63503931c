/*
 * The roster of 启东 through the real hutongctl and hutongd: exactly the expected outcome, the same
 * again, after any kill, and out and in again.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "server/wire_county.h"

#define DATA   SRCDIR "/tests/data/"
#define ROSTER DATA "qidong-2000.csv"
#define ROWS   (SANITIZED ? 240 : 2004) /* of the roster that are imported */
#define COUNTS                                                                                     \
    "accepted 1868\nincomplete 53\nunchanged 0\nrejected 132\nskipped 4\n"                         \
    "符合 1500\n不符合 0\n待核 368\n"

/* The heading and the first ROWS rows of the roster as roster.csv. */
static void put_roster(struct wire_county *c)
{
    FILE *in = fopen(ROSTER, "r");
    FILE *out = fopen(text_printf(c->ctx, "%s/roster.csv", c->run.dir), "w");
    char line[2000];
    cr_assert(in != NULL && out != NULL);
    bool quoted = false; /* a cell may have line feeds in quotes */
    for (int i = 0; i <= ROWS && fgets(line, sizeof line, in); i += !quoted) {
        fputs(line, out);
        for (const char *s = line; *s; s++)
            quoted ^= *s == '"';
    }
    fclose(in);
    fclose(out);
}

static void empty_county(struct wire_county *c)
{
    county_make(c, NULL);
    cr_assert_eq(county_ctl(c, NULL, "division load " DATA "320681-qidong.csv"), 0, "%s", c->text);
    put_roster(c);
}

static void sound(struct wire_county *c)
{
    cr_expect_eq(county_ctl(c, NULL, "verify"), 0, "%s", c->text);
}

/* Everything of every child, in one order. */
static const char *whole(struct wire_county *c, const char *name)
{
    cr_assert_eq(county_ctl(c, NULL, "export child --csv %s --purpose 核对", name), 0, "%s",
                 c->text);
    const char *text = county_file(c, name);
    cr_assert(text != NULL && strlen(text) > (SANITIZED ? 10000 : 100000));
    return text;
}

/* Numbers of files go by order of coming; the rest of the records does not. */
static const char *without_numbers(struct wire_county *c)
{
    cr_assert_eq(county_ctl(c, NULL, "export child --purpose 核对 --csv fields.csv --fields %s",
                            "name,sex,birth_date,id_no,village,father.name,father.work_area,"
                            "father.out_since,mother.name,mother.out_working,caregiver.id_no,"
                            "caregiver_relation,school.name,grade,lbc_result,lbc_reason,state,"
                            "complete"),
                 0, "%s", c->text);
    return county_file(c, "fields.csv");
}

/* How many of the rows that are imported have this outcome. */
static int expected(const char *outcome)
{
    FILE *f = fopen(DATA "qidong-2000.expected.csv", "r");
    char line[200], got[20];
    int n = 0;
    cr_assert(f != NULL);
    for (int i = 0; i <= ROWS && fgets(line, sizeof line, f); i++)
        n += sscanf(strchr(line, ','), ",%19[a-z]", got) == 1 && strcmp(got, outcome) == 0;
    fclose(f);
    return n;
}

static bool says(struct wire_county *c, const char *word, int n)
{
    return strstr(c->text, text_printf(c->ctx, "%s %d\n", word, n)) != NULL;
}

/* serial,outcome,reason, one line a row of the file, beside row,field,code,message. */
static void as_expected(struct wire_county *c)
{
    FILE *want = fopen(DATA "qidong-2000.expected.csv", "r");
    char line[200], *got = county_file(c, "rejects.csv"), *save = NULL;
    size_t n = 0, accepted = 0;
    int at = -1; /* the heading is row 0 */
    cr_assert(want != NULL && got != NULL);
    char *row = strtok_r(got, "\r\n", &save);
    while (at < ROWS && fgets(line, sizeof line, want)) {
        char outcome[20], reason[40] = "", field[40], code[40];
        int number;
        cr_assert_geq(sscanf(strchr(line, ','), ",%19[^,],%39[^\r\n]", outcome, reason), 1, "%s",
                      line);
        at++;
        accepted += strcmp(outcome, "accepted") == 0;
        if (strcmp(outcome, "rejected") != 0)
            continue;
        row = strtok_r(NULL, "\r\n", &save);
        cr_assert(row != NULL, "row %d is not in the rejects", at);
        cr_expect_eq(sscanf(row, "%d,%39[^,],%39[^,]", &number, field, code), 3, "%s", row);
        cr_expect(number == at && strcmp(code, reason) == 0, "%s instead of %d %s", row, at,
                  reason);
        n++;
    }
    cr_expect_null(strtok_r(NULL, "\r\n", &save));
    cr_expect_eq(n, (size_t)expected("rejected"));
    cr_expect_eq(accepted, (size_t)expected("accepted"));
    fclose(want);
}

Test(import_roster, expected_outcome)
{
    struct wire_county c, d;
    empty_county(&c);
    int code = county_ctl(&c, NULL, "import child roster.csv --rejects rejects.csv --dry-run");
    cr_expect(code == 0 || code == 1, "%d %s", code, c.text);
    cr_expect_eq(county_ctl(&c, NULL, "count child"), 0);
    cr_expect_str_eq(c.text, "0\n");
    code = county_ctl(&c, NULL, "import child roster.csv --rejects rejects.csv");
    cr_expect_eq(code, 1, "some rows refused: %d", code);
    cr_expect(SANITIZED || strstr(c.text, COUNTS) != NULL, "%s", c.text);
    as_expected(&c);
    const char *all = whole(&c, "all.csv");

    /* the same again */
    county_ctl(&c, NULL, "import child roster.csv --rejects rejects.csv");
    cr_expect(strstr(c.text, "没有变化") != NULL && says(&c, "accepted", 0) &&
                  says(&c, "unchanged", expected("accepted")),
              "%s", c.text);
    as_expected(&c);
    cr_expect_str_eq(whole(&c, "again.csv"), all);

    /* out and in again */
    cr_expect_eq(county_ctl(&c, NULL, "export child --xlsx all.xlsx --purpose 核对"), 0, "%s",
                 c.text);
    static const char *const files[] = {"all.csv", "all.xlsx"};
    for (size_t i = 0; i < NELEM(files); i++) {
        empty_county(&d);
        county_ctl(&d, NULL, "import child %s/%s --rejects rejects.csv", c.run.dir, files[i]);
        cr_expect(says(&d, "accepted", expected("accepted")), "%s", d.text);
        cr_expect(strcmp(whole(&d, "back.csv"), all) == 0, "%s: the records differ", files[i]);
        if (strcmp(county_file(&d, "back.csv"), all) != 0)
            (void)!system(text_printf(c.ctx, "diff %s/all.csv %s/back.csv | head -c 3000 >&2",
                                      c.run.dir, d.run.dir));
        sound(&d);
        county_drop(&d);
    }
    sound(&c);
    county_drop(&c);
}

/* --- killed in the middle --- */

static pid_t import_start(struct wire_county *c)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setenv("HUTONG_CONFIG", c->run.conf, 1);
        setenv("HUTONG_TODAY", TODAY, 1);
        (void)!freopen("/dev/null", "w", stdout);
        (void)!freopen("/dev/null", "w", stderr);
        execl(BUILDDIR "/hutongctl", "hutongctl", "import", "child",
              text_printf(NULL, "%s/roster.csv", c->run.dir), "--rejects",
              text_printf(NULL, "%s/half.csv", c->run.dir), (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* Waits until more than so many children are there. */
static void until(struct wire_county *c, int64_t children)
{
    time_t end = time(NULL) + 30;
    int64_t n = 0;
    while (n <= children && time(NULL) < end) {
        const struct node *o =
            county_do(c, c->boss, "rec.count", county_body(c->ctx, "type=child"));
        n = node_num(o, "total", 0);
    }
    cr_assert(n > children && n < expected("accepted"), "%lld", (long long)n);
}

Test(import_roster, killed)
{
    struct wire_county c, plain;
    int status;
    empty_county(&plain);
    county_ctl(&plain, NULL, "import child roster.csv --rejects rejects.csv");
    const char *want = without_numbers(&plain);

    empty_county(&c);
    pid_t pid = import_start(&c);
    until(&c, ROWS / 20);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);

    pid = import_start(&c);
    until(&c, ROWS / 3);
    close(c.boss);
    kill(c.run.pid, SIGKILL);
    cr_expect_eq(run_wait(&c.run), 128 + SIGKILL);
    cr_assert_eq(run_start(&c.run, NULL), 0, "%s", c.run.said);
    c.boss = county_hello(&c, NULL);
    waitpid(pid, &status, 0); /* it came back, or it says that it does not know */
    cr_expect(WIFEXITED(status), "%d", status);

    county_ctl(&c, NULL, "import child roster.csv --rejects rejects.csv");
    cr_expect_str_eq(without_numbers(&c), want);
    county_ctl(&c, NULL, "import child roster.csv --rejects rejects.csv");
    cr_expect(says(&c, "unchanged", expected("accepted")), "%s", c.text);
    as_expected(&c);
    sound(&c);
    cr_expect_eq(county_ctl(&c, NULL, "audit verify"), 0, "%s", c.text);
    county_drop(&c);
    county_drop(&plain);
}
