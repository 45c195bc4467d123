/** Prints what is served over HTTP. */
import type { ListenPlace, MetricsConfiguration, PageUser, StatusPageConfiguration } from '../model.ts';
import { passwordHashText } from '../password-hash.ts';
import { blockLine, line, type PrintedLine } from './printed.ts';

export function listenLine(place: ListenPlace): PrintedLine {
  if (place.kind === 'tcp') {
    const host = place.family === 'inet6' ? `[${place.address}]` : place.address;
    return line('listen', `${host}:${place.port}`);
  }
  const group = place.group === undefined ? [] : ['group', place.group];
  return line('listen', 'unix', place.path, 'mode', `0${place.mode.toString(8)}`, ...group);
}

/** metrics. */
export function printMetrics(metrics: MetricsConfiguration | undefined): PrintedLine[] {
  return metrics === undefined ? [] : [blockLine('metrics', [], metrics.listen.map(listenLine), metrics.at)];
}

/** Users of one file are one line. */
function authenticationLines({ open, users }: StatusPageConfiguration): PrintedLine[] {
  if (open) return [line('auth', 'none')];
  const files = new Set(users.flatMap(({ file }) => file ?? []));
  const written = users.filter(({ file }) => file === undefined);
  return [
    ...written.map(({ name, password }) => line('auth', 'basic', name, passwordText(password))),
    ...[...files].map((file) => line('auth', 'file', file)),
  ];
}

function passwordText(password: PageUser['password']): string {
  return password.kind === 'plain' ? password.text : passwordHashText(password);
}

/** status_page. */
export function printStatusPage(page: StatusPageConfiguration | undefined): PrintedLine[] {
  if (page === undefined) return [];
  const lines = [
    ...page.listen.map(listenLine),
    ...authenticationLines(page),
    line('base_path', page.basePath),
    ...page.hosts.map((host) => line('allow_host', host)),
    line('max_viewers', page.maximumViewers),
  ];
  return [blockLine('status_page', [], lines, page.at)];
}
