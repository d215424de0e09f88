import { defineConfig } from 'vitest/config'

/** Rooms whose tests leave nothing behind in their process: their files share one, which saves a third of the time. */
const rooms = [
  ...['bridge', 'checkpoint', 'delivery', 'emulator/judge', 'naming', 'otlp', 'processes', 'progress'],
  ...['kubeflow', 'logbook', 'propagation', 'recorder', 'semconv', 'settings', 'task', 'terminal'],
  ...['view/page', 'view/reading', 'view/report', 'view/store', 'workload'],
].map((room) => `test/${room}/**/*.test.ts`)

/** Documentation and samples are run as written: a step of its own in .ci/run, as they are not what a change breaks most. */
const pages = ['test/docs/**/*.test.ts', 'test/samples/**/*.test.ts']

export default defineConfig({
  test: {
    globalSetup: 'test/support/bundle-first.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // most tests wait for processes, not for the processor
    maxConcurrency: 10,
    maxWorkers: 2,
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
