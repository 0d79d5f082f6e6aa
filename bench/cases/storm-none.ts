/** No policy but the attempt timeout: the shape that the others are compared with. */
import type { Open } from "./Client.ts"
import { get } from "./Get.ts"

export const open: Open = async (baseUrl) => ({ call: () => get(`${baseUrl}/v1/charges/ch_1`) })
