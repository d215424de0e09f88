import { constants } from 'node:os'

/** The shell's status for a process that a signal ended: 128 + its number. */
export const signalStatus = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]
