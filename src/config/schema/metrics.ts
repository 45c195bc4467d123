/** metrics (ours): figures for monitoring systems over HTTP. */
import type { ConfigurationDraft, MetricsDraft } from '../drafts.ts';
import { block, ours } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { listenKeyword } from './listen.ts';

const metricsSchema = new BlockSchema<MetricsDraft>('metrics', {
  listen: listenKeyword((draft) => draft.listen, '127.0.0.1:9165'),
});

export const metrics: Keyword<ConfigurationDraft> = block<ConfigurationDraft, MetricsDraft>(
  'Serves metrics in the text format of Prometheus at /metrics, by a process without privileges.',
  metricsSchema,
  (draft, statement, context) => {
    if (!draft.metrics) return { statement, listen: [] };
    context.duplicate(statement, 0, 'metrics', draft.metrics.statement);
    return undefined;
  },
  (block, _statement, context) => {
    context.draft.metrics = block;
  },
  ours,
);
