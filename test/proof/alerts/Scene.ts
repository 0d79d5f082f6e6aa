/**
 * What is made to happen, and what came of it. Each scene takes the alerts that it is about from the contract, brings them
 * about, and measures when their owner was told of their beginning and their end.
 */
import type { Alert } from "@surety/ops"
import * as CircuitAlerts from "@surety/ops/alerts/CircuitAlerts"
import * as ContractAlerts from "@surety/ops/alerts/ContractAlerts"
import * as CredentialAlerts from "@surety/ops/alerts/CredentialAlerts"
import * as SloAlerts from "@surety/ops/alerts/SloAlerts"
import * as Declared from "./Declared.ts"
import type { Rig } from "./Rig.ts"
import * as TimeScale from "./TimeScale.ts"

export const names = ["outage", "flapping", "credential", "absence"] as const

export type Name = (typeof names)[number]

/**
 * An alert in a scene. `script`: what the scene is to do to it. `inhibitors`: what the declared inhibitions keep it back for,
 * among the alerts of the scene. Times are seconds since its cause began, and since that ended; `undefined` is never.
 */
export interface Observed {
  readonly scene: Name
  readonly rule: Alert.Alert
  readonly script: "told" | "told, then held back" | "held back"
  readonly inhibitors: ReadonlyArray<Alert.Alert>
  readonly firedAfterSeconds: number | undefined
  readonly resolvedAfterSeconds: number | undefined
  readonly heldBackBy: ReadonlyArray<Alert.Alert>
}

/** Whether it came as it was declared. */
export const holds = ({
  firedAfterSeconds,
  heldBackBy,
  inhibitors,
  resolvedAfterSeconds,
  script
}: Observed): boolean => {
  const isTold = firedAfterSeconds !== undefined && resolvedAfterSeconds !== undefined
  const isHeldBack = heldBackBy.length > 0 && heldBackBy.every((source) => inhibitors.includes(source))
  switch (script) {
    case "told":
      return isTold && heldBackBy.length === 0
    case "told, then held back":
      return isTold && isHeldBack
    case "held back":
      return firedAfterSeconds === undefined && isHeldBack
  }
}

/** What a scene did, and what else its cause may bring about: nothing but that may be told because of it. */
export interface Played {
  readonly observed: ReadonlyArray<Observed>
  readonly also: ReadonlyArray<Alert.Alert>
}

/** `overAt`: when the scene turns to something else; never by default. */
interface Plan {
  readonly rule: Alert.Alert
  readonly script: Observed["script"]
  readonly beganAt: number
  readonly endedAt: number
  readonly overAt?: number
}

const observe = (rig: Rig, scene: Name, plans: ReadonlyArray<Plan>): ReadonlyArray<Observed> => {
  const rules = plans.map(({ rule }) => rule)
  return plans.map(({ beganAt, endedAt, overAt = Infinity, rule, script }) => {
    const since = (told: { readonly atMillis: number } | undefined, from: number): number | undefined =>
      told === undefined || told.atMillis >= overAt ? undefined : Math.round((told.atMillis - from) / 100) / 10
    const heldBack = rig.heldBack.filter((one) => one.rule === rule && one.atMillis >= beganAt && one.atMillis < overAt)
    return {
      scene,
      rule,
      script,
      inhibitors: Declared.inhibitors(rig.declared, rule, rules),
      firedAfterSeconds: since(rig.message(rule, "firing", beganAt), beganAt),
      resolvedAfterSeconds: since(rig.message(rule, "resolved", endedAt), endedAt),
      heldBackBy: [...new Set(heldBack.flatMap(({ by }) => by))]
    }
  })
}

/** Waits until nothing is left of these from an earlier scene. */
const quiet = async (rig: Rig, rules: ReadonlyArray<Alert.Alert>): Promise<void> => {
  await rig.until(async () => !(await rig.active()).some(({ rule }) => rule !== undefined && rules.includes(rule)))
}

const told = (rig: Rig, rule: Alert.Alert, since: number): Promise<boolean> =>
  rig.until(() => rig.message(rule, "firing", since) !== undefined)

const resolved = (rig: Rig, rule: Alert.Alert, since: number): Promise<boolean> =>
  rig.until(() => rig.message(rule, "resolved", since) !== undefined)

const seconds = (from: number): string => `${((performance.now() - from) / 1_000).toFixed(1)} s`

/** The burn of the availability that is noticed first. */
const fastBurn = ({ contract, rules }: Declared.Declared): Alert.Alert => {
  const millis = ({ labels }: Alert.Alert): number => TimeScale.parse(labels["long"] ?? "")
  const [first] = rules
    .filter(({ labels, name }) => name === SloAlerts.burn && labels["slo"] === "availability")
    .sort((a, b) => millis(a) - millis(b))
  if (first === undefined) throw new RangeError(`${contract.id} declares no alert about its availability`)
  return first
}

/**
 * The same promise, seen over other windows: how much of them an outage fills depends on what came before it, and with it
 * whether they are told.
 */
const otherWindows = ({ rules }: Declared.Declared): ReadonlyArray<Alert.Alert> =>
  rules.filter(
    ({ labels, name }) => [SloAlerts.burn, SloAlerts.exhausted].includes(name) && labels["slo"] === "availability"
  )

/** The provider is down until both pages came, and up again until both are over. */
const outage = async (rig: Rig): Promise<Played> => {
  const open = Declared.rule(rig.declared, CircuitAlerts.open)
  const burn = fastBurn(rig.declared)
  await quiet(rig, [open, burn])
  const beganAt = rig.provider.down()
  rig.options.progress("  the provider answers 503 to everything")
  await Promise.all(
    [open, burn].map(async (rule) => {
      if (await told(rig, rule, beganAt)) rig.options.progress(`  ${rule.id}: told after ${seconds(beganAt)}`)
    })
  )
  const endedAt = rig.provider.up()
  rig.options.progress("  the provider is well again")
  await Promise.all(
    [open, burn].map(async (rule) => {
      if (await resolved(rig, rule, endedAt)) rig.options.progress(`  ${rule.id}: over after ${seconds(endedAt)}`)
    })
  )
  const plans = [open, burn].map((rule): Plan => ({ rule, script: "told", beganAt, endedAt }))
  return { observed: observe(rig, "outage", plans), also: otherWindows(rig.declared) }
}

/** More often than any rule asks for. */
const mostBlips = 20

/** The provider comes and goes until that is a ticket, then stays away until its outage keeps the ticket back. */
const flapping = async (rig: Rig): Promise<Played> => {
  const open = Declared.rule(rig.declared, CircuitAlerts.open)
  const flaps = Declared.rule(rig.declared, CircuitAlerts.flapping)
  await quiet(rig, [open, flaps])
  const opened = (): Promise<number> =>
    rig.shop.read("integration_circuit_breaker_transitions", { from: "closed", to: "open" })
  const isClosed = async (): Promise<boolean> =>
    (await rig.shop.read("integration_circuit_breaker_state", { state: "closed" })) === 1
  const beganAt = performance.now()
  let blips = 0
  while (blips < mostBlips && !(await rig.isFiring(flaps))) {
    blips++
    const before = await opened()
    rig.provider.down()
    await rig.until(async () => (await opened()) > before)
    rig.provider.up()
    await rig.until(isClosed)
    // a circuit that was closed for a scrape
    await rig.pause(2 * rig.scrapeMillis)
  }
  const endedAt = performance.now()
  rig.options.progress(`  the provider came and went ${blips} times`)
  await told(rig, flaps, beganAt)
  rig.options.progress(`  ${flaps.id}: told after ${seconds(beganAt)}`)
  const downAt = rig.provider.down()
  await told(rig, open, downAt)
  await rig.until(() => rig.wasHeldBack(flaps, open, downAt))
  rig.options.progress(`  ${flaps.id}: held back by ${open.id} after ${seconds(downAt)}`)
  const upAt = rig.provider.up()
  await Promise.all([resolved(rig, open, upAt), resolved(rig, flaps, endedAt)])
  rig.options.progress(`  ${flaps.id}: over after ${seconds(endedAt)}`)
  const observed = observe(rig, "flapping", [
    { rule: flaps, script: "told, then held back", beganAt, endedAt },
    { rule: open, script: "told", beganAt: downAt, endedAt: upAt }
  ])
  return { observed, also: otherWindows(rig.declared) }
}

/**
 * The key cannot be read any more. While the one at hand is good, an outage is told as ever; when that ends, the key is told
 * of, and not the burn that it causes.
 */
const credential = async (rig: Rig): Promise<Played> => {
  const refresh = Declared.rule(rig.declared, CredentialAlerts.refreshFailing)
  const unusable = Declared.rule(rig.declared, CredentialAlerts.unavailable)
  const open = Declared.rule(rig.declared, CircuitAlerts.open)
  const burn = fastBurn(rig.declared)
  await quiet(rig, [refresh, unusable, open, burn])
  rig.shop.takeKey()
  const beganAt = performance.now()
  rig.options.progress("  the file with the key is gone; calls go on with the key at hand")
  const lever = pulled(rig)
  await told(rig, refresh, beganAt)
  rig.options.progress(`  ${refresh.id}: told after ${seconds(beganAt)}`)
  const downAt = rig.provider.down()
  await Promise.all([open, burn].map((rule) => told(rig, rule, downAt)))
  rig.options.progress(`  the provider is down too: ${open.id} and ${burn.id} told after ${seconds(downAt)}`)
  const upAt = rig.provider.up()
  await Promise.all([open, burn].map((rule) => resolved(rig, rule, upAt)))
  await quiet(rig, [burn])
  await lever.letGo()

  const goodForMillis = 5_000 + rig.scaled(60_000)
  rig.shop.putKey(goodForMillis)
  const overAt = performance.now()
  // a source that failed for long is asked seldom
  await rig.shop.renew()
  await rig.until(() => rig.shop.knowsAnEnd())
  rig.shop.takeKey()
  await rig.until(() => rig.shop.lacksKey())
  const lackedAt = performance.now()
  rig.options.progress("  the key at hand has ended: calls are refused")
  await told(rig, unusable, lackedAt)
  rig.options.progress(`  ${unusable.id}: told after ${seconds(lackedAt)}`)
  await rig.until(() => rig.wasHeldBack(burn, unusable, lackedAt))
  rig.options.progress(`  ${burn.id}: held back after ${seconds(lackedAt)}`)
  rig.shop.putKey()
  const endedAt = performance.now()
  if (rig.options.scale > 1) await rig.shop.renew()
  await Promise.all([refresh, unusable].map((rule) => resolved(rig, rule, endedAt)))
  rig.options.progress(`  ${unusable.id}: over after ${seconds(endedAt)}`)
  const observed = observe(rig, "credential", [
    { rule: refresh, script: "told", beganAt, endedAt: overAt },
    { rule: open, script: "told", beganAt: downAt, endedAt: upAt, overAt },
    { rule: burn, script: "told", beganAt: downAt, endedAt: upAt, overAt },
    { rule: unusable, script: "told", beganAt: lackedAt, endedAt },
    { rule: burn, script: "held back", beganAt: lackedAt, endedAt }
  ])
  return { observed, also: otherWindows(rig.declared) }
}

/**
 * The patience with which a source that failed is asked again is the program's and no duration of the rules: where those are
 * shortened, somebody asks by hand, ten times in the window that is a quarter of an hour.
 */
const pulled = (rig: Rig): { readonly letGo: () => Promise<void> } => {
  let isHeld = rig.options.scale > 1
  const pull = async (): Promise<void> => {
    while (isHeld) {
      await rig.shop.renew()
      await new Promise((done) => setTimeout(done, rig.scaled(90_000)))
    }
  }
  const pulling = pull()
  return {
    letGo: () => {
      isHeld = false
      return pulling
    }
  }
}

/** The shop is killed, and started again. */
const absence = async (rig: Rig): Promise<Played> => {
  const absent = Declared.rule(rig.declared, ContractAlerts.absent)
  await quiet(rig, [absent])
  await rig.shop.kill()
  const beganAt = performance.now()
  rig.options.progress("  the shop was killed")
  await told(rig, absent, beganAt)
  rig.options.progress(`  ${absent.id}: told after ${seconds(beganAt)}`)
  await rig.shop.open()
  const endedAt = performance.now()
  await resolved(rig, absent, endedAt)
  rig.options.progress(`  ${absent.id}: over after ${seconds(endedAt)}`)
  return { observed: observe(rig, "absence", [{ rule: absent, script: "told", beganAt, endedAt }]), also: [] }
}

export const play: Readonly<Record<Name, (rig: Rig) => Promise<Played>>> = {
  outage,
  flapping,
  credential,
  absence
}
