/**
 * The fake provider, made from a contract or at the level of the wire, and what tests say to
 * it and ask of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as AnswerPlan from "./AnswerPlan.ts"
export * as AuditSinkSuite from "./AuditSinkSuite.ts"
export * as Canary from "./Canary.ts"
export * as Draw from "./Draw.ts"
export * as ExchangeLog from "./ExchangeLog.ts"
export * as FakeExchange from "./FakeExchange.ts"
export * as FakeProcess from "./FakeProcess.ts"
export * as FakeProvider from "./FakeProvider.ts"
export * as FakeServer from "./FakeServer.ts"
export * as FakeTransport from "./FakeTransport.ts"
export * as Fault from "./Fault.ts"
export * as FaultRule from "./FaultRule.ts"
export * as FaultScript from "./FaultScript.ts"
export * as Handler from "./Handler.ts"
export * as GrantStoreSuite from "./GrantStoreSuite.ts"
export * as GuardStoreSuite from "./GuardStoreSuite.ts"
export * as RetryAfterForm from "./RetryAfterForm.ts"
export * as Sample from "./Sample.ts"
export * as TelemetryContract from "./TelemetryContract.ts"
