import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Clock } from '../../../src/clock.ts'
import { type GpuReader, type GpuReaderOptions, openGpuReader } from '../../../src/host/gpu/gpu-reader.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

/** Whether tests that need a C compiler can run here. */
export const hasCompiler = spawnSync('cc', ['--version']).status === 0

/** A machine on which a driver seems to be, until the test is over. */
export interface Machine extends AsyncDisposable {
  readonly path: string
  readonly debug: string[]
  readonly trouble: string[]
  /** Makes the file that the library looks for: it hangs, say, or has lost a GPU. */
  readonly wish: (name: string, text?: string) => Promise<void>
  /** Builds the library; its path. */
  readonly buildLibrary: () => string
  /** Makes a program of shell lines; its path. */
  readonly writeProgram: (lines: string) => Promise<string>
  readonly open: (options?: Partial<GpuReaderOptions> & { clock?: Clock }) => GpuReader
}

export const fakeMachine = async ({ hasDriver = true } = {}): Promise<Machine> => {
  const directory = await temporaryDirectory()
  const { path } = directory
  const [debug, trouble]: [string[], string[]] = [[], []]
  const readers: GpuReader[] = []
  if (hasDriver) {
    await mkdir(join(path, 'dev'))
    await writeFile(join(path, 'dev/nvidiactl'), '')
  }
  return {
    path,
    debug,
    trouble,
    wish: (name, text = '') => writeFile(join(path, name), text),
    buildLibrary: () => {
      const library = join(path, 'libnvidia-ml.so.1')
      const source = resolve('test/host/gpu/fixtures/fake-nvml.c')
      const { status, stderr } = spawnSync('cc', [
        ...['-shared', '-fPIC', '-o', library, `-DFAKE="${path}"`, source],
      ])
      if (status !== 0) throw new Error(String(stderr))
      return library
    },
    writeProgram: async (lines) => {
      const program = join(path, 'nvidia-smi')
      await writeFile(program, `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
      return program
    },
    open: (options = {}) => {
      const reader = openGpuReader({
        env: { PATH: process.env.PATH },
        intervalMs: 100,
        // its time stands still, so that nothing grows old while this machine is busy
        clock: manualClock(),
        root: path,
        nvmlLibrary: join(path, 'no-such-library'),
        nvidiaSmi: join(path, 'no-such-program'),
        onDebug: (line) => debug.push(line),
        onTrouble: (message) => trouble.push(message),
        ...options,
      })
      readers.push(reader)
      return reader
    },
    [Symbol.asyncDispose]: async () => {
      for (const reader of readers) reader.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}
