import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { Attributes } from '../../../src/recorder/attributes.ts'
import {
  createRecorder,
  fileExporter,
  type Recorder,
  RecorderError,
  type Span,
} from '../../../src/recorder/index.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { type Line, openNotes } from './notes.ts'
import { type NotingExporter, notingExporter } from './noting-exporter.ts'
import {
  type Action,
  type Given,
  idsOf,
  type Open,
  type Scene,
  type Start,
  type Stop,
  type Tell,
  type Thrown,
  type Timed,
} from './script.ts'

const isNotANumber = (value: unknown) =>
  typeof value === 'object' && value !== null && 'number' in value && value.number === 'NaN'

const attributesOf = (given: Given): Attributes =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, isNotANumber(value) ? Number.NaN : value]),
  ) as Attributes

/** The options of an action, as far as it has any. */
const optionsOf = (action: {
  readonly attributes?: Given
  readonly startEventAttributes?: Given
}): { readonly attributes?: Attributes; readonly startEventAttributes?: Attributes } => ({
  ...(action.attributes && { attributes: attributesOf(action.attributes) }),
  ...(action.startEventAttributes && { startEventAttributes: attributesOf(action.startEventAttributes) }),
})

const errorOf = ({ type, message, cause }: Thrown): Error => {
  if (type === 'abort') return new DOMException(message, 'AbortError')
  const named = class extends Error {}
  // on the prototype, the stack begins with it
  named.prototype.name = type
  return new named(message, cause && { cause: errorOf(cause) })
}

/** Plays a script through the recorder, on a clock that stands still but for the script's pauses. */
export const play = async (scenes: readonly Scene[]): Promise<readonly Line[]> => {
  const clock = manualClock(new Date(1_800_000_000_000))
  const directory = mkdtempSync(join(tmpdir(), 'taskbeat-upstream-'))
  const path = join(directory, 'records.jsonl')
  const notes = openNotes(idsOf(scenes))
  const { at, note } = notes
  const spans = new Map<string, Span>()
  const exporters = new Map<string, NotingExporter>()
  let recorder: Recorder | undefined
  let writesFile = false

  const make = (thrown: Thrown) => {
    notes.knowThrown(thrown)
    return errorOf(thrown)
  }
  const know = (name: string, span: Span) => {
    spans.set(name, span)
    notes.knowSpan(span)
  }
  const spanOf = (name: string): Span => spans.get(name) ?? (name as never)
  const whenOf = (secondsAgo: number) => new Date(clock.now().getTime() - secondsAgo * 1_000)

  const open = ({ exporters: names, allow, deny, broken, isQuiet, isOff }: Open) => {
    recorder = undefined
    writesFile = names.includes('file')
    const noting = names
      .filter((name) => name !== 'file')
      .map((name) => notingExporter(name, name === broken, notes))
    for (const exporter of noting) exporters.set(exporter.name, exporter)
    recorder = createRecorder({
      exporters: writesFile ? [...noting, fileExporter({ path })] : noting,
      filter: { ...(allow && { allow }), ...(deny && { deny }) },
      errorStrategy: isQuiet ? 'quiet' : 'propagate',
      enabled: !isOff,
      log: () => {},
      clock,
    })
  }

  const playTimed = async (action: Timed, recorder: Recorder) => {
    try {
      await recorder.timedSpan(action.span, optionsOf(action), async (span) => {
        know(action.span, span)
        try {
          await playAll(action.body)
        } finally {
          at(action)
        }
      })
    } catch (cause) {
      if (cause instanceof RecorderError) note({ refused: 'by the recorder' })
      else {
        const { name, message } = cause as Error
        note({ thrown: `${name === 'AbortError' ? 'abort' : name}: ${message}` })
        if (action.isThrownOn) throw cause
      }
    }
  }

  const start = (action: Start, recorder: Recorder) => {
    const { span, parent, secondsAgo } = action
    const started = recorder.start(span, {
      ...optionsOf(action),
      ...(secondsAgo !== undefined && { startedAt: whenOf(secondsAgo) }),
      ...(parent !== undefined && { parent: spanOf(parent) }),
    })
    know(span, started)
  }
  const stop = ({ span, attributes, secondsAgo }: Stop, recorder: Recorder) =>
    recorder.stop(spanOf(span), {
      ...(attributes && { stopEventAttributes: attributesOf(attributes) }),
      ...(secondsAgo !== undefined && { stoppedAt: whenOf(secondsAgo) }),
    })
  const tell = ({ span, name, attributes = {}, secondsAgo, isWatched }: Tell, recorder: Recorder) => {
    const handed = attributesOf(attributes)
    const when = secondsAgo !== undefined && { at: whenOf(secondsAgo) }
    recorder.event(spanOf(span), name, { attributes: handed, ...when })
    if (isWatched) note({ added: Object.keys(handed).filter((key) => !(key in attributes)) })
  }
  const look = ({ initialAttributes, updatedAttributes, isActive }: Span) =>
    note({ attributes: notes.normal({ ...initialAttributes, ...updatedAttributes }), isActive })

  const act = (action: Action, recorder: Recorder) => {
    if (action.do === 'start') start(action, recorder)
    else if (action.do === 'stop') stop(action, recorder)
    else if (action.do === 'event') tell(action, recorder)
    else if (action.do === 'error') {
      const { span, message, exception } = action
      recorder.error(spanOf(span), message, exception && make(exception))
    } else if (action.do === 'set') spanOf(action.span).setAttributes(attributesOf(action.attributes))
    else if (action.do === 'look') look(spanOf(action.span))
    else if (action.do === 'dataError')
      recorder.telemetryDataError(action.message, optionsOf(action).attributes)
    else if (action.do === 'fail') exporters.get(action.exporter)?.fail(action.calls)
  }

  const playOne = async (action: Action) => {
    if (action.do === 'pause') return clock.suspend(action.seconds * 1_000)
    try {
      if (action.do === 'open') open(action)
      else if (recorder === undefined) note({ refused: 'as there is no recorder' })
      else if (action.do === 'close') {
        await recorder.close()
        if (writesFile) notes.noteFile(path)
      } else act(action, recorder)
    } catch (cause) {
      note({ refused: cause instanceof RecorderError ? 'by the recorder' : (cause as Error).name })
    }
  }

  const playAll = async (actions: readonly Action[]): Promise<void> => {
    for (const action of actions) {
      at(action)
      if (action.do === 'throw') throw make(action)
      if (action.do === 'timed' && recorder) await playTimed(action, recorder)
      else if (action.do === 'together') await Promise.all(action.branches.map((branch) => playAll(branch)))
      else await playOne(action)
      // the other branch's, where there is one
      await turn()
    }
  }

  try {
    for (const { actions } of scenes) await playAll(actions)
  } finally {
    rmSync(directory, { recursive: true })
  }
  return notes.lines
}
