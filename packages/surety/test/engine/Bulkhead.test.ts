import { assert, describe, it } from "@effect/vitest"
import { Bulkhead, type Waiter } from "../../src/engine/Bulkhead.ts"

class Guest implements Waiter {
  queueNext: Waiter | undefined = undefined
  queuePrevious: Waiter | undefined = undefined
  queued = false
  readonly onPermit: () => void
  constructor(onPermit: () => void) {
    this.onPermit = onPermit
  }
}

describe("Bulkhead", () => {
  it("lets 2 in, queues 3, refuses the 6th", () => {
    const bulkhead = new Bulkhead(2, 3)
    assert.deepStrictEqual([bulkhead.tryAcquire(), bulkhead.tryAcquire(), bulkhead.tryAcquire()], [true, true, false])
    const joined = Array.from({ length: 4 }, () => bulkhead.enqueue(new Guest(() => {})))
    assert.deepStrictEqual(joined, [true, true, true, false])
  })

  it("serves in order, and a newcomer never overtakes", () => {
    const served: Array<number> = []
    const bulkhead = new Bulkhead(1, 10)
    bulkhead.tryAcquire()
    for (let i = 0; i < 3; i++) bulkhead.enqueue(new Guest(() => void served.push(i)))
    bulkhead.release()
    assert.isFalse(bulkhead.tryAcquire())
    bulkhead.release()
    bulkhead.release()
    assert.deepStrictEqual(served, [0, 1, 2])
  })

  it("forgets the first, the middle and the last of 5 that leave, twice over", () => {
    const served: Array<number> = []
    const bulkhead = new Bulkhead(1, 10)
    bulkhead.tryAcquire()
    const guests = Array.from({ length: 5 }, (_, i) => new Guest(() => void served.push(i)))
    for (const guest of guests) bulkhead.enqueue(guest)
    for (const i of [0, 2, 4, 4, 0]) bulkhead.leave(guests[i] as Guest)
    assert.strictEqual(bulkhead.waiting, 2)
    bulkhead.release()
    bulkhead.release()
    bulkhead.release()
    assert.deepStrictEqual(served, [1, 3])
    assert.deepStrictEqual([bulkhead.inFlight, bulkhead.waiting], [0, 0])
  })

  it("serves 10,000 waiters that finish at once, without recursion", () => {
    let depth = 0
    let deepest = 0
    let served = 0
    const bulkhead = new Bulkhead(1, 10_000)
    bulkhead.tryAcquire()
    for (let i = 0; i < 10_000; i++) {
      bulkhead.enqueue(
        new Guest(() => {
          deepest = Math.max(deepest, ++depth)
          served++
          bulkhead.release()
          depth--
        })
      )
    }
    bulkhead.release()
    assert.deepStrictEqual([served, deepest, bulkhead.inFlight, bulkhead.waiting], [10_000, 1, 0, 0])
  })

  it("goes on serving after a waiter that threw", () => {
    const bulkhead = new Bulkhead(1, 2)
    let served = 0
    bulkhead.tryAcquire()
    bulkhead.enqueue(
      new Guest(() => {
        throw new Error("bug")
      })
    )
    bulkhead.enqueue(new Guest(() => void served++))
    assert.throws(() => bulkhead.release(), "bug")
    bulkhead.release()
    assert.strictEqual(served, 1)
  })
})
