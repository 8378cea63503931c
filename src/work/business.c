/* The table of the business: which rules a kind of record brings to its changes. */
#include "work/agreement.h"

#include <string.h>

#include "work/sweep_in.h"
#include "work/task.h"
#include "work/visit.h"

/* What follows from a change of a child's file for the records that hang on it. */
static int child_stored(struct family *f)
{
    int err = f->old ? task_follow(f->txn, f, f->county, &f->who, f->old, f->rec) : 0;

    return err ? err : sweep_child_stored(f);
}

static const struct business table[] = {
    {"agreement", agreement_values, agreement_stored, agreement_begin},
    {"exception", exception_values, exception_stored, NULL},
    {"child", NULL, child_stored, NULL},
    {"task", task_values, NULL, NULL},
    {"sweep", sweep_values, NULL, NULL},
    {"sweep_item", sweep_item_values, sweep_item_stored, NULL},
    {"hazard", sweep_hazard_values, sweep_hazard_stored, NULL},
    {"place", NULL, sweep_place_stored, NULL},
    {"bulletin", sweep_bulletin_values, NULL, NULL},
    {"visit", visit_values, visit_stored, NULL},
    {"addition", addition_values, addition_stored, NULL},
    {"saved_view", saved_values, NULL, NULL},
    {"urgent_report", urgent_values, NULL, NULL},
    {"contact", contact_values, contact_stored, NULL},
    {NULL, NULL, NULL, NULL},
};

const struct business *business_of(const struct form *form)
{
    for (size_t i = 0; table[i].form; i++)
        if (form_is(form, table[i].form))
            return &table[i];
    return NULL;
}
