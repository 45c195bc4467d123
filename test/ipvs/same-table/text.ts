/**
 * Configurations that live side by side in one daemon: each has addresses, marks and a group of its own, which the
 * texts name by letters ($V, $R1, ...) and its number fills in.
 */

/** Two services through the same events under two daemons. */
export interface Configuration extends Service {
  readonly name: string;
  /** Where it runs, if it cannot share a daemon with the others. */
  readonly place?: string;
  /**
   * What happens, and behind ` > ` the servers that IPVS has then: `start > 1 2`, `refuse 1 > 2`, `reload > 1 3=5`
   * (server 3 with weight 5). Others: `serve 1 2`, `wrong 1`, `slow 1`, `number 5` in the track file, `status 7` of the
   * program, `address here`, `address gone`.
   */
  readonly events: readonly string[];
  /** What is different from the event `reload` on. */
  readonly changed?: Partial<Service>;
  /** With notify scripts too. They are dear in the guest; FIFOs are not. */
  readonly scripts?: true;
  /** Lines that match differ deliberately from the reload on, with the words of docs/differences.md that explain them. */
  readonly differs?: { readonly lines: RegExp; readonly explained: string };
}

/** A virtual server as text. */
export interface Service {
  /** Behind `virtual_server`; `$V 80` unless given. */
  readonly head?: string;
  readonly scheduler?: string;
  readonly method?: string;
  /** Empty: the line is left out. */
  readonly protocol?: string;
  readonly lines?: readonly string[];
  readonly servers?: readonly string[];
  /** Before it: groups, track files. */
  readonly blocks?: readonly string[];
  /** Behind it: further virtual servers that belong to the same configuration. */
  readonly more?: readonly string[];
}

/** What a check finds on a server that is well, as a page. */
export const goodPage = 'all is well\n';
/** Its MD5. */
export const goodDigest = '@DIGEST@';

export function block(head: string, ...lines: readonly string[]): string {
  return `${head} {\n${lines.join('\n')}\n}`;
}

interface ServerOptions {
  readonly port?: number | '';
  readonly family?: 4 | 6;
  readonly lines?: readonly string[];
  readonly check?: string;
}

export const tcpCheck = block('TCP_CHECK', 'connect_port 80');
export const httpCheck = block(
  'HTTP_GET',
  'connect_port 80',
  'connect_timeout 3',
  'delay_before_retry 0.3',
  block('url', 'path /', `digest ${goodDigest}`),
);

/**
 * Real server number `n` of the configuration: $R1 or, of IPv6, $W1. Checked on port 80 with TCP unless said otherwise,
 * if anything happens to it: checks are dear in the guest.
 */
export function server(n: number, options: ServerOptions = {}): string {
  const { port = 80, family = 4, lines = [], check = `$C${n}` } = options;
  return block(
    `real_server ${family === 4 ? '$R' : '$W'}${n} ${port}`,
    `notify_up "/run/say.sh $N up ${n}"`,
    `notify_down "/run/say.sh $N down ${n}"`,
    ...lines,
    check,
  );
}

export function service(text: Service): string {
  const { head = '$V 80', lines = [], method = 'NAT', protocol = 'TCP', scheduler = 'rr' } = text;
  const { servers = [server(1), server(2)] } = text;
  return block(
    `virtual_server ${head}`,
    `lvs_sched ${scheduler}`,
    `lvs_method ${method}`,
    ...(protocol === '' ? [] : [`protocol ${protocol}`]),
    'delay_loop 1',
    'warmup 0',
    'retry 1',
    'delay_before_retry 0.2',
    'connect_timeout 5',
    'quorum_up "/run/say.sh $N quorum up"',
    'quorum_down "/run/say.sh $N quorum down"',
    ...lines,
    ...servers,
  );
}

/** Marks of a configuration are $M0 to $M9. */
const firstMark = 1000;

export function fill(text: string, number: number): string {
  return text
    .replace(/\$V(\d?)/g, (_, n: string) => `10.8.${number}.${n === '' ? 1 : n}`)
    .replace(/\$X(\d?)/g, (_, n: string) => `2001:db8:8:${number}::${n === '' ? 1 : n}`)
    .replace(/\$R(\d)/g, `10.9.${number}.$1`)
    .replace(/\$W(\d)/g, `2001:db8:9:${number}::$1`)
    .replace(/\$M(\d)/g, (_, n: string) => String(firstMark + 10 * number + Number(n)))
    .replace(/\$G/g, `g${number}`)
    .replace(/\$N/g, String(number));
}

/** The number of the configuration that a line of ipvsadm, FIFO or script is about. */
export function numberOf(line: string): number | undefined {
  const [, address] =
    /\b10\.8\.(\d+)\./.exec(line) ?? /\b2001:db8:8:(\d+):/.exec(line) ?? /\[g(\d+)\]/.exec(line) ?? [];
  if (address !== undefined) return Number(address);
  const [, mark] = /(?:-f|FWM) (\d+)/.exec(line) ?? [];
  return mark === undefined ? undefined : Math.floor((Number(mark) - firstMark) / 10);
}

/** `1 2=0 3=5`: the servers in lines of ipvsadm -S, each once, with their weights where these are not 1. */
export function poolOf(table: readonly string[]): string {
  const members = table.flatMap((line) => {
    const [, last = '', weight = ''] = /^-a .* -r \S*?[.:](\d)\]?(?::\d+)? .*-w (\d+)/.exec(line) ?? [];
    return last === '' ? [] : [weight === '1' ? last : `${last}=${weight}`];
  });
  return [...new Set(members)].toSorted().join(' ');
}

/** The text of one configuration, before or after its reload. */
export function textOf(configuration: Configuration, number: number, reloaded: boolean): string {
  const now = { ...configuration, ...(reloaded && configuration.changed) };
  const text = [...(now.blocks ?? []), service(now), ...(now.more ?? [])].join('\n');
  const happens = configuration.events.map((event) => event.split(' > ')[0] ?? '').join(' ');
  const checked = text.replace(/\$C(\d)/g, (_, n: string) => (new RegExp(` W?${n}\\b`).test(happens) ? tcpCheck : ''));
  const silent =
    configuration.scripts === true ? checked : checked.replace(/^(notify|quorum)_.*\/run\/say\.sh.*\n/gm, '');
  return fill(silent, number);
}
