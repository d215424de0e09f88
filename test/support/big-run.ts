/**
 * A results directory with the logbook of a long run, as big as one wants it: to see whether what reads it keeps up.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Family, familyOf, type LogbookEntry, logbookVersion } from '../../src/logbook/entry.ts'
import { seededRandom } from './random.ts'

export interface BigRunOptions {
  /** The results directory; made if it is not there. */
  readonly directory: string
  /** @default 1_000_000 */
  readonly points?: number
  /** @default 100_000 */
  readonly spans?: number
  /** @default 1_000_000 */
  readonly logs?: number
  /** When it begins. @default 2026-11-20T10:00:00Z */
  readonly startMs?: number
  /** @default 24 hours */
  readonly durationMs?: number
  /** Whether it tells its end. @default true */
  readonly isEnded?: boolean
}

const segmentBytes = 8 * 2 ** 20
const pendingBytes = 2 ** 20

/** Writes lines as a logbook has them: files of a family, one after the other. */
const openFamily = (directory: string, family: Family) => {
  let number = 0
  let file: number | undefined
  let size = 0
  let pending: string[] = []
  let pendingSize = 0
  const flush = () => {
    if (pending.length === 0) return
    if (file === undefined) {
      number += 1
      file = openSync(join(directory, `${family}-${String(number).padStart(10, '0')}.jsonl`), 'w')
    }
    size += writeSync(file, pending.join(''))
    pending = []
    pendingSize = 0
    if (size < segmentBytes) return
    closeSync(file)
    file = undefined
    size = 0
  }
  return {
    add: (entry: LogbookEntry) => {
      const line = `${JSON.stringify(entry)}\n`
      pending.push(line)
      pendingSize += line.length
      if (pendingSize > pendingBytes) flush()
    },
    close: () => {
      flush()
      if (file !== undefined) closeSync(file)
    },
  }
}

const trainingCurves = ['loss', 'learning_rate', 'throughput', 'grad_norm']
const machineCurves = Array.from({ length: 16 }, (_, index) => ({
  name: index < 8 ? 'hw.gpu.utilization' : 'system.cpu.utilization',
  attributes: index < 8 ? { 'hw.id': String(index) } : { 'cpu.mode': `mode ${index - 8}` },
}))

const words = ['loaded', 'shard', 'of', 'the', 'data', 'set', 'in', 'order', 'step', 'gradient', 'all-reduce']

/** Writes the logbook of such a run. Each step has a point of four curves; the other half is of the machine. */
export const writeBigRun = ({
  directory,
  points = 1_000_000,
  spans = 100_000,
  logs = 1_000_000,
  startMs = Date.parse('2026-11-20T10:00:00Z'),
  durationMs = 86_400_000,
  isEnded = true,
}: BigRunOptions): void => {
  const logbook = join(directory, '.taskbeat', 'logbook')
  mkdirSync(logbook, { recursive: true })
  const families = {
    facts: openFamily(logbook, 'facts'),
    curves: openFamily(logbook, 'curves'),
    spans: openFamily(logbook, 'spans'),
    logs: openFamily(logbook, 'logs'),
  }
  const add = (entry: LogbookEntry) => families[familyOf(entry)].add(entry)
  const random = seededRandom(7)
  const at = (part: number) => startMs + Math.round(part * durationMs * 1_000) / 1_000

  add({
    k: 'begin',
    t: startMs,
    version: logbookVersion,
    by: 'task',
    taskId: 'big-task',
    taskName: 'big run',
    runId: 'big',
    attempt: 1,
    command: 'python',
    limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000, maxRunTimeMs: 2 * durationMs },
    settings: [{ name: '--heartbeat', value: '30', from: '--heartbeat' }],
    capturesOutput: true,
  })
  const beats = Math.floor(durationMs / 60_000)
  for (let beat = 0; beat < beats; beat += 1) {
    const part = beat / beats
    const percent = Math.floor(part * 100)
    const isNew = beat === 0 || Math.floor(((beat - 1) / beats) * 100) < percent
    // four minutes without a sign of life
    if (beat > beats / 2 && beat < beats / 2 + 4 && !isNew) continue
    const name = percent < 10 ? '' : `checkpoint-${Math.floor(percent / 10)}`
    add(isNew ? { k: 'state', t: at(part), percent, name } : { k: 'beat', t: at(part) })
    if (isNew && percent > 0 && percent % 10 === 0) {
      const t = at(part)
      add({ k: 'checkpoint', t, name, startMs: t - 8_000, sizeBytes: 3 * 2 ** 30, files: 12, percent })
    }
  }

  trainingCurves.forEach((name, id) => {
    add({
      k: 'series',
      t: startMs,
      id,
      name: `taskbeat.training.${name}`,
      unit: '1',
      kind: 'gauge',
      attributes: {},
    })
  })
  machineCurves.forEach(({ name, attributes }, index) => {
    add({ k: 'series', t: startMs, id: 100 + index, name, unit: '1', kind: 'gauge', attributes })
  })
  const steps = Math.floor(points / 2 / trainingCurves.length)
  const readings = Math.floor(points / 2 / machineCurves.length)
  for (let step = 0, reading = 0; step < steps; step += 1) {
    const part = step / steps
    const noise = random()
    const loss = step === Math.floor(steps / 3) ? 'NaN' : 2.5 * Math.exp(-4 * part) + 0.2 + noise * 0.05
    // one spike that must never be lost
    const norm = step === Math.floor(steps / 2) ? 1_000 : 1 + noise
    add({
      k: 'p',
      t: at(part),
      step,
      v: { 0: loss, 1: 0.001 * (1 - part), 2: 900 + Math.round(noise * 200), 3: norm },
    })
    for (; reading < readings * part; reading += 1) {
      const values = machineCurves.map((_, index) => [100 + index, Math.round(random() * 100) / 100])
      add({ k: 'p', t: at(reading / readings), v: Object.fromEntries(values) })
    }
  }

  const perSegment = 100
  const idOf = (span: number) => span.toString(16).padStart(16, '0')
  for (let span = 0; span < spans; span += 1) {
    const isSegment = span % perSegment === perSegment - 1
    const first = span - (span % perSegment)
    const begin = isSegment ? first : span
    add({
      k: 'span',
      t: at(begin / spans),
      endMs: at((span + 0.9) / spans),
      id: idOf(span + 1),
      ...(!isSegment && { parent: idOf(first + perSegment) }),
      name: isSegment ? 'taskbeat.segment' : span % 10 === 0 ? 'evaluate' : 'train_step',
      attributes: { 'taskbeat.step': span, shard: `shard-${span % 977}` },
      ...(span % 5_003 === 17 && { error: 'RuntimeError: NCCL timeout' }),
    })
  }

  for (let line = 0; line < logs; line += 1) {
    const chosen = Array.from({ length: 6 }, () => words[Math.floor(random() * words.length)])
    const severity = line % 10_007 === 5 ? 17 : line % 503 === 7 ? 13 : 9
    const text = `[rank ${line % 8}] ${chosen.join(' ')} ${line}`
    add({ k: 'log', t: at(line / logs), severity, text, source: line % 3 === 0 ? 'stderr' : 'stdout' })
  }

  if (isEnded) {
    add({
      k: 'state',
      t: startMs + durationMs - 10,
      percent: 100,
      name: 'checkpoint-10',
    })
    add({
      k: 'end',
      t: startMs + durationMs,
      text: 'succeeded after 24 h',
      outcome: 'succeeded',
      exitStatus: 0,
      errorLines: [],
    })
  }
  for (const family of Object.values(families)) family.close()
}
