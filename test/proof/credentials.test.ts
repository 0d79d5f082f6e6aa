/** The proof of `npm run proof -- credentials`, in shorter rounds. */
import { assert, describe, it } from "vitest"
import * as Crash from "./credentials/Crash.ts"
import * as Flip from "./credentials/Flip.ts"
import { Ground } from "./credentials/Ground.ts"
import { Secrets } from "./credentials/Secrets.ts"
import * as Storm from "./credentials/Storm.ts"
import * as Stores from "./credentials/Stores.ts"

/** What a run shows when it does not hold. */
const shown = (found: unknown): string => JSON.stringify(found, undefined, 2)

const onGround = async (run: (ground: Ground) => Promise<void>): Promise<void> => {
  const ground = new Ground()
  try {
    await run(ground)
    assert.deepStrictEqual(ground.leaks(), [])
    assert.isAbove(ground.searched.secrets, 2)
    assert.isAbove(ground.searched.characters, 1_000)
  } finally {
    await ground.close()
  }
}

// CI installs the servers and may not go without.
const isMissing = (kind: Stores.Kind): boolean => !Stores.isInstalled(kind) && process.env["CI"] === undefined

describe("A15: 4 processes with 50 fibers each meet the end of an access token together", () => {
  const storm = (store: Stores.Kind, rounds: number, trafficSeconds: number) => () =>
    onGround(async (ground) => {
      const found = await Storm.run(ground, { processes: 4, fibers: 50, rounds, store, trafficSeconds })
      assert.strictEqual(found.refreshesSeenByServer, rounds, shown(found))
      assert.isTrue(Storm.holds(found), shown(found))
    })
  it.skipIf(isMissing("redis"))(
    "over Redis: 5 expiries are 5 refreshes, and no call fails",
    storm("redis", 5, 4),
    120_000
  )
  it.skipIf(isMissing("sql"))(
    "over Postgres: 2 expiries are 2 refreshes, and no call fails",
    storm("sql", 2, 3),
    120_000
  )
  it.skipIf(isMissing("sqlite"))(
    "over SQLite: 2 expiries are 2 refreshes, and no call fails",
    storm("sqlite", 2, 3),
    120_000
  )
})

describe("A14, A16, A17: the process that holds the lease is killed at 8 places, with 2 servers", () => {
  it.skipIf(isMissing("redis"))(
    "the grant survives, or ends with 1 audit event, after 2 requests at most",
    () =>
      onGround(async (ground) => {
        const found = await Crash.run(ground, { store: "redis", waiting: 2, fibers: 5, revival: "left out" })
        const broken = found.filter(({ verdict }) => verdict === "broken")
        assert.deepStrictEqual(broken, [])
        assert.isTrue(Crash.holds(found), shown(found))
      }),
    180_000
  )
})

describe("B1, B2: a key is flipped twice under 200 calls a second", () => {
  const options = { perSecond: 200, seconds: 4 }
  for (const how of Flip.hows) {
    it(
      `through ${how}, hard, early and with overlap: 0 of 3 × 800 calls fail, those under way included`,
      () =>
        onGround(async (ground) => {
          const all = await Promise.all(Flip.cuts.map((cut) => Flip.run(ground, how, cut, options)))
          for (const found of all) {
            assert.strictEqual(found.failedCalls, 0, shown(found))
            assert.isTrue(Flip.holds(found, options), shown(found))
          }
        }),
      60_000
    )
  }
})

describe("B12: the search for secrets", () => {
  it("finds the secret that a process of the run wrote to its output", async () => {
    const ground = new Ground()
    try {
      const secret = ground.secrets.add("key", "sk_live_0123456789abcdef")
      const leaky = await ground.child("leaky", "../fixtures/leaky-process.ts", { secret })
      await leaky.stop()
      assert.deepStrictEqual(ground.leaks(), [{ sink: "the output of leaky", kind: "key", form: "base64" }])
    } finally {
      await ground.close()
    }
  })

  const secret = "sk_live_9f+/Zq~ä"
  const forms = {
    plain: secret,
    percent: encodeURIComponent(secret),
    base64: Buffer.from(`user:${secret}`).toString("base64"),
    base64url: Buffer.from(`{"k":"${secret}"}`).toString("base64url")
  }
  for (const [form, text] of Object.entries(forms)) {
    it(`finds a secret that was written ${form}`, () => {
      const secrets = new Secrets()
      secrets.add("key", secret)
      const found = secrets.search([
        { name: "leaky", text: `before ${text} after` },
        { name: "clean", text: "before after" }
      ])
      assert.isTrue(
        found.some((leak) => leak.sink === "leaky" && leak.form === form),
        shown(found)
      )
      assert.isFalse(found.some((leak) => leak.sink === "clean"))
    })
  }
})
