/* forms check: the data dictionary, without a server. */
#include "ctl/commands.h"

#include "base/lang.h"

int cmd_forms_check(struct ctl *c)
{
    const char *dir = args_at(c->args, 0);
    size_t fields = 0;
    if (!dir) {
        int r = ctl_place(c);
        if (r < 0)
            return r;
        dir = c->place->forms;
    }
    int r = ctl_dict_read(c, dir);
    if (r < 0)
        return r;
    for (size_t i = 0; i < c->dict->nform; i++)
        fields += c->dict->form[i].nfield;
    out_say(_("%s：%zu 种记录，%zu 个字段，%zu 个代码表，没有错误"), dir, c->dict->nform, fields,
            c->dict->ncodes);
    return 0;
}
