#!/bin/sh
# Runs Debian's keepalived on one configuration in namespaces of its own, without any way out, asks it for its state
# dumps and stops it. All that it sees of the machine is read-only.
#
#   unshare --net --mount --pid --ipc --uts --fork --kill-child --mount-proc sh dump-original.sh CONFIGURATION FOLDER MODE
#
# MODE is -P (VRRP alone), -C (checkers alone; the kernel must have IPVS) or - (both). FOLDER gets keepalived.data,
# keepalived_check.data, keepalived_bfd.data, keepalived_parent.data and `log`. The folder of the configuration is
# put at /run/configuration, so that the paths that a dump shows are the same wherever the file stands.
set -u
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
name=$(basename "$1")
configuration=/run/configuration/$name
mount --make-rprivate /
hostname balancer
mkdir -p /run
# The tmpfs hides what was below /run, so both folders are held by other names first.
exec 3<"$(dirname "$1")" 4<"$2"
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/configuration /run/dumps /run/netns
mount --bind /proc/self/fd/3 /run/configuration
mount --bind /proc/self/fd/4 /run/dumps
exec 3<&- 4<&-
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -o remount,bind,ro / 2>/dev/null
cd /

# Every interface that the file names, and a few usual ones, each with an address of the networks for tests; but not
# those that the daemon is to make itself.
own=$({ grep -oE '(use_vmac|use_ipvlan)[ 	]+[A-Za-z][A-Za-z0-9_.-]*' "$configuration" | awk '{ print $2 }'; echo lo; } | sort -u)
interfaces=$({
  grep -oE '(^|[ 	])(interface|dev|lvs_sync_daemon_interface|lvs_sync_daemon|track_interface|default_interface|mcast_if|bind_if|xmit_base)[ 	]+[A-Za-z][A-Za-z0-9_.-]*' "$configuration" | awk '{ print $2 }'
  printf '%s\n' eth0 eth1 eth2 eth3 ens192 bond0
} | grep -vxF "$own" | grep -vE '^vrrp[0-9]*\.[0-9]+$' | awk '!seen[$0]++')
namespaces=$(grep -E '^[ 	]*(@[^ 	]+[ 	]+)?net_namespace(_ipvs)?[ 	]' "$configuration" | awk '{ print $NF }' | tr -d '"' | sort -u)

furnish() {
  $1 ip link set lo up
  number=1
  for interface in $interfaces; do
    [ ${#interface} -le 15 ] || continue
    $1 ip link add "$interface" address "02:00:5e:10:00:$(printf %02x $number)" type bridge 2>/dev/null || continue
    $1 ip link set "$interface" up
    $1 ip address add "198.18.$number.1/24" dev "$interface"
    number=$((number + 1))
  done
}
furnish ''
for namespace in $namespaces; do
  ip netns add "$namespace" 2>/dev/null || continue
  furnish "ip netns exec $namespace"
done

case $3 in -) mode= ;; *) mode=$3 ;; esac
TMPDIR=/run/dumps /usr/sbin/keepalived -n -l $mode -f "$configuration" >/run/dumps/log 2>&1 &
daemon=$!
sleep "${SETTLE:-1}"
kill -USR1 $daemon 2>/dev/null
sleep "${WRITE:-0.5}"
kill -TERM $daemon 2>/dev/null
( sleep 3; kill -KILL $daemon 2>/dev/null ) &
wait $daemon
echo $? >/run/dumps/status
