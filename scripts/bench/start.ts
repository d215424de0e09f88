/** Process start → first progress file, against a Node that does nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Contender, compare, tableOf } from './harness.ts'

const node = process.execPath

/** Milliseconds from spawn to exit. */
const untilExit = (args: readonly string[]) => async () => {
  const startedMs = performance.now()
  await once(spawn(node, args, { stdio: 'ignore' }), 'exit')
  return performance.now() - startedMs
}

/** Milliseconds from spawn until the progress file is in its place. */
const untilProgress = (args: (resultsDir: string) => readonly string[]) => async () => {
  const resultsDir = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const seen = Promise.withResolvers<number>()
  const watcher = watch(resultsDir, (_, name) => {
    if (name === 'progress') seen.resolve(performance.now())
  })
  const startedMs = performance.now()
  const child = spawn(node, args(resultsDir), { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const failed = exited.then(() => Promise.reject(new Error(`${args(resultsDir)} wrote no progress file`)))
  try {
    return (await Promise.race([seen.promise, failed])) - startedMs
  } finally {
    watcher.close()
    child.kill('SIGKILL')
    await exited
    failed.catch(() => {})
    rmSync(resultsDir, { recursive: true, force: true })
  }
}

const bareWrite =
  "const fs=require('fs'),p=process.argv[1]+'/progress';fs.writeFileSync(p+'.1','{}',{flush:true});fs.renameSync(p+'.1',p)"

export const benchStart = async (rounds: number): Promise<string> => {
  const contenders: readonly Contender[] = [
    { name: '`node -e 0`', run: untilExit(['-e', '0']) },
    {
      name: 'a bare write: temporary file, fsync, rename',
      run: untilProgress((dir) => ['-e', bareWrite, dir]),
    },
    {
      name: '`taskbeat simulate` (dist)',
      run: untilProgress((dir) => [resolve('dist/cli.js'), 'simulate', '--results-dir', dir]),
    },
    {
      name: '`taskbeat simulate` (src)',
      run: untilProgress((dir) => [resolve('src/cli.ts'), 'simulate', '--results-dir', dir]),
    },
  ]
  return tableOf(
    'Process start → first progress file (target: dist ≤ 1.70)',
    'ms',
    await compare(contenders, rounds),
  )
}
