import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { newTaskTrace, parseTraceparent } from '../src/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const zeros = (digits: number) => '0'.repeat(digits)

describe('a traceparent', () => {
  it.each([
    { what: 'is sampled', text: `00-${traceId}-${spanId}-01`, sampled: true },
    { what: 'is not sampled', text: `00-${traceId}-${spanId}-00`, sampled: false },
    { what: 'has flags that are not known', text: `00-${traceId}-${spanId}-fe`, sampled: false },
    { what: 'has another flag beside', text: `00-${traceId}-${spanId}-03`, sampled: true },
    { what: 'is of a later version', text: `cc-${traceId}-${spanId}-01`, sampled: true },
    {
      what: 'is of a later version with more fields',
      text: `01-${traceId}-${spanId}-01-what-the`,
      sampled: true,
    },
    { what: 'is of a later version with an empty field', text: `01-${traceId}-${spanId}-01-`, sampled: true },
  ])('that $what is read', ({ text, sampled }) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, sampled })
  })

  it.each([
    { what: 'of version ff', text: `ff-${traceId}-${spanId}-01` },
    { what: 'of version 00 with more fields', text: `00-${traceId}-${spanId}-01-more` },
    { what: 'of version 00 with a dash more', text: `00-${traceId}-${spanId}-01-` },
    { what: 'of a later version with something that is no field', text: `01-${traceId}-${spanId}-01.more` },
    { what: 'with a trace id of zeros', text: `00-${zeros(32)}-${spanId}-01` },
    { what: 'with a span id of zeros', text: `00-${traceId}-${zeros(16)}-01` },
    { what: 'in upper case', text: `00-${traceId.toUpperCase()}-${spanId}-01` },
    { what: 'with a short trace id', text: `00-${traceId.slice(1)}-${spanId}-01` },
    { what: 'with a long span id', text: `00-${traceId}-${spanId}0-01` },
    { what: 'with one digit of flags', text: `00-${traceId}-${spanId}-1` },
    { what: 'without flags', text: `00-${traceId}-${spanId}` },
    { what: 'with a line after it', text: `00-${traceId}-${spanId}-01\n` },
    { what: 'that is empty', text: '' },
  ])('$what is none', ({ text }) => {
    expect(parseTraceparent(text)).toBeUndefined()
  })
})

describe('the trace of a task', () => {
  it('goes on with the outer one, as a new span in its span', () => {
    const trace = newTaskTrace(`00-${traceId}-${spanId}-01`)
    expect(trace).toMatchObject({ traceId, parentSpanId: spanId })
    expect(trace.spanId).not.toBe(spanId)
    expect(parseTraceparent(trace.traceparent)).toEqual({ traceId, spanId: trace.spanId, sampled: true })
  })

  it.each([undefined, 'nonsense'])('is a new one if the outer one is %s', (outer) => {
    const trace = newTaskTrace(outer)
    expect(trace.parentSpanId).toBeUndefined()
    expect(parseTraceparent(trace.traceparent)).toEqual({
      traceId: trace.traceId,
      spanId: trace.spanId,
      sampled: true,
    })
    expect(newTaskTrace(outer).traceId).not.toBe(trace.traceId)
  })

  it('is sampled even where the outer one is not', () => {
    const { traceparent } = newTaskTrace(`00-${traceId}-${spanId}-00`)
    expect(parseTraceparent(traceparent)).toMatchObject({ traceId, sampled: true })
  })

  it('takes from a UUID the digits that are random', () => {
    const random = () => '11111111-2222-4333-9444-555555666666'
    expect(newTaskTrace(undefined, random)).toEqual({
      traceId: '11111111222243339444555555666666',
      spanId: '1111111155666666',
      parentSpanId: undefined,
      traceparent: '00-11111111222243339444555555666666-1111111155666666-01',
    })
  })
})

it('costs the start of a task neither OpenTelemetry nor cryptography', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const imported = []
    registerHooks({ resolve: (name, context, next) => (imported.push(name), next(name, context)) })
    const before = new Set(process.moduleLoadList)
    const { newTaskTrace } = await import('./src/trace-context.ts')
    await import('./src/task-record/record.ts')
    newTaskTrace(undefined)
    const builtins = process.moduleLoadList.filter((name) => !before.has(name) && /crypto/.test(name))
    console.log(imported.join(), builtins.length)`
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(printed).toBe('./src/trace-context.ts,./random-uuid.ts,node:fs,./src/task-record/record.ts 0\n')
})
