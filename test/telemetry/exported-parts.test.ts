import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { drain } from '../../src/delivery/drain.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { addExported } from '../../src/telemetry/exported-parts.ts'
import { openRoutes } from '../../src/telemetry/open-routes.ts'
import type { Parts } from '../../src/telemetry/parts.ts'
import { selectDestinations } from '../../src/telemetry/signals.ts'

it('what ends while the host is still being asked for its id is printed before the end', async () => {
  const resolution = await resolveSettings({ argv: ['--console', 'text'], env: {} }, ['general', 'telemetry'])
  if (!resolution.ok) throw new Error('these settings are right')
  const { settings } = resolution
  const printed: string[] = []
  const print = (line: string) => printed.push(line)
  const { routes } = openRoutes({
    ...{ destinations: selectDestinations(settings), clock: systemClock, print },
    ...{ onChange: () => {}, onDropped: () => {} },
  })
  const parts: Parts = { spanProcessors: [], metricReaders: [], logRecordProcessors: [] }
  for (const route of routes) if (route.signal !== 'metrics') await addExported(parts, route, settings, print)

  const id = Promise.withResolvers<string>()
  const resource = resourceFromAttributes({ 'host.id': id.promise })
  const { spanProcessors, logRecordProcessors: processors } = parts
  new TracerProvider({ resource, spanProcessors }).getTracer('test').startSpan('a span').end()
  new LoggerProvider({ resource, processors }).getLogger('test').emit({ body: 'a record' })
  const drained = drain([...spanProcessors, ...processors], 60_000, systemClock)
  setImmediate(() => id.resolve('host-1'))
  await drained
  expect(printed).toEqual([expect.stringContaining('a span'), expect.stringContaining('a record')])
})
