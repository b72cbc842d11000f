/** Tables as compressed bytes and back, without holding up the event loop for long. */
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { Tables } from '@orchid/shared/kernel/projection'

type Dump = ReturnType<Tables['dump']>

/** Names and versions of all projections: a snapshot of another signature is not used. */
export const SIGNATURE = PROJECTIONS.map((p) => `${p.name}:${p.version}`).join(' ')

const ROWS_A_TURN = 500
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const zip = promisify(gzip)
const unzip = promisify(gunzip)

/** One line of JSON per table head and row, gzip. Gives the event loop back after every 500 rows. */
export async function encodeTables(dump: Dump): Promise<Uint8Array> {
  const lines: string[] = []
  for (const { rows, ...head } of dump) {
    lines.push(JSON.stringify({ ...head, rows: rows.length }))
    for (let i = 0; i < rows.length; i += ROWS_A_TURN) {
      for (const pair of rows.slice(i, i + ROWS_A_TURN)) lines.push(JSON.stringify(pair))
      await turn()
    }
  }
  return zip(lines.join('\n'), { level: 3 })
}

/** Reverse of `encodeTables`. Throws SyntaxError or a zlib error when the bytes are not such a dump. */
export async function decodeTables(data: Uint8Array): Promise<Dump> {
  const lines = (await unzip(data)).toString('utf8').split('\n')
  const dump: Dump = []
  for (let i = 0; i < lines.length; ) {
    const { rows, ...head } = JSON.parse(lines[i++] as string) as Omit<Dump[number], 'rows'> & { rows: number }
    dump.push({ ...head, rows: lines.slice(i, i + rows).map((line) => JSON.parse(line) as Dump[number]['rows'][number]) })
    i += rows
  }
  return dump
}
