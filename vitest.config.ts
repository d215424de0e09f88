import { defineConfig } from 'vitest/config'

/** Rooms whose tests leave nothing behind in their process: their files share one, which saves a third of the time. */
const rooms = [
  ...['bridge', 'checkpoint', 'delivery', 'doctor', 'emulator/faults', 'emulator/judge', 'emulator/receiver'],
  ...['host/cgroup', 'host/process-tree', 'host/system', 'naming', 'otlp', 'processes', 'progress'],
  ...['kubeflow', 'logbook', 'propagation', 'recorder', 'semconv', 'settings', 'task', 'terminal'],
  ...['view/page', 'view/reading', 'view/report', 'view/store', 'workload'],
].map((room) => `test/${room}/**/*.test.ts`)

/**
 * What surrounds the source: documentation and samples, which are run as written, and what releases and deploys. A step
 * of its own in .ci/run, as it is not what a change breaks most.
 */
const pages = ['docs', 'release', 'samples', 'scripts'].map((room) => `test/${room}/**/*.test.ts`)

export default defineConfig({
  test: {
    globalSetup: 'test/support/bundle-first.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // most tests wait for processes, not for the processor
    maxConcurrency: 10,
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'rooms', include: rooms, isolate: false } },
      {
        extends: true,
        test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: [...rooms, ...pages] },
      },
      { extends: true, test: { name: 'pages', include: pages } },
    ],
  },
})
