/** Seals private fields with a key of their own per subject, itself wrapped by the node's secret: a stolen dump tells nothing, and deleting the wrapped key erases the fields. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export class Sealing {
  readonly #master: Buffer
  constructor(secret: Buffer) {
    this.#master = Buffer.from(hkdfSync('sha256', secret, '', 'orchid sealing', 32))
  }

  seal(subject: string, fields: Readonly<Record<string, unknown>>): { wrappedKey: string; ciphertext: string } {
    const key = randomBytes(32)
    return { wrappedKey: encrypt(this.#master, subject, key), ciphertext: encrypt(key, subject, Buffer.from(JSON.stringify(fields))) }
  }

  /** Throws when the text was not sealed under this subject and secret. */
  open(subject: string, wrappedKey: string, ciphertext: string): Record<string, unknown> {
    return JSON.parse(decrypt(decrypt(this.#master, subject, wrappedKey), subject, ciphertext).toString('utf8'))
  }
}

function encrypt(key: Buffer, subject: string, plain: Buffer): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(subject))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
}

function decrypt(key: Buffer, subject: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(subject))
    .setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
}
