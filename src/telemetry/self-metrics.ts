import { metrics } from '@opentelemetry/api'
import type { Clock } from '../clock.ts'
import type { Outbox } from '../delivery/outbox.ts'
import { instrumentsOf } from '../semconv/instruments.ts'
import type { CountedRoute } from './route.ts'
import { taskbeatScope } from './scopes.ts'

const outcomes = ['delivered', 'retried', 'spooled', 'replayed'] as const

/** Tells what becomes of the telemetry itself, as metrics. */
export const observeDelivery = (outbox: Outbox, routes: readonly CountedRoute[], clock: Clock): void => {
  const { observableCounter, observableGauge } = instrumentsOf(metrics.getMeter(taskbeatScope))
  observableCounter('taskbeat.telemetry.items').addCallback((result) => {
    for (const { signal, tally, reasons } of routes) {
      const labels = { 'taskbeat.signal': signal }
      for (const outcome of outcomes)
        if (tally[outcome] > 0) result.observe(tally[outcome], { ...labels, 'taskbeat.outcome': outcome })
      for (const [reason, items] of reasons)
        result.observe(items, { ...labels, 'taskbeat.outcome': 'dropped', 'taskbeat.reason': reason })
    }
  })
  observableGauge('taskbeat.telemetry.queue.size').addCallback((result) => result.observe(outbox.usedBytes()))
  observableGauge('taskbeat.telemetry.spool.items').addCallback((result) => {
    for (const { signal, tally } of routes) result.observe(tally.waiting, { 'taskbeat.signal': signal })
  })
  observableGauge('taskbeat.telemetry.oldest.age').addCallback((result) => {
    for (const { signal } of routes) {
      const atMs = outbox.oldestAtMs(signal)
      const seconds = atMs === undefined ? 0 : Math.max(0, clock.now().getTime() - atMs) / 1_000
      result.observe(seconds, { 'taskbeat.signal': signal })
    }
  })
}
