// Reference: behaviour B1, B4, B5; the reports were observed on the original's configuration test.
import { describe, expect, it } from 'vitest';
import { codes, load, model, service } from './memory.ts';

const only = (text: string) => {
  const { virtualServers } = model(text).check;
  expect(virtualServers).toHaveLength(1);
  const [found] = virtualServers;
  if (!found) throw new Error('no virtual server');
  return found;
};

describe('virtual_server', () => {
  it('has the defaults of the original', () => {
    expect(only(service())).toMatchObject({
      identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '10.0.0.1', port: 80 },
      scheduler: 'rr',
      alpha: false,
      omega: false,
      quorum: 1,
      hysteresis: 0,
      smtpAlert: false,
      realServers: [
        {
          address: '10.0.0.2',
          port: 80,
          weight: 1,
          forwarding: { method: 'NAT' },
          inhibitOnFailure: false,
          smtpAlert: true,
          checkers: [],
        },
      ],
    });
    expect(only(service()).persistenceTimeout).toBeUndefined();
  });

  it.each([
    ['protocol TCP\n', 'CFG_NO_PROTOCOL', { identity: { protocol: 'udp' } }],
    ['lvs_sched rr\n', 'CFG_NO_SCHEDULER', { scheduler: 'wlc' }],
    ['lvs_method NAT\n', 'CFG_NO_METHOD', { realServers: [{ forwarding: { method: 'NAT' } }] }],
  ])('without %j reports and takes the default', (line, code, expected) => {
    expect(codes(service().replace(line, ''))).toEqual([code]);
    expect(only(service().replace(line, ''))).toMatchObject(expected);
  });

  it('without real servers is dropped', () => {
    const text = 'virtual_server 10.0.0.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n}\n';
    expect(codes(text)).toEqual(['CFG_NO_REAL_SERVER']);
    expect(model(text).check.virtualServers).toEqual([]);
  });

  it('old names mean the new ones', () => {
    const text = service().replace('lvs_sched', 'lb_algo').replace('lvs_method NAT', 'lb_kind DR');
    expect(codes(text)).toEqual([]);
    expect(only(text)).toMatchObject({ scheduler: 'rr', realServers: [{ forwarding: { method: 'DR' } }] });
  });

  it.each([
    ['persistence_timeout', 360_000],
    ['persistence_timeout 50', 50_000],
    ['persistence_granularity 255.255.255.0', 360_000],
  ])('%s gives %i ms', (line, milliseconds) => {
    expect(only(service(line)).persistenceTimeout).toBe(milliseconds);
  });

  it('persistence_timeout 0 is refused', () => {
    expect(codes(service('persistence_timeout 0'))).toEqual(['CFG_INVALID_NUMBER']);
  });

  it('for all ports is persistent, with an error', () => {
    const text = service().replace('10.0.0.1 80', '10.0.0.1');
    expect(codes(text)).toEqual(['CFG_NO_PORT']);
    expect(only(text).persistenceTimeout).toBe(360_000);
    expect(codes(service('persistence_timeout 5').replace('10.0.0.1 80', '10.0.0.1'))).toEqual([]);
  });

  it.each([
    ['quorum 2', 'CFG_QUORUM', { quorum: 1 }],
    ['quorum 1\nhysteresis 1', 'CFG_QUORUM', { quorum: 1, hysteresis: 0 }],
    ['ops', 'CFG_OPS', { onePacket: false }],
    ['sh-port', 'CFG_SCHEDULER_FLAG', { schedulerFlags: [] }],
    ['sorry_server_inhibit', 'CFG_SORRY_SERVER', { sorryServerInhibit: false }],
    ['ip_family inet6', 'CFG_CONFLICT', { identity: { family: 'inet' } }],
  ])('%j is corrected and reported', (lines, code, expected) => {
    expect(codes(service(lines))).toEqual([code]);
    expect(only(service(lines))).toMatchObject(expected);
  });

  it('flags belong to their scheduler', () => {
    expect(only(service('lvs_sched sh\nsh-port\nsh-fallback')).schedulerFlags).toEqual(['sched2', 'sched1']);
    expect(only(service('lvs_sched mh\nmh-port\nflag-3')).schedulerFlags).toEqual(['sched2', 'sched3']);
  });

  it('by firewall mark takes its family from the servers and has no protocol', () => {
    const text = service().replace('10.0.0.1 80', 'fwmark 5').replace('protocol TCP\n', '');
    expect(codes(text)).toEqual([]);
    expect(only(text).identity).toEqual({ kind: 'fwmark', mark: 5, family: 'inet' });
    expect(codes(service().replace('10.0.0.1 80', 'fwmark 5'))).toEqual(['CFG_FWMARK_PROTOCOL']);
  });

  it.each(['10.0.0.1 http', '10.0.0.1 70000', '10.0.0 80', 'fwmark 0', 'fwmark x'])(
    '%s is no service; its contents are skipped',
    (name) => {
      const { diagnostics, configuration } = load(service('nonsense').replace('10.0.0.1 80', name));
      expect(diagnostics).toHaveLength(1);
      expect(configuration?.check.virtualServers).toEqual([]);
    },
  );

  it('twice: the first counts', () => {
    const { configuration, exitCode, diagnostics } = load(service() + service('quorum 1'));
    expect(configuration?.check.virtualServers).toHaveLength(1);
    expect(exitCode).toBe(0);
    expect(diagnostics[0]?.message).toContain('line 1');
  });
});

describe('forwarding', () => {
  it.each([
    ['TUN', { method: 'TUN', tunnel: 'ipip', checksum: 'none' }],
    ['TUN type gue port 5555 csum', { method: 'TUN', tunnel: 'gue', port: 5555, checksum: 'csum' }],
    ['TUN type gre remcsum', { method: 'TUN', tunnel: 'gre', checksum: 'remcsum' }],
  ])('%s', (method, expected) => {
    expect(only(service('', 'weight 1', method)).realServers[0]?.forwarding).toEqual(expected);
  });

  it('of one server overrides', () => {
    expect(only(service('', 'lvs_method DR')).realServers[0]?.forwarding).toEqual({ method: 'DR' });
  });

  it.each([
    ['DR', '10.0.0.2 81', 80, ['CFG_PORT']],
    ['DR', '10.0.0.2', 80, []],
    ['DR', '10.0.0.2 0', 80, []],
    ['NAT', '10.0.0.2 81', 81, []],
    ['NAT', '10.0.0.2', 80, []],
  ])('%s and real_server %s: port %i', (method, server, port, expected) => {
    const text = service('', 'weight 1', method).replace('10.0.0.2 80', server);
    expect(codes(text)).toEqual(expected);
    expect(only(text).realServers[0]?.port).toBe(port);
  });

  it('families mix only in tunnels', () => {
    const text = (method: string) =>
      service('', 'weight 1', method).replace('real_server 10.0.0.2', 'real_server 2001:db8::2');
    expect(codes(text('NAT'))).toEqual(['CFG_FAMILY']);
    expect(codes(text('TUN'))).toEqual([]);
  });
});

describe('real servers', () => {
  it('inherit the weight and inhibit_on_failure', () => {
    expect(only(service('weight 7\ninhibit_on_failure', '')).realServers[0]).toMatchObject({
      weight: 7,
      inhibitOnFailure: true,
    });
    expect(
      only(service('weight 7\ninhibit_on_failure', 'weight 2\ninhibit_on_failure no')).realServers[0],
    ).toMatchObject({
      weight: 2,
      inhibitOnFailure: false,
    });
  });

  it('twice: the first counts', () => {
    const text = service('real_server 10.0.0.2 80 {\nweight 9\n}');
    expect(codes(text)).toEqual(['CFG_DUPLICATE']);
    expect(only(text).realServers.map(({ weight }) => weight)).toEqual([9]);
    const many = Array.from({ length: 20 }, (_, index) => `real_server 10.0.1.${index + 1} 80 {\n}`).join('\n');
    expect(codes(service(`${many}\nreal_server 10.0.1.7 80 {\n}`))).toEqual(['CFG_DUPLICATE']);
  });

  it('without an address stop, as in the original', () => {
    expect(load(service().replace('real_server 10.0.0.2 80', 'real_server')).exitCode).toBe(2);
  });

  it('mail settings follow the most special one given', () => {
    const global = (lines: string) => only(`global_defs {\n${lines}\n}\n${service()}`);
    expect(global('smtp_alert false').realServers[0]?.smtpAlert).toBe(false);
    expect(global('smtp_alert\nsmtp_alert_checker false')).toMatchObject({
      smtpAlert: false,
      realServers: [{ smtpAlert: false }],
    });
    expect(global('smtp_alert')).toMatchObject({ smtpAlert: true });
  });
});

describe('sorry server', () => {
  it('has its own method', () => {
    const text = service('sorry_server 10.0.0.9 80\nsorry_server_inhibit\nsorry_server_lvs_method DR');
    expect(only(text).sorryServer).toMatchObject({
      address: '10.0.0.9',
      port: 80,
      forwarding: { method: 'DR' },
      inhibitOnFailure: true,
    });
  });

  it('that is a real server too is inhibited as that', () => {
    const text = (sorry: string, own: string) => service(`sorry_server 10.0.0.2 80\n${sorry}`, own);
    expect(codes(text('', ''))).toEqual([]);
    expect(codes(text('', 'inhibit_on_failure'))).toEqual(['CFG_SORRY_SERVER']);
    expect(only(text('', 'inhibit_on_failure')).sorryServer?.inhibitOnFailure).toBe(true);
    expect(only(text('sorry_server_inhibit', '')).sorryServerInhibit).toBe(false);
  });
});

describe('groups', () => {
  const grouped = (lines: string, method = 'NAT') =>
    `virtual_server_group G {\n${lines}\n}\n${service('', 'weight 1', method).replace('10.0.0.1 80', 'group G')}`;

  it('keep ranges and prefixes as a first address and their number', () => {
    const text = grouped(
      '10.1.0.254-10.1.1.1 80\n10.2.0.1-3 80\n10.3.0.0/30 81\n2001:db8::fe-100 80\nfwmark 4 inet6\n10.4.0.1',
    );
    expect(
      model(text).check.groups[0]?.entries.map((entry) =>
        entry.kind === 'address' ? `${entry.address} ${entry.count} ${entry.port}` : `${entry.mark} ${entry.family}`,
      ),
    ).toEqual(['10.1.0.254 4 80', '10.2.0.1 3 80', '10.3.0.0 4 81', '2001:db8::fe 3 80', '4 inet6', '10.4.0.1 1 0']);
  });

  it('may be defined behind their service', () => {
    const text = `${service().replace('10.0.0.1 80', 'group G')}virtual_server_group G {\n10.0.0.1 80\n}\n`;
    expect(codes(text)).toEqual([]);
    expect(only(text).identity).toEqual({ kind: 'group', name: 'G', protocol: 'tcp' });
  });

  it('that are missing or empty cost the service', () => {
    expect(codes(service().replace('10.0.0.1 80', 'group G'))).toEqual(['CFG_UNKNOWN_REFERENCE']);
    expect(codes(grouped(''))).toEqual(['CFG_EMPTY_GROUP', 'CFG_UNKNOWN_REFERENCE']);
  });

  it('without NAT all entries and servers need one port', () => {
    expect(codes(grouped('10.0.0.1 80\n10.0.0.3 80', 'DR'))).toEqual([]);
    expect(codes(grouped('10.0.0.1 80\n10.0.0.3 81', 'DR'))).toEqual(['CFG_PORT']);
  });
});

describe('checkers', () => {
  const checker = (type: string, lines: string, server = '', virtual = '') =>
    only(service(virtual, `${server}\n${type} {\n${lines}\n}`)).realServers[0]?.checkers[0];

  it('TCP_CHECK has the built-in times', () => {
    expect(checker('TCP_CHECK', '')).toMatchObject({
      type: 'TCP_CHECK',
      address: '10.0.0.2',
      port: 80,
      connectTimeout: 5000,
      delayLoop: 60_000,
      warmup: 60_000,
      retry: 1,
      delayBeforeRetry: 1000,
      alpha: false,
      logAllFailures: false,
    });
  });

  it('inherit checker, real server, virtual server', () => {
    expect(
      checker('TCP_CHECK', 'retry 0\nconnect_port 81', 'delay_before_retry 2\nretry 5', 'delay_loop 6\nretry 9\nalpha'),
    ).toMatchObject({
      retry: 0,
      port: 81,
      delayBeforeRetry: 2000,
      delayLoop: 6000,
      warmup: 6000,
      alpha: true,
    });
  });

  it('HTTP_GET in the words of old files', () => {
    const digest = 'D0249B8D4EB536913ECE7D42CBFFC7A9';
    const lines = `url {\npath /index.html\ndigest ${digest}\n}\nconnect_timeout 3\nnb_get_retry 3\ndelay_before_retry 3`;
    expect(checker('HTTP_GET', lines)).toMatchObject({
      type: 'HTTP_GET',
      retry: 3,
      delayBeforeRetry: 3000,
      connectTimeout: 3000,
      httpProtocol: '1.0',
      urls: [{ path: '/index.html', digest: digest.toLowerCase(), statusCodes: [{ from: 200, to: 299 }] }],
    });
    expect(codes(service('', `HTTP_GET {\n${lines}\n}`))).toEqual(['CFG_DEPRECATED']);
  });

  it('SSL_GET', () => {
    const lines =
      'url {\npath /\nstatus_code 200 301-303\nvirtualhost a\nregex "a\\\\.b"\nregex_no_match\n}\nhttp_protocol 1.1\nenable_sni\nfast_recovery';
    expect(checker('SSL_GET', lines, 'virtualhost b', 'virtualhost c')).toMatchObject({
      type: 'SSL_GET',
      httpProtocol: '1.1',
      enableSni: true,
      fastRecovery: true,
      virtualHost: 'b',
      delayBeforeRetry: 3000,
      urls: [
        {
          virtualHost: 'a',
          regex: 'a\\.b',
          regexNoMatch: true,
          statusCodes: [
            { from: 200, to: 200 },
            { from: 301, to: 303 },
          ],
        },
      ],
    });
  });

  it.each([
    ['HTTP_GET', '', 'CFG_INCOMPLETE'],
    ['HTTP_GET', 'url {\npath /\nstatus_code 99\n}', 'CFG_INVALID_NUMBER'],
    ['HTTP_GET', 'url {\npath /\ndigest abc\n}', 'CFG_INVALID_DIGEST'],
    ['HTTP_GET', 'url {\npath /\n}\nhttp_protocol 2', 'CFG_INVALID_WORD'],
    ['MISC_CHECK', '', 'CFG_INCOMPLETE'],
    ['FILE_CHECK', 'track_file none', 'CFG_UNKNOWN_REFERENCE'],
    ['TCP_CHECK', 'connect_ip fe80::1', 'CFG_LINK_LOCAL'],
    ['TCP_CHECK', 'bindto fe80::1', 'CFG_FAMILY'],
  ])('%s with %j is reported', (type, lines, code) => {
    expect(codes(service('', `${type} {\n${lines}\n}`))).toEqual([code]);
  });

  it('may follow a BFD session', () => {
    const { diagnostics, exitCode, configuration } = load(
      `${service('', 'BFD_CHECK {\nname b\n}')}bfd_instance b {\nneighbor_ip 10.0.0.9\n}\n`,
    );
    expect(exitCode).toBe(0);
    expect(diagnostics.map(({ code }) => code)).not.toContain('CFG_NO_EFFECT_YET');
    expect(configuration?.check.virtualServers[0]?.realServers[0]?.checkers).toMatchObject([
      { type: 'BFD_CHECK', instance: 'b', alpha: false },
    ]);
  });
});
