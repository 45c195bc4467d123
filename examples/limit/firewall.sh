#!/bin/sh
# Drops what comes from addresses in the ipset "web" at the interface that faces the clients: firewall.sh eth0
# With iptables it is: iptables -t raw -A PREROUTING -m set --match-set web src -j DROP
# With "set nftables web" in keepalived.conf the daemon makes set and rules itself, and none of this is needed.
set -e
ipset -exist create web hash:net timeout 0 comment
tc qdisc replace dev "$1" ingress
tc filter replace dev "$1" parent ffff: protocol ip prio 10 basic match 'ipset(web src)' action drop
