/** A person's browser: it follows redirects, keeps cookies, and stops where the app's own address begins. */

/** The address that the app gets, with what the server put there. */
export const walk = async (url: string, redirectUri: string): Promise<string> => {
  const cookies = new Map<string, string>()
  let next = url
  for (let hops = 0; hops < 12; hops++) {
    const answer = await fetch(next, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (name !== undefined && value !== undefined) cookies.set(name, value)
    }
    const location = answer.headers.get("location")
    if (location === null) throw new Error(`the browser stopped at status ${answer.status}: ${await answer.text()}`)
    next = new URL(location, next).href
    if (next.startsWith(redirectUri)) return next
  }
  throw new Error("the browser was sent around 12 times")
}
