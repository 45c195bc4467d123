"""A router with auth_hmac in a language and from a description of its own: nothing here comes from the daemon's sources.

    auth_hmac_peer.py listen KEY COUNT VRID...   judges so many advertisements of each virtual router, a JSON line each
    auth_hmac_peer.py send KEY JSON              sends one advertisement, or the same octets several times

KEY is hexadecimal, with key number 1. Runs on eth0.
"""
import hashlib
import hmac
import json
import select
import socket
import struct
import sys
import time

PROTOCOL = 112
GROUPS = {4: '224.0.0.18', 6: 'ff02::12'}
TRAILER = 28
SECONDS = 1 << 32


def ones_complement(octets):
    if len(octets) % 2:
        octets += b'\0'
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def digest(key, family, source, message, head):
    """HMAC-SHA-256, its first 16 octets, over pseudo header, message with no checksum, head of the trailer, 16 zeros."""
    pseudo = struct.pack('!BBBB', family, message[0] >> 4, message[1], 0) + source.ljust(16, b'\0')
    bare = message[:6] + b'\0\0' + message[8:]
    return hmac.new(key, pseudo + bare + head + bytes(16), hashlib.sha256).digest()[:16]


def length_of(message, family):
    version, count = message[0] >> 4, message[3]
    tail = 8 if version == 2 and family == 4 else 0
    return 8 + count * (4 if family == 4 else 16) + tail


def judge(key, family, source, payload, marks):
    message, trailer = payload[:length_of(payload, family)], payload[length_of(payload, family):]
    version, router, priority = message[0] >> 4, message[1], message[2]
    verdict = {'family': family, 'version': version, 'vrid': router, 'priority': priority, 'faults': []}
    faults = verdict['faults']
    if len(trailer) != TRAILER:
        faults.append('a trailer of %d octets' % len(trailer))
        return verdict
    head = trailer[:12]
    kind, number, reserved, seconds, fraction, counter = struct.unpack('!BBHIHH', head)
    if (kind, number, reserved) != (1, 1, 0):
        faults.append('type %d, key %d, reserved %d' % (kind, number, reserved))
    if not hmac.compare_digest(trailer[12:], digest(key, family, source, message, head)):
        faults.append('another digest')
    # Sixteen bits of fraction, then a counter.
    if abs(seconds + fraction / 65536 - time.time() % SECONDS) > 20:
        faults.append('a time that is %d seconds off' % (seconds - time.time() % SECONDS))
    sequence = struct.unpack('!Q', head[4:])[0]
    if sequence <= marks.get((family, router), -1):
        faults.append('a sequence number that does not grow')
    marks[(family, router)] = sequence
    if family == 4:
        destination = socket.inet_aton(GROUPS[4])
        pseudo = source + destination + struct.pack('!BBH', 0, PROTOCOL, len(message)) if version == 3 else b''
        if ones_complement(pseudo + message) != 0:
            faults.append('a wrong checksum')
    return verdict


def receivers():
    index = socket.if_nametoindex('eth0')
    four = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    four.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    socket.inet_aton(GROUPS[4]) + struct.pack('=4sI', bytes(4), index))
    six = socket.socket(socket.AF_INET6, socket.SOCK_RAW, PROTOCOL)
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                   socket.inet_pton(socket.AF_INET6, GROUPS[6]) + struct.pack('=I', index))
    return {four: 4, six: 6}


def listen(key, count, routers):
    sockets, marks, seen = receivers(), {}, {router: 0 for router in routers}
    while min(seen.values()) < count:
        for ready in select.select(list(sockets), [], [])[0]:
            packet, address = ready.recvfrom(2048)
            family = sockets[ready]
            if family == 4:
                header = (packet[0] & 15) * 4
                source, payload = packet[12:16], packet[header:struct.unpack('!H', packet[2:4])[0]]
            else:
                source, payload = socket.inet_pton(socket.AF_INET6, address[0].split('%')[0]), packet
            router = payload[1]
            if router not in seen or seen[router] >= count:
                continue
            seen[router] += 1
            print(json.dumps(judge(key, family, source, payload, marks)), flush=True)


def send(key, wish):
    """wish: version, family, vrid, source, addresses, interval (as on the wire) and what is to be wrong with it."""
    version, family = wish['version'], wish['family']
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    source = socket.inet_pton(kind, wish['source'])
    addresses = [socket.inet_pton(kind, address) for address in wish['addresses']]
    interval = struct.pack('!BB', 0, wish['interval']) if version == 2 else struct.pack('!H', wish['interval'])
    head = struct.pack('!BBBB', version << 4 | 1, wish['vrid'], 200, len(addresses)) + interval
    body = b''.join(addresses) + (bytes(8) if version == 2 and family == 4 else b'')
    message = head + b'\0\0' + body
    if family == 4:
        destination = socket.inet_aton(GROUPS[4])
        pseudo = source + destination + struct.pack('!BBH', 0, PROTOCOL, len(message)) if version == 3 else b''
        message = head + struct.pack('!H', ones_complement(pseudo + message)) + body
    moment = time.time() + wish.get('late', 0)
    trailer = struct.pack('!BBHIHH', wish.get('type', 1), wish.get('key', 1), wish.get('reserved', 0),
                          int(moment) % SECONDS, int(moment % 1 * 65536), wish.get('counter', 0))
    trailer += digest(key, family, source, message, trailer)
    if wish.get('forged'):
        # Somebody on the way changes the last octet that is signed and not under the checksum.
        trailer = trailer[:11] + bytes([trailer[11] ^ 1]) + trailer[12:]
    payload = message if wish.get('bare') else message + trailer
    out = socket.socket(kind, socket.SOCK_RAW, PROTOCOL)
    index = socket.if_nametoindex('eth0')
    if family == 4:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack('=4s4sI', bytes(4), source, index))
    else:
        # The kernel fills in the checksum of IPv6, over the trailer too.
        out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_CHECKSUM, 6)
        out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    for _ in range(wish.get('times', 1)):
        out.sendto(payload, (GROUPS[family], 0) if family == 4 else (GROUPS[family], 0, 0, index))


verb, key, *rest = sys.argv[1:]
if verb == 'listen':
    listen(bytes.fromhex(key), int(rest[0]), [int(router) for router in rest[1:]])
else:
    send(bytes.fromhex(key), json.loads(rest[0]))
