#!/bin/sh
# Starts the program of this file's name (keepalived, genhash, keepalivectl) with the runtime that was built with it.
# Works from any directory, through symbolic links and under "ip netns exec".
name=${0##*/}
# First of all, for the daemon: signals that come too early are ignored, also through exec; its own handlers are in
# place before the pid file exists.
case $name in genhash | keepalivectl) ;; *) trap '' HUP USR1 USR2 36 63 ;; esac
self=$0
case $self in */*) ;; *) self=$(command -v -- "$self") ;; esac
# No program is started for what the shell can do: that would be a tenth of the time of "-t".
if [ -L "$self" ]; then self=$(readlink -f -- "$self"); fi
case $self in /*) ;; *) self=$PWD/$self ;; esac
home=${self%/*/*}
# What takes a process to be found out: a place with detours, and the link "current" of the package, which may lead to
# another version while this one runs (packaging/debian/postinst).
case $self in *//* | */./* | */../*) home=$(cd -P -- "${self%/*}/.." && pwd) ;; esac
if [ -L "$home" ]; then home=$(cd -P -- "$home" && pwd); fi
# Reasons are in src/process/runtime-flags.ts.
case $name in
  genhash | keepalivectl) flags=--max-semi-space-size=4 ;;
  *) flags="@PARENT_FLAGS@" ;;
esac
# A configuration test ends before V8's second optimizing compiler has paid off.
for word do case $word in -t* | --config-t*) flags=--no-opt ;; esac done
# Node gives signals their default actions back while it starts; this library keeps it from that (native/early-signals.c).
# LD_PRELOAD knows no escape for blanks and colons.
guard=$home/native/early-signals.so
case $name:$guard in genhash:* | keepalivectl:* | *" "* | *:*:*) guard= ;; esac
if [ -r "$guard" ]; then export LD_PRELOAD="$guard${LD_PRELOAD:+:$LD_PRELOAD}"; fi
exec "$home/runtime/node" --disable-sigusr1 $flags "$home/main.cjs" "$name" "$@"
