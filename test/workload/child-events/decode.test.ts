import { describe, expect, it } from 'vitest'
import { decodeLine } from '../../../src/workload/child-events/decode.ts'

const now = new Date('2026-11-20T10:00:00.000Z')

const decode = (line: string | object) =>
  decodeLine(typeof line === 'string' ? line : JSON.stringify(line), now)
const used = (...events: readonly object[]) => ({ ok: true, events, badFields: 0 })
/** What is left of a line with bad fields. */
const eventOf = (line: string | object) => {
  const decoded = decode(line)
  return decoded.ok ? { ...decoded.events[0], badFields: decoded.badFields } : decoded.reason
}

describe('a line of each type', () => {
  it.each([
    {
      line: '{"type":"progress","step":10,"total_steps":100,"percent":10.5,"epoch":1,"loss":0.7,"lr":0.0003,"tokens_per_s":1234}',
      event: {
        type: 'progress',
        step: 10,
        totalSteps: 100,
        percent: 10.5,
        epoch: 1,
        metrics: { loss: 0.7, learningRate: 0.0003, tokens_per_s: 1234 },
      },
    },
    {
      line: '{"type":"progress","metrics":{"loss":0.7,"samples_per_second":32,"learning_rate":1e-4,"grad/norm":2}}',
      event: {
        type: 'progress',
        metrics: { loss: 0.7, samplesPerSecond: 32, learningRate: 1e-4, 'grad/norm': 2 },
      },
    },
    {
      line: '{"type":"progress","totalSteps":7,"learningRate":1,"samplesPerSecond":2}',
      event: { type: 'progress', totalSteps: 7, metrics: { learningRate: 1, samplesPerSecond: 2 } },
    },
    {
      line: '{"type":"checkpoint","dir":"checkpoint-100","metadata":{"loss":0.5,"tags":["a"]},"step":100,"percent":50}',
      event: {
        type: 'checkpoint-declared',
        path: 'checkpoint-100',
        metadata: { loss: 0.5, tags: ['a'] },
        step: 100,
        percent: 50,
      },
    },
    {
      line: '{"type":"checkpoint","dir":"/data/c"}',
      event: { type: 'checkpoint-declared', path: '/data/c', metadata: {} },
    },
    { line: '{"type":"checkpoint_start"}', event: { type: 'checkpoint-started', at: now } },
    {
      line: '{"type":"checkpointStart","dir":"c"}',
      event: { type: 'checkpoint-started', at: now, path: 'c' },
    },
    {
      line: '{"type":"event","name":"epoch over","attributes":{"a":"b","n":1,"yes":true,"list":[1,{"x":null}],"none":null}}',
      event: {
        type: 'event',
        at: now,
        name: 'epoch over',
        attributes: { a: 'b', n: 1, yes: true, list: '[1,{"x":null}]' },
      },
    },
    {
      line: '{"type":"error","message":"no memory","error_type":"OutOfMemoryError","stack":"a\\nb","rank":3}',
      event: {
        type: 'error',
        at: now,
        message: 'no memory',
        errorType: 'OutOfMemoryError',
        stack: 'a\nb',
        rank: 3,
        attributes: {},
      },
    },
    {
      line: '{"type":"error","message":"","errorType":"KeyboardInterrupt"}',
      event: {
        type: 'error',
        at: now,
        message: 'KeyboardInterrupt',
        errorType: 'KeyboardInterrupt',
        attributes: {},
      },
    },
    {
      line: '{"type":"span_start","id":"a","name":"eval","parent":"top","rank":0}',
      event: {
        type: 'span-started',
        at: now,
        id: 'a',
        name: 'eval',
        parentId: 'top',
        rank: 0,
        attributes: {},
      },
    },
    {
      line: '{"type":"spanStart","id":7,"name":"eval"}',
      event: { type: 'span-started', at: now, id: '7', name: 'eval', attributes: {} },
    },
    {
      line: '{"type":"span_end","id":7,"error":"ValueError: no","attributes":{"n":2}}',
      event: { type: 'span-ended', at: now, id: '7', error: 'ValueError: no', attributes: { n: 2 } },
    },
    { line: '{"type":"span_end","id":"a"}', event: { type: 'span-ended', at: now, id: 'a', attributes: {} } },
    {
      line: '{"type":"metric","name":"gpu.temp","value":71,"unit":"Cel","kind":"histogram","attributes":{"gpu":"0"}}',
      event: {
        type: 'metric',
        name: 'gpu.temp',
        value: 71,
        unit: 'Cel',
        kind: 'histogram',
        attributes: { gpu: '0' },
      },
    },
    {
      line: '{"type":"metric","name":"gpu.temp","value":NaN,"rank":2}',
      event: {
        type: 'metric',
        name: 'gpu.temp',
        value: Number.NaN,
        kind: 'gauge',
        attributes: { 'taskbeat.rank': 2 },
      },
    },
  ])('$line', ({ line, event }) => {
    expect(decode(line)).toEqual(used(event))
  })
})

describe('a line without a type', () => {
  it.each([
    { line: '{"step":5}', event: { type: 'progress', step: 5, metrics: {} } },
    { line: '{"percent":5.5}', event: { type: 'progress', percent: 5.5, metrics: {} } },
    { line: '{"type":null,"loss":NaN}', event: { type: 'progress', metrics: { loss: Number.NaN } } },
  ])('$line is progress', ({ line, event }) => {
    expect(decode(line)).toEqual(used(event))
  })
})

describe('the time of a line', () => {
  it.each([
    ['1763632800.25', '2025-11-20T10:00:00.250Z'],
    ['1763632800250', '2025-11-20T10:00:00.250Z'],
    ['"2025-11-20T11:00:00.250123+01:00"', '2025-11-20T10:00:00.250Z'],
    ['"2025-11-20 10:00:00.25z"', '2025-11-20T10:00:00.250Z'],
    ['null', now.toISOString()],
  ])('%s is %s', (time, iso) => {
    expect(eventOf(`{"type":"event","name":"x","time":${time}}`)).toMatchObject({
      at: new Date(iso),
      badFields: 0,
    })
  })

  it.each([
    '0',
    '-5',
    'NaN',
    '1e300',
    'true',
    '"today"',
    '"2025-11-20T10:00:00"',
    '"2025-13-20T10:00:00Z"',
    '{}',
  ])('%s is none: the time of reading is taken', (time) => {
    expect(eventOf(`{"type":"event","name":"x","time":${time}}`)).toMatchObject({ at: now, badFields: 1 })
  })
})

describe('the rank of a line', () => {
  it.each([
    '{"type":"progress","step":5,"rank":1}',
    '{"step":5,"rank":1}',
    '{"type":"checkpoint","dir":"c","rank":7}',
    '{"type":"checkpoint_start","rank":7}',
  ])('%s is used, and moves nothing', (line) => {
    expect(decode(line)).toEqual(used())
  })

  it('may be 0, or wrong', () => {
    expect(eventOf({ step: 5, rank: 0 })).toEqual({ type: 'progress', step: 5, metrics: {}, badFields: 0 })
    expect(eventOf({ step: 5, rank: 'main' })).toEqual({
      type: 'progress',
      step: 5,
      metrics: {},
      badFields: 1,
    })
  })
})

describe('one bad field does not drop the rest', () => {
  const progress = { type: 'progress', loss: 0.5 }
  it.each([
    { step: -1 },
    { step: 1.5 },
    { step: '5' },
    { total_steps: 0 },
    { percent: 100.5 },
    { percent: -1 },
    { epoch: -1 },
    { metrics: [1] },
    { metrics: { accuracy: 'good' } },
    { phase: 'warm-up' },
    { done: true },
    { nested: {} },
    { '': 1 },
    { ['m'.repeat(256)]: 1 },
  ])('progress with %o', (field) => {
    expect(eventOf({ ...progress, ...field })).toEqual({
      type: 'progress',
      metrics: { loss: 0.5 },
      badFields: 1,
    })
  })

  it.each([
    {
      line: '{"type":"progress","loss":0.5,"step":NaN}',
      event: { type: 'progress', metrics: { loss: 0.5 } },
    },
    {
      line: '{"type":"progress","loss":0.5,"percent":NaN}',
      event: { type: 'progress', metrics: { loss: 0.5 } },
    },
    {
      line: { type: 'checkpoint', dir: 'c', metadata: 5, step: 'x', percent: 101 },
      event: { type: 'checkpoint-declared', path: 'c', metadata: {} },
      badFields: 3,
    },
    {
      line: { type: 'event', name: 'x', atributes: {} },
      event: { type: 'event', at: now, name: 'x', attributes: {} },
    },
    {
      line: { type: 'event', name: 'x', attributes: [] },
      event: { type: 'event', at: now, name: 'x', attributes: {} },
    },
    {
      line: { type: 'error', message: 'x', error_type: 5, stack: [] },
      event: { type: 'error', at: now, message: 'x', attributes: {} },
      badFields: 2,
    },
    {
      line: { type: 'metric', name: 'x', value: 1, kind: 'sum', unit: 5 },
      event: { type: 'metric', name: 'x', value: 1, kind: 'gauge', attributes: {} },
      badFields: 2,
    },
  ])('$line', ({ line, event, badFields = 1 }) => {
    expect(eventOf(line)).toEqual({ ...event, badFields })
  })

  it('null is what Python makes of None, and no field', () => {
    expect(decode('{"type":"progress","step":1,"epoch":null,"loss":null,"metrics":null}')).toEqual(
      used({ type: 'progress', step: 1, metrics: {} }),
    )
  })
})

describe('what is too much is cut, and counted', () => {
  it('names after 255 characters, texts after 65,536, never within a character', () => {
    const name = 'n'.repeat(300)
    const message = `${'m'.repeat(65_535)}😀`
    expect(eventOf({ type: 'event', name })).toMatchObject({ name: 'n'.repeat(255), badFields: 1 })
    expect(eventOf({ type: 'error', message })).toMatchObject({
      message: `${'m'.repeat(65_535)}\ufffd`,
      badFields: 1,
    })
    expect(
      eventOf({ type: 'event', name: 'x', attributes: { [name]: message, list: [message] } }),
    ).toMatchObject({
      attributes: {
        [name.slice(0, 255)]: `${'m'.repeat(65_535)}\ufffd`,
        list: `["${'m'.repeat(65_534)}`,
      },
      badFields: 3,
    })
  })

  it('after 64 attributes or metrics', () => {
    const seventy = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`k${index}`, index]))
    const sixtyFour = Object.fromEntries(Object.entries(seventy).slice(0, 64))
    expect(eventOf({ type: 'event', name: 'x', attributes: seventy })).toMatchObject({
      attributes: sixtyFour,
      badFields: 6,
    })
    expect(eventOf({ type: 'progress', metrics: seventy })).toEqual({
      type: 'progress',
      metrics: sixtyFour,
      badFields: 6,
    })
  })

  it('but a path is not cut: it would be another', () => {
    expect(decode({ type: 'checkpoint', dir: 'c'.repeat(4_097) })).toEqual({
      ok: false,
      reason: 'incomplete',
    })
    expect(decode({ type: 'checkpoint', dir: 'a\0b' })).toEqual({ ok: false, reason: 'incomplete' })
  })

  it('nor is what is nested deeper than anybody could read again', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(eventOf(`{"type":"event","name":"x","attributes":{"deep":${deep},"a":1}}`)).toMatchObject({
      attributes: { a: 1 },
      badFields: 1,
    })
    expect(eventOf(`{"type":"checkpoint","dir":"c","metadata":{"deep":${deep}}}`)).toMatchObject({
      metadata: {},
      badFields: 1,
    })
  })
})

it('metadata is what JSON can say: NaN is null', () => {
  expect(
    eventOf('{"type":"checkpoint","dir":"c","metadata":{"loss":NaN,"all":[1,-Infinity]}}'),
  ).toMatchObject({
    metadata: { loss: null, all: [1, null] },
    badFields: 0,
  })
})

it.each([
  { line: 'Epoch 3, loss 0.7', reason: 'not-json' },
  { line: '{"step":5', reason: 'not-json' },
  { line: '[{"step":5}]', reason: 'not-an-object' },
  { line: '"step"', reason: 'not-an-object' },
  { line: 'null', reason: 'not-an-object' },
  { line: '5', reason: 'not-an-object' },
  { line: '{}', reason: 'unknown-type' },
  { line: '{"accuracy":1}', reason: 'unknown-type' },
  { line: '{"step":null}', reason: 'unknown-type' },
  { line: '{"type":"Progress","step":5}', reason: 'unknown-type' },
  { line: '{"type":"constructor","step":5}', reason: 'unknown-type' },
  { line: '{"type":5,"step":5}', reason: 'unknown-type' },
  { line: '{"type":"progress"}', reason: 'incomplete' },
  { line: '{"step":"five"}', reason: 'incomplete' },
  { line: '{"type":"checkpoint"}', reason: 'incomplete' },
  { line: '{"type":"checkpoint","dir":""}', reason: 'incomplete' },
  { line: '{"type":"event"}', reason: 'incomplete' },
  { line: '{"type":"error","stack":"x"}', reason: 'incomplete' },
  { line: '{"type":"span_start","id":"a"}', reason: 'incomplete' },
  { line: '{"type":"span_start","name":"a"}', reason: 'incomplete' },
  { line: '{"type":"span_end","id":{}}', reason: 'incomplete' },
  { line: '{"type":"metric","name":"a"}', reason: 'incomplete' },
  { line: '{"type":"metric","value":1}', reason: 'incomplete' },
])('$line is refused: $reason', ({ line, reason }) => {
  expect(decode(line)).toEqual({ ok: false, reason })
})

it('names that objects have of themselves are names like any other', () => {
  expect(eventOf('{"type":"progress","step":1,"__proto__":{"percent":50},"constructor":2}')).toEqual({
    type: 'progress',
    step: 1,
    metrics: { constructor: 2 },
    badFields: 1,
  })
})
