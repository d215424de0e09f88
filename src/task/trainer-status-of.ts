import type { Clock } from '../clock.ts'
import { trainerFieldsOf } from '../kubeflow/trainer-fields.ts'
import type { TrainerStatus } from '../kubeflow/trainer-status.ts'
import type { Settings } from '../settings.ts'

/** The way to the status of the TrainJob that the task is; undefined, and nothing loaded, where it is none. */
export const trainerStatusOf = async (
  settings: Settings,
  print: (line: string) => void,
  clock: Clock,
): Promise<TrainerStatus | undefined> => {
  const fields = trainerFieldsOf(settings)
  const url = fields && settings[fields.url]
  if (!fields || url === undefined) return undefined
  const endpoint = { url, token: settings[fields.token], caCertificate: settings[fields.caCertificate] }
  const { openTrainerStatus } = await import('../kubeflow/trainer-status.ts')
  return openTrainerStatus({ ...endpoint, print, clock })
}
