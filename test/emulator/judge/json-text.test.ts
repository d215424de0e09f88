import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeJson } from '../../../src/emulator/judge/json-text.ts'
import { isSameJson } from '../../../src/emulator/judge/same-json.ts'
import type { JsonValue } from '../../../src/json.ts'

const nest = (depth: number, core: JsonValue): JsonValue => {
  let value = core
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { k: value }
  return value
}

describe('writeJson', () => {
  test('says what JSON.stringify says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = writeJson(value as JsonValue)
        expect(isSameJson(JSON.parse(text), value as JsonValue)).toBe(true)
      }),
    )
  })

  test.each([
    [JSON.parse('{"b":1,"10":2,"9":3}'), '{"10":2,"9":3,"b":1}'],
    [JSON.parse('{"__proto__":[-0,[],{}]}'), '{"__proto__":[-0,[],{}]}'],
    [['a"\n', null, true, 1e21], '["a\\"\\n",null,true,1e+21]'],
  ])('%j', (value, text) => {
    expect(writeJson(value)).toBe(text)
  })

  test('nesting as deep as the worker accepts, and deeper, does not overflow', () => {
    const text = writeJson(nest(100_000, 'core'))
    expect(text).toContain('[{"k":["core"]}]')
    expect(isSameJson(JSON.parse(text), nest(100_000, 'core'))).toBe(true)
    expect(isSameJson(JSON.parse(text), nest(100_000, 'other'))).toBe(false)
  })
})

describe('isSameJson', () => {
  test.each([
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: null }, { b: null }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{}, null, false],
    [0, -0, true],
    ['1', 1, false],
    [{ toString: 1 }, {}, false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(isSameJson(a as JsonValue, b as JsonValue)).toBe(same)
    expect(isSameJson(b as JsonValue, a as JsonValue)).toBe(same)
  })
})
