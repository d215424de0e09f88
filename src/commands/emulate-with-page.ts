import { atExit } from '../emulator/at-exit.ts'
import type { EmulateContext } from '../emulator/emulate-for-people.ts'
import { makeTemporaryRoot, removeTree } from '../emulator/tree.ts'
import { codeOf } from '../errors.ts'
import type { PageProcess } from '../view/server/page-process.ts'
import { startPage } from './start-page.ts'

/** As `emulateForPeople`, with a page that shows the task meanwhile: it reads the files that `--keep` is for. */
export const emulateWithPage = async (context: EmulateContext): Promise<number> => {
  const { settings, stderr } = context
  // one page is enough: the task's own would show the same, and want the same port
  const { TASKBEAT_UI: _, TASKBEAT_UI_PORT: __, ...environment } = context.environment
  const { keepDir } = settings
  const directory = keepDir ?? makeTemporaryRoot()
  const remove = () => {
    if (keepDir === undefined) removeTree(directory)
  }
  const forgetExit = atExit(remove)
  const again =
    keepDir === undefined
      ? 'its files are gone, --keep DIR keeps them'
      : `taskbeat view ${keepDir} shows it again`
  let page: PageProcess | undefined
  try {
    const { emulateForPeople } = await import('../emulator/emulate-for-people.ts')
    const status = await emulateForPeople({
      ...{ ...context, environment },
      settings: { ...settings, keepDir: directory },
      onStarted: (tell) => {
        page = startPage({ settings, directory, sentence: `This task has ended: ${again}.`, tell })
      },
    })
    await page?.end()
    return status
  } finally {
    forgetExit()
    try {
      remove()
    } catch (error) {
      // what a container wrote as root is not ours to remove
      stderr().write(`taskbeat: ${directory} could not be removed (${codeOf(error)}): remove it by hand\n`)
    }
  }
}
