/** Runs clients against a misbehaving server, each pair in processes of its own. */
import type { Storm } from "../programs/storm.ts"
import { measure, serve } from "../harness/Child.ts"
import { type Sample, sample } from "../harness/Sample.ts"
import { type Weather, weather } from "../harness/Weather.ts"

export const callsPerSecond = 200

export interface Scenario {
  readonly server: string
  readonly beforeMillis: number
  readonly duringMillis: number
  readonly afterMillis: number
}

export interface Outcome extends Weather {
  readonly wasted: number
}

/** One client through one scenario. */
export const endure = async (client: string, scenario: Scenario): Promise<Outcome> => {
  const server = await serve(scenario.server)
  try {
    const storm = await measure<Storm>("programs/storm.ts", [
      client,
      server.url,
      server.adminUrl,
      ...[callsPerSecond, scenario.beforeMillis, scenario.duringMillis, scenario.afterMillis].map(String)
    ])
    return { ...weather(storm, scenario.duringMillis, callsPerSecond), wasted: storm.wasted }
  } finally {
    server.close()
  }
}

/** How many clients share the machine: together they leave most of it idle. */
const together = 4

/** Runs clients, a few at a time; the same one may be named several times. */
export const endureAll = async <Name extends string>(
  clients: ReadonlyArray<Name>,
  scenario: Scenario
): Promise<ReadonlyArray<readonly [Name, Outcome]>> => {
  const outcomes: Array<readonly [Name, Outcome]> = []
  for (let from = 0; from < clients.length; from += together) {
    const group = clients.slice(from, from + together)
    outcomes.push(...(await Promise.all(group.map(async (name) => [name, await endure(name, scenario)] as const))))
  }
  return outcomes
}

/** The worst of several runs: a promise holds in each of them, not in the middle one. */
export const worst = (outcomes: ReadonlyArray<Outcome>, what: keyof Outcome): Sample => {
  const found = sample(outcomes.map((outcome) => outcome[what]))
  return { ...found, median: found.high }
}

export const peers = [
  "storm-p-retry",
  "storm-axios-retry",
  "storm-got",
  "storm-stripe-sdk",
  "storm-openai-sdk",
  "storm-effect",
  "storm-cockatiel",
  "storm-none"
] as const
