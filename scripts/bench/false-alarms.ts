/**
 * Runs good tasks under the emulator, many times, and counts findings: `node scripts/bench/false-alarms.ts [runs]`.
 * There must be none, and every run must be COMPLETED.
 */
import { resolve } from 'node:path'
import { startEmulation } from '../../src/emulator/index.ts'

const shell = `
d=$NVCT_RESULTS_DIR
say() { printf '{"percentComplete":%s,"name":"%s","lastUpdatedAt":"%s"}' "$1" "$2" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" >"$d/.new" && mv "$d/.new" "$d/progress"; }
save() { mkdir -p "$d/.staged/$1" && echo data >"$d/.staged/$1/weights" && mv "$d/.staged/$1" "$d/$1"; }
say 0 ""; for i in 1 2 3; do sleep 0.6; save s$i; say $((i * 30)) s$i; done; sleep 0.6; save end; say 100 end
`
const simulate = [
  'simulate',
  '--delay',
  '0.01',
  '--num-of-results',
  '3',
  '--file-size',
  '8192',
  '--dwell',
  '0.6',
]
const tasks = [
  { what: 'shell', command: ['sh', '-c', shell], signals: [] },
  { what: 'simulate', command: [process.execPath, resolve('dist/cli.js'), ...simulate] },
]

const runs = Number(process.argv[2] ?? 200)
const atOnce = 6
const alarms = new Map<string, number>()
let next = 0

const runSome = async () => {
  while (next < runs) {
    const number = next++
    const { what, command, ...options } = tasks[number % tasks.length] ?? { what: '', command: [] }
    const mode = number % 4 < 2 ? 'watch' : 'poll'
    const environment = { PATH: process.env.PATH }
    // 50: the platform looks every 100 ms, and a state stays for 600
    const emulation = await startEmulation({
      task: { command },
      environment,
      mode,
      timeScale: 50,
      ...options,
    })
    const { findings, verdict, reason } = await emulation.report
    const said = [
      ...findings.map(({ id, seen }) => `${id}: ${seen}`),
      ...(verdict === 'COMPLETED' ? [] : [reason]),
    ]
    for (const text of said)
      alarms.set(`${what}, ${mode}: ${text}`, (alarms.get(`${what}, ${mode}: ${text}`) ?? 0) + 1)
  }
}

await Promise.all(Array.from({ length: atOnce }, runSome))
for (const [text, count] of alarms) process.stdout.write(`${count} × ${text}\n`)
process.stdout.write(`${runs} good runs, ${alarms.size} kinds of false alarm\n`)
process.exitCode = alarms.size === 0 ? 0 : 1
