/** What the test runner would write into a snapshot: its own printer, reached through a serializer. */
import { expect } from "vitest"

class Probe {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

let printed = ""

expect.addSnapshotSerializer({
  test: (value) => value instanceof Probe,
  serialize: (probe: Probe, config, indentation, depth, refs, printer) => {
    printed = printer(probe.value, config, indentation, depth, refs)
    return "seen"
  }
})

export const snapshot = (value: unknown): string => {
  printed = ""
  expect(new Probe(value)).toMatchInlineSnapshot(`seen`)
  return printed
}
