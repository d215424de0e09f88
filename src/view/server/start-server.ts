import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, endsWithin } from '../../clock.ts'
import { codeOf, TaskbeatError } from '../../errors.ts'
import type { RunsData } from '../api.ts'
import { pageDocument } from '../html.ts'
import type { Greeting } from '../wire.ts'
import { mostWatchers, openEventHub } from './events.ts'
import { admit, newToken } from './gate.ts'
import type { PageFiles } from './page-files.ts'
import { readQuestion } from './question.ts'
import { type Answer, refusal, respond, safeHeaders, types } from './respond.ts'

export interface ViewServerOptions {
  readonly runs: RunsData
  /** 0: any that is free. */
  readonly port: number
  readonly page: PageFiles
  /** All that is known of the runs, as a report embeds it: gzip of JSON lines. */
  readonly bundle: () => Promise<Uint8Array>
  readonly clock: Clock
}

export interface ViewServer {
  /** To be opened in a browser; whoever has it may look. */
  readonly address: string
  /** How many look at this moment. */
  readonly watchers: () => number
  /**
   * Tells all who look that this was it, with a sentence for people, and lets each page have what it needs to go on by
   * itself; resolves when all have it, or after `limitMs`.
   */
  readonly handOver: (sentence: string, limitMs: number) => Promise<void>
  readonly close: () => void
}

const indexHtml = pageDocument({
  title: 'taskbeat',
  head: '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="page.css">\n<script src="page.js" defer></script>',
  body: '',
})

const mostConnections = 96
/** A request is one small text: who has not sent it by then only takes a connection from others. */
const patience = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 5_000 }

const portProblem = (port: number, error: unknown) => {
  const code = codeOf(error)
  const why = code === 'EADDRINUSE' ? 'another program listens there' : `nobody can listen there (${code})`
  const message = `--ui-port is ${port}, but ${why}: name another port, or none to take any that is free`
  return new TaskbeatError('USAGE', message, { exitStatus: 64, cause: error })
}

const notFound = refusal(404, 'Not found')

/**
 * Serves the page and what it asks, on the loopback address only.
 *
 * @throws {TaskbeatError} `USAGE` (64) if the port cannot be had
 */
export const startViewServer = async (options: ViewServerOptions): Promise<ViewServer> => {
  const { runs, page, clock, port } = options
  const token = newToken()
  const hub = openEventHub(runs, clock)
  let bundle: Promise<Uint8Array> | undefined

  const answerQuestion = async (path: readonly string[], parameters: URLSearchParams): Promise<Answer> => {
    const question = readQuestion(path, parameters, runs.runs.length)
    const data = question && runs.runs[question.run]
    if (!question || !data) return notFound
    if ('problem' in question) return refusal(400, question.problem)
    return { type: types.json, body: JSON.stringify((await question.ask(data)) ?? null) }
  }

  const answerOf = async (path: readonly string[], parameters: URLSearchParams): Promise<Answer> => {
    const [name, ...rest] = path
    if (name === 'runs' && rest.length > 0) return answerQuestion(rest, parameters)
    if (rest.length > 0) return notFound
    switch (name) {
      case '':
        return { type: types.html, body: indexHtml }
      case 'page.js':
        return { type: types.script, body: page.script }
      case 'page.css':
        return { type: types.style, body: page.style }
      case 'runs': {
        const greeting: Greeting = { runs: runs.runs.length }
        return { type: types.json, body: JSON.stringify(greeting) }
      }
      case 'bundle':
        return bundle === undefined ? notFound : { type: types.bytes, body: await bundle }
      default:
        return notFound
    }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value)
    const admission = admit({ method: request.method, url: request.url, headers: request.headers }, token)
    switch (admission.kind) {
      case 'refused': {
        const sentence = 'Only GET and HEAD are answered'
        return respond(request, response, admission.status === 404 ? notFound : refusal(405, sentence))
      }
      case 'moved': {
        const headers = { location: admission.to }
        return respond(request, response, { status: 308, type: types.text, body: '', headers })
      }
      case 'admitted': {
        const { path, parameters } = admission
        if (path.join('/') !== 'events' || request.method === 'HEAD')
          return respond(request, response, await answerOf(path, parameters))
        if (hub.watchers() >= mostWatchers)
          return respond(request, response, refusal(503, 'Too many pages look at this already'))
        response.writeHead(200, { 'content-type': types.events })
        hub.connect(response)
      }
    }
  }

  const server = createServer(patience, (request, response) => {
    response.on('error', () => {})
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': types.text }).end('This could not be read\n')
    })
  })
  server.maxConnections = mostConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  }).catch((error: unknown) => {
    throw portProblem(port, error)
  })
  const { port: own } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${own}/${token}/`,
    watchers: hub.watchers,
    handOver: async (sentence, limitMs) => {
      if (hub.watchers() === 0) return
      bundle = options.bundle()
      // who asks for it is told
      bundle.catch(() => {})
      await endsWithin(clock, limitMs, hub.end(sentence))
    },
    close: () => {
      hub.close()
      server.close()
      server.closeAllConnections()
    },
  }
}
