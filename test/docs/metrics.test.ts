// Every metric and log event that a provider makes stands in the guide, and the guide names no other.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { SignalName } from "surety/signals"
import { expect, it } from "vitest"
import { workspace } from "../../scripts/gate.ts"

const namesIn = (text: string): ReadonlyArray<string> =>
  [...new Set(Array.from(text.matchAll(/`((?:integration\.|http\.client\.)[a-z_.]+)`/g), (match) => match[1]!))].sort()

const isSignal = (u: unknown): u is SignalName.Signal => typeof u === "object" && u !== null && "kind" in u

it("finds the same names in the guide as in the catalogue, more than 40", () => {
  const made = Object.values(SignalName)
    .flatMap((one: unknown) => (isSignal(one) ? [one.name] : typeof one === "string" ? [one] : []))
    .concat(Object.values(SignalName.events))
    // those of a credential, of its trail and of exporters stand elsewhere, and all of them in docs/signals.md
    .filter((name) => /^(integration|http\.client)\./.test(name) && !/\.(credential|audit|telemetry)\b/.test(name))
  expect(made.length).toBeGreaterThan(40)
  expect(namesIn(readFileSync(join(workspace, "docs/guide/03-retries-and-time.md"), "utf8"))).toEqual(
    [...new Set(made)].sort()
  )
})

it("finds a name that only one of them has", () => {
  expect(namesIn("`integration.told` `http.client.both` `error.type`")).toEqual([
    "http.client.both",
    "integration.told"
  ])
})
