import { stripVTControlCharacters } from 'node:util'
import { createHfReader } from './hf.ts'
import { createLightningReader } from './lightning.ts'
import { createNemoReader } from './nemo.ts'
import { createPatternReader } from './pattern.ts'
import type { ProgressReader } from './reading.ts'
import { createTorchtuneReader } from './torchtune.ts'
import { createTqdmReader } from './tqdm.ts'

/** The libraries whose output we can read. */
export type ProgressPreset = 'tqdm' | 'hf' | 'lightning' | 'nemo' | 'torchtune'

export interface ProgressReaderOptions {
  readonly preset?: ProgressPreset | undefined
  /** Tried before the preset. Named groups: step, total, percent, epoch, lr; any other is a metric of its name. */
  readonly pattern?: RegExp | undefined
  /** Steps of the whole training; beats what the output says. */
  readonly totalSteps?: number | undefined
}

const readers: Readonly<Record<ProgressPreset, (totalSteps?: number) => ProgressReader>> = {
  tqdm: createTqdmReader,
  hf: createHfReader,
  lightning: createLightningReader,
  nemo: createNemoReader,
  torchtune: createTorchtuneReader,
}

/** Longer pieces are read up to here, so that a pattern of the user's has an end. */
const longestPiece = 4096

/**
 * Reads progress out of a program's output.
 *
 * The reader remembers what it read, so one reader is for one run. It takes what stands between two line feeds or
 * carriage returns, of both streams; colours and movements of the cursor do no harm.
 */
export const createProgressReader = ({
  preset,
  pattern,
  totalSteps,
}: ProgressReaderOptions): ProgressReader => {
  const own = pattern && createPatternReader(pattern, totalSteps)
  const library = preset && readers[preset](totalSteps)
  return (text) => {
    const piece = text.slice(0, longestPiece)
    const plain = piece.includes('\u001b') ? stripVTControlCharacters(piece) : piece
    return own?.(plain) ?? library?.(plain)
  }
}
