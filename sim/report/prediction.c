// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/prediction.h"

#include "report/csvout.h"
#include "report/json.h"

#include <inttypes.h>
#include <math.h>

static const char *via(const struct prediction *p, uint32_t as)
{
    const struct bgp_choice *c = &p->choices[as];
    switch ((enum bgp_relation)p->graph.ends[c->place].relation) {
    case BGP_REL_CUSTOMER:
        return "customer";
    case BGP_REL_PEER:
        return "peer";
    case BGP_REL_PROVIDER:
        return "provider";
    default:
        return "sibling";
    }
}

static bool is_on_the_way(const struct prediction *p, uint32_t as)
{
    return p->choices[as].next != BGP_NO_AS && p->choices[as].next != as;
}

static double mean_length(const struct predicted_catchment *c)
{
    return c->nases ? (double)c->hops / c->nases : NAN;
}

static double share(const struct prediction *p, uint32_t nases)
{
    return (double)nases / p->ases->nases;
}

void prediction_text(const struct prediction *p, FILE *f)
{
    fprintf(f, "%" PRIu32 " ASes, %" PRIu32 " links, %" PRIu32 " origin%s\n", p->ases->nases,
            p->ases->nlinks, p->norigins, p->norigins == 1 ? "" : "s");
    fprintf(f, "  %-12s %8s %8s %10s %8s\n", "origin", "ASes", "share", "mean path", "longest");
    for (uint32_t i = 0; i < p->norigins; i++) {
        const struct predicted_catchment *c = &p->catchments[i];
        fprintf(f, "  AS%-10" PRIu32 " %8" PRIu32 " %6.2f %% %10.2f %8" PRIu32 "\n",
                p->ases->asns[c->origin], c->nases, 100 * share(p, c->nases), mean_length(c),
                c->longest);
    }
    fprintf(f, "  %-12s %8" PRIu32 " %6.2f %%\n", "no route", p->unreached,
            100 * share(p, p->unreached));
}

void prediction_json(const struct prediction *p, FILE *f)
{
    json_t *catchments = json_array();
    for (uint32_t i = 0; i < p->norigins; i++) {
        const struct predicted_catchment *c = &p->catchments[i];
        json_array_append_new(catchments,
                              json_pack("{s:I, s:I, s:o, s:o, s:I}", "origin",
                                        (json_int_t)p->ases->asns[c->origin], "ases",
                                        (json_int_t)c->nases, "share",
                                        json_real_or_null(share(p, c->nases), 6), "path_mean",
                                        json_real_or_null(mean_length(c), 6), "path_longest",
                                        (json_int_t)c->longest));
    }
    json_t *all = json_pack("{s:I, s:I, s:o, s:I}", "ases", (json_int_t)p->ases->nases, "links",
                            (json_int_t)p->ases->nlinks, "catchments", catchments, "unreached",
                            (json_int_t)p->unreached);
    json_print(all, f);
    json_decref(all);
}

void prediction_csv(const struct prediction *p, FILE *f)
{
    struct csvout o = csvout_start(f, "asn,origin,length,via,path");
    for (uint32_t as = 0; as < p->ases->nases; as++) {
        char *path = NULL;
        size_t size = 0;
        FILE *text = open_memstream(&path, &size);
        for (uint32_t at = as; is_on_the_way(p, at); at = p->choices[at].next)
            fprintf(text, "%s%" PRIu32, at == as ? "" : " ", p->ases->asns[p->choices[at].next]);
        fclose(text);
        csvout_uint(&o, p->ases->asns[as]);
        if (p->choices[as].next == BGP_NO_AS) {
            csvout_text(&o, NULL);
            csvout_text(&o, NULL);
        } else {
            csvout_uint(&o, p->ases->asns[bgp_choice_origin(p->choices, as)]);
            csvout_uint(&o, p->choices[as].length);
        }
        csvout_text(&o, is_on_the_way(p, as) ? via(p, as) : NULL);
        csvout_text(&o, path);
        csvout_end(&o);
        free(path);
    }
}

void prediction_path(const struct prediction *p, uint32_t as, FILE *f)
{
    fprintf(f, "AS%" PRIu32, p->ases->asns[as]);
    if (p->choices[as].next == BGP_NO_AS)
        fprintf(f, ": no route");
    else if (p->choices[as].next == as)
        fprintf(f, ": an origin");
    for (; is_on_the_way(p, as); as = p->choices[as].next)
        fprintf(f, " → its %s AS%" PRIu32, via(p, as), p->ases->asns[p->choices[as].next]);
    fputc('\n', f);
}
