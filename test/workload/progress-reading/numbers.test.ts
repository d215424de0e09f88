import { expect, it } from 'vitest'
import { readNumber, readNumberForPeople } from '../../../src/workload/progress-reading/numbers.ts'

it.each([
  ['5', 5],
  [' 0.5 ', 0.5],
  ['.5', 0.5],
  ['5.', 5],
  ['-1.5e-05', -1.5e-5],
  ['6.9E+00', 6.9],
  ['nan', Number.NaN],
  ['NaN', Number.NaN],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['', undefined],
  ['0x10', undefined],
  ['1,000', undefined],
  ['1.2.3', undefined],
  ['5%', undefined],
  ['infinite', undefined],
])('%j is the number %d', (text, value) => {
  expect(readNumber(text)).toEqual(value)
})

it.each([
  ['5', 5],
  ['12,345', 12_345],
  ['1_234_567.5', 1_234_567.5],
  ['1.2k', 1200],
  ['3M', 3e6],
  ['1.5G', 1.5e9],
  ['2T', 2e12],
  ['1,234K', 1_234_000],
  ['45 %', 45],
  ['45%', 45],
  ['nan', Number.NaN],
  ['-inf', -Infinity],
  ['12,34', undefined],
  ['k', undefined],
  ['', undefined],
  ['1.2kk', undefined],
  ['five', undefined],
])('%j is the number %d for people', (text, value) => {
  expect(readNumberForPeople(text)).toEqual(value)
})
