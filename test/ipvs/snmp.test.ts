/** The checker part of KEEPALIVED-MIB, on a kernel with IPVS: the same walk and the same notifications as under Debian's keepalived. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';

const cleanUp = new CleanUp();

interface Side {
  readonly trouble: string;
  /** Lines of snmpbulkwalk. */
  readonly walk: readonly string[];
  /** Of the virtual servers alone, at the same time. */
  readonly together: readonly (readonly string[])[];
  /** Answers to snmpset, and the weights behind it. */
  readonly set: readonly string[];
  /** Lines of ipvsadm -Sn then; behind a reload they are as before. */
  readonly inForce: string;
  /** Lines of snmptrapd. */
  readonly told: readonly string[];
  readonly log: readonly string[];
}
let result: { readonly ours: Side; readonly debian: Side };

const check = '.1.3.6.1.4.1.9586.100.5.3';
/** Name of the notification of a change of a real server. */
const serverChange = `OID: ${check}.5.0.1`;

/**
 * What is not compared (docs/differences.md): the version; what is shown of a mail server that nobody configured; the
 * protocol of marks, which keepalived leaves out; the IPv6 prefix length of virtual servers over IPv4.
 */
const different = [
  /\.100\.5\.1\.1\.0 /,
  /\.100\.5\.1\.3\.\d+\.0 /,
  /\.100\.5\.3\.3\.1\.8\.4 /,
  /\.100\.5\.3\.3\.1\.51\.[1-6] /,
];
/** Packets, octets and rates of the virtual server that had connections: they depend on the moment. */
const measured = /\.3\.3\.1\.(2[89]|3[0-6]|39|4\d|50)\.5 |\.3\.4\.1\.(1[5-9]|2[0-6]|2[89]|3\d)\.5\.1 /;

const compared = (lines: readonly string[]): string[] =>
  lines.filter((line) => !measured.test(line) && !different.some((each) => each.test(line)));

/** Without the time; keepalived calls everything but TCP udp(2) in notifications. */
const withoutProtocol = (trap: string): string =>
  trap
    .slice('TRAP '.length)
    .split('\t')
    .filter((part) => !part.includes('Timeticks') && !part.startsWith(`${check}.3.1.8 = `))
    .join('\n');

/** A virtual server without a quorum is shut down in silence: its last notification has said so. */
const silent = (trap: string): boolean =>
  /= Hex-STRING: 0A 09 01 02|"GROUP"/.test(trap) && trap.includes('.3.3.1.23 = INTEGER: 3');

function valueOf({ walk }: Side, column: string): string | undefined {
  return walk.find((line) => line.startsWith(`${check}.${column} = `))?.split(': ')[1];
}

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('the checker part of KEEPALIVED-MIB', () => {
  beforeAll(async () => {
    const printed: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'snmp.ts'),
      onLine: (line) => printed.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${printed.join('\n')}`);
    result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as typeof result;
  });
  afterAll(() => cleanUp.run());

  it('is there under both daemons', () => {
    for (const side of [result.debian, result.ours]) expect([side.trouble, side.log]).toEqual(['', side.log]);
  });

  it("shows what Debian's keepalived shows", () => {
    const theirs = compared(result.debian.walk);
    expect(theirs.length).toBeGreaterThan(850);
    expect(compared(result.ours.walk)).toEqual(theirs);
  });

  it('is the same in eight walks at a time', () => {
    const alone = compared(result.ours.walk).filter((line) => line.startsWith(`${check}.3.`));
    expect(result.ours.together).toHaveLength(8);
    for (const walk of result.ours.together) expect(compared(walk)).toEqual(alone);
  });

  it('counts what the kernel counts', () => {
    for (const side of [result.debian, result.ours]) {
      expect(valueOf(side, '3.1.27.5')).toBe('3');
      expect(valueOf(side, '4.1.14.5.1')).toBe('3');
      for (const column of ['3.1.28.5', '3.1.30.5', '3.1.39.5', '4.1.18.5.1', '4.1.20.5.1', '4.1.28.5.1'])
        expect([column, Number(valueOf(side, column))]).not.toEqual([column, 0]);
    }
  });

  it('takes weights, with the same answers and the same effect, until a reload', () => {
    expect(result.debian.set.filter((line) => line.includes('wrongType'))).toHaveLength(3);
    expect(result.debian.set).toContain(`.${check.slice(1)}.4.1.7.5.1 = INTEGER: 8`);
    expect(result.ours.set).toEqual(result.debian.set);
    expect(result.debian.inForce.match(/-w 8$/gm)).toHaveLength(5);
    expect(result.ours.inForce).toBe(result.debian.inForce);
  });

  it('tells what it tells', () => {
    // Which of several at one moment comes first is chance.
    const theirs = result.debian.told.filter((trap) => !silent(trap)).map(withoutProtocol);
    expect(theirs.filter((trap) => trap.includes(serverChange)).length).toBeGreaterThan(8);
    expect(result.ours.told.map(withoutProtocol).sort()).toEqual(theirs.sort());
  });

  it('names the protocol of a notification', () => {
    const of = (mark: string): string[] => [
      ...new Set(
        result.ours.told
          .filter((trap) => trap.includes(mark))
          .flatMap((trap) => trap.split('\t').filter((part) => part.startsWith(`${check}.3.1.8 = `))),
      ),
    ];
    expect(of('0A 09 01 03')).toEqual([`${check}.3.1.8 = INTEGER: 3`]);
    expect(of('STRING: "MARKS"')).toEqual([`${check}.3.1.8 = INTEGER: 4`]);
    expect(of('STRING: "GROUP"')).toEqual([`${check}.3.1.8 = INTEGER: 1`]);
  });
});
