/** What stands in the lanes of the timeline: never more things than there are pixels for, however much there is. */
import type { BeatGap, Overview, ShownCheckpoint, ShownState, ShownStatus } from '../../api.ts'
import { durationInWords, sizeInWords } from '../words.ts'
import { barOf, type Scale, xOf } from './scale.ts'

export interface Bar {
  readonly x: number
  readonly width: number
  /** Empty where it would not fit. */
  readonly label: string
}

/** About so wide is a letter of a label; labels are cut by the page in any case. */
const letterWidth = 7
const fits = (label: string, width: number): boolean => label.length * letterWidth + 8 <= width
const fitting = (label: string, width: number): string => (fits(label, width) ? label : '')

/** A part of a name must not look like another name: it ends in dots, and is left out where little would be left. */
const cutting = (head: string, name: string, width: number): string => {
  const whole = name === '' ? head : `${head} ${name}`
  if (fits(whole, width)) return whole
  const letters = Math.floor((width - 8) / letterWidth) - 1
  return letters >= head.length + 11 ? `${whole.slice(0, letters)}…` : fitting(head, width)
}

/** Bars from each member to the next; of those that begin in the same pixel the last one is drawn. */
const barsInTurn = <T extends { readonly t: number }>(
  members: readonly T[],
  endMs: number,
  scale: Scale,
): readonly { readonly member: T; readonly x: number; readonly width: number }[] => {
  const bars: { member: T; x: number; width: number }[] = []
  for (const [index, member] of members.entries()) {
    const toMs = members[index + 1]?.t ?? Math.max(endMs, member.t)
    const bar = barOf(scale, { fromMs: member.t, toMs })
    if (!bar) continue
    const before = bars.at(-1)
    if (before && Math.floor(before.x) === Math.floor(bar.x)) bars[bars.length - 1] = { member, ...bar }
    else bars.push({ member, ...bar })
  }
  return bars
}

export interface StateBar extends Bar {
  readonly percent: number
  readonly name: string
}

/** States of the progress file, from each to the next. */
export const stateBars = (states: readonly ShownState[], endMs: number, scale: Scale): readonly StateBar[] =>
  barsInTurn(states, endMs, scale).map(({ member: { percent, name }, x, width }) => ({
    x,
    width,
    percent,
    name,
    label: cutting(`${percent} %`, name, width),
  }))

export interface StatusBar extends Bar {
  readonly status: string
  readonly isError: boolean
}

/** Statuses that the platform gave the task, from each to the next. */
export const statusBars = (
  statuses: readonly ShownStatus[],
  endMs: number,
  scale: Scale,
): readonly StatusBar[] =>
  barsInTurn(statuses, endMs, scale).map(({ member: { status, error }, x, width }) => ({
    x,
    width,
    status,
    isError: error !== undefined || /error|fail|exceed/i.test(status),
    label: cutting(status, '', width),
  }))

/** Heartbeats as one path of lines of that height, one a pixel at most. */
export const beatPath = (beats: readonly number[], scale: Scale, height: number): string => {
  const parts: string[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const beat of beats) {
    const x = Math.round(xOf(scale, beat))
    if (x < 0 || x > scale.width || x === last) continue
    last = x
    parts.push(`M${x + 0.5} 0v${height}`)
  }
  return parts.join('')
}

export interface GapBar extends Bar {
  readonly isFatal: boolean
}

export const gapBars = (gaps: readonly BeatGap[], scale: Scale): readonly GapBar[] =>
  gaps.flatMap((gap) => {
    const bar = barOf(scale, gap, 3)
    if (!bar) return []
    return [
      { ...bar, isFatal: gap.isFatal, label: fitting(durationInWords(gap.toMs - gap.fromMs), bar.width) },
    ]
  })

export interface CheckpointBar extends Bar {
  readonly isFaulty: boolean
  /** Several that fall onto the same pixels. */
  readonly count: number
}

/** Checkpoints by how long they took; those whose bars would lie on each other stand as one with their number. */
export const checkpointBars = (
  checkpoints: readonly ShownCheckpoint[],
  scale: Scale,
): readonly CheckpointBar[] => {
  const groups: { x: number; width: number; members: ShownCheckpoint[] }[] = []
  for (const checkpoint of checkpoints.toSorted((a, b) => (a.startMs ?? a.endMs) - (b.startMs ?? b.endMs))) {
    const bar = barOf(scale, { fromMs: checkpoint.startMs ?? checkpoint.endMs, toMs: checkpoint.endMs }, 4)
    if (!bar) continue
    const group = groups.at(-1)
    if (group && bar.x < group.x + group.width + 1) {
      group.width = Math.max(group.width, bar.x + bar.width - group.x)
      group.members.push(checkpoint)
    } else groups.push({ ...bar, members: [checkpoint] })
  }
  return groups.map(({ x, width, members }, index) => {
    const sizeBytes = members.reduce((sum, member) => sum + member.sizeBytes, 0)
    const size = sizeInWords(sizeBytes)
    const label = members.length === 1 ? size : `${members.length} ×, ${size}`
    // the label stands beside the bar, as far as the next one
    const room = (groups[index + 1]?.x ?? scale.width) - x - width
    return {
      x,
      width,
      count: members.length,
      isFaulty: members.some(({ fault }) => fault !== undefined),
      label: fitting(label, room),
    }
  })
}

export type MarkSeverity = 'note' | 'warning' | 'error'

export interface Happening {
  readonly t: number
  readonly severity: MarkSeverity
  readonly text: string
}

const momentSeverity = { INFO: 'note', WARN: 'warning', ERROR: 'error' } as const

/** Findings and moments, in the order of time. */
export const happeningsOf = ({
  findings,
  moments,
}: Pick<Overview, 'findings' | 'moments'>): readonly Happening[] =>
  [
    ...findings.flatMap(({ t, severity, id, seen }) =>
      t === undefined ? [] : [{ t, severity, text: `${id}: ${seen}` }],
    ),
    ...moments.map(({ t, severity, text }) => ({ t, severity: momentSeverity[severity], text })),
  ].toSorted((a, b) => a.t - b.t)

export interface Mark {
  readonly x: number
  readonly severity: MarkSeverity
  /** Several that stand as one; the number stands beside the mark. */
  readonly count: number
}

const rank: Readonly<Record<MarkSeverity, number>> = { note: 0, warning: 1, error: 2 }

/** So far a mark reaches to either side, and its number begins that much and a bit behind its middle. */
const markHalf = 7
export const countBegins = markHalf + 2

/** How much a mark needs behind its middle. */
const reachOf = (count: number): number =>
  count === 1 ? markHalf : countBegins + letterWidth * String(count).length

/** Marks for what happened; those that would cover each other or a number stand as one, as severe as the worst. */
export const marksOf = (happenings: readonly Happening[], scale: Scale): readonly Mark[] => {
  const marks: Mark[] = []
  for (const { t, severity } of happenings) {
    if (t < scale.fromMs || t > scale.toMs) continue
    const x = Math.min(Math.max(xOf(scale, t), markHalf), scale.width - markHalf)
    let mark: Mark = { x, severity, count: 1 }
    // with its number it needs more room, and may then cover the one before
    for (let before = marks.at(-1); before && covers(before, mark); before = marks.at(-1)) {
      marks.pop()
      mark = together(before, mark, scale.width)
    }
    marks.push(mark)
  }
  return marks
}

const covers = (one: Mark, next: Mark): boolean => next.x - markHalf < one.x + reachOf(one.count)

const together = (one: Mark, next: Mark, width: number): Mark => {
  const count = one.count + next.count
  return {
    x: Math.min(one.x, width - reachOf(count)),
    severity: rank[next.severity] > rank[one.severity] ? next.severity : one.severity,
    count,
  }
}
