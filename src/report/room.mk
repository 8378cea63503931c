noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	src/report/report.h src/report/table_read.h src/report/table_in.h src/report/table_read.c \
	src/report/table_csv.c src/report/table_cell.c src/report/table_xlsx.c \
	src/report/xlsx_part.h src/report/xlsx_part.c \
	src/report/table_write.h src/report/table_write.c \
	src/report/map.h src/report/map_in.h src/report/map.c src/report/map_row.c
libreport_a_CPPFLAGS = $(AM_CPPFLAGS)
libreport_a_CFLAGS = $(AM_CFLAGS) $(XLSX_CFLAGS) $(ZIP_CFLAGS) $(EXPAT_CFLAGS)
REPORT_LIBS = $(CSV_LIBS) $(XLSX_LIBS) $(ZIP_LIBS) $(EXPAT_LIBS) -lm
