import type { LoggedDelivery } from '../../logbook/entry.ts'
import { isPlatformAlone } from './is-platform-alone.ts'
import type { RunView } from './looking.ts'
import { useSteady } from './use-steady.ts'
import { countInWords } from './words.ts'

/** What became of the telemetry, by signal and route. */
export const Delivery = ({ run }: { readonly run: RunView }) => {
  const { routes, isAlone } = useSteady(run, (overview) => ({
    routes: overview.delivery,
    isAlone: isPlatformAlone(overview),
  })).value
  if (routes.length === 0 && isAlone)
    return (
      <p class="muted">
        The platform does not see what a task loses on the way. Put <code>taskbeat run --</code> before its
        command to have that here.
      </p>
    )
  if (routes.length === 0)
    return (
      <p class="muted">
        Nothing of this run goes to a backend. Set OTEL_EXPORTER_OTLP_ENDPOINT to send its traces, metrics and
        logs to one.
      </p>
    )
  return (
    <table class="cards delivery">
      <thead>
        <tr>
          <th scope="col">Signal</th>
          <th scope="col">Goes to</th>
          <th scope="col" class="number">
            Emitted
          </th>
          <th scope="col" class="number">
            Delivered
          </th>
          <th scope="col" class="number">
            On disk
          </th>
          <th scope="col" class="number">
            Dropped
          </th>
          <th scope="col">Why dropped</th>
        </tr>
      </thead>
      <tbody>
        {routes.map((route) => (
          <Route key={`${route.signal} ${route.destination}`} route={route} />
        ))}
      </tbody>
    </table>
  )
}

const Route = ({ route }: { readonly route: LoggedDelivery }) => {
  const { signal, destination, emitted, delivered, spooled, dropped, reasons } = route
  const whys = Object.entries(reasons).filter(([, count]) => count > 0)
  return (
    <tr>
      <th scope="row">{signal}</th>
      <td data-name="Goes to">
        <bdi>{destination}</bdi>
      </td>
      <td class="number" data-name="Emitted">
        {countInWords(emitted)}
      </td>
      <td class="number" data-name="Delivered">
        {countInWords(delivered)}
        {emitted > 0 && <span class="muted"> {percentOf(delivered, emitted)}</span>}
      </td>
      <td class={spooled > 0 ? 'number tone-text-warn' : 'number'} data-name="On disk">
        {countInWords(spooled)}
      </td>
      <td class={dropped > 0 ? 'number tone-text-bad' : 'number'} data-name="Dropped">
        {countInWords(dropped)}
      </td>
      <td data-name="Why dropped">
        {whys.length === 0 ? (
          <span class="muted">–</span>
        ) : (
          whys.map(([reason, count]) => `${countInWords(count)} ${reason}`).join(', ')
        )}
      </td>
    </tr>
  )
}

/** Rounded down, so that 100 % means all. */
const percentOf = (part: number, all: number): string => `${Math.floor((part / all) * 100)} %`
