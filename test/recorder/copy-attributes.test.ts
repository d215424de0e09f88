import { expect, it } from 'vitest'
import { addAttributes, copyAttributes } from '../../src/recorder/copy-attributes.ts'

const copied = (source: unknown) => {
  const dropped: string[] = []
  const copy = copyAttributes(source as never, (name, why) => dropped.push(`${name} ${why}`.trim()))
  return { copy, dropped }
}

const noValue = 'is no text, number, truth value, or list of one of these'
const thrower = {
  get bad() {
    throw new Error('no')
  },
}

it.each<[string, unknown, object, readonly string[]]>([
  ['texts, numbers, truth values', { a: '', b: -0.5, c: false }, { a: '', b: -0.5, c: false }, []],
  ['numbers that are none', { a: Number.NaN, b: -Infinity }, { a: Number.NaN, b: -Infinity }, []],
  ['lists', { a: ['x'], b: [1], c: [true], d: [] }, { a: ['x'], b: [1], c: [true], d: [] }, []],
  ['undefined, which was not given', { a: undefined, b: 1 }, { b: 1 }, []],
  ['null', { a: null, b: 1 }, { b: 1 }, [`a ${noValue}`]],
  ['an object', { a: {}, b: 1 }, { b: 1 }, [`a ${noValue}`]],
  [
    'a bigint, a symbol, a function',
    { a: 1n, b: Symbol(), c: () => 1 },
    {},
    ['a', 'b', 'c'].map((x) => `${x} ${noValue}`),
  ],
  ['a list of several types', { a: [1, '1'], b: 1 }, { b: 1 }, [`a ${noValue}`]],
  ['a list with holes', { a: [1, undefined], b: [null] }, {}, [`a ${noValue}`, `b ${noValue}`]],
  ['an empty name', { '': 1, b: 1 }, { b: 1 }, ['is no name of an attribute']],
  ['__proto__', JSON.parse('{"__proto__":["x"],"b":1}'), { b: 1 }, ['__proto__ is no name of an attribute']],
  ['what throws', thrower, {}, ['the attributes could not be read']],
  ['no object', 'text', {}, ['the attributes are no object']],
  ['nothing', null, {}, ['the attributes are no object']],
])('copies %s', (_, source, copy, dropped) => {
  expect(copied(source)).toEqual({ copy, dropped })
  expect(Object.getPrototypeOf(copied(source).copy)).toBe(Object.prototype)
})

const many = (count: number, first = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${first + index}`, index]))

it('takes 1,024 of one span or event', () => {
  expect(copied(many(1_024)).dropped).toEqual([])
  const { copy, dropped } = copied(many(1_026))
  expect([Object.keys(copy).length, dropped]).toEqual([
    1_024,
    ['a1024 is one of more than 1024', 'a1025 is one of more than 1024'],
  ])
})

it('adds to others as far as there is room; what is there already may change', () => {
  const dropped: string[] = []
  const target = copied(many(1_023)).copy
  addAttributes(target, { a0: 'new', b: 1, c: 2 }, (name) => dropped.push(name))
  expect([Object.keys(target).length, target.a0, target.b, dropped]).toEqual([1_024, 'new', 1, ['c']])
})
