/**
 * Who sends telemetry: the service, and the contracts it runs.
 *
 * Neighbours: `OtlpExport` and `@surety/opentelemetry` put it on everything they send.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import * as ContractHash from "../signals/ContractHash.ts"

/**
 * **Details**   `contracts`: providers of this process, or their contracts; their names and hashes go on the resource.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly serviceName: string
  readonly serviceVersion?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly contracts?: ReadonlyArray<Contract.Any | { readonly contract: Contract.Any }>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ServiceResource {
  readonly serviceName: string
  readonly serviceVersion?: string
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * The resource of a service.
 *
 * **Details**   `integration.contracts` is a list, sorted, of `name@hash`, separated by commas: the same hash as on
 * `integration.contract.info`, so that a span tells under which contract it was made.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = ({ attributes, contracts = [], serviceName, serviceVersion }: Options): ServiceResource => {
  const known = contracts
    .map((one) => ("contract" in one ? one.contract : one) as Contract.Any)
    .map((contract) => `${contract.id}@${ContractHash.of(contract)}`)
    .sort()
    .join(",")
  return {
    serviceName,
    ...(serviceVersion === undefined ? {} : { serviceVersion }),
    attributes: { ...attributes, ...(known === "" ? {} : { "integration.contracts": known }) }
  }
}
