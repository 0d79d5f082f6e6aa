/**
 * GitHub's own description of its REST API as an oracle: ajv says whether a request or a
 * response of ours is what it describes.
 *
 * The description is of the oldest supported version; what changed since stands in it as
 * `x-github-breaking-changes`, and is applied up to the version that is asked for. It is
 * OpenAPI 3.0, so `nullable` becomes a union with null. A request body may hold nothing that
 * is not described: GitHub ignores what it does not know, and so would a test.
 *
 * The file comes from `scripts/github-description.ts`.
 */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import type { Exchange } from "./ServedGithub.ts"

export const file: string = fileURLToPath(new URL("../../../.cache/github-openapi-23.0.2.json", import.meta.url))

export const isPresent: boolean = existsSync(file)

type Json = Record<string, unknown>

interface Parameter {
  readonly in: string
  readonly name: string
  readonly required?: boolean
  readonly schema: Json
}

export interface Description {
  /** The operation that a request is, by its identifier, or `undefined`. */
  readonly operationOf: (request: Exchange["request"]) => string | undefined
  /** What is wrong with a request. */
  readonly faultsOfRequest: (request: Exchange["request"]) => ReadonlyArray<string>
  /** What is wrong with a response. */
  readonly faultsOfResponse: (request: Exchange["request"], response: Exchange["response"]) => ReadonlyArray<string>
}

const methods = ["get", "put", "post", "delete", "patch"]
const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** JSON Merge Patch, as the breaking changes are written. */
const merge = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch
  const merged: Json = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = merge(merged[name], value)
  }
  return merged
}

/** The description in one version, as JSON Schema that ajv reads. */
const prepare = (node: unknown, version: string): unknown => {
  if (Array.isArray(node)) return node.map((one) => prepare(one, version))
  if (!isObject(node)) return node
  let current = node
  const changes = node["x-github-breaking-changes"]
  if (Array.isArray(changes)) {
    for (const change of changes as ReadonlyArray<{ readonly version: string; readonly patch: unknown }>) {
      if (change.version <= version) current = merge(current, change.patch) as Json
    }
  }
  const prepared: Json = {}
  for (const [name, value] of Object.entries(current)) {
    if (name === "examples" || name === "example" || name.startsWith("x-github-breaking")) continue
    prepared[name] = prepare(value, version)
  }
  if (prepared["nullable"] !== true) return prepared
  const { nullable: _, ...rest } = prepared
  return { anyOf: [rest, { type: "null" }] }
}

export const read = (version: string): Description => {
  const root = prepare(JSON.parse(readFileSync(file, "utf8")), version) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>
  }
  // 1,223 operations in one document: only what is asked for is compiled
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
  // both are CommonJS modules with a default export
  ;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
  ajv.addSchema(root, "github")
  const compiled = new Map<string, ValidateFunction>()

  const at = (pointer: ReadonlyArray<string>): unknown => {
    let node: unknown = root
    for (const name of pointer) node = isObject(node) ? resolve(node[name]) : undefined
    return node
  }
  const resolve = (node: unknown): unknown =>
    isObject(node) && typeof node["$ref"] === "string" ? at(node["$ref"].slice(2).split("/").map(unescape)) : node

  const check = (pointer: ReadonlyArray<string>, value: unknown, closed: "closed" | "open"): ReadonlyArray<string> => {
    const key = `${closed} ${pointer.join("/")}`
    const $ref = `github#/${pointer.map((name) => encodeURIComponent(escape(name))).join("/")}`
    let validate = compiled.get(key)
    if (validate === undefined) {
      const schema = closed === "open" ? { $ref } : { allOf: [{ $ref }], propertyNames: { enum: namesOf(at(pointer)) } }
      validate = ajv.compile(schema)
      compiled.set(key, validate)
    }
    return validate(value)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message ?? ""}`)
  }

  const routes = Object.entries(root.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => ({
        path,
        method,
        id: String(item[method]?.["operationId"]),
        parameters: ((item[method]?.["parameters"] ?? []) as ReadonlyArray<unknown>).map(
          (parameter) => resolve(parameter) as Parameter
        ),
        pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, "([^/]+)")}$`),
        names: [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "")
      }))
  )
  // a literal segment goes before a parameter: /issues/comments before /issues/{issue_number}
  routes.sort((one, other) => one.names.length - other.names.length)

  const find = (request: Exchange["request"]) =>
    routes.find((route) => route.method === request.method.toLowerCase() && route.pattern.test(request.path))

  return {
    operationOf: (request) => find(request)?.id,
    faultsOfRequest: (request) => {
      const route = find(request)
      if (route === undefined) return [`${request.method} ${request.path} is not described`]
      const inPath = route.pattern.exec(request.path)?.slice(1) ?? []
      const values: ReadonlyArray<readonly [string, string, string]> = [
        ...route.names.map((name, index) => ["path", name, decodeURIComponent(inPath[index] ?? "")] as const),
        ...[...request.query].map(([name, value]) => ["query", name, value] as const)
      ]
      const faults: Array<string> = []
      for (const [where, name, text] of values) {
        const parameter = route.parameters.find((one) => one.in === where && one.name === name)
        if (parameter === undefined) {
          faults.push(`${where} ${name} is not described`)
          continue
        }
        const value = parameter.schema["type"] === "integer" && /^-?\d+$/.test(text) ? Number(text) : text
        if (!ajv.validate(parameter.schema, value)) faults.push(`${where} ${name} ${ajv.errorsText()}`)
      }
      for (const parameter of route.parameters) {
        const given = values.some(([where, name]) => where === parameter.in && name === parameter.name)
        if (parameter.required === true && !given) faults.push(`${parameter.in} ${parameter.name} is missing`)
      }
      const body = ["paths", route.path, route.method, "requestBody", "content", "application/json", "schema"]
      if (at(body) === undefined) return request.body === "" ? faults : [...faults, "a body is not described"]
      if (request.headers["content-type"] !== "application/json") faults.push("the body is not said to be JSON")
      return [...faults, ...check(body, JSON.parse(request.body), "closed")]
    },
    faultsOfResponse: (request, response) => {
      const route = find(request)
      if (route === undefined) return [`${request.method} ${request.path} is not described`]
      const where = ["paths", route.path, route.method, "responses", String(response.status)]
      if (at(where) === undefined) return [`${route.id} is not described to answer ${response.status}`]
      const schema = at([...where, "content", "application/json", "schema"])
      if (schema === undefined) return response.body === undefined ? [] : ["a body is not described"]
      // a shared response is described elsewhere
      const pointer = pointerOf(root, [...where, "content", "application/json", "schema"])
      return check(pointer, JSON.parse(String(response.body)), "open")
    }
  }
}

/** The pointer with every `$ref` on its way followed, so that ajv can go it. */
const pointerOf = (root: unknown, pointer: ReadonlyArray<string>): ReadonlyArray<string> => {
  let done: Array<string> = []
  let node: unknown = root
  for (const name of pointer) {
    node = isObject(node) ? node[name] : undefined
    done.push(name)
    if (isObject(node) && typeof node["$ref"] === "string") {
      done = [...pointerOf(root, node["$ref"].slice(2).split("/").map(unescape))]
      node = done.reduce<unknown>((at, one) => (isObject(at) ? at[one] : undefined), root)
    }
  }
  return done
}

const namesOf = (schema: unknown): ReadonlyArray<string> =>
  isObject(schema) && isObject(schema["properties"]) ? Object.keys(schema["properties"]) : []

const escape = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1")
const unescape = (name: string): string => name.replaceAll("~1", "/").replaceAll("~0", "~")
