import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

/** A program that loads and uses the recorder, and prints what else was asked for. */
const program = `
import { registerHooks } from 'node:module'
const asked = []
registerHooks({
  resolve: (specifier, context, next) => {
    asked.push(specifier)
    return next(specifier, context)
  },
})
const { createRecorder, consoleExporter, memoryExporter } = await import(process.argv[1])
const recorder = createRecorder({ exporters: [consoleExporter({ print: () => {} }), memoryExporter()] })
await recorder.timedSpan('a', {}, async (span) => recorder.error(span, 'e', new Error('e')))
await recorder.close()
console.log(JSON.stringify(asked.filter((specifier) => !/^[./]|^file:/.test(specifier))))
`

it('loading and using it loads no @opentelemetry package, nor any other, and of Node little', () => {
  const args = ['--input-type=module', '-e', program, resolve('src/recorder/index.ts')]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  const specifiers: string[] = JSON.parse(stdout)
  expect([...new Set(specifiers)].toSorted()).toEqual(['node:async_hooks', 'node:fs', 'node:path'])
})
