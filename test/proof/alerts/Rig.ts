/**
 * Everything that a run needs, started and connected: provider, shop, Prometheus, Alertmanager and whoever is told. Files
 * are in a folder of its own, servers on free ports of loopback; all of it is gone when the run ends.
 */
import { type Alert, AlertManager } from "@surety/ops"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type * as Contract from "surety/Contract"
import * as Declared from "./Declared.ts"
import { Provider } from "./Provider.ts"
import { Receiver, type Told } from "./Receiver.ts"
import { Server } from "./Server.ts"
import { Shop } from "./Shop.ts"
import * as TimeScale from "./TimeScale.ts"
import * as Tools from "./Tools.ts"

export interface Options {
  readonly contract: Contract.Any
  /** by what the durations of rules and routes are divided */
  readonly scale: number
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/** An alert that Alertmanager kept back, and what for. */
export interface HeldBack {
  readonly atMillis: number
  readonly rule: Alert.Alert
  readonly by: ReadonlyArray<Alert.Alert>
}

/** Where Alertmanager lists what it has. */
interface Listed {
  readonly fingerprint: string
  readonly labels: Declared.Labels
  readonly status: { readonly state: string; readonly inhibitedBy: ReadonlyArray<string> }
}

/** What Prometheus knows of its rules. */
interface RuleHealth {
  readonly data: {
    readonly groups: ReadonlyArray<{
      readonly rules: ReadonlyArray<{ readonly name: string; readonly health: string; readonly lastError?: string }>
    }>
  }
}

const apiKey = "sk_test_fake"

/** Orders that are placed anew each second; those that the outage refused come again on top. */
const ordersPerSecond = 5

export class Rig implements AsyncDisposable {
  readonly options: Options
  readonly declared: Declared.Declared
  readonly scrapeMillis: number
  readonly heldBack: Array<HeldBack> = []
  readonly #open = new AsyncDisposableStack()
  #parts:
    | {
        readonly provider: Provider
        readonly shop: Shop
        readonly receiver: Receiver
        readonly prometheus: Server
        readonly alertmanager: Server
      }
    | undefined

  constructor(options: Options) {
    this.options = options
    this.declared = Declared.of(options.contract)
    this.scrapeMillis = scrapeMillisAt(options.scale)
  }

  get provider(): Provider {
    return this.#started.provider
  }

  get shop(): Shop {
    return this.#started.shop
  }

  get told(): ReadonlyArray<Told> {
    return this.#started.receiver.told
  }

  get #started() {
    if (this.#parts === undefined) throw new Error("the rig was not started")
    return this.#parts
  }

  async start(): Promise<void> {
    const { contract, scale } = this.options
    const folder = mkdtempSync(join(tmpdir(), "surety-proof-"))
    this.#open.defer(() => rmSync(folder, { recursive: true, force: true }))
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const receiver = this.#open.use(await Receiver.listen())
    const provider = this.#open.use(await Provider.serve())
    const recheckMillis = Math.max(200, 5_000 / scale)
    const shop = this.#open.use(new Shop({ folder, apiKey, providerUrl: provider.url, recheckMillis, ordersPerSecond }))
    await shop.open()

    const routes = write("alertmanager.yml", TimeScale.alertmanager(routed(contract, receiver.url), scale))
    const alertmanager = this.#open.use(
      await Server.start(Tools.alertmanager, (address) => [
        `--config.file=${routes}`,
        `--storage.path=${join(folder, "alertmanager")}`,
        `--web.listen-address=${address}`,
        "--cluster.listen-address="
      ])
    )
    const rules = write("rules.yml", "groups: []\n")
    const config = write(
      "prometheus.yml",
      // JSON is YAML
      JSON.stringify({
        global: { scrape_interval: `${this.scrapeMillis}ms`, evaluation_interval: `${this.scrapeMillis}ms` },
        rule_files: [rules],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
        scrape_configs: [{ job_name: "shop", static_configs: [{ targets: [new URL(shop.url).host] }] }]
      })
    )
    const prometheus = this.#open.use(
      await Server.start(Tools.prometheus, (address) => [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "prometheus")}`,
        `--web.listen-address=${address}`,
        "--web.enable-lifecycle",
        "--log.level=warn"
      ])
    )
    this.#parts = { provider, shop, receiver, prometheus, alertmanager }
    this.#watch()
    // Prometheus looks for its targets every 5 s: with minutes that last a second, nobody to be seen would be an alert
    if (!(await this.until(() => this.isScraped()))) throw new Error("Prometheus does not scrape the shop")
    write("rules.yml", TimeScale.rules(contract, scale))
    await prometheus.post("/-/reload")
  }

  /** Whether it came true before `patience` was over; looks several times a second. */
  async until(condition: () => boolean | Promise<boolean>, patienceMillis = this.patienceMillis): Promise<boolean> {
    const giveUpAt = performance.now() + patienceMillis
    for (;;) {
      this.options.signal.throwIfAborted()
      if (await condition()) return true
      if (performance.now() > giveUpAt) return false
      await this.pause(100)
    }
  }

  async pause(millis: number): Promise<void> {
    this.options.signal.throwIfAborted()
    await new Promise((done) => setTimeout(done, millis))
  }

  /** Time of the contract's, as long as it takes here. */
  scaled(millis: number): number {
    return millis / this.options.scale
  }

  /** An hour of the contract's: nothing that is waited for takes longer. */
  get patienceMillis(): number {
    return 30_000 + this.scaled(3_600_000)
  }

  /** The first message about a rule since a moment. */
  message(rule: Alert.Alert, status: Told["status"], sinceMillis: number): Told | undefined {
    return this.told.find(
      (one) =>
        one.atMillis >= sinceMillis && one.status === status && Declared.ruleOf(this.declared, one.labels) === rule
    )
  }

  wasHeldBack(rule: Alert.Alert, by: Alert.Alert, sinceMillis: number): boolean {
    return this.heldBack.some((one) => one.atMillis >= sinceMillis && one.rule === rule && one.by.includes(by))
  }

  /** The rules that Prometheus has an alert of, firing or about to. */
  async active(): Promise<ReadonlyArray<{ readonly rule: Alert.Alert | undefined; readonly state: string }>> {
    type Answer = { readonly data: { readonly alerts: ReadonlyArray<{ labels: Declared.Labels; state: string }> } }
    const { data } = await this.#started.prometheus.get<Answer>("/api/v1/alerts")
    return data.alerts.map(({ labels, state }) => ({ rule: Declared.ruleOf(this.declared, labels), state }))
  }

  async isFiring(rule: Alert.Alert): Promise<boolean> {
    return (await this.active()).some((one) => one.rule === rule && one.state === "firing")
  }

  /** What Prometheus could not evaluate. A group that is evaluated every few minutes is waited for. */
  async health(): Promise<{ readonly rules: number; readonly broken: ReadonlyArray<string> }> {
    const read = async () =>
      (await this.#started.prometheus.get<RuleHealth>("/api/v1/rules")).data.groups.flatMap(({ rules }) => rules)
    await this.until(async () => (await read()).every(({ health }) => health !== "unknown"))
    const rules = await read()
    const broken = rules
      .filter(({ health }) => health !== "ok")
      .map((one) => `${one.name}: ${one.lastError ?? one.health}`)
    return { rules: rules.length, broken }
  }

  async isScraped(): Promise<boolean> {
    type Answer = { readonly data: { readonly activeTargets: ReadonlyArray<{ readonly health: string }> } }
    const { data } = await this.#started.prometheus.get<Answer>("/api/v1/targets")
    return data.activeTargets.length > 0 && data.activeTargets.every(({ health }) => health === "up")
  }

  #watch(): void {
    let isOver = false
    const look = async (): Promise<void> => {
      while (!isOver) {
        // a look that fails is one of many
        const alerts = await this.#started.alertmanager.get<ReadonlyArray<Listed>>("/api/v2/alerts").catch(() => [])
        const atMillis = performance.now()
        for (const { labels, status } of alerts) {
          const rule = Declared.ruleOf(this.declared, labels)
          if (rule === undefined || status.state !== "suppressed") continue
          const by = status.inhibitedBy.flatMap((fingerprint) => {
            const source = alerts.find((one) => one.fingerprint === fingerprint)
            return source === undefined ? [] : (Declared.ruleOf(this.declared, source.labels) ?? [])
          })
          this.heldBack.push({ atMillis, rule, by })
        }
        await new Promise((done) => setTimeout(done, 250))
      }
    }
    const looking = look()
    this.#open.defer(async () => {
      isOver = true
      await looking
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync()
  }
}

/**
 * A scrape a second, and two where a window is a few seconds. A scrape may take as long as it is until the next: on a busy
 * machine more of them would be missed, and a shop that nobody hears of is an alert.
 */
const scrapeMillisAt = (scale: number): number => Math.max(500, Math.min(1_000, Math.round(10_000 / scale)))

/** The generated routes, with tickets told at the pace of pages: an hour would pass before the end of one is told. */
const routed = (contract: Contract.Any, url: string): AlertManager.Config => {
  const usual = AlertManager.make([contract], {})
  const webhook = { webhook_configs: [{ url, send_resolved: true }] }
  const { group_interval, group_wait, repeat_interval } = paceOf(
    usual,
    AlertManager.receiverName(contract.owner, "page")
  )
  return AlertManager.make([contract], {
    receivers: Object.fromEntries(usual.receivers.map(({ name }) => [name, webhook])),
    pace: { ticket: { group_interval, group_wait, repeat_interval } }
  })
}

const paceOf = ({ route }: AlertManager.Config, receiver: string): AlertManager.Pace => {
  const { group_interval, group_wait, repeat_interval } = route.routes?.find((one) => one.receiver === receiver) ?? {}
  if (group_interval === undefined || group_wait === undefined || repeat_interval === undefined) {
    throw new RangeError(`the route of '${receiver}' has no pace`)
  }
  return { group_interval, group_wait, repeat_interval }
}
