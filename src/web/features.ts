/** Everything that can be served, by its name. */
import type { WebFeature } from './feature.ts';
import type { WebConfiguration, WebFeatureName } from './messages.ts';
import type { ParentLine } from './parent-line.ts';
import { MetricsFeature } from './metrics-feature.ts';

type FeatureFactory = (configuration: WebConfiguration, parent: ParentLine) => WebFeature;

export const featureFactories: Readonly<Record<WebFeatureName, FeatureFactory>> = {
  metrics: (_configuration, parent) => new MetricsFeature(parent),
};
