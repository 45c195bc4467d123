import { defineConfig } from 'vitest/config';

// Projects by what a test needs: `pure` runs anywhere, `interop` makes network namespaces (root), `ipvs` boots a guest kernel.
// They run one after the other (groupOrder). The daemons of `interop` mostly wait for each other's timers and a guest has
// one processor, so two files of them share the machine. What fails among real kernels and real peers is played again,
// twice at most, and the report says so (`retry x1`): a machine that stood still for seconds is no fault of a daemon, a
// test that needs its second chance often is one to look at.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          sequence: { groupOrder: 1 },
          include: ['test/{unit,property,golden,simulation}/**/*.test.ts'],
          setupFiles: ['test/support/property-seed.ts'],
          pool: 'forks',
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          pool: 'forks',
          sequence: { groupOrder: 2 },
          maxWorkers: 2,
          retry: 2,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'ipvs',
          include: ['test/ipvs/**/*.test.ts'],
          pool: 'forks',
          sequence: { groupOrder: 3 },
          maxWorkers: 2,
          retry: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
