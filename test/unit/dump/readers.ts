/** Readers of the dump files, written from what is known of the programs that read them in the field. */

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

/** `grep -A 6 'VRRP Topology' FILE | awk -F= '/State/{print $2}'` */
export function grepFirstState(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.includes('VRRP Topology'));
  const found = lines.slice(start, start + 7).filter((line) => line.includes('State'));
  return found.map((line) => line.split('=')[1] ?? '').join('\n');
}
