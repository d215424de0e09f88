import type { SpanEntry } from '../../logbook/entry.ts'
import { type Column, float64Column, int32Column, uint8Column, uint32Column } from './column.ts'
import { beginningOf } from './sane.ts'

/** Spans by row, as they came: some 120 bytes each. */
export interface SpanColumns {
  readonly count: () => number
  /** Another one whenever rows were taken out: what was a row's number is not any more. */
  readonly epoch: () => number
  /** One that is there already, by its id, is left out: what is sent again may come again. */
  readonly add: (span: SpanEntry, place: number) => void
  readonly start: (row: number) => number
  readonly end: (row: number) => number
  readonly name: (row: number) => string
  readonly source: (row: number) => string | undefined
  readonly hasFailed: (row: number) => boolean
  /** Where the whole of each is. */
  readonly places: Column
  /** -1 where the parent is none that is known. */
  readonly parentRow: (row: number) => number
  /** Whether it is the own span of a task. */
  readonly isTask: (row: number) => boolean
  /** @param words - in lower case */
  readonly nameHas: (row: number, words: string) => boolean
  /** Takes out all others. */
  readonly keepOnly: (isKept: (row: number) => boolean) => void
  readonly clear: () => void
}

/** The span of a task, as we name it: `src/semconv/spans.ts`. */
export const taskSpan = 'taskbeat.task'

/** Of a name or an id, in characters: the whole of a span is on its shelf. */
const mostText = 256

/** Texts by number: there are few names of spans. */
const intern = () => {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  return {
    number: (whole: string) => {
      const text = beginningOf(whole, mostText)
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      return texts.push(text) - 1
    },
    text: (number: number) => texts[number] ?? '',
    all: () => texts,
  }
}

export const createSpanColumns = (): SpanColumns => {
  const starts = float64Column()
  const ends = float64Column()
  /** Numbers of ids; of a parent -1: it has none. */
  const ids = uint32Column()
  const parents = int32Column()
  const names = uint32Column()
  const sources = int32Column()
  const failed = uint8Column()
  const places = float64Column()
  /** By the number of an id: its row, or -1. */
  const rowOf = int32Column()
  const byRow = [starts, ends, ids, parents, names, sources, failed, places]
  let numbers = new Map<string, number>()
  let texts = intern()
  let task = texts.number(taskSpan)
  let epoch = 0

  /** Of each text whether it has the words in it: few texts, many rows. */
  let asked: { readonly words: string; readonly texts: number; readonly has: readonly boolean[] } | undefined
  const namesWith = (words: string): readonly boolean[] => {
    const all = texts.all()
    if (asked?.words !== words || asked.texts !== all.length) {
      asked = { words, texts: all.length, has: all.map((text) => text.toLowerCase().includes(words)) }
    }
    return asked.has
  }

  const numberOf = (whole: string) => {
    const id = beginningOf(whole, mostText)
    const known = numbers.get(id)
    if (known !== undefined) return known
    const number = rowOf.length()
    numbers.set(id, number)
    rowOf.push(-1)
    return number
  }
  const parentRow = (row: number) => {
    const parent = parents.get(row)
    return parent >= 0 ? rowOf.get(parent) : -1
  }

  return {
    count: starts.length,
    epoch: () => epoch,
    add: (span, place) => {
      const id = numberOf(span.id)
      if (rowOf.get(id) >= 0) return
      rowOf.set(id, starts.length())
      starts.push(span.t)
      ends.push(Math.max(span.t, span.endMs))
      ids.push(id)
      parents.push(span.parent === undefined ? -1 : numberOf(span.parent))
      names.push(texts.number(span.name))
      sources.push(span.source === undefined ? -1 : texts.number(span.source))
      failed.push(span.error === undefined ? 0 : 1)
      places.push(place)
    },
    start: starts.get,
    end: ends.get,
    name: (row) => texts.text(names.get(row)),
    source: (row) => {
      const source = sources.get(row)
      return source >= 0 ? texts.text(source) : undefined
    },
    hasFailed: (row) => failed.get(row) === 1,
    places,
    parentRow,
    isTask: (row) => names.get(row) === task && parentRow(row) < 0,
    nameHas: (row, words) => namesWith(words)[names.get(row)] === true,
    keepOnly: (isKept) => {
      let kept = 0
      rowOf.truncate(0)
      const idTexts = [...numbers.keys()]
      numbers = new Map()
      // each span may have a name of its own
      const before = texts
      texts = intern()
      task = texts.number(taskSpan)
      asked = undefined
      for (let row = 0; row < starts.length(); row += 1) {
        if (!isKept(row)) continue
        const source = sources.get(row)
        const [id, parent] = [idTexts[ids.get(row)] ?? '', idTexts[parents.get(row)]]
        for (const column of byRow) column.set(kept, column.get(row))
        names.set(kept, texts.number(before.text(names.get(kept))))
        sources.set(kept, source >= 0 ? texts.number(before.text(source)) : -1)
        ids.set(kept, numberOf(id))
        rowOf.set(ids.get(kept), kept)
        parents.set(kept, parent === undefined ? -1 : numberOf(parent))
        kept += 1
      }
      for (const column of byRow) column.truncate(kept)
      epoch += 1
    },
    clear: () => {
      for (const column of [...byRow, rowOf]) column.truncate(0)
      numbers = new Map()
      texts = intern()
      task = texts.number(taskSpan)
      asked = undefined
      epoch += 1
    },
  }
}
