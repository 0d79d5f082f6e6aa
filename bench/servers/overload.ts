/**
 * Program: one worker that serves 260 requests a second in the order they came, stands still while the stall lasts,
 * and, like most servers, keeps working on requests whose client has gone.
 */
import { answer, charge, misbehave } from "./Misbehaving.ts"
import { now } from "./Plan.ts"

const workMillis = 1_000 / 260
let freeAt = 0

misbehave(({ at, plan, response, wasted }) => {
  const outside = (time: number) => (time >= plan.beginsAt && time < plan.endsAt ? plan.endsAt : time)
  const begin = outside(Math.max(at, freeAt))
  freeAt =
    begin < plan.beginsAt && begin + workMillis > plan.beginsAt
      ? begin + workMillis + (plan.endsAt - plan.beginsAt)
      : begin + workMillis
  let gone = false
  response.once("close", () => (gone = true))
  const finish = () => {
    if (gone) return wasted()
    answer(response, 200, charge)
  }
  const wait = (until: number) => {
    const left = until - now()
    if (left <= 0.5) finish()
    else setTimeout(wait, left, until)
  }
  wait(freeAt)
})
