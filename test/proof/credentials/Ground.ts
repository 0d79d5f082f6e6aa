/**
 * What the parts of a run share: a folder, the stores, every secret that was issued, and everything that was written.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Child } from "./Child.ts"
import { type Leak, Secrets, type Sink } from "./Secrets.ts"
import * as Stores from "./Stores.ts"

export class Ground {
  readonly folder = mkdtempSync(join(tmpdir(), "surety-proof-"))
  readonly secrets = new Secrets()
  /** Told about long work, one line at a time. */
  readonly progress: (line: string) => void
  private readonly started = new Map<Stores.Kind, Promise<Stores.Store>>()
  private readonly children: Array<Child> = []
  private readonly sinks: Array<Sink> = []
  private readonly trails = new Set<string>()

  constructor(progress: (line: string) => void = () => {}) {
    this.progress = (line) => {
      this.heard("the parent's log", line)
      progress(line)
    }
  }

  store(kind: Stores.Kind): Promise<Stores.Store> {
    const started = this.started.get(kind) ?? Stores.start(kind)
    this.started.set(kind, started)
    return started
  }

  /** Starts a process; what it says is searched, and it ends with the run at the latest. */
  async child(name: string, program: string, config: unknown): Promise<Child> {
    const child = new Child(name, program)
    this.children.push(child)
    await child.ask("start", config)
    return child
  }

  /** Something was written that is searched for secrets at the end. */
  heard(name: string, text: string): void {
    this.sinks.push({ name, text })
  }

  trail(file: string): void {
    this.trails.add(file)
  }

  private written(): ReadonlyArray<Sink> {
    return [
      ...this.sinks,
      ...this.children.map((child) => ({ name: `the output of ${child.name}`, text: child.said })),
      ...[...this.trails].map((file) => ({ name: "the audit trail", text: contents(file) }))
    ]
  }

  /** Where secrets that were issued during the run have been written. */
  leaks(): ReadonlyArray<Leak> {
    return this.secrets.search(this.written())
  }

  get searched(): { readonly secrets: number; readonly sinks: number; readonly characters: number } {
    const written = this.written()
    return {
      secrets: this.secrets.count,
      sinks: written.length,
      characters: written.reduce((all, { text }) => all + text.length, 0)
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.children.map((child) => child.stop()))
    const stores = await Promise.allSettled(this.started.values())
    await Promise.allSettled(stores.map((store) => (store.status === "fulfilled" ? store.value.close() : undefined)))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const contents = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
