// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the Collector has these in its texts
import { expect, it } from 'vitest'
import { substitute } from '../../../src/naming/collector/substitute.ts'

const environment = {
  HOST: 'here',
  EMPTY: '',
  LIST: '[a, b]',
  DIGITS: '0123',
  SELF: '${env:SELF}',
  YES: 'true',
}

it.each([
  { text: '${env:HOST}', wanted: 'here' },
  { text: 'http://${env:HOST}:80', wanted: 'http://here:80' },
  { text: '${HOST}', wanted: 'here' },
  { text: '${env:NONE:-there}', wanted: 'there' },
  { text: '${env:NONE:-}', wanted: '' },
  { text: '${env:HOST:-there}', wanted: 'here' },
  { text: '${env:NONE}', wanted: '' },
  // set to nothing is set
  { text: '${env:EMPTY:-there}', wanted: '' },
  { text: '${env:NONE:-${env:HOST}}', wanted: 'here' },
  { text: '$${env:HOST}', wanted: '${env:HOST}' },
  { text: 'a$$b', wanted: 'a$b' },
  { text: '${env:DIGITS}', wanted: '0123' },
  { text: '${env:YES}', wanted: 'true' },
  { text: '${env:LIST}', wanted: ['a', 'b'] },
  { text: '${file:other.yaml}', wanted: '${file:other.yaml}' },
  // the Collector takes NAME for a scheme
  { text: '${NAME:-x}', wanted: '${NAME:-x}' },
])('$text becomes $wanted', ({ text, wanted }) => {
  expect(substitute({ deep: [text] }, environment)).toEqual({ deep: [wanted] })
})

it('a variable that names itself ends', () => {
  const told: string[] = []
  expect(substitute('${env:SELF}', environment, (place) => told.push(place))).toBe('${env:SELF}')
  expect(told).toEqual(['${env:SELF}'])
})
