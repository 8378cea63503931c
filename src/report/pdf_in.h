/* Between pdf.c and hutong-pdf, and between the files of hutong-pdf. */
#ifndef HUTONG_PDF_IN_H
#define HUTONG_PDF_IN_H

#include "base/base.h"

enum { PDF_INPUT_MAX = 64 << 20 };

enum pdf_exit {
    PDF_DONE = 0,
    PDF_FAILED = 1,
    PDF_BAD_INPUT = 2,
    PDF_NO_FONT = 3,
    PDF_NO_ROOM = 4,
    PDF_MISSING = 127,
};

#endif
