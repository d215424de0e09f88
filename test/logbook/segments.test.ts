import { describe, expect, it } from 'vitest'
import { choosePair, parseSegmentName, segmentName } from '../../src/logbook/segments.ts'

it('a file is named by its family and ten digits', () => {
  expect(segmentName('curves', 42)).toBe('curves-0000000042.jsonl')
  expect(parseSegmentName('curves-0000000042.jsonl')).toEqual({ family: 'curves', number: 42 })
})

it.each([
  'curves-42.jsonl',
  'notes-0000000042.jsonl',
  'curves-joining.tmp',
  'curves-0000000042.jsonl.bak',
  '',
])('%j is no file of a logbook', (name) => {
  expect(parseSegmentName(name)).toBeUndefined()
})

describe('the two to be joined', () => {
  const segments = (...numbers: number[]) => numbers.map((number) => ({ number, bytes: 1 }))

  it.each<[string, number[], number, number | undefined]>([
    ['there are none in an empty logbook', [], 1, undefined],
    ['nor with one file', [1], 2, undefined],
    ['two are those', [1, 2], 3, 0],
    ['of equals it is the oldest two', [1, 2, 3, 4, 5, 6, 7, 8], 9, 0],
    ['what was joined already waits until the others were', [1, 3, 4, 5, 6, 7, 8, 9], 10, 1],
    ['then the joined ones are joined again', [1, 3, 5, 7, 9, 11, 12], 13, 0],
    ['the newest quarter stays as it is', [1, 9, 17, 25, 33, 41, 42, 43], 44, 0],
    ['unless there is nothing else', [1, 2, 3], 4, 0],
  ])('%s', (_, numbers, next, chosen) => {
    expect(choosePair(segments(...numbers), next)).toBe(chosen)
  })
})
