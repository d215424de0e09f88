import type { XidEvent } from '../device-sample.ts'
import type { NvmlDevice } from './enumerate.ts'
import { type Nvml, status } from './library.ts'

/** Of `nvmlEventType…`: an error that the driver gives a number (Xid). */
const xidCritical = 8n

/** `nvmlEventData_t`: device, type, the Xid, and two ids. */
const eventBytes = 32
/** In one look: whoever reports more has said enough. */
const mostEvents = 64

/** Listens for errors of these devices. The function that is returned gives those since its last call, without waiting. */
export const listenForXids = (nvml: Nvml, devices: readonly NvmlDevice[]): (() => readonly XidEvent[]) => {
  const out = Buffer.alloc(8)
  if (nvml.newEvents(out) !== status.success) return () => []
  const events = out.readBigUInt64LE()
  const heard = devices.filter(({ handle }) => nvml.register(handle, xidCritical, events) === status.success)
  if (heard.length === 0) return () => []
  return () => {
    const xids: XidEvent[] = []
    for (let count = 0; count < mostEvents; count += 1) {
      const data = Buffer.alloc(eventBytes)
      if (nvml.nextEvent(events, data, 0) !== status.success) break
      const device = heard.find(({ handle }) => handle === data.readBigUInt64LE(0))
      if (!device || data.readBigUInt64LE(8) !== xidCritical) continue
      xids.push({ id: device.id, index: device.index, code: Number(data.readBigUInt64LE(16)) })
    }
    return xids
  }
}
