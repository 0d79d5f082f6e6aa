/** Ours: deadline, matrix, breaker, bulkhead, limiter, retry budget, span and metrics around the same operation. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Credential from "surety/Credential"
import * as Operation from "surety/Operation"
import * as Provider from "surety/Provider"
import * as RetryMatrix from "surety/RetryMatrix"
import { loop } from "./Loop.ts"
import { operation, type Overhead } from "./Overhead.ts"
import { ample, quick, shared } from "./surety-contract.ts"

const probe = Operation.read("probe", {
  attempt: (input: number) => Effect.promise(() => operation(input)),
  failures: [],
  timeout: { attempt: "2 seconds", total: "8 seconds" },
  retry: RetryMatrix.transport(quick)
})

class Probe extends Provider.Service<Probe>()("bench/Probe", {
  ...shared,
  baseUrl: "https://probe.example",
  credentials: Credential.none("a function of this process"),
  limits: { rate: ample, concurrency: 2_000 },
  operations: { probe }
}) {}

export const openWith = async (tracer: Layer.Layer<never>): Promise<Overhead> => {
  const runtime = ManagedRuntime.make(Layer.merge(Probe.layer, tracer))
  const provider = await runtime.runPromise(Probe)
  return { run: (calls, concurrency) => runtime.runPromise(loop(provider.probe, calls, concurrency)) }
}

export const open = () => openWith(Layer.empty)
