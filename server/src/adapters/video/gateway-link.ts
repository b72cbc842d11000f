/**
 * The link between servers and gateway processes: HTTPS whose handshake needs a key made from `journal.key` (TLS with a pre-shared key,
 * RFC 8442). Whoever does not have it gets no byte of an answer, there are no certificates to keep, and no secret stands in a request.
 */
import { hkdfSync } from 'node:crypto'
import type { TlsOptions } from 'node:tls'

const NAME = 'orchid-gateway'
/** Node knows pre-shared keys up to TLS 1.2; this is its one suite of them with forward secrecy and authenticated encryption. */
const TERMS = { ciphers: 'ECDHE-PSK-CHACHA20-POLY1305', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const

const keyOf = (secret: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', secret, '', 'orchid gateway link', 32))

/** @param secret the node's secret, from `readSecret` */
export function listeningTerms(secret: Uint8Array): TlsOptions {
  const key = keyOf(secret)
  return { ...TERMS, pskCallback: (_socket, name) => (name === NAME ? key : null) }
}

/** Options for `https.request`. The other side proves itself by the key: there is no name to check. */
export function askingTerms(secret: Uint8Array) {
  const psk = keyOf(secret)
  return { ...TERMS, pskCallback: () => ({ psk, identity: NAME }), checkServerIdentity: () => undefined }
}
