import { describe, expect, it } from 'vitest'
import { pressKey } from '../../../../src/view/page/timeline/keys.ts'
import { barOf, holding, moveWithin, timeAt, xOf } from '../../../../src/view/page/timeline/scale.ts'

const scale = { fromMs: 1_000, toMs: 2_000, width: 500 }

it('a time has a place, and a place its time', () => {
  expect(xOf(scale, 1_500)).toBe(250)
  expect(xOf(scale, 3_000)).toBe(1_000)
  expect(timeAt(scale, 250)).toBe(1_500)
  expect(timeAt(scale, -20)).toBe(1_000)
  expect(timeAt(scale, 900)).toBe(2_000)
})

it('a scale without length or width divides by nothing', () => {
  expect(xOf({ fromMs: 5, toMs: 5, width: 100 }, 5)).toBe(0)
  expect(timeAt({ ...scale, width: 0 }, 10)).toBe(1_000)
})

it.each([
  { range: [1_100, 1_200], bar: { x: 50, width: 50 } },
  { range: [0, 1_100], bar: { x: 0, width: 50 } },
  { range: [1_900, 9_000], bar: { x: 450, width: 50 } },
  { range: [1_500, 1_500], bar: { x: 250, width: 1 } },
  { range: [2_000, 2_000], bar: { x: 499, width: 1 } },
  { range: [0, 999], bar: undefined },
  { range: [2_001, 3_000], bar: undefined },
] as const)('of $range is seen $bar', ({ range: [fromMs, toMs], bar }) => {
  expect(barOf(scale, { fromMs, toMs })).toEqual(bar)
})

const all = { fromMs: 0, toMs: 1_000 }

it.each([
  { range: [100, 200], by: 50, to: [150, 250] },
  { range: [100, 200], by: -500, to: [0, 100] },
  { range: [100, 200], by: 5_000, to: [900, 1_000] },
  { range: [-100, 2_000], by: 5, to: [0, 1_000] },
] as const)('$range moved by $by within the run is $to', ({ range: [fromMs, toMs], by, to }) => {
  expect(Object.values(moveWithin({ fromMs, toMs }, by, all))).toEqual(to)
})

it('what is shown moves to a moment only when it does not hold it', () => {
  const shown = { fromMs: 100, toMs: 200 }
  expect(holding(shown, 150, all)).toBe(shown)
  expect(holding(shown, 600, all)).toEqual({ fromMs: 550, toMs: 650 })
  expect(holding(shown, 990, all)).toEqual({ fromMs: 900, toMs: 1_000 })
})

describe('keys on the timeline', () => {
  const state = { all, shown: { fromMs: 400, toMs: 600 }, cursorMs: 500, anchorMs: undefined }
  const press = (key: string, changes = {}, shiftKey = false) =>
    pressKey({ ...state, ...changes }, { key, shiftKey })

  it.each([
    ['ArrowRight', {}, false, { cursorMs: 502 }],
    ['ArrowLeft', {}, true, { cursorMs: 480 }],
    ['ArrowRight', { cursorMs: undefined }, false, { cursorMs: 400 }],
    ['ArrowRight', { cursorMs: 600 }, false, { cursorMs: 602, shown: { fromMs: 502, toMs: 702 } }],
    ['ArrowLeft', { cursorMs: 0, shown: all }, false, { cursorMs: 0 }],
    ['Home', {}, false, { cursorMs: 400 }],
    ['End', {}, false, { cursorMs: 600 }],
    ['PageDown', {}, false, { shown: { fromMs: 500, toMs: 700 } }],
    ['PageUp', {}, false, { shown: { fromMs: 300, toMs: 500 } }],
    ['Enter', {}, false, { cursorMs: 500, isLookedAt: true }],
    [' ', {}, false, { cursorMs: 500, anchorMs: 500 }],
    [' ', { anchorMs: 550 }, false, { anchorMs: undefined, shown: { fromMs: 500, toMs: 550 } }],
    [' ', { anchorMs: 500 }, false, { anchorMs: undefined }],
    ['a', {}, false, undefined],
  ] as const)('%s with %o, Shift %s: %o', (key, changes, shiftKey, change) => {
    expect(press(key, changes, shiftKey)).toEqual(change)
  })
})
