/** The service on D-Bus, on a bus of its own: the same answers to the same questions as Debian's keepalived gives. */
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { configurationFile, patience, provideMachine, type Daemon, type Machine } from './machine.ts';

const policy = path.join(import.meta.dirname, '..', '..', '..', 'packaging', 'org.keepalived.Vrrp1.conf');
const service = 'org.keepalived.Vrrp1';
const vrrpPath = '/org/keepalived/Vrrp1/Vrrp';
const instancePath = '/org/keepalived/Vrrp1/Instance/eth0/51/IPv4';

/** The policy of a system bus in short: nobody owns or calls anything but by a policy of its own. */
const bus = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <policy user="root">
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
  </policy>
  <include>${policy}</include>
</busconfig>
`;

const configuration = `global_defs {
  enable_dbus
  vrrp_version 3
}
vrrp_sync_group G {
  group {
    VI_1
  }
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 100
  advert_int 0.1
  virtual_ipaddress {
    10.88.0.100/24
  }
}
vrrp_instance VI_2 {
  interface eth-0.1
  virtual_router_id 52
  priority 100
  advert_int 0.1
  virtual_ipaddress {
    10.89.0.100/24
  }
}
`;

let machine: Machine;
let busDaemon: Running;
provideMachine('bus', 'each test', (made) => (machine = made));

async function startBus(): Promise<void> {
  await machine.run(['rm', '-f', '/run/dbus/system_bus_socket']);
  busDaemon = machine.start('bus', ['dbus-daemon', '--config-file=/run/dbus/bus.conf', '--nofork', '--nopidfile']);
  await until('the bus', { within: patience, every: 20 }, () => machine.exists('/run/dbus/system_bus_socket'));
}

beforeEach(async () => {
  machine.write('/run/dbus/bus.conf', bus);
  await machine.ethernet('10.89.0.1/24', 'eth-0.1');
});

/** What a program on the bus prints, on both outputs. */
async function says(...command: string[]): Promise<string> {
  const { stdout, stderr } = await machine.run(command, { accept: 'any' });
  return stdout + stderr;
}

const gdbus = (verb: string, ...rest: string[]): Promise<string> =>
  says('gdbus', verb, '--system', '--dest', service, ...rest);
const call = (object: string, method: string, ...rest: string[]): Promise<string> =>
  gdbus('call', '--object-path', object, '--method', method, ...rest);

const untilState = (object: string, state: string): Promise<unknown> =>
  until(`${object} is ${state}`, { within: patience, every: 50 }, async () =>
    (await call(object, 'org.freedesktop.DBus.Properties.Get', `${service}.Instance`, 'State')).includes(state),
  );

/** Signals of the service as `path member [number]`, without what is only ours or depends on who was first. */
async function listen(): Promise<() => string[]> {
  const monitor = machine.start('monitor', ['dbus-monitor', '--system', `type='signal'`]);
  await until('the monitor', { within: patience, every: 20 }, () => monitor.lines.length > 0);
  return () => {
    const heard: string[] = [];
    for (const { text } of monitor.lines) {
      const signal = /^signal .* path=([^;]*); interface=org\.keepalived\.\S+; member=(\S+)/.exec(text);
      if (signal) heard.push(`${signal[1]} ${signal[2]}`);
      // Others follow inside PropertiesChanged, which only this daemon tells.
      const value = /^ {3}uint32 (\d+)/.exec(text);
      if (value && heard.length > 0) heard[heard.length - 1] += ` ${value[1]}`;
    }
    return heard;
  };
}

/** The kind and name of an error, without its words. */
function errorName(text: string): string {
  return /org\.freedesktop\.DBus\.Error\.\w+/.exec(text)?.[0] ?? text;
}

/** Plays the same scene with either daemon and tells what was seen. */
async function play(start: () => Promise<{ stop(): Promise<unknown> }>) {
  await startBus();
  const heard = await listen();
  const daemon = await start();
  await untilState(instancePath, 'Master');
  await untilState('/org/keepalived/Vrrp1/Instance/eth_0_1/52/IPv4', 'Master');
  const seen = {
    tree: await says('busctl', '--system', 'tree', '--no-pager', service),
    vrrp: await gdbus('introspect', '--object-path', vrrpPath),
    instance: await gdbus('introspect', '--object-path', instancePath),
    nothing: await gdbus('introspect', '--object-path', `${instancePath}/none`),
    all: await call(instancePath, 'org.freedesktop.DBus.Properties.GetAll', `${service}.Instance`),
    machine: await call(vrrpPath, 'org.freedesktop.DBus.Peer.GetMachineId'),
    errors: [
      await call(instancePath, 'org.freedesktop.DBus.Properties.Get', `${service}.Instance`, 'Foo'),
      await call(instancePath, 'org.freedesktop.DBus.Properties.Set', `${service}.Instance`, 'Name', "<'x'>"),
      await call(instancePath, `${service}.Instance.Nope`),
      await call(instancePath, `${service}.Instance.SendGarp`, '5'),
      await call(vrrpPath, `${service}.Vrrp.DestroyInstance`, 'VI_2'),
    ].map(errorName),
    calls: [
      await call(instancePath, `${service}.Instance.SendGarp`),
      await call(vrrpPath, `${service}.Vrrp.PrintData`),
      await call(vrrpPath, `${service}.Vrrp.PrintStats`),
    ],
  };
  await until('the dumps', { within: patience, every: 50 }, () =>
    ['/tmp/keepalived.data', '/tmp/keepalived.stats'].every((file) => machine.exists(file)),
  );
  await machine.ip('link set eth0 down');
  await untilState(instancePath, 'Fault');
  await machine.ip('link set eth0 up');
  await untilState(instancePath, 'Master');
  machine.write(configurationFile, configuration.replace('virtual_router_id 52', 'virtual_router_id 53'));
  expect(await call(vrrpPath, `${service}.Vrrp.ReloadConfig`)).toBe('()\n');
  await untilState('/org/keepalived/Vrrp1/Instance/eth_0_1/53/IPv4', 'Master');
  const afterReload = await says('busctl', '--system', 'tree', '--no-pager', service);
  await daemon.stop();
  await until('the last signal', { within: patience, every: 50 }, () => heard().includes(`${vrrpPath} VrrpStopped`));
  return { ...seen, afterReload, signals: byObject(heard()) };
}

/** The signals of each object in their order, from the first MASTER on: what was before depends on who met the bus first. */
function byObject(heard: readonly string[]): Record<string, string[]> {
  const objects: Record<string, string[]> = {};
  for (const line of heard) {
    const [object = '', ...words] = line.split(' ');
    const signal = words.join(' ');
    if (signal === 'VrrpStarted') continue;
    const known = objects[object];
    if (known !== undefined) known.push(signal);
    else if (!/^VrrpStatusChange [01]$/.test(signal)) objects[object] = [signal];
  }
  return objects;
}

describe('the service on D-Bus', () => {
  it("answers, tells and obeys as Debian's keepalived does", async () => {
    const theirs = await play(async () => {
      machine.write(configurationFile, configuration);
      const running = machine.start('original', ['keepalived', '-n', '-l', '-D', '--vrrp']);
      await until('the name', { within: patience, every: 50 }, async () =>
        (await says('busctl', '--system', 'list', '--no-pager')).includes(service),
      );
      return { stop: () => running.stop('SIGTERM', patience) };
    });
    machine.killAll();
    await machine.run(['rm', '-rf', '/tmp/keepalived.data', '/tmp/keepalived.stats']);
    const ours = await play(() => machine.daemon(configuration));
    expect(ours).toEqual(theirs);
    expect(theirs.signals[vrrpPath]).toEqual(['VrrpReloaded', 'VrrpStopped']);
  });

  it('comes when the bus comes, and again when the bus was gone', async () => {
    const daemon: Daemon = await machine.daemon(configuration);
    await daemon.untilLog(/D-Bus: .*trying again/);
    await startBus();
    await daemon.untilLog(`Acquired the name ${service}`);
    await untilState(instancePath, 'Master');
    busDaemon.signal('SIGKILL');
    await busDaemon.ended;
    await daemon.untilLog(/D-Bus: .*trying again/, 2);
    await startBus();
    await daemon.untilLog(`Acquired the name ${service}`, 2);
    await untilState(instancePath, 'Master');
    // Nothing of that reached the protocol.
    await daemon.untilLog('(VI_1) Entering', 2);
    expect(daemon.said('(VI_1) Entering')).toBe(2);
    expect(await daemon.stop()).toBe(0);
  });

  it('lets others look but not act, and outlives what they send', async () => {
    await startBus();
    const daemon = await machine.daemon(configuration);
    await daemon.untilLog(`Acquired the name ${service}`);
    await untilState(instancePath, 'Master');
    const asNobody = (...command: string[]): Promise<string> =>
      says('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command);
    const nobodyCalls = (...rest: string[]): Promise<string> =>
      asNobody('gdbus', 'call', '--system', '--dest', service, '--object-path', ...rest);
    expect(
      await nobodyCalls(instancePath, '--method', 'org.freedesktop.DBus.Properties.GetAll', `${service}.Instance`),
    ).toContain("(uint32 2, 'Master')");
    const reload = await nobodyCalls(vrrpPath, '--method', `${service}.Vrrp.ReloadConfig`);
    expect(errorName(reload)).toBe('org.freedesktop.DBus.Error.AccessDenied');
    // Calls that no client would make: no arguments, other types, absurd names, paths of others.
    const send = ['busctl', '--system', 'call', '--expect-reply=yes', service];
    for (const rest of [
      [vrrpPath, 'org.freedesktop.DBus.Properties', 'Get'],
      [vrrpPath, 'org.freedesktop.DBus.Properties', 'Get', 'aai', '0'],
      [instancePath, 'org.freedesktop.DBus.Properties', 'Get', 'ss', '__proto__', 'constructor'],
      [instancePath, 'org.freedesktop.DBus.Properties', 'Set', 'ssv', `${service}.Instance`, 'toString', 'i', '1'],
      ['/', 'org.freedesktop.DBus.Properties', 'GetAll', 's', 'x'],
      [vrrpPath, 'org.freedesktop.DBus.Introspectable', 'constructor'],
    ])
      expect(await asNobody(...send, ...rest)).toMatch(/Call failed: /);
    const huge = 'x'.repeat(100_000);
    expect(await asNobody(...send, vrrpPath, 'org.freedesktop.DBus.Properties', 'Get', 'ss', huge, huge)).toMatch(
      /Call failed: /,
    );
    await untilState(instancePath, 'Master');
    expect(daemon.said('D-Bus: ')).toBe(0);
    expect(await daemon.stop()).toBe(0);
  });
});
