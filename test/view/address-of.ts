import type { Running } from '../support/run-cli.ts'

/** The address of its page, once a command tells it; rejects if it ends without. */
export const addressOf = (
  { child, ended }: Running,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    child[stream]?.on('data', (chunk) => {
      text += chunk
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/[\w-]{24}\//.exec(text) ?? []
      if (address !== undefined) resolve(address)
    })
    ended.then(({ stderr }) => reject(new Error(`it has ended: ${stderr}`)), reject)
  })
