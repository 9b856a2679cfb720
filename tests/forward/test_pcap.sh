#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `anysim forward --pcap` as a user calls it: options, exit codes, files that appear whole, counters as
# text and as JSON; and that tshark finds nothing wrong with what comes out.
set -uo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

expect() { # CODE TEXT COMMAND…: as in tests/cmd/run.sh
    local code=$1 text=$2 status=0
    shift 2
    "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
    if [ "$status" = "$code" ] && { [ -z "$text" ] || grep -qF -- "$text" "$work/stdout" "$work/stderr"; }; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL exit status $status for $code, or no '$text': $*"
        head -n 12 "$work/stdout" "$work/stderr"
    fi
}
bytes() { # HEX…: as they are
    local hex
    hex=$(printf '%s' "$@" | tr -d ' \n')
    # shellcheck disable=SC2059
    printf "$(sed 's/../\\x&/g' <<<"$hex")"
}
frame() { # SECONDS HEX: one packet of a microsecond pcap
    local hex=${2// /} n
    n=$((${#hex} / 2))
    bytes "$(printf '%08x' "$1" | sed -E 's/(..)(..)(..)(..)/\4\3\2\1/')" 00000000 \
        "$(printf '%02x%02x0000' $((n % 256)) $((n / 256)))" \
        "$(printf '%02x%02x0000' $((n % 256)) $((n / 256)))" "$hex"
}
# UDP from 192.0.2.9 to 203.0.113.5, port 1000 to 2000, eight bytes; then with TTL 1; then IPv6.
ether=020000000001020000000009
udp='450000240000400040113cbac0000209cb007105 03e807d0 0010e9f6 0001020304050607'
ttl1='450000240000400001117bbac0000209cb007105 03e807d0 0010e9f6 0001020304050607'
udp6='60000000 0010 11 40 20010db8000100000000000000000009 20010db8000f00000000000000000005
      03e807d0 0010 8c76 0001020304050607'
{
    bytes d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000
    frame 1700000000 "$ether 0800 $udp"
    frame 1700000001 "$ether 0800 $ttl1"
    frame 1700000002 "$ether 86dd ${udp6//[$' \n']/}"
    frame 1700000003 "ffffffffffff020000000009 0806 0001080006040001"
} >"$work/in.pcap"
cat >"$work/node.yaml" <<'EOF'
version: 1
node: {address: 10.0.0.1, address6: "2001:db8::1"}
interfaces:
  lan: {address: [192.0.2.1/24, "2001:db8:1::1/64"]}
  wan: {address: [198.51.100.1/24, "2001:db8:2::1/64"]}
nexthops: {up: {interface: wan, via: 198.51.100.254}, up6: {interface: wan, via: "2001:db8:2::fe"}}
routes:
  - {prefix: 0.0.0.0/0, via: up}
  - {prefix: "::/0", via: up6}
  - {prefix: "2001:db8:f::/48", tunnel: over}
tunnels: {over: {kind: vxlan, remote: 10.9.9.9, key: 42, mac_from: 02:00:00:00:00:01, mac_to: 02:00:00:00:00:02}}
EOF
run="$ANYSIM forward --config $work/node.yaml --pcap $work/in.pcap"

expect 0 "node.yaml: good" "$ANYSIM" check "$work/node.yaml"
expect 2 "--config FILE is missing" "$ANYSIM" forward --pcap "$work/in.pcap"
expect 2 "give either --pcap FILE or --live" "$ANYSIM" forward --config "$work/node.yaml"
expect 2 "give either --pcap FILE or --live" $run --live
expect 2 "--out goes with --pcap" "$ANYSIM" forward --config "$work/node.yaml" --live --out x
expect 2 "--drops goes with --pcap" "$ANYSIM" forward --config "$work/node.yaml" --live --drops x
expect 2 "--duration goes with --live" $run --duration 1s
expect 2 "--stats goes with --live" $run --stats 1s
expect 2 "--duration wants a time" "$ANYSIM" forward --config "$work/node.yaml" --live --duration 5
expect 2 "--stats wants a time" "$ANYSIM" forward --config "$work/node.yaml" --live --stats 0s
expect 2 "did you mean 'wan'?" $run --in wen
expect 2 "ethernet or raw" $run --link sll
expect 2 "files of their own" $run --out "$work/x.pcap" --local "$work/x.pcap"
expect 2 "files of their own" $run --out "$work/x.pcap" --drops "$work/x.pcap"
expect 0 "" $run --quiet --out /dev/null --local /dev/null
# What is read is never written over, whatever it is called.
cp "$work/in.pcap" "$work/kept.pcap"
cp "$work/node.yaml" "$work/kept.yaml"
ln -s in.pcap "$work/soft.pcap"
ln "$work/in.pcap" "$work/hard.pcap"
for option in out local drops; do
    for name in in soft hard ./in; do
        expect 2 "would overwrite the capture" $run --$option "$work/$name.pcap"
    done
    expect 2 "would overwrite the config" $run --$option "$work/node.yaml"
    expect 2 "would overwrite the capture" "$ANYSIM" forward --config "$work/node.yaml" --pcap - \
        --$option "$work/in.pcap" <"$work/in.pcap"
done
expect 0 "" cmp "$work/in.pcap" "$work/kept.pcap"
expect 0 "" cmp "$work/node.yaml" "$work/kept.yaml"
expect 0 "frames in 4" "$ANYSIM" forward --config "$work/node.yaml" --pcap - <"$work/in.pcap"
expect 2 "too many arguments" $run "$work/in.pcap"
expect 66 "none.pcap" "$ANYSIM" forward --config "$work/node.yaml" --pcap "$work/none.pcap"
expect 66 "No such file" "$ANYSIM" forward --config "$work/none.yaml" --pcap "$work/in.pcap"
expect 65 "node.yaml" "$ANYSIM" forward --config "$work/node.yaml" --pcap "$work/node.yaml"
expect 65 "did you mean 'wan'?" "$ANYSIM" forward --config tests/errors/node-unknown-interface.yaml \
    --pcap "$work/in.pcap"
expect 74 "none/out.pcap" $run --out "$work/none/out.pcap"
expect 74 "none/drops.csv" $run --out "$work/out.pcap" --drops "$work/none/drops.csv"
expect 1 "" test -e "$work/out.pcap"
if [ -e /dev/full ]; then
    expect 74 "/dev/full" $run --out /dev/full
fi

expect 0 "ttl-exceeded                    1" $run --out "$work/out.pcap" --drops "$work/drops.csv" \
    --local "$work/local.pcap"
expect 0 "2,1700000001.000000000,ttl-exceeded,192.0.2.9,203.0.113.5,17,36" cat "$work/drops.csv"
expect 0 "4,1700000003.000000000,not-ip,,,,22" cat "$work/drops.csv"
ln -s target.csv "$work/link.csv"
touch "$work/target.csv"
expect 0 "" $run --quiet --drops "$work/link.csv"
expect 0 "" test -L "$work/link.csv" -a -s "$work/target.csv"
expect 0 "" test -s "$work/local.pcap"
expect 0 "frames in 4, out 3, refused 1" $run
expect 0 "packets received 3, forwarded 3, answered 0, for this host 0, dropped 1" $run # as the sum has it
expect 0 '"not-ip": 1' $run --json
expect 0 '"refused": 1' $run --json
expect 0 '"encapsulated": 1' $run --json
expect 0 '"nat_refused": 0' $run --json
expect 0 '"mtu": 0' $run --json
expect 0 '"routes": ' $run --json
expect 0 "" $run --quiet
expect 1 "" test -s "$work/stdout"
expect 0 "" $run --in wan --link raw --out "$work/raw.pcap"
expect 0 "" cmp "$work/out.pcap" <($run --quiet --out /dev/stdout)
# Counters do not get between the packets, wherever these go.
expect 0 "" cmp "$work/out.pcap" <($run --out /dev/stdout 2>"$work/counters")
expect 0 "frames in 4" cat "$work/counters"
expect 0 "" cmp "$work/out.pcap" <($run --json --out /dev/stdout 2>"$work/counters")
expect 0 '"refused": 1' cat "$work/counters"
expect 0 "" cmp "$work/drops.csv" <($run --drops /dev/fd/1 2>/dev/null)
$run --out /dev/stdout >"$work/redirected.pcap" 2>/dev/null
expect 0 "" cmp "$work/out.pcap" "$work/redirected.pcap"
if ls "$work" | grep -q partial; then
    failed=$((failed + 1))
    echo "FAIL something half-written was left: $(ls "$work")"
else
    passed=$((passed + 1))
fi

# A full table: 900,000 routes, and one packet of the capture by the longest of them.
awk 'BEGIN {
    print "prefix,via"
    print "203.0.113.4/30,up2"
    for (i = 0; i < 900000; i++)
        printf "%d.%d.%d.%d/%d,%s\n", 16 + i / 65536, i / 256 % 256, i % 256, 0, 24, i % 2 ? "up" : "up2 up"
}' >"$work/full.csv"
sed 's|^nexthops: {|nexthops: {up2: {interface: wan, via: 198.51.100.253}, |; s|^routes:|routes_file: full.csv\n&|' \
    "$work/node.yaml" >"$work/full.yaml"
expect 0 "198.51.100.253                      1" timeout 100 "$ANYSIM" forward --config "$work/full.yaml" \
    --pcap "$work/in.pcap"
expect 2 "would overwrite the routes" "$ANYSIM" forward --config "$work/full.yaml" --pcap "$work/in.pcap" \
    --out "$work/full.csv"
# The first of too many is shown.
{
    cat "$work/node.yaml"
    echo "eips:"
    awk 'BEGIN { for (i = 0; i < 65100; i++) printf "  - {prefix: 100.64.%d.%d/32}\n", i / 256, i % 256 }'
} >"$work/many.yaml"
line=$(($(wc -l <"$work/node.yaml") + 1 + 65000 - 5 + 1)) # two interfaces, two lists and a tunnel are counted too
expect 65 "many.yaml:$line:5: error" timeout 100 "$ANYSIM" check "$work/many.yaml"

if command -v tshark >/dev/null; then
    for f in out raw; do
        tshark -r "$work/$f.pcap" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
            -Y '_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0' \
            >"$work/tshark" 2>/dev/null
        expect 1 "" test -s "$work/tshark"
    done
    tshark -r "$work/out.pcap" -T fields -e frame.time_epoch -e frame.protocols -E separator=/s \
        >"$work/tshark" 2>/dev/null
    expect 0 "1700000000.000000000 eth:ethertype:ip:udp" cat "$work/tshark"
    expect 0 "1700000001.000000000 eth:ethertype:ip:icmp:ip:udp" cat "$work/tshark"
    expect 0 "1700000002.000000000 eth:ethertype:ip:udp:vxlan:eth:ethertype:ipv6:udp" cat "$work/tshark"
else
    skipped=$((skipped + 1))
    echo "SKIPPED: tshark is missing"
fi

# The nodes of the manual are good.
awk -v to="$work/manual" '/^<!-- node -->$/ { n++; wanted = 1; next }
    wanted && /^```yaml$/ { inside = 1; wanted = 0; next }
    /^```$/ { inside = 0 }
    inside { print >(to n ".yaml") }' docs/forward.md
for f in "$work"/manual*.yaml; do
    expect 0 "good" "$ANYSIM" check "$f"
    expect 0 "frames in 4" "$ANYSIM" forward --config "$f" --pcap "$work/in.pcap"
done

# Without the privilege: one clear message.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    cp "$ANYSIM" "$work/anysim"
    sed 's/lan: {/lan: {device: lo, /; s/wan: {/wan: {device: lo, /' "$work/node.yaml" >"$work/live.yaml"
    chmod 755 "$work" "$work/anysim"
    chmod 644 "$work/live.yaml"
    expect 77 "CAP_NET_RAW" setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
        "$work/anysim" forward --config "$work/live.yaml" --live
else
    skipped=$((skipped + 1))
    echo "SKIPPED: giving up privileges needs root and setpriv"
fi
echo "pcap: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
