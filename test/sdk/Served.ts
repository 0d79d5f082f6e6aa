/**
 * A fake provider on a loopback port, behind a relay that sees what the log of a provider
 * cannot: whether the client has closed a connection that still owed it an answer.
 */
import { Effect, type Scope } from "effect"
import * as Net from "node:net"
import { inspect } from "node:util"
import { type ExchangeLog, type FakeExchange, FakeServer, type FaultScript } from "surety/testing"

export interface Fake {
  readonly handle: FakeExchange.FakeHandler
  readonly errorResponse: (status: number) => FakeExchange.FakeResponse
}

export interface Served<F> {
  readonly fake: F
  readonly log: ExchangeLog.ExchangeLog
  readonly url: string
  /** how many connections the client has closed while the provider kept them open */
  readonly closedByClient: () => number
}

export const serve = <F extends Fake>(
  fake: F,
  script?: FaultScript.FaultScript
): Effect.Effect<Served<F>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { errorResponse, handle } = fake
    const server = FakeServer.make({ handle, errorResponse, ...(script === undefined ? undefined : { script }) })
    const { log, port } = yield* Effect.orDie(FakeServer.serve(server))
    const relay = yield* Effect.acquireRelease(
      Effect.promise(() => open(port)),
      (opened) => Effect.sync(opened.close)
    )
    return { fake, log, url: `http://127.0.0.1:${relay.port}`, closedByClient: relay.closedByClient }
  })

/** Waits for something that happens on a socket; the test's own time limit is longer. */
export const until = (what: string, holds: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    const giveUpAt = performance.now() + 4_000
    while (!holds()) {
      if (performance.now() > giveUpAt) throw new Error(`not within 4 s: ${what}`)
      await new Promise((turn) => setImmediate(turn))
    }
  })

/** A promise, and what settles it. */
export const gate = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** All that an error shows to whoever prints it: hidden members, causes and stacks. */
export const everythingIn = (error: unknown): string =>
  `${inspect(error, { depth: Infinity, showHidden: true, getters: true })} ${JSON.stringify(error)}`

const open = async (to: number) => {
  const clients = new Set<Net.Socket>()
  let closedByClient = 0
  const relay = Net.createServer((client) => {
    const provider = Net.connect(to, "127.0.0.1")
    let closedFirst: "client" | "provider" | undefined
    clients.add(client)
    client.on("error", () => {})
    provider.on("error", (error: NodeJS.ErrnoException) => {
      closedFirst ??= "provider"
      if (error.code === "ECONNRESET") client.resetAndDestroy()
    })
    client.on("close", () => {
      clients.delete(client)
      closedFirst ??= "client"
      if (closedFirst === "client") closedByClient++
      provider.destroy()
    })
    provider.on("close", () => {
      closedFirst ??= "provider"
      client.destroy()
    })
    client.pipe(provider)
    provider.pipe(client)
  })
  await new Promise<void>((listening) => relay.listen(0, "127.0.0.1", listening))
  return {
    port: (relay.address() as Net.AddressInfo).port,
    closedByClient: () => closedByClient,
    close: () => {
      relay.close()
      for (const client of clients) client.destroy()
    }
  }
}
