/** The configurations that are measured. Pure. */

export interface InstanceOptions {
  readonly version: 2 | 3;
  /** Milliseconds. */
  readonly interval: number;
  /** 255 (the address owner) is master from its first moment on, which makes short runs. */
  readonly priority: number;
  /** `vrrp_rt_priority`, or undefined for normal scheduling. */
  readonly realTimePriority?: number | undefined;
  /** Number of instances beside the measured one; for reloads that change something. */
  readonly extraInstances?: number;
}

function globalDefinitions({ realTimePriority }: InstanceOptions): string[] {
  return [
    'global_defs {',
    '    router_id measured',
    ...(realTimePriority === undefined ? [] : [`    vrrp_rt_priority ${realTimePriority}`]),
    '}',
  ];
}

function instance(name: string, virtualRouterId: number, address: string, options: InstanceOptions): string[] {
  return [
    `vrrp_instance ${name} {`,
    `    state ${options.priority === 255 ? 'MASTER' : 'BACKUP'}`,
    '    interface eth0',
    `    virtual_router_id ${virtualRouterId}`,
    `    priority ${options.priority}`,
    `    version ${options.version}`,
    `    advert_int ${options.interval / 1000}`,
    ...(options.version === 2
      ? ['    authentication {', '        auth_type PASS', '        auth_pass measured', '    }']
      : []),
    '    virtual_ipaddress {',
    `        ${address}`,
    '    }',
    '}',
  ];
}

/** The most instances that fit onto one LAN with an address each here: a virtual router id is one octet. */
export const mostInstances = 250;

/** One side of a pair of large routers: `count` instances, routers from 1 on, with one address each. */
export function manyConfiguration(count: number, options: InstanceOptions): string {
  if (count > mostInstances) throw new RangeError(`${count} instances: at most ${mostInstances}`);
  const lines = [...globalDefinitions(options)];
  for (let number = 1; number <= count; number++) {
    lines.push(...instance(`VI_${number}`, number, `10.0.0.${number}/32`, options));
  }
  return `${lines.join('\n')}\n`;
}

export interface BfdPairOptions {
  readonly own: string;
  readonly neighbor: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly multiplier: number;
  /** `bfd_rt_priority` and `vrrp_rt_priority`, or undefined for normal scheduling. */
  readonly realTimePriority?: number | undefined;
  /** The instance beside the session; it follows the session if it has the higher priority. */
  readonly instance?: InstanceOptions;
}

/** One side of a BFD session, with an instance that follows it on the master. */
export function bfdConfiguration(options: BfdPairOptions): string {
  const { instance: wish, interval, multiplier, neighbor, own, realTimePriority } = options;
  const lines = wish === undefined ? [] : instance('VI_1', measuredRouter, '192.0.2.100/24', wish);
  if (wish !== undefined && wish.priority > 100) lines.splice(-1, 0, '    track_bfd {', '        peer', '    }');
  return [
    'global_defs {',
    '    router_id measured',
    ...(realTimePriority === undefined
      ? []
      : [`    bfd_rt_priority ${realTimePriority}`, `    vrrp_rt_priority ${realTimePriority}`]),
    '}',
    'bfd_instance peer {',
    `    neighbor_ip ${neighbor}`,
    `    source_ip ${own}`,
    `    min_rx ${interval}`,
    `    min_tx ${interval}`,
    `    multiplier ${multiplier}`,
    '}',
    ...lines,
    '',
  ].join('\n');
}

/** Virtual router of the measured instance; extra ones count up from it. */
export const measuredRouter = 51;

/** One side of the pair: VRRP only, one instance on eth0 with one address. */
export function pairConfiguration(options: InstanceOptions): string {
  const lines = [...globalDefinitions(options), ...instance('VI_1', measuredRouter, '192.0.2.100/24', options)];
  for (let extra = 1; extra <= (options.extraInstances ?? 0); extra++) {
    lines.push(...instance(`VI_EXTRA_${extra}`, measuredRouter + extra, `192.0.2.${100 + extra}/24`, options));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * A large balancer: `virtualServers` services (at most 62,500) with `realServers` checked servers each (at most 250).
 * 10,000 with 3 make 270,003 lines.
 */
export function* largeConfiguration(virtualServers: number, realServers: number): Generator<string> {
  yield 'global_defs {\n    router_id large\n}\n';
  for (let service = 0; service < virtualServers; service++) {
    const high = Math.floor(service / 250);
    const low = (service % 250) + 1;
    const servers = Array.from({ length: realServers }, (_, server) =>
      [
        `    real_server 10.${server + 1}.${high}.${low} 80 {`,
        '        weight 1',
        '        TCP_CHECK {',
        '            connect_timeout 3',
        '            connect_port 80',
        '        }',
        '    }',
      ].join('\n'),
    );
    const head = ['    delay_loop 6', '    lb_algo rr', '    lb_kind NAT', '    protocol TCP'];
    yield `${[`virtual_server 10.0.${high}.${low} 80 {`, ...head, ...servers, '}'].join('\n')}\n`;
  }
}

export type CheckKind = 'TCP_CHECK' | 'HTTP_GET';

/** Seconds between two checks of a server, and how a failed one is repeated. */
export const checkTimes = { delayLoop: 1, retry: 2, delayBeforeRetry: 1 } as const;

/** `count` services (at most 62,500) with one server each, all of them on loopback addresses. */
export function* checkedConfiguration(kind: CheckKind, count: number, port: number): Generator<string> {
  yield 'global_defs {\n    router_id checks\n}\n';
  const { delayLoop, retry, delayBeforeRetry } = checkTimes;
  const times = `connect_timeout 3\n retry ${retry}\n delay_before_retry ${delayBeforeRetry}\n`;
  const check = kind === 'TCP_CHECK' ? times : `url {\n path /\n status_code 200\n }\n ${times}`;
  for (let service = 0; service < count; service++) {
    const high = Math.floor(service / 250);
    const low = (service % 250) + 1;
    yield [
      `virtual_server 10.0.${high}.${low} 80 {`,
      `    delay_loop ${delayLoop}\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP`,
      `    real_server 127.1.${high}.${low} ${port} {`,
      `        ${kind} {\n ${check} }`,
      '    }',
      '}\n',
    ].join('\n');
  }
}

/**
 * `services` with `servers` checked servers between them, on loopback addresses: every 50th on a port where nobody
 * listens, every third with weight `weight`.
 */
export function* manyServers(services: number, servers: number, port: number, weight: number): Generator<string> {
  yield 'global_defs {\n    router_id many\n}\n';
  let server = 0;
  for (let service = 1; service <= services; service++) {
    const lines = [
      `virtual_server 10.0.${service >> 8}.${service & 255} 80 {`,
      '    delay_loop 15\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP',
    ];
    for (; server < Math.floor((service * servers) / services); server++) {
      lines.push(
        `    real_server 127.${1 + (server >> 16)}.${(server >> 8) & 255}.${server & 255} ${server % 50 === 49 ? port + 1 : port} {`,
        `        weight ${server % 3 === 0 ? weight : 1}`,
        '        TCP_CHECK {\n            connect_timeout 3\n            retry 0\n        }\n    }',
      );
    }
    yield `${lines.join('\n')}\n}\n`;
  }
}

/** What a reload finds changed at every third server: nothing, its weight, or its address. */
export type ThirdChanged = 'nothing' | 'weight' | 'address';

export const scaledPort = 8080;

/**
 * `services` (at most 62,500) with three servers each on loopback addresses, where every address answers.
 * @param checked with a TCP_CHECK each, an hour apart, so that checks are not what is measured
 */
export function* scaledConfiguration(services: number, checked: boolean, changed: ThirdChanged): Generator<string> {
  yield 'global_defs {\n    router_id scale\n}\n';
  const check = checked
    ? `        TCP_CHECK {\n            connect_timeout 5\n            connect_port ${scaledPort}\n        }\n`
    : '';
  const head = '    delay_loop 3600\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n';
  for (let index = 0; index < services; index++) {
    const { service, servers } = serversOfService(index, changed);
    const blocks = servers.map((address, server) => {
      const weight = server === 2 && changed === 'weight' ? 2 : 1;
      return `    real_server ${address} ${scaledPort} {\n        weight ${weight}\n${check}    }\n`;
    });
    yield `virtual_server ${service} 80 {\n${head}${blocks.join('')}}\n`;
  }
}

/** The addresses of the service with this number, from 0 on. */
export function serversOfService(
  index: number,
  changed: ThirdChanged,
): { service: string; servers: readonly string[] } {
  const place = `${Math.floor(index / 250)}.${(index % 250) + 1}`;
  const third = changed === 'address' ? 4 : 3;
  return { service: `10.0.${place}`, servers: [1, 2, third].map((server) => `127.${server}.${place}`) };
}
