/**
 * The page of a run in a real browser, of real commands of the built bundle:
 *
 *   node scripts/view/check.ts CHROMIUM PICTURES
 *
 * Each chapter says what it finds, a line each; pictures of all parts in both themes are left in PICTURES.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBed } from './bed.ts'
import { launch } from './chromium.ts'
import { checkEmulated, emulate } from './emulated.ts'
import { checkForEverybody, checkKeyboard } from './everybody.ts'
import { checkLive } from './live.ts'
import { checkLooking } from './looking.ts'
import { checkReports } from './reports.ts'
import { checkSafety } from './safety.ts'
import { checkScale } from './scale.ts'
import { start } from './taskbeat.ts'

const [chromium = '/usr/bin/chromium', pictures = 'artefacts/view', ...only] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'taskbeat-view-'))
await using browser = await launch(chromium)
const bed = openBed(browser, work, pictures)
const chapter = async (name: string, read: () => Promise<void>): Promise<void> => {
  if (only.length > 0 && !only.includes(name)) return
  const started = performance.now()
  // what a chapter needs before it can begin may fail, too
  await bed.check(`${name}: to its end`, read)
  process.stdout.write(`         ${name} took ${Math.round((performance.now() - started) / 1_000)} s\n`)
}

try {
  await chapter('live', () => checkLive(bed))
  await chapter('emulated', () => checkEmulated(bed))
  await chapter('kept', async () => {
    const directories = [await emulate(join(work, 'first'), 40), await emulate(join(work, 'second'), 60, 1)]
    await using view = start(['view', ...directories.slice(0, 1)])
    const address = await view.address()
    await checkSafety(bed, address)
    await checkLooking(bed, address)
    await checkKeyboard(bed, address)
    await checkForEverybody(bed, 'view', address)
    const [, compare] = await checkReports(bed, directories)
    await checkForEverybody(bed, 'compare', compare)
  })
  await chapter('scale', () => checkScale(bed))
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exitCode = bed.failures() > 0 ? 1 : 0
