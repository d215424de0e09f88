import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerptOf, piecesOf } from '../../../../src/view/page/logs/matches.ts'
import { countFrom, severityLook } from '../../../../src/view/page/logs/severity.ts'
import { isWholeOf } from '../../../../src/view/page/logs/use-whole.ts'

const shown = (text: string, search: string) =>
  piecesOf(text, search)
    .map(({ text: piece, isMatch }) => (isMatch ? `[${piece}]` : piece))
    .join('')

describe('what was searched for', () => {
  it.each([
    { text: 'loss is a Loss', search: 'loss', marked: '[loss] is a [Loss]' },
    { text: 'nothing here', search: 'loss', marked: 'nothing here' },
    { text: 'nothing here', search: '', marked: 'nothing here' },
    { text: '', search: 'x', marked: '' },
    { text: 'a.b a+b', search: 'a.b', marked: '[a.b] a+b' },
    { text: 'f(x)[0]{1}^$|\\*?', search: '(x)[0]{1}^$|\\*?', marked: 'f[(x)[0]{1}^$|\\*?]' },
    { text: 'İstanbul und GRÖSSE', search: 'größe', marked: 'İstanbul und GRÖSSE' },
    { text: 'İ GRÖẞE here', search: 'here', marked: 'İ GRÖẞE [here]' },
    { text: '🚀🚀', search: '🚀', marked: '[🚀][🚀]' },
  ])('$search in $text is marked', ({ text, search, marked }) => {
    expect(shown(text, search)).toBe(marked)
  })

  it('is cut without losing a letter', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary', maxLength: 3 }),
        (text, search) => {
          expect(
            piecesOf(text, search)
              .map((piece) => piece.text)
              .join(''),
          ).toBe(text)
        },
      ),
    )
  })

  it('is marked at most 500 times', () => {
    expect(piecesOf('a b '.repeat(10_000), 'a').filter(({ isMatch }) => isMatch)).toHaveLength(500)
  })
})

describe('the excerpt of a line', () => {
  it('is the line itself where that is short', () => {
    expect(excerptOf('short', 'x')).toBe('short')
  })

  it('is its beginning', () => {
    expect(excerptOf('x'.repeat(1_000_000), '', 10)).toBe('xxxxxxxxxx …')
  })

  it('is around what was searched for, where that stands further on', () => {
    const text = `${'x'.repeat(5_000)}needle${'y'.repeat(5_000)}`
    const excerpt = excerptOf(text, 'NEEDLE', 100)
    expect(excerpt).toContain('needle')
    expect(excerpt.startsWith('… x')).toBe(true)
    expect(excerpt.endsWith('y …')).toBe(true)
    expect(excerpt).toHaveLength(104)
  })
})

describe('severities', () => {
  const counts = [10, 1, 2, 30, 4, 5, 6]
  it.each([
    { least: 0, count: 58 },
    { least: 3, count: 45 },
    { least: 5, count: 11 },
  ])('from $least on are $count lines', ({ least, count }) => {
    expect(countFrom(counts, least)).toBe(count)
  })

  it('look like what they are', () => {
    expect([0, 3, 4, 5, 6].map(severityLook)).toEqual([
      'is-quiet',
      'is-quiet',
      'is-warning',
      'is-error',
      'is-error',
    ])
  })
})

describe('the whole of a line that the list has the beginning of', () => {
  const listed = { index: 7, t: 5, severity: 3, text: 'begin', isCut: true } as const
  it.each([
    { of: 'is it', answer: { index: 7, t: 5, severity: 3, text: 'beginning' }, is: true },
    { of: 'is it, with attributes', answer: { ...listed, attributes: { a: 1 } }, is: true },
    { of: 'is not there', answer: undefined, is: false },
    { of: 'has another time', answer: { ...listed, t: 6 }, is: false },
    { of: 'has another text', answer: { ...listed, text: 'other' }, is: false },
  ])('an answer that $of', ({ answer, is }) => {
    expect(isWholeOf(listed, answer)).toBe(is)
  })
})
