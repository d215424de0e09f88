import { describe, expect, it } from 'vitest'
import { baggageValue, withBaggage } from '../src/baggage.ts'

describe('a value in baggage', () => {
  const key = 'taskbeat.session_id'
  it.each([
    { what: 'alone', text: 'taskbeat.session_id=s-1', value: 's-1' },
    { what: 'among others', text: 'a=1,taskbeat.session_id=s-1,b=2', value: 's-1' },
    { what: 'with spaces and properties', text: 'a=1;p , taskbeat.session_id = s-1 ;p=2;q', value: 's-1' },
    { what: 'percent-encoded', text: 'taskbeat.session_id=a%20%C3%A9%2C', value: 'a é,' },
    { what: 'with an equals sign', text: 'taskbeat.session_id=a=b', value: 'a=b' },
    { what: 'twice: the first', text: 'taskbeat.session_id=1,taskbeat.session_id=2', value: '1' },
    { what: 'empty', text: 'taskbeat.session_id=', value: undefined },
    { what: 'without a value', text: 'taskbeat.session_id', value: undefined },
    { what: 'wrongly encoded', text: 'taskbeat.session_id=%E0%A4%A', value: undefined },
    { what: 'under another name', text: 'x.taskbeat.session_id=s', value: undefined },
    { what: 'of nobody', text: '', value: undefined },
    { what: 'in too much', text: `taskbeat.session_id=s,a=${'x'.repeat(8_200)}`, value: undefined },
  ])('$what', ({ text, value }) => {
    expect(baggageValue(text, key)).toBe(value)
  })
})

describe('baggage with members of ours', () => {
  const own = { 'taskbeat.run_id': 'run 1,2', 'taskbeat.attempt': '2' }
  const ours = 'taskbeat.run_id=run%201%2C2,taskbeat.attempt=2'

  it.each([
    { what: 'nothing', text: undefined, all: ours },
    { what: 'blanks', text: '  ', all: ours },
    { what: 'others, byte for byte', text: 'a=1 ;p, b=%zz', all: `a=1 ;p, b=%zz,${ours}` },
    { what: 'an older one of the same key', text: 'a=1,taskbeat.attempt=1;p,b=2', all: `a=1,b=2,${ours}` },
  ])('beside $what', ({ text, all }) => {
    expect(withBaggage(text, own)).toBe(all)
  })

  it('has theirs first: 64 members, of which none is left out for ours', () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=1`).join(',')
    expect(withBaggage(others(64), own)).toBe(others(64))
    expect(withBaggage(others(63), own)).toBe(`${others(63)},taskbeat.run_id=run%201%2C2`)
  })

  it('has 8192 bytes at most', () => {
    const others = `a=${'x'.repeat(8_192 - 2 - 25)}`
    // the id has no room, the attempt has
    expect(withBaggage(others, own)?.slice(8_192 - 25)).toBe(',taskbeat.attempt=2')
    expect(withBaggage(`${others}${'x'.repeat(25)}`, own)?.slice(8_192 - 25)).toBe('x'.repeat(25))
  })

  it('is none if there is nothing to say', () => {
    expect(withBaggage(undefined, {})).toBeUndefined()
    expect(withBaggage('', {})).toBeUndefined()
  })

  it('does not fail for a text that is no Unicode', () => {
    expect(withBaggage('', { key: '\ud800' })).toBe('key=%EF%BF%BD')
  })
})
