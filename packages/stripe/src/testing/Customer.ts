/**
 * The customer: its shape on the wire.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Customer {
  readonly id: string
  readonly object: "customer"
  readonly address: null
  readonly balance: number
  readonly created: number
  readonly currency: null
  readonly customer_account: null
  readonly default_source: null
  readonly delinquent: false
  readonly description: string | null
  readonly discount: null
  readonly email: string | null
  readonly invoice_prefix: string
  readonly invoice_settings: {
    readonly custom_fields: null
    readonly default_payment_method: null
    readonly footer: null
    readonly rendering_options: null
  }
  readonly livemode: false
  readonly metadata: Readonly<Record<string, string>>
  readonly name: string | null
  readonly next_invoice_sequence: number
  readonly phone: string | null
  readonly preferred_locales: ReadonlyArray<string>
  readonly shipping: null
  readonly tax_exempt: "none" | "exempt" | "reverse"
  readonly test_clock: null
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  draft: Pick<
    Customer,
    "id" | "balance" | "created" | "description" | "email" | "metadata" | "name" | "phone" | "tax_exempt"
  >
): Customer => ({
  object: "customer",
  address: null,
  currency: null,
  customer_account: null,
  default_source: null,
  delinquent: false,
  discount: null,
  invoice_prefix: draft.id.slice(-8).toUpperCase(),
  invoice_settings: {
    custom_fields: null,
    default_payment_method: null,
    footer: null,
    rendering_options: null
  },
  livemode: false,
  next_invoice_sequence: 1,
  preferred_locales: [],
  shipping: null,
  test_clock: null,
  ...draft
})
