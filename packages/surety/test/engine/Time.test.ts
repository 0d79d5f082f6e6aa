import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { once } from "node:events"
import * as Net from "node:net"
import { fromClock, live, Timer } from "../../src/engine/Time.ts"

class Alarm extends Timer {
  readonly ring: () => void
  constructor(ring: () => void) {
    super()
    this.ring = ring
  }
  fire(): void {
    this.ring()
  }
}

const until = (isDone: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => (isDone() ? resolve() : void setTimeout(look, 1))
    look()
  })

describe("the wheel of the live clock", () => {
  it("never fires early and fires every timer once, for any set of delays", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: -20, max: 60, noNaN: true }), { maxLength: 40 }), async (delays) => {
        const fired: Array<number> = []
        let early = 0
        delays.forEach((delay, i) => {
          const due = live.now() + delay
          live.arm(
            new Alarm(() => {
              fired.push(i)
              if (live.now() < due) early++
            }),
            due
          )
        })
        await until(() => fired.length >= delays.length)
        assert.strictEqual(early, 0)
        assert.strictEqual(new Set(fired).size, delays.length)
        assert.strictEqual(fired.length, delays.length)
      }),
      { numRuns: 15 }
    )
  })

  it("says what the wall clock says in nanoseconds, within 20 µs, and the same for the same moment", () => {
    const clock = Effect.runSync(Clock.Clock)
    let off = Infinity
    // a machine that is busy may take this one away between two looks, but not each time
    for (let look = 0; look < 100; look++) {
      const before = clock.currentTimeNanosUnsafe()
      const now = live.now()
      const said = live.nanos(now)
      const after = clock.currentTimeNanosUnsafe()
      off = Math.min(off, Math.max(Number(before - said), Number(said - after)))
      assert.strictEqual(live.nanos(now), said)
      assert.strictEqual(live.nanos(now + 1.5), said + 1_500_000n)
    }
    assert.isBelow(off, 20_000)
  })

  it("lets an answer that arrived while the event loop was blocked for 120 ms come before its timeout of 30 ms", async () => {
    const events: Array<string> = []
    const alarm = new Alarm(() => events.push("timeout"))
    const server = Net.createServer((socket) => socket.end("answer")).listen(0, "127.0.0.1")
    await once(server, "listening")
    const socket = Net.connect((server.address() as Net.AddressInfo).port, "127.0.0.1")
    socket.on("data", () => {
      events.push("answer")
      live.disarm(alarm)
    })
    await once(socket, "connect")
    live.arm(alarm, live.now() + 30)
    await new Promise(setImmediate)
    const blocked = live.now() + 120
    while (live.now() < blocked);
    await once(socket, "close")
    server.close()
    assert.deepStrictEqual(events, ["answer"])
  })

  it("fires neither a timer that was disarmed nor one that was armed again, but once at the later time", async () => {
    const rung: Array<string> = []
    const start = live.now()
    let at = 0
    const gone = new Alarm(() => rung.push("gone"))
    const moved = new Alarm(() => {
      rung.push("moved")
      at = live.now()
    })
    live.arm(gone, start + 5)
    live.arm(moved, start + 5)
    live.arm(moved, start + 40)
    live.disarm(gone)
    live.disarm(gone)
    await until(() => rung.length > 0)
    assert.deepStrictEqual(rung, ["moved"])
    assert.isAtLeast(at - start, 40)
  })

  it("keeps a timer of 4,200 ms, longer than a turn of the wheel, in a slot that is swept before", async () => {
    const rung: Array<string> = []
    const start = live.now()
    let at = 0
    live.arm(
      new Alarm(() => {
        rung.push("long")
        at = live.now()
      }),
      start + 4200
    )
    for (let i = 0; i < 1024; i += 64) live.arm(new Alarm(() => rung.push("short")), start + i * 4)
    await until(() => rung.includes("long"))
    assert.strictEqual(rung.length, 17)
    assert.isAtLeast(at - start, 4200)
  }, 10_000)

  it("fires 100 timers that are armed one from the fire of another, each after its 1 ms", async () => {
    let left = 100
    let early = 0
    const next = (): void => {
      const due = live.now() + 1
      live.arm(
        new Alarm(() => {
          if (live.now() < due) early++
          if (--left > 0) next()
        }),
        due
      )
    }
    next()
    await until(() => left === 0)
    assert.strictEqual(early, 0)
  })

  it("lets a timer disarm its neighbours of the same slot while it fires", async () => {
    const rung: Array<number> = []
    const due = live.now() + 10
    const alarms: Array<Alarm> = Array.from({ length: 10 }, (_, i) => {
      return new Alarm(() => {
        rung.push(i)
        for (const other of alarms) live.disarm(other)
      })
    })
    for (const alarm of alarms) live.arm(alarm, due)
    let end = false
    live.arm(new Alarm(() => void (end = true)), due + 12)
    await until(() => end)
    assert.strictEqual(rung.length, 1)
  })

  it("fires the timer after one that threw, and the error is not swallowed", async () => {
    const seen: Array<unknown> = []
    const listeners = process.listeners("uncaughtException")
    process.removeAllListeners("uncaughtException")
    process.on("uncaughtException", (error) => void seen.push(error))
    let rung = 0
    const due = live.now() + 4
    live.arm(new Alarm(() => void rung++), due)
    live.arm(
      new Alarm(() => {
        throw new Error("bug")
      }),
      due
    )
    live.arm(new Alarm(() => void rung++), due + 8)
    await until(() => rung === 2 && seen.length === 1)
    process.removeAllListeners("uncaughtException")
    for (const listener of listeners) process.on("uncaughtException", listener)
    assert.strictEqual((seen[0] as Error).message, "bug")
  })
})

describe("any other clock", () => {
  it.effect("fires at 100 ms of a TestClock, not at 99, and not when disarmed", () =>
    Effect.gen(function* () {
      const time = fromClock(yield* Clock.clockWith(Effect.succeed))
      assert.strictEqual(time, fromClock(yield* Clock.clockWith(Effect.succeed)))
      const rung: Array<string> = []
      const gone = new Alarm(() => rung.push("gone"))
      time.arm(new Alarm(() => rung.push("kept")), 100)
      time.arm(gone, 100)
      time.disarm(gone)
      yield* TestClock.adjust(99)
      assert.deepStrictEqual(rung, [])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(rung, ["kept"])
    })
  )

  it.effect("fires a timer that is due already, but not before arm has returned", () =>
    Effect.gen(function* () {
      const time = fromClock(yield* Clock.clockWith(Effect.succeed))
      const rung: Array<string> = []
      for (const due of [0, -50]) {
        time.arm(new Alarm(() => rung.push("fired")), due)
        rung.push("armed")
      }
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(rung, ["armed", "armed", "fired", "fired"])
    })
  )
})
