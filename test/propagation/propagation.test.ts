import { type Context, propagation, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { extract, fromEnvironment, inject, toEnvironment } from '../../src/propagation/index.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${spanId}-01`

const spanOf = (context: Context) => trace.getSpanContext(context)
const baggageOf = (context: Context) =>
  Object.fromEntries(
    (propagation.getBaggage(context)?.getAllEntries() ?? []).map(([key, { value }]) => [key, value]),
  )

const full = () => extract({ traceparent, tracestate: 'vendor=1', baggage: 'taskbeat.session_id=s%201,b=2' })

it('a context travels as a map that is plain JSON, with trace state and baggage', () => {
  const map = JSON.parse(JSON.stringify(inject(full())))
  expect(map).toEqual({ traceparent, tracestate: 'vendor=1', baggage: 'taskbeat.session_id=s%201,b=2' })
  const there = extract(map)
  expect(spanOf(there)).toMatchObject({ traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true })
  expect(spanOf(there)?.traceState?.serialize()).toBe('vendor=1')
  expect(baggageOf(there)).toEqual({ 'taskbeat.session_id': 's 1', b: '2' })
})

it('the propagator that a process has registered does not matter', () => {
  propagation.setGlobalPropagator({ inject: () => {}, extract: (context) => context, fields: () => [] })
  try {
    expect(inject(full())).toHaveProperty('traceparent', traceparent)
    expect(spanOf(extract({ traceparent }))).toMatchObject({ traceId })
  } finally {
    propagation.disable()
  }
})

it('an empty context is an empty map', () => {
  expect(inject()).toEqual({})
  expect(inject(ROOT_CONTEXT)).toEqual({})
})

describe('what comes from outside', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no')
      },
    },
  )
  it.each([
    { what: 'nothing', map: undefined },
    { what: 'null', map: null },
    { what: 'a string', map: traceparent },
    { what: 'a list', map: [traceparent] },
    { what: 'a list in it', map: { traceparent: [traceparent] } },
    { what: 'a number', map: { traceparent: 7, baggage: 7 } },
    { what: 'a malformed traceparent', map: { traceparent: `00-${traceId}` } },
    { what: 'an endless traceparent', map: { traceparent: `01-${traceId}-${spanId}-01-${'x'.repeat(600)}` } },
    { what: 'endless baggage', map: { baggage: `a=${'x'.repeat(9_000)}` } },
    { what: 'malformed baggage', map: { baggage: 'a=%E0%A4%A,=1,;' } },
    { what: 'an object that throws', map: hostile },
  ])('$what is an empty context', ({ map }) => {
    const found = extract(map)
    expect(spanOf(found)).toBeUndefined()
    expect(baggageOf(found)).toEqual({})
  })

  it('keeps what is good beside what is not', () => {
    const found = extract({ traceparent, tracestate: {}, baggage: 'a=1,b=%E0%A4%A' })
    expect(spanOf(found)).toMatchObject({ traceId })
    expect(baggageOf(found)).toEqual({ a: '1' })
  })

  it('is added to a context only where that is asked for', () => {
    const here = extract({ baggage: 'a=1' })
    expect(baggageOf(extract({ traceparent }, here))).toEqual({ a: '1' })
    expect(baggageOf(extract({ traceparent }))).toEqual({})
  })
})

it('baggage that cannot be written takes nothing from the trace', () => {
  const baggage = propagation.createBaggage({ a: { value: '\ud800' } })
  expect(inject(propagation.setBaggage(full(), baggage))).toEqual({ traceparent, tracestate: 'vendor=1' })
})

describe('the environment', () => {
  it('of a child under taskbeat run has the context', () => {
    const found = fromEnvironment({ TRACEPARENT: traceparent, TRACESTATE: 'vendor=1', BAGGAGE: 'a=1' })
    expect(spanOf(found)).toMatchObject({ traceId, spanId })
    expect(spanOf(found)?.traceState?.serialize()).toBe('vendor=1')
    expect(baggageOf(found)).toEqual({ a: '1' })
  })

  it('is that of this process, if none is given', () => {
    process.env.TRACEPARENT = traceparent
    try {
      expect(spanOf(fromEnvironment())).toMatchObject({ traceId })
    } finally {
      delete process.env.TRACEPARENT
    }
    expect(spanOf(fromEnvironment())).toBeUndefined()
  })

  it('for a process has the context, and what it has else', () => {
    const env = { PATH: '/bin', TRACEPARENT: 'old', TRACESTATE: 'old=1', BAGGAGE: 'old=1' }
    expect(toEnvironment(full(), env)).toEqual({
      PATH: '/bin',
      TRACEPARENT: traceparent,
      TRACESTATE: 'vendor=1',
      BAGGAGE: 'taskbeat.session_id=s%201,b=2',
    })
    expect(env.TRACEPARENT).toBe('old')
  })

  it('for a process of another trace has no trace state of an old one', () => {
    const env = { TRACEPARENT: 'old', TRACESTATE: 'old=1', BAGGAGE: 'old=1' }
    expect(toEnvironment(extract({ traceparent }), env)).toEqual({
      TRACEPARENT: traceparent,
      TRACESTATE: undefined,
      BAGGAGE: 'old=1',
    })
    expect(toEnvironment(ROOT_CONTEXT, env)).toEqual(env)
  })
})
