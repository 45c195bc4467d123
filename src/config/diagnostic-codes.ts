/**
 * Every code that a diagnostic can have, with what it means and what to do. The codes are stable: tools may rely on them.
 * docs/configuration-diagnostics.md shows this list; a test compares it with the codes that the sources use.
 */
export const diagnosticCodes: Readonly<Record<string, string>> = {
  CFG_ADVERT_INT:
    'The interval cannot be sent as written: VRRPv2 has whole seconds, VRRPv3 steps of 10 ms up to 40.95 s. The value in the message is used.',
  CFG_AUTHENTICATION:
    'The authentication block does not go with the version, with strict mode, or with auth_hmac, or it lacks a password. It is ignored.',
  CFG_BYTE_ORDER_MARK:
    'The file begins with a byte-order mark. It is skipped here; keepalived takes it for a part of the first word.',
  CFG_CLEAR_TEXT: 'Passwords cross the network without encryption.',
  CFG_CLAMPED: 'The number is out of range, and the nearest bound, or what the message says, is used.',
  CFG_CONFLICT: 'Two settings contradict each other. The message says which one is ignored.',
  CFG_CONFLICT_MARK:
    'Marks of a merge that was not finished (git): the file holds two versions of itself, and both are read. Keep one side.',
  CFG_DECIMAL_PLACES: 'The time is finer than it can be kept, and is rounded.',
  CFG_DEFINED_LATER: 'A name is used before it is defined. That works here; keepalived would not find it.',
  CFG_DEFINITION: 'A predefined definition such as ${_RANDOM} has parameters that make no sense.',
  CFG_DEPRECATED: 'The keyword works and will not for ever; the message says what to write instead.',
  CFG_DUPLICATE: 'The same thing is defined twice. The first counts; both places are named.',
  CFG_EMPTY_BLOCK: 'The block has no lines and changes nothing.',
  CFG_EMPTY_GROUP: 'The group has no usable members and is ignored.',
  CFG_EMPTY_SCRIPT: 'A script keyword names no program.',
  CFG_EXPANSION:
    'Definitions or repetitions refer to each other without end, or make more text than is sensible. What goes beyond the limit is left out.',
  CFG_EXTRA_CLOSE: 'A "}" closes nothing. Often a "{" before it is missing.',
  CFG_EXTRA_PARAMETERS: 'Words stand between a keyword and the "{" of a block that takes none.',
  CFG_FAMILY: 'IPv4 and IPv6 are mixed where only one of them can be. What the message names is ignored.',
  CFG_FOREIGN_COMMENT: 'A comment of another language. Comments begin with # or !.',
  CFG_FWMARK_PROTOCOL: 'A service by firewall mark has no protocol.',
  CFG_GROUP_WEIGHT:
    'Inside a sync group the weight of a tracker does not count: its failure means FAULT for all members.',
  CFG_HA_SUSPEND: 'ha_suspend looks for the address of the service; a firewall mark has none.',
  CFG_HMAC_KEY: 'auth_hmac is not complete: it needs a key and active_key. Advertisements are not authenticated by it.',
  CFG_IMPLICIT_OWNER:
    'state MASTER without a priority means priority 255: the router owns the addresses and always takes over. Write a priority.',
  CFG_INCLUDE:
    'An include names nothing that can be read. It stops the daemon only where the form of the include, include_check or -e says so.',
  CFG_INCLUDE_LOOP:
    'A file includes itself, or there are more files or levels than is sensible. The include is left out.',
  CFG_INCOMPLETE: 'Something without which the block has no meaning is missing. The block or line is ignored.',
  CFG_INVALID_ADDRESS: 'The word is no address of the kind that is wanted. Names are not looked up.',
  CFG_INVALID_BOOLEAN: 'Only on, true, yes, off, false and no are true or false, in lower case.',
  CFG_INVALID_DIGEST: 'A digest is 32 hexadecimal digits, as genhash prints them.',
  CFG_INVALID_MAC: 'The word is no MAC address.',
  CFG_INVALID_NUMBER:
    'The word is no number, or out of range. The setting keeps its default unless the message says otherwise.',
  CFG_INVALID_SCOPE: 'The scope of the address is neither a number nor a known name.',
  CFG_INVALID_WORD: 'The word is none of those that are possible here. Case matters.',
  CFG_INVISIBLE_CHARACTER:
    'A non-breaking space or another character that looks like a blank or like nothing, mostly from a web page. It is a part of the word.',
  CFG_IPVLAN: 'An IPv4 ipvlan needs an address of its own.',
  CFG_KEY: 'A key of auth_hmac is too short, too long or no hexadecimal digits.',
  CFG_KEY_FILE: 'The file of a key cannot be read, or others than its owner can read it.',
  CFG_LABEL_IPV6: 'Only IPv4 addresses have labels.',
  CFG_LINE_TOO_LONG: 'A line may have 1022 octets. A longer one is ignored.',
  CFG_LINK_LOCAL: 'A link-local address has a meaning only together with an interface.',
  CFG_LOOPBACK: 'VRRP cannot run on the loopback interface.',
  CFG_MAIN_FILE: 'The main file does not exist, is no plain file, or is executable.',
  CFG_MAIN_FILE_UNREADABLE: 'The main file exists, and this user may not read it.',
  CFG_MISSING_CLOSE:
    'A block is not closed. The place is where it begins; where the indentation tells, that of the block inside it which lacks the "}".',
  CFG_MISSING_INTERFACE:
    'There is no such interface now. It stops the daemon unless dynamic_interfaces is set; with --no-interfaces it is only noted.',
  CFG_MISSING_OPEN: 'A block keyword without "{".',
  CFG_MISSING_PARAMETER: 'A value without which keepalived does not go on is missing.',
  CFG_MISSING_VALUE: 'A value is missing, and the line is ignored.',
  CFG_MORE: 'There are more messages than are shown.',
  CFG_MULTICAST_SCOPE: 'The multicast address does not stay on the link.',
  CFG_NOPREEMPT:
    'nopreempt does not work with state MASTER or priority 255 and is ignored. Write "state BACKUP" on every router; the greatest priority becomes master at the first start.',
  CFG_NOPREEMPT_WEIGHT:
    'A tracker only changes the priority, and with nopreempt nobody takes over because of a priority. Without a weight a failure means FAULT, and then another router takes over.',
  CFG_NOT_UTF8: 'The file is in another character set than UTF-8.',
  CFG_NO_ADDRESS: 'An instance without virtual_ipaddress. Write no_virtual_ipaddress if that is meant.',
  CFG_NO_AUTHENTICATION:
    'The status page would be open to everybody who can connect. Say who may look, or that everybody may.',
  CFG_NO_CONSEQUENCE: 'The setting needs another one that is not there.',
  CFG_NO_DIRECTORY: 'The directory of a file does not exist.',
  CFG_NO_EFFECT_YET: 'The keyword is accepted and checked, and nothing acts on it in this version.',
  CFG_NO_INTERFACE: 'An instance without interface. Only unicast with unicast_src_ip can do without.',
  CFG_NO_IPTABLES: 'The rules of iptables are not made here; nftables are used instead.',
  CFG_NO_MAIL_SERVER: 'There are recipients of mail and no smtp_server: nothing is sent.',
  CFG_NO_METHOD: 'lvs_method is missing; NAT is used.',
  CFG_NO_NAMESPACE:
    'net_namespace names a namespace that is not on this machine. The test ends with 0 then, as that of keepalived does.',
  CFG_NO_PORT: 'A service for all ports must be persistent.',
  CFG_NO_PREFIX_LENGTH:
    'An address without /length is added as a host address (/32 or /128): right where the interface has another address of that network, otherwise nothing in it can be reached. Write the length, or /32 to say that it is meant.',
  CFG_NO_PROTOCOL: 'protocol is missing; UDP is used, which is seldom what is meant.',
  CFG_NO_REAL_SERVER: 'A virtual server without usable real servers is ignored.',
  CFG_NO_SCHEDULER: 'lvs_sched is missing; wlc is used.',
  CFG_NO_UNICAST_PEER: 'Keywords for unicast, but no unicast_peer: multicast is used.',
  CFG_NO_VRID: 'An instance without virtual_router_id cannot run.',
  CFG_NUL: 'The line has a NUL character and is ignored.',
  CFG_NO_SUCH_SERVICE: 'No virtual server has this address and port; often a slip.',
  CFG_OLD_DEBUG: 'debug without a level, from the days of keepalived 1.2. Later versions of keepalived refuse it.',
  CFG_OLD_KEYWORD: 'An old spelling that works; the message says the present one.',
  CFG_OPS: 'One-packet scheduling is for UDP and firewall marks.',
  CFG_OWNER:
    'Priority 255 is that of a router to which the addresses belong: it takes over whenever it runs, and neither nopreempt nor weights count. Write 254 or less.',
  CFG_OWNER_WEIGHT: 'The priority of an address owner never changes; the tracker is ignored.',
  CFG_OWN_PEER: 'A unicast_peer is the unicast_src_ip of the same router.',
  CFG_PASSWORD:
    'Somebody who may look at the status page cannot: the password, the hash or the file with them is not usable.',
  CFG_PASSWORD_TOO_LONG: 'VRRPv2 carries 8 octets of auth_pass; what is behind them does not count.',
  CFG_PORT:
    'With DR and TUN packets keep their port, so that a real server cannot have another one than the service. That of the service is used.',
  CFG_PREEMPT_DELAY: 'preempt_delay does not work with state MASTER, nopreempt or strict mode and is ignored.',
  CFG_PREFIX_IGNORED: 'A prefix length has no meaning here.',
  CFG_PROMPT: 'The prompt of a shell was copied with the file.',
  CFG_PROTOCOL: 'What keepalived tracks has its own routing protocol; another one is ignored.',
  CFG_PUNCTUATION: 'A ";" or "=" that belongs to no value in this language became a part of one.',
  CFG_QUORUM: 'The quorum can never be reached, or the hysteresis is not below it. What is possible is used.',
  CFG_REPETITION: '~SEQ or ~LST has parameters that make no sense. The line is ignored.',
  CFG_REPLY_LENGTH: 'No reply can satisfy both lengths.',
  CFG_ROUTE: 'The options of a route contradict each other or are not complete. The line is ignored.',
  CFG_RULE: 'The options of a rule contradict each other or are not complete. The message says what becomes of it.',
  CFG_SAME_SERVICE: 'Two virtual servers are the same service to the kernel. The second is ignored.',
  CFG_SAME_VRID:
    "Two instances of one interface and family have one virtual_router_id: they would take each other's advertisements. The daemon does not start.",
  CFG_SCHEDULER_FLAG: 'The flag belongs to another scheduler, or stands before lvs_sched.',
  CFG_SCRIPT_ARGUMENTS:
    'A command with arguments must stand in quotes; without them the words behind it are user and group, or nothing.',
  CFG_SCRIPT_DISABLED:
    'A program cannot be run, and is not: it does not exist, may not be executed, its user does not exist, or others than root could change it. The message names the file or directory, the remedy the command.',
  CFG_SCRIPT_QUOTE: 'A quote in a command is not closed; the line is ignored.',
  CFG_SCRIPT_SECURITY: 'Programs are run and enable_script_security is not set. keepalived ends its test with 6 then.',
  CFG_SINGLE_GROUP: 'A sync group with one member keeps nothing in step.',
  CFG_SORRY_SERVER: 'Something about the sorry server contradicts something else, or there is none.',
  CFG_STRICT: 'The setting is not allowed in strict mode.',
  CFG_STRICT_NO_ACCEPT:
    'In strict mode only an owner (priority 255) accepts packets for the virtual addresses: they answer neither ping nor connections to the machine itself. Remove vrrp_strict, or add accept.',
  CFG_SYNC_DAEMON: 'There is one IPVS synchronisation daemon; this line is one too many.',
  CFG_TOO_LONG: 'A name is longer than the kernel or the protocol takes.',
  CFG_TRACKED_ALIAS: 'eth0:1 is an address with a label. Its interface is tracked.',
  CFG_TRACK_OWN: 'The interface of an instance is tracked anyway.',
  CFG_TRAILING_CHARACTERS: 'There are other characters behind the number. A test refuses it, the daemon lives with it.',
  CFG_TWO_GROUPS: 'An instance can be in one sync group.',
  CFG_TYPOGRAPHIC_QUOTE: 'A quote of a word processor or web page; it quotes nothing and is a part of the word.',
  CFG_UNDEFINED_REFERENCE: '${NAME} is not defined. keepalived takes its braces for a block.',
  CFG_UNEXPECTED_OPEN: 'A "{" where no block begins. Everything up to its "}" is ignored.',
  CFG_UNKNOWN_GROUP: 'There is no such group of accounts.',
  CFG_UNKNOWN_INSTANCE: 'The instance that is to be followed is not defined.',
  CFG_UNKNOWN_KEYWORD:
    'No keyword of this block. The remedy names the nearest one, the blocks in which it is valid, or its new name. A block behind it is ignored as a whole.',
  CFG_UNKNOWN_NAME: 'A name that iproute2 knows on no file of this machine.',
  CFG_UNKNOWN_OPTION: 'The word is no option of this line.',
  CFG_UNKNOWN_REFERENCE: 'What the line names is not defined anywhere.',
  CFG_UNKNOWN_TABLE: 'The routing table is neither a number nor a known name.',
  CFG_UNKNOWN_USER: 'There is no such account.',
  CFG_UNMATCHED_QUOTE: 'A double quote is not closed; the rest of the line is lost.',
  CFG_UNTRACKED: 'A vrrp_script or vrrp_track_process that no instance or group lists: the script never runs.',
  CFG_VMAC_UNICAST: 'Unicast cannot leave by a VMAC; it goes out of the base interface.',
};
