/* The reader of tables: what it makes of files as people have them, and how it refuses bad ones. */
#include <criterion/criterion.h>
#include <string.h>
#include <zip.h>

#include "base/io.h"
#include "base/text.h"
#include "report/table_in.h"
#include "tmpdir.h"

/* All rows as "number:cell|cell\n", then "!sentence" of a mistake. */
static char *read_all(void *ctx, const char *path, enum conv_enc enc)
{
    struct table_opt opt = {.enc = enc};
    struct table *t;
    const struct table_row *row;
    char *problem = NULL, *out = talloc_strdup(ctx, "");
    int r = table_open(ctx, path, &opt, &t, &problem);
    while (r == 0 && (r = table_next(t, &row, &problem)) > 0) {
        out = talloc_asprintf_append(out, "%ld:", row->number);
        for (size_t i = 0; i < row->n; i++)
            out = talloc_asprintf_append(out, "%s%s", i ? "|" : "", row->cell[i]);
        for (size_t i = 0; i < row->nbad; i++)
            out = talloc_asprintf_append(out, " %s@%zu", row->bad[i].code, row->bad[i].column);
        out = talloc_strdup_append(out, "\n");
        r = 0;
    }
    if (r < 0)
        out = talloc_asprintf_append(out, "!%s", problem);
    return out;
}

static const char *put(void *ctx, const char *dir, const char *bytes, size_t len)
{
    const char *path = text_printf(ctx, "%s/t.csv", dir);
    cr_assert(io_write_file(path, bytes, len, 0600) == 0);
    return path;
}

static const struct {
    const char *bytes;
    size_t len;
    enum conv_enc enc;
    const char *want; /* "!" alone: any mistake that names the row after it */
} texts[] = {
#define T(s, enc, want)                                                                            \
    {                                                                                              \
        s, sizeof(s) - 1, enc, want                                                                \
    }
    T("a,b\n1,2\n", CONV_AUTO, "1:a|b\n2:1|2\n"),
    T("a,b\r\n1,2", CONV_AUTO, "1:a|b\n2:1|2\n"),
    T("a,b\r1,2\r", CONV_AUTO, "1:a|b\n2:1|2\n"),
    T("\xEF\xBB\xBF"
      "a;b\n1;2,5\n",
      CONV_AUTO, "1:a|b\n2:1|2,5\n"),
    T("a\tb\n1\t2,5\n", CONV_AUTO, "1:a|b\n2:1|2,5\n"),
    T("sep=;\na,b;c\n", CONV_AUTO, "2:a,b|c\n"),
    T("a,b\n\n,\n\"x\r\ny\",\"q\"\"q\"\n", CONV_AUTO, "1:a|b\n4:x\ny|q\"q\n"),
    T("\xD0\xD5\xC3\xFB,b\n", CONV_AUTO, "1:姓名|b\n"),
    T("\x95\x34\xB2\x35,\x81\x39\xEE\x39\n", CONV_AUTO, "1:𠮷|㐀\n"),
    T("\xFF\xFE"
      "a\0,\0\x0A\x4E\n\0b\0,\0\r\n",
      CONV_AUTO, "1:a|\u4E0A\n2:b|\u0A0D\n"),
    T("a\0,\0b\0\n\0", CONV_UTF16LE, "1:a|b\n"),
    T("a,b\n1,'=1+2\n'-x,''@y\n'quoted',don't\n", CONV_AUTO,
      "1:a|b\n2:1|=1+2\n3:-x|'@y\n4:'quoted'|don't\n"),
    T("a\n\"\t320681202108241887\"\n", CONV_AUTO, "1:a\n2:320681202108241887\n"),
    T("a,b\n3.20681E+17,1.3990484329E+10\n1E5,2.5E+3\n", CONV_AUTO,
      "1:a|b\n2:3.20681E+17|13990484329 lost_digits@0\n3:1E5|2.5E+3\n"),
    T("a,b\n1,\"2\n3,\"4\"\n", CONV_AUTO, "1:a|b\n!2"),
    T("a,b\n1,2\n3,\"4\n", CONV_AUTO, "1:a|b\n2:1|2\n!3"),
    T("a,b\n1,2\nx\"y,\"z\"\n", CONV_AUTO, "1:a|b\n2:1|2\n!3"),
    T("a,b\n\xFF\xFF,2\n", CONV_AUTO, "!2"),
    T("a,b\nx\0y,2\n", CONV_UTF8, "!2"),
    T("x\0y", CONV_AUTO, "!t.csv"),
    T("", CONV_AUTO, "!空文件"),
    T(" <html><table>", CONV_AUTO, "!网页"),
    T("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", CONV_AUTO, "!.xls"),
    T("PK\x03\x04 nothing", CONV_AUTO, "!已损坏"),
#undef T
};

Test(report_read, text_files)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx);
    for (size_t i = 0; i < NELEM(texts); i++) {
        char *got = read_all(ctx, put(ctx, dir, texts[i].bytes, texts[i].len), texts[i].enc);
        const char *want = texts[i].want, *bang = strchr(want, '!');
        if (bang) {
            size_t n = (size_t)(bang - want);
            cr_assert(strncmp(got, want, n + 1) == 0 && strstr(got + n, bang + 1),
                      "%zu: %s, want %s", i, got, want);
        } else {
            cr_assert_str_eq(got, want, "%zu", i);
        }
    }
    talloc_free(ctx);
}

/* A file longer than a piece: characters, quotes and CRLF lie across its edges. */
Test(report_read, long_files)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx);
    static const enum conv_enc encs[] = {CONV_UTF8, CONV_GB18030, CONV_UTF16LE, CONV_UTF16BE};
    char *s = NULL, *bytes;
    size_t s_len;
    FILE *f = open_memstream(&s, &s_len); /* talloc would copy all of it for every line */
    fputs("姓名,备注\r\n", f);
    for (int i = 0; i < 30000; i++)
        fprintf(f, "王小雨%d,\"一行\r\n又一行，%d\"\r\n", i, i);
    cr_assert_eq(fclose(f), 0);
    for (size_t e = 0; e < NELEM(encs); e++) {
        struct table *t;
        struct table_opt opt = {.enc = e < 2 ? CONV_AUTO : encs[e]};
        const struct table_row *row;
        char *problem = NULL;
        size_t len;
        long n = 0;
        cr_assert(conv_from_utf8(ctx, s, s_len, encs[e], NULL, &bytes, &len) == 0);
        cr_assert(table_open(ctx, put(ctx, dir, bytes, len), &opt, &t, &problem) == 0, "%s",
                  problem);
        while (table_next(t, &row, &problem) > 0) {
            if (n > 0) {
                cr_assert_str_eq(row->cell[0], text_printf(ctx, "王小雨%ld", n - 1));
                cr_assert_str_eq(row->cell[1], text_printf(ctx, "一行\n又一行，%ld", n - 1));
            }
            cr_assert_eq(row->number, ++n);
        }
        cr_assert(problem == NULL && n == 30001, "%s: %ld %s", conv_enc_name(encs[e]), n, problem);
    }
    free(s);
    /* one endless line, and one endless quotation */
    char *big = talloc_array(ctx, char, 3 << 20);
    memset(big, 'x', 3 << 20);
    cr_assert(strstr(read_all(ctx, put(ctx, dir, big, 3 << 20), CONV_AUTO), "!第 1 行太长"));
    for (size_t i = 100; i < 3 << 20; i += 100)
        big[i] = '\n';
    memcpy(big, "a\n\"", 3);
    cr_assert(strstr(read_all(ctx, put(ctx, dir, big, 3 << 20), CONV_AUTO), "!第 2 行的引号"));
    struct table_opt small = {.max_bytes = 1000};
    struct table *t;
    char *problem;
    cr_assert(table_open(ctx, put(ctx, dir, big, 2000), &small, &t, &problem) == HE_TOOBIG);
    cr_assert(table_open(ctx, text_printf(ctx, "%s/none", dir), NULL, &t, &problem) == HE_NOTFOUND);
    talloc_free(ctx);
}

/* --- workbooks, made by hand as other programs write them --- */

static const char book_xml[] =
    "<workbook xmlns:r='r'><workbookPr/><sheets><sheet name='h' state='hidden' r:id='rId9'/>"
    "<sheet name='s' sheetId='2' r:id='rId1'/></sheets></workbook>";
static const char rels_xml[] =
    "<Relationships><Relationship Id='rId9' Type='x/worksheet' Target='worksheets/no.xml'/>"
    "<Relationship Id='rId1' Type='x/worksheet' Target='/xl/worksheets/sheet2.xml'/>"
    "<Relationship Id='rId2' Type='x/sharedStrings' Target='sharedStrings.xml'/>"
    "<Relationship Id='rId3' Type='x/styles' Target='styles.xml'/></Relationships>";
static const char strings_xml[] =
    "<sst><si><t>姓名</t></si><si><r><t>王</t></r><r><t>小雨</t></r><rPh><t>wang</t></rPh></si>"
    "<si><t>a_x000A_b_x41_</t></si></sst>";
static const char styles_xml[] =
    "<styleSheet><numFmts><numFmt numFmtId='176' formatCode='yyyy\"年\"m\"月\"d\"日\"'/>"
    "<numFmt numFmtId='177' formatCode='0.00\"days\"'/></numFmts>"
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='176'/><xf numFmtId='177'/>"
    "<xf numFmtId='49'/></cellXfs></styleSheet>";

static void add_part(zip_t *z, const char *name, const char *text, size_t len)
{
    zip_source_t *s = zip_source_buffer(z, text, len, 0);
    cr_assert(zip_file_add(z, name, s, 0) >= 0);
}

static const char *make_book(void *ctx, const char *dir, const char *sheet, size_t len,
                             const char *strings)
{
    const char *path = text_printf(ctx, "%s/b.xlsx", dir);
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    add_part(z, "xl/workbook.xml", book_xml, sizeof book_xml - 1);
    add_part(z, "xl/_rels/workbook.xml.rels", rels_xml, sizeof rels_xml - 1);
    add_part(z, "xl/worksheets/sheet2.xml", sheet, len);
    add_part(z, "xl/sharedStrings.xml", strings, strlen(strings));
    add_part(z, "xl/styles.xml", styles_xml, sizeof styles_xml - 1);
    cr_assert(zip_close(z) == 0);
    return path;
}

static const struct {
    const char *rows, *want;
} sheets[] = {
    {"<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c></row>"
     "<row r='2'/><row r='3'><c r='A3'/><c r='B3' s='1'/></row>"
     "<row r='7'><c t='s'><v>2</v></c><c t='inlineStr'><is><t>行内</t><rPh><t>x</t></rPh></is></c>"
     "<c t='str'><f>1+1</f><v>二</v></c><c t='b'><v>1</v></c></row>",
     "1:姓名||王小雨\n7:a\nb_x41_|行内|二|是\n"},
    {"<row><c s='1'><v>44432</v></c><c s='2'><v>44432.5</v></c><c><v>44432</v></c>"
     "<c s='3'><v>1.5</v></c><c s='1'><v>0.5</v></c></row>",
     "1:2021-08-24|2021-08-24 12:00:00|44432|1.5|12:00\n"},
    {"<row><c><v>13990484329</v></c><c><v>1.3990484329E10</v></c><c><v>0.10000000000000001</v></c>"
     "<c><v>320681202108241887</v></c><c><v>3.20681202108241E+17</v></c><c><v>-5</v></c></row>",
     "1:13990484329|13990484329|0.1|320681202108241887|3.20681202108241E+17|-5 lost_digits@4\n"},
    {"<row><c t='e'><v>#N/A</v></c></row>", "1:#N/A cell_error@0\n"},
    {"<x:row xmlns:x='x'><x:c t='str'><x:v>前缀</x:v></x:c></x:row>", "1:前缀\n"},
    {"<row><c t='s'><v>99</v></c></row>", "!第 1 行"},
    {"<row><c r='ZZZ1' t='str'><v>far</v></c></row>", "!1000 列"},
    {"<row><c r='ZZZ1'/><c r='A1' t='str'><v>x</v></c></row>", "1:x\n"},
    /* a village merged over three rows; an empty row of it stays one */
    {"<row r='1'><c r='A1' t='str'><v>甲</v></c><c r='B1' t='str'><v>a</v></c></row>"
     "<row r='2'><c r='A2'/><c r='B2' t='str'><v>b</v></c></row><row r='3'><c r='A3'/></row>"
     "<row r='4'><c r='B4' t='str'><v>c</v></c></row>"
     "<row r='5'><c r='B5' t='str'><v>d</v></c></row></sheetData>"
     "<mergeCells><mergeCell ref='A1:A4'/><mergeCell ref='C1:E1'/></mergeCells><sheetData>",
     "1:甲|a\n2:甲|b\n4:甲|c\n5:|d\n"},
    {"<row><c t='str'><v>x</v></c></row><row>", "1:x\n!已损坏"},
};

Test(report_read, workbooks)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx);
    for (size_t i = 0; i < NELEM(sheets); i++) {
        char *xml =
            text_printf(ctx, "<worksheet><sheetData>%s</sheetData></worksheet>", sheets[i].rows);
        if (strstr(sheets[i].want, "已损坏"))
            xml[strlen(xml) - 40] = '\0';
        char *got = read_all(ctx, make_book(ctx, dir, xml, strlen(xml), strings_xml), CONV_AUTO);
        const char *want = sheets[i].want, *bang = strchr(want, '!');
        if (bang)
            cr_assert(strchr(got, '!') && strstr(strchr(got, '!'), bang + 1), "%zu: %s", i, got);
        else
            cr_assert_str_eq(got, want, "%zu", i);
    }
    talloc_free(ctx);
}

Test(report_read, hostile_workbooks)
{
    void *ctx = talloc_new(NULL);
    char *dir = tmpdir_new(ctx);
    static const char row[] = "<worksheet><sheetData><row><c t='s'><v>0</v></c></row></sheetData>"
                              "</worksheet>";
    /* a declaration with entities that grow */
    static const char laugh[] = "<!DOCTYPE s [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"
                                "<sst><si><t>&b;</t></si></sst>";
    const char *path = make_book(ctx, dir, row, sizeof row - 1, laugh);
    cr_assert(strchr(read_all(ctx, path, CONV_AUTO), '!') != NULL);
    /* 300 MB of blanks in a few hundred kilobytes */
    size_t big = (size_t)300 << 20;
    char *bomb = malloc(big + 1);
    memset(bomb, ' ', big);
    bomb[big] = '\0';
    memcpy(bomb, "<sst>", 5);
    path = make_book(ctx, dir, row, sizeof row - 1, bomb);
    free(bomb);
    cr_assert(strstr(read_all(ctx, path, CONV_AUTO), "!") != NULL);
    cr_assert(strstr(read_all(ctx, path, CONV_AUTO), "太大") != NULL);
    /* one giant cell */
    char *cell = talloc_array(ctx, char, 300001);
    memset(cell, 'x', 300000);
    cell[300000] = '\0';
    char *xml = text_printf(ctx,
                            "<worksheet><sheetData><row><c t='str'><v>%s</v></c></row>"
                            "</sheetData></worksheet>",
                            cell);
    path = make_book(ctx, dir, xml, strlen(xml), strings_xml);
    cr_assert(strstr(read_all(ctx, path, CONV_AUTO), "!第 1 行有一格") != NULL);
    talloc_free(ctx);
}

Test(report_read, cells)
{
    static const struct {
        int id;
        const char *code;
        bool date;
    } formats[] = {{14, NULL, true},          {22, NULL, true},         {0, NULL, false},
                   {49, NULL, false},         {58, NULL, true},         {-1, "0.00E+00", false},
                   {-1, "[Red]0", false},     {-1, "yyyy/m/d;@", true}, {-1, "\"day\"0", false},
                   {-1, "[$-804]h:mm", true}, {-1, "General", false},   {-1, "\\d0", false}};
    for (size_t i = 0; i < NELEM(formats); i++)
        cr_assert_eq(table_cell_date_format(formats[i].id, formats[i].code), formats[i].date, "%zu",
                     i);
    void *ctx = talloc_new(NULL);
    static const char *const dates[][2] = {{"25569", "1970-01-01"},
                                           {"200001", NULL},
                                           {"44432.999999", "2021-08-25"},
                                           {"-1", NULL},
                                           {"x", NULL},
                                           {"99999999", NULL}};
    for (size_t i = 0; i < NELEM(dates); i++) {
        const char *got = table_cell_date(ctx, dates[i][0], false);
        cr_assert(dates[i][1] ? got && strcmp(got, dates[i][1]) == 0 : !got, "%s: %s", dates[i][0],
                  got);
    }
    cr_assert_str_eq(table_cell_date(ctx, "42970", true), "2021-08-24");
    talloc_free(ctx);
}
