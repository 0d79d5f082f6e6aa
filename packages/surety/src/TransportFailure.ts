/**
 * The failures every remote call can meet, whatever it declares. They are part of
 * every retry matrix.
 *
 * Neighbours: the HTTP adapter and SDK bindings produce them; none keeps the original
 * error, a header or a body, so none can carry a secret.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Failure from "./Failure.ts"

/**
 * No byte of the request left this machine: DNS, connection refused, TLS handshake.
 *
 * @category failures
 * @since 0.1.0
 */
export class NotSent extends Failure.Tagged<NotSent>()("NotSent", {
  retry: "safe",
  fault: "network",
  fields: { code: Schema.String },
  message: (e) => `The request was not sent (${e.code}); the provider cannot have acted`
}) {}

/**
 * The connection broke after the request, or a part of it, was sent.
 *
 * @category failures
 * @since 0.1.0
 */
export class ConnectionLost extends Failure.Tagged<ConnectionLost>()("ConnectionLost", {
  retry: "idempotent-only",
  fault: "network",
  fields: { code: Schema.String },
  message: (e) => `The connection was lost after sending (${e.code}); the provider may have acted`
}) {}

/**
 * No complete, decoded answer within the attempt timeout.
 *
 * @category failures
 * @since 0.1.0
 */
export class AttemptTimeout extends Failure.Tagged<AttemptTimeout>()("AttemptTimeout", {
  retry: "idempotent-only",
  fault: "provider",
  health: "outage",
  fields: { timeoutMillis: Schema.Number },
  message: (e) => `No complete answer within ${e.timeoutMillis} ms; the provider may have acted`
}) {}

/**
 * The provider answered 5xx with a status, or a body, that the contract does not declare.
 *
 * @category failures
 * @since 0.1.0
 */
export class UndeclaredStatus extends Failure.Tagged<UndeclaredStatus>()("UndeclaredStatus", {
  retry: "idempotent-only",
  fault: "provider",
  fields: { status: Schema.Int, retryAfter: Schema.optional(Schema.Duration) },
  message: (e) => `The provider answered with the undeclared status ${e.status}; it may have acted`
}) {}

/**
 * The answer does not keep the contract: an undeclared status below 500, a body that does
 * not decode, a body over the size limit, or the wrong content type.
 *
 * **Details**   `violation` says which (`enum_unknown`: a value that a declared list of values does not have); `path` is
 * the schema path of the first issue and never a value. `acted`: `yes` after a 2xx, `no` after a 4xx, else `maybe`.
 *
 * @category failures
 * @since 0.1.0
 */
export class ContractViolation extends Failure.Tagged<ContractViolation>()("ContractViolation", {
  retry: "never",
  fault: "provider",
  fields: {
    violation: Schema.Literals([
      "undeclared_status",
      "decode",
      "enum_unknown",
      "oversize",
      "content_type",
      "redirect",
      "request"
    ]),
    status: Schema.optional(Schema.Int),
    path: Schema.optional(Schema.String),
    acted: Schema.Literals(["yes", "no", "maybe"]),
    detail: Schema.optional(Schema.String)
  },
  message: (e) =>
    `The contract was not kept (${e.violation}${e.status === undefined ? "" : `, status ${e.status}`}${
      e.path === undefined ? "" : `, at ${e.path}`
    }${e.detail === undefined ? "" : `, ${e.detail}`}); the provider ${
      e.acted === "yes" ? "has acted" : e.acted === "no" ? "has not acted" : "may have acted"
    }`
}) {}

/**
 * @category models
 * @since 0.1.0
 */
export type TransportFailure = NotSent | ConnectionLost | AttemptTimeout | UndeclaredStatus | ContractViolation
