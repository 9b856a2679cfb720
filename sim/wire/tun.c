// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/tun.h"

#include "base/arena.h"
#include "fwd/headers6.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEVICE     "/dev/net/tun"
#define SLOT_BYTES 65536 // one IP datagram of any size

struct tun {
    struct interface base;
    uint8_t *slots; // of received datagrams
};

static int tun_receive(struct interface *i, struct interface_frame *frames, int max)
{
    struct tun *t = (struct tun *)i;
    int n = 0;
    if (max > INTERFACE_BATCH)
        max = INTERFACE_BATCH;
    while (n < max) {
        uint8_t *slot = t->slots + (size_t)n * SLOT_BYTES;
        ssize_t size = read(i->fd, slot, SLOT_BYTES);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno != EAGAIN && n == 0) {
            snprintf(i->error, INTERFACE_ERROR, "%s: the interface was removed: %s", i->name,
                     strerror(errno));
            return -1;
        }
        if (size <= 0)
            break;
        frames[n++] = (struct interface_frame){.bytes = slot, .size = (uint32_t)size};
        i->statistics.received++;
        i->statistics.received_bytes += (uint64_t)size;
    }
    return n;
}

static void send_one(struct interface *i, const struct interface_frame *frame)
{
    struct interface_statistics *s = &i->statistics;
    ssize_t n;
    if (frame->size > i->mtu) {
        s->unsent_size++;
        return;
    }
    do
        n = write(i->fd, frame->bytes, frame->size);
    while (n < 0 && errno == EINTR);
    if (n >= 0) {
        s->sent++;
        s->sent_bytes += frame->size;
    } else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) {
        s->unsent_full++;
    } else {
        s->unsent_down++;
    }
}

// There is no call that writes several datagrams, so nothing waits for flush.
static void tun_send(struct interface *i, const struct interface_frame *frames, int n)
{
    for (int k = 0; k < n; k++)
        send_one(i, &frames[k]);
}

static void tun_flush(struct interface *i)
{
    (void)i;
}

static void tun_refresh(struct interface *i)
{
    (void)i; // the kernel counts nothing for this end
}

static void tun_close(struct interface *i)
{
    struct tun *t = (struct tun *)i;
    if (i->fd >= 0)
        close(i->fd);
    free(t->slots);
    free(t);
}

static const struct interface_ops tun_ops = {
    .kind = "tun",
    .receive = tun_receive,
    .send = tun_send,
    .flush = tun_flush,
    .refresh = tun_refresh,
    .close = tun_close,
};

// --- Opening.
static bool failed(char error[INTERFACE_ERROR], const char *name, const char *what)
{
    if (errno == EPERM || errno == EACCES)
        snprintf(error, INTERFACE_ERROR,
                 "%s: a TUN device needs the privilege CAP_NET_ADMIN: run as root, or once 'setcap "
                 "cap_net_raw,cap_net_admin+ep' on this program",
                 name);
    else
        snprintf(error, INTERFACE_ERROR, "%s: cannot %s: %s", name, what, strerror(errno));
    return false;
}

static bool create(struct tun *t, const char *name, char error[INTERFACE_ERROR])
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    if (strlen(name) >= sizeof request.ifr_name) {
        snprintf(error, INTERFACE_ERROR, "%s: the name of an interface has at most %zu characters",
                 name, sizeof request.ifr_name - 1);
        return false;
    }
    memcpy(request.ifr_name, name, strlen(name));
    t->base.fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (t->base.fd < 0)
        return failed(error, name, "open " DEVICE);
    if (ioctl(t->base.fd, TUNSETIFF, &request) != 0)
        return failed(error, name, "create the TUN device");
    memcpy(t->base.name, request.ifr_name, sizeof t->base.name);
    return true;
}

// One address of the host's end through rtnetlink(7), which knows both families and prefix lengths.
struct address_request {
    struct nlmsghdr header;
    struct ifaddrmsg address;
    struct rtattr attribute;
    uint8_t bytes[16];
};

static bool add_address(int netlink, unsigned ifindex, struct prefix6 p)
{
    bool v4 = ip6_is_ip4(p.addr);
    size_t size = v4 ? sizeof(ip4_addr) : sizeof p.addr;
    struct address_request r = {
        .header = {.nlmsg_type = RTM_NEWADDR,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE},
        .address = {.ifa_family = v4 ? AF_INET : AF_INET6,
                    .ifa_prefixlen = (uint8_t)(p.len - (v4 ? IP6_MAPPED_BITS : 0)),
                    // Nobody else is on this link: no duplicate to wait for.
                    .ifa_flags = IFA_F_NODAD,
                    .ifa_index = ifindex},
        .attribute = {.rta_type = IFA_LOCAL}};
    r.attribute.rta_len = (unsigned short)RTA_LENGTH(size);
    r.header.nlmsg_len = (uint32_t)(offsetof(struct address_request, bytes) + size);
    if (v4)
        be32_put(r.bytes, ip6_to_ip4(p.addr));
    else
        ip6_put(r.bytes, p.addr);
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
    } answer;
    if (send(netlink, &r, r.header.nlmsg_len, 0) < 0)
        return false;
    ssize_t got = recv(netlink, &answer, sizeof answer, 0);
    if (got < (ssize_t)sizeof answer || answer.header.nlmsg_type != NLMSG_ERROR) {
        errno = EPROTO;
        return false;
    }
    errno = -answer.error.error;
    return answer.error.error == 0;
}

static bool add_addresses(struct tun *t, const struct tun_options *o, char error[INTERFACE_ERROR])
{
    char text[IP6_TEXT], what[64];
    bool good = true;
    if (!o->naddresses)
        return true;
    unsigned ifindex = if_nametoindex(t->base.name);
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (netlink < 0)
        return failed(error, t->base.name, "set its addresses");
    for (size_t k = 0; good && k < o->naddresses; k++)
        if (!add_address(netlink, ifindex, o->addresses[k])) {
            snprintf(what, sizeof what, "add the address %s", ip_print(o->addresses[k].addr, text));
            good = failed(error, t->base.name, what);
        }
    close(netlink);
    return good;
}

// MTU, addresses and the state of the host's end.
static bool configure(struct tun *t, const struct tun_options *o, char error[INTERFACE_ERROR])
{
    struct ifreq request = {0};
    bool good = true;
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return failed(error, t->base.name, "configure it");
    memcpy(request.ifr_name, t->base.name, sizeof request.ifr_name);
    request.ifr_mtu = (int)o->mtu;
    if (o->mtu && ioctl(s, SIOCSIFMTU, &request) != 0)
        good = failed(error, t->base.name, "set its MTU");
    if (good && ioctl(s, SIOCGIFMTU, &request) != 0)
        good = failed(error, t->base.name, "read its MTU");
    t->base.mtu = (uint32_t)request.ifr_mtu;
    good = good && add_addresses(t, o, error);
    if (good && o->up) {
        if (ioctl(s, SIOCGIFFLAGS, &request) == 0) {
            request.ifr_flags |= IFF_UP;
            good = ioctl(s, SIOCSIFFLAGS, &request) == 0;
        } else {
            good = false;
        }
        if (!good)
            failed(error, t->base.name, "bring it up");
    }
    close(s);
    return good;
}

struct interface *tun_open(const struct tun_options *options, char error[INTERFACE_ERROR])
{
    struct tun *t = xcalloc(1, sizeof *t);
    t->base.ops = &tun_ops;
    t->base.fd = -1;
    t->base.link = FRAME_LINK_IP;
    if (create(t, options->name, error) && configure(t, options, error)) {
        t->slots = xmalloc((size_t)SLOT_BYTES * INTERFACE_BATCH);
        return &t->base;
    }
    tun_close(&t->base);
    return NULL;
}
