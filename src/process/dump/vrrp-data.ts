/** keepalived.data, the state dump of the VRRP process. */
import type { VrrpConfiguration } from '../../config/model.ts';
import { globalDataText } from './global-data.ts';
import type { VrrpDumpInput } from './input.ts';
import { instanceDataText } from './instance-data.ts';
import { linkDataText } from './interface-data.ts';
import { routeText, ruleText } from './route-texts.ts';
import { syncGroupDataText } from './sync-group-data.ts';
import { socketDataText } from './socket-data.ts';
import { seconds, textOf, virtualAddressText } from './texts.ts';
import { scriptDataText, trackBfdDataText, trackFileDataText, trackProcessDataText } from './trackable-data.ts';

/** The whole file. Sections that have nothing in them are left out. */
export function vrrpDataText(input: VrrpDumpInput): string {
  const { vrrp, bfd, global } = input.configuration;
  const configurations = new Map(vrrp.instances.map((instance) => [instance.name, instance]));
  const instances = input.instances.flatMap((status) => {
    const configuration = configurations.get(status.name);
    return configuration === undefined ? [] : [instanceDataText(configuration, status, input)];
  });
  return [
    globalDataText(global, { ...input, process: 'vrrp' }),
    garpGroupsText(vrrp),
    ...staticTexts(vrrp),
    section('VRRP Topology', instances),
    section(
      'VRRP Sockpool',
      (input.sockets ?? []).map((place) => socketDataText(place, input)),
    ),
    section(
      'VRRP Sync groups',
      vrrp.syncGroups.map((group) => syncGroupDataText(group, input)),
    ),
    section(
      'VRRP Scripts',
      vrrp.scripts.map((script) => scriptDataText(script, input)),
    ),
    section(
      'VRRP Track files',
      vrrp.trackFiles.map((file) => trackFileDataText(file, input)),
    ),
    section(
      'VRRP Track processes',
      vrrp.trackProcesses.map((process) => trackProcessDataText(process, input)),
    ),
    section(
      'VRRP Track BFDs',
      bfd.instances.filter((session) => session.vrrp).map((session) => trackBfdDataText(session, input)),
    ),
    section(
      'Interfaces',
      (input.links ?? []).map((link) => linkDataText(link, input)),
    ),
  ].join('');
}

function section(heading: string, blocks: readonly string[]): string {
  const text = blocks.join('');
  return text === '' ? '' : `------< ${heading} >------\n${text}`;
}

/** What the daemon puts on the machine whatever the state of the instances. */
function staticTexts(vrrp: VrrpConfiguration): string[] {
  const item = (text: string): string => `     ${text}\n`;
  return [
    section(
      'Static Addresses',
      vrrp.staticAddresses.map((address) => item(virtualAddressText(address, true))),
    ),
    section(
      'Static Routes',
      vrrp.staticRoutes.map((route) => item(routeText(route))),
    ),
    section(
      'Static Rules',
      vrrp.staticRules.map((rule) => item(ruleText(rule))),
    ),
    section(
      'Static Track groups',
      vrrp.trackGroups.map((group) =>
        textOf([
          ` Static Track Group = ${group.name}`,
          '   VRRP member instances :',
          ...group.members.map((member) => `     ${member}`),
        ]),
      ),
    ),
  ];
}

/** Limits of gratuitous messages: groups of interfaces count from 1; 0 stands for each interface with limits of its own. */
function garpGroupsText(vrrp: VrrpConfiguration): string {
  const grouped = new Set(vrrp.garpGroups.flatMap(({ interfaces }) => interfaces));
  const alone = new Map(
    vrrp.instances
      .filter(
        ({ interface: name, gratuitous }) =>
          !grouped.has(name) && (gratuitous.arpInterval > 0 || gratuitous.naInterval > 0),
      )
      .map((instance) => [instance.interface, instance.gratuitous]),
  );
  const limits = (
    number: number,
    interval: { readonly arpInterval: number; readonly naInterval: number },
  ): string[] => [
    `------< GARP delay group ${number} >------`,
    ...(interval.arpInterval === 0 ? [] : [` GARP interval = ${seconds(interval.arpInterval)}`]),
    ...(interval.naInterval === 0 ? [] : [` GNA interval = ${seconds(interval.naInterval)}`]),
  ];
  const blocks = [
    ...vrrp.garpGroups.map((group, index) =>
      textOf([...limits(index + 1, group), ' Interfaces', ...group.interfaces.map((name) => `  ${name}`)]),
    ),
    ...[...alone].map(([name, gratuitous]) => textOf([...limits(0, gratuitous), ' Interfaces', `  ${name}`])),
  ];
  return section('Gratuitous ARP delays', blocks);
}
