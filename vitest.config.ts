import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/bundle-first.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // most tests wait for processes, not for the processor
    // most tests wait for processes, not for the processor
    maxConcurrency: 10,
    maxWorkers: 2,
  },
})
