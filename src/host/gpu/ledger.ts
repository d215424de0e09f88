/** What has to be counted from one sample to the next, as the GPU does not count it for us. */
import type { DeviceSample, GpuSample } from './device-sample.ts'
import { reasonsOf, type ThrottleReason, throttleReasons } from './throttle.ts'
import { xidType } from './xid.ts'

/** What the GPU itself counts, decided once: a count that changes hands would jump. */
interface Counted {
  energy?: boolean
  reasons?: ReadonlySet<string>
}

interface Account {
  lastAtMs: number
  idleSeconds?: number
  joules: number
  readonly counted: Counted
  readonly throttledSeconds: Map<ThrottleReason, number>
  readonly xids: Map<string, number>
}

export interface Count {
  readonly value: number
  /** Whether it began with us, not with the driver. */
  readonly isFromZero: boolean
}

export interface Tally {
  readonly idleSeconds?: Count
  readonly energyJoules?: Count
  readonly throttledSeconds: Readonly<Partial<Record<ThrottleReason, Count>>>
  /** By `error.type`. */
  readonly xids: Readonly<Record<string, Count>>
}

export interface Ledger {
  readonly add: (sample: GpuSample) => void
  readonly of: (device: DeviceSample) => Tally
}

/** More than a machine has; a device beyond them, by whatever fault, is not counted. */
const mostAccounts = 256

const ofUs = (value: number): Count => ({ value, isFromZero: true })
const ofGpu = (value: number): Count => ({ value, isFromZero: false })

const decide = (
  counted: Counted,
  { energyJoules, powerWatts, throttleMask, throttledSeconds }: DeviceSample,
) => {
  if (energyJoules !== undefined || powerWatts !== undefined) counted.energy ??= energyJoules !== undefined
  if (throttledSeconds || throttleMask !== undefined)
    counted.reasons ??= new Set(Object.keys(throttledSeconds ?? {}))
}

const addDevice = (account: Account, device: DeviceSample, seconds: number) => {
  const { idleShare, powerWatts, throttleMask } = device
  decide(account.counted, device)
  if (idleShare !== undefined) account.idleSeconds = (account.idleSeconds ?? 0) + idleShare * seconds
  account.joules += (powerWatts ?? 0) * seconds
  if (throttleMask === undefined) return
  const active = reasonsOf(throttleMask)
  for (const reason of throttleReasons) {
    const before = account.throttledSeconds.get(reason) ?? 0
    account.throttledSeconds.set(reason, before + (active.includes(reason) ? seconds : 0))
  }
}

const energyOf = ({ counted, joules }: Account, { energyJoules }: DeviceSample): Count | undefined => {
  if (counted.energy === false) return ofUs(joules)
  return energyJoules === undefined ? undefined : ofGpu(energyJoules)
}

const throttledOf = ({ counted, throttledSeconds: seen }: Account, { throttledSeconds = {} }: DeviceSample) =>
  Object.fromEntries(
    throttleReasons.flatMap((reason) => {
      const value = counted.reasons?.has(reason) ? throttledSeconds[reason] : seen.get(reason)
      return value === undefined ? [] : [[reason, counted.reasons?.has(reason) ? ofGpu(value) : ofUs(value)]]
    }),
  )

/**
 * @param longestGapMs - time between two samples that is still counted as what the later one says; of what lies
 * beyond, as while the helper was away, nothing is known
 */
export const openLedger = (longestGapMs: number): Ledger => {
  const accounts = new Map<string, Account>()
  const accountOf = (id: string, atMs: number): Account => {
    const known = accounts.get(id)
    if (known) return known
    const account = { lastAtMs: atMs, joules: 0, counted: {}, throttledSeconds: new Map(), xids: new Map() }
    if (accounts.size < mostAccounts) accounts.set(id, account)
    return account
  }
  return {
    add: ({ atMs, devices, xids }) => {
      for (const device of devices) {
        const account = accountOf(device.id, atMs)
        const seconds = Math.min(Math.max(0, atMs - account.lastAtMs), longestGapMs) / 1_000
        account.lastAtMs = atMs
        addDevice(account, device, seconds)
      }
      for (const { id, code } of xids) {
        const { xids: counts } = accountOf(id, atMs)
        counts.set(xidType(code), (counts.get(xidType(code)) ?? 0) + 1)
      }
    },
    of: (device) => {
      const account = accounts.get(device.id)
      if (!account) return { throttledSeconds: {}, xids: {} }
      const energyJoules = energyOf(account, device)
      return {
        ...(account.idleSeconds !== undefined && { idleSeconds: ofUs(account.idleSeconds) }),
        ...(energyJoules && { energyJoules }),
        throttledSeconds: throttledOf(account, device),
        xids: Object.fromEntries([...account.xids].map(([type, count]) => [type, ofUs(count)])),
      }
    },
  }
}
