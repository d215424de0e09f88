import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseLine } from '../../../src/workload/child-events/parse-line.ts'

it('whatever JSON.parse takes is taken as it is', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseLine(text)).toEqual(JSON.parse(text))
    }),
  )
})

it.each([
  { by: 'Python', text: '{"loss": NaN, "up": Infinity, "down": -Infinity}' },
  { by: 'C', text: '{"loss":nan,"up":inf,"down":-inf}' },
  { by: 'C++ on some systems', text: '{"loss":-nan,"up":INF,"down":-INFINITY}' },
])('reads what $by makes of numbers that are none', ({ text }) => {
  expect(parseLine(text)).toEqual({
    loss: Number.NaN,
    up: Number.POSITIVE_INFINITY,
    down: Number.NEGATIVE_INFINITY,
  })
})

it('reads them wherever a value can be, and leaves texts alone', () => {
  const text = String.raw`{"NaN":[NaN,[Infinity]],"a":"NaN, \"inf\", NaN\\","b":{"nan":"-Infinity"},"c":nan}`
  expect(parseLine(text)).toEqual({
    NaN: [Number.NaN, [Number.POSITIVE_INFINITY]],
    a: String.raw`NaN, "inf", NaN\ `.trim(),
    b: { nan: '-Infinity' },
    c: Number.NaN,
  })
})

it.each([
  '',
  'NaN is not JSON',
  '{"loss":NaNs}',
  '{"loss":1NaN}',
  '{"loss":1inf}',
  '{"loss":1.inf}',
  '{"loss":NaN',
  '{"a":"NaN',
  '{"a":"NaN\\',
  '{"info"',
  '5 6',
  'step 5/10',
])('%j is nothing', (text) => {
  expect(parseLine(text)).toBeUndefined()
})

it('long lines that are cut off, or nested deep, take no longer than their length asks for', () => {
  const quotes = '\\"'.repeat(500_000)
  const depth = 500_000
  expect(parseLine(`{"loss":NaN,"a":"${quotes}`)).toBeUndefined()
  expect(parseLine(`{"loss":NaN,"a":"${quotes}"}`)).toMatchObject({ loss: Number.NaN })
  expect(() => parseLine(`{"loss":NaN,"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).not.toThrow()
})
