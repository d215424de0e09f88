import type {
  ErrorEvent,
  LogEvent,
  MetricEvent,
  NamedEvent,
  SpanEndedEvent,
  SpanStartedEvent,
  TrainingState,
} from '../../src/workload-events.ts'

/** Events of which a test says only what it is about. */
const at = new Date('2026-11-20T10:00:00.123Z')
const attributes = {}

export const state = (known: Partial<TrainingState> = {}): TrainingState => ({
  step: undefined,
  totalSteps: undefined,
  percent: undefined,
  epoch: undefined,
  metrics: {},
  ...known,
})

export const logEvent = (text: string, more: Partial<LogEvent> = {}): LogEvent => ({
  ...{ type: 'log', at, stream: 'stdout', severity: 'INFO', text, attributes },
  ...more,
})

export const namedEvent = (name: string, more: Partial<NamedEvent> = {}): NamedEvent => ({
  ...{ type: 'event', at, name, attributes },
  ...more,
})

export const errorEvent = (message: string, more: Partial<ErrorEvent> = {}): ErrorEvent => ({
  ...{ type: 'error', at, message, attributes },
  ...more,
})

export const spanStarted = (id: string, more: Partial<SpanStartedEvent> = {}): SpanStartedEvent => ({
  ...{ type: 'span-started', at, id, name: id, attributes },
  ...more,
})

export const spanEnded = (id: string, more: Partial<SpanEndedEvent> = {}): SpanEndedEvent => ({
  ...{ type: 'span-ended', at, id, attributes },
  ...more,
})

export const metricEvent = (name: string, value: number, more: Partial<MetricEvent> = {}): MetricEvent => ({
  ...{ type: 'metric', name, value, kind: 'gauge', attributes },
  ...more,
})
