/* hutong-pdf: one file, then it is gone. */
#include <cairo-pdf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/pdf_draw.h"
#include "report/pdf_in.h"

static int write_errno;

static cairo_status_t put(void *arg, const unsigned char *bytes, unsigned n)
{
    (void)arg;
    while (n > 0) {
        ssize_t w = write(STDOUT_FILENO, bytes, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0) {
            write_errno = errno;
            return CAIRO_STATUS_WRITE_ERROR;
        }
        bytes += w;
        n -= (unsigned)w;
    }
    return CAIRO_STATUS_SUCCESS;
}

void pdf_font(struct pdf *p, const char *family, double size, bool bold)
{
    PangoFontDescription *f = pango_font_description_from_string(family);
    pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
    pango_font_description_set_weight(f, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(p->layout, f);
    pango_font_description_free(f);
}

void pdf_page_number(struct pdf *p, double w, double h, int page, int pages)
{
    int tw, th;
    char *s = text_printf(NULL, _("第 %d 页，共 %d 页"), page, pages);
    pdf_font(p, FONT_TEXT, 8, false);
    pango_layout_set_width(p->layout, -1);
    pango_layout_set_text(p->layout, s, -1);
    pango_layout_get_size(p->layout, &tw, &th);
    cairo_move_to(p->cr, (w - (double)tw / PANGO_SCALE) / 2, h - 26);
    pango_cairo_show_layout(p->cr, p->layout);
    talloc_free(s);
}

static struct node *read_input(void *ctx)
{
    char *bytes = NULL;
    size_t n = 0, room = 0;
    struct node *in;
    for (;;) {
        if (n == room) {
            room = room * 2 + 65536;
            bytes = talloc_realloc(ctx, bytes, char, (unsigned)room);
            MUST(bytes);
        }
        ssize_t r = read(STDIN_FILENO, bytes + n, room - n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0 || n > PDF_INPUT_MAX)
            return NULL;
        if (r == 0)
            break;
        n += (size_t)r;
    }
    return node_decode(ctx, bytes, n, &in) == 0 && in->type == NODE_MAP ? in : NULL;
}

static bool has_font(struct pdf *p)
{
    pdf_font(p, FONT_GRID, 10, false);
    pango_layout_set_text(p->layout, HAN_("儿童护"), -1);
    return pango_layout_get_unknown_glyphs_count(p->layout) == 0;
}

static int draw(struct pdf *p, const struct node *in)
{
    p->surface = cairo_pdf_surface_create_for_stream(put, NULL, A4_SHORT, A4_LONG);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE,
                                   node_text_or(in, "title", ""));
    p->cr = cairo_create(p->surface);
    p->layout = pango_cairo_create_layout(p->cr);
    pango_context_set_language(pango_layout_get_context(p->layout),
                               pango_language_from_string("zh-cn"));
    if (!has_font(p))
        return PDF_NO_FONT;
    if (node_text(in, "text"))
        pdf_draw_lines(p, in);
    else
        pdf_draw_table(p, in);
    cairo_surface_finish(p->surface);
    if (write_errno)
        return write_errno == ENOSPC || write_errno == EDQUOT ? PDF_NO_ROOM : PDF_FAILED;
    return cairo_surface_status(p->surface) == CAIRO_STATUS_SUCCESS ? PDF_DONE : PDF_FAILED;
}

int main(void)
{
    void *ctx = talloc_new(NULL);
    struct pdf p = {0};
    lang_setup();
    struct node *in = read_input(ctx);
    if (!in) {
        fputs("hutong-pdf: run by hutong and hutongctl, reads what they send\n", stderr);
        return PDF_BAD_INPUT;
    }
    int code = draw(&p, in);
    g_object_unref(p.layout);
    cairo_destroy(p.cr);
    cairo_surface_destroy(p.surface);
    talloc_free(ctx);
    _exit(code); /* fontconfig and pango keep their caches for life: nothing to look for at exit */
}
