noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	src/report/report.h src/report/table_read.h src/report/table_in.h src/report/table_read.c \
	src/report/table_csv.c src/report/table_cell.c src/report/table_xlsx.c \
	src/report/xlsx_part.h src/report/xlsx_part.c \
	src/report/table_write.h src/report/table_write.c \
	src/report/pdf.h src/report/pdf.c \
	src/report/map.h src/report/map_in.h src/report/map.c src/report/map_row.c
libreport_a_CPPFLAGS = $(AM_CPPFLAGS)
libreport_a_CFLAGS = $(AM_CFLAGS) $(XLSX_CFLAGS) $(ZIP_CFLAGS) $(EXPAT_CFLAGS)
REPORT_LIBS = $(CSV_LIBS) $(XLSX_LIBS) $(ZIP_LIBS) $(EXPAT_LIBS) -lm

pkglibexec_PROGRAMS += hutong-pdf
hutong_pdf_SOURCES = src/report/pdf_main.c src/report/pdf_draw.h src/report/pdf_in.h \
	src/report/pdf_lines.c src/report/pdf_grid.c
hutong_pdf_CFLAGS = $(AM_CFLAGS) $(PANGOCAIRO_CFLAGS)
hutong_pdf_LDADD = libbase.a $(PANGOCAIRO_LIBS) $(BASE_LIBS)
