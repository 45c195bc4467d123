/** keepalived_check.data, the state dump of the checker process. */
import type { CheckerConfiguration, Configuration, TlsClientConfiguration } from '../../config/model.ts';
import type { CheckerStatus, RealServerStatus } from '../../check/status.ts';
import { checkerDataLines } from './checker-data.ts';
import { globalDataText } from './global-data.ts';
import type { CheckDumpInput } from './input.ts';
import { textOf } from './texts.ts';
import { groupDataLines, protocolOf, virtualServerDataLines } from './virtual-server-data.ts';

/** Version of the interface to the kernel that the original names (IP_VS_VERSION_CODE of linux/ip_vs.h). */
const ipvsVersion = '1.2.1';

/** One check with what it belongs to. */
interface PlacedChecker {
  readonly checker: CheckerConfiguration;
  readonly status: CheckerStatus | undefined;
  /** `[198.51.100.10]:tcp:80 -> [192.0.2.1]:tcp:80` */
  readonly title: string;
  /** `[192.0.2.1]:tcp:80` */
  readonly server: string;
}

/** The whole file. Sections that have nothing in them are left out. */
export function checkDataText(input: CheckDumpInput): string {
  const { check, global } = input.configuration;
  const placed = placedCheckers(input);
  // Checks that follow a file are the last, as those that nothing runs.
  const listed = [
    ...placed.filter(({ checker }) => checker.type !== 'FILE_CHECK'),
    ...placed.filter(({ checker }) => checker.type === 'FILE_CHECK'),
  ];
  return [
    globalDataText(global, { ...input, process: 'checker' }),
    tlsText(check.tlsClient, placed),
    section('LVS Topology', [
      ...(check.virtualServers.length === 0 ? [] : [` System is compiled with LVS v${ipvsVersion}`]),
      ...check.groups.flatMap((group) => groupDataLines(group)),
      ...check.virtualServers.flatMap((server, index) => {
        const status = input.status.virtualServers[index];
        return status === undefined ? [] : virtualServerDataLines(server, status, input);
      }),
    ]),
    section(
      'Health checkers',
      listed.flatMap(({ checker, status, title }) => checkerDataLines(checker, status, { title, input })),
    ),
    section('Checker track files', trackFileLines(input.configuration, placed, input)),
    section('Checker track BFDs', trackBfdLines(input.configuration, placed)),
  ].join('');
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : textOf([`------< ${heading} >------`, ...lines]);
}

/** Shown as soon as something uses TLS. */
function tlsText(client: TlsClientConfiguration | undefined, placed: readonly PlacedChecker[]): string {
  if (client === undefined && !placed.some(({ checker }) => checker.type === 'SSL_GET')) return '';
  const lines = [
    ...(client?.password === undefined ? [] : [' Password : ********']),
    ...(client?.authorities === undefined ? [] : [` CA-file : ${client.authorities}`]),
    ...(client?.certificate === undefined ? [] : [` Certificate file : ${client.certificate}`]),
    ...(client?.key === undefined ? [] : [` Key file : ${client.key}`]),
  ];
  return section('SSL definitions', lines.length === 0 ? [' Using autogen SSL context'] : lines);
}

function placedCheckers({ configuration, status }: CheckDumpInput): PlacedChecker[] {
  const { check } = configuration;
  return check.virtualServers.flatMap((virtual, virtualIndex) => {
    const virtualStatus = status.virtualServers[virtualIndex];
    const protocol = protocolOf(virtual);
    return virtual.realServers.flatMap((real, realIndex) => {
      const server = `[${real.address}]:${protocol}:${real.port}`;
      const statusOf = statusFinder(virtualStatus?.servers[realIndex]);
      return real.checkers.map((checker) => ({
        checker,
        status: statusOf(checker),
        title: `${virtualStatus?.label ?? ''} -> ${server}`,
        server,
      }));
    });
  });
}

/** Hands out the statuses of a server's checks in their order; a check that nothing runs has none. */
function statusFinder(
  server: RealServerStatus | undefined,
): (checker: CheckerConfiguration) => CheckerStatus | undefined {
  const left = [...(server?.checkers ?? [])];
  return (checker) => {
    const index = left.findIndex(({ type }) => type === checker.type);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
}

function trackFileLines(
  { vrrp }: Configuration,
  placed: readonly PlacedChecker[],
  { trackFileValues }: CheckDumpInput,
): string[] {
  return vrrp.trackFiles.flatMap((file) => {
    const following = placed.flatMap(({ checker, title }) =>
      checker.type === 'FILE_CHECK' && checker.trackFile === file.name
        ? [`     ${title}, weight ${checker.weight}${checker.reverse ? ' reverse' : ''}`]
        : [],
    );
    if (following.length === 0) return [];
    return [
      ` Track file = ${file.name}`,
      `   File = ${file.path}`,
      `   Status = ${trackFileValues?.get(file.name) ?? 0}`,
      `   Weight = ${file.weight}${file.reverse ? ' reverse' : ''}`,
      '   Tracking instances :',
      ...following,
    ];
  });
}

function trackBfdLines({ bfd }: Configuration, placed: readonly PlacedChecker[]): string[] {
  return bfd.instances
    .filter((session) => session.checker)
    .flatMap((session) => [
      ` Checker Track BFD = ${session.name}`,
      '   Tracking RS :',
      ...placed.flatMap(({ checker, server }) =>
        checker.type === 'BFD_CHECK' && checker.instance === session.name ? [`   ${server}`] : [],
      ),
    ]);
}
