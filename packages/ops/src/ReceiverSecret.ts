/**
 * Secrets that stand in what Alertmanager is to read. What is generated is committed, so a secret belongs into a file of its
 * own, which Alertmanager reads: `api_url_file` instead of `api_url`.
 *
 * A field is known by its name: those that Alertmanager itself hides, and any that ends like one of them. An address is
 * looked into: a user, a query that names a token, a part that nobody can have thought of. No value is ever given back.
 *
 * Neighbours: `Receivers` refuses them in a file of receivers; `AlertManagerFile` finds them between its marks.
 *
 * @source Alertmanager, config/notifiers.go and config.go (0.25 to 2026-11), prometheus/common, HTTPClientConfig
 * @stability experimental
 * @since 0.1.0
 */

/**
 * **Details**   `field`: `shop page.slack_configs[0].api_url`. `instead`: what to write, in words.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReceiverSecret {
  readonly field: string
  readonly instead: string
}

type Mapping = Readonly<Record<string, unknown>>

/** What the names of secrets end with. */
const named = /(?:^|_)(?:key|password|token|token_id|secret|secrets|credentials|webhook_url)$/

/** Names that end so and are none: where an incident goes, and which key it is. */
const harmless: ReadonlySet<string> = new Set(["victorops_configs.routing_key", "access_key"])

/** Texts for people, under names that anybody may choose. */
const free: ReadonlySet<string> = new Set([
  "actions",
  "attributes",
  "custom_fields",
  "details",
  "fields",
  "images",
  "links"
])

/** The file forms that Alertmanager 0.25 has, the one of Debian 12. */
const old: ReadonlySet<string> = new Set([
  "api_key",
  "api_url",
  "auth_password",
  "bearer_token",
  "client_secret",
  "credentials",
  "key",
  "opsgenie_api_key",
  "password",
  "routing_key",
  "service_key",
  "slack_api_url",
  "smtp_auth_password",
  "victorops_api_key"
])

/**
 * The secrets within an integration, or within `global`.
 *
 * **Details**   `kind`: the list that it stands in (`slack_configs`), or `global`. A placeholder (`${NAME}`, `{{ .Label }}`) is none.
 *
 * **Example** (A key in its place, and one that is not)
 *
 * ```ts import.meta.vitest
 * import * as ReceiverSecret from "@surety/ops/ReceiverSecret"
 *
 * const found = (config: Record<string, unknown>) => ReceiverSecret.within("pagerduty_configs", config, "page")
 * found({ routing_key: "R0XXXX" }) // => [{ field: "page.routing_key", instead: "routing_key_file" }]
 * found({ routing_key_file: "/run/secrets/pager" }) // => []
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const within = (kind: string, config: unknown, field: string): ReadonlyArray<ReceiverSecret> => {
  if (Array.isArray(config)) return config.flatMap((one, at) => within(kind, one, `${field}[${at}]`))
  if (typeof config !== "object" || config === null) return []
  return Object.entries(config as Mapping).flatMap(([name, value]): ReadonlyArray<ReceiverSecret> => {
    const place = `${field}.${name}`
    if (free.has(name)) return []
    if (name === "http_headers" || name === "proxy_connect_header") return ofHeaders(name, value, place)
    const instead = insteadOf(kind, name, value)
    return instead === undefined ? within(kind, value, place) : [{ field: place, instead }]
  })
}

const insteadOf = (kind: string, name: string, value: unknown): string | undefined => {
  const texts = textsOf(value)
  if (texts.length === 0) return undefined
  const isNamed = named.test(name.toLowerCase()) && !harmless.has(name) && !harmless.has(`${kind}.${name}`)
  if (isNamed || isSlack(kind, name, texts)) return fileOf(name)
  if (texts.some(hasUser)) {
    return name === "proxy_url" ? "a proxy that asks for no password" : "http_config.basic_auth with password_file"
  }
  if (!/(?:^|_)url$/.test(name)) return undefined
  if (kind !== "webhook_configs" && kind !== "incidentio_configs") return texts.some(hasKey) ? fileOf(name) : undefined
  return name === "url" && texts.some((text) => hasKey(text) || hasToken(text)) ? fileOf(name) : undefined
}

/** A hook of Slack is its own password; the address of its API is for everybody. */
const isSlack = (kind: string, name: string, texts: ReadonlyArray<string>): boolean =>
  (name === "slack_api_url" || (kind === "slack_configs" && name === "api_url")) &&
  !texts.every((text) => /^https:\/\/slack\.com\/api\/[\w.]*$/.test(text))

const fileOf = (name: string): string => {
  if (name === "secret_key") return "profile or role_arn"
  return old.has(name) ? `${name}_file` : `${name}_file, of an Alertmanager after 0.25`
}

/** Headers of one's own: Alertmanager reads a value from a file, but for those to a proxy. */
const ofHeaders = (name: string, headers: unknown, field: string): ReadonlyArray<ReceiverSecret> => {
  if (typeof headers !== "object" || headers === null) return []
  return Object.entries(headers as Mapping).flatMap(([header, value]) => {
    const { secrets, values } = (Array.isArray(value) ? { values: value } : (value ?? {})) as Mapping
    const told =
      textsOf(secrets).length > 0 || (/auth|cookie|key|secret|token/i.test(header) && textsOf(values).length > 0)
    const instead =
      name === "http_headers" ? "files, of an Alertmanager after 0.25" : "a proxy that asks for no password"
    return told ? [{ field: `${field}.${header}`, instead }] : []
  })
}

/** What is written in a field, as far as it is no placeholder. */
const textsOf = (value: unknown): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value !== "string" && typeof value !== "number") return []
  const text = String(value).trim()
  return text === "" || /^(?:\$\{\w+\}|\{\{[^"`{}]*\}\})$/.test(text) ? [] : [text]
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

const hasUser = (text: string): boolean => {
  const url = urlOf(text)
  return url !== undefined && url.host !== "" && url.username + url.password !== ""
}

/** A query that says what it is. */
const hasKey = (text: string): boolean =>
  Array.from(urlOf(text)?.searchParams ?? []).some(
    ([name, value]) => value !== "" && /(?:auth|code|key|passw(?:or)?d|secret|sig|signature|token)$/i.test(name)
  )

/** Where hooks live whose path is their password. */
const hooks =
  /(?:^|\.)(?:hooks\.slack\.com|discord(?:app)?\.com|webhook\.office\.com|hooks\.zapier\.com|maker\.ifttt\.com|api\.telegram\.org)$/

/** Digits among capital and small letters, or in three places: `alertmanager2webhook2019` has them in two. */
const isMixed = (part: string): boolean =>
  (part.match(/\d+/g) ?? []).length >= (/[a-z]/.test(part) && /[A-Z]/.test(part) ? 1 : 3)

/** A part of the path that is no word: a UUID, or sixteen letters and digits in a row that are mixed. */
const hasToken = (text: string): boolean => {
  const url = urlOf(text)
  if (url === undefined) return false
  return (
    hooks.test(url.hostname) ||
    /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i.test(url.pathname) ||
    (url.pathname.match(/[A-Za-z\d]{16,}/g) ?? []).some((part) => /[A-Za-z]/.test(part) && isMixed(part))
  )
}
