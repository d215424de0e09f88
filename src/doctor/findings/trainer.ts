import { trainerFieldsOf } from '../../kubeflow/trainer-fields.ts'
import { hideSecrets } from '../../settings/hide-secrets.ts'
import { nameOf } from '../endpoints.ts'
import type { Facts } from '../facts.ts'
import type { Found } from './catalogue.ts'

/** Whether a TrainJob of Kubeflow can be told of progress. */
export const findInTrainer = (facts: Facts): readonly Found[] => {
  const fields = trainerFieldsOf(facts.settings)
  const url = fields && facts.settings[fields.url]
  if (!fields || url === undefined) return []
  return [
    ...(URL.parse(url)?.protocol === 'https:'
      ? []
      : [['trainer-url', `${nameOf(facts, fields.url)} is '${hideSecrets(url)}', no https URL`] as const]),
    // only the name: what is no path may be the token itself
    ...facts.trainerFaults.map(
      ({ field, code }): Found => [
        'trainer-file',
        `${nameOf(facts, field)} names a file that cannot be read (${code})`,
      ],
    ),
  ]
}
