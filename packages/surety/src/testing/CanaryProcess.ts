/**
 * What a process writes while a program runs: standard output and error, the global console, warnings, and errors that
 * nobody handled.
 *
 * It listens and passes on; it changes nothing of what the process does. Runs that overlap hear each other.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { format } from "node:util"
import type { Sink } from "./CanarySinks.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Hear = (sink: Sink, where: string, said: unknown) => void

const ears = new Set<Hear>()
let stop: (() => void) | undefined

/**
 * Listens until the returned function is called.
 *
 * @category running
 * @since 0.1.0
 */
export const listen = (hear: Hear): (() => void) => {
  // a set knows one function once, and two runs may bring the same one
  const ear: Hear = (sink, where, said) => hear(sink, where, said)
  ears.add(ear)
  stop ??= start()
  return () => {
    ears.delete(ear)
    if (ears.size > 0) return
    stop?.()
    stop = undefined
  }
}

const tell: Hear = (sink, where, said) => {
  for (const ear of ears) ear(sink, where, said)
}

const start = (): (() => void) => {
  const ends = [stream("stdout"), stream("stderr"), ...methods.map(consoleMethod)]
  const onWarning = (warning: Error): void => tell("process", "warning", warning)
  const onRejection = (reason: unknown): void => tell("process", "unhandled rejection", reason)
  const onError = (error: unknown): void => tell("process", "uncaught error", error)
  process.on("warning", onWarning)
  process.on("uncaughtExceptionMonitor", onError)
  // where nobody listens, a rejection ends the process, and the monitor above hears of it
  if (process.listenerCount("unhandledRejection") > 0) process.on("unhandledRejection", onRejection)
  return () => {
    process.off("warning", onWarning)
    process.off("uncaughtExceptionMonitor", onError)
    process.off("unhandledRejection", onRejection)
    for (const end of ends) end()
  }
}

const decoder = new TextDecoder()

const stream = (name: "stdout" | "stderr"): (() => void) => {
  const target = process[name]
  const own = Object.getOwnPropertyDescriptor(target, "write")
  const write = target.write
  // the overloads differ in what follows the text
  target.write = function (this: NodeJS.WriteStream, ...args: ReadonlyArray<unknown>): boolean {
    const [chunk] = args
    tell(name, "written", chunk instanceof Uint8Array ? decoder.decode(chunk) : String(chunk))
    return Reflect.apply(write, this, args) as boolean
  } as typeof target.write
  return () => {
    if (own === undefined) Reflect.deleteProperty(target, "write")
    else Object.defineProperty(target, "write", own)
  }
}

const methods = ["log", "info", "debug", "warn", "error", "trace", "dir", "table", "group"] as const

const consoleMethod = (name: (typeof methods)[number]): (() => void) => {
  const { console } = globalThis
  const own = Object.getOwnPropertyDescriptor(console, name)
  const write: unknown = console[name]
  if (typeof write !== "function") return () => {}
  Object.defineProperty(console, name, {
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? true,
    value: (...args: ReadonlyArray<unknown>) => {
      tell("console", `console.${name}`, format(...args))
      return Reflect.apply(write, console, args) as unknown
    }
  })
  return () => {
    if (own === undefined) Reflect.deleteProperty(console, name)
    else Object.defineProperty(console, name, own)
  }
}
