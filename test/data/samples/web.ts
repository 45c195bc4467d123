/** metrics and status_page. */
import type { SampleBlock } from './sample.ts';

export const webSamples: readonly SampleBlock[] = [
  {
    path: '(top)',
    around: '@',
    samples: { metrics: 'metrics { listen 127.0.0.1:9165 }', status_page: 'status_page { listen 127.0.0.1:8404 }' },
  },
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
  {
    path: 'status_page',
    around: 'status_page {\n  @\n}\n',
    samples: {
      listen: 'listen [::1]:8404',
      auth: 'auth basic admin opensesame',
      base_path: 'base_path /balancer/',
      allow_host: 'allow_host lb.example.com',
      max_viewers: 'max_viewers 5',
    },
  },
  {
    path: 'status_page/listen',
    around: 'status_page {\n  @\n}\n',
    base: 'listen unix /run/page.sock',
    samples: {
      mode: 'listen unix /run/page.sock mode 0660',
      group: 'listen unix /run/page.sock group adm',
    },
  },
];
