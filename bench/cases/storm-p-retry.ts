/** p-retry around undici, three retries, its own delays (1, 2, 4 s). */
import pRetry from "p-retry"
import type { Open } from "./Client.ts"
import { get } from "./Get.ts"

export const open: Open = async (baseUrl) => ({
  call: () => pRetry(() => get(`${baseUrl}/v1/charges/ch_1`), { retries: 3 })
})
