import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import type { SpansQuery } from '../../../src/view/api.ts'
import { memoryShelf, type Shelf } from '../../../src/view/store/shelf.ts'
import { createSpanTable, type SpanTable } from '../../../src/view/store/span-table.ts'
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

describe('many spans', () => {
  const count = 20_000
  const tableOf = (shelf: Shelf, rest: () => Promise<unknown>) => {
    const table = createSpanTable(shelf, rest)
    for (let id = 0; id < count; id += 1) {
      // most end before what they are part of, as spans come
      const parent = id % 100 === 99 ? {} : { parent: String(id - (id % 100) + 99) }
      table.add(span(String(id), id, id + 1, parent), id)
    }
    return table
  }

  it('are put in order in steps, once for all questions of the same moment', async () => {
    let rests = 0
    const table = tableOf(memoryShelf(), async () => {
      rests += 1
    })
    await table.prepare([])
    expect(rests).toBeGreaterThan(5)
    const before = rests
    const { total, rows } = await table.rows(all, [])
    expect(total).toBe(count)
    expect(rows[0]).toMatchObject({ name: 'span 99', depth: 0 })
    expect(rows[1]).toMatchObject({ name: 'span 0', depth: 1 })
    expect((await table.rows({ ...all, order: 'duration' }, [])).total).toBe(count)
    expect(rests).toBe(before)
    await Promise.all([tableOf(memoryShelf(), async () => {}).prepare([]), table.rows(all, [])])
    table.add(span('last', count, count + 1), count)
    expect((await table.rows(all, [])).total).toBe(count + 1)
    expect(rests).toBeGreaterThan(before)
  })

  it('that come or go while they are put in order do no harm', async () => {
    const changes = [
      (table: SpanTable) => table.add(span('99x', 5, 6), count),
      (table: SpanTable) => table.forgetPlaces(0, 150),
    ]
    const table: SpanTable = tableOf(memoryShelf(), async () => changes.shift()?.(table))
    const { total, rows } = await table.rows(all, [])
    expect(changes).toEqual([])
    expect(total).toBe(count + 1 - 150)
    expect(new Set(rows.map(({ index }) => index)).size).toBe(500)
    expect(rows.every(({ name }) => name !== 'span 0' && name !== '')).toBe(true)
  })

  it('whose parents come while they are put in order stand at the top until they are asked for again', async () => {
    const changes = [(table: SpanTable) => table.add(span('late', count, count + 9), count + 1)]
    const table: SpanTable = tableOf(memoryShelf(), async () => changes.shift()?.(table))
    table.add(span('early', count, count + 1, { parent: 'late' }), count)
    const last = async () => (await table.rows({ offset: count, limit: 2 }, [])).rows
    expect((await last()).map(({ name, depth }) => [name, depth])).toEqual([['span early', 0]])
    expect((await last()).map(({ name, depth }) => [name, depth])).toEqual([
      ['span late', 0],
      ['span early', 1],
    ])
  })

  it('are searched in part where that takes long, and their places only in all', async () => {
    const gate = Promise.withResolvers<void>()
    const slow: Shelf = {
      ...memoryShelf(),
      match: async (places) => {
        if ((places[0] ?? 0) > 0) await gate.promise
        return new Uint8Array(places.length).fill(1)
      },
    }
    const table = tableOf(slow, async () => {})
    const query = { ...all, search: 'wanted' }
    const first = await table.rows(query, [])
    expect(first.isComplete).toBe(false)
    expect(first.total).toBeGreaterThan(0)
    expect(first.total).toBeLessThan(count)
    let isPlaced = false
    const place = table.place({ search: 'wanted' }, 5, []).finally(() => {
      isPlaced = true
    })
    await table.rows(query, [])
    expect(isPlaced).toBe(false)
    gate.resolve()
    expect(await place).toBe(6)
    expect(await table.rows(query, [])).toMatchObject({ total: count })
    expect(await table.rows(query, [])).not.toHaveProperty('isComplete')
  })
})
