/**
 * How many items of one signal are on their way through the OpenTelemetry SDK, at most, and what became of them: the SDK's
 * own batch processors drop what is too much, and what could not be exported, without a sign.
 *
 * Neighbours: `SpanGate`, `LogGate` and `MetricGate` put one around what the SDK gives them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { SpanExporter } from "@opentelemetry/sdk-trace-base"
import type { TelemetryLoss } from "surety/telemetry"

/**
 * What an exporter of any signal tells of a batch.
 *
 * @category models
 * @since 0.1.0
 */
export type ExportResult = Parameters<Parameters<SpanExporter["export"]>[1]>[0]

/**
 * @category models
 * @since 0.1.0
 */
export class Gate {
  readonly #loss: TelemetryLoss.TelemetryLoss
  readonly #maxItems: number
  #items = 0
  #state: "open" | "closed" = "open"

  constructor(loss: TelemetryLoss.TelemetryLoss, maxItems: number) {
    this.#loss = loss
    this.#maxItems = maxItems
  }

  /** Whether one more may pass; one that may not is lost. */
  enter(): boolean {
    if (this.#items < this.#maxItems && this.#state === "open") {
      this.#items++
      return true
    }
    this.#loss.drop(this.#state === "open" ? "queue_full" : "shutdown", 1)
    return false
  }

  /** Items left, delivered or not. */
  leave(items: number, result: ExportResult): void {
    this.#items = Math.max(0, this.#items - items)
    // what comes after the end was counted there
    if (this.#state === "open") this.settle(items, result)
  }

  /** The same for items that never entered: readings of metrics. */
  settle(items: number, result: ExportResult): void {
    if (result.code === succeeded) {
      this.#loss.delivered()
      return
    }
    const reason = reasonOf(result.error)
    this.#loss.failing(reason)
    this.#loss.drop(reason, items)
  }

  /** The program ends: what has not left is lost. */
  close(): void {
    if (this.#state === "closed") return
    this.#state = "closed"
    this.#loss.drop("shutdown", this.#items)
    this.#loss.end()
  }
}

/** `ExportResultCode.SUCCESS`: the enumeration is a value of a package that only types are needed of. */
const succeeded = 0

/**
 * What an exporter's error says, in our words: its text may quote an address or an answer.
 *
 * **Example** (Three of the errors of the OTLP exporters)
 *
 * ```ts import.meta.vitest
 * import { Gate } from "@surety/opentelemetry"
 *
 * Gate.reasonOf(Object.assign(new Error("Bad Request"), { code: 400 })) // => "refused"
 * Gate.reasonOf(Object.assign(new Error("connect"), { code: "ECONNREFUSED" })) // => "unreachable"
 * Gate.reasonOf(new Error("Request timed out")) // => "timeout"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const reasonOf = (error: Error | undefined): "refused" | "timeout" | "unreachable" => {
  const code: unknown = (error as { readonly code?: unknown } | undefined)?.code
  if (typeof code === "number") return retryable.has(code) ? "unreachable" : "refused"
  return code === "ETIMEDOUT" || error?.message === "Request timed out" ? "timeout" : "unreachable"
}

const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])
