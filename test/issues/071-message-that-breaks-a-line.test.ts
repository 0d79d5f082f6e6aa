// The message of a failure is a line of bounded length, whatever a provider put into its fields.
//
// A field that is a text went into the message as it came: a code of 8 MB made an event of 8 MB on the span, and one with a line
// break began another line of the log, in the provider's words.
import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Failure } from "surety"

class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String, tries: Schema.Number, final: Schema.Boolean, more: Schema.optional(Schema.String) }
}) {}

const messageOf = (code: string): string => new Declined({ code, tries: 2, final: true }).message

it("shows 500 letters of a field at most, all of them on one line and none that moves a cursor or turns the text", () => {
  assert.strictEqual(messageOf("grüße, 東京"), "Declined (code: grüße, 東京, tries: 2, final: true)")
  const forged = messageOf("a\n\u001b[31mERROR\r\u009b1A\u2028\u202eb")
  assert.strictEqual(forged, "Declined (code: a[31mERROR1A\u2028b, tries: 2, final: true)")
  assert.isBelow(messageOf("x".repeat(8_000_000)).length, 600)
})
