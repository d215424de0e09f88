import { expect, it } from 'vitest'
import { type KnownDevice, selectVisible, type VisibilityEnv } from '../../../src/host/gpu/visible-devices.ts'

const gpu = (index: number, id: string, model = 'H200'): KnownDevice => ({ index, id, model })
const part = (
  index: number,
  id: string,
  parent: string,
  instances: readonly [number, number],
): KnownDevice => ({
  index,
  id,
  parent,
  instances,
})

const four = [gpu(0, 'GPU-aa01'), gpu(1, 'GPU-aa02'), gpu(2, 'GPU-bb03'), gpu(3, 'GPU-cc04')]
const [a1 = '', a2 = '', b3 = '', c4 = ''] = four.map(({ id }) => id)
const all = [a1, a2, b3, c4]

it.each<{ env: VisibilityEnv; sees: readonly string[]; why: string }>([
  { env: {}, sees: all, why: 'nothing is said' },
  { env: { CUDA_VISIBLE_DEVICES: '' }, sees: [], why: 'an empty list is none' },
  { env: { CUDA_VISIBLE_DEVICES: '-1' }, sees: [], why: 'a negative index ends the list' },
  { env: { CUDA_VISIBLE_DEVICES: 'NoDevFiles' }, sees: [], why: 'a word is no index' },
  { env: { CUDA_VISIBLE_DEVICES: '0' }, sees: [a1], why: 'one index' },
  { env: { CUDA_VISIBLE_DEVICES: '2,0' }, sees: [b3, a1], why: 'indices, in their order' },
  { env: { CUDA_VISIBLE_DEVICES: ' 2 , 0 ' }, sees: [b3, a1], why: 'spaces are nothing' },
  {
    env: { CUDA_VISIBLE_DEVICES: '0,2,-1,1' },
    sees: [a1, b3],
    why: 'what follows an invalid one is not seen',
  },
  { env: { CUDA_VISIBLE_DEVICES: '1,9,0' }, sees: [a2], why: 'there is no GPU 9' },
  { env: { CUDA_VISIBLE_DEVICES: '0,0' }, sees: [], why: 'named twice is none' },
  { env: { CUDA_VISIBLE_DEVICES: '0,1,-1,0' }, sees: [a1, a2], why: 'what is not read is not named twice' },
  { env: { CUDA_VISIBLE_DEVICES: '1gpu,0' }, sees: [a2, a1], why: 'digits count up to what is none' },
  { env: { CUDA_VISIBLE_DEVICES: '+1' }, sees: [a2], why: 'a sign is read' },
  { env: { CUDA_VISIBLE_DEVICES: ',1' }, sees: [], why: 'the first is empty' },
  { env: { CUDA_VISIBLE_DEVICES: '1,' }, sees: [a2], why: 'the last is empty' },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-bb03' }, sees: [b3], why: 'a UUID' },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-b,GPU-cc' }, sees: [b3, c4], why: 'beginnings of UUIDs' },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-b,GPU-aa,GPU-cc' }, sees: [b3], why: 'a beginning of two is invalid' },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-b,GPU-bb03' }, sees: [], why: 'the same twice, by other names' },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-b,0' }, sees: [b3], why: 'the first says what all are' },
  { env: { CUDA_VISIBLE_DEVICES: '0,GPU-b' }, sees: [a1], why: 'a UUID among indices is invalid' },
  { env: { CUDA_VISIBLE_DEVICES: 'gpu-bb03' }, sees: [], why: 'case matters' },
  { env: { CUDA_VISIBLE_DEVICES: 'MIG-xx' }, sees: [], why: 'there is no MIG device' },
  { env: { NVIDIA_VISIBLE_DEVICES: 'all' }, sees: all, why: 'all are granted' },
  { env: { NVIDIA_VISIBLE_DEVICES: 'none' }, sees: [], why: 'none is granted' },
  { env: { NVIDIA_VISIBLE_DEVICES: 'void' }, sees: all, why: 'granted by other means' },
  { env: { NVIDIA_VISIBLE_DEVICES: '' }, sees: all, why: 'as void' },
  {
    env: { NVIDIA_VISIBLE_DEVICES: '3' },
    sees: all,
    why: "an index of the machine's, not of the container's",
  },
  { env: { NVIDIA_VISIBLE_DEVICES: 'GPU-bb03,GPU-aa02' }, sees: [a2, b3], why: 'a privileged container' },
  { env: { NVIDIA_VISIBLE_DEVICES: 'GPU-zz' }, sees: all, why: 'granted under another name' },
  {
    env: { NVIDIA_VISIBLE_DEVICES: 'GPU-bb03', CUDA_VISIBLE_DEVICES: '0,2' },
    sees: [b3],
    why: 'both count, and CUDA counts all that are there',
  },
])('$env sees $sees: $why', ({ env, sees }) => {
  expect(selectVisible(env, four).devices.map(({ id }) => id)).toEqual(sees)
})

const divided = [
  gpu(0, 'GPU-aa01'),
  part(0, 'MIG-dd01', 'GPU-aa01', [1, 0]),
  part(0, 'MIG-dd02', 'GPU-aa01', [2, 0]),
  gpu(1, 'GPU-bb02'),
]

it.each<{ env: VisibilityEnv; sees: readonly string[] }>([
  { env: {}, sees: ['MIG-dd01', 'MIG-dd02', 'GPU-bb02'] },
  { env: { CUDA_VISIBLE_DEVICES: '0' }, sees: ['MIG-dd01', 'MIG-dd02'] },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-aa01' }, sees: ['MIG-dd01', 'MIG-dd02'] },
  { env: { CUDA_VISIBLE_DEVICES: 'MIG-dd02' }, sees: ['MIG-dd02'] },
  { env: { CUDA_VISIBLE_DEVICES: 'MIG-dd02,MIG-dd01' }, sees: ['MIG-dd02', 'MIG-dd01'] },
  { env: { CUDA_VISIBLE_DEVICES: 'MIG-dd' }, sees: [] },
  { env: { CUDA_VISIBLE_DEVICES: 'MIG-GPU-aa01/2/0' }, sees: ['MIG-dd02'] },
  { env: { CUDA_VISIBLE_DEVICES: 'MIG-GPU-aa01/3/0' }, sees: [] },
  { env: { NVIDIA_VISIBLE_DEVICES: 'MIG-dd01' }, sees: ['MIG-dd01'] },
  { env: { NVIDIA_VISIBLE_DEVICES: 'GPU-aa01' }, sees: ['MIG-dd01', 'MIG-dd02'] },
])('of a GPU in parts, $env sees $sees', ({ env, sees }) => {
  expect(selectVisible(env, divided).devices.map(({ id }) => id)).toEqual(sees)
})

const unlike = [gpu(0, 'GPU-1', 'T4'), gpu(1, 'GPU-2', 'H200')]

it.each<{ env: VisibilityEnv; devices: readonly KnownDevice[]; isOrderUncertain: boolean }>([
  { env: { CUDA_VISIBLE_DEVICES: '0' }, devices: four, isOrderUncertain: false },
  { env: { CUDA_VISIBLE_DEVICES: '0' }, devices: unlike, isOrderUncertain: true },
  {
    env: { CUDA_VISIBLE_DEVICES: '0', CUDA_DEVICE_ORDER: 'FASTEST_FIRST' },
    devices: unlike,
    isOrderUncertain: true,
  },
  {
    env: { CUDA_VISIBLE_DEVICES: '0', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' },
    devices: unlike,
    isOrderUncertain: false,
  },
  { env: { CUDA_VISIBLE_DEVICES: 'GPU-2' }, devices: unlike, isOrderUncertain: false },
  { env: {}, devices: unlike, isOrderUncertain: false },
])('whether CUDA may count otherwise: $env, $isOrderUncertain', ({ env, devices, isOrderUncertain }) => {
  expect(selectVisible(env, devices).isOrderUncertain).toBe(isOrderUncertain)
})
