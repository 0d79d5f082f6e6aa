import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import { inspect } from "node:util"
import { afterEach } from "vitest"
import * as LiveSecrets from "../../src/credential/LiveSecrets.ts"

const held: Array<Redacted.Redacted<string>> = []
const hold = (value: string) => {
  const secret = Redacted.make(value)
  LiveSecrets.hold(secret)
  held.push(secret)
  return secret
}
afterEach(() => {
  for (const secret of held.splice(0)) LiveSecrets.release(secret)
  assert.isTrue(LiveSecrets.isEmpty())
})

const odd = `pa:ss/wö+rd "42"\\x`

describe("LiveSecrets", () => {
  it("B12: finds a secret in each of the 19 forms in which code writes it down", () => {
    const secret = "sk_live/51Hab+c=Qz~'9 \"x\\"
    hold(secret)
    const forms: Readonly<Record<string, string>> = {
      plain: secret,
      json: JSON.stringify({ secret }),
      "json in json": JSON.stringify(JSON.stringify({ secret })),
      "json with escaped slashes": JSON.stringify({ secret }).replaceAll("/", "\\/"),
      percent: encodeURIComponent(secret),
      "percent in lower case": encodeURIComponent(secret).replace(/%../g, (one) => one.toLowerCase()),
      form: new URLSearchParams({ secret }).toString(),
      address: new URL(`https://api.example/?key=${encodeURIComponent(secret)}`).href,
      base64: btoa(secret),
      "base64 of basic": btoa(`user:${secret}`),
      "base64 of a longer user": btoa(`users:${secret}`),
      "base64 of a json": btoa(JSON.stringify({ key: 7 }) + secret + "and more"),
      "base64 without padding": btoa(secret).replace(/=+$/, ""),
      base64url: Buffer.from(secret).toString("base64url"),
      "base64 in an address": encodeURIComponent(btoa(secret)),
      hex: Buffer.from(secret).toString("hex"),
      "hex in upper case": Buffer.from(secret).toString("hex").toUpperCase(),
      "a buffer as it is inspected": inspect(Buffer.from(secret)),
      "twice in a text": `${secret}${secret}`
    }
    for (const [name, form] of Object.entries(forms)) {
      const clean = LiveSecrets.scrub(`before ${form} after`)
      assert.include(clean, LiveSecrets.hidden, name)
      assert.isTrue(clean.startsWith("before ") && clean.endsWith(" after"), name)
      for (const part of ["51Hab", "NTFIYW", "UxSGFi", "1MUhhY", "3531486162", "35 31 48"])
        assert.notInclude(clean, part, name)
    }
  })

  it("finds the password of user:password alone, and each of 2 lines of a key in lines", () => {
    hold("AC0123456789:very-secret-token")
    hold("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\r\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----")
    assert.strictEqual(LiveSecrets.scrub("token very-secret-token"), "token <redacted>")
    assert.strictEqual(LiveSecrets.scrub("user AC0123456789"), "user AC0123456789")
    hold("sk_live_51Habc:")
    assert.strictEqual(LiveSecrets.scrub("user sk_live_51Habc, no password"), "user <redacted>, no password")
    assert.strictEqual(
      LiveSecrets.scrub("line AQEFAASCBKcwggSjAgEAAoIB of MIIEvQIBADANBgkqhkiG9w0B"),
      "line <redacted> of <redacted>"
    )
    assert.strictEqual(LiveSecrets.scrub("-----BEGIN KEY-----"), "-----BEGIN KEY-----")
  })

  it("gives back the same text when there is no secret in it, and holds none of 7 characters", () => {
    const text = "a line of a log, with sk_live_51Hab in it"
    hold("1234567")
    assert.isTrue(LiveSecrets.isEmpty())
    hold("sk_live_51Habc")
    assert.strictEqual(LiveSecrets.scrub(text), text)
    assert.strictEqual(LiveSecrets.scrub("1234567"), "1234567")
    assert.strictEqual(LiveSecrets.scrub(""), "")
  })

  it("takes the longer of 2 secrets that begin alike, and the shorter one where only that is", () => {
    hold("sk_live_51Habc")
    hold("sk_live_51Habcdefghij")
    assert.strictEqual(LiveSecrets.scrub("a sk_live_51Habcdefghij b"), "a <redacted> b")
    assert.strictEqual(LiveSecrets.scrub("a sk_live_51Habcdefgh b"), "a <redacted>defgh b")
  })

  it("keeps a secret that 2 hold until both have released it, also after it was wiped", () => {
    const first = hold("sk_live_51Habc")
    const second = hold("sk_live_51Habc")
    LiveSecrets.hold(first)
    LiveSecrets.release(second)
    LiveSecrets.release(first)
    assert.strictEqual(LiveSecrets.scrub("sk_live_51Habc"), "<redacted>")
    Redacted.wipeUnsafe(first)
    LiveSecrets.release(first)
    assert.strictEqual(LiveSecrets.scrub("sk_live_51Habc"), "sk_live_51Habc")
    LiveSecrets.release(first)
    const wiped = Redacted.make("sk_live_51Habc")
    Redacted.wipeUnsafe(wiped)
    LiveSecrets.hold(wiped)
    assert.isTrue(LiveSecrets.isEmpty())
  })

  it.effect("holds a secret for as long as a scope is open", () =>
    Effect.gen(function* () {
      const seen = Effect.sync(() => LiveSecrets.scrub("a sk_live_51Habc"))
      const inside = Effect.andThen(LiveSecrets.holdScoped(Redacted.make("sk_live_51Habc")), seen)
      assert.strictEqual(yield* Effect.scoped(inside), "a <redacted>")
      assert.strictEqual(yield* seen, "a sk_live_51Habc")
    })
  )

  it("B12: no form of any secret survives in any text around it", () => {
    const secret = fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 60 })
    const around = fc.string({ unit: "grapheme" })
    fc.assert(
      fc.property(secret, around, around, fc.nat(2), (value, before, after, shift) => {
        const redacted = Redacted.make(value)
        LiveSecrets.hold(redacted)
        try {
          for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
            // what comes before may end in a beginning of the secret: the first one found is taken
            const clean = LiveSecrets.scrub(before + form + after)
            if (!LiveSecrets.hidden.includes(form)) assert.notInclude(clean, form)
          }
          const inside = Buffer.from("x".repeat(shift) + value + "yyy").toString("base64")
          assert.include(LiveSecrets.scrub(inside), LiveSecrets.hidden)
        } finally {
          LiveSecrets.release(redacted)
        }
      }),
      { numRuns: 300 }
    )
  })

  it("takes 100 secrets out of one text, and leaves each as it was once they are released", () => {
    const all = Array.from({ length: 100 }, (_, i) => `secret-${i}-${"x".repeat(i)}`)
    const secrets = all.map(hold)
    const text = all.join(" ")
    assert.strictEqual(LiveSecrets.scrub(text), all.map(() => LiveSecrets.hidden).join(" "))
    for (const [i, secret] of secrets.entries()) if (i % 2 === 0) LiveSecrets.release(secret)
    const left = LiveSecrets.scrub(text)
    for (const [i, value] of all.entries()) assert.strictEqual(` ${left} `.includes(` ${value} `), i % 2 === 0, value)
  })

  it("finds a secret in a stream of pieces of 1 to 20 characters, wherever it is cut", () => {
    hold(odd)
    const text = `seen ${odd} and ${btoa("user:12345")} and ${encodeURIComponent(odd)}.`
    for (let size = 1; size <= 20; size++) {
      const pieces = LiveSecrets.pieces()
      let out = ""
      for (let at = 0; at < text.length; at += size) out += pieces.push(text.slice(at, at + size))
      assert.strictEqual(out + pieces.end(), `seen <redacted> and ${btoa("user:12345")} and <redacted>.`)
    }
  })

  it("B9: a heap snapshot has neither a held secret nor a form of it, once the secret itself was wiped", () => {
    const program = `
      import { Redacted } from "effect"
      import { getHeapSnapshot } from "node:v8"
      import * as LiveSecrets from "surety/credential/LiveSecrets"
      const made = () => Redacted.make(["CANARY", "b9", "0123456789"].join("-"))
      const count = async (text) => {
        globalThis.gc()
        const chunks = []
        for await (const chunk of getHeapSnapshot()) chunks.push(chunk)
        return Buffer.concat(chunks).toString("latin1").split(text().join("")).length - 1
      }
      const plain = () => ["CANARY-b9", "-0123456789"]
      const encoded = () => ["Q0FOQVJZLWI5", "LTAxMjM0NTY3ODk="]
      const secret = made()
      LiveSecrets.hold(secret)
      const before = await count(plain)
      Redacted.wipeUnsafe(secret)
      const after = [await count(plain), await count(encoded)]
      const scrubbed = LiveSecrets.scrub(plain().join("") + "+" + encoded().join(""))
      console.log(JSON.stringify({ before, after, scrubbed }))
    `
    const child = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", program], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      timeout: 60_000
    })
    const { after, before, scrubbed } = JSON.parse(child.stdout || child.stderr)
    assert.isAbove(before, 0)
    assert.deepStrictEqual(after, [0, 0])
    assert.strictEqual(scrubbed, "<redacted>+<redacted>")
  }, 60_000)
})

describe("LiveSecrets.during", () => {
  it.effect("hides a secret while its request runs, and lets it go afterwards, also when that fails", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("refresh-token-of-a-test")
      const text = "sent refresh-token-of-a-test"
      const seen: Array<string> = []
      const request = Effect.suspend(() => {
        seen.push(LiveSecrets.scrub(text))
        return Effect.fail("down" as const)
      })
      yield* Effect.flip(LiveSecrets.during(secret, request))
      assert.deepStrictEqual(seen, ["sent <redacted>"])
      assert.strictEqual(LiveSecrets.scrub(text), text)
    })
  )
})
