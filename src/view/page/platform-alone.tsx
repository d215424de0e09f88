/** How to have more than what the platform sees of a task. */
export const PlatformAlone = ({ what }: { readonly what: 'logs' | 'metrics' | 'traces' }) => (
  <p class="muted">
    The platform has seen no {what} of this task. Put <code>taskbeat run --</code> before its command, or send
    them to the endpoint that the task is given in{' '}
    <code>OTEL_EXPORTER_OTLP_{what.toUpperCase()}_ENDPOINT</code>.
  </p>
)
