/** What `taskbeat run` does to the output of a command, and to memory while it passes; what a quiet command costs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { cpuSeconds, residentMegabytes } from './process-cost.ts'

const cli = resolve('dist/cli.js')

const start = (flags: readonly string[], command: readonly string[]) => {
  const dir = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const args = [cli, 'run', '--results-dir', dir, ...flags, '--', ...command]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout?.resume()
  return { child, exited: once(child, 'exit').finally(() => rmSync(dir, { recursive: true, force: true })) }
}

const sample = async (child: ChildProcess, exited: Promise<unknown>) => {
  const seen: number[] = []
  let isOver = false
  void exited.then(() => {
    isOver = true
  })
  while (!isOver) {
    await Promise.race([setTimeout(100), exited])
    try {
      if (!isOver) seen.push(residentMegabytes(child.pid ?? 0))
    } catch {
      // it has ended meanwhile
    }
  }
  return seen
}

const flood = async (name: string, flags: readonly string[], gigabytes: number) => {
  const line = 'x'.repeat(99)
  const bytes = gigabytes * 1e9
  const startedMs = performance.now()
  const { child, exited } = start(flags, ['sh', '-c', `yes ${line} | head -c ${bytes}`])
  const memory = await sample(child, exited)
  const seconds = (performance.now() - startedMs) / 1_000
  const half = memory.slice(memory.length >> 1)
  const early = Math.max(...memory.slice(0, memory.length >> 1))
  return `| ${name}, ${gigabytes} GB | ${(bytes / 1e6 / seconds).toFixed(0)} MB/s | ${early.toFixed(0)} MB | ${Math.max(...half).toFixed(0)} MB |`
}

const quiet = async (name: string, flags: readonly string[], seconds: number) => {
  const { child, exited } = start(flags, ['sleep', String(seconds + 20)])
  await setTimeout(5_000)
  const before = cpuSeconds(child.pid ?? 0)
  await setTimeout(seconds * 1_000)
  const share = (cpuSeconds(child.pid ?? 0) - before) / seconds
  const memory = residentMegabytes(child.pid ?? 0)
  child.kill('SIGTERM')
  await exited
  return `| ${name}, ${seconds} s | ${(share * 100).toFixed(2)} % of a core | ${memory.toFixed(0)} MB |`
}

const captured = ['--endpoint', 'http://127.0.0.1:1', '--traces-exporter', 'none', '--drain', '0']

/** @param gigabytes - how much output a command prints in each way */
export const benchOutput = async (gigabytes: number): Promise<string> =>
  [
    '### Output of a command (logs off: ≥ 500 MB/s; captured: ≥ 50 MB/s; memory does not grow)',
    '',
    '| what | speed | most memory, first half | second half |',
    '|---|---|---|---|',
    await flood('logs off', ['--no-logs'], gigabytes),
    await flood('captured for a preset', ['--progress-preset', 'hf'], gigabytes),
    await flood('captured for log records, the collector away', captured, gigabytes),
    '',
    '### A quiet command (≤ 0.2 % of a core)',
    '',
    '| what | CPU | memory |',
    '|---|---|---|',
    await quiet('no telemetry', [], 60),
    await quiet('telemetry, checkpoints looked for', [...captured, '--checkpoints', 'checkpoint-*'], 120),
    '',
  ].join('\n')
