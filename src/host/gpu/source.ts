/**
 * Where samples of GPUs come from: a process of ours that asks NVML, or `nvidia-smi` where it cannot; started again
 * when it dies, and left alone when it falls silent, as a driver that hangs lets nothing end.
 */
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../clock.ts'
import { isJsonObject } from '../../json.ts'
import { type GpuSample, parseSample } from './device-sample.ts'
import { type LineProcess, type LineProcessCommand, startLineProcess } from './line-process.ts'
import { parseSmiLine, refusesAll, refusesField, type SmiQuery, smiArguments } from './nvidia-smi.ts'
import { openSmiRounds } from './smi-rounds.ts'
import { visibilityOf } from './visible-devices.ts'

export interface SourceOptions {
  /** Of the job. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly intervalMs: number
  readonly clock: Clock
  /** @default what the loader finds as libnvidia-ml.so.1 */
  readonly nvmlLibrary?: string
  /** @default 'nvidia-smi', as found in the job's PATH */
  readonly nvidiaSmi?: string
  readonly onSample: (sample: GpuSample) => void
  readonly onDebug: (line: string) => void
  readonly onTrouble: (message: string) => void
}

export interface Source {
  readonly pid: () => number | undefined
  readonly close: () => void
}

/** What is tried, in this order. */
type Kind = 'nvml' | SmiQuery

const restartPausesMs = [1_000, 5_000, 25_000]

/** Intervals without a sample, after which a source counts as silent. */
export const silentIntervals = 3

/** So long a time of samples makes forgotten that it has died before: a month may bring several deaths. */
const healthMs = 600_000

/** Longer, neither Node's timers nor `nvidia-smi` may take it. */
const longestIntervalMs = 86_400_000

/** Without its persistence mode, a driver wakes up GPU by GPU. */
const startLimitMs = 60_000

/** In the bundle, a file beside the one that this has become a part of. */
const helperFile = () =>
  fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './nvml/process.ts' : './late-gpu-nvml.js', import.meta.url),
  )

/** What a process that only makes calls needs of V8. */
const smallHeap = ['--max-old-space-size=32', '--max-semi-space-size=1']

const commandOf = (kind: Kind, options: SourceOptions): LineProcessCommand => {
  // nothing of the job that would change what these are, such as NODE_OPTIONS or LD_PRELOAD
  const { PATH = '/usr/local/bin:/usr/bin:/bin', LD_LIBRARY_PATH } = options.env
  const env = { PATH, ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }) }
  const intervalMs = Math.min(Math.max(1, Math.round(options.intervalMs)), longestIntervalMs)
  if (kind !== 'nvml')
    return { file: options.nvidiaSmi ?? 'nvidia-smi', args: smiArguments(kind, intervalMs), env }
  const order = { intervalMs, library: options.nvmlLibrary, env: visibilityOf(options.env) }
  return { file: process.execPath, args: [...smallHeap, helperFile(), JSON.stringify(order)], env }
}

const uncertainOrder =
  'the GPUs differ, so CUDA may number them otherwise than NVML, whose order is used; CUDA_DEVICE_ORDER=PCI_BUS_ID makes it certain'

/** What a line of our process says that is no sample. */
const parseNotice = (line: string): readonly string[] => {
  try {
    const notice: unknown = JSON.parse(line)
    if (!isJsonObject(notice)) return []
    if (typeof notice.unusable === 'string') return [notice.unusable]
    const { devices, visible, isOrderUncertain } = notice
    if (typeof devices !== 'number' || typeof visible !== 'number') return []
    return [
      `NVML shows ${devices} devices, of which the job sees ${visible}`,
      ...(isOrderUncertain === true ? [uncertainOrder] : []),
    ]
  } catch {
    return []
  }
}

/** Starts the first source that works, now or later; there may be none. */
export const openSource = (options: SourceOptions): Source => {
  const { clock, intervalMs, onDebug, onTrouble } = options
  let helper: LineProcess | undefined
  let isClosed = false
  let isSilent = false
  let restarts = 0
  /** Since when samples come, without a silence or a death between. */
  let healthySinceMs: number | undefined
  let cancelWatch = () => {}
  let cancelRestart = () => {}

  const fallSilent = (afterMs: number) => () => {
    isSilent = true
    healthySinceMs = undefined
    onTrouble(
      `GPU readings have stopped: nothing was heard for ${Math.round(afterMs / 1_000)} s, NVIDIA's driver may hang`,
    )
  }

  const watch = (limitMs: number) => {
    cancelWatch()
    cancelWatch = clock.after(limitMs, fallSilent(limitMs))
  }

  const hear = (sample: GpuSample) => {
    if (isClosed) return
    if (isSilent) onDebug('GPU readings are back')
    isSilent = false
    healthySinceMs ??= clock.monotonicMs()
    if (clock.monotonicMs() - healthySinceMs >= healthMs) restarts = 0
    watch(silentIntervals * intervalMs)
    options.onSample(sample)
  }

  const restart = (kind: Kind, status: number | string) => {
    healthySinceMs = undefined
    const pauseMs = restartPausesMs[restarts]
    restarts += 1
    if (pauseMs === undefined) {
      onTrouble(`GPU readings have stopped: what reads them ended with ${status}, ${restarts} times`)
      return
    }
    onDebug(`what reads the GPUs ended with ${status}; it is started again in ${pauseMs / 1_000} s`)
    cancelRestart = clock.after(pauseMs, () => begin(kind))
  }

  const beginNvml = () => {
    const onLine = (line: string) => {
      const sample = parseSample(line)
      if (sample) hear(sample)
      else for (const notice of parseNotice(line)) onDebug(notice)
    }
    const onEnd = (status: number | string) => {
      if (status === 3) begin('full')
      else if (status !== 0) restart('nvml', status)
    }
    return { onLine, onEnd }
  }

  const beginSmi = (kind: SmiQuery) => {
    const { add, close } = openSmiRounds({
      ...{ env: visibilityOf(options.env), intervalMs, clock, onSample: hear },
    })
    let refusal: 'field' | 'all' | undefined
    const onLine = (line: string) => {
      const device = parseSmiLine(kind, line)
      if (device) add(device)
      else if (refusesField(line)) refusal = 'field'
      else if (refusesAll(line)) refusal = 'all'
    }
    const onEnd = (status: number | string) => {
      close()
      if (refusal === 'field' && kind === 'full') begin('basic')
      else if (refusal !== undefined || (typeof status === 'string' && status.startsWith('spawn')))
        onDebug(`no GPU is read: nvidia-smi cannot be asked (${refusal ?? status})`)
      else restart(kind, status)
    }
    return { onLine, onEnd }
  }

  const begin = (kind: Kind) => {
    const { onLine, onEnd } = kind === 'nvml' ? beginNvml() : beginSmi(kind)
    helper = startLineProcess(commandOf(kind, options), {
      onLine: (line) => {
        if (!isClosed) onLine(line)
      },
      onEnd: (status) => {
        cancelWatch()
        if (!isClosed) onEnd(status)
      },
    })
    watch(Math.max(startLimitMs, silentIntervals * intervalMs))
  }

  begin('nvml')
  return {
    pid: () => helper?.pid(),
    close: () => {
      isClosed = true
      cancelWatch()
      cancelRestart()
      helper?.kill()
    },
  }
}
