import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { Overview, RunsData } from '../../../src/view/api.ts'
import { isPlatformAlone } from '../../../src/view/page/is-platform-alone.ts'
import { actionOf } from '../../../src/view/page/keyboard.ts'
import { matching } from '../../../src/view/page/matching.ts'
import { watchRuns } from '../../../src/view/page/runs.ts'
import { steady } from '../../../src/view/page/steady.ts'
import { isWorthTelling } from '../../../src/view/page/telling.ts'
import { nameOf, titleOf } from '../../../src/view/page/title.ts'

describe('keys', () => {
  const pressed = { ctrlKey: false, altKey: false, metaKey: false, defaultPrevented: false }

  it.each([
    ['?', 'help'],
    ['/', 'search'],
    ['Escape', 'all'],
    ['+', { zoom: 0.5 }],
    ['-', { zoom: 2 }],
    ['l', { go: 'logs' }],
    ['w', { go: 'trace' }],
    ['x', undefined],
    ['toString', undefined],
  ])('%s means %o', (key, action) => {
    expect(actionOf({ ...pressed, key }, false)).toEqual(action)
  })

  it('mean nothing while somebody writes, with a modifier, or when a part has taken them', () => {
    expect(actionOf({ ...pressed, key: 'l' }, true)).toBeUndefined()
    expect(actionOf({ ...pressed, key: 'l', ctrlKey: true }, false)).toBeUndefined()
    expect(actionOf({ ...pressed, key: 'l', defaultPrevented: true }, false)).toBeUndefined()
  })
})

it('settings are found by all words, in any of their fields', () => {
  const settings = [
    { name: '--heartbeat', value: '60' },
    { name: 'TASKBEAT_DWELL', value: '6', from: 'NVCT_TASK_ID' },
    { name: '--results-dir', value: '/results', from: '--results-dir' },
  ]
  const names = (search: string, isChangedOnly = false) =>
    matching(settings, search, isChangedOnly).map(({ name }) => name)
  expect(names('')).toHaveLength(3)
  expect(names('', true)).toEqual(['TASKBEAT_DWELL', '--results-dir'])
  expect(names(' task_id  DWELL ')).toEqual(['TASKBEAT_DWELL'])
  expect(names('default')).toEqual(['--heartbeat'])
})

it('a steady value stays the same object while it says the same', () => {
  const source = signal({ states: [{ percent: 1 }], other: 1 })
  const read = steady(() => source.value.states)
  const first = read.value
  source.value = { states: [{ percent: 1 }], other: 2 }
  expect(read.value).toBe(first)
  source.value = { states: [{ percent: 2 }], other: 2 }
  expect(read.value).toEqual([{ percent: 2 }])
})

it.each([
  [undefined, 'running', 3, true],
  [3, 'running', 9, false],
  [9, 'running', 10, true],
  [10, 'completed', 10, true],
  [undefined, 'waiting', undefined, true],
] as const)('from %s percent to %s %s is worth telling: %s', (before, state, percent, isWorth) => {
  const told = before === undefined ? undefined : { state: 'running' as const, percent: before }
  expect(isWorthTelling(told, { state, percent })).toBe(isWorth)
})

const overview = (label: string, percent = 43): Overview =>
  ({ label, percent, state: 'running' }) as unknown as Overview

it('the title says how far it is, before what it is', () => {
  expect(titleOf(overview('results'), 1)).toBe('running 43 % · results · taskbeat')
  expect(titleOf(overview('results'), 2)).toBe('2 runs · taskbeat')
  expect(nameOf({ label: '', begin: undefined })).toBe('run')
})

describe('the runs', () => {
  const makeData = (first: readonly Promise<Overview>[]) => {
    const told: {
      change?: Parameters<RunsData['onChange']>[0]
      gone?: Parameters<RunsData['onGone']>[0]
    } = {}
    const data = {
      runs: first.map((overview) => ({ overview: () => overview })),
      onChange: (listener: Parameters<RunsData['onChange']>[0]) => {
        told.change = listener
        return () => {}
      },
      onGone: (listener: Parameters<RunsData['onGone']>[0]) => {
        told.gone = listener
        return () => {}
      },
    } as unknown as RunsData
    return { data, told }
  }

  it('show a change that came before the first answer', async () => {
    const late = Promise.withResolvers<Overview>()
    const { data, told } = makeData([late.promise])
    const watched = watchRuns(data)
    told.change?.(0, overview('results', 50))
    late.resolve(overview('results', 43))
    const { views } = await watched
    expect(views[0]?.overview.value.percent).toBe(50)
  })

  it('follow their changes, and tell when nothing new will come', async () => {
    const { data, told } = makeData([Promise.resolve(overview('a')), Promise.resolve(overview('b'))])
    const { views, gone } = await watchRuns(data)
    told.change?.(1, overview('b', 60))
    told.change?.(7, overview('nobody', 60))
    expect(views.map((view) => view.overview.value.percent)).toEqual([43, 60])
    expect(gone.value).toBeUndefined()
    told.gone?.('It has ended.')
    expect(gone.value).toBe('It has ended.')
  })

  it('that cannot be read are an error', async () => {
    const { data } = makeData([Promise.reject(new Error('gone'))])
    await expect(watchRuns(data)).rejects.toThrow('gone')
  })
})

const told = {
  k: 'begin',
  t: 0,
  version: 1,
  command: 'python',
  limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 },
  settings: [],
  capturesOutput: false,
} as const

it.each([
  ['nobody has told of it yet', undefined, false],
  ['the platform, of a bare command', { ...told, by: 'platform' }, true],
  ['the platform, and the task of itself', { ...told, by: 'platform', runId: 'a' }, false],
  ['the task of itself', { ...told, by: 'task' }, false],
] as const)('who tells of a run: %s', (_, begin, isAlone) => {
  expect(isPlatformAlone({ begin })).toBe(isAlone)
})
