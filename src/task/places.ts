import { signals } from '../otlp/signals.ts'
import { type Destinations, destinationText } from '../telemetry/signals.ts'

/** Where the signals go, a line for each place: `traces, logs → http://127.0.0.1:4317 (grpc)`. */
export const destinationLines = (destinations: Destinations): readonly string[] => {
  const places = signals.map((signal) => ({
    signal,
    place: destinations[signal].map(destinationText).join(' and ') || 'switched off',
  }))
  return [...Map.groupBy(places, ({ place }) => place)].map(
    ([place, same]) => `${same.map(({ signal }) => signal).join(', ')} → ${place}`,
  )
}
