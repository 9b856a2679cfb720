// SPDX-License-Identifier: GPL-3.0-or-later
// The networks of setting.h in ns-3. See there for what is printed.
#include "setting.h"

#include <cinttypes>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

using namespace ns3;

namespace
{

struct Flow {
    uint32_t number, packets, next = 0;
    int64_t every_ns; // 0: Poisson
    double mean_ns;
    Ptr<Socket> socket;
    Ptr<ExponentialRandomVariable> gaps;
    std::vector<int64_t> sent_ns;
};

std::vector<Flow> flows;
std::string name;

void send(uint32_t number)
{
    Flow &f = flows[number];
    uint8_t payload[PAYLOAD_BYTES] = {};
    for (int i = 0; i < 4; i++) {
        payload[i] = (uint8_t)(f.next >> (8 * i));
        payload[4 + i] = (uint8_t)(f.number >> (8 * i));
    }
    f.sent_ns.push_back(Simulator::Now().GetNanoSeconds());
    f.socket->Send(Create<Packet>(payload, PAYLOAD_BYTES));
    int64_t gap = f.every_ns ? f.every_ns : (int64_t)f.gaps->GetValue(f.mean_ns, 0);
    if (++f.next < f.packets)
        Simulator::Schedule(NanoSeconds(gap), &send, number);
}

void receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> p = socket->Recv()) {
        uint8_t b[8];
        uint32_t number = 0, flow = 0;
        p->CopyData(b, sizeof b);
        for (int i = 3; i >= 0; i--) {
            number = number << 8 | b[i];
            flow = flow << 8 | b[4 + i];
        }
        std::printf("%s %" PRIu32 " %" PRIu32 " %" PRId64 " %" PRId64 "\n", name.c_str(), flow,
                    number, flows[flow].sent_ns[number],
                    (int64_t)Simulator::Now().GetNanoSeconds());
    }
}

struct World {
    NodeContainer nodes;
    Ipv4AddressHelper addresses{"10.1.0.0", "255.255.255.0"};

    explicit World(const char *what, uint32_t n)
    {
        name = what;
        flows.clear();
        nodes.Create(n);
        InternetStackHelper().Install(nodes);
    }

    // A line with a drop-tail queue in the device and nothing before it. The address of b on it.
    Ipv4Address join(uint32_t a, uint32_t b, int64_t rate_bps, int64_t delay_ns, uint32_t packets)
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

    void add(uint32_t from, Ipv4Address to, uint32_t packets, int64_t every_ns, double mean_ns,
             int64_t offset_ns)
    {
        Flow f;
        f.number = (uint32_t)flows.size();
        f.packets = packets;
        f.every_ns = every_ns;
        f.mean_ns = mean_ns;
        f.gaps = CreateObject<ExponentialRandomVariable>();
        f.socket = Socket::CreateSocket(nodes.Get(from), UdpSocketFactory::GetTypeId());
        f.socket->Connect(InetSocketAddress(to, 2));
        flows.push_back(f);
        Simulator::Schedule(NanoSeconds(START_NS + offset_ns), &send, f.number);
    }

    void run(uint32_t sink)
    {
        Ptr<Socket> s = Socket::CreateSocket(nodes.Get(sink), UdpSocketFactory::GetTypeId());
        s->Bind(InetSocketAddress(Ipv4Address::GetAny(), 2));
        s->SetRecvCallback(MakeCallback(&receive));
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        Simulator::Run();
        Simulator::Destroy();
    }
};

void chain()
{
    World w("chain", 4);
    Ipv4Address last;
    for (uint32_t i = 0; i < 3; i++)
        last = w.join(i, i + 1, chain_lines[i].rate_bps, chain_lines[i].delay_ns, QUEUE_PACKETS);
    w.add(0, last, CHAIN_PACKETS, CHAIN_EVERY_NS, 0, 0);
    w.run(3);
}

void dumbbell()
{
    World w("dumbbell", 5);
    for (uint32_t i = 0; i < 3; i++)
        w.join(i, 3, EDGE_BPS, EDGE_NS, QUEUE_PACKETS);
    Ipv4Address last = w.join(3, 4, BOTTLENECK_BPS, BOTTLENECK_NS, QUEUE_PACKETS);
    for (uint32_t i = 0; i < 3; i++)
        w.add(i, last, DUMBBELL_PACKETS, dumbbell_flows[i].every_ns, 0,
              dumbbell_flows[i].offset_ns);
    w.run(4);
}

void poisson()
{
    World w("poisson", 2);
    Ipv4Address last = w.join(0, 1, POISSON_BPS, POISSON_NS, POISSON_PACKETS);
    double service_ns = (PAYLOAD_BYTES + UDP_IP_BYTES + PPP_BYTES) * 8.0 / POISSON_BPS * 1e9;
    w.add(0, last, POISSON_PACKETS, 0, service_ns / POISSON_LOAD, 0);
    w.run(1);
}

} // namespace

int main()
{
    chain();
    dumbbell();
    poisson();
    return 0;
}
