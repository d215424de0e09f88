/** The alerts, as Prometheus and as Grafana read them. */
import { stringify } from 'yaml'
import type { Alert, Form } from './alerts.ts'

const header = '# Made by scripts/observe/generate.ts: change scripts/observe/alerts.ts instead.\n'
const text = (content: unknown) => header + stringify(content, { lineWidth: 0 })

const inPrometheus = (form: Form) => `{{ $value | ${form} }}`
const inGrafana = (form: Form) => `{{ ${form} $values.A.Value }}`

const annotations = ({ summary, remedy }: Alert, value: (form: Form) => string) => ({
  summary: summary(value),
  description: remedy,
})

/** @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export const prometheusRules = (alerts: readonly Alert[]): string =>
  text({
    groups: [
      {
        name: 'taskbeat',
        interval: '30s',
        rules: alerts.map((alert) => ({
          alert: alert.name,
          expr: alert.expr,
          ...(alert.for !== '0m' && { for: alert.for }),
          labels: { severity: alert.severity },
          annotations: annotations(alert, inPrometheus),
        })),
      },
    ],
  })

/** An alert fires where its query has a positive value. */
const grafanaRule = (alert: Alert) => ({
  uid: alert.name.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
  title: alert.name,
  condition: 'B',
  for: alert.for,
  noDataState: 'OK',
  execErrState: 'Error',
  labels: { severity: alert.severity },
  annotations: annotations(alert, inGrafana),
  data: [
    {
      refId: 'A',
      relativeTimeRange: { from: 600, to: 0 },
      datasourceUid: 'prometheus',
      model: { refId: 'A', expr: alert.expr, instant: true },
    },
    {
      refId: 'B',
      datasourceUid: '__expr__',
      model: {
        refId: 'B',
        type: 'threshold',
        expression: 'A',
        conditions: [{ evaluator: { type: 'gt', params: [0] } }],
      },
    },
  ],
})

/** @see https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/ */
export const grafanaRules = (alerts: readonly Alert[]): string =>
  text({
    apiVersion: 1,
    groups: [
      { orgId: 1, name: 'taskbeat', folder: 'taskbeat', interval: '1m', rules: alerts.map(grafanaRule) },
    ],
  })
