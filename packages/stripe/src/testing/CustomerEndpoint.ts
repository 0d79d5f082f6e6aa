/**
 * The endpoints under `/v1/customers`: create, retrieve.
 *
 * @source https://docs.stripe.com/api/customers (2026-10-28.endive)
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Customer from "./Customer.ts"
import * as Endpoint from "./Endpoint.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Parameter from "./Parameter.ts"

const { choice, flag, ignored, integer, metadata, text, unsupported } = Parameter

const create = Endpoint.make("POST", "/v1/customers", {
  permission: "customers:write",
  parameters: {
    address: ignored,
    balance: integer({ min: -99_999_999 }),
    business_name: text({ maxLength: 150 }),
    cash_balance: ignored,
    description: text(),
    email: text({ maxLength: 512 }),
    expand: unsupported,
    individual_name: text({ maxLength: 150 }),
    invoice_prefix: ignored,
    invoice_settings: ignored,
    metadata,
    name: text({ maxLength: 256 }),
    next_invoice_sequence: integer({ min: 1 }),
    payment_method: unsupported,
    phone: text({ maxLength: 20 }),
    preferred_locales: ignored,
    shipping: ignored,
    source: unsupported,
    tax: ignored,
    tax_exempt: choice(["none", "exempt", "reverse"]),
    tax_id_data: ignored,
    test_clock: unsupported,
    validate: flag
  },
  execute: (values, _id, execution) => {
    const customer = Customer.make({
      id: execution.identifiers("cus", 14),
      balance: values.balance ?? 0,
      created: Math.floor(execution.atMillis / 1000),
      description: values.description ?? null,
      email: values.email ?? null,
      metadata: values.metadata ?? {},
      name: values.name ?? null,
      phone: values.phone ?? null,
      tax_exempt: values.tax_exempt ?? "none"
    })
    execution.account.customers.put(customer)
    return Result.succeed(customer)
  }
})

const retrieve = Endpoint.make("GET", "/v1/customers/:id", {
  permission: "customers:read",
  parameters: { expand: unsupported },
  execute: (_values, id, execution) => {
    const customer = execution.account.customers.get(id)
    return customer === undefined
      ? Result.fail(ErrorEnvelope.resourceMissing("customer", id, "path"))
      : Result.succeed(customer)
  }
})

/**
 * @category endpoints
 * @since 0.1.0
 */
export const endpoints: ReadonlyArray<Endpoint.Endpoint> = [create, retrieve]
