// Every public entry point loads from the tarballs.
import * as Effect from "effect/Effect"
import * as Surety from "surety"
import * as Http from "surety/http"
import * as HttpEffect from "surety/http/effect"
import * as HttpFetch from "surety/http/fetch"
import * as HttpUndici from "surety/http/undici"
import * as Testing from "surety/testing"
import * as GitHub from "@surety/github"
import * as GitHubTesting from "@surety/github/testing"
import * as Stripe from "@surety/stripe"
import * as StripeTesting from "@surety/stripe/testing"

const entries: Record<string, object> = {
  Surety,
  Http,
  HttpEffect,
  HttpFetch,
  HttpUndici,
  Testing,
  GitHub,
  GitHubTesting,
  Stripe,
  StripeTesting
}

for (const [name, entry] of Object.entries(entries)) console.log(name, Object.keys(entry).length)

console.log(Effect.runSync(Effect.succeed("ok")))
