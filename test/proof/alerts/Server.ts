/** A server of somebody else's (Prometheus, Alertmanager) as a child: started when it says that it is ready, ended with the run. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("server-process.ts", import.meta.url))

export class Server implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  #said = ""

  private constructor(url: string, command: string, args: ReadonlyArray<string>) {
    this.url = url
    this.#process = spawn(process.execPath, [program, command, ...args], { stdio: ["ignore", "pipe", "pipe", "ipc"] })
    this.#ended = once(this.#process, "exit")
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => (this.#said = (this.#said + chunk).slice(-8_000)))
    }
  }

  /** Runs a command on a free port of loopback, and waits for `/-/ready`. */
  static async start(command: string, args: (address: string) => ReadonlyArray<string>): Promise<Server> {
    const address = `127.0.0.1:${await freePort()}`
    const server = new Server(`http://${address}`, command, args(address))
    const giveUpAt = performance.now() + 20_000
    while (!(await answers(`${server.url}/-/ready`))) {
      if (server.#process.exitCode !== null || performance.now() > giveUpAt) {
        await server[Symbol.asyncDispose]()
        throw new Error(`${command} did not start\n${server.#said}`)
      }
      await new Promise((done) => setTimeout(done, 50))
    }
    return server
  }

  async get<A>(path: string): Promise<A> {
    const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(5_000) })
    if (!response.ok) throw new Error(`${this.url}${path} answered ${response.status}`)
    return (await response.json()) as A
  }

  /** `POST` without a body. */
  async post(path: string): Promise<void> {
    const response = await fetch(`${this.url}${path}`, { method: "POST", signal: AbortSignal.timeout(5_000) })
    if (!response.ok) throw new Error(`${this.url}${path} answered ${response.status}: ${await response.text()}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    if (this.#process.connected) this.#process.disconnect()
    await this.#ended
  }
}

/** A port that nobody has at the moment. */
const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false
  )
