/**
 * NVIDIA's management library (NVML) through a foreign function interface.
 *
 * Everything goes through buffers: numbers come out of them at the offsets that nvml.h gives them on 64-bit systems.
 * Handles of devices are pointers that nobody looks behind; here they are numbers.
 *
 * @see https://docs.nvidia.com/deploy/nvml-api/; names, layouts and numbers as in NVIDIA's package nvidia-ml-py 13.615
 */
import { endianness } from 'node:os'
import type { LibraryHandle } from 'koffi'

type Argument = number | bigint | Buffer | null

/** Returns a status: 0 is success. */
export type NvmlFunction = (...args: readonly Argument[]) => number

export type Handle = bigint

/** What functions return, as far as it matters here. */
export const status = {
  success: 0,
  notSupported: 3,
  timeout: 10,
  functionNotFound: 13,
  gpuIsLost: 15,
  resetRequired: 16,
} as const

/** Our names, with the functions that do it, the best first, and what they take. */
const functions = {
  init: [['nvmlInit_v2', 'nvmlInit'], ''],
  driverVersion: [['nvmlSystemGetDriverVersion'], 'void *, uint32_t'],
  count: [['nvmlDeviceGetCount_v2', 'nvmlDeviceGetCount'], 'void *'],
  byIndex: [['nvmlDeviceGetHandleByIndex_v2', 'nvmlDeviceGetHandleByIndex'], 'uint32_t, void *'],
  uuid: [['nvmlDeviceGetUUID'], 'uintptr_t, void *, uint32_t'],
  name: [['nvmlDeviceGetName'], 'uintptr_t, void *, uint32_t'],
  migMode: [['nvmlDeviceGetMigMode'], 'uintptr_t, void *, void *'],
  migCount: [['nvmlDeviceGetMaxMigDeviceCount'], 'uintptr_t, void *'],
  migByIndex: [['nvmlDeviceGetMigDeviceHandleByIndex'], 'uintptr_t, uint32_t, void *'],
  gpuInstance: [['nvmlDeviceGetGpuInstanceId'], 'uintptr_t, void *'],
  computeInstance: [['nvmlDeviceGetComputeInstanceId'], 'uintptr_t, void *'],
  utilization: [['nvmlDeviceGetUtilizationRates'], 'uintptr_t, void *'],
  samples: [['nvmlDeviceGetSamples'], 'uintptr_t, uint32_t, uint64_t, void *, void *, void *'],
  encoder: [['nvmlDeviceGetEncoderUtilization'], 'uintptr_t, void *, void *'],
  decoder: [['nvmlDeviceGetDecoderUtilization'], 'uintptr_t, void *, void *'],
  // the newer one leaves out what the driver keeps for itself, as nvidia-smi does
  memory2: [['nvmlDeviceGetMemoryInfo_v2'], 'uintptr_t, void *'],
  memory: [['nvmlDeviceGetMemoryInfo'], 'uintptr_t, void *'],
  power: [['nvmlDeviceGetPowerUsage'], 'uintptr_t, void *'],
  powerLimit: [['nvmlDeviceGetEnforcedPowerLimit'], 'uintptr_t, void *'],
  energy: [['nvmlDeviceGetTotalEnergyConsumption'], 'uintptr_t, void *'],
  temperature: [['nvmlDeviceGetTemperature'], 'uintptr_t, uint32_t, void *'],
  // by the versioned structure that is to replace the one above
  temperatureV: [['nvmlDeviceGetTemperatureV'], 'uintptr_t, void *'],
  threshold: [['nvmlDeviceGetTemperatureThreshold'], 'uintptr_t, uint32_t, void *'],
  clock: [['nvmlDeviceGetClockInfo'], 'uintptr_t, uint32_t, void *'],
  throttle: [
    ['nvmlDeviceGetCurrentClocksEventReasons', 'nvmlDeviceGetCurrentClocksThrottleReasons'],
    'uintptr_t, void *',
  ],
  ecc: [['nvmlDeviceGetTotalEccErrors'], 'uintptr_t, uint32_t, uint32_t, void *'],
  pcieRate: [['nvmlDeviceGetPcieThroughput'], 'uintptr_t, uint32_t, void *'],
  fields: [['nvmlDeviceGetFieldValues'], 'uintptr_t, int32_t, void *'],
  processes: [
    ['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetComputeRunningProcesses_v2'],
    'uintptr_t, void *, void *',
  ],
  newEvents: [['nvmlEventSetCreate'], 'void *'],
  register: [['nvmlDeviceRegisterEvents'], 'uintptr_t, uint64_t, uintptr_t'],
  nextEvent: [['nvmlEventSetWait_v2', 'nvmlEventSetWait'], 'uintptr_t, void *, uint32_t'],
} as const satisfies Readonly<Record<string, readonly [readonly string[], string]>>

/** One that this driver does not have says that it was not found. */
export type Nvml = Readonly<Record<keyof typeof functions, NvmlFunction>>

/** Where the dynamic loader does not look, but images and machines have it. */
const directories = [
  ...['', '/usr/lib/wsl/lib/', '/usr/local/nvidia/lib64/', '/usr/lib64/', '/run/nvidia/driver/usr/lib64/'],
  ...[`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/`],
]

const openFirst = <T>(paths: readonly string[], open: (path: string) => T): T => {
  let failure: unknown
  for (const path of paths) {
    try {
      return open(path)
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

const bind = (library: LibraryHandle, names: readonly string[], parameters: string): NvmlFunction => {
  for (const name of names) {
    try {
      return library.func(`int ${name}(${parameters})`)
    } catch {
      // older than this function, or newer than its end
    }
  }
  return () => status.functionNotFound
}

/**
 * Loads it; whoever does so must be ready never to come back from a call.
 *
 * @throws {Error} without foreign functions for this system, or without the library
 */
export const loadNvml = async (path?: string): Promise<Nvml> => {
  if (endianness() !== 'LE' || !['x64', 'arm64'].includes(process.arch))
    throw new Error('this processor is not known')
  const { default: koffi } = await import('koffi')
  const paths = path === undefined ? directories.map((directory) => `${directory}libnvidia-ml.so.1`) : [path]
  const library = openFirst(paths, (at) => koffi.load(at))
  return Object.fromEntries(
    Object.entries(functions).map(([ours, [names, parameters]]) => [ours, bind(library, names, parameters)]),
  ) as Record<keyof typeof functions, NvmlFunction>
}

/** Lets the kernel kill this process when its parent ends, even if it is stuck in a call. @see prctl(2) */
export const dieWithParent = async (): Promise<void> => {
  const killed = 9
  const setParentDeathSignal = 1
  try {
    const { default: koffi } = await import('koffi')
    koffi.load(null).func('int prctl(int, ulong, ulong, ulong, ulong)')(setParentDeathSignal, killed, 0, 0, 0)
  } catch {
    // not Linux, or no foreign functions: then no call can hang either
  }
}
