import { describe, expect, it } from 'vitest'
import { admit, newToken, type Visit } from '../../../src/view/server/gate.ts'

const token = 'T-o_k3n'
const host = '127.0.0.1:8080'
const visit = ({ headers, ...fields }: Partial<Visit> = {}) =>
  admit({ method: 'GET', url: `/${token}/`, ...fields, headers: { host, ...headers } }, token)

it('a token has 144 random bits, and no character that an address would change', () => {
  const tokens = Array.from({ length: 100 }, newToken)
  expect(new Set(tokens).size).toBe(100)
  for (const one of tokens) expect(one).toMatch(/^[\w-]{24}$/)
})

it('who has the address is let in', () => {
  expect(visit()).toMatchObject({ kind: 'admitted', path: [''] })
  expect(visit({ url: `/${token}/runs/0/spans?offset=0&limit=5`, method: 'HEAD' })).toMatchObject({
    kind: 'admitted',
    path: ['runs', '0', 'spans'],
  })
})

it('an address without its last slash leads to the one with it', () => {
  expect(visit({ url: `/${token}` })).toEqual({ kind: 'moved', to: `/${token}/` })
})

describe('the token', () => {
  it.each(['/', '//', '', '/x/', '/T-o_k3/', '/T-o_k3nn/', '/t-o_K3N/', `//${token}/`, `/x/${token}/`, '*'])(
    '%j gets 404',
    (url) => {
      expect(visit({ url })).toEqual({ kind: 'refused', status: 404 })
    },
  )

  it('a wrong method is told so only to who has it', () => {
    expect(visit({ method: 'POST' })).toEqual({ kind: 'refused', status: 405 })
    expect(visit({ method: 'POST', url: '/wrong/' })).toEqual({ kind: 'refused', status: 404 })
  })
})

describe('the host', () => {
  it.each(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', 'LOCALHOST:9000', 'localhost'])(
    '%j is this machine, at whatever end of a tunnel',
    (name) => {
      expect(visit({ headers: { host: name } }).kind).toBe('admitted')
    },
  )

  it.each([
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    'a@localhost',
    '',
    '10.0.0.1:8080',
  ])('%j is somebody who made a name point here', (name) => {
    expect(visit({ headers: { host: name } })).toEqual({ kind: 'refused', status: 404 })
  })

  it('has to be named', () => {
    expect(admit({ method: 'GET', url: `/${token}/`, headers: {} }, token).kind).toBe('refused')
  })
})

describe('the place that a request comes from', () => {
  const index = `/${token}/`
  const question = `/${token}/runs/0/overview`
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  it.each([
    { url: question, headers: { 'sec-fetch-site': 'same-origin' }, isIn: true },
    { url: question, headers: { origin: `http://${host}` }, isIn: true },
    { url: question, headers: { origin: 'http://127.0.0.1:3000' }, isIn: false },
    { url: question, headers: { origin: 'https://evil.example' }, isIn: false },
    { url: question, headers: { origin: 'null' }, isIn: false },
    { url: question, headers: { 'sec-fetch-site': 'same-site' }, isIn: false },
    { url: question, headers: { 'sec-fetch-site': 'cross-site', ...navigation }, isIn: false },
    { url: index, headers: { 'sec-fetch-site': 'none' }, isIn: true },
    // a link in a web page that shows a terminal
    { url: index, headers: { 'sec-fetch-site': 'cross-site', ...navigation }, isIn: true },
    { url: index, headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, isIn: false },
    {
      url: index,
      headers: { 'sec-fetch-site': 'cross-site', ...navigation, 'sec-fetch-dest': 'iframe' },
      isIn: false,
    },
  ])('$headers at $url: $isIn', ({ url, headers, isIn }) => {
    expect(visit({ url, headers }).kind).toBe(isIn ? 'admitted' : 'refused')
  })
})
