// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline: events in order, each end matched with its beginning, and the phases of the run.
#include "base/vec.h"
#include "scenario/pop_drain.h"
#include "scenario/scenario_reader.h"

#define EVENTS_MAX 10000

const char *const phase_names[PHASE_COUNT] = {"before", "outage", "after"};

static const char *const kind_names[] = {
    "fail",   "repair",   "withdraw",        "announce", "metric", "overload",    "drain",
    "reset",  "shutdown", "drop_keepalives", "stall",    "slow",   "restart_bgp", "degrade",
    "impair", "flap",     "hijack",          "leak"};
_Static_assert(sizeof kind_names / sizeof kind_names[0] == EVENT_ACTION, "a name for each kind");

const char *event_name(const struct event *e)
{
    return e->kind == EVENT_ACTION ? actions[e->action].key : kind_names[e->kind];
}

const char *event_kind_name(enum event_kind k)
{
    return kind_names[k];
}

enum phase scenario_phase(const struct scenario *s, int64_t t_ps)
{
    if (t_ps < s->outage_from_ps)
        return PHASE_BEFORE;
    return t_ps < s->outage_to_ps ? PHASE_OUTAGE : PHASE_AFTER;
}

bool event_begins(const struct event *e)
{
    switch (e->kind) {
    case EVENT_FAIL:
    case EVENT_WITHDRAW:
        return true;
    case EVENT_METRIC:
        return e->metric != 0;
    case EVENT_OVERLOAD:
    case EVENT_DRAIN:
    case EVENT_ACTION:
        return e->on;
    default:
        return e->kind >= EVENT_FIRST_INCIDENT;
    }
}

int64_t event_end_ps(const struct event *e)
{
    return e->at_ps +
           (e->kind == EVENT_FLAP ? e->incident.times * e->incident.every_ps : e->incident.for_ps);
}

// Events that undo one another are of one group.
static enum event_kind group(enum event_kind k)
{
    return k == EVENT_REPAIR ? EVENT_FAIL : k == EVENT_ANNOUNCE ? EVENT_WITHDRAW : k;
}

static const char *time_text(struct scenario_reader *r, int64_t t_ps)
{
    char buf[UNIT_BUF];
    return arena_strdup(r->in->a, unit_print(UNIT_TIME, t_ps, buf, sizeof buf));
}

static void check_time(struct scenario_reader *r, const struct raw_event *raw)
{
    int64_t end = r->out->duration_ps;
    if (raw->at_ps < 0 || end == 0 || raw->at_ps < end)
        return;
    diag_error(r->in->d, raw->at_place, "move the event, or make the duration longer",
               "event at %s lies outside the run, which lasts from 0s to %s",
               time_text(r, raw->at_ps), time_text(r, end));
}

// What a key that belongs to one kind of event says about another.
static void misplaced(struct scenario_reader *r, const struct event *e, enum event_kind owner,
                      struct srcpos at, const char *key)
{
    if (e->kind != owner && at.line)
        diag_error(r->in->d, at, "leave it out", "'%s' is for %s, not for %s", key,
                   kind_names[owner], event_name(e));
}

static bool read_direction(struct scenario_reader *r, const struct raw_event *raw, struct event *e)
{
    const struct topology *t = &r->out->topology;
    e->one_way = raw->one_way;
    if (!e->one_way)
        return true;
    const char *from;
    if (e->target.first_city >= 0)
        from = t->networks[e->target.network].cities[e->target.first_city].city->name;
    else if (e->target.first_network >= 0)
        from = t->networks[e->target.first_network].name;
    else {
        diag_error(r->in->d, raw->one_way_at,
                   e->kind == EVENT_IMPAIR ? "with between, around or interconnect"
                                           : "with between or around",
                   "'one_way' needs a city where the direction starts");
        return false;
    }
    e->target.text = arena_printf(r->in->a, "%s from %s", e->target.text, from);
    return true;
}

// The keys of metric and overload events.
static bool read_value(struct scenario_reader *r, const struct raw_event *raw, struct event *e)
{
    misplaced(r, e, EVENT_METRIC, raw->value_at, "value");
    if (e->kind != EVENT_IMPAIR)
        misplaced(r, e, EVENT_METRIC, raw->one_way_at, "one_way");
    if (e->kind != EVENT_DRAIN)
        misplaced(r, e, EVENT_OVERLOAD, raw->state_at, "state");
    e->on = raw->state == 0;
    if (e->kind == EVENT_IMPAIR)
        return read_direction(r, raw, e);
    if (e->kind != EVENT_METRIC)
        return true;
    if (raw->value == EVENT_NO_VALUE) {
        if (!raw->value_at.line)
            diag_error(r->in->d, raw->at, "for example 'value: 5000', or 'value: configured'",
                       "metric needs a 'value'");
        return false;
    }
    e->metric = raw->value < 0 ? 0 : raw->value;
    return read_direction(r, raw, e);
}

// What a label says after kind and target.
static const char *ending(struct scenario_reader *r, const struct event *e)
{
    if (e->kind == EVENT_METRIC)
        return e->metric ? arena_printf(r->in->a, ": %lld", (long long)e->metric) : ": configured";
    if (e->kind == EVENT_OVERLOAD || e->kind == EVENT_DRAIN)
        return e->on ? "" : ": off";
    if (e->kind == EVENT_IMPAIR)
        return arena_printf(r->in->a, ": %s", e->incident.with ? e->incident.with->name : "none");
    return e->mode == OUTAGE_SILENT ? " (silent)" : "";
}

// What the event says to do: counted, the last one in `e`, all of them in words.
static int what_happens(struct scenario_reader *r, const struct raw_event *raw, struct event *e,
                        const char **words)
{
    int found = 0;
    *words = NULL;
    for (int k = 0; k < EVENT_ACTION + ACTION_KINDS; k++) {
        const void *said = k >= EVENT_ACTION   ? raw->action[k - EVENT_ACTION]
                           : k == EVENT_HIJACK ? (const void *)raw->hijack
                           : k == EVENT_LEAK   ? (const void *)raw->leak
                                               : (const void *)raw->target[k];
        if (!said)
            continue;
        e->kind = k < EVENT_ACTION ? (enum event_kind)k : EVENT_ACTION;
        e->action = k < EVENT_ACTION ? 0 : k - EVENT_ACTION;
        *words = found++ ? arena_printf(r->in->a, "%s, '%s'", *words, event_name(e))
                         : arena_printf(r->in->a, "'%s'", event_name(e));
    }
    return found;
}

// Reads one event; false when it cannot be used.
static bool read_event(struct scenario_reader *r, const struct raw_event *raw, struct event *e)
{
    const char *words;
    int found = what_happens(r, raw, e, &words);
    if (found == 0)
        diag_error(r->in->d, raw->at,
                   "for example 'fail', 'withdraw' or 'bind': docs/scenario.md has all",
                   "this event does nothing: it needs an action");
    if (found > 1)
        diag_error(r->in->d, raw->at, "one event, one action; several events may share a time",
                   "this event has several actions: %s", words);
    if (found != 1)
        return false;
    e->at_ps = raw->at_ps;
    e->at = raw->at;
    e->mode = (enum outage_mode)raw->mode;
    check_time(r, raw);
    misplaced(r, e, EVENT_FAIL, raw->mode_at, "mode");
    if ((raw->target[e->kind] && !selector_read(r, raw->target[e->kind], e->kind, &e->target)) ||
        !read_value(r, raw, e) || !incident_read(r, raw, e))
        return false;
    e->label = raw->label.s
                   ? raw->label.s
                   : arena_printf(r->in->a, "%s %s%s", event_name(e), e->target.text, ending(r, e));
    return raw->at_ps >= 0;
}

// Stable: events of the same time stay in the file's order.
static void sort_events(struct event *v, int n)
{
    for (int i = 1; i < n; i++) {
        struct event e = v[i];
        int k = i;
        for (; k > 0 && v[k - 1].at_ps > e.at_ps; k--)
            v[k] = v[k - 1];
        v[k] = e;
    }
}

// The event that `i` ends or repeats: the last earlier one of its pair with the same target, or -1.
static int partner(const struct scenario *s, int i)
{
    const struct event *e = &s->events[i];
    for (int k = i - 1; k >= 0; k--) {
        const struct event *o = &s->events[k];
        if (group(e->kind) == group(o->kind) && strcmp(e->target.text, o->target.text) == 0)
            return k;
    }
    return -1;
}

static const char *undoes(enum event_kind k)
{
    return k == EVENT_METRIC || k == EVENT_OVERLOAD ? "undo" : kind_names[k];
}

static bool are_paired(const struct event *a, const struct event *b)
{
    return a->pair && b->pair && strcmp(a->pair, b->pair) == 0;
}

bool event_is_superseded(const struct scenario *s, const struct event *e)
{
    const struct event *end = s->events + s->nevents;
    for (const struct event *o = e + 1; o < end && o->at_ps < event_end_ps(e); o++)
        if (are_paired(o, e))
            return true;
    return false;
}

static bool stays_open(const struct event *e)
{
    return e->on && event_end_ps(e) == e->at_ps;
}

// What an action leaves open: +1, or −1 when it ends what the last one of its pair has left.
static int open_by_action(const struct scenario *s, int i)
{
    const struct event *e = &s->events[i];
    for (int k = i - 1; k >= 0; k--)
        if (are_paired(&s->events[k], e))
            return stays_open(e) - stays_open(&s->events[k]);
    return stays_open(e);
}

// Every repair ends a failure, no failure hits what has failed already. Returns how many are still
// open at the end.
static int match_events(struct scenario_reader *r)
{
    struct scenario *s = r->out;
    int open = 0;
    for (int i = 0; i < s->nevents; i++) {
        const struct event *e = &s->events[i];
        if (e->kind == EVENT_ACTION) {
            open += open_by_action(s, i);
            continue;
        }
        if (e->kind >= EVENT_FIRST_INCIDENT) { // ends by itself
            open += event_end_ps(e) == e->at_ps;
            continue;
        }
        int k = partner(s, i);
        bool is_open = k >= 0 && event_begins(&s->events[k]);
        if (e->kind == EVENT_METRIC && event_begins(e) && is_open)
            continue; // yet another metric
        if (event_begins(e) && is_open) {
            diag_error(r->in->d, e->at, NULL, "%s %s: this has happened already at %s (line %d)",
                       event_name(e), e->target.text, time_text(r, s->events[k].at_ps),
                       s->events[k].at.line);
        } else if (!event_begins(e) && !is_open) {
            diag_error(r->in->d, e->at,
                       "an end needs the same selector as its beginning, at an earlier time",
                       "%s %s: nothing to %s, no earlier '%s' with this selector", event_name(e),
                       e->target.text, undoes(e->kind), kind_names[group(e->kind)]);
        } else {
            open += event_begins(e) ? 1 : -1;
        }
    }
    return open;
}

static void set_phases(struct scenario *s, int open)
{
    s->outage_from_ps = s->outage_to_ps = s->duration_ps;
    for (int i = s->nevents - 1; i >= 0; i--)
        if (event_begins(&s->events[i]))
            s->outage_from_ps = s->events[i].at_ps;
    if (open || s->nevents == 0)
        return;
    s->outage_to_ps = 0;
    for (int i = 0; i < s->nevents; i++)
        if (event_end_ps(&s->events[i]) > s->outage_to_ps)
            s->outage_to_ps = event_end_ps(&s->events[i]);
    if (s->outage_to_ps > s->duration_ps)
        s->outage_to_ps = s->duration_ps;
}

void timeline_read(struct scenario_reader *r)
{
    const struct raw_event *raw = r->raw.timeline.v;
    struct scenario *s = r->out;
    s->events = arena_array(r->in->a, struct event, r->raw.timeline.n);
    size_t before = diag_errors(r->in->d);
    if (r->raw.timeline.n > EVENTS_MAX) {
        diag_error(r->in->d, r->raw.timeline.at, NULL, "more than %d events", EVENTS_MAX);
        return;
    }
    for (int i = 0; i < r->raw.timeline.n; i++)
        if (read_event(r, &raw[i], &s->events[s->nevents]))
            s->nevents++;
    sort_events(s->events, s->nevents);
    bool good = diag_errors(r->in->d) == before;
    pop_drains_check_backends(r);
    if (good) {
        life_check(r);
        pop_drains_check(r);
    }
    int open = diag_errors(r->in->d) == before ? match_events(r) : 0;
    set_phases(s, open);
}
