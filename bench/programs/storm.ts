/**
 * Program: `storm.ts CASE URL ADMIN CALLS_PER_SECOND BEFORE DURING AFTER` sends an open loop of logical calls at a
 * server that will misbehave for `DURING` milliseconds; its one turn gives what became of each call.
 *
 * Open loop: a call starts when its time has come, however many are still running, as users do.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { takeTurns } from "../harness/Measurement.ts"
import { now, type Plan, type Seen } from "../servers/Plan.ts"
import type { Open } from "../cases/Client.ts"

/** Everything a storm leaves behind; times are milliseconds since the provider began to misbehave. */
export interface Storm {
  readonly calls: ReadonlyArray<{ readonly began: number; readonly ended: number; readonly ok: boolean }>
  readonly arrivals: ReadonlyArray<number>
  readonly wasted: number
}

/** Calls that are still running so long after the last one began are given up as failed. */
const graceMillis = 3_000

const [name, url, admin, ...numbers] = process.argv.slice(2) as [string, string, string, ...Array<string>]
const [perSecond, before, during, after] = numbers.map(Number) as [number, number, number, number]

const { open } = (await import(`../cases/${name}.ts`)) as { readonly open: Open }
const client = await open(url)

// Warm: connections, compiled code. The plan is handed in afterwards.
for (let warm = 0; warm < 40; warm++) {
  await Promise.all([client.call(), sleep(10)])
}

const weatherTheStorm = async (): Promise<Storm> => {
  const began = now() + 200
  const plan: Plan = { beginsAt: began + before, endsAt: began + before + during }
  await fetch(`${admin}/plan`, { method: "POST", body: JSON.stringify(plan) })

  const total = Math.round(((before + during + after) / 1_000) * perSecond)
  const calls: Array<{ began: number; ended: number; ok: boolean }> = []
  const start = () => {
    const record = { began: now() - plan.beginsAt, ended: Infinity, ok: false }
    calls.push(record)
    client.call().then(
      () => {
        record.ok = true
        record.ended = now() - plan.beginsAt
      },
      () => void (record.ended = now() - plan.beginsAt)
    )
  }
  while (calls.length < total) {
    const due = Math.min(total, Math.floor(((now() - began) / 1_000) * perSecond) + 1)
    while (calls.length < due) start()
    await sleep(1)
  }
  await sleep(graceMillis)

  const seen = (await (await fetch(`${admin}/seen`)).json()) as Seen
  return {
    calls,
    arrivals: seen.arrivals.map((at) => at - plan.beginsAt).filter((at) => at >= -before),
    wasted: seen.wasted
  }
}

await takeTurns(weatherTheStorm)
