/** Counters and gauges for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

export class Metrics {
  readonly #registry = new Registry()
  readonly #entries = new Counter({
    name: 'orchid_intake_entries_total',
    help: 'Patrol entries by what became of them',
    labelNames: ['status'] as const,
    registers: [this.#registry],
  })

  /** `read` gives the present value of each gauge when it is asked for. */
  constructor(gauges: Readonly<Record<string, { help: string; read: () => number }>>) {
    collectDefaultMetrics({ register: this.#registry })
    for (const [name, { help, read }] of Object.entries(gauges)) {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read())
        },
      })
    }
  }

  entries(status: 'stored' | 'duplicate' | 'refused', count: number): void {
    if (count > 0) this.#entries.inc({ status }, count)
  }

  /** Text of the present figures and its content type. */
  async text(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}
