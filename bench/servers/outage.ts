/** Program: answers at once, with 503 for as long as the outage lasts. */
import { answer, charge, misbehave, unavailable } from "./Misbehaving.ts"

misbehave(({ at, plan, response }) =>
  at >= plan.beginsAt && at < plan.endsAt ? answer(response, 503, unavailable) : answer(response, 200, charge)
)
