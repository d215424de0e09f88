import { findingKinds } from '../findings/catalogue.ts'
import type { Report } from '../report.ts'

const escapeXml = (text: string) =>
  text
    // what XML 1.0 has no way to say
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** The report as JUnit XML: the verdict is one test, and each thing that could be found another. */
export const junitText = (report: Report): string => {
  const seconds = (report.task.durationMs / 1_000).toFixed(3)
  const verdict =
    report.verdict === 'COMPLETED'
      ? `    <testcase classname="taskbeat.emulate" name="verdict" time="${seconds}"/>`
      : `    <testcase classname="taskbeat.emulate" name="verdict" time="${seconds}"><failure message="${escapeXml(`${report.verdict}: ${report.reason}`)}">${escapeXml(report.task.outputTail)}</failure></testcase>`
  const cases = Object.entries(findingKinds).map(([id, { severity }]) => {
    const finding = report.findings.find((found) => found.id === id)
    const open = `    <testcase classname="taskbeat.emulate" name="${id}" time="0"`
    if (!finding || severity === 'note' || finding.isAllowed) return `${open}/>`
    const details = `platform: ${finding.platform}\nremedy: ${finding.remedy}`
    return `${open}><failure message="${escapeXml(finding.seen)}">${escapeXml(details)}</failure></testcase>`
  })
  const failures = [verdict, ...cases].filter((line) => line.includes('<failure')).length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length + 1}" failures="${failures}" time="${seconds}">`,
    `  <testsuite name="taskbeat emulate" tests="${cases.length + 1}" failures="${failures}" time="${seconds}">`,
    verdict,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
