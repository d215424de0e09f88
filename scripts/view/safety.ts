/** Who asks without the token, or as another site would, gets nothing. */
import { strict as assert } from 'node:assert'
import { request } from 'node:http'
import type { Bed } from './bed.ts'

interface Answer {
  readonly status: number | undefined
  readonly policy: string
}

const ask = (address: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(address, { headers }, (response) => {
      response.resume()
      const policy = String(response.headers['content-security-policy'])
      response.once('end', () => resolve({ status: response.statusCode, policy }))
    })
    asked.once('error', reject).end()
  })

export const checkSafety = async ({ check }: Bed, address: string): Promise<void> => {
  const { origin, pathname } = new URL(address)
  await check('safety: whoever has the address gets the page, with a strict policy', async () => {
    const { status, policy } = await ask(address)
    assert.equal(status, 200)
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe/)
  })
  const token = pathname.replaceAll('/', '')
  const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
  const refused: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['no token', `${origin}/`, {}],
    ['another token', `${origin}/${wrong}/`, {}],
    ['half a token', `${origin}/${token.slice(0, 8)}/`, {}],
    ['the name of another host', address, { host: 'attacker.example' }],
    [
      'a page of another site',
      address,
      { origin: 'https://attacker.example', 'sec-fetch-site': 'cross-site' },
    ],
  ]
  for (const [what, url, headers] of refused) {
    await check(`safety: ${what}: 404`, async () => assert.equal((await ask(url, headers)).status, 404))
  }
}
