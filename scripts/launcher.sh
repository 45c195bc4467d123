#!/bin/sh
# Starts the program of this file's name (keepalived, genhash, keepalivectl) with the runtime that was built with it.
# Works from any directory, through symbolic links and under "ip netns exec".
self=$0
case $self in */*) ;; *) self=$(command -v -- "$self") ;; esac
home=$(dirname -- "$(dirname -- "$(readlink -f -- "$self")")")
# Real-time signals stay ignored through exec; the daemon replaces this before its pid file exists.
trap '' HUP USR1 USR2 36 63
exec "$home/runtime/node" --disable-sigusr1 "$home/main.mjs" "${0##*/}" "$@"
