/** A balancer with real faults, and what `keepalivectl doctor` says of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { DoctorReport } from '../../../src/cli/doctor-text.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { configurationFile, keepalivectl, Machine, patience } from '../process/machine.ts';

const virtualAddress = '10.88.0.50';
const serviceAddress = '10.88.0.200';
const examined = '/etc/keepalived/examined.conf';

/**
 * A master of Debian's release that hears a wrong password begins its interval anew: ours speaks half as often, so that it
 * gets to speak at all.
 */
const router = (password: string, interval: number, own: string): string => `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int ${interval}
    ${own}
    authentication {
        auth_type PASS
        auth_pass ${password}
    }
    virtual_ipaddress {
        ${virtualAddress}/24
    }
}
`;

const service = `virtual_server ${serviceAddress} 80 {
    lvs_sched rr
    lvs_method DR
    protocol TCP
    real_server 10.88.0.2 80 {
    }
}
`;

describe('a balancer with faults', () => {
  const cleanUp = new CleanUp();
  let director: Machine;
  let other: Machine;

  /** What it says, and how it ended. */
  async function examine(...options: string[]): Promise<{ code: number | null; report: DoctorReport }> {
    const { code, stdout } = await director.run([keepalivectl, 'doctor', '-f', examined, '--json', ...options], {
      accept: 'any',
    });
    return { code, report: JSON.parse(stdout) as DoctorReport };
  }

  const sysctl = async (name: string): Promise<string> => (await director.run(['sysctl', '-n', name])).stdout.trim();

  beforeAll(async () => {
    [director, other] = await Machine.pair(cleanUp);
    // The second master: Debian's keepalived with the same identifier and another password. It is a real server as well.
    other.write(configurationFile, router('theirs', 1, ''));
    other.start('second master', ['/usr/sbin/keepalived', '-n', '-l', '-f', configurationFile]);
    await other.untilAddress(`${virtualAddress}/24`);
    await other.ip(`addr add ${serviceAddress}/32 dev eth0`);
    // Its own faults: a rule that drops advertisements, and, once the daemon has set it right, a strict rp_filter.
    await director.run(['nft', '-f', '-'], {
      input:
        'table inet filter { chain input { type filter hook input priority 0; policy accept; ip protocol 112 counter drop; }; }',
    });
    await director.daemon(router('ours', 2, 'use_vmac'));
    await director.untilAddress(`${virtualAddress}/24`, 'vrrp.51');
    await director.run(['sysctl', '-q', '-w', 'net.ipv4.conf.all.rp_filter=1', 'net.ipv4.conf.eth0.rp_filter=0']);
    director.write(examined, router('ours', 2, 'use_vmac') + service);
  });

  afterAll(async () => {
    director.killAll();
    other.killAll();
    expect(await cleanUp.run()).toEqual([]);
  });

  it('is told each of them, and left as it is', async () => {
    const found = (findings: readonly Finding[], code: string): Finding | undefined =>
      findings.find((finding) => finding.code === code);
    // On a machine that stands still for seconds nobody advertises: then it is asked again.
    const report = await until('all faults are named', { within: 4 * patience, every: 100 }, async () => {
      const { code, report } = await examine('--listen', '6');
      expect(code).toBe(1);
      return found(report.findings, 'two-masters') && found(report.findings, 'advertisements-dropped-here')
        ? report
        : undefined;
    });
    const { findings } = report;
    expect(found(findings, 'rp-filter-vmac')).toMatchObject({
      severity: 'error',
      topic: 'rp-filter',
      what: expect.stringContaining('net.ipv4.conf.all.rp_filter is 1') as unknown,
    });
    expect(found(findings, 'firewall-drops')).toMatchObject({
      severity: 'error',
      what: expect.stringMatching(/protocol 112.*224\.0\.0\.18.*chain inet filter input/) as unknown,
    });
    expect(found(findings, 'advertisement-refused')).toMatchObject({
      severity: 'error',
      what: expect.stringMatching(/10\.88\.0\.2 .*VI_1 refuses it: received an invalid passwd/) as unknown,
      remedies: ['give both routers the same auth_pass (8 characters count)'],
    });
    expect(found(findings, 'real-server-answers-arp')).toMatchObject({
      severity: 'error',
      what: expect.stringMatching(
        new RegExp(`real server 10\\.88\\.0\\.2 .* answers ARP for .*${serviceAddress}`),
      ) as unknown,
    });
    expect(found(findings, 'address-twice')).toMatchObject({
      what: expect.stringContaining(virtualAddress) as unknown,
    });
    expect(await sysctl('net.ipv4.conf.all.rp_filter')).toBe('1');
  });

  it('says no when nobody answers its question', async () => {
    const { code, stdout } = await director.run(
      [keepalivectl, 'doctor', '-f', examined, '--only', 'rp-filter', '--listen', '0', '--fix'],
      { accept: 'any', input: '' },
    );
    expect(code).toBe(1);
    expect(stdout).toContain('-> sysctl -w net.ipv4.conf.all.rp_filter=0');
    expect(await sysctl('net.ipv4.conf.all.rp_filter')).toBe('1');
  });

  it('mends the setting when it is told to, and says how to keep it', async () => {
    const { code, stdout } = await director.run(
      [keepalivectl, 'doctor', '-f', examined, '--only', 'rp-filter', '--listen', '0', '--fix'],
      { accept: 'any', input: 'y\n' },
    );
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('/etc/sysctl.d/90-keepalived.conf');
    expect(stdout).toMatch(/^net\.ipv4\.conf\.all\.rp_filter = 0$/m);
    expect(await sysctl('net.ipv4.conf.all.rp_filter')).toBe('0');
    // Other interfaces keep the filter that they had.
    expect(await sysctl('net.ipv4.conf.eth0.rp_filter')).toBe('1');
    const { code: again } = await examine('--only', 'rp-filter', '--listen', '0');
    expect(again).toBe(0);
  });
});
