import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

/** `taskbeat replay`: delivers what a process before has left on disk; resolves to what it said. */
export const replay = async (env: Readonly<Record<string, string | undefined>>): Promise<string> => {
  const child = spawn(process.execPath, [resolve('dist/cli.js'), 'replay'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (status !== 0) throw new Error(`taskbeat replay ended with ${status}: ${said}`)
  return said
}
