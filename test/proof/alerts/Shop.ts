/** The order service, seen from the proof: started, scraped, killed without warning, and started again where it was. */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Child } from "../credentials/Child.ts"

export interface ShopConfig {
  readonly name: string
  readonly providerUrl: string
  /** 0: any that is free */
  readonly port: number
  readonly keyFile: string
  readonly recheckMillis: number
  readonly ordersPerSecond: number
}

export interface Orders {
  readonly taken: number
  readonly charged: number
  readonly declined: number
}

export interface Options extends Pick<ShopConfig, "providerUrl" | "recheckMillis" | "ordersPerSecond"> {
  readonly folder: string
  readonly apiKey: string
}

export class Shop implements AsyncDisposable {
  readonly #options: Options
  readonly #keyFile: string
  #child: Child | undefined
  #starts = 0
  /** Where its metrics are. */
  url = ""

  constructor(options: Options) {
    this.#options = options
    this.#keyFile = join(options.folder, "key")
    this.putKey()
  }

  /** The second time on the same port. */
  async open(): Promise<void> {
    const child = new Child("the shop", "../alerts/shop-process.ts")
    this.#child = child
    const { ordersPerSecond, providerUrl, recheckMillis } = this.#options
    const config: ShopConfig = {
      name: `order-${++this.#starts}`,
      providerUrl,
      port: this.url === "" ? 0 : Number(new URL(this.url).port),
      keyFile: this.#keyFile,
      recheckMillis,
      ordersPerSecond
    }
    await child.ask("start", config)
    this.url = await child.next<string>("listening")
  }

  /** `SIGKILL`: it says no goodbye to anybody. */
  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  async orders(): Promise<Orders> {
    return this.#child === undefined ? { taken: 0, charged: 0, declined: 0 } : this.#child.ask("orders")
  }

  /** The lever of whoever is on duty: asks the source of the key now, however patient the program is. */
  async renew(): Promise<void> {
    await this.#child?.ask("renew")
  }

  /** Without an end, unless there is one. */
  putKey(goodForMillis?: number): void {
    const expiresAt = goodForMillis === undefined ? undefined : new Date(Date.now() + goodForMillis).toISOString()
    writeFileSync(this.#keyFile, JSON.stringify({ current: this.#options.apiKey, expiresAt }))
  }

  takeKey(): void {
    rmSync(this.#keyFile)
  }

  /** Whether the key at hand is one that ends. */
  async knowsAnEnd(): Promise<boolean> {
    return (await this.read("integration_credential_expiry_time", {})) > 0
  }

  /** Whether there is no key that may be sent. */
  async lacksKey(): Promise<boolean> {
    return (await this.read("integration_credential_state", { state: "unavailable" })) === 1
  }

  /** The sum of the series of a metric that have these labels. */
  async read(metric: string, labels: Readonly<Record<string, string>>): Promise<number> {
    const page = await (await fetch(this.url, { signal: AbortSignal.timeout(5_000) })).text()
    let sum = 0
    for (const line of page.split("\n")) {
      const [, name, inner = "", value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? []
      if (name !== metric || !Object.entries(labels).every(([key, text]) => inner.includes(`${key}="${text}"`)))
        continue
      sum += Number(value)
    }
    return sum
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.stop()
  }
}
