/**
 * The audit trail of a run: a file of one JSON line per event, to which every process appends before it goes on, so that
 * a process that is killed has written down what it said it did.
 */
import * as Layer from "effect/Layer"
import { createHmac } from "node:crypto"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { Audit } from "surety/credential"

/** `beside`: another auditor that is told the same. */
export const layer = (file: string, actor: string, beside?: Audit.Audit): Layer.Layer<never> =>
  Layer.succeed(Audit.Audit, {
    actor,
    record: (event) => {
      appendFileSync(file, `${JSON.stringify(event)}\n`)
      beside?.record(event)
    },
    fingerprint: (secret) => createHmac("sha256", "the auditor of the proof").update(secret).digest("hex").slice(0, 16)
  })

export const read = (file: string): ReadonlyArray<Audit.Event> =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Audit.Event)
    : []
