import { describe, expect, it } from 'vitest';
import { parseKeepalivedArguments, type KeepalivedArguments } from '../../../src/cli/keepalived-arguments.ts';
import { collectQuickly } from '../../../src/process/memory-rest.ts';
import { RememberedReading } from '../../../src/process/remembered-reading.ts';
import type { MachinePorts } from '../../../src/process/configuration-source.ts';

/** A machine with these files, one account, one interface. */
class Machine {
  readonly texts = new Map<string, string>();
  uid = 1000;
  reads = 0;
  randoms = 0;

  ports(): MachinePorts {
    return {
      files: {
        absolute: (path) => path,
        read: (path) => {
          this.reads++;
          const text = this.texts.get(path);
          return text === undefined ? { ok: false, problem: 'missing', detail: 'ENOENT' } : { ok: true, text };
        },
        glob: (pattern) =>
          [...this.texts.keys()].filter(
            (name) => name === pattern || (pattern.endsWith('*.conf') && name.startsWith('/d/')),
          ),
        isDirectory: () => false,
      },
      host: { user: (name) => (name === 'web' ? { uid: this.uid, gid: 100 } : undefined), interfaceExists: () => true },
      random: () => {
        this.randoms++;
        return 0.5;
      },
    };
  }
}

function argumentsFor(file: string): KeepalivedArguments {
  const parsed = parseKeepalivedArguments(['-f', file, '-i', 'lb1']);
  if (parsed.kind !== 'run') throw new Error('not understood');
  return parsed.arguments;
}

const main = '/k.conf';
const args = argumentsFor(main);
const text = `global_defs {
  script_user web
}
include /d/*.conf
virtual_server 192.0.2.1 80 {
  protocol TCP
  real_server 198.51.100.1 80 {
    weight 1
  }
}
`;

function begun(): { machine: Machine; reading: RememberedReading } {
  const machine = new Machine();
  machine.texts.set(main, text).set('/d/a.conf', '# nothing\n');
  return { machine, reading: new RememberedReading(() => machine.ports()) };
}

describe('a reading that is remembered', () => {
  it('is the very same while the machine answers as before', () => {
    const { reading } = begun();
    const first = reading.read(args);
    expect(first.configuration?.check.virtualServers).toHaveLength(1);
    expect(reading.read(args)).toBe(first);
  });

  it.each<[string, (machine: Machine) => void]>([
    ['the file', (machine) => machine.texts.set(main, text.replace('weight 1', 'weight 2'))],
    ['a comment', (machine) => machine.texts.set(main, `${text}# end\n`)],
    ['an included file', (machine) => machine.texts.set('/d/a.conf', 'global_defs {\n  router_id x\n}\n')],
    ['a file more that a pattern matches', (machine) => machine.texts.set('/d/b.conf', '# more\n')],
    ['an account', (machine) => void (machine.uid = 1001)],
    ['a file that is gone', (machine) => machine.texts.delete(main)],
  ])('is made anew with another: %s', (_what, change) => {
    const { machine, reading } = begun();
    const first = reading.read(args);
    change(machine);
    const second = reading.read(args);
    expect(second).not.toBe(first);
    expect(reading.read(args)).toBe(second);
  });

  it('reads a file once, also where it is another', () => {
    const { machine, reading } = begun();
    reading.read(args);
    machine.texts.set(main, text.replace('weight 1', 'weight 2'));
    const before = machine.reads;
    reading.read(args);
    expect(machine.reads - before).toBe(machine.texts.size);
  });

  it('keeps no text of readings before, of which nothing but a server is left', () => {
    const { machine, reading } = begun();
    const server = (number: number, round: number): string =>
      `virtual_server 192.168.100.${number} 80 {\n  protocol TCP\n  lvs_sched rr\n  lvs_method NAT\n  real_server 172.${number < round ? 17 : 16}.100.101 8080 {\n  }\n}\n`;
    const rounds = 24;
    const textOf = (round: number): string =>
      Array.from({ length: rounds }, (_, index) => server(index + 1, round)).join('') + '# a comment\n'.repeat(80_000);
    const heap = (): number => {
      collectQuickly();
      return process.memoryUsage().heapUsed;
    };
    const sizes: number[] = [];
    for (let round = 0; round < rounds; round++) {
      machine.texts.set(main, textOf(round));
      expect(reading.read(args).configuration?.check.virtualServers).toHaveLength(rounds);
      sizes.push(heap());
    }
    // A megabyte each; what is compared is half of the rounds, with an eighth of their texts to spare.
    const [middle = 0, end = 0] = [sizes[rounds / 2], sizes.at(-1)];
    expect(end - middle).toBeLessThan((textOf(0).length * rounds) / 8);
  });

  it('is made anew for another name of this machine', () => {
    const { reading } = begun();
    const first = reading.read(args);
    expect(reading.read({ ...args, configId: 'lb2' })).not.toBe(first);
  });

  it('is made anew each time when it takes a random number', () => {
    const { machine, reading } = begun();
    machine.texts.set(main, `${text}\n$PORT = ${'$'}{_RANDOM 1 5}\n! $PORT\nglobal_defs {\n  router_id r$PORT\n}\n`);
    const first = reading.read(args);
    expect(machine.randoms).toBeGreaterThan(0);
    expect(reading.read(args)).not.toBe(first);
  });
});
