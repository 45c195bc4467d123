/**
 * Readers of the dump files, written from what is known of the programs that read them in the field. Each takes what its
 * program takes, and throws where that program gives up.
 */

export interface ReadInstance {
  readonly name: string;
  readonly values: Map<string, string>;
  readonly addresses: { readonly ip: string; readonly device: string }[];
  readonly excluded: { readonly ip: string; readonly device: string }[];
}

/**
 * The Prometheus exporter's reading of keepalived.data: an instance starts with one space, its properties with three,
 * items of lists with five; anything else ends it.
 */
export function readExporterData(text: string): {
  instances: ReadInstance[];
  scripts: Map<string, Map<string, string>>;
} {
  const instances: ReadInstance[] = [];
  const scripts = new Map<string, Map<string, string>>();
  let instance: ReadInstance | undefined;
  let script: Map<string, string> | undefined;
  let list = '';
  for (const line of text.split('\n')) {
    const instanceName = /^ VRRP Instance = (.+)$/.exec(line)?.[1];
    const scriptName = /^ VRRP Script = (.+)$/.exec(line)?.[1];
    // Version 1.3 had the version on a line of its own.
    if (line.startsWith(' VRRP Version')) continue;
    if (instanceName !== undefined) {
      instance = { name: instanceName, values: new Map(), addresses: [], excluded: [] };
      instances.push(instance);
      script = undefined;
    } else if (scriptName !== undefined) {
      script = new Map();
      scripts.set(scriptName, script);
      instance = undefined;
    } else if (line.startsWith('     ')) {
      const words = line.trim().split(' ');
      const item = { ip: words[0] ?? '', device: words[2] ?? '' };
      if (list.startsWith('Virtual IP Excluded')) instance?.excluded.push(item);
      else if (list.startsWith('Virtual IP')) instance?.addresses.push(item);
    } else if (line.startsWith('   ')) {
      const property = /^ {3}([^=]+?) = (.*)$/.exec(line);
      list = line.trim();
      if (property !== null) (instance?.values ?? script)?.set(property[1] ?? '', property[2] ?? '');
    } else {
      instance = undefined;
      script = undefined;
    }
  }
  return { instances, scripts };
}

/** What the exporter makes of an instance; it gives the scrape up where one of these is not what it expects. */
export interface ScrapedInstance {
  readonly name: string;
  readonly interface: string;
  readonly state: string;
  readonly wantedState: string;
  readonly virtualRouterId: number;
  readonly garpDelay: number;
  readonly addresses: readonly string[];
  readonly excluded: readonly string[];
}

const stateNames = ['INIT', 'BACKUP', 'MASTER', 'FAULT'] as const;

function oneOf(words: readonly string[], value: string, what: string): string {
  if (!words.includes(value)) throw new Error(`${what}: ${value}`);
  return value;
}

function integer(value: string | undefined, what: string): number {
  if (value === undefined || !/^-?\d+$/.test(value)) throw new Error(`${what} is no integer: ${value ?? 'missing'}`);
  return Number(value);
}

/** The metrics' labels and values from the text files. */
export function scrapeInstances(text: string): ScrapedInstance[] {
  const place = (item: { readonly ip: string; readonly device: string }): string => `${item.ip} ${item.device}`;
  return readExporterData(text).instances.map(({ addresses, excluded, name, values }) => ({
    name,
    interface: values.get('Interface') ?? values.get('Listening device') ?? '',
    state: oneOf(stateNames, values.get('State') ?? '', `state of ${name}`),
    // Version 1.3 had none.
    wantedState: oneOf(stateNames, values.get('Wantstate') ?? values.get('State') ?? '', `wanted state of ${name}`),
    virtualRouterId: integer(values.get('Virtual Router ID'), `router id of ${name}`),
    garpDelay: integer(values.get('Gratuitous ARP delay'), `gratuitous ARP delay of ${name}`),
    addresses: addresses.map(place),
    excluded: excluded.map(place),
  }));
}

/** Status and state of every script, each one of the words that the exporter knows. */
export function scrapeScripts(text: string): string[] {
  return [...readExporterData(text).scripts].map(([name, values]) => {
    const status = oneOf(['BAD', 'GOOD'], values.get('Status') ?? '', `status of ${name}`);
    const states = ['idle', 'running', 'requested termination', 'forcing termination'];
    // Version 1.3 had none.
    oneOf(states, values.get('State') ?? 'idle', `state of ${name}`);
    return `${name} ${status}`;
  });
}

/** The exporter's reading of keepalived.stats: name at column 0, sections two spaces, values four. All are integers. */
export function readExporterStatistics(text: string): Map<string, Map<string, number>> {
  const instances = new Map<string, Map<string, number>>();
  let current: Map<string, number> | undefined;
  let section = '';
  for (const line of text.split('\n')) {
    const name = /^VRRP Instance: (.+)$/.exec(line)?.[1];
    const value = /^( {2}| {4})(\S[^:]*): (\d+)$/.exec(line);
    const heading = /^ {2}(\S[^:]*):$/.exec(line)?.[1];
    if (name !== undefined) instances.set(name, (current = new Map<string, number>()));
    else if (heading !== undefined) section = heading;
    else if (value !== null) {
      const key = value[1] === '    ' ? `${section}/${value[2] ?? ''}` : (value[2] ?? '');
      current?.set(key, Number(value[3]));
    } else if (line !== '') throw new Error(`unreadable line: ${line}`);
  }
  return instances;
}

/**
 * The second exporter's reading of keepalived.data: the first line of an instance that is not three spaces with an
 * equals sign behind them ends it, so that of newer versions it sees name and state only.
 */
export function readSecondExporterData(text: string): string[] {
  const found: string[] = [];
  let name = '';
  let state = 'INIT';
  for (const line of text.split('\n')) {
    const started = /^ VRRP Instance = (.+)$/.exec(line)?.[1];
    if (started !== undefined) name = started;
    else if (line.startsWith('   ') && line.includes('=') && name !== '') {
      const [key = '', value = ''] = line.trim().split('=');
      if (key.trim() === 'State' && (stateNames as readonly string[]).includes(value.trim())) state = value.trim();
      if (key.trim() === 'Last transition' && !(Number.parseFloat(value) > 0)) throw new Error(`transition: ${value}`);
    } else if (!line.startsWith(' VRRP Version') && name !== '') {
      found.push(`${name} ${state}`);
      name = '';
      state = 'INIT';
    }
  }
  return found;
}

/** Counters that both exporters take from the JSON file, and the place of the same number in keepalived.stats. */
const counters = {
  advert_rcvd: 'Advertisements/Received',
  advert_sent: 'Advertisements/Sent',
  become_master: 'Became master',
  release_master: 'Released master',
  packet_len_err: 'Packet Errors/Length',
  advert_interval_err: 'Packet Errors/Advertisement Interval',
  ip_ttl_err: 'Packet Errors/TTL',
  invalid_type_rcvd: 'Packet Errors/Invalid Type',
  addr_list_err: 'Packet Errors/Address List',
  invalid_authtype: 'Authentication Errors/Invalid Type',
  authtype_mismatch: 'Authentication Errors/Type Mismatch',
  auth_failure: 'Authentication Errors/Failure',
  pri_zero_rcvd: 'Priority Zero/Received',
  pri_zero_sent: 'Priority Zero/Sent',
} as const;

export interface JsonInstance {
  readonly data: Readonly<Record<string, unknown>>;
  readonly stats: Readonly<Record<string, unknown>>;
}

/** Version 1 is an array; of version 2 it is one member. */
export function readJson(text: string): readonly JsonInstance[] {
  const parsed = JSON.parse(text) as readonly JsonInstance[] | { readonly vrrp: readonly JsonInstance[] };
  return 'vrrp' in parsed ? parsed.vrrp : parsed;
}

/** The exporters' reading of the JSON file: the same as they read from the text. They decode whole numbers only. */
export function scrapeJson(text: string): ScrapedInstance[] {
  return readJson(text).map(({ data, stats }) => {
    for (const key of Object.keys(counters)) integer(String(stats[key]), key);
    const places = (key: string): string[] =>
      ((data[key] ?? []) as string[]).map((address) => {
        const words = address.split(' ');
        return `${words[0] ?? ''} ${words[2] ?? ''}`;
      });
    const state = (key: string): string => stateNames[integer(String(data[key]), key)] ?? 'unknown';
    return {
      name: String(data['iname']),
      interface: String(data['ifp_ifname']),
      state: state('state'),
      wantedState: state('wantstate'),
      virtualRouterId: integer(String(data['vrid']), 'vrid'),
      garpDelay: integer(String(data['garp_delay']), 'garp_delay'),
      addresses: places('vips'),
      excluded: places('evips'),
    };
  });
}

/** Whether the JSON file counts the same as the statistics file that was written with it, by instance. */
export function countersOfJson(text: string): Map<string, Map<string, number>> {
  return new Map(
    readJson(text).map(({ data, stats }) => [
      String(data['iname']),
      new Map(Object.entries(counters).map(([key, place]) => [place, Number(stats[key])])),
    ]),
  );
}

/** A router distribution's table: name, interface, id, state, priority, and for how many seconds. */
export function applianceTable(json: string, now: number): string[][] {
  return readJson(json).map(({ data }) => {
    const since = now / 1000 - Number.parseFloat(String(data['last_transition']));
    if (!(since >= -1 && since < 600)) throw new Error(`since ${since} s`);
    const state = stateNames[Number(data['state'])] ?? 'UNKNOWN';
    return [data['iname'], data['ifp_ifname'], data['vrid'], state, data['effective_priority']].map(String);
  });
}

/** `grep -A 6 'VRRP Topology' FILE | awk -F= '/State/{print $2}'` */
export function grepFirstState(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.includes('VRRP Topology'));
  const found = lines.slice(start, start + 7).filter((line) => line.includes('State'));
  return found.map((line) => line.split('=')[1] ?? '').join('\n');
}
