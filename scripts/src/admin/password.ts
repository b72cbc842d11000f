/** Asks for a password at the terminal without showing it. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks twice; undefined when there is no terminal. Throws Error when the two differ. */
export async function askPassword(): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  const ask = async (question: string): Promise<string> => {
    process.stdout.write(question)
    const answer = await terminal.question('')
    process.stdout.write('\n')
    return answer
  }
  // Ctrl-C reaches only the line editor while it has the terminal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const password = await ask('Password (at least 12 characters): ')
    if ((await ask('Once more: ')) !== password) throw new Error('The two passwords differ; nothing was stored.')
    return password
  } finally {
    terminal.close()
  }
}
