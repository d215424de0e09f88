/** What the C library can do and Node cannot. */
export interface LibC {
  /** waitid(2): which processes, an id, where the answer goes (128 bytes), options. */
  readonly waitId: (which: number, id: number, info: Buffer, options: number) => number
  /** pipe2(2), both ends closed on exec: the descriptors of the reading and the writing end. */
  readonly openPipe: () => readonly [number, number]
}

const closeOnExec = 0o2000000

/** Loads it, which takes 10 to 20 ms; undefined where there is no foreign function interface for this system. */
export const loadLibC = async (): Promise<LibC | undefined> => {
  try {
    const { default: koffi } = await import('koffi')
    const library = koffi.load(null)
    const waitId = library.func('int waitid(int, int, void *, int)')
    const pipe2 = library.func('int pipe2(void *, int)')
    return {
      waitId: (which, id, info, options) => waitId(which, id, info, options),
      openPipe: () => {
        const ends = Buffer.alloc(8)
        if (pipe2(ends, closeOnExec) !== 0) throw new Error('no pipe could be made')
        return [ends.readInt32LE(0), ends.readInt32LE(4)]
      },
    }
  } catch {
    return undefined
  }
}
