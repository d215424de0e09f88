/**
 * Errors that NVIDIA's driver reports by number (Xid): what the usual ones mean for a training.
 *
 * @see https://docs.nvidia.com/deploy/xid-errors/
 */
const meanings: Readonly<Record<number, string>> = {
  13: 'a kernel failed, most often by an index out of bounds in the program, seldom by the hardware',
  31: 'a kernel used an address that is not its own, most often by a fault of the program',
  43: 'a process lost its context on the GPU, most often by a fault of the program; the GPU is well',
  45: 'the work of a process was removed from the GPU, as it was killed or after another error',
  48: 'memory had an error that could not be corrected: the work is lost, the GPU wants a reset',
  63: 'a failing row or page of memory is replaced at the next reset of the GPU',
  64: 'a failing row or page of memory could not be replaced: the GPU wants a reset, then a test',
  74: 'a link to another GPU (NVLink) failed',
  79: 'the GPU has fallen off the bus: it is lost until the machine is started anew',
  94: 'memory had an error that could not be corrected, and hit one process only: it can be started again',
  95: 'memory had an error that could not be corrected, and may have hit all processes: the GPU wants a reset',
  119: "the GPU's own processor (GSP) does not answer: the GPU wants a reset, or the machine a new start",
}

/** For `error.type`: a name of its own for the usual ones only, so that there are few. */
export const xidType = (code: number): string => (code in meanings ? `xid_${code}` : 'xid_other')

/** What people should read of it. */
export const xidMessage = ({ id, index, code }: { id: string; index: number; code: number }): string =>
  `GPU ${index} (${id}) reports Xid ${code}${meanings[code] ? `: ${meanings[code]}` : ''}`
