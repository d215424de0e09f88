import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

/** Waits until nobody reads its stderr any more, and then has something to say there. */
const program = `
const [configure, training, recorder] = await Promise.all(process.argv.slice(1).map((path) => import(path)))
for await (const _ of process.stdin) {}
const quiet = { errorStrategy: 'quiet' }
await configure.configureRecorder({ ...quiet, configFile: '/none.yaml' })
training.createTrainingRecorder({ ...quiet, recorder: recorder.createRecorder({ exporters: [] }), config: {} })
await new Promise((done) => setTimeout(done, 10))
console.log('alive')
`

it('T4: quiet, a stderr that nobody reads any more ends no process', async () => {
  const modules = ['config/index.ts', 'training/index.ts', 'index.ts'].map((path) =>
    resolve('src/recorder', path),
  )
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, ...modules])
  child.stderr.destroy()
  child.stdin.end()
  expect(await text(child.stdout)).toBe('alive\n')
})
