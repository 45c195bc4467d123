// Reference: behaviour B1 to B3; values and reports were observed on the original's configuration test and dumps.
import { describe, expect, it } from 'vitest';
import type { CheckerConfiguration } from '../../../src/config/model.ts';
import { codes, model, service } from './memory.ts';
import { roundTrip } from './round-trip.ts';

const before = 'track_file f1 {\nfile /var/run/f1\nweight 3 reverse\n}\nbfd_instance b1 {\nneighbor_ip 10.0.0.9\n}\n';
const text = (checker: string, lines = '', serverLines = '') =>
  before + service(lines, `weight 1\n${serverLines}\n${checker}`);

function checkersOf(source: string): readonly CheckerConfiguration[] {
  return model(source).check.virtualServers[0]?.realServers[0]?.checkers ?? [];
}

function only(checker: string, lines = '', serverLines = ''): CheckerConfiguration {
  const found = checkersOf(text(checker, lines, serverLines));
  expect(found).toHaveLength(1);
  const [first] = found;
  if (!first) throw new Error('no checker');
  return first;
}

/** What the original's dump shows for checkers about which nothing is written. */
const defaults = {
  delayLoop: 60_000,
  warmup: 60_000,
  retry: 1,
  delayBeforeRetry: 1000,
  alpha: false,
  logAllFailures: false,
};
const target = { address: '10.0.0.2', port: 80, connectTimeout: 5000 };

describe('defaults of', () => {
  it.each([
    ['TCP_CHECK {\n}', { ...defaults, ...target, type: 'TCP_CHECK' }],
    ['PING_CHECK {\n}', { ...defaults, ...target, type: 'PING_CHECK' }],
    ['SMTP_CHECK {\n}', { ...defaults, ...target, type: 'SMTP_CHECK', heloName: 'smtpchecker.keepalived.org' }],
    [
      'DNS_CHECK {\n}',
      {
        ...defaults,
        ...target,
        type: 'DNS_CHECK',
        retry: 3,
        delayBeforeRetry: 60_000,
        queryType: 'SOA',
        queryName: '.',
      },
    ],
    [
      'UDP_CHECK {\n}',
      { ...defaults, ...target, type: 'UDP_CHECK', requireReply: false, minReplyLength: 0, maxReplyLength: 255 },
    ],
    ['HTTP_GET {\nurl {\npath /\n}\n}', { ...defaults, ...target, type: 'HTTP_GET', delayBeforeRetry: 3000 }],
    ['SSL_GET {\nurl {\npath /\n}\n}', { ...defaults, ...target, type: 'SSL_GET', delayBeforeRetry: 3000 }],
    [
      'MISC_CHECK {\nmisc_path /usr/bin/true\n}',
      {
        ...defaults,
        type: 'MISC_CHECK',
        retry: 0,
        timeout: 60_000,
        dynamic: false,
        command: { argv: ['/usr/bin/true'] },
      },
    ],
    ['FILE_CHECK {\ntrack_file f1\n}', { type: 'FILE_CHECK', trackFile: 'f1', weight: 3, reverse: true }],
    ['BFD_CHECK {\nname b1\n}', { type: 'BFD_CHECK', instance: 'b1', alpha: false }],
  ])('%j', (checker, expected) => {
    expect(only(checker)).toMatchObject(expected);
  });
});

describe('inheritance', () => {
  const outer = 'delay_loop 7\nretry 4\nwarmup 3\ndelay_before_retry 2\nconnect_timeout 8\nalpha';

  it.each(['TCP_CHECK {\n}', 'DNS_CHECK {\n}', 'SMTP_CHECK {\n}', 'UDP_CHECK {\n}', 'PING_CHECK {\n}'])(
    '%j takes what the virtual server says',
    (checker) => {
      expect(only(checker, outer)).toMatchObject({
        delayLoop: 7000,
        retry: 4,
        warmup: 3000,
        delayBeforeRetry: 2000,
        connectTimeout: 8000,
        alpha: true,
      });
    },
  );

  it('real servers come before virtual servers, checkers before both', () => {
    const checker = only('TCP_CHECK {\nretry 0\n}', outer, 'delay_loop 5\nretry 9\nalpha off');
    expect(checker).toMatchObject({ delayLoop: 5000, retry: 0, alpha: false, warmup: 3000 });
  });

  it('without pause and time-out of their own DNS_CHECK and MISC_CHECK take delay_loop', () => {
    expect(only('DNS_CHECK {\n}', 'delay_loop 7')).toMatchObject({ delayBeforeRetry: 7000, warmup: 7000 });
    expect(only('MISC_CHECK {\nmisc_path /usr/bin/true\nmisc_timeout 0\n}', 'delay_loop 7')).toMatchObject({
      timeout: 7000,
    });
    expect(only('MISC_CHECK {\nmisc_path /usr/bin/true\nmisc_timeout 3\n}')).toMatchObject({ timeout: 3000 });
  });

  it('BFD_CHECK starts as alpha says, FILE_CHECK knows no alpha', () => {
    expect(only('BFD_CHECK {\nname b1\n}', 'alpha')).toMatchObject({ alpha: true });
    expect(only('BFD_CHECK {\nname b1\nalpha off\n}', 'alpha')).toMatchObject({ alpha: false });
    expect(only('FILE_CHECK {\ntrack_file f1\n}', 'alpha')).not.toHaveProperty('alpha');
  });
});

describe('SMTP_CHECK', () => {
  it('has a check for each host block, completed from around it', () => {
    const source = text(
      'SMTP_CHECK {\nretry 4\nhost {\nconnect_ip 10.0.1.5\nbindto 10.0.0.8\n}\nhost {\nconnect_ip 10.0.1.6\nconnect_port 26\nretry 2\n}\nhelo_name foo.example\n}',
    );
    expect(checkersOf(source)).toMatchObject([
      { type: 'SMTP_CHECK', address: '10.0.1.5', port: 80, bindAddress: '10.0.0.8', heloName: 'foo.example', retry: 4 },
      { type: 'SMTP_CHECK', address: '10.0.1.6', port: 26, heloName: 'foo.example', retry: 2 },
    ]);
  });
});

describe('UDP_CHECK', () => {
  it.each([
    ['"de ad b"', 'dead0b'],
    ['abc', 'ab0c'],
    ['0A', '0a'],
  ])('payload %s', (written, payload) => {
    expect(only(`UDP_CHECK {\npayload ${written}\n}`)).toMatchObject({ payload });
  });

  it.each([
    ['"x1 2x f3 4"', 'x12xf304'],
    ['123xX', '123x0x'],
  ])('require_reply %s', (written, replyPattern) => {
    expect(only(`UDP_CHECK {\nrequire_reply ${written}\n}`)).toMatchObject({ requireReply: true, replyPattern });
  });

  it('can require any reply', () => {
    const checker = only('UDP_CHECK {\nrequire_reply\nmin_reply_length 3\nmax_reply_length 9\n}');
    expect(checker).toMatchObject({ requireReply: true, minReplyLength: 3, maxReplyLength: 9 });
    expect(checker).not.toHaveProperty('replyPattern');
  });

  it.each([
    ['payload xyz', 'CFG_INVALID_WORD'],
    ['payload "12 zz"', 'CFG_INVALID_WORD'],
    ['payload', 'CFG_MISSING_VALUE'],
    ['require_reply zz', 'CFG_INVALID_WORD'],
    ['min_reply_length 300', 'CFG_REPLY_LENGTH'],
    ['min_reply_length 70000', 'CFG_INVALID_NUMBER'],
  ])('%s is reported, the check stays', (line, code) => {
    const source = text(`UDP_CHECK {\n${line}\n}`);
    expect(codes(source)).toContain(code);
    expect(checkersOf(source)).toHaveLength(1);
  });
});

describe('DNS_CHECK', () => {
  it('takes its type in any case, and keeps SOA for a type that is none', () => {
    expect(only('DNS_CHECK {\ntype aaaa\nname example.com\n}')).toMatchObject({
      queryType: 'AAAA',
      queryName: 'example.com',
    });
    const source = text('DNS_CHECK {\ntype foo\n}');
    expect(codes(source)).toEqual(['CFG_INVALID_WORD']);
    expect(checkersOf(source)).toMatchObject([{ queryType: 'SOA' }]);
  });
});

describe('MISC_CHECK', () => {
  it('splits its command and says whom it runs as', () => {
    expect(only('MISC_CHECK {\nmisc_path "/bin/true a \'b c\'"\nmisc_dynamic\nuser root root\n}')).toMatchObject({
      command: { argv: ['/bin/true', 'a', 'b c'], user: 'root', group: 'root' },
      dynamic: true,
    });
  });

  it('whose program is not there is left out without an error, as in the original', () => {
    const source = text('MISC_CHECK {\nmisc_path /no/such\n}');
    expect(codes(source)).toEqual([]);
    expect(checkersOf(source)).toEqual([]);
  });

  it('without a program is reported', () => {
    expect(codes(text('MISC_CHECK {\n}'))).toEqual(['CFG_INCOMPLETE']);
  });
});

describe('FILE_CHECK and BFD_CHECK', () => {
  it.each([
    ['weight -4 noreverse', { weight: -4, reverse: false }],
    // A weight says it all: the reverse of the track_file counts for the weight of the track_file only.
    ['weight 5', { weight: 5, reverse: false }],
    ['weight 0 reverse', { weight: 0, reverse: true }],
  ])('%s', (line, expected) => {
    expect(only(`FILE_CHECK {\ntrack_file f1\n${line}\n}`)).toMatchObject(expected);
  });

  it.each([
    ['FILE_CHECK {\ntrack_file nope\n}', 'CFG_UNKNOWN_REFERENCE'],
    ['FILE_CHECK {\n}', 'CFG_INCOMPLETE'],
    ['BFD_CHECK {\nname nope\n}', 'CFG_UNKNOWN_REFERENCE'],
    ['BFD_CHECK {\n}', 'CFG_INCOMPLETE'],
  ])('%j is reported and left out', (checker, code) => {
    expect(codes(text(checker))).toEqual([code]);
    expect(checkersOf(text(checker))).toEqual([]);
  });

  it('may name what is defined behind them', () => {
    const source = service('', 'weight 1\nFILE_CHECK {\ntrack_file f1\n}\nBFD_CHECK {\nname b1\n}') + before;
    expect(codes(source)).toEqual([]);
    expect(checkersOf(source)).toMatchObject([{ trackFile: 'f1' }, { instance: 'b1' }]);
  });
});

describe('urls', () => {
  it('keep the sizes of the stack of their regex', () => {
    const url = (line: string) => only(`HTTP_GET {\nurl {\npath /\n${line}\n}\n}`);
    expect(url('regex_stack 100 2000')).toMatchObject({ urls: [{ regexStack: { start: 100, max: 2000 } }] });
    expect(JSON.stringify(url('regex_stack 20 10'))).not.toContain('regexStack');
    expect(codes(text('HTTP_GET {\nurl {\npath /\nregex_stack a b\n}\n}'))).toEqual([]);
  });

  it('end TLS in an orderly way if they or their check say so', () => {
    const check = (outer: string, inner: string) => only(`SSL_GET {\n${outer}\nurl {\npath /\n${inner}\n}\n}`);
    expect(check('tls_compliant', '')).toMatchObject({ urls: [{ tlsCompliant: true }] });
    expect(check('tls_compliant', 'tls_compliant off')).toMatchObject({ urls: [{ tlsCompliant: false }] });
    expect(check('', '')).toMatchObject({ urls: [{ tlsCompliant: false }] });
  });
});

describe('servers keep', () => {
  it('what they say of their checks, and their names for SNMP', () => {
    const [found] = model(
      service(
        'snmp_name vs\nretry 2\nvirtualhost v\nweight 9\ninhibit_on_failure',
        'snmp_name rs\nalpha off\nwarmup 4',
      ),
    ).check.virtualServers;
    expect(found).toMatchObject({
      snmpName: 'vs',
      checkDefaults: { retry: 2, virtualHost: 'v' },
      defaultWeight: 9,
      inhibitOnFailure: true,
      forwarding: { method: 'NAT' },
      family: 'inet',
      realServers: [
        { snmpName: 'rs', checkDefaults: { alpha: false, warmup: 4000 }, weight: 9, inhibitOnFailure: true },
      ],
    });
    expect(model(service()).check.virtualServers[0]).not.toHaveProperty('checkDefaults');
  });

  it('ha_suspend for addresses and groups of addresses, not for firewall marks', () => {
    const group = (entries: string) =>
      `virtual_server_group G {\n${entries}\n}\n${service('ha_suspend').replace('10.0.0.1 80', 'group G')}`;
    const suspends = (source: string) => model(source).check.virtualServers[0]?.haSuspend;
    expect(suspends(service('ha_suspend'))).toBe(true);
    expect(suspends(group('10.1.0.1-5 80'))).toBe(true);
    expect(suspends(group('10.1.0.1 80\nfwmark 7 inet'))).toBe(false);
    expect(codes(group('10.1.0.1 80\nfwmark 7 inet'))).toEqual(['CFG_HA_SUSPEND']);
  });

  it('the certificate to show, from SSL', () => {
    const ssl = 'SSL {\npassword p\nca /etc/ca.pem\ncertificate /etc/c.pem\nkey /etc/k.pem\n}\n';
    expect(model(ssl + service()).check.tlsClient).toEqual({
      password: 'p',
      authorities: '/etc/ca.pem',
      certificate: '/etc/c.pem',
      key: '/etc/k.pem',
    });
    expect(model(service()).check).not.toHaveProperty('tlsClient');
  });
});

describe('printed and read again', () => {
  it('is the same', () => {
    const checkers = [
      'TCP_CHECK {\nconnect_ip 10.0.0.7\nconnect_port 81\nbindto 10.0.0.9\nbind_port 99\nbind_if lo\nfwmark 5\nconnect_timeout 0.25\n}',
      'SMTP_CHECK {\nhelo_name a.example\nhost {\nconnect_ip 10.0.1.5\n}\nhost {\n}\n}',
      'DNS_CHECK {\ntype mx\nname example.com\n}',
      'UDP_CHECK {\npayload "de ad"\nrequire_reply 1x\nmin_reply_length 2\nmax_reply_length 500\n}',
      'UDP_CHECK {\nrequire_reply\n}',
      'PING_CHECK {\ndelay_loop 0.5\n}',
      'MISC_CHECK {\nmisc_path "/bin/true a \'b c\'"\ndelay_loop 1.5\nmisc_dynamic\nuser root root\n}',
      'MISC_CHECK {\nmisc_path /bin/true\nmisc_timeout 3\n}',
      'FILE_CHECK {\ntrack_file f1\nweight 5\n}',
      'FILE_CHECK {\ntrack_file f1\n}',
      'SSL_GET {\nsni_name s.example\nhttp_protocol 1.1\ntls_compliant\nurl {\npath /\nregex_stack 100 2000\n}\nurl {\npath /b\ntls_compliant off\nregex "^a b\\\\d"\nstatus_code 200 300-305\n}\n}',
    ].join('\n');
    const servers = 'snmp_name rs\nalpha off\nwarmup 4\nretry 2\nvirtualhost "v"';
    const file = `global_defs {\nenable_script_security\n}\nSSL {\ncertificate /etc/c.pem\n}\nvirtual_server_group G {\n10.1.0.254-10.1.1.3 80\n2001:db8::/126 443\nfwmark 7 inet6\n}\n${text(checkers, 'snmp_name vs\nretry 3\nalpha\nweight 7\ninhibit_on_failure', servers)}`;
    const { first, second, complaints } = roundTrip(model(file));
    expect(complaints).toEqual([]);
    const serversOf = (meaning: unknown) => (meaning as { readonly check: unknown }).check;
    expect(serversOf(second)).toEqual(serversOf(first));
  });
});
