/** Leaving a connection that stands but carries nothing: a fresh one is the only way to find out whether there is a Redis behind it. */
import type { Connection } from './redis-url.ts'

/**
 * Gives a function that leaves the connection for a fresh one. Until the socket has closed, which may take seconds, further calls do nothing:
 * each would leave a timer and a listener on it.
 */
export function leaver(connection: Connection): () => void {
  let leaving = false
  connection.on('close', () => {
    leaving = false
  })
  return () => {
    if (leaving || connection.status !== 'ready') return
    leaving = true
    connection.disconnect(true)
  }
}
