import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'

/**
 * The house, from the top down. A folder, or a file beside the folders, imports only from floors below its own:
 * data falls downhill. What stands in the cellar knows nothing of tasks.
 */
const floors: readonly (readonly string[])[] = [
  ['cli.ts', 'index.ts'],
  ['help.ts'],
  ['commands'],
  ['completions'],
  ['doctor', 'naming', 'triton', 'view'],
  ['task', 'emulator', 'bridge'],
  ['workload', 'progress', 'task-record'],
  ['checkpoint', 'telemetry', 'host', 'recorder', 'propagation', 'kubeflow'],
  ['delivery', 'logbook'],
  ['otlp', 'semconv'],
  ['settings.ts'],
  ['settings', 'terminal', 'give-up-root.ts', 'disk-errors.ts'],
  ['processes'],
  ['whole-file.ts', 'make-directory.ts'],
  ['workload-events.ts', 'trace-context.ts', 'baggage.ts'],
  [
    'clock.ts',
    'errors.ts',
    'json.ts',
    'random-uuid.ts',
    'signal-status.ts',
    'compile-cache.ts',
    'node-version.ts',
  ],
]

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join('src', file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
    ([, path = '']) => normalize(join(dirname(file), path)),
  )

const graph = new Map(files.map((file) => [file, importsOf(file)]))

/** The folder of a file, or the file itself if it lies beside the folders. */
const roomOf = (file: string) => file.split('/')[0] ?? file
const floorOf = (file: string) => floors.findIndex((rooms) => rooms.includes(roomOf(file)))

/** `task → progress, recorder`: which room imports from which, from the top floor down. */
const drawMap = () =>
  floors.flat().map((room) => {
    const targets = files.filter((file) => roomOf(file) === room).flatMap((file) => graph.get(file) ?? [])
    const rooms = [...new Set(targets.map(roomOf))].filter((target) => target !== room)
    return `${room} → ${rooms.toSorted((a, b) => floorOf(a) - floorOf(b) || a.localeCompare(b)).join(', ') || '(nothing)'}`
  })

/** The files of one cycle, or undefined. */
const findCycle = (
  file: string,
  path: readonly string[],
  done: Set<string>,
): readonly string[] | undefined => {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
  if (done.has(file)) return undefined
  for (const target of graph.get(file) ?? []) {
    const cycle = findCycle(target, [...path, file], done)
    if (cycle) return cycle
  }
  done.add(file)
  return undefined
}

it('every file has a floor, and every import a file', () => {
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([])
  expect([...graph.values()].flat().filter((target) => !graph.has(target))).toEqual([])
})

it('no import goes up, or across to another room of the same floor', () => {
  const wrong = files.flatMap((file) =>
    (graph.get(file) ?? [])
      .filter((target) => roomOf(target) !== roomOf(file) && floorOf(target) <= floorOf(file))
      .map((target) => `${file} → ${target}`),
  )
  expect(wrong, drawMap().join('\n')).toEqual([])
})

it('there is no cycle', () => {
  const done = new Set<string>()
  expect(files.map((file) => findCycle(file, [], done)?.join(' → ')).filter(Boolean)).toEqual([])
})

it('the map is the one that people were shown', () => {
  expect(drawMap()).toMatchInlineSnapshot(`
    [
      "cli.ts → help.ts, commands, settings.ts, settings, terminal, errors.ts, node-version.ts, signal-status.ts",
      "index.ts → progress, workload",
      "help.ts → commands, settings",
      "commands → completions, doctor, naming, triton, view, bridge, emulator, task, progress, workload, checkpoint, telemetry, delivery, otlp, settings.ts, give-up-root.ts, settings, terminal, clock.ts, compile-cache.ts, errors.ts, random-uuid.ts",
      "completions → settings.ts, settings",
      "doctor → progress, workload, checkpoint, host, kubeflow, telemetry, delivery, otlp, semconv, settings.ts, settings, terminal, processes, whole-file.ts, trace-context.ts, clock.ts, errors.ts",
      "naming → bridge, semconv, settings.ts, settings, errors.ts, json.ts",
      "triton → telemetry, settings.ts, errors.ts",
      "view → logbook, otlp, disk-errors.ts, settings, terminal, whole-file.ts, clock.ts, errors.ts, json.ts, signal-status.ts",
      "task → progress, task-record, workload, checkpoint, host, kubeflow, recorder, telemetry, logbook, otlp, semconv, settings.ts, disk-errors.ts, settings, terminal, processes, make-directory.ts, whole-file.ts, trace-context.ts, workload-events.ts, clock.ts, errors.ts, json.ts, signal-status.ts",
      "emulator → progress, workload, logbook, otlp, settings.ts, disk-errors.ts, settings, terminal, processes, clock.ts, errors.ts, json.ts, signal-status.ts",
      "bridge → host, telemetry, otlp, settings.ts, settings, terminal, processes, make-directory.ts, whole-file.ts, clock.ts, errors.ts, json.ts",
      "workload → checkpoint, host, disk-errors.ts, terminal, processes, make-directory.ts, whole-file.ts, workload-events.ts, clock.ts, json.ts, signal-status.ts",
      "progress → disk-errors.ts, processes, make-directory.ts, whole-file.ts, clock.ts, errors.ts, json.ts, random-uuid.ts",
      "task-record → telemetry, semconv, trace-context.ts, workload-events.ts, clock.ts",
      "checkpoint → make-directory.ts, whole-file.ts, workload-events.ts, clock.ts, errors.ts, json.ts",
      "telemetry → delivery, otlp, semconv, settings.ts, settings, baggage.ts, trace-context.ts, clock.ts, errors.ts",
      "host → otlp, semconv, processes, clock.ts, json.ts",
      "recorder → semconv, make-directory.ts, trace-context.ts, workload-events.ts, clock.ts, errors.ts, json.ts",
      "propagation → (nothing)",
      "kubeflow → settings.ts, workload-events.ts, clock.ts, errors.ts",
      "delivery → otlp, disk-errors.ts, terminal, processes, make-directory.ts, whole-file.ts, clock.ts, errors.ts, json.ts, signal-status.ts",
      "logbook → otlp, clock.ts, errors.ts, json.ts",
      "otlp → json.ts",
      "semconv → (nothing)",
      "settings.ts → settings",
      "settings → (nothing)",
      "terminal → clock.ts",
      "give-up-root.ts → (nothing)",
      "disk-errors.ts → whole-file.ts, errors.ts",
      "processes → json.ts, signal-status.ts",
      "whole-file.ts → (nothing)",
      "make-directory.ts → errors.ts",
      "workload-events.ts → json.ts",
      "trace-context.ts → random-uuid.ts",
      "baggage.ts → (nothing)",
      "clock.ts → (nothing)",
      "errors.ts → (nothing)",
      "json.ts → (nothing)",
      "random-uuid.ts → (nothing)",
      "signal-status.ts → (nothing)",
      "compile-cache.ts → (nothing)",
      "node-version.ts → (nothing)",
    ]
  `)
})
