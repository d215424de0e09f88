import {
  defaultResource,
  detectResources,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import {
  ATTR_CLOUD_REGION,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_HOST_TYPE,
  ATTR_PROCESS_COMMAND,
  ATTR_PROCESS_COMMAND_ARGS,
  ATTR_PROCESS_COMMAND_LINE,
} from '@opentelemetry/semantic-conventions/incubating'
import type { Settings } from '../settings.ts'
import { correlationKeys } from './correlation.ts'

const argumentKeys: readonly string[] = [
  ATTR_PROCESS_COMMAND,
  ATTR_PROCESS_COMMAND_ARGS,
  ATTR_PROCESS_COMMAND_LINE,
]

/** Arguments may hold tokens; nothing of them leaves the process. */
const withoutArguments = (resource: Resource) =>
  resourceFromAttributes(
    Object.fromEntries(resource.getRawAttributes().filter(([key]) => !argumentKeys.includes(key))),
  )

const present = (attributes: Readonly<Record<string, string | number | undefined>>) =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  )

/** They are on spans and records: on a resource they would be on metrics too, such as an outer taskbeat's on ours. */
const withoutKeys = (attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => !correlationKeys.has(key)))

/**
 * Who sends: the service, the task, the host and the process, without its arguments; with several, which of them.
 *
 * `OTEL_SERVICE_NAME` beats `OTEL_RESOURCE_ATTRIBUTES`, that beats everything of ours.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export const taskResource = (settings: Settings, version: string, rank?: number): Resource => {
  const ours = present({
    [ATTR_SERVICE_NAME]: settings.taskName ?? 'taskbeat',
    [ATTR_SERVICE_VERSION]: version,
    'nvct.task.id': settings.taskId,
    'nvct.task.name': settings.taskName,
    'nvct.nca.id': settings.ncaId,
    'nvct.instance.id': settings.instanceId,
    'nvcf.backend': settings.backend,
    'nvcf.instance_type.value': settings.instanceTypeValue,
    [ATTR_CLOUD_REGION]: settings.region,
    [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: settings.environment,
    [ATTR_HOST_TYPE]: settings.instanceType,
    'taskbeat.rank': rank,
  })
  const detectors = [hostDetector, osDetector, serviceInstanceIdDetector]
  return defaultResource()
    .merge(detectResources({ detectors }))
    .merge(withoutArguments(detectResources({ detectors: [processDetector] })))
    .merge(resourceFromAttributes(ours))
    .merge(resourceFromAttributes(withoutKeys(settings.resourceAttributes)))
    .merge(resourceFromAttributes(present({ [ATTR_SERVICE_NAME]: settings.serviceName })))
}
