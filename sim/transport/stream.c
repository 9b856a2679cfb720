// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/stream.h"

const struct stream_ops *stream_at(enum stream_kind kind)
{
    static const struct stream_ops *const all[STREAM_KINDS] = {
        [STREAM_TCP] = &stream_tcp, [STREAM_QUIC] = &stream_quic};
    return all[kind];
}
