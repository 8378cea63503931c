/* Values derived from others: birth date and sex from the citizen ID number (GB 11643-1999). */
#include "rec/rec.h"

#include <string.h>

#include "base/idno.h"
#include "form/type.h"

/* "id_no.birth": the source field, and *birth or the sex. */
static const struct form_field *derive_source(const struct form_field *f, bool *birth)
{
    char name[64];
    const char *dot = f->from ? strchr(f->from, '.') : NULL;

    if (!dot || (size_t)(dot - f->from) >= sizeof name)
        return NULL;
    memcpy(name, f->from, (size_t)(dot - f->from));
    name[dot - f->from] = '\0';
    *birth = strcmp(dot, ".birth") == 0;
    return *birth || strcmp(dot, ".sex") == 0 ? form_field(f->form, name) : NULL;
}

bool rec_derived(const struct rec *r, const struct form_field *f, struct date today, char out[11])
{
    bool birth;
    struct idno id;
    const struct form_field *source = derive_source(f, &birth);
    const char *value = source ? rec_at(r, source) : NULL;

    if (!value || idno_check(value, today, &id) != IDNO_OK)
        return false;
    if (birth)
        date_format(id.birth, out);
    else
        out[0] = id.sex, out[1] = '\0';
    return true;
}

void rec_derive(struct rec *r, struct date today, const char **mismatch)
{
    const char *found = NULL;
    char value[11];

    for (size_t i = 0; i < r->form->nfield; i++) {
        const struct form_field *f = &r->form->field[i];
        if (!f->from || !rec_derived(r, f, today, value))
            continue;
        const char *old = r->val[i];
        if (!old || type_is_unknown(old))
            rec_set_at(r, f, value);
        else if (strcmp(old, value) != 0 && !found)
            found = strchr(f->from, '.')[1] == 'b' ? "birth_mismatch" : "sex_mismatch";
    }
    if (mismatch)
        *mismatch = found;
}
