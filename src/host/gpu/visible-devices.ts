/**
 * Which GPUs a job can see.
 *
 * CUDA_VISIBLE_DEVICES is read as CUDA reads it, as far as that is documented or was measured by others: a list of
 * indices, or of (beginnings of) UUIDs; what the first entry is, all are. The first entry that names no device, or more
 * than one, ends the list; a device that is named twice makes it empty.
 *
 * Indices are those of CUDA, which by default numbers the fastest GPU first; NVML, which we ask, numbers them by their
 * place on the bus. Where all GPUs are alike, or with CUDA_DEVICE_ORDER=PCI_BUS_ID, both orders are the same. Where they
 * are not, nobody but CUDA knows: we take NVML's, and `isOrderUncertain` says so.
 *
 * NVIDIA_VISIBLE_DEVICES speaks to the container runtime: what it grants is all that NVML shows in the container, under
 * new indices. So its indices mean nothing here. A list of UUIDs counts, as a privileged container is shown all GPUs of
 * the machine; `void` is what a runtime leaves that has granted devices by another way (CDI), and no limit.
 *
 * @see https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html
 * @see https://github.com/pytorch/pytorch/blob/v2.9.0/torch/cuda/__init__.py (_parse_visible_devices)
 * @see https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html
 */

export interface KnownDevice {
  readonly id: string
  /** Of the GPU, in NVML's order. */
  readonly index: number
  readonly model?: string
  /** Of a MIG device: the UUID of its GPU. */
  readonly parent?: string
  /** Of a MIG device: its GPU instance and compute instance, which older names are made of. */
  readonly instances?: readonly [number, number]
}

export type VisibilityEnv = Readonly<
  Partial<Record<'CUDA_VISIBLE_DEVICES' | 'CUDA_DEVICE_ORDER' | 'NVIDIA_VISIBLE_DEVICES', string>>
>

/** What of an environment says which devices are seen. */
export const visibilityOf = (env: Readonly<Record<string, string | undefined>>): VisibilityEnv => {
  const { CUDA_VISIBLE_DEVICES, CUDA_DEVICE_ORDER, NVIDIA_VISIBLE_DEVICES } = env
  return {
    ...(CUDA_VISIBLE_DEVICES !== undefined && { CUDA_VISIBLE_DEVICES }),
    ...(CUDA_DEVICE_ORDER !== undefined && { CUDA_DEVICE_ORDER }),
    ...(NVIDIA_VISIBLE_DEVICES !== undefined && { NVIDIA_VISIBLE_DEVICES }),
  }
}

export interface Visible<D> {
  readonly devices: readonly D[]
  /** Whether CUDA may have meant other GPUs by the same indices. */
  readonly isOrderUncertain: boolean
}

/** The MIG devices of a GPU if it has some, else the GPU: with MIG, there is no other way to use it. */
const partsOf = <D extends KnownDevice>(gpu: D, devices: readonly D[]): readonly D[] => {
  const parts = devices.filter(({ parent }) => parent === gpu.id)
  return parts.length > 0 ? parts : [gpu]
}

/** As strtol reads it: digits up to what is none; undefined for anything else, and for what is negative. */
const indexOf = (entry: string): number | undefined => {
  const [, sign, digits] = /^\s*([+-]?)(\d+)/.exec(entry) ?? []
  if (digits === undefined || (sign === '-' && Number(digits) !== 0)) return undefined
  return Number(digits)
}

/** What an entry names, all of it one device or one GPU with its parts; undefined if nothing or not one thing. */
type Find<D> = (entry: string) => D | undefined

const findByIndex =
  <D extends KnownDevice>(devices: readonly D[]): Find<D> =>
  (entry) => {
    const index = indexOf(entry)
    return devices.find((device) => device.parent === undefined && device.index === index)
  }

const findById =
  <D extends KnownDevice>(devices: readonly D[], prefix: string): Find<D> =>
  (entry) => {
    if (!entry.startsWith(prefix)) return undefined
    const named = devices.filter(({ id }) => id.startsWith(entry))
    return named.length === 1 ? named[0] : undefined
  }

/** `MIG-GPU-<uuid>/<gpu instance>/<compute instance>`, as drivers before R470 named them. */
const findByInstances =
  <D extends KnownDevice>(devices: readonly D[]): Find<D> =>
  (entry) =>
    devices.find(({ parent, instances }) => instances && entry === `MIG-${parent}/${instances.join('/')}`)

const finderFor = <D extends KnownDevice>(first: string, devices: readonly D[]): Find<D> => {
  if (first.startsWith('GPU-')) return findById(devices, 'GPU-')
  if (!first.startsWith('MIG-')) return findByIndex(devices)
  const byId = findById(devices, 'MIG-')
  const byInstances = findByInstances(devices)
  return (entry) => byId(entry) ?? byInstances(entry)
}

const selectForCuda = <D extends KnownDevice>(list: string, devices: readonly D[]): readonly D[] => {
  const entries = list.split(',').map((entry) => entry.trim())
  const find = finderFor(entries[0] ?? '', devices)
  const found: D[] = []
  for (const entry of entries) {
    const device = find(entry)
    if (!device) break
    if (found.includes(device)) return []
    found.push(device)
  }
  return found.flatMap((device) => (device.parent === undefined ? partsOf(device, devices) : [device]))
}

/** What a container was granted, where the list says so by UUIDs. */
const selectForContainer = <D extends KnownDevice>(
  list: string | undefined,
  devices: readonly D[],
): readonly D[] => {
  const entries = (list ?? '').split(',').map((entry) => entry.trim())
  if (entries[0] === 'none') return []
  const isNamed = ({ id, parent }: KnownDevice) =>
    entries.some((entry) => entry !== '' && (id === entry || parent === entry))
  const named = devices.filter(isNamed)
  // the GPU of a MIG device that is named stands behind it
  const behind = devices.filter((gpu) => named.some(({ parent }) => parent === gpu.id))
  return named.length > 0
    ? devices.filter((device) => named.includes(device) || behind.includes(device))
    : devices
}

/**
 * The devices that can be worked with, of all that the driver shows: in place of a GPU with MIG devices those.
 *
 * @param env - of the job
 * @param devices - GPUs and, after their GPU, MIG devices
 */
export const selectVisible = <D extends KnownDevice>(
  { CUDA_VISIBLE_DEVICES: list, CUDA_DEVICE_ORDER: order, NVIDIA_VISIBLE_DEVICES: granted }: VisibilityEnv,
  devices: readonly D[],
): Visible<D> => {
  const shown = selectForContainer(granted, devices)
  if (list === undefined) {
    const gpus = shown.filter(({ parent }) => parent === undefined)
    return { devices: gpus.flatMap((gpu) => partsOf(gpu, shown)), isOrderUncertain: false }
  }
  const models = new Set(shown.flatMap(({ parent, model }) => (parent === undefined ? [model] : [])))
  return {
    // a container's grant limits what is told, but does not change what CUDA counts
    devices: selectForCuda(list, devices).filter((device) => shown.includes(device)),
    isOrderUncertain: order !== 'PCI_BUS_ID' && models.size > 1 && indexOf(list) !== undefined,
  }
}
