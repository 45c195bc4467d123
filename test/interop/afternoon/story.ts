/**
 * An operator's afternoon with one balancer under systemd and its partner: what is typed, and what comes of it. Played with
 * keepalived and with this daemon; what has to be equal is compared.
 */
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { run } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, distribution, patience } from '../process/machine.ts';
import { SystemdMachine } from './systemd-machine.ts';

export type Kind = 'keepalived' | 'keepalived-ts';

export interface Step {
  readonly title: string;
  /** What the operator types. */
  readonly command: string;
  /** What is seen then; each line must be the same with both daemons, unless `differs`. */
  readonly seen: string;
  /** Why it is not the same on purpose. */
  readonly differs?: string;
}

const addresses = `    virtual_ipaddress {
        10.89.0.100/24
    }
`;
/** Not in the advertisements: the partner need not know of it. */
const oneMore = `    virtual_ipaddress_excluded {
        10.89.0.101/24
    }
`;
const configuration = (block = addresses): string => `global_defs {
    router_id afternoon
    vrrp_version 3
    script_user root
    enable_script_security
}
track_file maintenance {
    file /etc/keepalived/maintenance
    weight 0
    init_file 0
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 0.3
    track_file {
        maintenance
    }
    notify /etc/keepalived/notify
${block}}
`;
const partner = `global_defs {
    router_id partner
    vrrp_version 3
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 0.3
${addresses}}
`;
const notify = '#!/bin/sh\necho "$@" >> /run/notified\n';

/** Addresses of the service on a machine. */
const list = "ip -4 -o addr show dev eth0 | grep -o '10.89.0.1[0-9][0-9]/24'";

const pid = 'systemctl show -P MainPID keepalived';
const log = 'journalctl -o cat -t Keepalived -t Keepalived_vrrp';

export interface Packages {
  readonly first: string;
  readonly second: string;
}

/** Installs quietly, as a log of the installation would be. */
function dpkg(file: string): string {
  return `dpkg --force-unsafe-io -i /tmp/${path.basename(file)} 2>&1 | grep -v '^(Reading\\|^Processing\\|man-db\\|disabled or a static'`;
}

/** Types a line, and adds what is seen to the steps. */
type Type = (title: string, command: string, differs?: string) => Promise<void>;

export class Afternoon {
  readonly kind: Kind;
  readonly steps: Step[] = [];
  readonly #machine: SystemdMachine;
  readonly #partner: Machine;
  readonly #packages: Packages | undefined;

  private constructor(kind: Kind, machine: SystemdMachine, other: Machine, packages: Packages | undefined) {
    this.kind = kind;
    this.#machine = machine;
    this.#partner = other;
    this.#packages = packages;
  }

  /** @param packages two versions of ours to install, upgrade and crash; without them only what both can be compared in */
  static async play(cleanUp: CleanUp, kind: Kind, packages?: Packages): Promise<Afternoon> {
    const [machine, other] = await Promise.all([
      SystemdMachine.make(cleanUp, kind),
      Machine.make(cleanUp, `${kind}-partner`),
    ]);
    const cable = `link add eth0 type veth peer name eth0 netns ${machine.init}`;
    await run('nsenter', ['-t', String(other.holder), '-n', 'ip', ...cable.split(' ')]);
    await other.ip('addr add 10.89.0.2/24 dev eth0', 'link set eth0 up');
    await machine.shell('ip addr add 10.89.0.1/24 dev eth0; ip link set eth0 up');
    machine.write(configurationFile, configuration());
    machine.write('/etc/default/keepalived', 'DAEMON_ARGS="-D"\n');
    machine.write('/etc/keepalived/notify', notify, 0o755);
    other.write(configurationFile, partner);
    other.start('partner', ['/usr/sbin/keepalived', '-n', '-l', '-D', '-P']);
    const afternoon = new Afternoon(kind, machine, other, packages);
    await afternoon.#all();
    return afternoon;
  }

  async #all(): Promise<void> {
    const ours = this.kind === 'keepalived-ts';
    const step = (title: string, command: string, seen: string, differs?: string): void => {
      this.steps.push({ title, command, seen, ...(differs !== undefined && { differs }) });
    };
    const type: Type = async (title, command, differs) =>
      step(title, command, await this.#machine.shell(command), differs);

    await this.#install(type);
    await type(
      'Start',
      'systemctl enable --now keepalived 2>/dev/null; systemctl is-enabled keepalived; systemctl is-active keepalived',
    );
    await this.#untilHere();
    step('The address is on this machine', list, await this.#machine.shell(list));
    await type('Status', 'systemctl show -p ActiveState -p SubState -p Result -p NRestarts keepalived');
    await type(
      'Processes, as exporters look for them',
      `cat /proc/$(${pid})/comm; test "$(${pid})" = "$(cat /run/keepalived.pid)" && echo "the pid file names it"`,
    );
    if (ours) await type('Status in words', 'keepalivectl status', 'only this daemon has it');

    this.#machine.write(configurationFile, configuration(addresses.replace('virtual_ipaddress', 'virtual_ipadress')));
    await type(
      'A typing mistake, tested',
      `keepalived -t; echo "exit status $?"`,
      'where, what and what was probably meant, instead of a message for each line of the block',
    );
    const lines = await this.#reloaded();
    step(
      'Reload with it',
      'systemctl reload keepalived; journalctl -u keepalived -o cat',
      lines,
      'the original ends; this daemon refuses the file and goes on with what it has',
    );
    await type('The service meanwhile', 'systemctl is-active keepalived', 'see above');
    this.#machine.write(configurationFile, configuration(addresses + oneMore));
    await type('Mended, with one more address', 'keepalived -t; echo "exit status $?"');
    if (ours) await type('Reload', 'systemctl reload keepalived; echo "exit status $?"', 'it still runs');
    else await type('Start', 'systemctl start keepalived; echo "exit status $?"', 'it does not run any more');
    await this.#untilHere('10.89.0.101/24');
    await this.#untilHere();
    step('Both addresses are there', `${list} | sort`, await this.#machine.shell(`${list} | sort`));

    await type('Maintenance: the partner takes over', 'echo 1 > /etc/keepalived/maintenance');
    await this.#partner.untilAddress('10.89.0.100/24');
    step('No address here', list, await this.#machine.shell(list));
    await type('And back', 'echo 0 > /etc/keepalived/maintenance');
    await this.#untilHere();
    await this.#partner.untilNoAddress('10.89.0.100/24');
    await this.#untilNotified('MASTER', 1);
    await type('What the notify script was told of the last two changes', 'tail -n 3 /run/notified | grep -v STOP');

    await type(
      'State dump',
      'rm -f /tmp/keepalived.data; kill -s $(keepalived --signum=DATA) $(cat /run/keepalived.pid)',
    );
    await this.#untilFile('/tmp/keepalived.data', 'VRRP Instance = VI_1');
    await type(
      'As the exporters read it',
      "sed -n '/^ VRRP Instance = VI_1/,/^ [^ ]/p' /tmp/keepalived.data | grep -E '^ VRRP Instance|^   (State|Wantstate|Interface|Virtual Router ID|Gratuitous ARP delay|Virtual IP) |10.89.0.10' | sed 's/Interface = .*/Interface = eth0/'",
    );
    await type(
      'Exporter scrape',
      'rm -f /tmp/keepalived.json; kill -s $(keepalived --signum=JSON) $(cat /run/keepalived.pid)',
    );
    await this.#untilFile('/tmp/keepalived.json', 'iname');
    step('What it finds', 'cat /tmp/keepalived.json', this.#scraped());

    if (this.#packages !== undefined) await this.#upgradeAndCrash(type, this.#packages);
    await type('Stop', 'systemctl stop keepalived; systemctl show -p ActiveState -p SubState -p Result keepalived');
    step('No address is left', list, await this.#machine.shell(list));
    await this.#partner.untilAddress('10.89.0.100/24');
    await type(
      'What log scrapers look for, by the names of the processes',
      "journalctl -o short -t Keepalived -t Keepalived_vrrp | grep -oE 'Keepalived(_vrrp)?\\[|Entering (MASTER|BACKUP|FAULT) STATE|Receive advertisement timeout|Startup complete|Stopping$' | sort -u",
    );
  }

  async #install(type: Type): Promise<void> {
    const packages = this.#packages;
    if (this.kind === 'keepalived') {
      await type('Install', 'apt-get install -y keepalived 2>/dev/null | grep newest', 'another package');
    } else if (packages === undefined) {
      const places = `/usr/sbin/keepalived /usr/bin/keepalivectl`;
      for (const place of places.split(' '))
        await this.#machine.shell(`ln -sf ${distribution}/bin/${path.basename(place)} ${place}`);
      const unit = readFileSync(path.join(distribution, '..', 'packaging', 'keepalived.service'), 'utf8');
      this.#machine.write('/etc/systemd/system/keepalived.service', unit);
      await this.#machine.shell('systemctl daemon-reload');
    } else {
      for (const file of [packages.first, packages.second])
        copyFileSync(file, this.#machine.path(`/tmp/${path.basename(file)}`));
      await type('Install', dpkg(packages.first), 'another package');
    }
  }

  async #upgradeAndCrash(type: Type, packages: Packages): Promise<void> {
    const restarts = 'systemctl show -P NRestarts keepalived';
    if (this.kind === 'keepalived') {
      await type('Upgrade', 'systemctl restart keepalived', 'what its package does');
      await this.#untilHere();
      await type('Running again', `systemctl is-active keepalived; ${restarts}`);
      await type('A crash', `kill -9 $(${pid})`);
      await until('it is over', { within: patience, every: 100 }, async () =>
        (await this.#machine.shell('systemctl is-active keepalived')).startsWith('failed'),
      );
      await type('It stays down', 'systemctl is-active keepalived', 'Debian’s unit has no Restart=');
      await this.#machine.shell('systemctl start keepalived');
      await this.#untilHere();
      return;
    }
    await type('Upgrade', dpkg(packages.second), 'another package');
    await this.#untilHere();
    await type('Running again', `systemctl is-active keepalived; ${restarts}`);
    await type('A crash', `kill -9 $(${pid})`);
    await this.#untilStarted(1);
    await type('Started again by systemd', 'systemctl is-active keepalived', 'Debian’s unit has no Restart=');
    const dropIn = '/run/systemd/system/keepalived.service.d/watchdog.conf';
    this.#machine.write(dropIn, '[Service]\nWatchdogSec=2\n');
    await this.#machine.shell('systemctl daemon-reload; systemctl restart keepalived');
    await type(
      'A process that hangs: the watchdog of systemd, here after 2 s',
      `kill -STOP $(${pid})`,
      'the original keeps no watchdog',
    );
    await this.#partner.untilAddress('10.89.0.100/24', 'eth0', 3 * patience);
    await this.#untilStarted(1);
    await type('Started again', 'systemctl is-active keepalived', 'see above');
  }

  /** Systemd counts from the last time that somebody asked for a start. */
  async #untilStarted(times: number): Promise<void> {
    const look = 'systemctl show -P NRestarts keepalived; systemctl is-active keepalived';
    await until(
      'systemd has started it again',
      { within: patience, every: 100 },
      async () => (await this.#machine.shell(look)) === `${times}\nactive\n`,
    );
    await this.#untilHere();
    await this.#partner.untilNoAddress('10.89.0.100/24');
  }

  #untilHere(address = '10.89.0.100/24'): Promise<unknown> {
    return until(`${address} on the ${this.kind} machine`, { within: patience, every: 50 }, async () =>
      (await this.#machine.shell(list)).includes(address),
    );
  }

  /** Written to its end: the original writes in place. */
  async #untilFile(file: string, text: string): Promise<void> {
    let before = '';
    await until(`${file} with ${text}`, { within: patience, every: 150 }, async () => {
      const now = await this.#machine.shell(`cat ${file}`);
      const complete = now === before && now.includes(text);
      before = now;
      return complete;
    });
  }

  #untilNotified(state: string, times: number): Promise<unknown> {
    return until(
      `the script is told of ${state}`,
      { within: patience, every: 50 },
      async () => (await this.#machine.shell('tail -n 1 /run/notified')).split(state).length > times,
    );
  }

  /** A reload with a mistake in the file, and the log lines of it. */
  async #reloaded(): Promise<string> {
    const read = async (): Promise<string[]> => (await this.#machine.shell(log)).split('\n').filter(Boolean);
    const before = (await read()).length;
    await this.#machine.shell('systemctl reload keepalived');
    await until('what comes of the reload', { within: patience, every: 100 }, async () =>
      this.kind === 'keepalived-ts'
        ? (await read()).slice(before).some((line) => line.includes('Reload refused'))
        : (await read()).slice(before).some((line) => line.startsWith('Stopped Keepalived')),
    );
    return `${(await read()).slice(before).join('\n')}\n`;
  }

  /** Names of all values (but of those that came with 2.4.0), and the values that a dashboard shows. */
  #scraped(): string {
    const [first] = JSON.parse(readFileSync(this.#machine.path('/tmp/keepalived.json'), 'utf8')) as Scraped[];
    if (first === undefined) throw new Error('the JSON file has no instance');
    const { data, stats } = first;
    const shown = ['iname', 'state', 'wantstate', 'vrid', 'ifp_ifname', 'base_priority', 'effective_priority', 'vips'];
    const values = Object.fromEntries(shown.map((name) => [name, data[name]]));
    return `data: ${Object.keys(data).sort().join(' ')}\nstats: ${Object.keys(stats)
      .filter((name) => !name.startsWith('auth_ext_'))
      .sort()
      .join(' ')}\n${JSON.stringify(values)}\n`;
  }
}

interface Scraped {
  readonly data: Readonly<Record<string, unknown>>;
  readonly stats: Readonly<Record<string, unknown>>;
}
