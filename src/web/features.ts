/** Everything that can be served, by its name. */
import type { WebFeature } from './feature.ts';
import type { WebConfiguration, WebFeatureName } from './messages.ts';
import type { ParentLine } from './parent-line.ts';
import { MetricsFeature } from './metrics-feature.ts';
import { makeStatusPage } from './status-page/make.ts';

type FeatureFactory = (configuration: WebConfiguration, parent: ParentLine) => WebFeature;

export const featureFactories: Readonly<Record<WebFeatureName, FeatureFactory>> = {
  metrics: (_configuration, parent) => new MetricsFeature(parent),
  'status-page': ({ statusPage }, parent) => makeStatusPage(statusPage, parent),
};
