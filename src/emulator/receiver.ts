/**
 * The Collector beside a task, as far as the task can see it: OTLP over gRPC and HTTP, a health page, and an account
 * of everything that came.
 */
import { type Clock, systemClock } from '../clock.ts'
import { openJsonLines } from '../otlp/json-lines.ts'
import type { Answer, RequestFacts } from './receiver/answer.ts'
import { type Door, makeDoor } from './receiver/door.ts'
import { makeGrpcServer } from './receiver/grpc.ts'
import { makeHealthServer } from './receiver/health.ts'
import { makeHttpServer } from './receiver/http.ts'
import { makeIntake } from './receiver/intake.ts'
import { type Ledger, makeLedger } from './receiver/ledger.ts'

export type { Answer, RequestFacts } from './receiver/answer.ts'
export type { Ledger, LedgerSummary, SignalCounts } from './receiver/ledger.ts'
export type { Attributes, ReceivedLog, ReceivedPoint, ReceivedSpan } from './receiver/received.ts'
export type { Capped, OrphanSpan, UnendedSpan } from './receiver/span-table.ts'

export interface ReceiverPorts {
  readonly grpc: number
  readonly http: number
  readonly health: number
}

export interface ReceiverOptions {
  /** @default '127.0.0.1' */
  readonly host?: string
  /** 0: any free one, which is the default. The platform's are 14357, 14358 and 13133. */
  readonly ports?: ReceiverPorts
  /** What comes before `/v1/<signal>` over HTTP, such as `/otlp`. @default '' */
  readonly basePath?: string
  /** How each request is answered; called before anybody looks into it. @default accept */
  readonly decide?: (request: RequestFacts) => Answer
  /** Where to write OTLP JSON lines, one file a signal; made if it is not there. */
  readonly outDir?: string
  /** Called once, when `outDir` cannot be written; requests are taken all the same. */
  readonly onDiskError?: (error: Error) => void
  /** Keep every item decoded, for tests. @default false */
  readonly keepItems?: boolean
  /** Called for each request that was decided on, with the number of items that were taken. */
  readonly onRequest?: (facts: RequestFacts, accepted: number) => void
  /** Choose ports, but listen only when `open` is called. @default false */
  readonly startClosed?: boolean
  readonly clock?: Clock
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly ports: ReceiverPorts
  readonly grpcUrl: string
  readonly httpUrl: string
  /** The health page itself. */
  readonly healthUrl: string
  readonly ledger: Ledger
  /** Requests that did not reach their file in `outDir`. */
  readonly unwrittenRequests: () => number
  readonly isOpen: () => boolean
  /** The collector goes down: its ports refuse, its connections are reset. The ledger stays. */
  readonly close: () => Promise<void>
  /** It comes up again, on the same ports. @throws {TaskbeatError} `PORT_TAKEN` when somebody else took one */
  readonly open: () => Promise<void>
}

const anyPorts: ReceiverPorts = { grpc: 0, http: 0, health: 0 }
const accept = (): Answer => ({ kind: 'accept' })

/** Where a client on this machine finds a server that listens at `host`. */
const addressOf = (host: string) =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host

/** All doors or none. */
const openAll = async (doors: readonly Door[]) => {
  try {
    for (const door of doors) await door.open()
  } catch (error) {
    await closeAll(doors)
    throw error
  }
}
const closeAll = async (doors: readonly Door[]) => {
  await Promise.all(doors.map((door) => door.close()))
}

/**
 * Opens a receiver.
 *
 * @throws {TaskbeatError} `PORT_TAKEN` or `CANNOT_LISTEN`, both with exit status 64
 */
export const openReceiver = async (options: ReceiverOptions = {}): Promise<OtlpReceiver> => {
  const { host = '127.0.0.1', ports = anyPorts, basePath = '', clock = systemClock } = options
  const ledger = makeLedger({ keepItems: options.keepItems ?? false })
  const files =
    options.outDir === undefined
      ? undefined
      : openJsonLines({
          directory: options.outDir,
          existing: 'empty',
          onTrouble: options.onDiskError ?? (() => {}),
        })
  let isOpen = false
  const intake = makeIntake({
    clock,
    ledger,
    files,
    decide: options.decide ?? accept,
    isOpen: () => isOpen,
    onRequest: options.onRequest ?? (() => {}),
  })
  const grpc = makeGrpcServer({ intake, ledger, reset: (peer) => grpcDoor.reset(peer) })
  const http = makeHttpServer({ intake, ledger, basePath })
  const grpcDoor = makeDoor({ server: grpc.server, host, port: ports.grpc, purpose: 'OTLP over gRPC' })
  const httpDoor = makeDoor({ server: http, host, port: ports.http, purpose: 'OTLP over HTTP' })
  const healthDoor = makeDoor({
    server: makeHealthServer(clock),
    host,
    port: ports.health,
    purpose: 'the health page',
  })
  // health last: who sees it can send
  const doors = [grpcDoor, httpDoor, healthDoor]
  // whoever opens while it still closes gets it open, and the other way round
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (act: () => Promise<void>) => () => {
    turn = turn.then(act, act)
    return turn
  }
  const open = inTurn(async () => {
    if (isOpen) return
    isOpen = true
    try {
      await openAll(doors)
    } catch (error) {
      isOpen = false
      throw error
    }
  })
  const close = inTurn(async () => {
    isOpen = false
    await closeAll(doors)
  })
  const end = async () => {
    await close()
    grpc.shutdown()
    await files?.close()
  }

  try {
    await open()
    if (options.startClosed) await close()
  } catch (error) {
    await end()
    throw error
  }
  const address = addressOf(host)
  return {
    ports: { grpc: grpcDoor.port(), http: httpDoor.port(), health: healthDoor.port() },
    grpcUrl: `http://${address}:${grpcDoor.port()}`,
    httpUrl: `http://${address}:${httpDoor.port()}`,
    healthUrl: `http://${address}:${healthDoor.port()}/health`,
    ledger,
    unwrittenRequests: () => files?.lost() ?? 0,
    isOpen: () => isOpen,
    close,
    open,
    [Symbol.asyncDispose]: end,
  }
}
