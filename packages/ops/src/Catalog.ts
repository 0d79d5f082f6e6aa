/**
 * A provider as an entity of a software catalogue: `kind: API` as Backstage reads it, with links to everything an operator
 * needs.
 *
 * Neighbours: `Options` has the addresses; `Dossier` is the document behind it.
 *
 * @source https://backstage.io/docs/features/software-catalog/descriptor-format (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ContractHash from "surety/signals/ContractHash"
import * as HttpExchange from "surety/signals/HttpExchange"
import * as SignalName from "surety/signals/SignalName"
import * as ExportProfile from "surety/signals/ExportProfile"
import * as Options from "./Options.ts"
import * as Origin from "./Origin.ts"
import * as Yaml from "./Yaml.ts"

/**
 * **Details**   `lifecycle`: default `production`. `system`: the system it belongs to. `dossierUrl`, `statusPage`, `support`:
 * become links.
 *
 * @category models
 * @since 0.1.0
 */
export interface CatalogOptions extends Options.Options, Origin.Origin {
  readonly lifecycle?: string
  readonly system?: string
  readonly dossierUrl?: string
  readonly statusPage?: string
  readonly support?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Entity {
  readonly apiVersion: "backstage.io/v1alpha1"
  readonly kind: "API"
  readonly metadata: {
    readonly name: string
    readonly title: string
    readonly description: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly tags: ReadonlyArray<string>
    readonly links: ReadonlyArray<{ readonly url: string; readonly title: string; readonly icon: string }>
  }
  readonly spec: {
    readonly type: string
    readonly lifecycle: string
    readonly owner: string
    readonly system?: string
    readonly definition: string
  }
}

/**
 * The entity of a contract.
 *
 * **Details**   Names keep to what the catalogue allows: letters, digits and single separators, at most 63 characters. That of
 * the entity is `Options.slug`, so that no two providers have the same. An
 * owner that is not such a name is written as one, and stands in the description as it is.
 *
 * **Example** (A name that the catalogue takes)
 *
 * ```ts import.meta.vitest
 * import * as Catalog from "@surety/ops/Catalog"
 * import { Stripe } from "@surety/stripe"
 *
 * Catalog.make(Stripe.contract, {}).metadata.name // => "surety-stripe"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: CatalogOptions = {}): Entity => {
  const { criticality, id, owner } = contract
  const { lifecycle = "production", profile = "effect", system } = options
  const uid = Options.dashboardUid(contract)
  return {
    apiVersion: "backstage.io/v1alpha1",
    kind: "API",
    metadata: {
      name: Options.slug(id),
      title: id,
      description: `Integration of ${new URL(contract.baseUrl).host}, owned by ${owner}, of ${criticality} criticality.`,
      labels: { "surety.dev/criticality": criticality, "surety.dev/contract": ContractHash.of(contract) },
      annotations: {
        // the plugin's documented variables have no uid, and `@>` asks a list: a tag is both
        "grafana/dashboard-selector": `tags @> '${uid}'`,
        "grafana/alert-label-selector": `${ExportProfile.label(profile, SignalName.provider)}=${id}`
      },
      tags: ["integration", `criticality-${criticality}`],
      links: linksOf(contract, options)
    },
    spec: {
      type: isHttp(contract) ? "http" : "sdk",
      lifecycle: nameOf(lifecycle),
      owner: ownerOf(owner),
      ...(system === undefined ? undefined : { system: nameOf(system) }),
      definition: definitionOf(contract)
    }
  }
}

/**
 * The entity as a file of the catalogue.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toYaml = (contract: Contract.Any, options: CatalogOptions = {}): string =>
  Yaml.toYaml(make(contract, options), Origin.header([contract], options))

/** Letters, digits, and single separators between them; at most 63. */
const nameOf = (text: string): string => {
  const name = text
    .replace(/[^A-Za-z0-9_.]+/g, "-")
    .replace(/[-_.]{2,}/g, "-")
    .replace(/^[-_.]+/, "")
    .slice(0, 63)
    .replace(/[-_.]+$/, "")
    .toLowerCase()
  return name === "" ? "unnamed" : name
}

/** `group:default/team-x` is a reference already. */
const ownerOf = (owner: string): string => {
  const parts = /^(?:(group|user):)?(?:([\w.-]+)\/)?([^/:]+)$/i.exec(owner)
  if (parts === null) return nameOf(owner)
  const [, kind, namespace, name = ""] = parts
  const prefix =
    (kind === undefined ? "" : `${kind.toLowerCase()}:`) + (namespace === undefined ? "" : `${nameOf(namespace)}/`)
  return prefix + nameOf(name)
}

const isHttp = (contract: Contract.Any): boolean =>
  Object.values(contract.operations).some((operation) => HttpExchange.endpointOf(operation) !== undefined)

const linksOf = (contract: Contract.Any, options: CatalogOptions): Entity["metadata"]["links"] => {
  const { dossierUrl, runbookBaseUrl, statusPage, support } = options
  const base = runbookBaseUrl === undefined ? undefined : Options.runbooksUrl(contract, runbookBaseUrl)
  const links: ReadonlyArray<readonly [string, string, string | undefined]> = [
    ["Runbook", "docs", contract.runbook],
    ["Runbooks of the alerts", "docs", base],
    ["Dossier", "docs", dossierUrl],
    ["Dashboard", "dashboard", Options.dashboardUrl(contract, options)],
    ["Status of the provider", "web", statusPage],
    ["Support of the provider", "help", support]
  ]
  return links.flatMap(([title, icon, url]) => (url !== undefined && isWeb(url) ? [{ url, title, icon }] : []))
}

/** The catalogue refuses an entity with a link that is no address. */
const isWeb = (url: string): boolean => /^(https?|mailto):/i.test(url) && URL.canParse(url)

const definitionOf = (contract: Contract.Any): string =>
  [
    `provider: ${JSON.stringify(contract.id)}`,
    `baseUrl: ${JSON.stringify(contract.baseUrl)}`,
    `version: ${JSON.stringify("value" in contract.version ? contract.version.value : "unversioned")}`,
    "operations:",
    ...Object.values(contract.operations).map((operation) => {
      const endpoint = HttpExchange.endpointOf(operation)
      return `  ${JSON.stringify(operation.name)}: ${JSON.stringify(endpoint === undefined ? operation.kind : `${endpoint.method} ${endpoint.path}`)}`
    })
  ].join("\n")
