// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/playbook.h"

#include "report/csv.h"
#include "report/csvout.h"
#include "report/json_part.h"
#include "report/version.h"

#include <math.h>

#define BEST_ROWS  15
#define NAME_CELLS 46

static const char *name_of_pop(const struct playbook *p, int pop)
{
    return pop < 0 ? NULL : p->scenario.topology.pops[pop].name;
}

static const char *name_of_network(const struct playbook *p, int network)
{
    return network < 0 ? NULL : p->scenario.topology.networks[network].name;
}

static const char *order_name(const struct play *play)
{
    return play->order == PLAY_ONE_STEP         ? NULL
           : play->order == PLAY_ANNOUNCE_FIRST ? "announce-first"
                                                : "withdraw-first";
}

static const char *name_of_service(const struct playbook *p, const struct play *play)
{
    return play->service < 0 ? NULL : p->scenario.services[play->service].name;
}

static const char *name_of_link(const struct playbook *p, const struct play *play)
{
    return play->worst_link < 0 ? NULL : p->links[play->worst_link];
}

static void write_csv(const struct playbook_view *v, FILE *f)
{
    const struct playbook *p = v->book;
    struct csvout o = csvout_start(
        f, "rank,play,kind,order,service,pop,to,new_pop,times,users_affected,gbps_lost,"
           "worst_utilisation_pct,worst_link,added_rtt_ms,users_moved,order_dependent_users");
    for (size_t i = 0; i < v->n; i++) {
        const struct play *play = &p->plays[v->order[i]];
        csvout_uint(&o, i + 1);
        csvout_text(&o, play->name);
        csvout_text(&o, play_kind_names[play->kind]);
        csvout_text(&o, order_name(play));
        csvout_text(&o, name_of_service(p, play));
        csvout_text(&o, name_of_pop(p, play->pop));
        csvout_text(&o, name_of_network(p, play->network));
        csvout_text(&o, name_of_pop(p, play->other));
        csvout_uint(&o, (uint64_t)play->times);
        csvout_fixed(&o, play->users, 0);
        csvout_fixed(&o, play->lost_bps / 1e9, 6);
        csvout_fixed(&o, play->utilisation * 100, 3);
        csvout_text(&o, name_of_link(p, play));
        csvout_fixed(&o, play->added_rtt_ms, 3);
        csvout_fixed(&o, play->users_moved, 0);
        csvout_fixed(&o, play->twin < 0 ? NAN : play->twin_users, 0);
        csvout_end(&o);
    }
}

static json_t *play_json(const struct playbook *p, const struct play *play, size_t rank)
{
    json_t *o = json_object();
    json_object_set_new(o, "rank", json_count(rank));
    json_object_set_new(o, "play", json_string(play->name));
    json_object_set_new(o, "kind", json_string(play_kind_names[play->kind]));
    json_object_set_new(o, "order", json_text_or_null(order_name(play)));
    json_object_set_new(o, "service", json_text_or_null(name_of_service(p, play)));
    json_object_set_new(o, "pop", json_text_or_null(name_of_pop(p, play->pop)));
    json_object_set_new(o, "to", json_text_or_null(name_of_network(p, play->network)));
    json_object_set_new(o, "new_pop", json_text_or_null(name_of_pop(p, play->other)));
    json_object_set_new(o, "times", json_count((uint64_t)play->times));
    json_object_set_new(o, "users_affected", json_real_or_null(play->users, 0));
    json_object_set_new(o, "gbps_lost", json_real_or_null(play->lost_bps / 1e9, 6));
    json_object_set_new(o, "worst_utilisation_pct", json_real_or_null(play->utilisation * 100, 3));
    json_object_set_new(o, "worst_link", json_text_or_null(name_of_link(p, play)));
    json_object_set_new(o, "added_rtt_ms", json_real_or_null(play->added_rtt_ms, 3));
    json_object_set_new(o, "users_moved", json_real_or_null(play->users_moved, 0));
    json_object_set_new(o, "order_dependent_users",
                        json_real_or_null(play->twin < 0 ? NAN : play->twin_users, 0));
    return o;
}

void playbook_json(const struct playbook_view *v, FILE *out)
{
    const struct playbook *p = v->book;
    json_t *o = json_object(), *rank = json_array(), *plays = json_array();
    for (int k = 0; k < RANK_KEYS; k++)
        json_array_append_new(rank, json_string(play_rank_names[v->keys[k]]));
    for (size_t i = 0; i < v->n; i++)
        json_array_append_new(plays, play_json(p, &p->plays[v->order[i]], i + 1));
    json_object_set_new(o, "version", json_string(ANYSIM_VERSION));
    json_object_set_new(o, "scenario", json_string(p->scenario.name));
    json_object_set_new(o, "variant", json_text_or_null(p->scenario.variant));
    json_object_set_new(o, "seed", json_count(p->scenario.seed));
    json_object_set_new(o, "begins_s", json_seconds_or_null(p->begins_ps));
    json_object_set_new(o, "acts_s", json_seconds_or_null(p->acts_ps));
    json_object_set_new(o, "prefers_oldest", json_boolean(p->oldest));
    json_object_set_new(o, "rank", rank);
    json_object_set_new(o, "plays", plays);
    json_dumpf(o, out, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15) | JSON_INDENT(2));
    putc('\n', out);
    json_decref(o);
}

static void write_json(const struct playbook_view *v, FILE *f)
{
    playbook_json(v, f);
}

static void write_run(const struct playbook_view *v, FILE *f)
{
    csv_run_sweep(&v->book->scenario, f);
}

bool playbook_files(const struct playbook_view *v, struct outdir *o)
{
    const struct {
        const char *name;
        void (*write)(const struct playbook_view *, FILE *);
    } files[] = {
        {"playbook.csv", write_csv}, {"playbook.json", write_json}, {"run.csv", write_run}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *f = outdir_file(o, files[i].name);
        if (!f)
            return false;
        files[i].write(v, f);
        if (!outdir_close(o, f))
            return false;
    }
    return true;
}

// --- the table

static void row(const struct playbook_view *v, const struct cell_out *out, size_t rank)
{
    const struct playbook *p = v->book;
    const struct play *play = &p->plays[v->order[rank]];
    char text[CELL_BUF];
    fprintf(out->f, "%4zu  ", rank + 1);
    cell_name(out, play->name, NAME_CELLS, v->order[rank] == 0 ? CELL_BOLD : CELL_PLAIN);
    fprintf(out->f, " %8.1f M %9.2f %9.1f %%", play->users / 1e6, play->lost_bps / 1e9,
            play->utilisation * 100);
    snprintf(text, sizeof text, "%+.1f ms", play->added_rtt_ms);
    fprintf(out->f, " %10s %8.1f M\n", isnan(play->added_rtt_ms) ? "none" : text,
            play->users_moved / 1e6);
}

// What makes no difference to anybody is not worth a line.
static bool changes_nothing(const struct playbook *p, size_t index)
{
    const struct play *a = &p->plays[index], *b = &p->plays[0];
    return index != 0 && b->ok && a->users == b->users && a->lost_bps == b->lost_bps &&
           a->users_moved == 0 && a->worst_link == b->worst_link;
}

static void orders(const struct playbook_view *v, const struct cell_out *out)
{
    const struct playbook *p = v->book;
    size_t pairs = 0;
    for (size_t i = 0; i < p->nplays; i++) {
        const struct play *play = &p->plays[i];
        bool first = play->ok && play->twin > (int)i && p->plays[play->twin].ok;
        pairs += first;
        if (first && play->twin_users > 0)
            fprintf(out->f,
                    "The order matters: after '%s' %.1f M people are at another POP than in the "
                    "other order.\n",
                    play->name, play->twin_users / 1e6);
    }
    if (!p->oldest)
        fprintf(out->f, "No router prefers the oldest route: the order of steps was not tried.\n");
    else if (pairs)
        fprintf(out->f,
                "Some routers prefer the oldest route: %zu plays were done in both orders.\n",
                pairs);
}

void playbook_text(const struct playbook_view *v, const struct cell_out *out)
{
    const struct playbook *p = v->book;
    char begins[CELL_BUF], acts[CELL_BUF];
    fprintf(out->f, "%s%s%s: it begins at %s, the operator acts at %s; %zu plays\n",
            p->scenario.name, p->scenario.variant ? " / " : "",
            p->scenario.variant ? p->scenario.variant : "", cell_time(p->begins_ps, begins),
            cell_time(p->acts_ps, acts), p->nplays - 1);
    fprintf(out->f, "ranked by");
    for (int k = 0; k < RANK_KEYS; k++)
        fprintf(out->f, "%s %s", k ? ", then" : "", play_rank_names[v->keys[k]]);
    fprintf(out->f, "\n\n%4s  %-*s %10s %9s %11s %10s %10s\n", "", NAME_CELLS, "play", "users hit",
            "Gb/s lost", "worst link", "added RTT", "moved");
    size_t rows = 0, idle = 0;
    bool cut = false;
    for (size_t i = 0; i < v->n; i++) {
        bool same = changes_nothing(p, v->order[i]);
        idle += same;
        bool shown = !out->brief || (rows < BEST_ROWS && !same) || v->order[i] == 0;
        if (!shown && !same && !cut)
            fprintf(out->f, "%4s  …\n", "");
        cut = cut || (!shown && !same);
        rows += shown;
        if (shown)
            row(v, out, i);
    }
    putc('\n', out->f);
    if (idle && out->brief)
        fprintf(out->f, "%zu of the plays change nothing for anybody.\n", idle);
    orders(v, out);
}
