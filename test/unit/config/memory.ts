/** The reader's ports without a machine: files from a table, facts as the test says. */
import { counts } from '../../../src/config/diagnostics.ts';
import { loadConfiguration, type LoadOptions, type LoadResult } from '../../../src/config/load.ts';
import type { Configuration } from '../../../src/config/model.ts';
import type { ConfigurationFiles, FileProblem, HostFacts } from '../../../src/config/ports.ts';

/** What stands for a file that cannot be read. */
export interface Unreadable {
  readonly problem: FileProblem;
}

export type FileTable = Readonly<Record<string, string | Unreadable>>;

/** Shell pattern to expression: `*`, `?` and sets, none of which match a slash. */
function toExpression(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${body}$`);
}

export function memoryFiles(table: FileTable): ConfigurationFiles {
  return {
    absolute: (path) => (path.startsWith('/') ? path : `/etc/keepalived/${path}`),
    read(path) {
      const entry = table[path];
      if (entry === undefined) return { ok: false, problem: 'missing', detail: '' };
      return typeof entry === 'string' ? { ok: true, text: entry } : { ok: false, problem: entry.problem, detail: '' };
    },
    glob(pattern) {
      const expression = toExpression(pattern);
      return Object.keys(table)
        .filter((name) => expression.test(name))
        .sort();
    },
    isDirectory(path) {
      const entry = table[path];
      return typeof entry === 'object' && entry.problem === 'directory';
    },
  };
}

export const mainFile = '/etc/keepalived/keepalived.conf';

/** A host with lo, eth0 and eth1, root, and /usr/bin/true as its only program. */
export const plainHost: HostFacts = {
  interfaceExists: (name) => ['lo', 'eth0', 'eth1'].includes(name),
  user: (name) => (name === 'root' ? { uid: 0, gid: 0 } : undefined),
  group: (name) => (name === 'root' ? 0 : undefined),
  script: (command) =>
    command === '/usr/bin/true' || command === '/bin/true'
      ? { found: true, path: command, executable: true }
      : { found: false, detail: 'there is no such file' },
  effectiveUser: { uid: 0, gid: 0 },
};

export interface TestOptions extends Partial<Omit<LoadOptions, 'files' | 'path'>> {
  readonly files?: FileTable;
  readonly path?: string;
}

/** Loads a text as the main file. */
export function load(text: string, options: TestOptions = {}): LoadResult {
  const { files, path, ...rest } = options;
  return loadConfiguration({
    path: path ?? mainFile,
    files: memoryFiles({ [mainFile]: text, ...files }),
    configId: 'node1',
    environment: {},
    random: () => 0.5,
    host: plainHost,
    mode: 'test',
    ...rest,
  });
}

/** The model of a text that must load. */
export function model(text: string, options: TestOptions = {}): Configuration {
  const { configuration, diagnostics } = load(text, options);
  if (!configuration) throw new Error(`not loaded: ${diagnostics.map((diagnostic) => diagnostic.message).join('; ')}`);
  return configuration;
}

/** Codes of everything that counts (notes of ours left out), in order. */
export function codes(text: string, options: TestOptions = {}): string[] {
  return load(text, options)
    .diagnostics.filter((diagnostic) => counts(diagnostic.class))
    .map((diagnostic) => diagnostic.code);
}

/** A sound vrrp_instance with further lines. */
export function instance(lines = '', name = 'VI_1', id = 51): string {
  return `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${id}\nvirtual_ipaddress {\n10.0.0.${id}/24\n}\n${lines}\n}\n`;
}

/** A sound virtual_server with further lines for it and for its real server. */
export function service(lines = '', serverLines = 'weight 1', method = 'NAT'): string {
  return `virtual_server 10.0.0.1 80 {\nlvs_sched rr\nlvs_method ${method}\nprotocol TCP\n${lines}\nreal_server 10.0.0.2 80 {\n${serverLines}\n}\n}\n`;
}

/** router_id of a global_defs, the shortest way to see what a line became. */
export function routerId(text: string, options: TestOptions = {}): string | undefined {
  return model(text, options).global.routerId;
}
