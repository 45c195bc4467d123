/** What a comparison of dumps does not count, and why. */
import type { Field, FieldDifference } from './compare.ts';

/** Sections that say how the machine and the sockets stand, not what is configured. */
const runTimeSections = new Set(['VRRP Sockpool', 'Interfaces', 'BFD Data']);

/** Fields that change while the daemon runs, or say how a process of 2.2.7 was built. By section. */
const runTimeFields: readonly { readonly section: RegExp; readonly key: RegExp }[] = [
  { section: /^Global/, key: /^libnftnl version|^current realtime|^Smtp HELO name$/ },
  {
    section: /^VRRP Topology/,
    key: /^(State|Wantstate|Master (router|priority|advert int|advert interval|down timer)|Number of .*|Last transition|Read timeout|Effective priority|Total priority|fd|Next gratuitous.*)$/,
  },
  { section: /^VRRP Sync groups/, key: /^Num member fault/ },
  { section: /^VRRP Scripts/, key: /^(Result|Status|State|Init state)$/ },
  { section: /track files$/i, key: /^Status$/ },
  { section: /^VRRP Track/, key: /^(Current processes|Have quorum|.* timer (not )?running|Bfd is)/ },
  {
    section: /^LVS Topology/,
    key: /^(.* \/ )?(Alive|reloaded|alive|quorum_state_up|effective weight|previous effective_weight|num failed checkers|RS set)/,
  },
  {
    section: /^Health checkers/,
    key: /^(Enabled|Up|Has run|Current weight|Retries iterations|Failed URL|Last (ran|status|errno)|.*Reloaded|.*Regex ref count)/,
  },
  { section: /^BFD Topology/, key: /^(fd_|thread|sands|fd|send error|local|remote|$|last.seen)/ },
  { section: /^Gratuitous ARP/, key: /next time$/ },
  // Ours alone.
  { section: /./, key: /^(Reason|Priority explained)$/ },
];

/** The part of a dump that follows from the configuration, in one spelling. */
export function configuredFields(fields: readonly Field[]): Field[] {
  return fields
    .filter(
      ({ section, key }) =>
        !runTimeSections.has(section) &&
        !runTimeFields.some((field) => field.section.test(section) && field.key.test(key)),
    )
    .map((field) => ({ ...field, line: spelling(field) }));
}

function spelling({ line }: Field): string {
  return (
    line
      // The state of an address, and the index of an interface.
      .replace(/ set$/, '')
      .replace(/ \[(dev|installed ifindex) [^\]]*\]/g, '')
      .replace(/, ifindex \d+$/, '')
      .replace(/is_up = \w+/, 'is_up')
      .replace(/^( VRRP Sync Group = .*), [A-Z]+$/, '$1')
      .replace(/^( {3}(?:RIP = .*, RPORT = \d+)), WEIGHT.*$/, '$1')
      // The original shows where it found a program, links resolved; we show what the file names.
      .replace(/((?:[Ss]cript|Command)(?: timeout)? = )'[^']*\/([^'/]*)'/, "$1'$2'")
      // Passwords are never shown here.
      .replace(/^( {3}Password =) .*/, '$1 ********')
      .replace(/^( {3}Using src_ip =) (?!.*from configuration).*/, '$1')
      // A machine whose name no resolver knows.
      .replace(/^ Router ID = \[unknown\]$/, ' Router ID = balancer')
  );
}

export interface ExplainedDifference {
  /** Matches `section: key: original line -> our line`, with `(none)` for a line that is not there. */
  readonly pattern: RegExp;
  /** Beginning of the file's name, if it is about that file alone. */
  readonly file?: string;
  readonly reason: string;
}

const withoutNeighbour = 'a session without neighbor_ip does not exist; 2.2.7 leaves what follows it waiting for ever';
const duplicateAddress = 'the same address twice is one; the kernel refuses the second';

/** Differences that are meant; docs/differences.md tells those that a user may meet. */
export const explainedDifferences: readonly ExplainedDifference[] = [
  {
    pattern: /Regex options: allow_empty_class alt_bsux auto_callout /,
    reason: '2.2.7 shows every option of a regular expression as soon as there is one',
  },
  {
    pattern: /^Health checkers: .*Timeout = 0\.000000 -> .*Timeout = /,
    reason: 'a host block of SMTP_CHECK has the time limit of its surroundings; 2.2.7 shows none',
  },
  {
    pattern:
      /^Health checkers: .*(= (18446744073709551615 us|4294967295)|Alpha = yes|Default delay before retry = 1000000 us) -> \(none\)$/,
    reason: 'a check that has no schedule shows none; 2.2.7 shows the greatest numbers',
  },
  {
    pattern: /notify fifo script = (.*) '\S+', uid:gid (\S+) -> .* fifo script = \1, uid:gid \2$/,
    reason: 'the name of the FIFO, which a script gets as its last argument, is not shown with its command',
  },
  {
    pattern: /congctl (\S+)lock .* -> .* congctl lock \1 /,
    reason: '2.2.7 joins two words',
  },
  {
    pattern:
      /: ((?:prepend|append) .*) no_track -> \1$|add blackhole \S+ .* no_track -> \(none\)|\(none\) -> prepend blackhole/,
    reason: 'a route that names no interface is followed like any other; 2.2.7 does not see when it is gone',
  },
  {
    pattern: /: ((?:prepend|append) .*) no_track -> \1 proto 18 no_track$/,
    reason: 'a route that is not followed bears the protocol number of keepalived all the same',
  },
  {
    pattern: /^VRRP Topology: Unicast Peer/,
    file: '0204',
    reason: 'the same peer twice is one; 2.2.7 sends it two advertisements',
  },
  {
    pattern: /BFDs?(: | \/ )|BFD_CHECK|^Health checkers: .* -> \(none\)$|^LVS Topology: Tracked BFDs/,
    file: '0723',
    reason: withoutNeighbour,
  },
  ...['0042', '0081', '0156', '0495', '0498', '0771'].map((file) => ({
    pattern: /BFDs: |Tracked BFDs/,
    file,
    reason: withoutNeighbour,
  })),
  {
    pattern: /^Global definitions: nftables .* -> \(none\)$/,
    reason:
      'vrrp_iptables and vrrp_ipsets ask for no table of nftables; the Debian build, which has no iptables, takes them so',
  },
  {
    pattern: /^Global definitions: No reload scheduled/,
    reason: 'the original has a line for a reload that is not planned',
  },
  {
    pattern: /Virtual IP(: Virtual IP \(\d+\): -> Virtual IP| \/ : (\S+) .* -> \(none\)$)/,
    file: '0018',
    reason: duplicateAddress,
  },
  { pattern: /Virtual IP(: Virtual IP \(\d+\): -> Virtual IP| \/ : )/, file: '0972', reason: duplicateAddress },
  {
    pattern: /Gratuitous ARP refresh repeat = 0 -> .* = 1$/,
    reason: 'a repeat of 0 counts as 1, as in later versions than 2.2.7',
  },
  {
    pattern: /sorry server = \S+:0 -> sorry server/,
    reason: 'a sorry server without port is reached on the port of the service; 2.2.7 gives the kernel port 0',
  },
  {
    pattern: /^LVS Topology: /,
    file: '0480',
    reason: 'of two groups with one name only the first counts; 2.2.7 shows both',
  },
  {
    pattern: /./,
    file: '0537',
    reason:
      'a block whose first line is wrong is left out whole; the original reads its lines as part of the service before',
  },
  {
    pattern: /^Health checkers: /,
    file: '0753',
    reason:
      'a host block of SMTP_CHECK stands for the check around it, as in later versions; 2.2.7 makes a check of each',
  },
  { pattern: /./, file: '0102', reason: 'numbers that ${_RANDOM} made' },
  {
    pattern: /^(VRRP Topology: Tracked files|VRRP Track files: )/,
    reason: 'a file that cannot be made at the start is followed all the same once it is there; 2.2.7 forgets it',
  },
  {
    pattern: /^Global definitions: Email notification .*\(none\) ->/,
    file: '0807',
    reason: 'the original has no sender on a machine whose name no resolver knows',
  },
  {
    pattern: /^VRRP (Topology: Tracked scripts|Scripts: )/,
    file: '0702',
    reason:
      'a script with a weight inside a sync group counts as one without, as in later versions; 2.2.7 does not follow it',
  },
  {
    pattern: /^VRRP Scripts: Command: Command = <\/dev\/tcp/,
    reason: 'a command that is redirection alone is shown in quotes like any other',
  },
  {
    pattern: /(prepend|append|add) .* -> /,
    file: '0858',
    reason: 'an untracked route is shown so; weight 1 of a way is not',
  },
  {
    pattern: /^Global definitions: Gratuitous ARP lower priority (delay|repeat): .* = 4294967295 ->/,
    reason: 'processes other than that of VRRP show "not given" as 4294967295 in 2.2.7, we show the value in effect',
  },
  {
    pattern: /^Global definitions: LVS syncd syncid: .* = 4294967295 ->/,
    reason: 'processes other than that of VRRP show "not given" as 4294967295 in 2.2.7, we show the value in effect',
  },
  {
    pattern: /^Global definitions: Default script uid: \(none\) ->/,
    reason: 'shown always: whom scripts run as; the original shows it once it has looked it up',
  },
  {
    pattern: /^Global definitions: nftables (table name|base chain priority|don't force.*): \(none\) ->/,
    reason: 'a table that only the VRRP process needs without being told is shown by every process',
  },
  {
    pattern: /^Global definitions: LVS (TCP|UDP) timeout: (LVS TCP timeout = .* -> \(none\)|\(none\) -> LVS UDP)/,
    reason: '2.2.7 calls the time-out of UDP one of TCP',
  },
  {
    pattern: /^Global definitions: Smtp server(?: port)?: /,
    reason: 'the name of a mail server is shown, not the address that it had when the file was read',
  },
  {
    pattern: /^VRRP Topology: Interface: Interface = (\S+) -> Interface = \1, vmac on /,
    reason: 'the original could not make that VMAC in the test namespace and forgets what it would be on',
  },
  {
    pattern: /^VRRP Topology: Virtual IP \/ .*: \S+ dev (\S+) .* -> \S+ dev \S+@\1 /,
    reason: 'no ipvlan on the machine of the comparison: the original shows the interface below it',
  },
  {
    pattern: /^Health checkers: Virtualhost: \(none\) -> Virtualhost/,
    reason: 'the host name that is sent is shown with the check also if it is inherited',
  },
];

/** A difference in one line, which the patterns are held against. */
export function differenceText({ section, key, original, ours }: FieldDifference): string {
  return `${section}: ${key}: ${original ?? '(none)'} -> ${ours ?? '(none)'}`;
}

/** Why a difference is meant; undefined if it is none of those. */
export function explanationOf(file: string, difference: FieldDifference): string | undefined {
  const text = differenceText(difference);
  return explainedDifferences.find(
    (explained) => explained.pattern.test(text) && (explained.file === undefined || file.startsWith(explained.file)),
  )?.reason;
}
