import { expect, it } from 'vitest'
import { checkChart, podTemplateOf, variablesOf } from '../../scripts/nvcf/chart-rules.ts'
import type { JsonObject } from '../../src/json.ts'

const container = {
  name: 'task',
  image: 'train:1',
  env: [
    { name: 'PET_MASTER_ADDR', value: 'job-0.job' },
    { name: 'RANK', valueFrom: {} },
  ],
  resources: { limits: { cpu: '1', memory: '1Gi' } },
  securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
}
const pod = {
  subdomain: 'job',
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
  volumes: [{ name: 'tmp', emptyDir: {} }],
}
const jobOf = (fields: object, spec: object = {}): JsonObject => ({
  ...{ kind: 'Job', metadata: { name: 'job' } },
  spec: {
    completionMode: 'Indexed',
    template: { metadata: { labels: { app: 'a', more: 'b' } }, spec: { ...pod, ...fields } },
    ...spec,
  },
})
const containing = (fields: object) => jobOf({ containers: [{ ...container, ...fields }] })
const serviceOf = (spec: object): JsonObject => ({
  ...{ kind: 'Service', metadata: { name: 'job' } },
  spec: { clusterIP: 'None', selector: { app: 'a' }, ...spec },
})
const service = serviceOf({})
const job = jobOf({})

it('a Job and its service are right', () => {
  expect(checkChart([job, service])).toEqual([])
})

it.each<{ what: string; objects: readonly JsonObject[]; says: string }>([
  {
    what: 'a kind of its own',
    objects: [{ kind: 'DaemonSet', metadata: { name: 'x' } }],
    says: 'has no DaemonSet',
  },
  {
    what: 'a name that begins with a digit',
    objects: [{ kind: 'Service', metadata: { name: '1a' } }],
    says: "cannot be called '1a'",
  },
  {
    what: 'a name without room for an index',
    objects: [{ kind: 'Secret', metadata: { name: 'a'.repeat(53) } }],
    says: 'cannot be called',
  },
  {
    what: 'a hook',
    objects: [{ ...job, metadata: { name: 'job', annotations: { 'helm.sh/hook': 'pre-install' } } }, service],
    says: 'ignores hooks',
  },
  {
    what: 'no limit of memory',
    objects: [containing({ resources: { limits: { cpu: '1' } } }), service],
    says: 'no limit of memory',
  },
  {
    what: 'an init container without limits',
    objects: [jobOf({ initContainers: [{ ...container, name: 'first', resources: {} }] }), service],
    says: 'container first has no limit of cpu',
  },
  {
    what: 'capabilities',
    objects: [containing({ securityContext: { readOnlyRootFilesystem: true } }), service],
    says: 'drop has no ALL',
  },
  {
    what: 'a file system to write to',
    objects: [containing({ securityContext: { capabilities: { drop: ['ALL'] } } }), service],
    says: 'readOnlyRootFilesystem',
  },
  {
    what: 'root',
    objects: [jobOf({ securityContext: { ...pod.securityContext, runAsUser: 0 } }), service],
    says: 'runAsUser is 0',
  },
  {
    what: 'perhaps root',
    objects: [jobOf({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }), service],
    says: 'runAsNonRoot',
  },
  {
    what: 'no seccomp profile',
    objects: [jobOf({ securityContext: { runAsNonRoot: true } }), service],
    says: 'seccompProfile',
  },
  {
    what: 'the network of the host',
    objects: [jobOf({ hostNetwork: true }), service],
    says: 'hostNetwork is true',
  },
  {
    what: 'a token of the cluster',
    objects: [jobOf({ automountServiceAccountToken: true }), service],
    says: 'automountServiceAccountToken is true',
  },
  {
    what: 'a port of the host',
    objects: [containing({ ports: [{ hostPort: 80 }] }), service],
    says: 'hostPort',
  },
  {
    what: 'a directory of the host',
    objects: [jobOf({ volumes: [{ name: 'h', hostPath: {} }] }), service],
    says: 'volume h is none of',
  },
  {
    what: "a volume in the platform's place",
    objects: [
      containing({
        env: [...container.env, { name: 'NVCT_TASK_ID', value: 'x' }],
        volumeMounts: [{ mountPath: '/var/task/results' }],
      }),
      service,
    ],
    says: 'NVCF mounts its own',
  },
  { what: 'a service for the world', objects: [job, serviceOf({ type: 'NodePort' })], says: 'no ClusterIP' },
  {
    what: 'a service without pods',
    objects: [job, serviceOf({ selector: { 'job-name': 'job' } })],
    says: 'selects no pod',
  },
  {
    what: 'a master of another name',
    objects: [jobOf({ subdomain: 'other' }), service],
    says: 'first pod is job-0.other',
  },
  {
    what: 'no headless service',
    objects: [job, serviceOf({ clusterIP: '' })],
    says: "no headless service 'job'",
  },
  {
    what: 'pods without names',
    objects: [jobOf({}, { completionMode: 'NonIndexed' }), service],
    says: 'no indexed Job',
  },
  {
    what: 'more than 300 objects',
    objects: Array.from({ length: 301 }, (_, i) => ({ kind: 'Secret', metadata: { name: `s${i}` } })),
    says: '301 objects',
  },
])('$what is wrong', ({ objects, says }) => {
  expect(checkChart(objects).join('\n')).toContain(says)
})

const jobSet = (subdomain: string): JsonObject => ({
  ...{ kind: 'JobSet', metadata: { name: 'set' } },
  spec: {
    network: { subdomain },
    replicatedJobs: [
      {
        name: 'node',
        template: {
          spec: {
            template: {
              spec: {
                ...pod,
                containers: [{ ...container, env: [{ name: 'PET_MASTER_ADDR', value: 'set-node-0-0.set' }] }],
              },
            },
          },
        },
      },
    ],
  },
})

it('a JobSet is looked into like a Job', () => {
  expect(podTemplateOf(jobSet('set'))).toHaveProperty('spec.containers')
  expect(variablesOf(jobSet('set')).get('PET_MASTER_ADDR')).toBe('set-node-0-0.set')
  expect(checkChart([jobSet('set')])).toEqual(["JobSet set: NVCF's Default policy has no JobSet"])
  expect(checkChart([jobSet('other')]).join()).toContain('the first pod is set-node-0-0.other')
})
