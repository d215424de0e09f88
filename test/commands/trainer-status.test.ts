import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'
import { controllerCa, startController } from '../support/trainer-controller.ts'

const trains = `echo '{"step":1,"total_steps":2,"loss":0.5}' >>"$TASKBEAT_EVENTS"; sleep 0.6`

const train = async (
  { url }: { readonly url: string },
  { stem = 'KUBEFLOW_TRAINER_SERVER', more = {}, script = trains } = {},
) => {
  await using directory = await temporaryDirectory()
  const token = join(directory.path, 'token')
  const ca = join(directory.path, 'ca.crt')
  await writeFile(token, 'a-secret\n')
  await writeFile(ca, controllerCa)
  const env = {
    NVCT_RESULTS_DIR: join(directory.path, 'results'),
    [`${stem}_URL`]: url,
    [`${stem}_TOKEN`]: token,
    [`${stem}_CA_CERT`]: ca,
    ...more,
  }
  return await runCli(['run', '--dwell', '0', '--', 'sh', '-c', script], { env })
}

const percentages = (seen: readonly { readonly body: string }[]) =>
  seen.map(({ body }) => JSON.parse(body).trainerStatus.progressPercentage)

it.each(['KUBEFLOW_TRAINER_SERVER', 'KUBEFLOW_TRAINER_STATUS'])(
  'a TrainJob that names itself by %s is told of progress, and of 100 at the end',
  async (stem) => {
    using controller = await startController()
    const { status, stderr } = await train(controller, { stem })
    expect(status).toBe(0)
    expect(stderr).not.toContain('a-secret')
    expect(controller.seen[0]?.authorization).toBe('Bearer a-secret')
    expect(percentages(controller.seen).at(-1)).toBe(100)
  },
)

it('a task that fails never says 100, and keeps its status', async () => {
  using controller = await startController()
  const { status } = await train(controller, { script: `${trains}; exit 3` })
  expect(status).toBe(3)
  expect(percentages(controller.seen)).not.toContain(100)
  expect(percentages(controller.seen)).toContain(50)
})

it('a controller that refuses is told of once, and changes nothing', async () => {
  using controller = await startController(403)
  const { status, stderr } = await train(controller)
  expect(status).toBe(0)
  expect(stderr.match(/status was not updated \(403 Forbidden\)/g)).toHaveLength(1)
  // the verdict comes after it
  expect(stderr).toMatch(/status failed\n(.*\n)*taskbeat: completed/)
})

it('a rank that does not write the progress file posts nothing', async () => {
  using controller = await startController()
  expect((await train(controller, { more: { RANK: '1' } })).status).toBe(0)
  expect(controller.seen).toEqual([])
})
