/**
 * Tells Effect under which headers and query parameters credentials stand, so that whatever prints a request or an
 * address hides them.
 *
 * Effect keeps these names in references, which belong to a fiber: an error that is printed after `runPromise` rejected,
 * or a client that was built elsewhere, falls back to the defaults, which know no vendor's header. Contracts are known
 * when a layer is built, so their names are added to the defaults themselves, for the whole process.
 *
 * The transports over undici and over Effect's client install it, and so does every `Lifecycle`. A program over `fetch`
 * with one fixed key does not ship it; if it uses Effect's HTTP modules besides, it calls `install` itself.
 *
 * Neighbours: `CredentialNames` collects what contracts declare; `SecretNet` hides values, whatever they stand under.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as CredentialNames from "./CredentialNames.ts"

type List = ReadonlyArray<string | RegExp>

let installed: "no" | "yes" = "no"

/**
 * Hides the names of every contract, those whose layers are built already and those to come, in every fiber and outside of
 * any. Doing it again changes nothing.
 *
 * **Gotchas**   A fiber that was given a list of its own keeps it: provide `layer` there.
 *
 * @category running
 * @since 0.1.0
 */
export const install = (): void => {
  if (installed === "yes") return
  installed = "yes"
  // the default is made once: this is the list of every fiber without one of its own, and of whoever prints outside of one
  const headers = Context.get(Context.empty(), Headers.CurrentRedactedNames)
  const queries = Context.get(Context.empty(), UrlParams.CurrentRedactedNames)
  CredentialNames.follow(including(headers, queries))
}

/**
 * Hides these names besides, in the whole process, from now on; names that are hidden already change nothing.
 *
 * **Example** (A vendor's header that no contract declares)
 *
 * ```ts import.meta.vitest
 * import * as Headers from "effect/http/Headers"
 * import { inspect } from "node:util"
 * import { RedactedNames } from "surety/credential"
 *
 * RedactedNames.register({ headers: ["X-Shopify-Access-Token"] })
 * const headers = Headers.fromInput({ "x-shopify-access-token": "shpat_1" })
 * inspect(headers).includes("shpat_1") // => false
 * ```
 *
 * @category running
 * @since 0.1.0
 */
export const register = (names: {
  readonly headers?: ReadonlyArray<string>
  readonly queries?: ReadonlyArray<string>
}): void => {
  install()
  for (const header of names.headers ?? []) CredentialNames.add("header", header)
  for (const query of names.queries ?? []) CredentialNames.add("query", query)
}

/**
 * Installs, and adds the names of contracts to the lists of the fibers it is provided to.
 *
 * **When to use**   In programs that give `Headers.CurrentRedactedNames` or `UrlParams.CurrentRedactedNames` a list of their
 * own: provide it further in than those.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.effectContext(
  Effect.gen(function* () {
    install()
    const headers: List = [...(yield* Headers.CurrentRedactedNames)]
    const queries: List = [...(yield* UrlParams.CurrentRedactedNames)]
    const unfollow = CredentialNames.follow(including(headers, queries))
    yield* Effect.addFinalizer(() => Effect.sync(unfollow))
    return Context.make(Headers.CurrentRedactedNames, headers).pipe(
      Context.add(UrlParams.CurrentRedactedNames, queries)
    )
  })
)

const including =
  (headers: List, queries: List) =>
  (kind: CredentialNames.Kind, name: string): void => {
    // read-only for those who read it
    const list = (kind === "header" ? headers : queries) as Array<string | RegExp>
    if (!Headers.isRedactedName(name, list)) list.push(name)
  }
