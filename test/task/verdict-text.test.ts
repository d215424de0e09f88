import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type VerdictFacts, verdictText } from '../../src/task/verdict-text.ts'

const facts: VerdictFacts = {
  sentence: 'failed with status 1 at 40 % (ckpt-1000): exited with status 1',
  errorLines: [],
  training: { step: undefined, totalSteps: undefined },
  checkpoint: undefined,
  lost: [],
}
const known: Partial<VerdictFacts> = {
  training: { step: 1_200, totalSteps: 5_000 },
  checkpoint: { name: 'ckpt-1000', step: 1_000 },
  lost: [
    { items: 'spans', count: 12 },
    { items: 'points', count: 0 },
    { items: 'records', count: 3 },
  ],
}

/** What the platform counts: the prefix that the caller puts, and the newlines. */
const bytesOf = (lines: readonly string[]) => Buffer.byteLength(`taskbeat: ${lines.join('\n')}\n`)

describe('a verdict', () => {
  it.each<{ what: string; given: Partial<VerdictFacts>; lines: readonly string[] }>([
    { what: 'the sentence alone', given: {}, lines: [facts.sentence] },
    {
      what: 'all there is to say',
      given: { ...known, errorLines: ['Traceback (most recent call last):', 'ValueError: bad'] },
      lines: [
        facts.sentence,
        '  Traceback (most recent call last):',
        '  ValueError: bad',
        '  last step 1200 of 5000, last checkpoint ckpt-1000 (step 1000)',
        '  telemetry lost: 12 spans, 3 records',
      ],
    },
    {
      what: 'a step of an unknown number',
      given: { training: { step: 7, totalSteps: undefined } },
      lines: [facts.sentence, '  last step 7'],
    },
    {
      what: 'a checkpoint of an unknown step',
      given: { checkpoint: { name: 'a' } },
      lines: [facts.sentence, '  last checkpoint a'],
    },
    {
      what: 'nothing that a terminal would obey, on one line',
      given: { sentence: 'failed:\n\tbad\u001b[31m news\u2028!', errorLines: ['', '  \r', 'a\u0007b'] },
      lines: ['failed: bad [31m news !', '  a b'],
    },
  ])('has $what', ({ given, lines }) => {
    expect(verdictText({ ...facts, ...given })).toEqual(lines)
  })

  it('shortens what the command said in the middle, and keeps the facts', () => {
    const errorLines = Array.from({ length: 100 }, (_, index) => `line ${index + 1} of a long traceback`)
    const lines = verdictText({ ...facts, ...known, errorLines })
    expect(lines.at(1)).toBe('  line 1 of a long traceback')
    const middle = lines.findIndex((line) => line.includes('…'))
    const said = lines.length - 3
    expect(lines.at(middle)).toBe(`  … ${100 - (said - 1)} more …`)
    // more of the end than of the start
    expect(said - middle).toBeGreaterThan(middle - 1)
    expect(lines.slice(-3)).toEqual([
      '  line 100 of a long traceback',
      '  last step 1200 of 5000, last checkpoint ckpt-1000 (step 1000)',
      '  telemetry lost: 12 spans, 3 records',
    ])
    const longest = Buffer.byteLength('  line 100 of a long traceback') + 1
    expect(bytesOf(lines)).toBeLessThanOrEqual(1_024)
    expect(bytesOf(lines)).toBeGreaterThan(1_024 - 2 * longest)
  })

  it('keeps the last line of the command when no more fits', () => {
    const sentence = `failed ${'x'.repeat(700)}`
    const errorLines = ['first'.repeat(40), 'CUDA out of memory'.repeat(40)]
    const [first, second, ...more] = verdictText({ ...facts, ...known, sentence, errorLines })
    expect(first).toBe(sentence)
    expect(second).toMatch(/^ {2}CUDA out of memory.*…$/)
    expect(more).toHaveLength(2)
  })

  it.each([
    { size: 1_013, fits: true },
    { size: 1_014, fits: false },
  ])('has a sentence of $size bytes in whole: $fits', ({ size, fits }) => {
    const sentence = 'x'.repeat(size)
    const lines = verdictText({ ...facts, ...known, sentence, errorLines: ['bad'] })
    expect(lines).toHaveLength(1)
    expect(lines[0] === sentence).toBe(fits)
    expect(bytesOf(lines)).toBe(1_024)
  })

  it('fits whatever was said, each line on one line', () => {
    const line = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ unit: 'grapheme' }))
    const any = fc.record({
      sentence: line,
      errorLines: fc.array(line, { maxLength: 40 }),
      step: fc.option(fc.nat(), { nil: undefined }),
      name: fc.string({ maxLength: 190 }),
      count: fc.nat(),
    })
    fc.assert(
      fc.property(any, ({ sentence, errorLines, step, name, count }) => {
        const training = { step, totalSteps: undefined }
        const lost = [{ items: 'spans', count }]
        const lines = verdictText({ sentence, errorLines, training, checkpoint: { name }, lost })
        expect(bytesOf(lines)).toBeLessThanOrEqual(1_024)
        expect(lines.every((each) => !/[\n\r]/.test(each))).toBe(true)
        expect(lines.slice(1).every((each) => /^ {2}\S/u.test(each))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
