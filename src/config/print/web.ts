/** Prints what is served over HTTP. */
import type { ListenPlace, MetricsConfiguration } from '../model.ts';
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
