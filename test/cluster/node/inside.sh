#!/usr/bin/env bash
# Runs a command as the first process of new namespaces (enter.ts): when it ends, or is killed, every process, mount,
# interface and iptables rule in them goes with it. What the programs of a node write outside their own folders is kept off
# this machine.
set -euo pipefail

mount --make-rshared /
for folder in /run /var/lib /var/log; do mount -t tmpfs tmpfs "$folder"; done

# Settings of the whole machine that the kubelet would change: it writes copies.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=/run/${setting//\//.}
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done

# One address of the node for all that is not loopback; nothing is sent out of it.
ip link set lo up
ip link add node0 type veth peer name outside
ip address add 192.0.2.2/24 dev node0
ip link set node0 up
ip link set outside up
ip route add default dev node0
sysctl --quiet --write net.ipv4.ip_forward=1

"$@"
