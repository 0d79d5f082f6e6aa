/**
 * A set of texts that the provider may extend: Stripe adds members to its enums in
 * released versions. The known ones are offered by the editor, an unknown one decodes.
 *
 * `Schema.Literals` almost does it; it would make each new member contract drift.
 *
 * @source https://docs.stripe.com/api/versioning (2026-11), backward-compatible changes
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * **Example** (Known and new)
 *
 * ```ts import.meta.vitest
 * import * as Schema from "effect/Schema"
 * import { openLiterals } from "@surety/stripe/OpenLiterals"
 *
 * Schema.decodeUnknownSync(openLiterals("automatic", "manual"))("manual_next_year") // => "manual_next_year"
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const openLiterals = <const L extends ReadonlyArray<string>>(
  ..._known: L
): Schema.Codec<L[number] | (string & {}), string> =>
  // every text decodes; the literals exist for the reader and the editor
  Schema.String as Schema.Codec<string, string> as Schema.Codec<L[number] | (string & {}), string>
