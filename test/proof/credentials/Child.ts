/**
 * A process of the proof, seen from the one that started it: asked over IPC, killed without warning, and heard in full.
 *
 * The other side is `Desk.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** What goes to a child. */
export interface Question {
  readonly id: number
  readonly command: string
  readonly body: unknown
}

/** What a child says: the answer to a question, or something that happened. */
export type Message =
  | { readonly _tag: "Answer"; readonly id: number; readonly value: unknown }
  | { readonly _tag: "Told"; readonly event: string; readonly body: unknown }

export class Child {
  private readonly process: ChildProcess
  readonly name: string
  private readonly ended: Promise<void>
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  private readonly heard = new Map<string, Array<unknown>>()
  private readonly listeners = new Map<string, (body: unknown) => void>()
  private lastId = 0
  /** All that the process has written to either stream. */
  said = ""

  /** Starts `program`, a file beside this one. It waits to be given its configuration: `ask("start", …)`. */
  constructor(name: string, program: string) {
    this.name = name
    const path = fileURLToPath(new URL(program, import.meta.url))
    this.process = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "pipe", "ipc"] })
    const ends: Array<Promise<unknown>> = [once(this.process, "exit")]
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream === null) continue
      stream.setEncoding("utf8").on("data", (chunk: string) => (this.said += chunk))
      ends.push(once(stream, "close"))
    }
    this.process.on("message", (message) => this.onMessage(message as Message))
    // `close` of the process itself does not come when its channel was let go here
    this.ended = Promise.all(ends).then(() => {
      const end = new Error(`${this.name} ended\n${this.said.slice(-4_000)}`)
      for (const { reject } of this.waiting.values()) reject(end)
      this.waiting.clear()
    })
  }

  /** Fails when the process ends first. */
  ask<A>(command: string, body?: unknown): Promise<A> {
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      const question: Question = { id, command, body }
      if (!this.process.connected) return reject(new Error(`${this.name} is gone`))
      this.process.send(question, (error) => error !== null && reject(error))
    })
  }

  /** The next time that the process tells of `event`, or the first that nobody has waited for. */
  next<A>(event: string): Promise<A> {
    const earlier = this.heard.get(event)
    if (earlier !== undefined && earlier.length > 0) return Promise.resolve(earlier.shift() as A)
    return new Promise((resolve) => this.listeners.set(event, resolve as (body: unknown) => void))
  }

  /** `SIGKILL`: nothing that the process had planned still happens. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL")
    await this.ended
  }

  /** Asks the process to close its scopes and end; kills it when it does not within `millis`. */
  async stop(millis = 5_000): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.ended
    const timer = setTimeout(() => this.process.kill("SIGKILL"), millis)
    if (this.process.connected) this.process.disconnect()
    await this.ended
    clearTimeout(timer)
  }

  private onMessage(message: Message): void {
    if (message._tag === "Answer") {
      this.waiting.get(message.id)?.resolve(message.value)
      this.waiting.delete(message.id)
      return
    }
    const listener = this.listeners.get(message.event)
    if (listener !== undefined) {
      this.listeners.delete(message.event)
      return listener(message.body)
    }
    const earlier = this.heard.get(message.event)
    if (earlier === undefined) this.heard.set(message.event, [message.body])
    else earlier.push(message.body)
  }
}
