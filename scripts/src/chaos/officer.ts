/** A duty officer who accepts and closes incidents; each step has one id, asked again until it is answered. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { CommandAnswer } from '@orchid/shared/protocol/api'
import type { Random } from '../city/random.ts'
import type { Answer, Answers } from './ask.ts'
import type { Ledger } from './ledger.ts'

const ROUND = 1_000
const AT_ONCE = 4
/** Refusals of a node whose rows are older than what another node has stored. */
const BEHIND = new Set(['unknown-incident', 'not-accepted', 'already-accepted', 'already-closed'])

export interface OfficerOptions {
  readonly name: string
  readonly token: string
  readonly base: string
  readonly random: Random
  readonly ledger: Ledger
  readonly answers: Answers
}

type Step = 'incident.accept' | 'incident.close'

export class Officer {
  readonly #o: OfficerOptions
  readonly #done = new Set<string>()
  #stopping = false
  #givenUp = false
  unanswered = 0

  constructor(options: OfficerOptions) {
    this.#o = options
  }

  async run(): Promise<void> {
    const { answers, base, token, random } = this.#o
    while (!this.#stopping) {
      await sleep(ROUND)
      const page = await answers.ask('GET', `${base}/api/tables/incidents?limit=1000`, token)
      if (page?.status !== 200) continue
      const rows = (page.body as { rows: readonly [string, IncidentRow][] }).rows
      for (const [step, state] of [
        ['incident.accept', 'reported'],
        ['incident.close', 'accepted'],
      ] as const) {
        const due = rows.filter(([id, row]) => row.state === state && !this.#done.has(`${step}-${id}`))
        for (const [id] of due.slice(0, AT_ONCE)) if (!this.#stopping && random() < 0.8) await this.#take(step, id)
      }
    }
  }

  stop(): void {
    this.#stopping = true
  }

  giveUp(): void {
    this.#givenUp = true
  }

  async #take(step: Step, incident: string): Promise<void> {
    const { name, ledger, answers } = this.#o
    const id = `${step}-${incident}`
    this.unanswered++
    const answer = await this.#until(step, { id, data: { incident, opinion: '已核实，现场处置' } })
    if (!answer) return
    this.unanswered--
    if (answer.status === 200 || answer.status === 201) {
      const { seq } = answer.body as CommandAnswer
      this.#done.add(id)
      const type = step === 'incident.accept' ? 'incident.accepted' : 'incident.closed'
      ledger.add({ sender: name, id, seq, type, content: { incident, by: name }, opens: false })
    } else if (answer.status === 409 && BEHIND.has((answer.body as { code: string }).code)) answers.behind++
    else answers.problem(`${step} was answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`)
  }

  async #until(step: Step, body: unknown): Promise<Answer | undefined> {
    const { base, token, answers, random } = this.#o
    while (!this.#givenUp) {
      const answer = await answers.ask('POST', `${base}/api/commands/${step}`, token, body)
      if (answer && answer.status !== 429 && answer.status < 500) return answer
      await sleep(100 + random() * 900 * (answer?.retryAfter ?? 1))
    }
    return undefined
  }
}
