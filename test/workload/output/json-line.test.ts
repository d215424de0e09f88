import { describe, expect, it } from 'vitest'
import { readJsonLine } from '../../../src/workload/output/json-line.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const read = (value: unknown) => readJsonLine(typeof value === 'string' ? value : JSON.stringify(value), now)

describe('a line of JSON', () => {
  it.each([
    [{ level: 'error', msg: 'a' }, 'ERROR'],
    [{ level: 'WARNING', message: 'a' }, 'WARN'],
    [{ severity: 'CRITICAL', message: 'a' }, 'FATAL'],
    [{ levelname: 'DEBUG', message: 'a' }, 'DEBUG'],
    [{ lvl: 'info', event: 'a' }, 'INFO'],
    [{ 'log.level': 'warn', message: 'a' }, 'WARN'],
    [{ level: 50, time: 1, msg: 'a' }, 'ERROR'],
    [{ level: 60, msg: 'a' }, 'FATAL'],
    [{ level: 35, msg: 'a' }, 'INFO'],
    [{ level: 50, score: 3 }, 'INFO'],
    [{ level: 3, msg: 'a' }, 'INFO'],
    [{ level: 'hard', msg: 'a' }, 'INFO'],
    [{ msg: 'an ERROR' }, 'INFO'],
    [{ msg: 'a', err: { type: 'E', message: 'm', stack: 's' } }, 'ERROR'],
  ])('has the severity that its level says: %j', (value, severity) => {
    expect(read(value)?.severity).toBe(severity)
  })

  it('has its message as the text, and its other scalars as attributes', () => {
    expect(
      read({
        level: 'info',
        msg: 'saved',
        step: 3,
        ok: true,
        name: 'x',
        none: null,
        list: [1],
        at: { b: 1 },
      }),
    ).toEqual({
      severity: 'INFO',
      text: 'saved',
      attributes: { step: 3, ok: true, name: 'x' },
    })
  })

  it('is its own text where it has no message, and keeps what it could not use', () => {
    const line = '{"loss":0.5,"level":"hard","time":"yesterday","rank":-1}'
    expect(read(line)).toEqual({
      severity: 'INFO',
      text: line,
      attributes: { loss: 0.5, level: 'hard', time: 'yesterday', rank: -1 },
    })
  })

  it.each([
    ['seconds', { ts: 1795255199.5 }, '2026-11-21T09:59:59.500Z'],
    ['milliseconds', { time: 1795255199500 }, '2026-11-21T09:59:59.500Z'],
    ['microseconds', { timestamp: 1795255199500000 }, '2026-11-21T09:59:59.500Z'],
    ['nanoseconds', { ts: 1795255199500000000 }, '2026-11-21T09:59:59.500Z'],
    ['RFC 3339', { time: '2026-11-21T09:59:59.500Z' }, '2026-11-21T09:59:59.500Z'],
    ['RFC 3339 in nanoseconds', { time: '2026-11-21T10:59:59.500000001+01:00' }, '2026-11-21T09:59:59.500Z'],
    ['Python with a zone', { asctime: '2026-11-21 09:59:59,500 +0000' }, '2026-11-21T09:59:59.500Z'],
    ['ECS', { '@timestamp': '2026-11-21T09:59:59.500Z' }, '2026-11-21T09:59:59.500Z'],
    ['too old', { ts: 1795000000 }, undefined],
    ['of the future', { ts: 1795256000 }, undefined],
    ['a duration', { time: 12.5 }, undefined],
    ['prose', { time: 'Saturday' }, undefined],
    ['hours away without a zone', { time: '2026-11-21T04:00:00' }, undefined],
  ])('has a time that is plausible: %s', (_, value, at) => {
    expect(read({ msg: 'a', ...value })?.at?.toISOString()).toBe(at)
  })

  it('has a rank', () => {
    expect(read({ msg: 'a', rank: 3 })).toMatchObject({ rank: 3, attributes: {} })
    expect(read({ msg: 'a', rank: 'x' })).toMatchObject({ attributes: { rank: 'x' } })
  })

  it('tells of an exception', () => {
    const stack = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: bad'
    expect(read({ level: 'error', message: 'a', exc_info: stack })?.attributes).toEqual({
      'exception.type': 'ValueError',
      'exception.message': 'bad',
      'exception.stacktrace': stack,
    })
    expect(
      read({ level: 50, msg: 'a', err: { type: 'TypeError', message: 'bad', stack: 'x' } })?.attributes,
    ).toEqual({
      'exception.type': 'TypeError',
      'exception.message': 'bad',
      'exception.stacktrace': 'x',
    })
  })

  it('is bounded', () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`key${index}`, 'x'.repeat(5000)]),
    )
    const attributes = read({ msg: 'a', ['k'.repeat(200)]: 1, big: '1e999', ...many })?.attributes ?? {}
    expect(Object.keys(attributes)).toHaveLength(32)
    expect(Object.keys(attributes)).not.toContain('k'.repeat(200))
    expect(Buffer.byteLength(String(attributes.key0))).toBeLessThanOrEqual(1024)
  })

  it.each([
    '[1]',
    '1',
    '{"a":',
    '{a: 1}',
    'null',
    '',
    'x {"a":1}',
    '{'.repeat(60_000),
    `${'{"a":'.repeat(9000)}`,
  ])('is nothing else: %#', (line) => {
    expect(read(line)).toBeUndefined()
  })

  it('survives members with strange names and values', () => {
    expect(read('{"__proto__":"a","constructor":"b","":1,"huge":1e999,"msg":"c"}')?.attributes).toEqual(
      JSON.parse('{"__proto__":"a","constructor":"b"}'),
    )
  })
})
