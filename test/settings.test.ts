import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readSettings } from '../src/settings.ts'
import { temporaryDirectory } from './support/run-cli.ts'

const groups = ['general', 'simulation'] as const

it('an empty --config= names no file, and not the next argument', async () => {
  expect(await readSettings(['--config=', '--seed', '5'], groups, 'none', {})).toMatchObject({
    ok: true,
    settings: { seed: 5 },
  })
})

it.each([{ form: (path: string) => ['--config', path] }, { form: (path: string) => [`--config=${path}`] }])(
  '--config names a file, with an equals sign in it or not',
  async ({ form }) => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'a=b.yaml')
    await writeFile(path, 'seed: 9')
    expect(await readSettings(form(path), groups, 'none', {})).toMatchObject({
      ok: true,
      settings: { seed: 9 },
    })
  },
)
