import type { Clock } from '../clock.ts'
import type { TrainerStatus } from '../kubeflow/trainer-status.ts'
import type { Settings } from '../settings.ts'

type Trainer = Pick<
  Settings,
  | 'trainerUrl'
  | 'trainerToken'
  | 'trainerCaCert'
  | 'draftTrainerUrl'
  | 'draftTrainerToken'
  | 'draftTrainerCaCert'
>

/** Where a Kubeflow TrainJob takes its status, by the variables of the releases, else by those of the drafts. */
export const trainerEndpoint = (settings: Trainer) => {
  const { trainerUrl, trainerToken, trainerCaCert } = settings
  if (trainerUrl !== undefined) return { url: trainerUrl, token: trainerToken, caCertificate: trainerCaCert }
  const { draftTrainerUrl, draftTrainerToken, draftTrainerCaCert } = settings
  if (draftTrainerUrl === undefined) return undefined
  return { url: draftTrainerUrl, token: draftTrainerToken, caCertificate: draftTrainerCaCert }
}

/** The way to the status of the TrainJob that the task is; undefined, and nothing loaded, where it is none. */
export const trainerStatusOf = async (
  settings: Trainer,
  print: (line: string) => void,
  clock: Clock,
): Promise<TrainerStatus | undefined> => {
  const endpoint = trainerEndpoint(settings)
  if (!endpoint) return undefined
  const { openTrainerStatus } = await import('../kubeflow/trainer-status.ts')
  return openTrainerStatus({ ...endpoint, print, clock })
}
