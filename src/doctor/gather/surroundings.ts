import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'
import type { Environment, Surroundings } from '../facts.ts'

const serviceAccount = 'var/run/secrets/kubernetes.io/serviceaccount'

/**
 * What this looks like: NVCF by the variables of its tasks, Kubernetes and Docker by what they leave in a container.
 *
 * @param root - where the files are
 */
export const surroundingsOf = (environment: Environment, root = '/'): Surroundings => {
  const isSet = (name: string) => Boolean(environment[name]?.trim())
  const isFile = (path: string) => existsSync(join(root, path))
  const ofPlatform = [
    'NVCT_TASK_ID',
    'NVCT_NCA_ID',
    'NVCT_INSTANCE_ID',
    'NVCF_BACKEND',
    'NVCF_REGION',
  ].filter(isSet)
  const ofKubernetes = [
    ...(isSet('KUBERNETES_SERVICE_HOST') ? ['KUBERNETES_SERVICE_HOST is set'] : []),
    ...(isFile(serviceAccount) ? [`/${serviceAccount} is there`] : []),
  ]
  const inGroup = /docker|containerd|podman|libpod|kubepods/.exec(
    readText(join(root, 'proc/1/cgroup')) ?? '',
  )?.[0]
  const ofContainer = [
    ...['.dockerenv', 'run/.containerenv'].filter(isFile).map((path) => `/${path} is there`),
    ...(inGroup === undefined ? [] : [`the control group is one of ${inGroup}`]),
  ]
  if (ofPlatform.includes('NVCT_TASK_ID') && ofPlatform.length > 1) {
    const emulated = isSet('TASKBEAT_TALLY_DIR')
      ? ['TASKBEAT_TALLY_DIR is set, as taskbeat emulate does']
      : []
    return {
      kind: 'nvcf',
      reasons: [`${ofPlatform.join(', ')} ${ofPlatform.length > 1 ? 'are' : 'is'} set`, ...emulated],
    }
  }
  if (ofKubernetes.length > 0) return { kind: 'kubernetes', reasons: ofKubernetes }
  if (ofContainer.length > 0) return { kind: 'docker', reasons: ofContainer }
  return { kind: 'machine', reasons: ['nothing of a container is here'] }
}
