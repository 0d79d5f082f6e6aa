/**
 * Every secret that was issued during a run, and the search for them in whatever was written during it.
 *
 * A secret is looked for as it is, percent-encoded, and as base64 at each of the three places where its first byte can
 * stand in a group of three, so that it is found inside a longer encoded text too (`Basic` of `user:secret`).
 */

/** Where a secret was found; never the secret. */
export interface Leak {
  readonly sink: string
  readonly kind: string
  readonly form: Form
}

export type Form = "plain" | "percent" | "base64" | "base64url"

/** What was written, by name. */
export interface Sink {
  readonly name: string
  readonly text: string
}

export class Secrets {
  private readonly kinds = new Map<string, string>()

  add(kind: string, secret: string): string {
    this.kinds.set(secret, kind)
    return secret
  }

  get count(): number {
    return this.kinds.size
  }

  /** Looks for every secret in every sink. A secret that stands somewhere many times is one leak of that sink and form. */
  search(sinks: ReadonlyArray<Sink>): ReadonlyArray<Leak> {
    const leaks: Array<Leak> = []
    for (const [secret, kind] of this.kinds) {
      for (const [form, needles] of formsOf(secret)) {
        for (const { name, text } of sinks) {
          if (needles.some((needle) => text.includes(needle))) leaks.push({ sink: name, kind, form })
        }
      }
    }
    return leaks
  }
}

const formsOf = (secret: string): ReadonlyArray<readonly [Form, ReadonlyArray<string>]> => {
  const base64 = [0, 1, 2].map((lead) => inBase64(secret, lead))
  const percent = [
    encodeURIComponent(secret),
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
  ]
  return [
    ["plain", [secret]],
    ["percent", [...percent, ...percent.map((text) => text.toUpperCase())].filter((text) => text !== secret)],
    ["base64", base64],
    ["base64url", base64.map(toUrl).filter((text) => !base64.includes(text))]
  ]
}

const toUrl = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_")

/** The characters that depend on the secret alone, wherever it stands. */
const inBase64 = (secret: string, lead: number): string => {
  const bytes = Buffer.concat([Buffer.alloc(lead), Buffer.from(secret)])
  const whole = Math.floor(bytes.length / 3) * 4
  return bytes.toString("base64").slice(lead === 0 ? 0 : lead + 1, whole)
}
