/** Runs clients against a misbehaving server, each pair in processes of its own. */
import type { Storm } from "../programs/storm.ts"
import { measure, serve } from "../harness/Child.ts"
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
    const { value } = await measure<Storm>("programs/storm.ts", [
      client,
      server.url,
      server.adminUrl,
      ...[callsPerSecond, scenario.beforeMillis, scenario.duringMillis, scenario.afterMillis].map(String)
    ])
    return { ...weather(value, scenario.duringMillis, callsPerSecond), wasted: value.wasted }
  } finally {
    server.close()
  }
}

/** How many peers share the machine: together they leave a core idle. Ours always runs alone. */
const together = 4

/** Peers, a few at a time: their numbers are an order of magnitude from ours, so a little noise does not matter. */
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
