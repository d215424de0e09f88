import { bundle } from '../../scripts/bundle.ts'

/** The tests of the command run what users run: the bundle. */
export const setup = bundle
