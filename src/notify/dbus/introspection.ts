/** What the objects on D-Bus say about themselves: the XML of org.freedesktop.DBus.Introspectable (D-Bus specification). */
import { interfaceNames } from './object-tree.ts';

const header = `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
`;

/** An argument: its signature, its name, and for methods its direction. */
type Argument = readonly [type: string, name: string, direction?: 'in' | 'out'];

function argument([type, name, direction]: Argument): string {
  const way = direction === undefined ? '' : ` direction="${direction}"`;
  return `<arg type="${type}" name="${name}"${way}/>`;
}

function method(name: string, ...args: readonly Argument[]): string {
  return `<method name="${name}">${args.map(argument).join('')}</method>`;
}

function signal(name: string, ...args: readonly Argument[]): string {
  return `<signal name="${name}">${args.map(argument).join('')}</signal>`;
}

function property(name: string, type: string): string {
  return `<property name="${name}" type="${type}" access="read"/>`;
}

function interfaceElement(name: string, ...members: readonly string[]): string {
  return `  <interface name="${name}">\n${members.map((member) => `    ${member}\n`).join('')}  </interface>\n`;
}

const standard = [
  interfaceElement(
    interfaceNames.properties,
    method('Get', ['s', 'interface_name', 'in'], ['s', 'property_name', 'in'], ['v', 'value', 'out']),
    method('GetAll', ['s', 'interface_name', 'in'], ['a{sv}', 'properties', 'out']),
    method('Set', ['s', 'interface_name', 'in'], ['s', 'property_name', 'in'], ['v', 'value', 'in']),
    signal(
      'PropertiesChanged',
      ['s', 'interface_name'],
      ['a{sv}', 'changed_properties'],
      ['as', 'invalidated_properties'],
    ),
  ),
  interfaceElement(interfaceNames.introspectable, method('Introspect', ['s', 'xml_data', 'out'])),
  interfaceElement(interfaceNames.peer, method('Ping'), method('GetMachineId', ['s', 'machine_uuid', 'out'])),
].join('');

const own = {
  vrrp: interfaceElement(
    interfaceNames.vrrp,
    method('PrintData'),
    method('PrintStats'),
    method('PrintStatsClear'),
    method('ReloadConfig'),
    signal('VrrpStarted'),
    signal('VrrpReloaded'),
    signal('VrrpStopped'),
  ),
  instance: interfaceElement(
    interfaceNames.instance,
    method('SendGarp'),
    signal('VrrpStatusChange', ['u', 'status']),
    // The original declares `s` and answers `(s)`: clients that exist expect both.
    property('Name', 's'),
    property('State', '(us)'),
  ),
} as const;

/**
 * The document of one path.
 * @param kind what lies there; undefined: nothing but what is below
 * @param children names directly below
 */
export function introspection(kind: keyof typeof own | undefined, children: readonly string[]): string {
  const interfaces = kind === undefined ? '' : standard + own[kind];
  return `${header}<node>\n${interfaces}${children.map((name) => `  <node name="${name}"/>\n`).join('')}</node>\n`;
}
