/** cockatiel around undici: retry outside, breaker inside, so that each attempt is judged. */
import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll, retry, wrap } from "cockatiel"
import type { Open } from "./Client.ts"
import { get } from "./Get.ts"

export const open: Open = async (baseUrl) => {
  const policy = wrap(
    retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker: new ConsecutiveBreaker(5) })
  )
  return { call: () => policy.execute(() => get(`${baseUrl}/v1/charges/ch_1`)) }
}
