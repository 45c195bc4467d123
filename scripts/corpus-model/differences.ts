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
  { section: /^VRRP Scripts/, key: /^(Result|Status|State)$/ },
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

/** Differences that are meant; docs/differences.md tells those that a user may meet. */
export const explainedDifferences: readonly ExplainedDifference[] = [
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
