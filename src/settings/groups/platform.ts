import { optional } from '../row.ts'
import { text } from '../value.ts'

const platform = (env: string, doc: string, more: { readonly isSecret?: boolean } = {}) =>
  optional({ kind: text, group: 'platform', env, doc, ...more })

/** What the platform tells a task, and the sample's own variables. */
export const fromPlatform = {
  taskId: platform('NVCT_TASK_ID', "the task's id; written to the progress file"),
  taskName: platform('NVCT_TASK_NAME', "the task's name"),
  ncaId: platform('NVCT_NCA_ID', 'the NVIDIA Cloud account'),
  instanceId: platform('NVCT_INSTANCE_ID', 'the instance that the task runs on'),
  region: platform('NVCF_REGION', 'sent as `cloud.region`'),
  backend: platform('NVCF_BACKEND', 'sent as `nvcf.backend`'),
  environment: platform('NVCF_ENV', 'sent as `deployment.environment.name`'),
  instanceType: platform('NVCF_INSTANCETYPE', 'sent as `host.type`'),
  instanceTypeValue: platform('NVCF_INSTANCETYPE_VALUE', 'sent as `nvcf.instance_type.value`'),
  accountsSecretsFile: platform(
    'ACCOUNTS_SECRETS_PATH',
    'known from the sample, which waits for it; not needed',
  ),
  healthCheckEndpoint: platform(
    'OTEL_HEALTH_CHECK_ENDPOINT',
    'known from the sample, which waits for it; training starts at once',
  ),
  trainerUrl: platform('KUBEFLOW_TRAINER_SERVER_URL', 'where the TrainJob is told of progress too'),
  trainerToken: platform('KUBEFLOW_TRAINER_SERVER_TOKEN', 'a file with the token for it', { isSecret: true }),
  trainerCaCert: platform('KUBEFLOW_TRAINER_SERVER_CA_CERT', 'a file with the certificate that it has'),
  draftTrainerUrl: platform('KUBEFLOW_TRAINER_STATUS_URL', 'the same, by the name of the drafts'),
  draftTrainerToken: platform('KUBEFLOW_TRAINER_STATUS_TOKEN', 'the same, by the name of the drafts', {
    isSecret: true,
  }),
  draftTrainerCaCert: platform('KUBEFLOW_TRAINER_STATUS_CA_CERT', 'the same, by the name of the drafts'),
} as const
