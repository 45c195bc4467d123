/** The plan of a real server as files for what configures its network. */
import { settingName } from '../doctor/finding.ts';
import { addCommand, modulesOf, removeCommand } from './plan.ts';
import type { RealServerDevice, RealServerPlan } from './plan.ts';

export const realServerFormats = ['script', 'systemd', 'ifupdown', 'networkd'] as const;
export type RealServerFormat = (typeof realServerFormats)[number];

/** A file, and where it belongs. */
export interface RealServerFile {
  readonly path: string;
  readonly text: string;
}

export function realServerFiles(plan: RealServerPlan, format: RealServerFormat): RealServerFile[] {
  switch (format) {
    case 'script':
      return [{ path: '/usr/local/sbin/lvs-realserver', text: script(plan) }];
    case 'systemd':
      return [{ path: '/etc/systemd/system/lvs-realserver.service', text: unit(plan) }];
    case 'ifupdown':
      return [{ path: '/etc/network/interfaces.d/lvs-realserver', text: stanzas(plan) }];
    case 'networkd':
      return networkd(plan);
  }
}

/** Settings before addresses: an address that is there for a moment without them answers ARP for that moment. */
function settingCommands({ settings }: RealServerPlan): string[] {
  return settings.map(({ path, value }) => `sysctl -q -w ${settingName(path)}=${value}`);
}

/** Settings of an interface exist once it does. */
function upCommands(plan: RealServerPlan): string[] {
  return [
    ...settingCommands(plan),
    ...plan.devices.flatMap((device) => [
      ...device.prepare.map((words) => `ip ${words}`),
      ...(device.setUp ? [`ip link set dev ${device.name} up`] : []),
      ...device.addresses.map((address) => `ip ${addCommand(address, device.name)}`),
    ]),
  ];
}

function downCommands({ devices }: RealServerPlan): string[] {
  return devices.flatMap((device) => [
    ...device.addresses.map((address) => `ip ${removeCommand(address, device.name)}`),
    ...device.undo.map((words) => `ip ${words}`),
  ]);
}

function described({ devices }: RealServerPlan): string {
  const ways = devices.map(({ addresses, name }) => `${addresses.map(({ address }) => address).join(' ')} on ${name}`);
  return `Real server's side of ${ways.join(', ')}`;
}

const explained = [
  'The addresses are taken in and never announced: arp_ignore 1 answers no ARP request for them, arp_announce 2 asks none',
  'with them. IPv6 answers for no address of another interface by itself. On a tunnel rp_filter is loose, because requests',
  'come out of the tunnel and answers leave by the ordinary way.',
];

function comment(plan: RealServerPlan): string[] {
  return [described(plan), ...explained].map((line) => `# ${line}`);
}

function script(plan: RealServerPlan): string {
  const modules = plan.devices.flatMap(({ module, name }) =>
    module === undefined ? [] : [`[ -e /sys/class/net/${name} ] || modprobe ${module}`],
  );
  const others = modulesOf(plan).filter((module) => !plan.devices.some((device) => device.module === module));
  // What is built into the kernel is no module, and modprobe may not know it.
  const loaded = [...others.map((module) => `modprobe -q ${module} || true`), ...modules];
  const indented = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`);
  return [
    '#!/bin/sh',
    ...comment(plan),
    '# Usage: lvs-realserver [start|stop]',
    'set -e',
    'PATH=/usr/sbin:/sbin:/usr/bin:/bin',
    'case "${1:-start}" in',
    'start)',
    ...indented([...loaded, ...upCommands(plan)]),
    '    ;;',
    'stop)',
    ...indented(downCommands(plan)),
    '    ;;',
    '*)',
    '    echo "usage: $0 [start|stop]" >&2',
    '    exit 2',
    '    ;;',
    'esac',
    '',
  ].join('\n');
}

function unit(plan: RealServerPlan): string {
  return [
    ...comment(plan),
    '[Unit]',
    `Description=${described(plan)}`,
    'After=network.target',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    // What is built into the kernel is no module.
    ...modulesOf(plan).map((module) => `ExecStartPre=-/usr/bin/env modprobe ${module}`),
    ...upCommands(plan).map((command) => `ExecStart=/usr/bin/env ${command}`),
    ...downCommands(plan).map((command) => `ExecStop=-/usr/bin/env ${command}`),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

function stanzas(plan: RealServerPlan): string {
  const lines = [...comment(plan)];
  for (const [index, device] of plan.devices.entries()) {
    const modules = device.module === undefined ? [] : modulesOf({ ...plan, devices: [device] });
    lines.push(
      '',
      `auto ${device.name}`,
      `iface ${device.name} inet manual`,
      ...modules.map((module) => `    pre-up modprobe ${module} || true`),
      ...settingsFor(plan, device, index).map((command) => `    pre-up ${command}`),
      ...device.prepare.map((words) => `    pre-up ip ${words}`),
      ...(device.setUp ? [`    up ip link set dev ${device.name} up`] : []),
      ...device.addresses.map((address) => `    up ip ${addCommand(address, device.name)}`),
      ...device.addresses.map((address) => `    down ip ${removeCommand(address, device.name)} || true`),
      ...device.undo.map((words) => `    down ip ${words} || true`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Those of all interfaces with the first stanza, those of one interface with its own. */
function settingsFor(plan: RealServerPlan, { name }: RealServerDevice, index: number): string[] {
  const concerned = plan.settings.filter(({ path }) =>
    path.includes('/conf/all/') ? index === 0 : path.includes(`/conf/${name}/`),
  );
  return settingCommands({ ...plan, settings: concerned });
}

/** networkd sets no ARP settings: systemd-sysctl does, before it at boot, and for an interface when that appears. */
function networkd(plan: RealServerPlan): RealServerFile[] {
  const modules = modulesOf(plan);
  const listeners = plan.devices.flatMap(({ prepare }) => prepare);
  return [
    ...(plan.settings.length === 0
      ? []
      : [
          {
            path: '/etc/sysctl.d/90-lvs-realserver.conf',
            text: `${[...comment(plan), ...plan.settings.map(({ path, value }) => `${settingName(path)} = ${value}`)].join('\n')}\n`,
          },
        ]),
    ...(modules.length === 0
      ? []
      : [{ path: '/etc/modules-load.d/lvs-realserver.conf', text: `${modules.join('\n')}\n` }]),
    ...listeners.map((words): RealServerFile => {
      const port = /port (\d+)/.exec(words)?.[1] ?? '';
      const peer = words.startsWith('-6') ? ['PeerFamily=ipv6'] : [];
      return {
        path: `/etc/systemd/network/10-lvs-gue${peer.length > 0 ? '6' : ''}-${port}.netdev`,
        text: [
          '[NetDev]',
          `Name=lvs-gue${port}`,
          'Kind=fou',
          '',
          '[FooOverUDP]',
          'Encapsulation=GenericUDPEncapsulation',
          `Port=${port}`,
          ...peer,
          '',
        ].join('\n'),
      };
    }),
    ...plan.devices.map(({ addresses, name }): RealServerFile => ({
      path: `/etc/systemd/network/10-lvs-${name}.network`,
      text: [
        '[Match]',
        `Name=${name}`,
        '',
        '[Network]',
        'LinkLocalAddressing=no',
        // What else is on it (127.0.0.1) stays.
        'KeepConfiguration=static',
        ...addresses.flatMap(({ address, family }) => [
          '',
          '[Address]',
          `Address=${address}/${family === 'inet' ? 32 : 128}`,
          ...(family === 'inet6' ? ['DuplicateAddressDetection=none'] : []),
        ]),
        '',
      ].join('\n'),
    })),
  ];
}
