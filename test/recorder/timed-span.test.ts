import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { memoryExporter } from '../../src/recorder/exporters/memory.ts'
import { notingExporter, recorderBed } from './recorder-bed.ts'

const bedOf = () => {
  const noting = notingExporter()
  const memory = memoryExporter()
  return { noting, memory, ...recorderBed({ exporters: [noting, memory] }) }
}

it('T2: two concurrent branches do not cross', async () => {
  const { recorder } = bedOf()
  const branch = (name: string) =>
    recorder.timedSpan(name, {}, async (span) => {
      await setImmediate()
      const first = recorder.start(`${name} child`)
      await recorder.timedSpan(`${name} inner`, {}, async (inner) => {
        await setImmediate()
        expect([recorder.currentSpan(), inner.parent]).toEqual([inner, span])
      })
      expect([recorder.currentSpan(), first.parent]).toEqual([span, span])
    })
  await Promise.all([branch('a'), branch('b')])
})

it('T2: a thousand concurrent branches never cross', async () => {
  const { recorder } = bedOf()
  let crossed = 0
  const branch = (index: number, depth: number): Promise<void> =>
    recorder.timedSpan(`branch ${index}`, { attributes: { depth } }, async (span) => {
      if (index % 3 === 0) await setImmediate()
      else await Promise.resolve()
      const child = recorder.start('child')
      if (recorder.currentSpan() !== span || child.parent !== span || child.traceId !== span.traceId)
        crossed += 1
      if (depth < 3) await branch(index, depth + 1)
      if (recorder.currentSpan() !== span) crossed += 1
      recorder.stop(child)
    })
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => branch(index, 0)))
  expect(crossed).toBe(0)
})

it('T3: the result of a body is the result, at once or later', async () => {
  const { recorder, noting } = bedOf()
  expect(recorder.timedSpan('sync', {}, () => 7)).toBe(7)
  const later = recorder.timedSpan('async', {}, async (span) => {
    expect(span.isActive).toBe(true)
    await setImmediate()
    return 8
  })
  expect(noting.calls).toEqual(['start sync', 'stop sync', 'start async'])
  expect(await later).toBe(8)
  expect(noting.calls.at(-1)).toBe('stop async')
})

it('T3: a thenable that is no promise is awaited too, and a generator is not', async () => {
  const { recorder, noting } = bedOf()
  // biome-ignore lint/suspicious/noThenProperty: that is what is tested
  const thenable = { then: (take: (value: number) => void) => void setTimeout(take, 1, 9) }
  expect(await recorder.timedSpan('thenable', {}, () => thenable)).toBe(9)
  const generator = recorder.timedSpan('generator', {}, function* () {
    yield 1
  })
  expect(noting.calls.at(-1)).toBe('stop generator')
  expect([...generator]).toEqual([1])
})

it.each([
  ['an error', new TypeError('boom'), { exception_type: 'TypeError', exception_message: 'boom' }],
  ['a text', 'boom', { exception_type: 'string', exception_message: 'boom' }],
  ['nothing', undefined, { exception_type: 'undefined', exception_message: 'undefined' }],
  ['an object', { toString: (): string => 'boom' }, { exception_type: 'Object', exception_message: 'boom' }],
])('T3: %s that is thrown or rejected is recorded, and thrown on as it is', async (_, thrown, attributes) => {
  const { recorder, memory } = bedOf()
  const spans: unknown[] = []
  const caught: unknown[] = []
  try {
    recorder.timedSpan('sync', {}, (span) => {
      spans.push(span)
      throw thrown
    })
  } catch (error) {
    caught.push(error)
  }
  await recorder
    .timedSpan('async', {}, async (span) => {
      spans.push(span)
      await setImmediate()
      throw thrown
    })
    .catch((error: unknown) => caught.push(error))
  expect(caught).toHaveLength(2)
  for (const error of caught) expect(error).toBe(thrown)
  expect(spans).toMatchObject([
    { hasFailed: true, isActive: false },
    { hasFailed: true, isActive: false },
  ])
  const message = { error_message: `Error in sync: ${attributes.exception_message}` }
  expect(memory.records.map(({ type }) => type)).toEqual([
    ...['start', 'application_error', 'stop'],
    ...['start', 'application_error', 'stop'],
  ])
  expect(memory.records[1]).toMatchObject({
    event: { name: 'error', attributes: { ...attributes, ...message } },
  })
})

it('T3: an error tells of its causes, and one that refuses to be read does no harm', () => {
  const { recorder, memory } = bedOf()
  const span = recorder.start('a')
  recorder.error(span, 'it broke', new Error('outer', { cause: new RangeError('inner') }))
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no')
      },
    },
  )
  expect(() =>
    recorder.timedSpan('hostile', {}, () => {
      throw hostile
    }),
  ).toThrow()
  expect(memory.records[1]).toMatchObject({
    event: {
      attributes: {
        error_message: 'it broke',
        exception_type: 'Error',
        exception_traceback: expect.stringMatching(/Error: outer[\s\S]*\nCaused by: RangeError: inner/),
      },
    },
  })
  expect(memory.records.map(({ type }) => type)).toEqual([
    ...['start', 'application_error'],
    ...['start', 'application_error', 'stop'],
  ])
})

it('T3: a body that was aborted has not failed', async () => {
  const { recorder, memory } = bedOf()
  const controller = new AbortController()
  const body = recorder.timedSpan('a', {}, () => setImmediate(1, { signal: controller.signal }))
  controller.abort()
  await expect(body).rejects.toMatchObject({ name: 'AbortError' })
  expect(memory.records.map(({ type }) => type)).toEqual(['start', 'stop'])
  expect(memory.records[1]).toMatchObject({ stop_event: { attributes: { aborted: true } } })
})

it('T3: a timeout is a failure', () => {
  const { recorder, memory } = bedOf()
  expect(() =>
    recorder.timedSpan('a', {}, () => {
      throw new DOMException('too late', 'TimeoutError')
    }),
  ).toThrow('too late')
  expect(memory.records[1]).toMatchObject({ event: { attributes: { exception_type: 'TimeoutError' } } })
})

it('T3: a body may stop its own span, or close the recorder', async () => {
  const { recorder, noting } = bedOf()
  recorder.timedSpan('own', {}, (span) => recorder.stop(span))
  expect(
    await recorder.timedSpan('closing', {}, async () => {
      await recorder.close()
      return 7
    }),
  ).toBe(7)
  expect(noting.calls).toEqual(['start own', 'stop own', 'start closing', 'stop closing', 'flush', 'close'])
})
