import type { Settings } from '../settings.ts'

const released = { url: 'trainerUrl', token: 'trainerToken', caCertificate: 'trainerCaCert' } as const
const drafted = {
  url: 'draftTrainerUrl',
  token: 'draftTrainerToken',
  caCertificate: 'draftTrainerCaCert',
} as const

/** Settings that say where a TrainJob takes its status. */
export type TrainerFields = typeof released | typeof drafted

/** Those that `run` reads: of the releases, else of the drafts; undefined where there is no TrainJob. */
export const trainerFieldsOf = (settings: Settings): TrainerFields | undefined =>
  [released, drafted].find(({ url }) => settings[url] !== undefined)
