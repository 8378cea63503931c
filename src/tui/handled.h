/* What a widget or screen did with a key; what it ignored falls back to whoever called it. */
#ifndef HUTONG_TUI_HANDLED_H
#define HUTONG_TUI_HANDLED_H

enum handled {
    KEY_IGNORED,
    KEY_TAKEN,
    KEY_NEXT, /* taken, and the focus should go to the next field */
};

#endif
