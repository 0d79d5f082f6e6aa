/**
 * The main job: an order service charges its orders through a provider that has a bad day, once with each of three
 * tools, and says what came of it.
 */
import { Cause, Deferred, Effect, Exit, type Scope } from "effect"
import { connect } from "node:net"
import { FakeProcess } from "surety/testing"
import * as BadDay from "./BadDay.ts"
import * as Figures from "./Figures.ts"
import * as Flags from "./Flags.ts"
import type { Operations } from "./Operations.ts"
import * as OrderService from "./OrderService.ts"
import * as Outage from "./Outage.ts"
import * as Progress from "./Progress.ts"
import * as Report from "./Report.ts"
import type { Open } from "./runs/Run.ts"
import * as Screen from "./Screen.ts"
import * as Wire from "./Wire.ts"

interface Ended {
  readonly figures: Figures.Figures
  readonly orders: ReadonlyArray<OrderService.Tracked>
  /** lines that say where what operates it is */
  readonly kept: ReadonlyArray<string>
}

/** Each run is loaded when it begins, so that none pays for the others. */
const opens: Readonly<Record<Flags.RunName, () => Promise<{ readonly open: Open }>>> = {
  surety: () => import("./runs/surety.ts"),
  effect: () => import("./runs/effect.ts"),
  cockatiel: () => import("./runs/cockatiel.ts")
}

/** A provider to charge at, with what is known of it. */
interface Provider {
  readonly url: string
  readonly day: BadDay.BadDay | undefined
  readonly begin: Effect.Effect<void>
  readonly charges: Effect.Effect<ReadonlyMap<string, number> | undefined>
}

/** Our own: a process that plays the bad day. */
const ours = (flags: Flags.Flags): Effect.Effect<Provider, never, Scope.Scope> =>
  Effect.gen(function* () {
    const lengthMillis = Math.max(3_000, (flags.orders / OrderService.pace) * 1_000)
    const fake = yield* Effect.orDie(
      FakeProcess.spawn(new URL("provider.ts", import.meta.url), [String(flags.seed), String(lengthMillis)])
    )
    return {
      url: fake.url,
      day: BadDay.make(flags.seed, lengthMillis),
      begin: Effect.orDie(fake.restart),
      charges: Effect.map(Effect.orDie(fake.control("ledger")), (ledger) => {
        const charges = new Map<string, number>()
        for (const { orderId } of ledger as ReadonlyArray<{ readonly orderId: string }>) {
          charges.set(orderId, (charges.get(orderId) ?? 0) + 1)
        }
        return charges
      })
    }
  })

/** Somebody else's, of which only the address is known. */
const theirs = (url: string): Provider => ({
  url,
  day: undefined,
  begin: Effect.void,
  charges: Effect.succeed(undefined)
})

const runOne = (
  flags: Flags.Flags,
  name: Flags.RunName,
  screen: Screen.Screen,
  operations: Operations | undefined
): Effect.Effect<Ended> =>
  Effect.gen(function* () {
    const provider = flags.providerUrl === undefined ? yield* ours(flags) : theirs(flags.providerUrl)
    const { day } = provider
    const wire = Wire.make()
    const { open } = yield* Effect.promise(opens[name])
    const till = yield* open({ url: provider.url, apiKey: flags.apiKey, wire, peersSendKeys: flags.peersSendKeys })
    // At a provider that remembers, orders of the same name would be orders of yesterday.
    const prefix = day === undefined ? `${Date.now().toString(36)}-${name}` : `${flags.seed}-${name}`
    const orders = OrderService.ordersOf(flags.seed, prefix, flags.orders)
    const book = OrderService.makeBook(flags.orders)

    yield* provider.begin
    const running = OrderService.run(orders, till, book, {
      seed: flags.seed,
      ordersPerSecond: Math.min(OrderService.pace, flags.orders / 3),
      patienceMillis: day === undefined ? 120_000 : 20_000
    })
    yield* Effect.raceFirst(
      operations === undefined ? running : Effect.provide(running, operations.logger),
      Progress.show(screen, { name, book, wire, till, day })
    )
    const endedAt = performance.now()
    const outage = day === undefined ? Outage.seen(wire.exchanges) : Outage.scripted(day, book.startedAt)
    const figures = Figures.of({
      name,
      orders: book.taken,
      wanted: flags.orders,
      exchanges: wire.exchanges,
      keyed: name === "surety" || flags.peersSendKeys,
      outage,
      charges: yield* provider.charges,
      endedAt
    })
    screen.print(
      `  ${screen.tone("strong", name.padEnd(11))}${Screen.count(book.charged)} of ${Screen.count(flags.orders)} orders ` +
        `charged in ${Screen.duration(endedAt - book.startedAt)}`,
      ...Report.unsettled(book.taken)
    )
    // before the series go with the layer
    const kept = operations === undefined ? [] : yield* operations.keep
    return { figures, orders: book.taken, kept }
  }).pipe(Effect.scoped)

const program = (flags: Flags.Flags, screen: Screen.Screen): Effect.Effect<number> =>
  Effect.gen(function* () {
    if (flags.providerUrl !== undefined && !(yield* answers(flags.providerUrl))) {
      screen.print(`Nothing listens at ${flags.providerUrl}.`)
      return 1
    }
    // loaded for this run only, so that the others do not pay for it
    const operations = flags.only.includes("surety")
      ? yield* Effect.flatMap(
          Effect.promise(() => import("./Operations.ts")),
          ({ serve }) => serve(flags.metricsPort)
        )
      : undefined
    screen.print(
      "",
      `  ${Screen.count(flags.orders)} orders, ${flags.only.length === 1 ? "once" : `${flags.only.length} times`}, at ${
        flags.providerUrl ?? "a payment provider that has a bad day"
      }`,
      ...(operations === undefined ? [] : [`  metrics of the run with surety: ${operations.url}, while it runs`]),
      "",
      ...(screen.isLive ? [] : [Progress.header])
    )
    const ended: Array<Ended> = []
    for (const name of flags.only) {
      ended.push(yield* runOne(flags, name, screen, name === "surety" ? operations : undefined))
    }
    const runs = ended.map(({ figures }) => figures)
    const given = {
      seed: flags.seed,
      peersSentKeys: flags.peersSendKeys,
      day: flags.providerUrl === undefined ? "known" : "unknown"
    } as const
    screen.print("", ...Report.table(screen, runs), ...Report.notes(runs, given), "")
    const kept = ended.flatMap((run) => run.kept)
    if (kept.length > 0) screen.print("  What operates the run with surety, from its contract:", ...kept, "")
    if (flags.json) process.stdout.write(`${Report.json(flags.seed, runs)}\n`)
    return ended.every(({ figures, orders }) => Report.isKept(figures, orders)) ? 0 : 1
  }).pipe(
    Effect.scoped,
    Effect.catch((why) =>
      Effect.sync(() => {
        screen.print(why)
        return 1
      })
    )
  )

/** Whether anybody accepts connections; asks for nothing. */
const answers = (url: string): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const { hostname, port, protocol } = new URL(url)
    const host = hostname.replace(/^\[|\]$/g, "")
    const socket = connect({ host, port: Number(port || (protocol === "https:" ? 443 : 80)), timeout: 5_000 })
    const done = (isThere: boolean): void => {
      socket.destroy()
      resume(Effect.succeed(isThere))
    }
    socket
      .once("connect", () => done(true))
      .once("error", () => done(false))
      .once("timeout", () => done(false))
    return Effect.sync(() => socket.destroy())
  })

const main = (flags: Flags.Flags): void => {
  const screen = Screen.make(flags.json ? process.stderr : process.stdout, process.env)
  const stop = Effect.runSync(Deferred.make<never>())
  // A terminal sends Ctrl-C to every process, and `npm start` passes it on: it may come more than once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => Deferred.doneUnsafe(stop, Exit.interrupt()))
  }
  const fiber = Effect.runFork(Effect.raceFirst(program(flags, screen), Deferred.await(stop)))
  fiber.addObserver((exit) => {
    screen.clear()
    if (Exit.isSuccess(exit)) return process.exit(exit.value)
    if (Exit.hasInterrupts(exit)) {
      screen.print("  Stopped. Nothing is left running.")
      return process.exit(130)
    }
    process.stderr.write(`${Cause.pretty(exit.cause)}\n`)
    process.exit(1)
  })
}

const command = Flags.parse(process.argv.slice(2), process.env)
switch (command._tag) {
  case "Help":
    process.stdout.write(Flags.help)
    break
  case "Wrong":
    process.stderr.write(`${command.why}.\nTry: npm start -- --help\n`)
    process.exitCode = 2
    break
  case "Run":
    main(command.flags)
}
