// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/afpacket.h"

#include "base/arena.h"
#include "wire/offload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES    (256u << 10) // holds the largest merged packet
#define RING_BYTES     (16u << 20)
#define FRAME_BYTES    2048u // only the product with their number matters to TPACKET_V3
#define RETIRE_MS      1     // a block with frames in it is handed over after that at the latest
#define SEND_BUFFER    (4 << 20)
#define VIRTIO_GSO_UDP 5 // VIRTIO_NET_HDR_GSO_UDP_L4, newer than some headers
#define NS_PER_S       INT64_C(1000000000)
// Where a frame's sockaddr_ll is: behind its header, aligned.
#define SENDER ((sizeof(struct tpacket3_hdr) + TPACKET_ALIGNMENT - 1) & ~(TPACKET_ALIGNMENT - 1ul))

struct afpacket {
    struct interface base;
    int ifindex;
    bool gone;
    // Receiving.
    uint8_t *ring;
    uint32_t nblocks, block; // the block that is read or comes next
    uint32_t left;           // frames of it that were not looked at
    uint8_t *at;             // the next of them
    bool held;               // the block is ours until the next call
    int64_t at_ns;           // when the last frame that was looked at came
    struct offload_cutter cutter;
    bool cutting;
    uint8_t *slots; // where segments are written
    size_t slot_bytes;
    int nslots; // used since the call began
    // Sending.
    struct virtio_net_hdr plain; // all zeros: nothing is left to do
    struct mmsghdr messages[INTERFACE_BATCH];
    struct iovec parts[INTERFACE_BATCH][2];
    unsigned queued;
};

static struct tpacket_block_desc *block_of(const struct afpacket *a)
{
    return (struct tpacket_block_desc *)(void *)(a->ring + (size_t)a->block * BLOCK_BYTES);
}

static void give_block_back(struct afpacket *a)
{
    struct tpacket_block_desc *b = block_of(a);
    __atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    a->block = a->block + 1 == a->nblocks ? 0 : a->block + 1;
    a->held = false;
}

// Gets at the next block with frames; false when the kernel still fills it.
static bool take_block(struct afpacket *a)
{
    struct tpacket_block_desc *b = block_of(a);
    if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
        return false;
    a->held = true;
    a->left = b->hdr.bh1.num_pkts;
    a->at = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
    return true;
}

// --- One received frame.
static bool begin_cut(struct afpacket *a, const struct virtio_net_hdr *v, uint8_t *bytes,
                      uint32_t size)
{
    enum offload_kind kind;
    switch (v->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
    case VIRTIO_NET_HDR_GSO_TCPV4:
    case VIRTIO_NET_HDR_GSO_TCPV6:
        kind = OFFLOAD_TCP;
        break;
    case VIRTIO_GSO_UDP:
        kind = OFFLOAD_UDP;
        break;
    default:
        return false;
    }
    return offload_cut(&a->cutter, a->base.link, bytes, size, kind, v->gso_size) &&
           offload_largest(&a->cutter) <= a->slot_bytes;
}

// Makes good what was left to hardware. True when *out is a frame to hand out; false when it was
// dropped, or when its segments are to be fetched from the cutter.
static bool accept_frame(struct afpacket *a, struct tpacket3_hdr *h, struct interface_frame *out)
{
    struct interface_statistics *s = &a->base.statistics;
    struct virtio_net_hdr v;
    uint8_t *bytes = (uint8_t *)h + h->tp_mac;
    uint32_t size = h->tp_snaplen;
    if (size < h->tp_len) {
        s->dropped_truncated++;
        return false;
    }
    memcpy(&v, bytes - sizeof v, sizeof v);
    bool merged = v.gso_type != VIRTIO_NET_HDR_GSO_NONE;
    if (!merged && v.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        if (!offload_checksum(bytes, size, v.csum_start, v.csum_offset)) {
            s->dropped_truncated++;
            return false;
        }
        s->completed++;
    }
    if (h->tp_status & TP_STATUS_VLAN_VALID && a->base.link == FRAME_LINK_ETHERNET &&
        size >= FRAME_ETHERNET) {
        uint16_t type = h->tp_status & TP_STATUS_VLAN_TPID_VALID ? h->hv1.tp_vlan_tpid
                                                                 : (uint16_t)FRAME_TYPE_VLAN;
        // Over the virtio header, which has been read.
        bytes = offload_tag(bytes, type, (uint16_t)h->hv1.tp_vlan_tci);
        size += FRAME_TAG;
    }
    if (merged) {
        a->cutting = begin_cut(a, &v, bytes, size);
        s->cut += a->cutting;
        s->dropped_merged += !a->cutting;
        return false;
    }
    out->bytes = bytes;
    out->size = size;
    return true;
}

static bool next_segment(struct afpacket *a, struct interface_frame *out)
{
    uint8_t *slot = a->slots + (size_t)a->nslots * a->slot_bytes;
    size_t size = offload_next(&a->cutter, slot);
    a->cutting = size > 0;
    if (!size)
        return false;
    a->nslots++;
    out->bytes = slot;
    out->size = (uint32_t)size;
    return true;
}

// The next frame of the block at hand.
static bool next_in_block(struct afpacket *a, struct interface_frame *out)
{
    for (;;) {
        out->at_ns = a->at_ns; // of all segments of a packet
        if (a->cutting && next_segment(a, out))
            return true;
        if (!a->left)
            return false;
        struct tpacket3_hdr *h = (struct tpacket3_hdr *)(void *)a->at;
        const struct sockaddr_ll *from = (const struct sockaddr_ll *)(const void *)(a->at + SENDER);
        a->left--;
        a->at += h->tp_next_offset;
        out->at_ns = a->at_ns = (int64_t)h->tp_sec * NS_PER_S + h->tp_nsec;
        if (from->sll_pkttype != PACKET_OUTGOING && accept_frame(a, h, out))
            return true;
    }
}

// Nothing to read: is there still an interface?
static int look_after(struct afpacket *a)
{
    int error = 0;
    socklen_t size = sizeof error;
    char name[IF_NAMESIZE];
    // Reading the error clears it; poll(2) would come back at once for ever otherwise.
    if (!a->gone && getsockopt(a->base.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error)
        a->gone = !if_indextoname((unsigned)a->ifindex, name);
    if (!a->gone)
        return 0;
    snprintf(a->base.error, INTERFACE_ERROR, "%s: the interface was removed", a->base.name);
    return -1;
}

static int afpacket_receive(struct interface *i, struct interface_frame *frames, int max)
{
    struct afpacket *a = (struct afpacket *)i;
    int n = 0;
    a->nslots = 0;
    if (max > INTERFACE_BATCH)
        max = INTERFACE_BATCH;
    while (n == 0) {
        if (a->held && !a->left && !a->cutting)
            give_block_back(a);
        if (!a->held && !take_block(a))
            return look_after(a);
        for (; n < max && next_in_block(a, &frames[n]); n++)
            i->statistics.received_bytes += frames[n].size;
        if (max <= 0)
            break;
    }
    i->statistics.received += (uint64_t)n;
    return n;
}

// --- Sending.
static void afpacket_flush(struct interface *i)
{
    struct afpacket *a = (struct afpacket *)i;
    struct interface_statistics *s = &i->statistics;
    unsigned done = 0;
    while (done < a->queued) {
        int n = sendmmsg(i->fd, a->messages + done, a->queued - done, MSG_DONTWAIT);
        for (int k = 0; k < n; k++)
            s->sent_bytes += a->parts[done + (unsigned)k][1].iov_len;
        if (n > 0) {
            s->sent += (uint64_t)n;
            done += (unsigned)n;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno == EMSGSIZE)
            s->unsent_size++;
        else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
            s->unsent_full++;
        else
            s->unsent_down++;
        done++; // the one that was refused
    }
    a->queued = 0;
}

static void afpacket_send(struct interface *i, const struct interface_frame *frames, int n)
{
    struct afpacket *a = (struct afpacket *)i;
    for (int k = 0; k < n; k++) {
        if (a->queued == INTERFACE_BATCH)
            afpacket_flush(i);
        a->parts[a->queued][1] =
            (struct iovec){.iov_base = frames[k].bytes, .iov_len = frames[k].size};
        a->queued++;
    }
}

static void afpacket_refresh(struct interface *i)
{
    struct tpacket_stats_v3 counts;
    socklen_t size = sizeof counts;
    // The kernel starts again from zero at each reading.
    if (getsockopt(i->fd, SOL_PACKET, PACKET_STATISTICS, &counts, &size) == 0)
        i->statistics.dropped_by_kernel += counts.tp_drops;
}

static void afpacket_close(struct interface *i)
{
    struct afpacket *a = (struct afpacket *)i;
    if (a->ring)
        munmap(a->ring, (size_t)a->nblocks * BLOCK_BYTES);
    if (i->fd >= 0)
        close(i->fd);
    free(a->slots);
    free(a);
}

static const struct interface_ops afpacket_ops = {
    .kind = "af_packet",
    .receive = afpacket_receive,
    .send = afpacket_send,
    .flush = afpacket_flush,
    .refresh = afpacket_refresh,
    .close = afpacket_close,
};

// --- Opening. Each step says in `error` why it failed.
static bool failed(char error[INTERFACE_ERROR], const char *name, const char *what)
{
    snprintf(error, INTERFACE_ERROR, "%s: cannot %s: %s", name, what, strerror(errno));
    return false;
}

static bool open_socket(struct afpacket *a, const char *name, char error[INTERFACE_ERROR])
{
    unsigned index = if_nametoindex(name);
    if (!index) {
        snprintf(error, INTERFACE_ERROR, "there is no interface '%s'", name);
        return false;
    }
    a->ifindex = (int)index;
    snprintf(a->base.name, sizeof a->base.name, "%s", name);
    // With protocol 0 nothing is received before the ring stands and the socket is bound.
    a->base.fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (a->base.fd >= 0)
        return true;
    if (errno != EPERM && errno != EACCES)
        return failed(error, name, "open a packet socket");
    snprintf(error, INTERFACE_ERROR,
             "%s: packet sockets need the privilege CAP_NET_RAW: run as root, or once 'setcap "
             "cap_net_raw,cap_net_admin+ep' on this program",
             name);
    return false;
}

static bool read_device(struct afpacket *a, char error[INTERFACE_ERROR])
{
    struct ifreq request = {0};
    memcpy(request.ifr_name, a->base.name, sizeof request.ifr_name);
    if (ioctl(a->base.fd, SIOCGIFMTU, &request) != 0)
        return failed(error, a->base.name, "read its MTU");
    a->base.mtu = (uint32_t)request.ifr_mtu;
    if (ioctl(a->base.fd, SIOCGIFHWADDR, &request) != 0)
        return failed(error, a->base.name, "read its MAC address");
    switch (request.ifr_hwaddr.sa_family) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
        a->base.link = FRAME_LINK_ETHERNET;
        memcpy(a->base.mac, request.ifr_hwaddr.sa_data, FRAME_MAC);
        return true;
    case ARPHRD_NONE:
        a->base.link = FRAME_LINK_IP;
        return true;
    default:
        snprintf(error, INTERFACE_ERROR,
                 "%s: its link layer is of type %u; Ethernet and raw IP are supported",
                 a->base.name, request.ifr_hwaddr.sa_family);
        return false;
    }
}

static bool set(struct afpacket *a, int option, int value)
{
    return setsockopt(a->base.fd, SOL_PACKET, option, &value, sizeof value) == 0;
}

static bool make_ring(struct afpacket *a, uint32_t bytes, char error[INTERFACE_ERROR])
{
    a->nblocks = (uint32_t)(((uint64_t)bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    if (a->nblocks < 2)
        a->nblocks = 2; // the kernel fills one while we read the other
    struct tpacket_req3 request = {.tp_block_size = BLOCK_BYTES,
                                   .tp_block_nr = a->nblocks,
                                   .tp_frame_size = FRAME_BYTES,
                                   .tp_frame_nr = a->nblocks * (BLOCK_BYTES / FRAME_BYTES),
                                   .tp_retire_blk_tov = RETIRE_MS};
    if (!set(a, PACKET_VERSION, TPACKET_V3) || !set(a, PACKET_VNET_HDR, 1))
        return failed(error, a->base.name, "set up its receive ring (TPACKET_V3)");
    if (setsockopt(a->base.fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
        return failed(error, a->base.name, "get memory for its receive ring");
    void *ring = mmap(NULL, (size_t)a->nblocks * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
                      a->base.fd, 0);
    if (ring == MAP_FAILED)
        return failed(error, a->base.name, "map its receive ring");
    a->ring = ring;
    return true;
}

static bool join(struct afpacket *a, unsigned short what)
{
    struct packet_mreq request = {.mr_ifindex = a->ifindex, .mr_type = what};
    return setsockopt(a->base.fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) == 0;
}

static bool attach(struct afpacket *a, bool promiscuous, char error[INTERFACE_ERROR])
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = a->ifindex};
    int buffer = SEND_BUFFER;
    // Old kernels lack this; there, frames that we sent are recognised when they come back.
    set(a, PACKET_IGNORE_OUTGOING, 1);
    // A smaller send buffer only means that more is dropped in a burst.
    if (setsockopt(a->base.fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer) != 0)
        setsockopt(a->base.fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    if (!join(a, PACKET_MR_ALLMULTI) || (promiscuous && !join(a, PACKET_MR_PROMISC)))
        return failed(error, a->base.name, "receive multicast or everything on it");
    if (bind(a->base.fd, (struct sockaddr *)&address, sizeof address) != 0)
        return failed(error, a->base.name, "attach to it");
    return true;
}

static void prepare(struct afpacket *a)
{
    a->slot_bytes = (size_t)a->base.mtu + FRAME_ETHERNET + FRAME_TAGS_MAX * FRAME_TAG;
    a->slots = xmalloc(a->slot_bytes * INTERFACE_BATCH);
    for (int k = 0; k < INTERFACE_BATCH; k++) {
        a->parts[k][0] = (struct iovec){.iov_base = &a->plain, .iov_len = sizeof a->plain};
        a->messages[k].msg_hdr = (struct msghdr){.msg_iov = a->parts[k], .msg_iovlen = 2};
    }
}

struct interface *afpacket_open(const struct afpacket_options *options, char error[INTERFACE_ERROR])
{
    struct afpacket *a = xcalloc(1, sizeof *a);
    a->base.ops = &afpacket_ops;
    a->base.fd = -1;
    uint32_t ring = options->ring_bytes ? options->ring_bytes : RING_BYTES;
    if (open_socket(a, options->name, error) && read_device(a, error) &&
        make_ring(a, ring, error) && attach(a, options->promiscuous, error)) {
        prepare(a);
        return &a->base;
    }
    afpacket_close(&a->base);
    return NULL;
}
