import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJson } from '../../../src/bridge/reading/parse-json.ts'

it.each([
  ['{"a": NaN}', { a: Number.NaN }],
  ['[Infinity, -Infinity , 1e3,-0.5]', [Infinity, -Infinity, 1000, -0.5]],
  ['NaN', Number.NaN],
  [
    '{"NaN": "NaN, Infinity", "b": [NaN, {"c": true, "d": null}], "e": {}, "f": []}',
    { NaN: 'NaN, Infinity', b: [Number.NaN, { c: true, d: null }], e: {}, f: [] },
  ],
  ['{"quote \\" and \\\\": NaN, "é\\u00e9\\n": 1}', { 'quote " and \\': Number.NaN, 'éé\n': 1 }],
  ['\uFEFF{"a": 1}', { a: 1 }],
  ['{"a": 1, "a": NaN}', { a: Number.NaN }],
])('%s is what Python means', (text, value) => {
  expect(parseJson(text)).toEqual(value)
})

it('a name of an object is a name, whatever it is', () => {
  const value = parseJson('{"__proto__": {"a": NaN}}')
  expect(Object.keys(value as object)).toEqual(['__proto__'])
})

it.each([
  '',
  '{',
  '{"a": NaN',
  '{"a": NaN,}',
  '{"a": NaN}}',
  '[NaN NaN]',
  'NaNa',
  '+NaN',
  '-NaN',
  'nan',
  '- Infinity',
  '{NaN: 1}',
  '{"a": NaN "b": 1}',
  '{"a" NaN}',
  '["NaN]',
  '[NaN, 01]',
  '[NaN, 1.]',
  '[NaN, "\n"]',
  '[NaN, undefined]',
  '[NaN, toString]',
  `${'['.repeat(100)}NaN${']'.repeat(100)}`,
  `${'[NaN,'.repeat(200_000)}`,
])('%.40s is none', (text) => {
  expect(parseJson(text)).toBeUndefined()
})

it('what JSON.parse understands is understood the same beside a NaN', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
      expect(parseJson(`[${text}${space},${space}NaN]`)).toEqual([JSON.parse(text), Number.NaN])
    }),
  )
})

it('what ends too early is none, wherever it ends', () => {
  const text = '{"a": [NaN, "x\\"y"], "b": {"c": -1.5e3}}'
  for (let length = 0; length < text.length; length += 1)
    expect(parseJson(text.slice(0, length)), text.slice(0, length)).toBeUndefined()
})
