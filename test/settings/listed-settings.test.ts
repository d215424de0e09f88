import { expect, it } from 'vitest'
import { chosenSettings } from '../../src/settings/listed-settings.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'

const chosen = async (argv: readonly string[], env: Readonly<Record<string, string>>) => {
  const groups = ['general', 'progress', 'telemetry', 'platform'] as const
  const resolution = await resolveSettings({ argv, operands: 'none', env }, groups)
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join())
  const { settings, origins } = resolution
  return chosenSettings({ settings, origins, groups, redact: (text) => text })
}

it('only what somebody has chosen is listed, by its flag, else its variable', async () => {
  expect(await chosen([], {})).toEqual([])
  expect(await chosen(['--results-dir', '/r'], { NVCT_TASK_ID: 't-1' })).toEqual([
    { name: '--results-dir', value: '/r', from: '--results-dir' },
    { name: 'NVCT_TASK_ID', value: 't-1', from: 'NVCT_TASK_ID' },
  ])
})

it('secrets are hidden', async () => {
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20hushhush',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hushhush@host:4317/?key=hushhush',
  }
  const settings = await chosen([], env)
  expect(settings).toHaveLength(2)
  expect(JSON.stringify(settings)).not.toContain('hushhush')
})
