/** keepalived.data, the state dump of the VRRP process. */
import type { VrrpConfiguration, VrrpScript } from '../../config/model.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import type { VrrpScriptStatus } from '../../vrrp/types.ts';
import { globalDataText } from './global-data.ts';
import type { VrrpDumpInput } from './input.ts';
import { instanceDataText, notifyLines, trackingLines } from './instance-data.ts';
import { commandText, seconds, virtualAddressText, yesNo } from './texts.ts';

/** The whole file. Sections that have nothing in them are left out. */
export function vrrpDataText(input: VrrpDumpInput): string {
  const { vrrp, global } = input.configuration;
  const configurations = new Map(vrrp.instances.map((instance) => [instance.name, instance]));
  const instances = input.instances.flatMap((status) => {
    const configuration = configurations.get(status.name);
    return configuration === undefined ? [] : [instanceDataText(configuration, status, input)];
  });
  return [
    globalDataText(global, input.hostName ?? ''),
    section(
      'Static Addresses',
      vrrp.staticAddresses.map((address) => `   ${virtualAddressText(address, true)}\n`),
    ),
    section('VRRP Topology', instances),
    section('VRRP Sync groups', groupTexts(input)),
    section(
      'VRRP Scripts',
      vrrp.scripts.map((script) => scriptText(script, input)),
    ),
    section('VRRP Track files', trackFileTexts(input)),
    section(
      'Interfaces',
      (input.links ?? []).map((link) => linkText(link, input.addresses ?? [])),
    ),
  ].join('');
}

function section(heading: string, blocks: readonly string[]): string {
  return blocks.length === 0 ? '' : `------< ${heading} >------\n${blocks.join('')}`;
}

function groupTexts(input: VrrpDumpInput): string[] {
  const states = new Map(input.instances.map((instance) => [instance.name, instance.state]));
  return input.configuration.vrrp.syncGroups.map((group) => {
    const status = input.groups?.find(({ name }) => name === group.name);
    const members = group.members.map((member) => states.get(member));
    const lines = [
      ` VRRP Sync Group = ${group.name}, ${status?.state ?? members[0] ?? 'INIT'}`,
      `   Num member fault ${members.filter((state) => state === 'FAULT').length}, num member init ${members.filter((state) => state === 'INIT').length}`,
      '   VRRP member instances :',
      ...group.members.map((member) => `     ${member}`),
      `   Using smtp notification = ${yesNo(group.notify.smtpAlert)}`,
      ...notifyLines(group.notify, input),
      ...trackingLines(group),
      ...(status === undefined ? [] : [`   Reason = ${status.reason}`]),
    ];
    return `${lines.join('\n')}\n`;
  });
}

/** Names and weights of the instances that something tracked acts on, their groups' trackers included. */
function trackingInstances(
  vrrp: VrrpConfiguration,
  tracked: (from: {
    readonly trackScripts: VrrpConfiguration['instances'][number]['trackScripts'];
    readonly trackFiles: VrrpConfiguration['instances'][number]['trackFiles'];
  }) => { readonly weight: number; readonly reverse: boolean } | undefined,
): string[] {
  const lines = vrrp.instances.flatMap((instance) => {
    const group = vrrp.syncGroups.find(({ members }) => members.includes(instance.name));
    const found = tracked(instance) ?? (group && tracked(group));
    return found === undefined
      ? []
      : [`     ${instance.name}, weight ${found.weight}${found.reverse ? ' reverse' : ''}`];
  });
  return lines.length === 0 ? [] : ['   Tracking instances :', ...lines];
}

const scriptStates = {
  idle: 'idle',
  running: 'running',
  terminating: 'requested termination',
  killing: 'forcing termination',
} as const satisfies Record<VrrpScriptStatus['state'], string>;

function scriptText(script: VrrpScript, input: VrrpDumpInput): string {
  const status = input.scripts?.find(({ name }) => name === script.name);
  const identity = input.identityOf?.(script.command);
  const lines = [
    ` VRRP Script = ${script.name}`,
    `   Command = ${commandText(script.command)}`,
    `   Interval = ${seconds(script.interval)} sec`,
    // The original shows 0 for "the interval".
    `   Timeout = ${script.timeout === script.interval ? '0' : seconds(script.timeout)} sec`,
    `   Weight = ${script.weight}${script.reverse ? ' reverse' : ''}`,
    `   Rise = ${script.rise}`,
    `   Fall = ${script.fall}`,
    ...(status === undefined ? [] : [`   Result = ${status.counter}`]),
    '   Insecure = no',
    // The exporters know two words; a script that has not run counts as what it is taken for until then.
    `   Status = ${status?.result === 'bad' ? 'BAD' : 'GOOD'}`,
    ...(identity === undefined ? [] : [`   Script uid:gid = ${identity.uid}:${identity.gid}`]),
    '   VRRP instances :',
    ...trackingInstances(input.configuration.vrrp, (from) =>
      from.trackScripts.find((tracked) => tracked.script === script.name),
    ),
    `   State = ${scriptStates[status?.state ?? 'idle']}`,
  ];
  return `${lines.join('\n')}\n`;
}

function trackFileTexts(input: VrrpDumpInput): string[] {
  return input.configuration.vrrp.trackFiles.map((file) => {
    const lines = [
      ` Track file = ${file.name}`,
      `   File = ${file.path}`,
      `   Status = ${input.trackFileValues?.get(file.name) ?? 0}`,
      `   Weight = ${file.weight}${file.reverse ? ' reverse' : ''}`,
      ...trackingInstances(input.configuration.vrrp, (from) =>
        from.trackFiles.find((tracked) => tracked.file === file.name),
      ),
    ];
    return `${lines.join('\n')}\n`;
  });
}

/** Interface flags of linux/if.h. */
const interfaceFlags = {
  up: 0x1,
  broadcast: 0x2,
  loopback: 0x8,
  running: 0x40,
  noArp: 0x80,
  multicast: 0x1000,
} as const;

function linkText(link: Link, addresses: readonly KernelAddress[]): string {
  const own = addresses.filter(({ interfaceIndex }) => interfaceIndex === link.index);
  const first = (family: KernelAddress['family']): string =>
    own.find((address) => address.family === family)?.address ?? '(none)';
  const has = (flag: number): boolean => (link.flags & flag) !== 0;
  const state = [
    has(interfaceFlags.up) ? 'UP' : 'DOWN',
    has(interfaceFlags.running) ? 'RUNNING' : 'not RUNNING',
    ...(has(interfaceFlags.broadcast) ? [] : ['no broadcast']),
    ...(has(interfaceFlags.loopback) ? ['loopback'] : []),
    ...(has(interfaceFlags.noArp) ? ['no arp'] : []),
    ...(has(interfaceFlags.multicast) ? [] : ['no multicast']),
  ];
  const hardware = [...link.hardwareAddress].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  const lines = [
    ` Name = ${link.name}`,
    `   index = ${link.index}`,
    `   IPv4 address = ${first('inet')}`,
    `   IPv6 address = ${first('inet6')}`,
    ...(has(interfaceFlags.loopback) || hardware === '' ? [] : [`   MAC = ${hardware}`]),
    `   State = ${state.join(', ')}`,
    `   MTU = ${link.mtu}`,
  ];
  return `${lines.join('\n')}\n`;
}
