// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/open.h"

#include "bgp/instance.h"
#include "bgp/restart.h"

#define VERSION       4
#define LEAST_HOLD_PS (3 * PS_PER_S) // RFC 4271 §4.2: 1 and 2 s are not acceptable

struct bgp_open bgp_open_make(const struct bgp_peer *p)
{
    const struct bgp_speaker *s = p->speaker;
    return (struct bgp_open){
        .version = VERSION,
        .asn = bgp_peer_local_as(p),
        .id = s->is.id,
        .hold_ps = p->is.hold_ps ? p->is.hold_ps : s->is.timers.hold_ps,
        .capabilities =
            bgp_capabilities_offer(&p->is, bgp_restart_flag(s), bgp_restart_forwards(s)),
    };
}

static struct bgp_notification open_error(enum bgp_open_error subcode, uint16_t data)
{
    return (struct bgp_notification){
        .error = BGP_ERROR_OPEN, .subcode = (uint8_t)subcode, .data = data};
}

static bool role_is_acceptable(const struct bgp_peer *p, const struct bgp_capabilities *theirs)
{
    if (p->is.role == BGP_ROLE_NONE)
        return true;
    if (!(theirs->have & BGP_CAP_ROLE))
        return !p->is.role_strict;
    return bgp_role_matches(p->is.role, theirs->role);
}

struct bgp_notification bgp_open_check(const struct bgp_peer *p, const struct bgp_open *theirs)
{
    const struct bgp_speaker_options *own = &p->speaker->is;
    const struct bgp_capabilities *c = &theirs->capabilities;
    uint32_t families = p->is.families ? p->is.families : BGP_FAMILY_IPV4;
    if (theirs->version != VERSION)
        return open_error(BGP_OPEN_VERSION, VERSION);
    if (p->is.remote_as && theirs->asn != p->is.remote_as)
        return open_error(BGP_OPEN_PEER_AS, 0);
    if (theirs->id == 0 || (theirs->id == own->id && theirs->asn == own->asn)) // RFC 6286 §2.2
        return open_error(BGP_OPEN_IDENTIFIER, 0);
    if (theirs->hold_ps != 0 && theirs->hold_ps < LEAST_HOLD_PS)
        return open_error(BGP_OPEN_HOLD_TIME, 0);
    if ((p->is.required & ~c->have) || !(families & c->families))
        return open_error(BGP_OPEN_CAPABILITY, 0);
    if (!role_is_acceptable(p, c))
        return open_error(BGP_OPEN_ROLE, 0);
    return (struct bgp_notification){.error = BGP_ERROR_NONE};
}

void bgp_open_agree(struct bgp_peer *p, const struct bgp_open *theirs)
{
    struct bgp_open ours = bgp_open_make(p);
    p->hold_ps = ours.hold_ps < theirs->hold_ps ? ours.hold_ps : theirs->hold_ps; // §4.2; 0: none
    p->may = bgp_capabilities_negotiate(&ours.capabilities, &theirs->capabilities);
    p->add_path_in = p->may.add_path_in;
    p->add_path_out = p->may.add_path_out;
}
