#!/bin/sh
# First program of the guest kernel. The root file system is the host's, read-only. Words NAME=value of the kernel's
# command line arrive as environment variables: LAB_OUT (a host folder that may be written), LAB_ROOT (the project),
# LAB_COMMAND (a script to run), LAB_CONSOLE=yes for a person at the keyboard.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/out /run/project
# Kernels since 6.11 want the folder as an option of its own; older ones take the whole string as the folder.
case $(uname -r) in
  [1-5].* | 6.[0-9].* | 6.10.*) mount -t hostfs -o "$LAB_OUT" none /run/out ;;
  *) mount -t hostfs -o "hostfs=$LAB_OUT" none /run/out ;;
esac
# /tmp becomes the guest's own; a project that lives below it stays where it is.
mount --bind "$LAB_ROOT" /run/project
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=1777 tmpfs /var/tmp
[ -d "$LAB_ROOT" ] || { mkdir -p "$LAB_ROOT" && mount --bind /run/project "$LAB_ROOT"; }
mkdir -p /dev/pts /dev/shm /run/netns
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
mount --bind /usr/lib/uml/modules /lib/modules
for module in ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh bridge veth; do modprobe "$module" 2>/dev/null; done
ip link set lo up
# The console is the lab's; only a dying kernel may speak.
echo 1 >/proc/sys/kernel/printk
hostname lab
[ "$LAB_CONSOLE" = yes ] || echo '@@lab begins'
if [ "$LAB_CONSOLE" = yes ]; then
  [ -n "$LAB_ROWS" ] && stty rows "$LAB_ROWS" cols "$LAB_COLUMNS" </dev/tty0 2>/dev/null
  setsid -c sh "$LAB_COMMAND" </dev/tty0 >/dev/tty0 2>&1
else
  sh "$LAB_COMMAND" 2>&1
fi
echo $? >/run/out/status
[ "$LAB_CONSOLE" = yes ] || echo '@@lab ends'
sync
echo o >/proc/sysrq-trigger
# Powering off takes a moment; the kernel panics if its first program ends before.
sleep 60
