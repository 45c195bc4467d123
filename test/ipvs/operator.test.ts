/** What an operator sees where IPVS is really loaded: the doctor's findings, its remedies typed, traffic in the status. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';
import type { RealServerReport, VirtualServerReport } from '../../src/check/report-types.ts';
import type { DoctorReport } from '../../src/cli/doctor-text.ts';
import type { Answer } from '../../src/control/protocol.ts';
import type { DaemonStatus } from '../../src/process/status-types.ts';

interface Result {
  readonly before: DoctorReport;
  readonly after: DoctorReport;
  readonly commands: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly busy: VirtualServerReport;
  /** Of ipvsadm -Ln --stats. */
  readonly statistics: string;
  readonly first: DaemonStatus;
  readonly drained: Answer;
  readonly draining: RealServerReport;
  /** The server's line of ipvsadm -Sn: drained, behind the death of the checker process, behind a reload. */
  readonly kept: readonly string[];
  readonly successor: readonly string[];
  readonly reloaded: Answer;
}

const cleanUp = new CleanUp();
let result: Result;

/** Codes of what is wrong, by topic. */
const wrong = ({ findings }: DoctorReport): string[] =>
  findings.flatMap(({ code, severity, topic }) =>
    severity === 'error' || severity === 'warning' ? [`${topic}: ${code}`] : [],
  );
const mended = [
  'forwarding: no-forwarding',
  'ipvs-settings: conn-reuse-off',
  'ipvs-settings: expire-nodest-conn',
  'ipvs-settings: expire-quiescent-template',
  'real-servers: real-server-answers-arp',
];

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('a director with IPVS and faults', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'operator.ts'),
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as Result;
  });
  afterAll(() => cleanUp.run());

  it('is told each of them, and that its modules are there', () => {
    expect(wrong(result.before)).toEqual(expect.arrayContaining(mended));
    expect(result.before.findings.find(({ topic }) => topic === 'ipvs-modules')).toMatchObject({ severity: 'ok' });
    const heard = result.before.findings.find(({ code }) => code === 'real-server-answers-arp');
    expect(heard?.what).toMatch(/real server 10\.99\.0\.2 .*answers ARP for .*10\.99\.0\.100/);
  });

  it('is well once the remedies were typed and the real server has run what realserver prints', () => {
    expect(result.commands).toEqual(
      expect.arrayContaining(['sysctl -w net.ipv4.vs.conn_reuse_mode=1', 'sysctl -w net.ipv4.ip_forward=1']),
    );
    expect(result.settings).toEqual({
      'vs/conn_reuse_mode': '1',
      'vs/expire_nodest_conn': '1',
      'vs/expire_quiescent_template': '1',
      ip_forward: '1',
    });
    expect(wrong(result.after).filter((finding) => mended.includes(finding))).toEqual([]);
  });

  it('has in its status what ipvsadm counts, of a service that is named and of those of the first view', () => {
    const { busy, first, statistics } = result;
    // Prot LocalAddress:Port Conns InPkts OutPkts InBytes OutBytes
    const counted = (line: RegExp): number[] =>
      (line.exec(statistics)?.[1] ?? '').trim().split(/\s+/).map(Number).slice(0, 2);
    const [connections = NaN, packets = NaN] = counted(/UDP +10\.99\.0\.101:53(.*)/);
    expect([connections, packets]).toEqual([4, 4]);
    expect(busy.traffic).toMatchObject({ connections, incomingPackets: packets });
    for (const { address, traffic } of busy.servers) {
      const own = counted(new RegExp(`-> ${address.replaceAll('.', '\\.')}:53(.*)`));
      expect([traffic?.connections, traffic?.incomingPackets]).toEqual(own);
    }
    // Two services, and one that is shown.
    expect(first.checker?.totals.services.total).toBe(2);
    expect(first.checker?.services).toHaveLength(1);
    expect(first.checker?.services?.[0]?.traffic).toBeDefined();
  });

  it('sees what a drained server has left, and for how long it is drained', () => {
    const { drained, draining } = result;
    expect(drained).toMatchObject({ ok: true, result: { set: [{ what: 'drain' }] } });
    expect(draining).toMatchObject({ address: '10.99.0.2', effectiveWeight: 0, override: { words: 'drain' } });
    const { connections, since = NaN, until } = draining.override ?? {};
    // Of four clients in turn two came to it, and UDP is remembered for five minutes.
    expect(connections).toBe(2);
    expect(Math.round((until ?? NaN) - since)).toBe(600_000);
  });

  it('has it so over the death of the process and over a reload, which says so', () => {
    const { kept, reloaded, successor } = result;
    expect(kept).toEqual(Array.from({ length: 3 }, () => '-a -u 10.99.0.101:53 -r 10.99.0.2:53 -m -w 0'));
    expect(successor).toContain('drain');
    expect(reloaded).toMatchObject({
      ok: true,
      result: { outcome: 'applied', live: [{ subject: 'server 10.99.0.2:53 of 10.99.0.101:53/udp', what: 'drain' }] },
    });
  });
});
