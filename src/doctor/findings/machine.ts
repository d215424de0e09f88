import type { Facts, GpuFacts } from '../facts.ts'
import type { Found } from './catalogue.ts'

/** When this was written: no clock that is right says less. */
const earliestMs = Date.UTC(2026, 0, 1)

const mib = 2 ** 20

/** What taskbeat takes in an outage of the collector, with room to start. */
const leastMemoryBytes = 256 * mib
const leastCpus = 0.5

/** Whether somebody asked for GPUs, as the container runtime is asked. */
const wantsGpus = (visible: string | undefined) =>
  visible !== undefined && !/^(|void|none)$/.test(visible.trim())

const gpuFound = (gpu: GpuFacts, environment: Facts['environment']): readonly Found[] => {
  const { NVIDIA_VISIBLE_DEVICES, CUDA_VISIBLE_DEVICES } = environment
  if (gpu.kind === 'no driver') {
    const asked = [
      ...(wantsGpus(NVIDIA_VISIBLE_DEVICES) ? [`NVIDIA_VISIBLE_DEVICES is '${NVIDIA_VISIBLE_DEVICES}'`] : []),
      ...(wantsGpus(CUDA_VISIBLE_DEVICES) ? [`CUDA_VISIBLE_DEVICES is '${CUDA_VISIBLE_DEVICES}'`] : []),
    ]
    return asked.length > 0 ? [['gpu-driver-missing', `${asked.join(', ')}, and there is no driver`]] : []
  }
  const { sample, notices, hasSmi } = gpu
  const why = notices.join('; ')
  if (!sample) {
    if (/shows \d+ devices, of which the job sees 0/.test(why)) return [['gpu-none-visible', why]]
    return why === ''
      ? [['gpu-silent', 'the driver is there, and has not answered']]
      : [['gpu-unreadable', `${why}; nvidia-smi is ${hasSmi ? '' : 'not '}there`]]
  }
  if (sample.devices.length === 0)
    return [['gpu-none-visible', why || `CUDA_VISIBLE_DEVICES is '${CUDA_VISIBLE_DEVICES}'`]]
  return sample.devices
    .filter(({ state }) => state !== 'ok')
    .map(({ index, id, state }): Found => ['gpu-unwell', `GPU ${index} (${id}) is ${state}`])
}

/** What of the machine is too little, wrong, or not there. */
export const findInMachine = ({ machine, gpu, environment, program }: Facts): readonly Found[] => {
  const { nowMs, timeZone, memoryLimitBytes, cpuLimit, hasKoffi } = machine
  const { TZ = '' } = environment
  const isUnknownZone = TZ !== '' && timeZone === undefined
  const rules: readonly (readonly [boolean, Found])[] = [
    [program?.kind === 'missing', ['command-missing', `'${program?.name}' is not there`]],
    [
      program?.kind === 'not executable',
      ['command-not-executable', `'${program?.name}' is there, and may not be executed`],
    ],
    [nowMs < earliestMs, ['clock-wrong', `the clock says ${new Date(nowMs).toISOString()}`]],
    [isUnknownZone, ['timezone-unknown', `TZ is '${TZ}', which nobody here knows`]],
    [
      memoryLimitBytes !== undefined && memoryLimitBytes < leastMemoryBytes,
      ['memory-limit-low', `the control group may use ${Math.floor((memoryLimitBytes ?? 0) / mib)} MiB`],
    ],
    [
      cpuLimit !== undefined && cpuLimit < leastCpus,
      ['cpu-limit-low', `the control group may use ${cpuLimit?.toFixed(2)} CPUs`],
    ],
    [!hasKoffi, ['koffi-missing', 'the library koffi cannot be loaded']],
  ]
  return [...rules.filter(([applies]) => applies).map(([, found]) => found), ...gpuFound(gpu, environment)]
}
