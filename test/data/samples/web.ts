/** metrics. */
import type { SampleBlock } from './sample.ts';

export const webSamples: readonly SampleBlock[] = [
  { path: '(top)', around: '@', samples: { metrics: 'metrics { listen 127.0.0.1:9165 }' } },
  {
    path: 'metrics',
    around: 'metrics {\n  @\n}\n',
    samples: { listen: 'listen [::1]:9165' },
  },
  {
    path: 'metrics/listen',
    around: 'metrics {\n  @\n}\n',
    base: 'listen unix /run/metrics.sock',
    samples: {
      mode: 'listen unix /run/metrics.sock mode 0660',
      group: 'listen unix /run/metrics.sock group adm',
    },
  },
];
