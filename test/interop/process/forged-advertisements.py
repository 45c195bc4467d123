"""Advertisements that a router has to refuse, each for another reason, sent into one end of a cable whose other end it has.

Arguments: interface, VRID of an instance of version 2 with a password, VRID of one of version 3.
"""

import socket
import struct
import sys
import time

interface, version2, version3 = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
source = socket.inet_aton("10.88.0.9")
group = socket.inet_aton("224.0.0.18")
address = socket.inet_aton("10.88.0.200")
plain, password = 0, 1


def checksum(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(vrid, version, ttl=255, authentication=password, key=b"secret", wrong_checksum=False):
    if version == 3:
        message = struct.pack("!BBBBHH", 0x31, vrid, 50, 1, 100, 0) + address
        summed = source + group + struct.pack("!BBH", 0, 112, len(message)) + message
    else:
        message = struct.pack("!BBBBBBH", 0x21, vrid, 50, 1, authentication, 1, 0) + address + key.ljust(8, b"\0")
        summed = message
    value = checksum(summed) ^ (0x1234 if wrong_checksum else 0)
    message = message[:6] + struct.pack("!H", value) + message[8:]
    header = struct.pack("!BBHHHBBH", 0x45, 0xC0, 20 + len(message), 1, 0, ttl, 112, 0) + source + group
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return bytes.fromhex("01005e000012" "02aabbccdd01" "0800") + header + message


line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
line.bind((interface, 0))
for forged in [
    frame(version2, 2, key=b"wrong"),
    frame(version2, 2, authentication=plain, key=b""),
    frame(version2, 2, authentication=9),
    frame(version2, 2, ttl=64),
    frame(version2, 2, wrong_checksum=True),
    frame(version2, 3),
    frame(version3, 3, ttl=64),
    frame(version3, 2, authentication=plain, key=b""),
]:
    line.send(forged)
    time.sleep(0.05)
