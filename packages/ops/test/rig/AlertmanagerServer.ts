/** A real Alertmanager on a free port of loopback, in a folder that is gone afterwards. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** An alert as the server has it. */
export interface Held {
  readonly labels: Readonly<Record<string, string>>
  readonly status: {
    readonly state: "active" | "suppressed" | "unprocessed"
    readonly inhibitedBy: ReadonlyArray<string>
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

export class AlertmanagerServer {
  readonly folder: string = mkdtempSync(join(tmpdir(), "surety-alertmanager-"))
  private server: ChildProcess | undefined
  private base = ""

  async start(config: string): Promise<void> {
    const port = await freePort()
    this.base = `http://127.0.0.1:${port}`
    writeFileSync(join(this.folder, "alertmanager.yml"), config)
    const args = [
      "--config.file=alertmanager.yml",
      "--storage.path=data",
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address="
    ]
    const server = spawn("prometheus-alertmanager", args, { cwd: this.folder, stdio: "ignore" })
    let failure: Error | undefined
    server.once("error", (error) => {
      failure = error
    })
    this.server = server
    for (let tries = 0; tries < 200; tries++) {
      const ready = await this.ask("/-/ready").then(
        ({ ok }) => ok,
        () => false
      )
      if (ready) return
      if (failure !== undefined) throw failure
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error("prometheus-alertmanager did not start")
  }

  async fire(alerts: ReadonlyArray<Readonly<Record<string, string>>>): Promise<void> {
    const body = JSON.stringify(alerts.map((labels) => ({ labels })))
    const answer = await this.ask("/api/v2/alerts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body
    })
    if (!answer.ok) throw new Error(`prometheus-alertmanager answers ${answer.status}`)
  }

  async held(): Promise<ReadonlyArray<Held>> {
    return (await (await this.ask("/api/v2/alerts")).json()) as ReadonlyArray<Held>
  }

  async stop(): Promise<void> {
    const { server } = this
    if (server?.pid !== undefined && server.exitCode === null) {
      const gone = new Promise((resolve) => server.once("exit", resolve))
      server.kill("SIGKILL")
      await gone
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  private ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.base + path, { ...init, signal: AbortSignal.timeout(5000) })
  }
}
