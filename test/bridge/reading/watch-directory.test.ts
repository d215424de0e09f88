import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { watchDirectory } from '../../../src/bridge/reading/watch-directory.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'

it('what takes the place of a directory is watched from the next look on', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'metrics/current.json')
  let changes = 0
  const watch = watchDirectory({
    path,
    onChange: () => {
      changes += 1
    },
    onRefused: (code) => expect.fail(code),
  })
  expect(await watch.renew()).toBe(false)
  await mkdir(join(dir.path, 'metrics'))
  expect(await watch.renew()).toBe(true)
  await rename(join(dir.path, 'metrics'), join(dir.path, 'old'))
  await mkdir(join(dir.path, 'metrics'))
  expect(await watch.renew()).toBe(true)
  const before = changes
  await writeFile(path, '{}')
  await until(() => changes > before)
  watch.close()
  expect(await watch.renew()).toBe(false)
})
