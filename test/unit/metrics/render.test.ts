/** The whole answer, read by a strict reader of the format, and by promtool where it is installed. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { families, type Family } from '../../../src/metrics/families.ts';
import { expositionOf } from '../../../src/metrics/render.ts';
import { collected, instanceFigures } from './collected.ts';
import { readExposition } from './exposition-reader.ts';
import { promtool } from './promtool.ts';

const table = families as Readonly<Record<string, Family>>;

function decoded(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString();
}

function textOf(of = collected()): string {
  return decoded(expositionOf(of, 'prometheus'));
}

function valueOf(name: string, labels: Record<string, string>, of = collected()): number | undefined {
  return readExposition(textOf(of))
    .get(name)
    ?.samples.find((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))?.value;
}

/**
 * What the exporter has, from its source (mehdy/keepalived-exporter, internal/collector/collector.go, fillMetrics and
 * Collect), but for the result of its own script.
 */
const instanceLabels = ['iname', 'intf', 'vrid'];
const exporterMetrics: Readonly<Record<string, readonly [type: string, labels: readonly string[]]>> = {
  keepalived_up: ['gauge', []],
  keepalived_vrrp_state: ['gauge', [...instanceLabels, 'ip_address']],
  keepalived_vrrp_excluded_state: ['gauge', [...instanceLabels, 'ip_address']],
  keepalived_gratuitous_arp_delay_total: ['counter', instanceLabels],
  keepalived_advertisements_received_total: ['counter', instanceLabels],
  keepalived_advertisements_sent_total: ['counter', instanceLabels],
  keepalived_become_master_total: ['counter', instanceLabels],
  keepalived_release_master_total: ['counter', instanceLabels],
  keepalived_packet_length_errors_total: ['counter', instanceLabels],
  keepalived_advertisements_interval_errors_total: ['counter', instanceLabels],
  keepalived_ip_ttl_errors_total: ['counter', instanceLabels],
  keepalived_invalid_type_received_total: ['counter', instanceLabels],
  keepalived_address_list_errors_total: ['counter', instanceLabels],
  keepalived_authentication_invalid_total: ['counter', instanceLabels],
  keepalived_authentication_mismatch_total: ['counter', instanceLabels],
  keepalived_authentication_failure_total: ['counter', instanceLabels],
  keepalived_priority_zero_received_total: ['counter', instanceLabels],
  keepalived_priority_zero_sent_total: ['counter', instanceLabels],
  keepalived_script_status: ['gauge', ['name']],
  keepalived_script_state: ['gauge', ['name']],
};

describe('the answer', () => {
  const read = readExposition(textOf());

  it('has every family there is, with its type, its sentence and its labels', () => {
    expect([...read.keys()].sort()).toEqual(Object.keys(table).sort());
    for (const [name, { samples, type }] of read) {
      expect(type, name).toBe(table[name]?.type);
      const labels = [...(table[name]?.labels ?? [])].sort();
      for (const sample of samples) {
        const own = Object.keys(sample.labels).filter((label) => label !== 'le');
        expect(own.sort(), name).toEqual(labels);
      }
    }
  });

  it('says of each family what it is, in a sentence of its own', () => {
    const sentences = Object.values(table).map(({ help }) => help);
    for (const help of sentences) expect(help).toMatch(/^[A-Z].*[^.]$/);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it('has the names, types and labels of the exporter', () => {
    for (const [name, [type, labels]] of Object.entries(exporterMetrics)) {
      expect(table[name]?.type, name).toBe(type);
      expect(table[name]?.labels, name).toEqual(labels);
    }
    const marked = Object.entries(table).flatMap(([name, { exporter }]) => (exporter ? [name] : []));
    expect(marked.sort()).toEqual(Object.keys(exporterMetrics).sort());
  });

  it('has the state of an instance once for each address, on its interface', () => {
    const states = read.get('keepalived_vrrp_state')?.samples.map(({ labels, value }) => [labels, value]);
    expect(states).toEqual([
      [{ iname: 'VI_1', intf: 'eth0', vrid: '51', ip_address: '10.0.0.1/24' }, 2],
      [{ iname: 'VI_1', intf: 'eth1', vrid: '51', ip_address: '10.0.0.2/24' }, 2],
    ]);
    const excluded = read.get('keepalived_vrrp_excluded_state')?.samples.map(({ labels }) => labels['ip_address']);
    expect(excluded).toEqual(['10.0.0.3/24']);
  });

  it('has the state of an instance without addresses too', () => {
    const of = collected({ instances: [instanceFigures({ addresses: [], state: 'FAULT' })] });
    expect(valueOf('keepalived_vrrp_state', { iname: 'VI_1', ip_address: '', intf: 'eth0' }, of)).toBe(3);
  });

  it('has an address that is there twice once', () => {
    const twice = instanceFigures({
      addresses: [
        ['10.0.0.1/24', 'eth0'],
        ['10.0.0.1/24', 'eth0'],
      ],
    });
    const samples = readExposition(textOf(collected({ instances: [twice] }))).get('keepalived_vrrp_state')?.samples;
    expect(samples?.length).toBe(1);
  });

  it('has numbers where they belong', () => {
    expect(valueOf('keepalived_advertisements_sent_total', {})).toBe(8869);
    expect(valueOf('keepalived_gratuitous_arp_delay_total', {})).toBe(5);
    expect(valueOf('keepalived_process_deaths_total', { process: 'vrrp' })).toBe(1);
    expect(valueOf('keepalived_process_up', { process: 'checker' })).toBe(0);
    expect(valueOf('keepalived_last_reload_successful', {})).toBe(0);
    expect(valueOf('keepalived_bfd_session_state', { session: 'b1' })).toBe(3);
    // Numbers count upwards: 7 of the service, then 12 of each server.
    expect(valueOf('keepalived_virtual_server_up', {})).toBe(1);
    expect(valueOf('keepalived_virtual_server_suspended', {})).toBe(7);
    expect(valueOf('keepalived_real_server_up', { server: '[192.0.2.1]:tcp:80' })).toBe(8);
    expect(valueOf('keepalived_real_server_outgoing_bytes_total', { server: '[192.0.2.1]:tcp:80' })).toBe(19);
    expect(valueOf('keepalived_real_server_up', { server: '[192.0.2.2]:tcp:80' })).toBe(20);
  });

  it('says that something is wrong when a process does not answer', () => {
    const { checker: _checker, ...rest } = collected();
    const of = { ...rest, silent: ['checker'] };
    expect(valueOf('keepalived_up', {}, of)).toBe(0);
    expect(readExposition(textOf(of)).has('keepalived_virtual_servers')).toBe(false);
  });

  it('counts buckets together', () => {
    const samples = read.get('keepalived_loop_lateness_seconds')?.samples ?? [];
    const web = samples.filter(({ labels, name }) => labels['process'] === 'web' && name.endsWith('_bucket'));
    expect(web.map(({ value }) => value)).toEqual([1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]);
    expect(web.at(-1)?.labels['le']).toBe('+Inf');
    const others = samples.filter(({ labels, name }) => labels['process'] === 'web' && !name.endsWith('_bucket'));
    expect(others.map(({ value }) => value)).toEqual([7.0007, 3]);
  });

  it('survives names of every kind', () => {
    const names = ['"', '\\', '\n', '{}', '\ud800', 'ä€😀', '', '\\n', '",evil="1'];
    const services = names.map((name, index) => [`${index}${name}`, `${name}a`, `${name}b`]);
    const of = collected({ instances: names.map((name) => instanceFigures({ name, interface: name })), services });
    const labels = readExposition(textOf(of)).get('keepalived_virtual_server_up')?.samples;
    expect(labels?.map((sample) => sample.labels['service'])).toEqual(
      services.map(([service = '']) => service.toWellFormed()),
    );
  });

  it('has services of many pieces, each once', () => {
    const services = Array.from({ length: 250 }, (_, index) => [`s${index}`, 'a', 'a', 'b']);
    const all = readExposition(textOf(collected({ services })));
    expect(all.get('keepalived_virtual_server_up')?.samples.length).toBe(250);
    // The same server twice in a service is one of them.
    expect(all.get('keepalived_real_server_up')?.samples.length).toBe(500);
  });

  it('is the same in OpenMetrics but for names of counters and the end', () => {
    const text = decoded(expositionOf(collected(), 'openmetrics'));
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text).toContain('# TYPE keepalived_become_master counter\n');
    expect(text).toContain('\nkeepalived_become_master_total{');
    const samples = (of: string): string[] => of.split('\n').filter((line) => !line.startsWith('#'));
    expect(samples(text)).toEqual(samples(textOf()));
  });

  it.skipIf(promtool === undefined)('has no fault that promtool would find', () => {
    const found = execFileSync(promtool ?? '', ['check', 'metrics'], {
      input: textOf(),
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(found).toBe('');
  });
});
