import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** One record, ready to be sent. */
export interface KafkaMessage {
  /** Messages of one key keep their order. */
  readonly key: string | undefined
  readonly value: Buffer
  readonly timestampMs: number
}

/** What brings messages to a broker. */
export interface KafkaProducer {
  /** Resolves when the brokers have them all; of those that it rejects for, some may have arrived too. */
  readonly send: (messages: readonly KafkaMessage[]) => Promise<void>
  readonly close: () => Promise<void>
}

export interface ProducerOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly clientId: string
  readonly client: Readonly<Record<string, unknown>>
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'

/** What is used of the client. */
interface Client {
  readonly Producer: new (
    options: Readonly<Record<string, unknown>>,
  ) => {
    readonly on: (event: 'error', listener: () => void) => void
    readonly send: (options: Readonly<Record<string, unknown>>) => Promise<unknown>
    readonly close: (force: boolean) => Promise<void>
  }
}

// by a variable: neither compiler nor bundler follows it to a package that need not be there
const clientPackage: string = '@platformatic/kafka'

const loadClient = async (): Promise<Client> => {
  try {
    return await import(clientPackage)
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new Error(`the Kafka exporter needs a package of its own: npm install ${clientPackage}`, { cause })
  }
}

/** @see https://github.com/platformatic/kafka/blob/main/docs/diagnostic.md */
const connected = 'tracing:plt:kafka:connections:connects:asyncEnd'

interface ConnectMessage {
  readonly connection?: { readonly context?: unknown; readonly socket?: { readonly unref: () => void } }
}

/** Connections must not keep a process alive whose work is done; the returned function ends that. */
const letProcessEnd = (context: object) => {
  const listener = (message: unknown) => {
    const { connection } = message as ConnectMessage
    if (connection?.context === context) connection.socket?.unref()
  }
  subscribe(connected, listener)
  return () => {
    unsubscribe(connected, listener)
  }
}

/** All replicas that are in sync. */
const allReplicas = -1

/** A producer on `@platformatic/kafka`, which is loaded here. */
export const openProducer = async ({
  brokers,
  topic,
  clientId,
  client,
}: ProducerOptions): Promise<KafkaProducer> => {
  const { Producer } = await loadClient()
  const context = {}
  const producer = new Producer({
    // what is not delivered is sent again from here, where it is known how long that goes on
    retries: 0,
    ...client,
    clientId,
    bootstrapBrokers: [...brokers],
    context,
  })
  // it has told whoever sends, too
  producer.on('error', () => {})
  const holdOn = letProcessEnd(context)
  return {
    send: async (messages) => {
      await producer.send({
        acks: allReplicas,
        messages: messages.map(({ key, value, timestampMs }) => ({
          topic,
          value,
          timestamp: BigInt(timestampMs),
          ...(key !== undefined && { key: Buffer.from(key) }),
        })),
      })
    },
    close: async () => {
      holdOn()
      await producer.close(true)
    },
  }
}
