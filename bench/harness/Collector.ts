/**
 * What a process's garbage collector did in a window of time, read from the trace it prints (`--trace-gc-nvp`): bytes
 * allocated, and bytes that outlived minor collections. Counts, so they hold on a busy machine. Pure.
 */
export interface Collected {
  readonly allocatedBytes: number
  /** bytes that outlived minor collections and were moved to the old generation */
  readonly promotedBytes: number
}

/** The flags under which a process prints its trace and can close its account. */
export const flags = ["--expose-gc", "--trace-gc-nvp"]

const line = /^\[\d+:0x[0-9a-f:]+\]\s+(\d+) ms: pause=.* gc=(\w+) .* allocated=(\d+) promoted=(\d+)/

/** Sums up what a trace says between two times, in milliseconds since the process began. */
export const collected = (trace: string, from: number, to: number): Collected => {
  let allocatedBytes = 0
  let promotedBytes = 0
  for (const text of trace.split("\n")) {
    const match = line.exec(text)
    if (match === null) continue
    const [at, kind, allocated, promoted] = [Number(match[1]), match[2], Number(match[3]), Number(match[4])]
    if (at < from || at > to) continue
    allocatedBytes += allocated
    if (kind === "s") promotedBytes += promoted
  }
  return { allocatedBytes, promotedBytes }
}

/** Everything a process printed but its trace. */
export const withoutTrace = (printed: string): string =>
  printed
    .split("\n")
    .filter((text) => !text.includes(" ms: pause="))
    .join("\n")
