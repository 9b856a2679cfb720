// SPDX-License-Identifier: GPL-3.0-or-later
// The dumbbell of setting_tcp.h in ns-3. See there for what is printed.
#include "setting_tcp.h"

#include <cinttypes>
#include <cstdio>
#include <string>

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

using namespace ns3;

namespace
{

const uint32_t NEAR = 2, FAR = 3, NODES = 4;
const uint32_t WRITTEN = 1 << 16; // octets at once

std::string name;
uint32_t seen[DIFF_FLOWS][2];
uint64_t received[DIFF_FLOWS], before[DIFF_FLOWS];

void arrived(uint32_t node, const Ipv4Header &ip, Ptr<const Packet> p, uint32_t interface)
{
    TcpHeader tcp;
    (void)interface;
    if (ip.GetProtocol() != TcpL4Protocol::PROT_NUMBER || !p->PeekHeader(tcp))
        return;
    uint32_t end = node == FAR;
    uint32_t flow = (end ? tcp.GetDestinationPort() : tcp.GetSourcePort()) - DIFF_PORT;
    if (seen[flow][end] < DIFF_TRACED)
        std::printf("%s arrival %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRId64 " %" PRIu32 "\n",
                    name.c_str(), flow, end, seen[flow][end],
                    (int64_t)Simulator::Now().GetNanoSeconds(),
                    p->GetSize() + ip.GetSerializedSize());
    seen[flow][end]++;
}

void fill(Ptr<Socket> s, uint32_t)
{
    while (s->GetTxAvailable() >= WRITTEN)
        s->Send(Create<Packet>(WRITTEN));
}

void connected(Ptr<Socket> s)
{
    s->SetSendCallback(MakeCallback(&fill));
    fill(s, 0);
}

void take(uint32_t flow, Ptr<Socket> s)
{
    while (Ptr<Packet> p = s->Recv())
        received[flow] += p->GetSize();
}

void accepted(uint32_t flow, Ptr<Socket> s, const Address &)
{
    s->SetRecvCallback(MakeBoundCallback(&take, flow));
}

Ipv4Address join(NodeContainer nodes, Ipv4AddressHelper &addresses, uint32_t a, uint32_t b,
                 int64_t rate_bps, int64_t delay_ns, uint32_t packets)
{
    PointToPointHelper line;
    line.SetDeviceAttribute("DataRate", DataRateValue(DataRate((uint64_t)rate_bps)));
    line.SetChannelAttribute("Delay", TimeValue(NanoSeconds(delay_ns)));
    line.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize",
                  StringValue(std::to_string(packets) + "p"));
    NetDeviceContainer devices = line.Install(nodes.Get(a), nodes.Get(b));
    Ipv4InterfaceContainer at = addresses.Assign(devices);
    addresses.NewNetwork();
    TrafficControlHelper().Uninstall(devices);
    return at.GetAddress(1);
}

void start(Ptr<Socket> s, InetSocketAddress to)
{
    s->SetConnectCallback(MakeCallback(&connected), MakeNullCallback<void, Ptr<Socket>>());
    s->Connect(to);
}

void mark()
{
    for (uint32_t i = 0; i < DIFF_FLOWS; i++)
        before[i] = received[i];
}

// What hosts are told; the names are ns-3's.
void options(bool cubic)
{
    const char *s = "ns3::TcpSocket::", *b = "ns3::TcpSocketBase::", *c = "ns3::TcpCubic::";
    auto set = [](std::string of, const char *what, const AttributeValue &v) {
        Config::SetDefault(of + what, v);
    };
    set(s, "SegmentSize", UintegerValue(DIFF_MSS - DIFF_STAMPS_BYTES));
    set(s, "InitialCwnd", UintegerValue(DIFF_INITIAL));
    set(s, "DelAckCount", UintegerValue(2));
    set(s, "DelAckTimeout", TimeValue(NanoSeconds(DIFF_DELAYED_NS)));
    set(s, "SndBufSize", UintegerValue(DIFF_WINDOW));
    set(s, "RcvBufSize", UintegerValue(DIFF_WINDOW));
    set(s, "TcpNoDelay", BooleanValue(true));
    set(b, "Sack", BooleanValue(true));
    set(b, "Timestamp", BooleanValue(true));
    set(b, "LimitedTransmit", BooleanValue(true));
    set(b, "MinRto", TimeValue(NanoSeconds(DIFF_MIN_RTO_NS)));
    set(c, "HyStart", BooleanValue(false));
    set(c, "FastConvergence", BooleanValue(true));
    set("ns3::TcpL4Protocol::", "RecoveryType", TypeIdValue(TcpClassicRecovery::GetTypeId()));
    set("ns3::TcpL4Protocol::", "SocketType",
        TypeIdValue(cubic ? TcpCubic::GetTypeId() : TcpLinuxReno::GetTypeId()));
}

void run(uint32_t nflows, uint32_t queue_packets)
{
    NodeContainer nodes;
    Ipv4AddressHelper addresses{"10.1.0.0", "255.255.255.0"};
    nodes.Create(NODES);
    InternetStackHelper().Install(nodes);
    for (uint32_t i = 0; i < DIFF_FLOWS; i++) {
        join(nodes, addresses, i, NEAR, DIFF_EDGE_BPS, DIFF_EDGE_NS[i], DIFF_EDGE_QUEUE_PACKETS);
        received[i] = before[i] = seen[i][0] = seen[i][1] = 0;
    }
    Ipv4Address to = join(nodes, addresses, NEAR, FAR, DIFF_LINE_BPS, DIFF_LINE_NS, queue_packets);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    for (uint32_t i = 0; i < NODES; i++)
        nodes.Get(i)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
            "LocalDeliver", MakeBoundCallback(&arrived, i));
    for (uint32_t i = 0; i < nflows; i++) {
        uint16_t port = (uint16_t)(DIFF_PORT + i);
        Ptr<Socket> far = Socket::CreateSocket(nodes.Get(FAR), TcpSocketFactory::GetTypeId());
        far->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        far->Listen();
        far->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address &>(),
                               MakeBoundCallback(&accepted, i));
        Ptr<Socket> near = Socket::CreateSocket(nodes.Get(i), TcpSocketFactory::GetTypeId());
        Simulator::Schedule(NanoSeconds(DIFF_START_NS[i]), &start, near,
                            InetSocketAddress(to, port));
    }
    Simulator::Schedule(NanoSeconds(DIFF_FROM_NS), &mark);
    Simulator::Stop(NanoSeconds(DIFF_UNTIL_NS));
    Simulator::Run();
    for (uint32_t i = 0; i < nflows; i++)
        std::printf("%s goodput %" PRIu32 " %" PRIu64 "\n", name.c_str(), i,
                    diff_bps(received[i] - before[i]));
    Simulator::Destroy();
}

} // namespace

int main()
{
    for (const auto &c : tcp_cases) {
        name = c.name;
        options(c.cubic);
        run((uint32_t)c.flows, (uint32_t)c.queue_packets);
    }
    return 0;
}
