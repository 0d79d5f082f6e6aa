/**
 * Program: answers every request on a socket with the same bytes, without parsing more than it must, so that in a
 * throughput bench the client is the bottleneck. Requests carry no body.
 */
import { createServer } from "node:net"

const body = JSON.stringify({ id: "ch_1", object: "charge", amount: 1999, currency: "eur" })
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n${body}`
)
const endOfHead = Buffer.from("\r\n\r\n")

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0)
  socket.on("error", () => socket.destroy())
  socket.on("data", (chunk) => {
    const seen = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let at = seen.indexOf(endOfHead); at >= 0; at = seen.indexOf(endOfHead, from)) {
      from = at + endOfHead.length
      socket.write(answer)
    }
    rest = seen.subarray(from)
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address === "object") process.send?.({ port: address.port })
})
process.on("disconnect", () => process.exit(0))
