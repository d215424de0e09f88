import { describe, expect, test } from 'vitest'
import { decodeDocument } from '../../../src/progress/contract/go-json.ts'

const decode = (text: string) => {
  const decoded = decodeDocument(text)
  return decoded.ok ? decoded.document : undefined
}

const EMPTY = { taskId: '', percentComplete: 0, name: '', metadata: {}, lastUpdatedAt: '' }
const nest = ({ depth, of = '' }: { depth: number; of?: string }) =>
  `${'['.repeat(depth)}${of}${']'.repeat(depth)}`

describe('decodeDocument', () => {
  test.each([
    { text: 'null', gives: {} },
    { text: ' {} \r\n\t', gives: {} },
    { text: '{"percentComplete":4294967295}', gives: { percentComplete: 4294967295 } },
    { text: '{"name":"a","name":"b"}', gives: { name: 'b' } },
    { text: '{"name":"a","name":null}', gives: { name: 'a' } },
    { text: '{"NAME":"a"}', gives: { name: 'a' } },
    { text: '{"ta\\u017f\\u212aId":"t"}', gives: { taskId: 't' } },
    { text: '{"taſKID":"t"}', gives: { taskId: 't' } },
    { text: '{"n\\u0061me":"a"}', gives: { name: 'a' } },
    { text: '{"naıme":"a","percentCompłete":3}', gives: {} },
    { text: '{"name":"\\ud83d\\ude00\\ud83d"}', gives: { name: '😀\ufffd' } },
    { text: '{"name":"\\\\ud800"}', gives: { name: '\\ud800' } },
    { text: '{"name":"\ud83d\\ude00"}', gives: { name: '\ufffd\ufffd' } },
    { text: '{"name":"\u007f\u2028"}', gives: { name: '\u007f\u2028' } },
    { text: '{"x":1e400,"y":{"z":[true,false,null,"\\/",-0.5E+3]}}', gives: {} },
  ])('$text is understood', ({ text, gives }) => {
    expect(decode(text)).toStrictEqual({ ...EMPTY, ...gives })
  })

  test.each([
    { text: '{"metadata":{"a":1},"metadata":{"b":2}}', metadata: { a: 1, b: 2 } },
    { text: '{"metadata":{"a":{"x":1}},"Metadata":{"a":{"y":2}}}', metadata: { a: { y: 2 } } },
    { text: '{"metadata":{"a":1},"metadata":null}', metadata: {} },
    { text: '{"metadata":{"a":1},"metadata":null,"metadata":{"b":2}}', metadata: { b: 2 } },
    { text: '{"metadata":{"a":1,"a":2}}', metadata: { a: 2 } },
    { text: '{"metadata":{"\\ud800":1,"\\ud801":2,"\\ud800":3}}', metadata: { '\ufffd': 3 } },
    { text: '{"metadata":{"n":[9007199254740993,1.0,1e2]}}', metadata: { n: [9007199254740992, 1, 100] } },
    { text: `{"metadata":{"huge":${'1'.repeat(309)}}}`, metadata: { huge: Number('1'.repeat(309)) } },
    { text: '{"metadata":{"tiny":1e-400,"minus":-0}}', metadata: { tiny: 0, minus: -0 } },
  ])('$text has its metadata', ({ text, metadata }) => {
    expect(decode(text)?.metadata).toStrictEqual(metadata)
  })

  test('a member called __proto__ is an ordinary one', () => {
    const metadata = decode('{"metadata":{"a":1},"metadata":{"__proto__":{"b":2}}}')?.metadata ?? {}
    expect(Object.keys(metadata)).toEqual(['a', '__proto__'])
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype)
  })

  test.each([
    { text: '', why: 'empty' },
    { text: '\ufeff{}', why: 'a byte-order mark' },
    { text: '{} x', why: 'trailing text' },
    { text: '{}\u0000', why: 'a trailing NUL' },
    { text: '{"a":1,}', why: 'a trailing comma' },
    { text: '{"x":[1,]}', why: 'a trailing comma in an array' },
    { text: '{/**/}', why: 'a comment' },
    { text: "{'name':'a'}", why: 'single quotes' },
    { text: '{name:"a"}', why: 'a bare key' },
    { text: '{"x":NaN}', why: 'NaN, even in an unknown member' },
    { text: '{"x":+1}', why: 'a plus sign' },
    { text: '{"x":.5}', why: 'no digit before the point' },
    { text: '{"x":5.}', why: 'no digit after the point' },
    { text: '{"x":1e}', why: 'no digit in the exponent' },
    { text: '{"x":01}', why: 'a leading zero' },
    { text: '{"x":nul}', why: 'half a word' },
    { text: '{"x":"\t"}', why: 'a control character in a string' },
    { text: '{"x":"\\x41"}', why: 'an escape that JSON lacks' },
    { text: '{"x":"\\u12g4"}', why: 'half an escape' },
    { text: '{"x":"a', why: 'an unfinished string' },
    { text: '{"x":"\\', why: 'an unfinished escape' },
    { text: '{"x":[}', why: 'crossed brackets' },
    { text: '{\u00a0}', why: 'white space that JSON lacks' },
    { text: '[]', why: 'an array' },
    { text: '"a"', why: 'a string' },
    { text: '5', why: 'a number' },
    { text: '{"name":5}', why: 'a name that is a number' },
    { text: '{"taskId":{}}', why: 'a task id that is an object' },
    { text: '{"lastUpdatedAt":true}', why: 'a time that is a boolean' },
    { text: '{"metadata":[]}', why: 'metadata that are an array' },
    { text: '{"metadata":"{}"}', why: 'metadata that are a string' },
    { text: '{"metadata":{"a":[1e400]}}', why: 'a number out of range in metadata' },
    { text: '{"metadata":{"a":1e400,"a":1}}', why: 'a number out of range, though overwritten' },
    { text: `{"metadata":{"a":${'9'.repeat(309)}}}`, why: 'a long number out of range' },
    { text: '{"percentComplete":"10"}', why: 'a percentage that is a string' },
    { text: '{"percentComplete":10.0}', why: 'a point' },
    { text: '{"percentComplete":1e1}', why: 'an exponent' },
    { text: '{"percentComplete":-0}', why: 'a sign' },
    { text: '{"percentComplete":4294967296}', why: 'more than a uint32 holds' },
    { text: '{"percentComplete":10.5,"percentComplete":10}', why: 'a fault, though overwritten' },
  ])('$text is refused: $why', ({ text }) => {
    expect(decodeDocument(text)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/, near character \d+$/),
    })
  })

  test.each([
    { depth: 9_999, isAccepted: true },
    { depth: 10_000, isAccepted: false },
    { depth: 5_000_000, isAccepted: false },
  ])('$depth levels below the top: accepted is $isAccepted', ({ depth, isAccepted }) => {
    for (const member of ['x', 'metadata']) {
      const value = member === 'x' ? nest({ depth }) : `{"k":${nest({ depth: depth - 1 })}}`
      expect(decodeDocument(`{"${member}":${value}}`).ok).toBe(isAccepted)
    }
  })

  test('10 MB are decoded in linear time', () => {
    const repeat = (part: string) => part.repeat(10_000_000 / part.length)
    const documents = [
      `{"x":"${repeat('x')}"}`,
      `{"metadata":{"k":"${repeat('\\u0041')}"}}`,
      `{"metadata":{"k":[0${repeat(',1.25')}]}}`,
      `{${repeat('"metadata":{"a":1},')}"x":1}`,
      `{"percentComplete":1${repeat('0')}}`,
      `{"x":"${repeat('\\')}`,
    ]
    const startedMs = performance.now()
    for (const text of documents) decodeDocument(text)
    // Far above what it takes, far below what quadratic work would.
    expect(performance.now() - startedMs).toBeLessThan(20_000)
  }, 30_000)
})

describe('what Go leaves of a text that it refuses', () => {
  const before = { ...EMPTY, name: 'before', metadata: { a: 1, b: 1 } }

  test.each([
    { text: '{"name":"a","percentComplete":10.5}', left: { ...EMPTY, name: 'a' }, why: 'the other members' },
    {
      text: '{"percentComplete":"9","percentComplete":8}',
      left: { ...EMPTY, percentComplete: 8 },
      why: 'a later one',
    },
    { text: '{"name":"a","percentComplete":10.5', left: undefined, why: 'nothing of what is no JSON' },
    { text: '[]', left: undefined, why: 'nothing of what is no object' },
  ])('$text: $why', ({ text, left }) => {
    const decoded = decodeDocument(text)
    expect(decoded.ok ? undefined : decoded.left).toEqual(left)
  })

  test.each([
    { text: '{"metadata":{"b":2}}', document: { ...before, metadata: { a: 1, b: 2 } } },
    { text: '{"name":null,"metadata":null}', document: { ...before, metadata: {} } },
    { text: 'null', document: before },
  ])('the next attempt reads $text over it', ({ text, document }) => {
    expect(decodeDocument(text, before)).toEqual({ ok: true, document })
    expect(before.metadata).toEqual({ a: 1, b: 1 })
  })

  test('a text without sense leaves it for the attempt after', () => {
    expect(decodeDocument('{', before)).toMatchObject({ ok: false, left: before })
  })
})
