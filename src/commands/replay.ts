import { systemClock } from '../clock.ts'
import type { ReplayRoute } from '../delivery/replay/replay-spool.ts'
import { configurationError } from '../errors.ts'
import { type Signal, signals } from '../otlp/signals.ts'
import { createSenders } from '../telemetry/senders.ts'
import { collectorText, type Destinations, selectDestinations } from '../telemetry/signals.ts'
import { spoolDirOf } from '../telemetry/spool-dir.ts'
import { openScreen } from '../terminal/screen.ts'
import type { Command } from './command.ts'

const otlpOf = (destinations: Destinations, signal: Signal) =>
  destinations[signal].find((place) => place.kind === 'otlp')

/** Where it all goes, for people; the same for signals that only differ in their own path. */
const placesText = (destinations: Destinations) => {
  const places = signals.flatMap((signal) => {
    const place = otlpOf(destinations, signal)
    return place ? [collectorText(place, signal)] : []
  })
  return [...new Set(places)].join(', ')
}

const openRoutes = async (destinations: Destinations, wanted: readonly Signal[], version: string) => {
  const senders = createSenders(version)
  const routes: Partial<Record<Signal, ReplayRoute>> = {}
  for (const signal of wanted) {
    const destination = otlpOf(destinations, signal)
    if (!destination) continue
    const sender = await senders.open(signal, destination)
    routes[signal] = { sender, timeoutMs: destination.timeoutMs }
  }
  return routes
}

/** `taskbeat replay`: what an earlier run could not deliver. */
export const replay: Command = {
  summary: 'deliver the telemetry that an earlier run left on disk',
  example: 'taskbeat replay ./results --endpoint http://collector:4317',
  groups: ['general', 'replay', 'progress', 'telemetry'],
  operands: 'paths',
  statuses: `0 all is delivered, or nothing was there; 1 something is left, or was dropped; 128+n ended by signal n;
64 wrong use; 70 a fault of taskbeat; 73 the spool or the files cannot be written; 78 wrong configuration`,
  run: async ({ settings, operands, stop, version, stderr }) => {
    const { exportDir, giveUpAfterMs } = settings
    const destinations = selectDestinations(settings, 'nothing')
    if (exportDir === undefined && settings.sdkDisabled) {
      const message =
        'OTEL_SDK_DISABLED is true, so nothing is sent; unset it, or write files with --export DIR'
      throw configurationError(message)
    }
    if (exportDir === undefined && placesText(destinations) === '') {
      const message =
        'there is nowhere to deliver to: name the collector with --endpoint (OTEL_EXPORTER_OTLP_ENDPOINT), as in --endpoint http://collector:4317, or write files with --export DIR'
      throw configurationError(message)
    }
    const { spoolPlace } = await import('../delivery/replay/spool-place.ts')
    const spoolDir = spoolPlace(operands, spoolDirOf(settings))
    const [{ replayForPeople }, { openSpool }, { findLeftAlone }] = await Promise.all([
      import('../delivery/replay/session.ts'),
      import('../delivery/spool/open-spool.ts'),
      import('../delivery/replay/left-alone.ts'),
    ])
    return replayForPeople({
      ...{ spoolDir, exportDir, giveUpAfterMs, openSpool, findLeftAlone, stop },
      openRoutes: (wanted) => openRoutes(destinations, wanted, version()),
      destination: placesText(destinations),
      screen: openScreen(stderr),
      clock: systemClock,
    })
  },
}
