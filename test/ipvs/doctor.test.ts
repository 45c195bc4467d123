/** What the doctor finds where IPVS is really loaded, and whether its remedies work when they are typed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';
import type { DoctorReport } from '../../src/cli/doctor-text.ts';

interface Result {
  readonly before: DoctorReport;
  readonly after: DoctorReport;
  readonly commands: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
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
      module: path.join(import.meta.dirname, 'programs', 'doctor.ts'),
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
});
