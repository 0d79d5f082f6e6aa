/**
 * Cuts a byte stream into elements: JSON lines, server-sent events, or the bytes as they come.
 *
 * Neighbours: `HttpStream` decodes the elements. Pure, but for the bytes it still holds.
 *
 * @source WHATWG HTML, section 9.2 (server-sent events); NDJSON specification 1.0
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Splitter {
  /** characters that are held back until their element is whole */
  readonly held: () => number
  readonly push: (chunk: Uint8Array) => ReadonlyArray<unknown>
  readonly end: () => ReadonlyArray<unknown>
}

/** An element that is not JSON; no schema accepts it. */
const malformed = Symbol.for("surety/malformed")

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (kind: "ndjson" | "sse" | "bytes"): Splitter =>
  kind === "bytes" ? { held: () => 0, push: (chunk) => [chunk], end: () => [] } : kind === "ndjson" ? lines() : events()

/** No separator is longer. */
const longest = 4

const reader = (separator: RegExp) => {
  const decoder = new TextDecoder()
  // what is held is searched once, however many chunks it came in
  let held: Array<string> = []
  let length = 0
  let tail = ""
  const hold = (text: string, before: string): void => {
    held.push(text)
    length += text.length
    tail = (before + text).slice(1 - longest)
  }
  const cut = (text: string): ReadonlyArray<string> => {
    if (!separator.test(tail + text)) {
      hold(text, tail)
      return []
    }
    const parts = (held.join("") + text).split(separator)
    held = []
    length = 0
    hold(parts.pop() ?? "", "")
    return parts
  }
  return {
    held: () => length,
    push: (chunk: Uint8Array) => cut(decoder.decode(chunk, { stream: true })),
    end: () => {
      const parts = [...cut(decoder.decode()), held.join("")]
      held = []
      length = 0
      tail = ""
      return parts
    }
  }
}

const lines = (): Splitter => {
  const read = reader(/\r?\n/)
  const parse = (found: ReadonlyArray<string>) => found.filter((line) => line.trim() !== "").map(json)
  return { held: read.held, push: (chunk) => parse(read.push(chunk)), end: () => parse(read.end()) }
}

const events = (): Splitter => {
  const read = reader(/\r?\n\r?\n|\r\r/)
  const parse = (found: ReadonlyArray<string>) => found.flatMap(event)
  // an event that the stream's end cuts off is not dispatched
  return { held: read.held, push: (chunk) => parse(read.push(chunk)), end: () => parse(read.end().slice(0, -1)) }
}

const event = (block: string): ReadonlyArray<unknown> => {
  const data: Array<string> = []
  let name = "message"
  let id: string | undefined
  for (const line of block.split(/\r?\n|\r/)) {
    if (line.startsWith(":")) continue
    const at = line.indexOf(":")
    const field = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "")
    if (field === "data") data.push(value)
    else if (field === "event") name = value
    else if (field === "id") id = value
  }
  return data.length === 0 ? [] : [{ id, event: name, data: data.join("\n") }]
}

const json = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return malformed
  }
}
