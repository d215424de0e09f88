import type { Exporter } from '../../../src/recorder/index.ts'
import type { Notes } from './notes.ts'

export interface NotingExporter extends Exporter {
  /** Has so many of the next calls fail. */
  readonly fail: (calls: number) => void
}

/** An exporter that notes how it is called. */
export const notingExporter = (name: string, isBroken: boolean, notes: Notes): NotingExporter => {
  const { note, normal, nameOf } = notes
  let failing = 0
  const called = (call: string, what: Readonly<Record<string, unknown>>) => {
    note({ exporter: name, call, ...what })
    if (failing === 0) return
    failing -= 1
    throw new Error('out of order')
  }
  return {
    name,
    fail: (calls) => {
      failing = calls
    },
    initialize: () => {
      note({ exporter: name, call: 'initialize' })
      if (isBroken) throw new Error('does not start')
    },
    exportStart: ({ span, parentSpanId }) => {
      notes.knowSpan(span)
      const { initialAttributes, startEvent } = span
      const told = { attributes: normal(initialAttributes), event: normal(startEvent.attributes) }
      called('start', { span: span.name, parent: nameOf(parentSpanId), ...told })
    },
    exportStop: ({ span }) => {
      const { initialAttributes, updatedAttributes, stopEvent } = span
      const attributes = normal({ ...initialAttributes, ...updatedAttributes })
      const told = { updated: normal(updatedAttributes), event: normal(stopEvent?.attributes ?? {}) }
      called('stop', { span: span.name, attributes, ...told })
    },
    exportEvent: ({ span }, event) =>
      called('event', { span: span.name, name: event.name, event: normal(event.attributes) }),
    exportError: ({ span }, event) =>
      called('error', { span: span.name, name: event.name, event: normal(event.attributes) }),
    exportTelemetryDataError: (event) =>
      called('telemetryDataError', { name: event.name, event: normal(event.attributes) }),
    close: () => note({ exporter: name, call: 'close' }),
  }
}
