/** What the doctor prints: worst first, a block a finding, nothing of what is well. */
import { describe, expect, it } from 'vitest';
import { formatFindings, reportOf, summaryOf, summaryText, sysctlFile } from '../../../src/cli/doctor-text.ts';
import { worstFirst } from '../../../src/doctor/finding.ts';
import type { Finding } from '../../../src/doctor/finding.ts';

const findings: readonly Finding[] = worstFirst([
  { topic: 'arp', code: 'arp', severity: 'ok', what: 'virtual addresses answer ARP' },
  { topic: 'timing', code: 'slow', severity: 'note', what: 'slow', why: 'clients wait (all of them)' },
  {
    topic: 'forwarding',
    code: 'no-forwarding',
    severity: 'error',
    what: 'IPv4 is not forwarded, and a service with NAT needs it',
    why: 'answers are dropped here',
    where: ['virtual_server 192.0.2.1:80 tcp (keepalived.conf:3)'],
    settings: [{ path: 'net/ipv4/ip_forward', value: '1' }],
    remedies: ['or use direct routing'],
  },
]);
const plain = { width: 60, colour: false, verbose: false };

describe('the text', () => {
  it('is for somebody who is tired', () => {
    expect(formatFindings(findings, plain)).toBe(
      [
        'ERROR    forwarding: IPv4 is not forwarded, and a service',
        '         with NAT needs it',
        '         Answers are dropped here.',
        '         at virtual_server 192.0.2.1:80 tcp',
        '         (keepalived.conf:3)',
        '         -> sysctl -w net.ipv4.ip_forward=1',
        '         -> or use direct routing',
        '',
        'note     timing: slow',
        '         Clients wait (all of them).',
        '',
      ].join('\n'),
    );
  });

  it('says what is well with --verbose alone', () => {
    expect(formatFindings(findings, plain)).not.toContain('answer ARP');
    expect(formatFindings(findings, { ...plain, verbose: true })).toContain(
      'ok       arp: virtual addresses answer ARP\n',
    );
    expect(formatFindings([findings.at(-1)!], plain)).toBe('');
  });

  it('sums up', () => {
    expect(summaryText(summaryOf(findings))).toBe('1 error, 0 warnings, 1 note');
    expect(summaryText(summaryOf([]))).toBe('nothing found');
  });
});

describe('for programs and files', () => {
  it('remedies are whole commands', () => {
    const { findings: reported, summary } = reportOf(findings, 4.3, false);
    expect(summary).toEqual({ errors: 1, warnings: 0, notes: 1 });
    expect(reported.map(({ code }) => code)).toEqual(['no-forwarding', 'slow']);
    expect(reported[0]?.remedies).toEqual(['sysctl -w net.ipv4.ip_forward=1', 'or use direct routing']);
  });

  it('a setting that was set twice stands once in the file', () => {
    const settings = [
      { path: 'net/ipv4/conf/eth0.5/rp_filter', value: '2' },
      { path: 'net/ipv4/ip_forward', value: '0' },
      { path: 'net/ipv4/ip_forward', value: '1' },
    ];
    expect(sysctlFile(settings)).toBe('net.ipv4.conf.eth0/5.rp_filter = 2\nnet.ipv4.ip_forward = 1\n');
  });
});
