/**
 * Programs of the benches in processes of their own. A case that shared a process with another would inherit its heap,
 * its compiled code and its timers.
 *
 * The other side is `Measurement.ts` for measuring programs, and the files under `servers/`.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Collector from "./Collector.ts"

/** What a measuring program says. */
export type Message<A> =
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Value"; readonly value: A }
  /** the measured window, in milliseconds since the process began */
  | { readonly _tag: "Ended"; readonly from: number; readonly to: number }

/** A running measuring program that does one turn each time it is asked. */
export interface Program<A> {
  readonly turn: () => Promise<A>
  /** Ends the program and says what its collector did over all turns. */
  readonly end: () => Promise<Collector.Collected>
}

const start = (program: string, args: ReadonlyArray<string>, flags: ReadonlyArray<string>): ChildProcess => {
  const path = fileURLToPath(new URL(`../${program}`, import.meta.url))
  return spawn(process.execPath, [...flags, path, ...args], { stdio: ["ignore", "pipe", "pipe", "ipc"] })
}

/** Starts `program` (relative to `bench/`) and waits until it is warm; fails with what it printed when it ends badly. */
export const open = async <A>(program: string, args: ReadonlyArray<string>): Promise<Program<A>> => {
  const child = start(program, args, Collector.flags)
  let out = ""
  let err = ""
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (out += chunk))
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (err += chunk))
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve))
  const failed = closed.then((code): never => {
    throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${Collector.withoutTrace(out)}\n${err}`)
  })
  failed.catch(() => {})
  const hear = <Tag extends Message<A>["_tag"]>(tag: Tag) =>
    Promise.race([
      new Promise<Extract<Message<A>, { readonly _tag: Tag }>>((resolve) => {
        const listen = (message: unknown) => {
          if ((message as Message<A>)._tag !== tag) return
          child.off("message", listen)
          resolve(message as Extract<Message<A>, { readonly _tag: Tag }>)
        }
        child.on("message", listen)
      }),
      failed
    ])
  await hear("Ready")
  return {
    turn: async () => {
      const value = hear("Value")
      child.send("turn")
      return (await value).value
    },
    end: async () => {
      const ended = hear("Ended")
      child.send("end")
      const { from, to } = await ended
      await closed
      return Collector.collected(out, from, to)
    }
  }
}

/** Runs a program for a single turn. */
export const measure = async <A>(program: string, args: ReadonlyArray<string>): Promise<A> => {
  const opened = await open<A>(program, args)
  const value = await opened.turn()
  await opened.end()
  return value
}

/** A server program of `bench/servers`. */
export interface Server {
  readonly url: string
  readonly adminUrl: string
  readonly close: () => void
}

/** Starts a server, which sends `{ port, adminPort }` once it listens. */
export const serve = (program: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const child = start(program, [], [])
    child.stderr?.pipe(process.stderr)
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)))
    child.once("message", (message) => {
      const { adminPort, port } = message as { readonly port: number; readonly adminPort?: number }
      resolve({
        url: `http://127.0.0.1:${port}`,
        adminUrl: `http://127.0.0.1:${adminPort ?? port}`,
        close: () => child.disconnect()
      })
    })
  })
