/** metrics: draft to model. */
import type { ListenPlace, MetricsConfiguration } from '../model.ts';
import type { Context } from '../schema/context.ts';
import { locate } from '../statement.ts';

/** The port that is registered with Prometheus for keepalived's exporter. */
const defaultPlace: ListenPlace = { kind: 'tcp', family: 'inet', address: '127.0.0.1', port: 9165 };

export function checkMetrics({ draft: { metrics } }: Context): MetricsConfiguration | undefined {
  if (!metrics) return undefined;
  const listen = metrics.listen.map(({ place }) => place);
  return { listen: listen.length === 0 ? [defaultPlace] : listen, at: locate(metrics.statement) };
}
