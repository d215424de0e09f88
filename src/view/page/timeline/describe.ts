import type { Overview } from '../../api.ts'
import { countOf, durationInWords, sizeInWords } from '../words.ts'
import { happeningsOf } from './lanes.ts'

/** The last member at or before a time, in a list in the order of time. */
const lastBefore = <T extends { readonly t: number }>(members: readonly T[], timeMs: number): T | undefined =>
  members.findLast(({ t }) => t <= timeMs)

/** The member that is nearest to a time, if it is near enough. */
const nearest = <T>(
  members: readonly T[],
  distance: (member: T) => number,
  withinMs: number,
): T | undefined => {
  let best: T | undefined
  let bestDistance = withinMs
  for (const member of members) {
    const away = distance(member)
    if (away <= bestDistance) {
      best = member
      bestDistance = away
    }
  }
  return best
}

type Described = Pick<Overview, 'states' | 'statuses' | 'gaps' | 'checkpoints' | 'findings' | 'moments'>

/** What a run was at, at one time: what has happened within `withinMs` of it counts. In few short phrases. */
export const describeMoment = (overview: Described, timeMs: number, withinMs: number): readonly string[] => {
  const state = lastBefore(overview.states, timeMs)
  const status = lastBefore(overview.statuses, timeMs)
  const gap = overview.gaps.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs <= toMs)
  const checkpoint = nearest(
    overview.checkpoints,
    ({ startMs, endMs }) => Math.max((startMs ?? endMs) - timeMs, timeMs - endMs, 0),
    withinMs,
  )
  const happenings = happeningsOf(overview).filter(({ t }) => Math.abs(t - timeMs) <= withinMs)
  const [first] = happenings
  return [
    ...(status ? [status.status] : []),
    ...(state
      ? [state.name === '' ? `${state.percent} %` : `${state.percent} %, ${state.name}`]
      : ['no state yet']),
    ...(gap ? [`no sign of life for ${durationInWords(gap.toMs - gap.fromMs)}`] : []),
    ...(checkpoint ? [describeCheckpoint(checkpoint)] : []),
    ...(first ? [first.text] : []),
    ...(happenings.length > 1 ? [`${countOf(happenings.length - 1, 'other event')} here`] : []),
  ]
}

const describeCheckpoint = ({
  name,
  sizeBytes,
  startMs,
  endMs,
  fault,
}: Overview['checkpoints'][number]): string =>
  [
    `checkpoint ${name}`,
    sizeInWords(sizeBytes),
    ...(startMs === undefined ? [] : [`took ${durationInWords(endMs - startMs)}`]),
    ...(fault === undefined ? [] : [`not accepted: ${fault}`]),
  ].join(', ')
