/**
 * How a request names what it pays with: an identifier in `payment_method`, or a card
 * number or test token in `payment_method_data[card]`.
 *
 * Nothing is saved: the fake knows the sandbox's test cards (`Card`) and those it was
 * given when it was made.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Card from "./Card.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Form from "./Form.ts"

/**
 * The identifier that is charged, `null` when the request names none.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (
  values: {
    readonly payment_method: string | undefined
    readonly payment_method_data: Form.FormRecord | undefined
  },
  cardOf: (paymentMethod: string) => Card.Card | undefined
): Result.Result<string | null, ErrorEnvelope.ErrorEnvelope> => {
  const { payment_method: id, payment_method_data: data } = values
  if (id !== undefined) {
    return cardOf(id) === undefined
      ? Result.fail(ErrorEnvelope.resourceMissing("payment_method", id, { param: "payment_method" }))
      : Result.succeed(id)
  }
  if (data === undefined) return Result.succeed(null)
  const number = Form.textAt(data["card"], "number")
  const found =
    number === undefined
      ? Form.textAt(data["card"], "token")?.replace(/^tok_/, "pm_card_")
      : Card.paymentMethodByNumber.get(number.replaceAll(" ", ""))
  return found === undefined || cardOf(found) === undefined
    ? Result.fail(
        ErrorEnvelope.invalidRequest("The sandbox knows no such card.", {
          code: "incorrect_number",
          param: "payment_method_data[card]"
        })
      )
    : Result.succeed(found)
}
