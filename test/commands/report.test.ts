import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { base64Stream, readRuns } from '../../src/view/page/data/embedded-runs.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'
import { smallRun, writeLogbook } from '../view/small-logbook.ts'

const bundleIn = (html: string) =>
  /<script type="application\/gzip" id="taskbeat-bundle">([^<]*)<\/script>/.exec(html)?.[1] ?? ''

/** What no file should be able to make of a page. */
const nasty = '</script><script>alert(1)</script> <!-- \u2028 \ud800 \0 é'

describe('report', () => {
  it('is one file, from which the page has all of the run', async () => {
    await using directory = await temporaryDirectory()
    await writeLogbook(join(directory.path, 'results'), smallRun({ text: nasty }))
    const { status, stdout, stderr } = await runCli(['report', 'results', '-o', 'ticket.html'], {
      cwd: directory.path,
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^ticket\.html, \d+\.\d KiB: .*completed.*\n$/)
    expect((await readdir(directory.path)).toSorted()).toEqual(['results', 'ticket.html'])

    const html = await readFile(join(directory.path, 'ticket.html'), 'utf8')
    expect(html).not.toContain('alert(1)')
    expect(html).toContain('<title>results · taskbeat</title>')
    const { runs } = await readRuns(base64Stream(bundleIn(html)))
    expect(runs).toHaveLength(1)
    const [run] = runs
    expect(await run?.overview()).toMatchObject({ state: 'completed', percent: 50, isLive: false })
    expect(
      await run?.curves({ series: [(await run.overview()).series[0]?.id ?? -1], width: 500 }),
    ).toMatchObject([{ y: [4, 3, 2, 1] }])
    const { rows } = (await run?.logs({ offset: 0, limit: 10 })) ?? {}
    expect(rows).toMatchObject([{ text: nasty }])
    expect(await run?.spans({ offset: 0, limit: 10 })).toMatchObject({ rows: [{}, { name: 'save' }] })
  })

  it('lays runs over each other', async () => {
    await using directory = await temporaryDirectory()
    const places = ['a', 'b'].map((name) => join(directory.path, name))
    for (const place of places) await writeLogbook(place, smallRun())
    const file = join(directory.path, 'both.html')
    const { status, stdout } = await runCli(['report', ...places, '--output', file])
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/: 2 runs, a, b\n$/) })
    const data = bundleIn(await readFile(file, 'utf8'))
    const lines = gunzipSync(Buffer.from(data, 'base64')).toString().split('\n')
    expect(lines.filter((line) => line.startsWith('{"k":"run"'))).toHaveLength(2)
    const { runs } = await readRuns(base64Stream(data))
    const overviews = await Promise.all(runs.map((run) => run.overview()))
    expect(overviews).toMatchObject([{ label: 'a' }, { label: 'b' }])
  })

  it('what cannot be done is told in one sentence', async () => {
    await using directory = await temporaryDirectory()
    await writeLogbook(join(directory.path, 'results'), smallRun())
    await mkdir(join(directory.path, 'taken'))
    const cases = [
      { args: [], status: 64, says: /^taskbeat: report needs the directory of a run, .*\n$/ },
      { args: ['nowhere'], status: 64, says: /^taskbeat: .*nowhere.*\n$/ },
      {
        args: ['results', '-o', 'no/such/report.html'],
        status: 73,
        says: /^taskbeat: no\/such.*\(ENOENT\).*\n$/,
      },
      { args: ['results', '-o', 'taken'], status: 73, says: /^taskbeat: .*taken.*\(EISDIR\).*\n$/ },
      { args: ['results', '-o'], status: 64, says: /^taskbeat: -o needs a value: a path\n$/ },
    ]
    for (const { args, status, says } of cases) {
      const ended = await runCli(['report', ...args], { cwd: directory.path })
      expect(ended.stderr).toMatch(says)
      expect(ended).toMatchObject({ status, stdout: '' })
    }
    expect((await readdir(directory.path)).toSorted()).toEqual(['results', 'taken'])
  })
})
