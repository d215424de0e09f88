import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import type { SpansQuery } from '../../../src/view/api.ts'
import { begin, end, span, startMs, storeOf } from '../tiny-run.ts'

const all = { offset: 0, limit: 500 }

/** Names, indented by their depth. */
const outline = async (entries: readonly LogbookEntry[], query: SpansQuery = all) => {
  const { rows } = await storeOf(entries).data.spans(query)
  return rows.map(({ name, depth }) => `${'  '.repeat(depth)}${name}`)
}

const tree = [
  begin(),
  span('c', 2_000, 3_000, { parent: 'b' }),
  span('d', 1_500, 1_800, { parent: 'b' }),
  span('b', 1_000, 4_000, { parent: 'a' }),
  span('a', 500, 9_000),
  span('e', 600, 700, { error: 'Lost', attributes: { shard: 'Seven' } }),
  end(),
]

describe('spans', () => {
  it('stand under their parents, by when they began, and all under the attempt', async () => {
    expect(await outline(tree)).toEqual([
      'taskbeat.task',
      '  span a',
      '    span b',
      '      span d',
      '      span c',
      '  span e',
    ])
  })

  it('stand under the attempt if their parent is not known', async () => {
    expect(await outline([begin(), span('x', 5, 6, { parent: 'gone' })])).toEqual([
      'taskbeat.task',
      '  span x',
    ])
  })

  it('stand under the own span of the task where it has come', async () => {
    const own = span('t', 10, 60_000, { name: 'taskbeat.task' })
    const { rows } = await storeOf([
      begin(),
      own,
      span('x', 20, 30, { parent: 't' }),
      span('y', 40, 50),
    ]).data.spans(all)
    expect(rows.map(({ name, depth, index }) => [name, depth, index])).toEqual([
      ['taskbeat.task', 0, 0],
      ['span x', 1, 1],
      ['span y', 1, 2],
    ])
  })

  it('have a root for each attempt', async () => {
    const again = begin({ t: startMs + 30_000, attempt: 2 })
    expect(await outline([begin(), span('a', 5, 6), again, span('b', 30_001, 30_002)])).toEqual([
      'taskbeat.task',
      '  span a',
      'taskbeat.task',
      '  span b',
    ])
  })

  it('are shown once each, even if they are their own ancestors', async () => {
    const circle = [
      begin(),
      span('a', 1, 2, { parent: 'b' }),
      span('b', 1, 2, { parent: 'a' }),
      span('s', 1, 2, { parent: 's' }),
    ]
    expect((await outline(circle)).toSorted()).toEqual(
      ['  span a', '    span b', '  span s', 'taskbeat.task'].toSorted(),
    )
  })

  it('that come twice count once', async () => {
    expect(await outline([begin(), span('a', 1, 2), span('a', 1, 2)])).toEqual(['taskbeat.task', '  span a'])
  })

  it.each<[string, Partial<SpansQuery>, readonly string[]]>([
    ['a name', { search: 'SPAN C' }, ['      span c']],
    ['an attribute', { search: 'seven' }, ['  span e']],
    ['an error', { search: 'lost' }, ['  span e']],
    ['nothing', { search: 'nowhere' }, []],
    ['failed ones', { failedOnly: true }, ['  span e']],
    [
      'a span of time',
      { fromMs: startMs + 3_500, toMs: startMs + 3_600 },
      ['taskbeat.task', '  span a', '    span b'],
    ],
    ['a page', { offset: 1, limit: 2 }, ['  span a', '    span b']],
    ['the longest', { order: 'duration', limit: 3 }, ['taskbeat.task', '  span a', '    span b']],
  ])('are found by %s', async (_, query, names) => {
    expect(await outline(tree, { ...all, ...query })).toEqual(names)
  })

  it('have details, and know where their parents are', async () => {
    const { data } = storeOf(tree)
    const { rows } = await data.spans(all)
    const [root, a] = rows
    expect(await data.span(a?.index ?? -1)).toMatchObject({
      id: 'a',
      name: 'span a',
      parentIndex: root?.index,
    })
    expect(await data.span(root?.index ?? -1)).toMatchObject({ name: 'taskbeat.task', depth: 0 })
    expect(await data.span(99)).toBeUndefined()
    expect(await data.span(2 ** 30 + 1)).toBeUndefined()
    for (const [place, { index }] of rows.entries()) expect(await data.spanPlace({}, index)).toBe(place)
    expect(await data.spanPlace({ search: 'lost' }, root?.index ?? -1)).toBeUndefined()
  })

  it('have failed with their attempt, if no span tells', async () => {
    const { data } = storeOf([begin(), end({ outcome: 'failed', text: 'failed with 3' })])
    const { rows } = await data.spans({ ...all, failedOnly: true })
    expect(rows.map(({ name }) => name)).toEqual(['taskbeat.task'])
    expect(await data.span(rows[0]?.index ?? -1)).toMatchObject({ error: 'failed with 3' })
  })

  it('are all there whatever their parents are', async () => {
    const links = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.nat(1_000)), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(links, async (parents) => {
        const spans = parents.map(([parent, at], id) =>
          span(String(id), at, at + 1, { parent: String(parent) }),
        )
        const { total, rows } = await storeOf([begin(), ...spans]).data.spans(all)
        expect(total).toBe(spans.length + 1)
        expect(new Set(rows.map(({ index }) => index)).size).toBe(total)
      }),
    )
  })
})
