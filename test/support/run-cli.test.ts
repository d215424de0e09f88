import { expect, it } from 'vitest'
import { type Running, startCli, temporaryDirectory } from './run-cli.ts'

it('a process that its test leaves running is gone after it', async () => {
  await using dir = await temporaryDirectory()
  const stalled = ['simulate', '--results-dir', dir.path, '--delay', '525600']
  let left: Running | undefined
  {
    await using running = startCli(stalled)
    left = running
  }
  expect(await left.ended).toMatchObject({ signal: 'SIGKILL' })
})
