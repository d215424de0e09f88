import { matchesGlob } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkGlob, checkInnerGlob, compileGlob, type Segment } from '../../src/checkpoint/glob.ts'

/** Matches a whole path, as a walk through a tree does part by part. */
const matches = (glob: string, path: string): boolean => {
  const go = (segments: readonly Segment[], parts: readonly string[]): boolean => {
    const [segment, ...later] = segments
    const [part, ...below] = parts
    if (segment === undefined) return part === undefined
    if (part === undefined) return false
    if (segment.kind === 'name') return segment.regex.test(part) && go(later, below)
    return (
      (later.length > 0 && go(later, parts)) ||
      (!part.startsWith('.') && (go(segments, below) || (later.length === 0 && below.length === 0)))
    )
  }
  return compileGlob(glob).some(({ segments }) => go(segments, path.split('/')))
}

it.each([
  ['checkpoint-*', 'checkpoint-500', true],
  ['checkpoint-*', 'tmp-checkpoint-500', false],
  ['checkpoint-*', 'checkpoint-500/model', false],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['[.]*', '.hidden', false],
  ['**/*.ckpt', 'a.ckpt', true],
  ['**/*.ckpt', 'a/b/c.ckpt', true],
  ['**/*.ckpt', 'a/.b/c.ckpt', false],
  ['lightning_logs/version_?/checkpoints/*.ckpt', 'lightning_logs/version_0/checkpoints/e=1.ckpt', true],
  ['./a//b', 'a/b', true],
  ['{a,b{c,d}}-*', 'bd-1', true],
  ['{a}', '{a}', true],
  ['{a,b', '{a,b', true],
  ['x{,y}', 'x', true],
  ['step_[0-9]', 'step_5', true],
  ['step_[!0-9]', 'step_5', false],
  ['[]a]', ']', true],
  ['a[b', 'a[b', true],
  ['a[*]b', 'a*b', true],
  ['epoch=1+(x).pt', 'epoch=1+(x).pt', true],
  ['m?del', 'm😀del', true],
  ['a.c', 'abc', false],
])('%s on %s: %s', (glob, path, expected) => {
  expect(checkGlob(glob)).toBeUndefined()
  expect(matches(glob, path)).toBe(expected)
})

it('agrees with the globs of Node.js', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '-', '*', '?', '[ab]', '[!a]', '{a,b}'),
    maxLength: 5,
  })
  const glob = fc
    .array(fc.oneof(part, fc.constant('**')), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'))
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), minLength: 1, maxLength: 4 })
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
  // Node.js takes more: stars that touch others, dots in paths, hidden names after alternatives
  const isComparable = (text: string) =>
    checkGlob(text) === undefined &&
    !text.endsWith('/') &&
    !/\/\/|^\/|(^|\/)\.\/|(^|\/)\.?$|\*\*[^/]|[^/]\*\*/.test(text)
  fc.assert(
    fc.property(glob, path, (glob, path) => {
      fc.pre(isComparable(glob) && path.split('/').every((part) => part !== '.' && part !== '..'))
      expect(matches(glob, path), `${glob} on ${path}`).toBe(matchesGlob(path, glob))
    }),
    { numRuns: 2_000 },
  )
})

it.each([
  ['', 'names nothing'],
  ['.', 'names nothing'],
  ['./', 'names nothing'],
  ['/var/task/results/checkpoint-*', 'must be relative'],
  ['../other/*', 'must not hold ..'],
  ['a/{b,../..}/c', 'must not hold ..'],
  ['{/etc,a}', 'must be relative'],
  ['.taskbeat/*', "is about taskbeat's own files"],
  ['a\\*', 'must not hold a backslash'],
  ['[z-a]', 'wrong order'],
  ['{a,b}'.repeat(11), 'more than 1000'],
])('%j is refused: it %s', (glob, why) => {
  expect(checkGlob(glob)).toContain(why)
})

it('a fault in a marker says that it is about the marker', () => {
  expect(checkInnerGlob('../latest')).toBe(
    'the marker "../latest" must not hold ..; give a file in the checkpoint, such as done.txt',
  )
  expect(checkInnerGlob('.metadata')).toBeUndefined()
})
