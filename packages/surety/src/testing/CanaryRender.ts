/**
 * The texts that people and tools make of a value: what they print, serialise, copy and inspect.
 *
 * Neighbours: `CanaryWalk` finds what no text shows. This file needs Node (`node:util`).
 *
 * @stability experimental
 * @since 0.1.0
 */
import { format, inspect } from "node:util"
import type { Piece } from "./CanaryForms.ts"
import type { Sink } from "./CanarySinks.ts"
import * as CanaryWalk from "./CanaryWalk.ts"

/**
 * A renderer of the caller's own, such as the serializer of a snapshot.
 *
 * @category models
 * @since 0.1.0
 */
export type Renderer = (value: unknown) => string

/**
 * Everything that is made of a value.
 *
 * **Details**   A text repeats what can be reached on several ways, once for each. Of a value with more than 2,000 objects in
 * it, such as a service, texts show the first 4 levels, and `renderers` are not asked; the walk sees all of it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const pieces = (
  value: unknown,
  name: string,
  renderers: Readonly<Record<string, Renderer>> = {}
): ReadonlyArray<Piece> => {
  const made: Array<Piece> = []
  const walked = CanaryWalk.walk(value, name)
  const isLarge = walked.objects > large
  const depth = isLarge ? 4 : Number.POSITIVE_INFINITY
  const add = adder(made, name)
  add("text", "String", () => String(value))
  if (value instanceof Error) {
    add("text", "message", () => value.message)
    add("text", "stack", () => value.stack)
  }
  add("json", "JSON.stringify", () => json(value, depth))
  add("inspect", "util.inspect", () => inspect(value))
  add("inspect", "util.inspect deep", () => inspect(value, { ...whole, depth }))
  add("inspect", "util.inspect raw", () => inspect(value, { ...raw, depth }))
  add("inspect", "%o", () => format("%o", value))
  add("clone", "structuredClone", () => {
    const copy: unknown = structuredClone(value)
    return CanaryWalk.walk(copy, name)
      .texts.map((found) => found.text)
      .join("\n")
  })
  for (const found of walked.texts) made.push({ sink: "properties", where: found.path, text: found.text })
  for (const [how, render] of isLarge ? [] : Object.entries(renderers)) add("render", how, () => render(value))
  return made
}

/**
 * What a sink that takes values, and not texts, can make of one: the renderings that see the most.
 *
 * @category conversions
 * @since 0.1.0
 */
export const received = (value: unknown, sink: Sink, name: string): ReadonlyArray<Piece> => {
  const made: Array<Piece> = []
  const walked = CanaryWalk.walk(value, name)
  const depth = walked.objects > large ? 4 : Number.POSITIVE_INFINITY
  const add = adder(made, name)
  add(sink, "String", () => String(value))
  add(sink, "JSON.stringify", () => json(value, depth))
  add(sink, "util.inspect deep", () => inspect(value, { ...whole, depth }))
  for (const found of walked.texts) made.push({ sink, where: found.path, text: found.text })
  return made
}

const adder =
  (made: Array<Piece>, name: string) =>
  (sink: Sink, how: string, write: () => string | undefined): void => {
    const where = `${name}, ${how}`
    try {
      const text = write()
      if (text !== undefined && text.length > 0) made.push({ sink, where, text })
    } catch (error) {
      // a renderer that fails may quote what it could not render
      for (const { text } of CanaryWalk.walk(error, how).texts) made.push({ sink, where, text })
    }
  }

/**
 * What a console writes for these arguments.
 *
 * @category conversions
 * @since 0.1.0
 */
export const line: (...args: ReadonlyArray<unknown>) => string = format

const large = 2_000

const whole = { maxArrayLength: null, maxStringLength: null }
const raw = { ...whole, showHidden: true, getters: true, customInspect: false }

/** As a logger writes it: a value that is met again on its own path is left out. */
const json = (value: unknown, depth: number): string | undefined => {
  const path: Array<unknown> = []
  return JSON.stringify(value, function (this: unknown, _key, item: unknown) {
    if (typeof item === "bigint") return String(item)
    if (typeof item !== "object" || item === null) return item
    while (path.length > 0 && path.at(-1) !== this) path.pop()
    if (path.includes(item) || path.length > depth) return "[not shown]"
    path.push(item)
    return item
  })
}
