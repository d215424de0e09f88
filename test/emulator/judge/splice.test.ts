import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spliceVerdict } from '../../../src/emulator/judge/splice.ts'

const splice = (line: string) =>
  spliceVerdict(line, '"V"', { isThere: (JSON.parse(line) as { verdict?: unknown }).verdict !== undefined })

describe('spliceVerdict', () => {
  test.each([
    ['{"id":1}', '{"id":1,"verdict":"V"}'],
    ['{"id":1 }', '{"id":1 ,"verdict":"V"}'],
    ['{"id":1,"verdict":null}', '{"id":1,"verdict":"V"}'],
    ['{"verdict": {"a":[1,{"verdict":2}]} , "id":1}', '{"verdict": "V" , "id":1}'],
    [
      '{"verdict":1,"x":12345678901234567890,"y":1e400}',
      '{"verdict":"V","x":12345678901234567890,"y":1e400}',
    ],
    ['{"x":{"verdict":1}}', '{"x":{"verdict":1},"verdict":"V"}'],
    ['{"verdict":0,"x":{"verdict":1}}', '{"verdict":"V","x":{"verdict":1}}'],
    ['{"verdict":0,"x":[{"verdict":1}]}', '{"verdict":"V","x":[{"verdict":1}]}'],
    ['{"x":"\\"verdict\\":1}","verdict":2}', '{"x":"\\"verdict\\":1}","verdict":"V"}'],
    ['{"verdict":2,"x":"\\"verdict\\":1}"}', '{"verdict":"V","x":"\\"verdict\\":1}"}'],
    ['{"verdict":1,"no\\"verdict":2}', '{"verdict":"V","no\\"verdict":2}'],
    ['{"verd\\u0069ct":1,"x":2}', '{"verd\\u0069ct":"V","x":2}'],
    ['{"verdict":1,"verd\\u0069ct":2}', '{"verdict":1,"verd\\u0069ct":"V"}'],
    ['{"verdict":1,"verdict":2,"x":"\\\\"}', '{"verdict":1,"verdict":"V","x":"\\\\"}'],
    ['{"verdict" :1}', '{"verdict" :"V"}'],
    ['{"verdict":\t"}" }', '{"verdict":\t"V" }'],
  ])('%s', (line, spliced) => {
    expect(splice(line)).toBe(spliced)
  })

  test('gives the members of any object, with the verdict as the only change', () => {
    const key = fc.oneof(fc.constant('verdict'), fc.string())
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.jsonValue(), { minKeys: 1 }),
        fc.constantFrom(0, 1),
        (object, indent) => {
          const line = JSON.stringify(object, null, indent).replaceAll('\n', ' ')
          const spliced = splice(line)
          expect(JSON.parse(spliced)).toEqual({ ...JSON.parse(line), verdict: 'V' })
          expect(splice(spliced)).toBe(spliced)
        },
      ),
    )
  })
})
