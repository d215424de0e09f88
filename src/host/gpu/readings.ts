/** What is told of a device, as metrics. */
import type { HostMetric } from '../../semconv/metrics.ts'
import type { Reading } from '../reading.ts'
import { type DeviceSample, gpuStates } from './device-sample.ts'
import type { Tally } from './ledger.ts'

type Attributes = NonNullable<Reading['attributes']>
type Value = readonly [HostMetric, number | undefined, Attributes?]

const received = { 'network.io.direction': 'receive' }
const transmitted = { 'network.io.direction': 'transmit' }
const ofGpu = { 'hw.sensor_location': 'gpu' }
const ofMemory = { 'hw.sensor_location': 'memory' }

const valuesOf = (device: DeviceSample): readonly Value[] => {
  const { memoryUsedBytes: used, memoryTotalBytes: total } = device
  return [
    ['hw.gpu.utilization', device.utilization, { 'hw.gpu.task': 'general' }],
    ['hw.gpu.utilization', device.encoder, { 'hw.gpu.task': 'encoder' }],
    ['hw.gpu.utilization', device.decoder, { 'hw.gpu.task': 'decoder' }],
    ['taskbeat.gpu.memory.activity', device.memoryActivity],
    ['hw.gpu.memory.usage', used],
    [
      'hw.gpu.memory.limit',
      total,
      {
        ...(device.model && { 'hw.model': device.model }),
        ...(device.driver && { 'hw.driver_version': device.driver }),
        ...(device.parent && { 'hw.parent': device.parent }),
      },
    ],
    ['hw.gpu.memory.utilization', used !== undefined && total ? Math.min(1, used / total) : undefined],
    ['hw.power', device.powerWatts],
    ['taskbeat.gpu.power.limit', device.powerLimitWatts],
    ['hw.temperature', device.temperature, ofGpu],
    ['hw.temperature', device.memoryTemperature, ofMemory],
    ['hw.temperature.limit', device.slowdownTemperature, { ...ofGpu, 'hw.limit_type': 'high.degraded' }],
    ['hw.temperature.limit', device.shutdownTemperature, { ...ofGpu, 'hw.limit_type': 'high.critical' }],
    [
      'hw.temperature.limit',
      device.memorySlowdownTemperature,
      { ...ofMemory, 'hw.limit_type': 'high.degraded' },
    ],
    ['taskbeat.gpu.clock.frequency', device.smHertz, { 'taskbeat.gpu.clock.domain': 'sm' }],
    ['taskbeat.gpu.clock.frequency', device.memoryHertz, { 'taskbeat.gpu.clock.domain': 'memory' }],
    ['hw.gpu.io', device.pcieReceivedBytes, { ...received, 'taskbeat.gpu.link': 'pcie' }],
    ['hw.gpu.io', device.pcieTransmittedBytes, { ...transmitted, 'taskbeat.gpu.link': 'pcie' }],
    ['hw.gpu.io', device.nvlinkReceivedBytes, { ...received, 'taskbeat.gpu.link': 'nvlink' }],
    ['hw.gpu.io', device.nvlinkTransmittedBytes, { ...transmitted, 'taskbeat.gpu.link': 'nvlink' }],
    ['taskbeat.gpu.pcie.throughput', device.pcieReceivedPerSecond, received],
    ['taskbeat.gpu.pcie.throughput', device.pcieTransmittedPerSecond, transmitted],
    ['hw.errors', device.eccCorrected, { 'error.type': 'corrected' }],
    ['hw.errors', device.eccUncorrected, { 'error.type': 'uncorrected' }],
  ]
}

const statesOf = ({ state }: DeviceSample): readonly Value[] =>
  gpuStates.map((name): Value => ['hw.status', name === state ? 1 : 0, { 'hw.state': name }])

const countsOf = ({ idleSeconds, energyJoules, throttledSeconds, xids }: Tally) =>
  [
    ['taskbeat.gpu.idle.time', idleSeconds, {}],
    ['hw.energy', energyJoules, {}],
    ...Object.entries(throttledSeconds).map(
      ([reason, seconds]) =>
        ['taskbeat.gpu.throttle.time', seconds, { 'taskbeat.gpu.throttle.reason': reason }] as const,
    ),
    ...Object.entries(xids).map(([type, count]) => ['hw.errors', count, { 'error.type': type }] as const),
  ] as const

/** Attributes that every value of a device has. */
export const deviceAttributes = ({ id, index }: DeviceSample): Attributes => ({
  'hw.id': id,
  'hw.type': 'gpu',
  'taskbeat.gpu.index': index,
})

/** A device that has failed counts for nothing: only its state and its errors are told. */
export const readingsOf = (device: DeviceSample, tally: Tally): readonly Reading[] => {
  const own = deviceAttributes(device)
  const values = [...statesOf(device), ...valuesOf(device)].flatMap(([metric, value, attributes]) =>
    value === undefined ? [] : [{ metric, value, attributes: { ...own, ...attributes } }],
  )
  const counts = countsOf(device.state === 'failed' ? { throttledSeconds: {}, xids: tally.xids } : tally)
  return [
    ...values,
    ...counts.flatMap(([metric, count, attributes]) =>
      count === undefined ? [] : [{ metric, ...count, attributes: { ...own, ...attributes } }],
    ),
  ]
}
