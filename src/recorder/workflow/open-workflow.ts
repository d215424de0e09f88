import { type Meter, type MeterProvider, metrics } from '@opentelemetry/api'
import { type Clock, systemClock } from '../../clock.ts'
import { withoutIdentities } from '../../semconv/identity.ts'
import type { NamePreset } from '../../semconv/instruments.ts'
import { isWorkflowMetric, type WorkflowMetric, workflowMetrics } from '../../semconv/metrics.ts'
import { canTake, conventionalTaker, type Take } from '../../semconv/taker.ts'
import { messageOf } from '../recorder-error.ts'
import { writeStderrLine } from '../stderr-line.ts'

/** Of a point: few values of each key. Those of ours are listed in docs/telemetry.md; ids are refused. */
export type WorkflowAttributes = Readonly<Record<string, string | number | boolean>>

export interface WorkflowOptions {
  /** @default the meter `taskbeat.workflow` of the provider that is registered, be it before or after */
  readonly meter?: Meter
  /** `tuft`: the metrics are called, and their attributes too, as in TuFT. @default our names */
  readonly names?: readonly NamePreset[]
  /** Writes one line for people: something is not sent; once for each metric and reason. @default stderr */
  readonly log?: (line: string) => void
  readonly clock?: Clock
}

/** One piece of queued, asynchronous work. Each of its methods counts once, however often it is called. */
export interface Operation {
  /** It waits no more, and runs. */
  readonly started: () => void
  /** It is over; `error`: what it failed with, if it did. One that never started has waited until now. */
  readonly ended: (error?: unknown) => void
}

/** The metrics of a workflow of training and sampling, under one registry. Nothing in it ever throws. */
export interface Workflow {
  /** Adds to a counter, or records a value, of `workflowMetrics`. */
  readonly record: (metric: WorkflowMetric, value: number, attributes?: WorkflowAttributes) => void
  /** Something was asked for that waits for its turn: counts it, and keeps its times and the length of the queue. */
  readonly operation: (name: string) => Operation
}

/** More would fill the terminal, not tell more. */
const mostLines = 100

/** Names the class of what was thrown: of few values, as a metric needs it. */
const errorTypeOf = (error: unknown): string => {
  try {
    return error instanceof Error ? error.name : typeof error
  } catch {
    return '_OTHER'
  }
}

const once = (act: () => void) => {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}

/** @see docs/telemetry.md, Workflows */
export const openWorkflow = (options: WorkflowOptions = {}): Workflow => {
  const { names = [], log = writeStderrLine, clock = systemClock } = options
  const takers = new Map<WorkflowMetric, Take>()
  const told = new Set<string>()
  let provider: MeterProvider | undefined

  const tell = (about: string, line: string) => {
    if (told.has(about) || told.size >= mostLines) return
    told.add(about)
    try {
      log(`taskbeat: ${line}`)
    } catch {
      // a reader that has gone away is no reason to fail
    }
  }

  const takerFor = (metric: WorkflowMetric) => {
    // unlike tracers, meters of the time before an SDK was registered stay without one
    const now = metrics.getMeterProvider()
    if (now !== provider) takers.clear()
    provider = now
    const meter = options.meter ?? now.getMeter('taskbeat.workflow')
    const take = takers.get(metric) ?? conventionalTaker(meter, metric, names)
    takers.set(metric, take)
    return take
  }

  const take: Workflow['record'] = (metric, value, attributes = {}) => {
    if (!isWorkflowMetric(metric)) {
      tell(metric, `'${metric}' is none of the metrics of a workflow`)
      return
    }
    if (!canTake(workflowMetrics[metric].kind, value)) {
      tell(`${metric} value`, `${metric} cannot take ${value}`)
      return
    }
    const { attributes: kept, refused } = withoutIdentities(attributes)
    for (const key of refused)
      tell(
        `${metric} ${key}`,
        `${metric} is recorded without '${key}': each id would make a series of its own; put it on a span or an event`,
      )
    takerFor(metric)(value, kept)
  }

  const record: Workflow['record'] = (metric, value, attributes) => {
    try {
      take(metric, value, attributes)
    } catch (cause) {
      tell('fault', `a metric is not recorded: ${messageOf(cause)}`)
    }
  }

  const operation = (name: string): Operation => {
    const createdMs = clock.monotonicMs()
    const named = { 'taskbeat.operation.name': name }
    const queue = (change: number, state: 'waiting' | 'running') =>
      record('taskbeat.operations.queue.length', change, { 'taskbeat.queue.state': state })
    let startedMs: number | undefined
    let isOver = false
    const leaveQueue = () => {
      record('taskbeat.operations.wait_time', (clock.monotonicMs() - createdMs) / 1_000, named)
      queue(-1, 'waiting')
    }
    record('taskbeat.operations.created', 1, named)
    queue(1, 'waiting')
    return {
      started: once(() => {
        if (isOver) return
        startedMs = clock.monotonicMs()
        leaveQueue()
        queue(1, 'running')
      }),
      ended: (error) => {
        if (isOver) return
        isOver = true
        if (startedMs === undefined) leaveQueue()
        else {
          record('taskbeat.operations.execution_time', (clock.monotonicMs() - startedMs) / 1_000, named)
          queue(-1, 'running')
        }
        const hasFailed = error !== undefined
        record('taskbeat.operations.completed', 1, {
          ...named,
          'taskbeat.operation.status': hasFailed ? 'error' : 'ok',
          ...(hasFailed && { 'error.type': errorTypeOf(error) }),
        })
      },
    }
  }

  return { record, operation }
}
