/*
 * report: tables as files, in and out. Knows the dictionary, but neither server nor screen.
 *
 *   table_read.h table_read.c   one reader of rows for CSV and XLSX
 *   table_csv.c                 … text files: encodings, separators, quotes
 *   table_xlsx.c                … the sheet of a workbook of Excel or WPS
 *   xlsx_part.h xlsx_part.c     … its other parts: strings, formats, which sheet
 *   table_cell.c                what a cell means: guards, numbers, dates
 *   table_in.h                  between these
 *   table_write.h table_write.c CSV and XLSX files that are safe to open
 *   pdf.h pdf.c                 PDF of a text or a table, drawn by the program hutong-pdf
 *   pdf_main.c pdf_draw.h pdf_*.c   … that program; pdf_in.h between its files
 *   map.h map_in.h map.c        headings to fields (conf/import/NAME.map)
 *   map_row.c                   rows to values; totals, shifted columns
 */
#ifndef HUTONG_REPORT_H
#define HUTONG_REPORT_H

#include "base/base.h"

#define REPORT_COLUMNS_MAX 1000

#endif
