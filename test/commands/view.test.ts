import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Overview } from '../../src/view/api.ts'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'
import { addressOf } from '../view/address-of.ts'
import { smallRun, writeLogbook } from '../view/small-logbook.ts'

const get = async <T>(address: string) => (await fetch(address)).json() as Promise<T>

describe('view', () => {
  it('shows a finished run, and ends as the signal says', async () => {
    await using directory = await temporaryDirectory()
    await writeLogbook(directory.path, smallRun({ text: '</script><b>é' }))
    await using view = startCli(['view', directory.path])
    const address = await addressOf(view)
    const page = await (await fetch(address)).text()
    expect(page).toContain('<script src="page.js" defer></script>')
    expect((await (await fetch(`${address}page.js`)).text()).length).toBeGreaterThan(10_000)
    expect(await get(`${address}runs`)).toEqual({ runs: 1 })
    // the first answer does not wait for all
    await until(async () => (await get<Overview>(`${address}runs/0/overview`)).read === 1)
    expect(await get(`${address}runs/0/overview`)).toMatchObject({
      state: 'completed',
      percent: 50,
      series: [{ name: 'taskbeat.training.loss', points: 4, last: 1 }],
    })
    expect(await get(`${address}runs/0/logs?offset=0&limit=9`)).toMatchObject({
      rows: [{ text: '</script><b>é' }],
    })
    expect((await fetch(new URL('/', address))).status).toBe(404)
    view.child.kill('SIGINT')
    expect(await view.ended).toMatchObject({ status: 130, stderr: '' })
  })

  it('shows two runs', async () => {
    await using directory = await temporaryDirectory()
    const places = ['a', 'b'].map((name) => join(directory.path, name))
    for (const place of places) await writeLogbook(place, smallRun())
    await using view = startCli(['view', ...places])
    const address = await addressOf(view)
    expect(await get(`${address}runs`)).toEqual({ runs: 2 })
    const labels = await Promise.all([0, 1].map((run) => get(`${address}runs/${run}/overview`)))
    expect(labels).toMatchObject([{ label: 'a' }, { label: 'b' }])
  })

  it('wrong use is told in one sentence', async () => {
    await using directory = await temporaryDirectory()
    await writeLogbook(directory.path, smallRun())
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const cases = [
      { args: [], says: /^taskbeat: view needs the directory of a run, as in: taskbeat view .\/results\n$/ },
      { args: ['/nowhere'], says: /^taskbeat: .*\/nowhere.*\n$/ },
      {
        args: [directory.path, '--ui-port', `${port}`],
        says: /^taskbeat: --ui-port is \d+, but another program.*\n$/,
      },
      { args: [directory.path, '--ui-port', '70000'], says: /^taskbeat: --ui-port is '70000'.*\n$/ },
    ]
    for (const { args, says } of cases) {
      const { status, stdout, stderr } = await runCli(['view', ...args])
      expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
      expect(stderr).toMatch(says)
    }
    other.close()
  })
})
