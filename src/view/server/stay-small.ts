import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from taking room for speed, while files are read of which little is kept: for a run of a million points, a
 * hundred thousand spans and a million log lines that is 30 MB of 170. V8 reads this flag each time that it might grow.
 */
export const staySmall = (): void => setFlagsFromString('--optimize-for-size')
