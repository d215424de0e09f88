import { metrics } from '@opentelemetry/api'
import type { Clock } from '../clock.ts'
import type { Outbox } from '../delivery/outbox.ts'
import type { CountedRoute } from './route.ts'
import { taskbeatScope } from './scopes.ts'

const outcomes = ['delivered', 'retried', 'spooled', 'replayed'] as const

/** Tells what becomes of the telemetry itself, as metrics. */
export const observeDelivery = (outbox: Outbox, routes: readonly CountedRoute[], clock: Clock): void => {
  const meter = metrics.getMeter(taskbeatScope)
  meter
    .createObservableCounter('taskbeat.telemetry.items', {
      description: 'What became of spans, metric points and log records on their way to the backend',
      unit: '{item}',
    })
    .addCallback((result) => {
      for (const { signal, tally, reasons } of routes) {
        const labels = { 'taskbeat.signal': signal }
        for (const outcome of outcomes)
          if (tally[outcome] > 0) result.observe(tally[outcome], { ...labels, 'taskbeat.outcome': outcome })
        for (const [reason, items] of reasons)
          result.observe(items, { ...labels, 'taskbeat.outcome': 'dropped', 'taskbeat.reason': reason })
      }
    })
  meter
    .createObservableGauge('taskbeat.telemetry.queue.size', {
      description: 'Requests in memory that are not delivered yet',
      unit: 'By',
    })
    .addCallback((result) => result.observe(outbox.usedBytes()))
  meter
    .createObservableGauge('taskbeat.telemetry.spool.items', {
      description: 'Items of this process that wait on disk',
      unit: '{item}',
    })
    .addCallback((result) => {
      for (const { signal, tally } of routes) result.observe(tally.waiting, { 'taskbeat.signal': signal })
    })
  meter
    .createObservableGauge('taskbeat.telemetry.oldest.age', {
      description: 'For how long the oldest item that is not delivered has waited',
      unit: 's',
    })
    .addCallback((result) => {
      for (const { signal } of routes) {
        const atMs = outbox.oldestAtMs(signal)
        const seconds = atMs === undefined ? 0 : Math.max(0, clock.now().getTime() - atMs) / 1_000
        result.observe(seconds, { 'taskbeat.signal': signal })
      }
    })
}
